/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/flow.h"

#include <assert.h>

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

static struct flow_key key_of(const struct five_tuple *tuple, unsigned from)
{
    struct flow_key key = {.protocol = tuple->protocol, .layer = tuple->layer};
    key.endpoint[from] = *tuple->source;
    key.endpoint[1 - from] = *tuple->destination;
    return key;
}

static void count_packet(struct flow *flow, unsigned from)
{
    if (flow->packets[from] != UINT32_MAX)
        flow->packets[from]++;
}

/* Of the key, without making it: its parts lie in the packet. */
static uint32_t hash_of(const struct key_hash *hash, const struct transport_address *low,
                        const struct transport_address *high, uint64_t rest)
{
    enum { WORDS = (sizeof *low + 7) / 8, REST = 2 * WORDS };
    static_assert((int)REST < (int)KEY_HASH_WORDS, "the hash has secrets for all of the key");
    uint64_t sum = key_hash_part(hash->secret, low, sizeof *low) +
                   key_hash_part(hash->secret + WORDS, high, sizeof *high);
    return key_hash_mix(sum + key_hash_pair(rest, hash->secret[REST]));
}

struct flow_search flow_search_begin(const struct key_hash *hash, const struct five_tuple *tuple)
{
    uint64_t rest = tuple->protocol | (uint64_t)tuple->layer << 32;
    if (transport_address_compare(tuple->source, tuple->destination) <= 0)
        return (struct flow_search){hash_of(hash, tuple->source, tuple->destination, rest), 0};
    return (struct flow_search){hash_of(hash, tuple->destination, tuple->source, rest), 1};
}

void flows_foresee(const struct flows *flows, const struct flow_search *search)
{
    table_foresee(&flows->table, search->hash);
}

struct flow *flows_foresee_record(const struct flows *flows, const struct flow_search *search)
{
    return table_foresee_record(&flows->table, search->hash);
}

static struct flow *find_or_begin(struct flows *flows, const struct five_tuple *tuple,
                                  const struct flow_search *search)
{
    bool created;
    struct flow_key key = key_of(tuple, search->from);
    struct flow *flow = table_add_hashed(&flows->table, &key, search->hash, &created);
    if (created)
        flow->initiator = (uint8_t)search->from;
    return flow;
}

static bool is_of(const struct flow *flow, const struct five_tuple *tuple, unsigned from)
{
    const struct transport_address *ends = flow->key.endpoint;
    return memcmp(&ends[from], tuple->source, sizeof ends[from]) == 0 &&
           memcmp(&ends[1 - from], tuple->destination, sizeof ends[from]) == 0 &&
           flow->key.protocol == tuple->protocol && flow->key.layer == tuple->layer;
}

struct flow *flows_note_found(struct flows *flows, const struct five_tuple *tuple,
                              const struct flow_search *search, struct flow *guess)
{
    struct flow *flow = guess;
    if (guess == NULL || !is_of(guess, tuple, search->from) ||
        !table_touch_live(&flows->table, guess))
        flow = find_or_begin(flows, tuple, search);
    count_packet(flow, search->from);
    return flow;
}

struct flow *flows_note(struct flows *flows, const struct transport_address *source,
                        const struct transport_address *destination, uint8_t protocol,
                        enum flow_layer layer, unsigned *from)
{
    struct five_tuple tuple = {source, destination, protocol, (uint8_t)layer};
    struct flow_search search = flow_search_begin(&flows->table.hash, &tuple);
    *from = search.from;
    return flows_note_found(flows, &tuple, &search, NULL);
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
    struct five_tuple tuple = {source, destination, protocol, (uint8_t)layer};
    struct flow_search search = flow_search_begin(&flows->table.hash, &tuple);
    struct flow_key key = key_of(&tuple, search.from);
    *from = search.from;
    return table_find_hashed(&flows->table, &key, search.hash);
}

const char *transport_name(uint8_t protocol, bool inside_tls)
{
    if (protocol == IP_PROTOCOL_UDP)
        return inside_tls ? "DTLS" : "UDP";
    if (protocol == IP_PROTOCOL_TCP)
        return inside_tls ? "TLS" : "TCP";
    return NULL;
}
