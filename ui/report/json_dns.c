/* SPDX-License-Identifier: MIT */
#include "ui/report/json_dns.h"

#include "analyzer/diagnose/scope.h"
#include "analyzer/track/lookup_text.h"
#include "ui/report/values.h"

#include <stdio.h>

/* Which lookups go in first. */
enum rank { RANK_OF_SITE, RANK_FAILED, RANK_OTHER, RANKS };

static json_t *name_value(const struct dns_name *name)
{
    char text[DNS_NAME_TEXT];
    return value_text(dns_name_text(name, text, sizeof text));
}

/* Unknown ones are numbers, types as RFC 3597 writes them. */
static json_t *named_value(const char *name, const char *format, unsigned number)
{
    char text[16];
    snprintf(text, sizeof text, format, number);
    return json_string(name != NULL ? name : text);
}

static json_t *service_value(const struct dns_srv *srv)
{
    char name[DNS_NAME_TEXT], text[DNS_NAME_TEXT + 24];
    dns_name_text(&srv->target, name, sizeof name);
    snprintf(text, sizeof text, "%u %u %u %s", srv->priority, srv->weight, srv->port, name);
    return value_text(text);
}

/* As dig +short writes them: where an alias leads, then the records. */
static json_t *answers_value(const struct lookup *lookup)
{
    json_t *list = json_array();
    if (lookup->aliases > 0)
        (void)json_array_append_new(list, name_value(&lookup->canonical));
    for (size_t i = 0; i < lookup->address_count; i++)
        (void)json_array_append_new(list, value_ip(&lookup->addresses[i]));
    for (size_t i = 0; i < lookup->target_count; i++)
        (void)json_array_append_new(list, service_value(&lookup->targets[i]));
    return list;
}

static json_t *lookup_value(const struct lookup *lookup)
{
    bool answered = lookup->state == LOOKUP_ANSWERED;
    int listed = lookup->address_count + lookup->target_count;
    json_t *value = json_object();
    value_put(value, "client", value_ip(&lookup->key.client));
    value_put(value, "name", name_value(&lookup->name));
    value_put(value, "type",
              named_value(dns_type_name(lookup->key.type), "TYPE%u", lookup->key.type));
    value_put(value, "server", value_address(&lookup->server));
    value_put(value, "rcode",
              answered ? named_value(dns_rcode_name(lookup->rcode), "RCODE%u", lookup->rcode)
                       : json_null());
    value_put(value, "answers", answered ? answers_value(lookup) : json_array());
    value_put(value, "rtt_ms",
              answered && lookup->round_trip >= 0 ? value_milliseconds(lookup->round_trip)
                                                  : json_null());
    value_put(value, "state", json_string(lookup_state_name(lookup)));
    if (answered && lookup->records > listed)
        value_put(value, "omitted", json_integer(lookup->records - listed));
    return value;
}

static enum rank rank_of(const struct state *state, const struct lookup *lookup)
{
    char name[DNS_NAME_TEXT];
    if (scope_name(state, dns_name_text(&lookup->name, name, sizeof name)))
        return RANK_OF_SITE;
    return lookup->state == LOOKUP_ANSWERED && lookup->records > 0 ? RANK_OTHER : RANK_FAILED;
}

/* How many of each rank go in. */
static void share_room(const struct state *state, size_t room[RANKS])
{
    size_t count[RANKS] = {0}, left = LIMIT_REPORTED_LOOKUPS;
    const struct lookup *lookup = NULL;
    while ((lookup = lookups_next(state->lookups, lookup)) != NULL)
        count[rank_of(state, lookup)]++;
    for (enum rank rank = 0; rank < RANKS; rank++) {
        room[rank] = count[rank] < left ? count[rank] : left;
        left -= room[rank];
    }
}

json_t *value_dns(const struct state *state)
{
    size_t room[RANKS];
    json_int_t omitted = 0;
    json_t *list = json_array(), *value = json_object();
    const struct lookup *lookup = NULL;
    share_room(state, room);
    while ((lookup = lookups_next(state->lookups, lookup)) != NULL) {
        enum rank rank = rank_of(state, lookup);
        if (room[rank] == 0) {
            omitted++;
            continue;
        }
        room[rank]--;
        (void)json_array_append_new(list, lookup_value(lookup));
    }
    value_put(value, "lookups", list);
    if (omitted > 0)
        value_put(value, "omitted", json_integer(omitted));
    return value;
}
