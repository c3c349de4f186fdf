/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/relay_use.h"

/* A relay over TCP (RFC 6062) connects to peers by other means. */
static bool may_be_used(const struct allocation *allocation)
{
    return allocation->transport == IP_PROTOCOL_TCP || allocation->permissions_kept > 0 ||
           allocation->channels_kept > 0 || allocation->peers_incomplete ||
           allocation->to_peer_packets > 0 || allocation->from_peer_packets > 0;
}

bool relays_are_unused(const struct state *state)
{
    const struct table *allocations = &state->stun->allocations.table;
    bool waited = false;
    if (table_oldest(&state->paths->table) != NULL)
        return false;
    for (const struct allocation *a = table_oldest(allocations); a != NULL;
         a = table_newer(allocations, a)) {
        if (may_be_used(a))
            return false;
        waited |= a->ever_allocated && state->observed->last - a->first >= LIMIT_RELAY_USE;
    }
    return waited;
}
