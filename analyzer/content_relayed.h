/* SPDX-License-Identifier: MIT */
/* What a TURN server relays between a client and its peers: ChannelData, and Send and Data
 * indications. It is a flow between client and peer, dissected like any other. */
#ifndef TURNSCOPE_ANALYZER_CONTENT_RELAYED_H
#define TURNSCOPE_ANALYZER_CONTENT_RELAYED_H

#include "analyzer/trackers.h"

/* One ChannelData message at the start of `payload`: how many bytes it took, 0 when it is none.
 * `stream`: padded, and more may follow. */
size_t content_channel_data(struct trackers *trackers, const struct sighting *sighting,
                            struct bytes payload, bool stream, const struct event_handler *handler);

/* A datagram, `length` bytes on the wire, at the start of a flow at a port of TURN: true while all
 * that was seen of it is ChannelData to the byte, with what clients and peers exchange inside, as
 * in a capture begun in mid-call. Once enough of it went both ways the flow carries STUN. */
bool content_may_be_channels(const struct trackers *trackers, const struct sighting *sighting,
                             struct bytes payload, size_t length);

/* Any indication; those of other methods than Send and Data carry nothing. */
void content_indication(struct trackers *trackers, const struct stun_message *message,
                        const struct sighting *sighting, const struct event_handler *handler);

#endif
