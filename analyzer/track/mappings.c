/* SPDX-License-Identifier: MIT */
#include "analyzer/track/mappings.h"

int mappings_init(struct mappings *mappings, uint32_t capacity)
{
    int result = table_init(&mappings->table, capacity, sizeof(struct mapping),
                            sizeof(struct transport_address));
    table_give_second_chance(&mappings->table);
    return result;
}

void mappings_free(struct mappings *mappings)
{
    table_free(&mappings->table);
}

static void report(struct event_queue *events, enum event_kind kind, const struct mapping *mapping,
                   const struct transaction *transaction)
{
    struct event *event = event_add(events, kind, transaction->answered);
    event->client = transaction->client;
    event->server = transaction->server;
    event->protocol = transaction->protocol;
    event->inside_tls = transaction->inside_tls;
    event->evidence = transaction->response;
    event->earlier = mapping->evidence;
}

static void remember(struct mapping *mapping, const struct transaction *transaction,
                     const struct transport_address *mapped)
{
    mapping->server = transaction->server;
    mapping->mapped = *mapped;
    mapping->evidence = transaction->response;
}

void mappings_note(struct mappings *mappings, const struct transaction *transaction,
                   const struct transport_address *mapped, struct event_queue *events)
{
    bool created;
    if (transport_address_equal(mapped, &transaction->client))
        return;
    struct mapping *mapping = table_add(&mappings->table, &transaction->client, &created);
    if (created)
        remember(mapping, transaction, mapped);
    if (transport_address_equal(&mapping->mapped, mapped))
        return;
    if (transport_address_equal(&mapping->server, &transaction->server)) {
        report(events, EVENT_STUN_MAPPING_CHANGED, mapping, transaction);
        remember(mapping, transaction, mapped);
    } else if (!mapping->differs) {
        mapping->differs = true;
        report(events, EVENT_STUN_MAPPING_DIFFERS, mapping, transaction);
    }
}
