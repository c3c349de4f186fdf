/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/flow.h"

int flows_init(struct flows *flows, uint32_t capacity)
{
    int result = table_init(&flows->table, capacity, sizeof(struct flow), sizeof(struct flow_key));
    table_give_second_chance(&flows->table);
    return result;
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

static void count_packet(struct flow *flow, unsigned from)
{
    if (flow->packets[from] != UINT32_MAX)
        flow->packets[from]++;
}

struct flow *flows_note(struct flows *flows, const struct transport_address *source,
                        const struct transport_address *destination, uint8_t protocol,
                        enum flow_layer layer, unsigned *from)
{
    struct flow_key key;
    *from = fill_key(&key, source, destination, protocol, layer);
    bool created;
    struct flow *flow = table_add(&flows->table, &key, &created);
    if (created)
        flow->initiator = (uint8_t)*from;
    count_packet(flow, *from);
    return flow;
}

void flows_note_again(struct flows *flows, struct flow *flow, unsigned from)
{
    table_touch(&flows->table, flow);
    count_packet(flow, from);
}

struct flow *flows_find(const struct flows *flows, const struct transport_address *source,
                        const struct transport_address *destination, uint8_t protocol,
                        enum flow_layer layer, unsigned *from)
{
    struct flow_key key;
    *from = fill_key(&key, source, destination, protocol, layer);
    return table_find(&flows->table, &key);
}
