/* SPDX-License-Identifier: MIT */
/* A packet, decoded, that waits for its turn. What is done up to here hangs on nothing but the
 * packet: it may be done in another thread than all that follows. */
#ifndef TURNSCOPE_ANALYZER_ARRIVAL_H
#define TURNSCOPE_ANALYZER_ARRIVAL_H

#include "analyzer/capture/capture.h"
#include "analyzer/flow/flow.h"

/* Where a packet was seen. */
struct place {
    int64_t time; /* nanoseconds since the epoch */
    uint64_t frame;
    uint16_t input;
};

/* What most packets have stands together: it goes from one processor to another. */
struct arrival {
    _Alignas(64) struct place place;
    enum dissect_status status; /* of decoding it */
    bool has_flow;              /* UDP or TCP, whole */
    struct flow_search search;  /* when it has */
    struct flow *flow;          /* a guess; NULL: it is new, or was not searched yet */
    struct packet packet;
};

/* Of a packet that has a flow; it lies in the packet. */
static inline struct five_tuple arrival_tuple(const struct arrival *arrival)
{
    const struct packet *packet = &arrival->packet;
    return (struct five_tuple){&packet->source, &packet->destination, packet->protocol, FLOW_OUTER};
}

/* Decodes a packet and begins the search for its flow. Its views are those of `captured`. `hash` is
 * that of the table of flows. */
void arrival_decode(struct arrival *arrival, const struct captured_packet *captured,
                    const struct key_hash *hash);

/* The same for `count` packets. */
void arrivals_decode(struct arrival *arrivals, const struct captured_packet *captured, size_t count,
                     const struct key_hash *hash);

/* The same for a packet that is decoded already. */
void arrival_search(struct arrival *arrival, const struct key_hash *hash);

#endif
