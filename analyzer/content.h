/* SPDX-License-Identifier: MIT */
/* What a payload is, and which tracker it goes to: found from its bytes (RFC 7983's first byte, the
 * magic cookie, record headers), never from the port alone: TURN runs on 443, TLS runs on 3478. */
#ifndef TURNSCOPE_ANALYZER_CONTENT_H
#define TURNSCOPE_ANALYZER_CONTENT_H

#include "analyzer/trackers.h"

/* One datagram of a flow. The event handler is called when it said something. */
void content_datagram(struct trackers *trackers, const struct sighting *sighting,
                      struct bytes payload, size_t length, const struct event_handler *handler);

/* The STUN message or ChannelData at the start of a stream's unread bytes. How many bytes it took;
 * 0: more are needed, or it is neither. */
size_t content_stream_message(struct trackers *trackers, const struct sighting *sighting,
                              struct bytes unread, const struct event_handler *handler);

/* The same for DNS over TCP. */
size_t content_stream_dns(struct trackers *trackers, const struct sighting *sighting,
                          struct bytes unread, const struct event_handler *handler);

#endif
