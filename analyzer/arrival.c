/* SPDX-License-Identifier: MIT */
#include "analyzer/arrival.h"

void arrival_search(struct arrival *arrival, const struct key_hash *hash)
{
    const struct packet *packet = &arrival->packet;
    arrival->flow = NULL;
    arrival->has_flow =
        (packet->protocol == IP_PROTOCOL_UDP || packet->protocol == IP_PROTOCOL_TCP) &&
        !packet->fragment.is_fragment && !packet->is_icmp_error;
    if (!arrival->has_flow)
        return;
    struct five_tuple tuple = arrival_tuple(arrival);
    arrival->search = flow_search_begin(hash, &tuple);
}

static void decode(struct arrival *arrival, const struct captured_packet *captured)
{
    arrival->place = (struct place){captured->time, captured->frame, captured->input};
    arrival->status = packet_decode(&arrival->packet, captured->link_type, captured->bytes,
                                    captured->wire_length);
}

void arrival_decode(struct arrival *arrival, const struct captured_packet *captured,
                    const struct key_hash *hash)
{
    decode(arrival, captured);
    arrival_search(arrival, hash);
}

/* A few at a time: to hash what was only just written, in other pieces, is to wait for it. */
void arrivals_decode(struct arrival *arrivals, const struct captured_packet *captured, size_t count,
                     const struct key_hash *hash)
{
    enum { FEW = 8 };
    for (size_t from = 0; from < count; from += FEW) {
        size_t end = count - from < FEW ? count : from + FEW;
        for (size_t i = from; i < end; i++)
            decode(&arrivals[i], &captured[i]);
        for (size_t i = from; i < end; i++)
            arrival_search(&arrivals[i], hash);
    }
}
