/* SPDX-License-Identifier: MIT */
#include "ui/report/json_turn.h"

#include "analyzer/crypto/integrity.h"
#include "ui/report/values.h"

#include <stdio.h>

static json_t *errors_value(const struct stun_statistics *statistics)
{
    json_t *value = json_object();
    char key[8];
    for (unsigned code = 0; code < STUN_ERROR_CODES; code++) {
        if (statistics->errors[code] == 0)
            continue;
        snprintf(key, sizeof key, "%u", code);
        value_put_count(value, key, statistics->errors[code]);
    }
    return value;
}

json_t *value_stun(const struct stun_statistics *statistics)
{
    struct round_trip_summary trips = round_trips_summary(&statistics->round_trips);
    json_t *value = json_object();
    value_put_count(value, "messages", statistics->messages);
    value_put_count(value, "requests", statistics->requests);
    value_put_count(value, "responses", statistics->responses);
    value_put(value, "errors", errors_value(statistics));
    value_put_count(value, "retransmissions", statistics->retransmissions);
    value_put_count(value, "unanswered", statistics->unanswered);
    value_put(value, "rtt_ms",
              json_pack("{so so so so}", "min", value_milliseconds(trips.minimum), "median",
                        value_milliseconds(trips.median), "p95",
                        value_milliseconds(trips.percentile95), "max",
                        value_milliseconds(trips.maximum)));
    return value;
}

static json_t *permissions_value(const struct allocation *allocation)
{
    json_t *list = json_array();
    for (size_t i = 0; i < allocation->permissions_kept; i++)
        if (allocation->permissions[i].granted != 0)
            (void)json_array_append_new(list, value_ip(&allocation->permissions[i].peer));
    return list;
}

static json_t *channels_value(const struct allocation *allocation)
{
    json_t *list = json_array();
    for (size_t i = 0; i < allocation->channels_kept; i++) {
        const struct channel *channel = &allocation->channels[i];
        if (channel->bound != 0)
            (void)json_array_append_new(list, json_pack("{si so}", "number", (int)channel->number,
                                                        "peer", value_address(&channel->peer)));
    }
    return list;
}

static json_t *allocation_value(const struct allocation *allocation)
{
    static const char *const integrity[] = {[INTEGRITY_ABSENT] = "not-checked",
                                            [INTEGRITY_VERIFIED] = "verified",
                                            [INTEGRITY_MISMATCH] = "mismatch",
                                            [INTEGRITY_UNKNOWN] = "not-checked"};
    json_t *bytes = json_object();
    value_put_count(bytes, "to_peer", allocation->to_peer_bytes);
    value_put_count(bytes, "from_peer", allocation->from_peer_bytes);
    json_t *value = json_object();
    value_put(value, "client", value_address(&allocation->client));
    value_put(value, "server", value_address(&allocation->server));
    value_put(value, "transport", value_transport(allocation->protocol, allocation->inside_tls));
    value_put(value, "username", value_text(allocation->username));
    value_put(value, "realm", value_text(allocation->realm));
    value_put(value, "software", value_text(allocation->software));
    value_put(value, "state", json_string(allocation_state_name(allocation)));
    value_put(value, "error_code",
              allocation->error_code == 0 ? json_null() : json_integer(allocation->error_code));
    value_put(value, "relayed", value_address(&allocation->relayed));
    value_put(value, "mapped", value_address(&allocation->mapped));
    value_put(value, "lifetime",
              allocation->ever_allocated ? json_integer(allocation->lifetime) : json_null());
    value_put(value, "permissions", permissions_value(allocation));
    value_put(value, "channels", channels_value(allocation));
    value_put(value, "relayed_bytes", bytes);
    value_put(value, "integrity", json_string(integrity[allocation->integrity]));
    return value;
}

json_t *value_turn(const struct allocations *allocations)
{
    json_t *list = json_array();
    json_t *value = json_object();
    size_t omitted = value_omitted(allocations->table.used, LIMIT_REPORTED_ALLOCATIONS), i = 0;
    for (const struct allocation *a = table_oldest(&allocations->table); a != NULL;
         a = table_newer(&allocations->table, a))
        if (i++ >= omitted)
            (void)json_array_append_new(list, allocation_value(a));
    value_put(value, "allocations", list);
    if (omitted > 0)
        value_put_count(value, "omitted", omitted);
    return value;
}
