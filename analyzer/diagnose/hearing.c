/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/hearing.h"

/* A time later than one and not later than the other, which is the present: mostly only the latest
 * time is known at which something came, and that is then not beyond it. */
struct span {
    int64_t after;
    int64_t until;
};

static bool is_within(int64_t time, const struct span *span)
{
    return time > span->after && time <= span->until;
}

static bool hears_on_tcp(const struct state *state, const struct ip_address *client,
                         const struct span *span)
{
    const struct table *connections = &state->connections->table;
    for (const struct connection *each = table_oldest(connections); each != NULL;
         each = table_newer(connections, each))
        for (int i = 0; i < 2; i++)
            if (is_within(each->side[1 - i].last, span) &&
                ip_address_equal(&each->endpoint[i].ip, client))
                return true;
    return false;
}

static bool hears_turn_server(const struct state *state, const struct ip_address *client,
                              const struct span *span)
{
    const struct table *allocations = &state->stun->allocations.table;
    for (const struct allocation *each = table_oldest(allocations); each != NULL;
         each = table_newer(allocations, each))
        if (is_within(each->heard, span) && ip_address_equal(&each->client.ip, client))
            return true;
    return false;
}

static bool hears_another_peer(const struct state *state, const struct ip_address *client,
                               const struct span *span)
{
    const struct table *paths = &state->paths->table;
    for (const struct path *each = table_oldest(paths); each != NULL;
         each = table_newer(paths, each))
        if (is_within(each->side[1].last, span) && ip_address_equal(&each->client.ip, client))
            return true;
    return false;
}

/* It acknowledges bytes that no packet of the capture holds. */
static bool gets_what_is_unseen(const struct state *state, const struct ip_address *client,
                                const struct span *span)
{
    const struct table *connections = &state->connections->table;
    for (const struct connection *each = table_oldest(connections); each != NULL;
         each = table_newer(connections, each))
        for (int i = 0; i < 2; i++) {
            const struct tcp_side *other = &each->side[1 - i];
            if (is_within(each->side[i].last, span) && other->seen &&
                (int32_t)(other->acknowledged - other->next) > 0 &&
                ip_address_equal(&each->endpoint[i].ip, client))
                return true;
        }
    return false;
}

enum hearing hearing_of(const struct state *state, const struct ip_address *client, int64_t after,
                        int64_t until)
{
    const struct span span = {after, until};
    if (hears_turn_server(state, client, &span) || hears_another_peer(state, client, &span) ||
        hears_on_tcp(state, client, &span))
        return HEARS_OTHERS;
    return gets_what_is_unseen(state, client, &span) ? HEARS_UNSEEN : HEARS_NOTHING;
}
