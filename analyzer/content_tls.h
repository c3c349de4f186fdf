/* SPDX-License-Identifier: MIT */
/* TLS over a TCP stream: what is in the clear goes to the handshake tracker; what a key log opens
 * goes there as well, and its application data is dissected like a stream of its own. */
#ifndef TURNSCOPE_ANALYZER_CONTENT_TLS_H
#define TURNSCOPE_ANALYZER_CONTENT_TLS_H

#include "analyzer/trackers.h"

/* Unread bytes of one direction: how many were taken. *done: nothing more is of use in it. */
size_t content_tls(struct trackers *trackers, const struct sighting *sighting, struct bytes unread,
                   const struct event_handler *handler, bool *done);

/* `missing` bytes in front of the unread ones will never come; *done as above. */
void content_tls_gap(struct trackers *trackers, const struct sighting *sighting, size_t missing,
                     const struct event_handler *handler, bool *done);

/* A whole protected record whose secrets had to be waited for; no bytes: here some are missing. The
 * handshake tracker has been shown it. */
void content_tls_replay(struct trackers *trackers, const struct sighting *sighting,
                        struct bytes record, const struct event_handler *handler);

/* The records of a DTLS datagram, before the handshake tracker is shown them: what a key log opens,
 * but for media sessions, whose data is not TURN's. */
void content_dtls(struct trackers *trackers, const struct sighting *sighting, struct bytes datagram,
                  const struct event_handler *handler);

/* The same for a datagram whose secrets had to be waited for. */
void content_dtls_replay(struct trackers *trackers, const struct sighting *sighting,
                         struct bytes datagram, const struct event_handler *handler);

#endif
