/* SPDX-License-Identifier: MIT */
/* What a payload is, and which tracker it goes to: found from its bytes (RFC 7983's first byte, the
 * magic cookie, record headers), never from the port alone: TURN runs on 443, TLS runs on 3478. */
#ifndef TURNSCOPE_ANALYZER_CONTENT_H
#define TURNSCOPE_ANALYZER_CONTENT_H

#include "analyzer/trackers.h"

/* One datagram of a flow. The event handler is called when it said something. */
void content_datagram(struct trackers *trackers, const struct sighting *sighting,
                      struct bytes payload, size_t length, const struct event_handler *handler);

/* Contiguous unread bytes of one direction of a TCP stream. How many were consumed; what is left is
 * given again with more behind it. */
size_t content_stream(struct trackers *trackers, const struct sighting *sighting,
                      struct bytes unread, const struct event_handler *handler);

/* Whether what content_stream left may be the beginning of a message, to be kept for the next
 * segment. */
bool content_is_beginning(const struct sighting *sighting, struct bytes left);

#endif
