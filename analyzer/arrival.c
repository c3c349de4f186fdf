/* SPDX-License-Identifier: MIT */
#include "analyzer/arrival.h"

void arrival_search(struct arrival *arrival, const struct key_hash *hash)
{
    const struct packet *packet = &arrival->packet;
    arrival->flow = NULL;
    arrival->has_flow =
        (packet->protocol == IP_PROTOCOL_UDP || packet->protocol == IP_PROTOCOL_TCP) &&
        !packet->fragment.is_fragment && !packet->is_icmp_error;
    if (arrival->has_flow)
        flow_search_begin(&arrival->search, hash, &packet->source, &packet->destination,
                          packet->protocol, FLOW_OUTER);
}

void arrival_decode(struct arrival *arrival, const struct captured_packet *captured,
                    const struct key_hash *hash)
{
    arrival->place = (struct place){captured->time, captured->frame, captured->input};
    arrival->status = packet_decode(&arrival->packet, captured->link_type, captured->bytes,
                                    captured->wire_length);
    arrival_search(arrival, hash);
}
