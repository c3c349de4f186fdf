/* SPDX-License-Identifier: MIT */
/* The table of handshakes, and what hangs on it. */
#include "analyzer/track/handshakes.h"

#include "analyzer/flow/siphash.h"
#include "analyzer/track/handshake_step.h"

struct chain_record {
    uint64_t hash; /* keyed: a stranger cannot make two chains share one */
    struct certificate_chain chain;
};

static bool is_spent(const void *record)
{
    const struct handshake *handshake = record;
    return handshake->state != HANDSHAKE_INCOMPLETE;
}

int handshakes_init(struct handshakes *handshakes, uint32_t megabytes)
{
    *handshakes = (struct handshakes){0};
    int failed =
        table_init(&handshakes->table, limit_for(LIMIT_HANDSHAKES, megabytes),
                   sizeof(struct handshake), 0) |
        table_init(&handshakes->chains, limit_for(LIMIT_CERTIFICATE_CHAINS, megabytes),
                   sizeof(struct chain_record), sizeof(uint64_t)) |
        table_init(&handshakes->collectors, limit_for(LIMIT_HANDSHAKE_COLLECTORS, megabytes),
                   sizeof(struct handshake_collector), sizeof(struct handshake_collector_key)) |
        table_init(&handshakes->waiting, limit_for(LIMIT_HANDSHAKES, megabytes),
                   sizeof(struct handshake_waiting), 0) |
        issuers_init(&handshakes->issuers, limit_for(LIMIT_ISSUERS, megabytes)) |
        encounters_init(&handshakes->established, limit_for(LIMIT_ENCOUNTERS, megabytes));
    handshakes->table.is_spent = is_spent;
    table_clear_only(&handshakes->table, offsetof(struct handshake, server_name));
    table_foresee_more(&handshakes->table, offsetof(struct handshake, hello));
    table_clear_only(&handshakes->chains, offsetof(struct chain_record, chain));
    if (failed)
        handshakes_free(handshakes);
    return failed ? -1 : 0;
}

void handshakes_free(struct handshakes *handshakes)
{
    table_free(&handshakes->table);
    table_free(&handshakes->chains);
    table_free(&handshakes->collectors);
    table_free(&handshakes->waiting);
    issuers_free(&handshakes->issuers);
    encounters_free(&handshakes->established);
}

struct handshake *handshakes_of(const struct handshakes *handshakes, const struct flow *flow)
{
    return table_at(&handshakes->table, flow->handshake);
}

const struct certificate_chain *handshakes_chain(const struct handshakes *handshakes,
                                                 const struct handshake *handshake)
{
    const struct chain_record *record = table_at(&handshakes->chains, handshake->chain);
    return record ? &record->chain : NULL;
}

bool handshakes_established(const struct handshakes *handshakes, const struct ip_address *client,
                            const struct transport_address *server, int64_t since)
{
    int64_t last = encounters_last(&handshakes->established, client, server);
    return last != 0 && last >= since;
}

const struct handshake *handshakes_next(const struct handshakes *handshakes,
                                        const struct handshake *previous)
{
    return previous == NULL ? table_oldest(&handshakes->table)
                            : table_newer(&handshakes->table, previous);
}

const char *handshake_state_name(const struct handshake *handshake)
{
    static const char *const names[] = {
        [HANDSHAKE_INCOMPLETE] = "incomplete",
        [HANDSHAKE_ESTABLISHED] = "established",
        [HANDSHAKE_CLIENT_REJECTED] = "client-rejected",
        [HANDSHAKE_SERVER_REJECTED] = "server-rejected",
        [HANDSHAKE_RESET] = "reset",
        [HANDSHAKE_UNANSWERED] = "unanswered",
    };
    return names[handshake->state];
}

static uint64_t hash_of_chain(const struct table *chains, const struct bytes *ders, size_t count)
{
    uint64_t key[2] = {chains->text_key[0], chains->text_key[1]};
    for (size_t i = 0; i < count; i++)
        key[0] ^= siphash(key, ders[i].data, ders[i].length);
    return key[0];
}

bool handshake_add_chain(const struct handshake_step *step, const struct bytes *ders, size_t kept,
                         size_t sent)
{
    bool created;
    struct table *chains = &step->handshakes->chains;
    uint64_t hash = hash_of_chain(chains, ders, kept);
    struct chain_record *record = table_add(chains, &hash, &created);
    if (created)
        (void)certificate_chain_parse(&record->chain, ders, kept, sent);
    step->handshake->chain = table_id(chains, record);
    return record->chain.parsed > 0;
}

struct handshake_step handshake_step_of(struct handshakes *handshakes,
                                        const struct sighting *sighting, struct event_queue *events)
{
    struct handshake_step step = {.handshakes = handshakes, .sighting = sighting, .events = events};
    step.handshake = handshakes_of(handshakes, sighting->flow);
    if (step.handshake == NULL)
        return step;
    step.side =
        sighting->from == step.handshake->client_index ? HANDSHAKE_CLIENT : HANDSHAKE_SERVER;
    step.handshake->last = sighting->time;
    table_touch(&handshakes->table, step.handshake);
    return step;
}

void handshake_begin(struct handshake_step *step, enum handshake_protocol protocol,
                     enum handshake_side side)
{
    const struct sighting *sighting = step->sighting;
    const struct flow_key *key = &sighting->flow->key;
    bool created;
    struct handshake *handshake = table_add(&step->handshakes->table, NULL, &created);
    unsigned client = side == HANDSHAKE_CLIENT ? sighting->from : 1 - sighting->from;
    handshake->number = ++step->handshakes->count;
    handshake->flow = sighting->flow_id;
    handshake->protocol = (uint8_t)protocol;
    handshake->client_index = (uint8_t)client;
    handshake->layer = key->layer;
    handshake->client = key->endpoint[client];
    handshake->server = key->endpoint[1 - client];
    handshake->last = sighting->time;
    handshake->server_name[0] = handshake->alpn_selected[0] = '\0';
    sighting->flow->handshake = table_id(&step->handshakes->table, handshake);
    step->handshake = handshake;
    step->side = side;
}

struct handshake_collector *handshake_collector_of(const struct handshake_step *step, bool make)
{
    struct handshake_collector_key key = {step->handshake->number, step->side, step->quic_messages};
    struct table *table = &step->handshakes->collectors;
    if (!make)
        return table_find(table, &key);
    bool created;
    struct handshake_collector *collector = table_add(table, &key, &created);
    collector->stream.buffer = collector->datagrams.buffer = collector->crypto.buffer =
        collector->buffer;
    collector->stream.capacity = collector->datagrams.capacity = collector->crypto.capacity =
        sizeof collector->buffer;
    return collector;
}

void handshake_collector_drop(const struct handshake_step *step)
{
    struct handshake_collector *collector = handshake_collector_of(step, false);
    if (collector != NULL)
        table_remove(&step->handshakes->collectors, collector);
}

struct evidence handshake_evidence(const struct handshake_step *step, uint16_t kind)
{
    static const enum evidence_protocol protocols[] = {
        [HANDSHAKE_TLS] = EVIDENCE_TLS,
        [HANDSHAKE_DTLS] = EVIDENCE_DTLS,
        [HANDSHAKE_QUIC] = EVIDENCE_QUIC,
    };
    struct evidence evidence = evidence_of(step->sighting, protocols[step->handshake->protocol]);
    evidence.kind = kind;
    return evidence;
}
