/* SPDX-License-Identifier: MIT */
/* QUIC connections: their handshakes, and what a key log shows of them. */
#ifndef TURNSCOPE_ANALYZER_CONTENT_QUIC_H
#define TURNSCOPE_ANALYZER_CONTENT_QUIC_H

#include "analyzer/trackers.h"

/* The packets of one datagram; false, and nothing done, when it is none of a QUIC connection. */
bool content_quic(struct trackers *trackers, const struct sighting *sighting, struct bytes datagram,
                  const struct event_handler *handler);

/* A packet whose secrets had to be waited for; the handshake tracker has been shown it. */
void content_quic_replay(struct trackers *trackers, const struct sighting *sighting,
                         struct bytes packet, const struct event_handler *handler);

#endif
