/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/flow.h"

int flows_init(struct flows *flows, uint32_t capacity)
{
    return table_init(&flows->table, capacity, sizeof(struct flow), sizeof(struct flow_key));
}

void flows_free(struct flows *flows)
{
    table_free(&flows->table);
}

/* Field by field: the padding of the callers' addresses must not reach the key. */
static void fill_endpoint(struct transport_address *to, const struct transport_address *from)
{
    to->ip.family = from->ip.family;
    memcpy(to->ip.octets, from->ip.octets, sizeof to->ip.octets);
    to->port = from->port;
}

static unsigned fill_key(struct flow_key *key, const struct transport_address *source,
                         const struct transport_address *destination, uint8_t protocol,
                         enum flow_layer layer)
{
    unsigned from = transport_address_compare(source, destination) <= 0 ? 0 : 1;
    memset(key, 0, sizeof *key);
    fill_endpoint(&key->endpoint[from], source);
    fill_endpoint(&key->endpoint[1 - from], destination);
    key->protocol = protocol;
    key->layer = (uint8_t)layer;
    return from;
}

struct flow *flows_note(struct flows *flows, const struct transport_address *source,
                        const struct transport_address *destination, uint8_t protocol,
                        enum flow_layer layer, int64_t time, size_t payload_length, unsigned *from)
{
    struct flow_key key;
    *from = fill_key(&key, source, destination, protocol, layer);
    bool created;
    struct flow *flow = table_add(&flows->table, &key, &created);
    if (created) {
        flow->first = time;
        flow->initiator = (uint8_t)*from;
    }
    flow->last = time;
    flow->packets[*from]++;
    flow->bytes[*from] += payload_length;
    return flow;
}

struct flow *flows_find(const struct flows *flows, const struct transport_address *source,
                        const struct transport_address *destination, uint8_t protocol,
                        enum flow_layer layer, unsigned *from)
{
    struct flow_key key;
    *from = fill_key(&key, source, destination, protocol, layer);
    return table_find(&flows->table, &key);
}
