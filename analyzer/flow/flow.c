/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/flow.h"

/* Resolvers ask from another port each time. */
static bool is_spent(const void *record)
{
    const struct flow *flow = record;
    return flow->ended || flow->content == CONTENT_DNS;
}

int flows_init(struct flows *flows, uint32_t capacity)
{
    int result = table_init(&flows->table, capacity, sizeof(struct flow), sizeof(struct flow_key));
    table_give_second_chance(&flows->table);
    flows->table.is_spent = is_spent;
    return result;
}

void flows_free(struct flows *flows)
{
    table_free(&flows->table);
}

static unsigned fill_key(struct flow_key *key, const struct transport_address *source,
                         const struct transport_address *destination, uint8_t protocol,
                         enum flow_layer layer)
{
    unsigned from = transport_address_compare(source, destination) <= 0 ? 0 : 1;
    key->endpoint[from] = *source;
    key->endpoint[1 - from] = *destination;
    key->protocol = protocol;
    key->layer = (uint8_t)layer;
    return from;
}

static void count_packet(struct flow *flow, unsigned from)
{
    if (flow->packets[from] != UINT32_MAX)
        flow->packets[from]++;
}

void flow_search_begin(struct flow_search *search, const struct key_hash *hash,
                       const struct transport_address *source,
                       const struct transport_address *destination, uint8_t protocol,
                       enum flow_layer layer)
{
    search->from = fill_key(&search->key, source, destination, protocol, layer);
    search->hash = key_hash(hash, &search->key, sizeof search->key);
}

void flows_foresee(const struct flows *flows, const struct flow_search *search)
{
    table_foresee(&flows->table, search->hash);
}

struct flow *flows_foresee_record(const struct flows *flows, const struct flow_search *search)
{
    return table_foresee_record(&flows->table, search->hash);
}

static struct flow *find_or_begin(struct flows *flows, const struct flow_search *search)
{
    bool created;
    struct flow *flow = table_add_hashed(&flows->table, &search->key, search->hash, &created);
    if (created)
        flow->initiator = (uint8_t)search->from;
    return flow;
}

struct flow *flows_note_found(struct flows *flows, const struct flow_search *search,
                              struct flow *guess)
{
    struct flow *flow = guess;
    if (guess == NULL || memcmp(&guess->key, &search->key, sizeof guess->key) != 0 ||
        !table_touch_live(&flows->table, guess))
        flow = find_or_begin(flows, search);
    count_packet(flow, search->from);
    return flow;
}

struct flow *flows_note(struct flows *flows, const struct transport_address *source,
                        const struct transport_address *destination, uint8_t protocol,
                        enum flow_layer layer, unsigned *from)
{
    struct flow_search search;
    flow_search_begin(&search, &flows->table.hash, source, destination, protocol, layer);
    *from = search.from;
    return flows_note_found(flows, &search, NULL);
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

const char *transport_name(uint8_t protocol, bool inside_tls)
{
    if (protocol == IP_PROTOCOL_UDP)
        return inside_tls ? "DTLS" : "UDP";
    if (protocol == IP_PROTOCOL_TCP)
        return inside_tls ? "TLS" : "TCP";
    return NULL;
}
