/* SPDX-License-Identifier: MIT */
#include "ui/tui/packet_flow.h"

const struct flow *packet_flow(const struct engine *engine, const struct packet *packet,
                               unsigned *from)
{
    return flows_find(&engine->trackers.flows, &packet->source, &packet->destination,
                      packet->protocol, FLOW_OUTER, from);
}

const struct allocation *packet_allocation(const struct engine *engine, const struct packet *packet)
{
    unsigned from;
    const struct flow *flow = packet_flow(engine, packet, &from);
    const struct table *allocations = &engine->trackers.stun.allocations.table;
    return flow != NULL ? table_at(allocations, flow->allocation) : NULL;
}
