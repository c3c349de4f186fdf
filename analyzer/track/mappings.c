/* SPDX-License-Identifier: MIT */
#include "analyzer/track/mappings.h"

int mappings_init(struct mappings *mappings, uint32_t capacity)
{
    return table_init(&mappings->table, capacity, sizeof(struct mapping),
                      sizeof(struct transport_address));
}

void mappings_free(struct mappings *mappings)
{
    table_free(&mappings->table);
}

static struct transport_address without_padding(const struct transport_address *address)
{
    struct transport_address clean;
    memset(&clean, 0, sizeof clean);
    clean.ip.family = address->ip.family;
    memcpy(clean.ip.octets, address->ip.octets, sizeof clean.ip.octets);
    clean.port = address->port;
    return clean;
}

void mappings_note(struct mappings *mappings, const struct transaction *transaction,
                   const struct transport_address *mapped, struct event_queue *events)
{
    bool created;
    if (transport_address_equal(mapped, &transaction->client))
        return;
    struct transport_address key = without_padding(&transaction->client);
    struct mapping *mapping = table_add(&mappings->table, &key, &created);
    if (!created && !transport_address_equal(&mapping->mapped, mapped)) {
        bool same_server = transport_address_equal(&mapping->server, &transaction->server);
        struct event *event =
            event_add(events, same_server ? EVENT_STUN_MAPPING_CHANGED : EVENT_STUN_MAPPING_DIFFERS,
                      transaction->answered);
        event->client = transaction->client;
        event->server = transaction->server;
        event->protocol = transaction->protocol;
        event->evidence = transaction->response;
    }
    mapping->server = transaction->server;
    mapping->mapped = *mapped;
}
