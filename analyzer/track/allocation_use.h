/* SPDX-License-Identifier: MIT */
/* What is relayed shows how an allocation is used: without a permission or binding, or after the
 * end of what was granted. */
#ifndef TURNSCOPE_ANALYZER_TRACK_ALLOCATION_USE_H
#define TURNSCOPE_ANALYZER_TRACK_ALLOCATION_USE_H

#include "analyzer/track/allocations.h"

/* How likely a server at this UDP port offers TURN: 2 at the registered one and those of the site,
 * 1 at the others of a large Expressway (to 3483) and at 443, where firewalls let it pass; 0
 * elsewhere. */
unsigned allocations_port_rank(const struct allocations *allocations, uint16_t port);

/* Relayed data on an allocation's flow: `peer` of a Send or Data indication.
 * Events: EVENT_TURN_PERMISSION_MISSING, EVENT_TURN_DATA_EXPIRED. The flow's allocation; it is made
 * when the capture began later. */
struct allocation *allocations_note_data(struct allocations *allocations,
                                         const struct sighting *sighting, bool to_peer,
                                         const struct transport_address *peer, size_t length,
                                         struct event_queue *events);

/* The channel a ChannelData message came on: its peer, or NULL when it is not known (then
 * EVENT_TURN_CHANNEL_UNBOUND was added if the capture holds the allocation's start). */
struct channel *allocations_channel(struct allocations *allocations,
                                    const struct sighting *sighting, uint16_t number,
                                    struct event_queue *events);

/* The same as allocations_note_data for data on a channel that allocations_channel found. */
struct allocation *allocations_note_channel_data(struct allocations *allocations,
                                                 const struct sighting *sighting,
                                                 const struct channel *channel, size_t length,
                                                 struct event_queue *events);

#endif
