/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/moved.h"

enum { NEWCOMERS_LOOKED_AT = 16 };

static bool is_other_address(const struct ip_address *address, const struct path *lost)
{
    return !ip_address_equal(address, &lost->client.ip) && !ip_address_is_loopback(address);
}

static bool takes_session_along(const struct state *state, const struct path *lost,
                                struct move *move)
{
    for (const struct path *path = table_oldest(&state->paths->table); path != NULL;
         path = table_newer(&state->paths->table, path)) {
        if (lost->session == 0 || path->session != lost->session ||
            path->first <= lost->side[0].last_answer || path->first_check.frame == 0 ||
            !is_other_address(&path->client.ip, lost))
            continue;
        move->seen = path->first_check;
        move->path_found = path->connected && !path->consent_lost;
        return true;
    }
    return false;
}

/* Who has been there before is another machine, or an address that this one had all the time. */
static bool was_there(const struct state *state, const struct ip_address *address, int64_t until)
{
    const struct table *connections = &state->connections->table;
    const struct table *allocations = &state->stun->allocations.table;
    for (const struct connection *each = table_oldest(connections); each != NULL;
         each = table_newer(connections, each))
        if (each->opened <= until && ip_address_equal(&each->endpoint[each->client].ip, address))
            return true;
    for (const struct allocation *each = table_oldest(allocations); each != NULL;
         each = table_newer(allocations, each))
        if (each->first <= until && ip_address_equal(&each->client.ip, address))
            return true;
    return false;
}

static bool opens_connection(const struct state *state, const struct path *lost, struct move *move)
{
    const int64_t since = lost->side[0].last_answer;
    unsigned looked_at = 0;
    for (const struct connection *each = table_oldest(&state->connections->table);
         each != NULL && looked_at < NEWCOMERS_LOOKED_AT;
         each = table_newer(&state->connections->table, each)) {
        const struct ip_address *client = &each->endpoint[each->client].ip;
        if (each->opened <= since || !is_other_address(client, lost) ||
            !connections_established(state->connections, &lost->client.ip,
                                     &each->endpoint[1 - each->client], 0))
            continue;
        looked_at++;
        if (was_there(state, client, since))
            continue;
        move->seen = each->asked;
        return true;
    }
    return false;
}

static bool asks_for_relay(const struct state *state, const struct path *lost, struct move *move)
{
    const struct allocations *allocations = &state->stun->allocations;
    const int64_t since = lost->side[0].last_answer;
    unsigned looked_at = 0;
    for (const struct allocation *each = table_oldest(&allocations->table);
         each != NULL && looked_at < NEWCOMERS_LOOKED_AT;
         each = table_newer(&allocations->table, each)) {
        if (each->first <= since || each->asked.frame == 0 ||
            !is_other_address(&each->client.ip, lost) ||
            !allocations_on_server(allocations, &lost->client.ip, &each->server.ip))
            continue;
        looked_at++;
        if (was_there(state, &each->client.ip, since))
            continue;
        move->seen = each->asked;
        return true;
    }
    return false;
}

bool moved_away(const struct state *state, const struct path *lost, struct move *move)
{
    *move = (struct move){0};
    if (takes_session_along(state, lost, move))
        return true;
    return state->vantage->value == VANTAGE_CLIENT &&
           (asks_for_relay(state, lost, move) || opens_connection(state, lost, move));
}
