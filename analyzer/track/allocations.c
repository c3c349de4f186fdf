/* SPDX-License-Identifier: MIT */
#include "analyzer/track/allocation_step.h"

/* It came to its end, or never began. */
static bool is_spent(const void *record)
{
    const struct allocation *a = record;
    return a->state >= ALLOCATION_REFUSED;
}

/* Of more, those that were not asked for the longest are forgotten: what is captured on a server of
 * so many is then told twice, as before a relay and behind it. */
static uint32_t relays_for(uint32_t allocations)
{
    return allocations / 4 + 2;
}

int allocations_init(struct allocations *allocations, uint32_t capacity)
{
    *allocations = (struct allocations){0};
    if (table_init(&allocations->table, capacity, sizeof(struct allocation), 0) == 0 &&
        table_init(&allocations->waiting, capacity, sizeof(struct waiting_challenge), 0) == 0 &&
        table_init(&allocations->relations, 2 * capacity, sizeof(struct turn_relation),
                   sizeof(struct turn_relation_key)) == 0 &&
        encounters_init(&allocations->servers, 2 * capacity) == 0 &&
        table_init(&allocations->relays, relays_for(capacity), sizeof(struct transport_address),
                   sizeof(struct transport_address)) == 0) {
        allocations->table.is_spent = is_spent;
        table_clear_only(&allocations->table, offsetof(struct allocation, permissions));
        table_give_second_chance(&allocations->relations);
        table_give_second_chance(&allocations->relays);
        return 0;
    }
    allocations_free(allocations);
    return -1;
}

void allocations_free(struct allocations *allocations)
{
    table_free(&allocations->table);
    table_free(&allocations->waiting);
    table_free(&allocations->relations);
    encounters_free(&allocations->servers);
    table_free(&allocations->relays);
}

struct allocation *allocations_of(const struct allocations *allocations, const struct flow *flow)
{
    return table_at(&allocations->table, flow->allocation);
}

size_t allocation_channel(const struct allocation *a, uint16_t number)
{
    size_t i = 0;
    while (i < a->channels_kept && a->channels[i].number != number)
        i++;
    return i;
}

const char *allocation_state_name(const struct allocation *allocation)
{
    static const char *const names[] = {
        [ALLOCATION_UNSEEN] = "allocated",      [ALLOCATION_ASKED] = "unanswered",
        [ALLOCATION_CHALLENGED] = "unanswered", [ALLOCATION_AUTHENTICATING] = "unanswered",
        [ALLOCATION_ALLOCATED] = "allocated",   [ALLOCATION_REFUSED] = "refused",
        [ALLOCATION_UNANSWERED] = "unanswered", [ALLOCATION_UNREACHABLE] = "unanswered",
        [ALLOCATION_RELEASED] = "released",     [ALLOCATION_EXPIRED] = "expired",
    };
    return names[allocation->state];
}

static bool concerns_allocation(uint16_t method)
{
    return method == STUN_ALLOCATE || method == STUN_REFRESH || method == STUN_CREATE_PERMISSION ||
           method == STUN_CHANNEL_BIND || method == STUN_CONNECT;
}

static void note_server(struct allocations *allocations, const struct allocation *a)
{
    struct transport_address server = {.ip = a->server.ip}, any = {.port = 0};
    encounters_note(&allocations->servers, &a->client.ip, &server, a->first);
    encounters_note(&allocations->servers, &a->client.ip, &any, a->first);
}

bool allocations_on_server(const struct allocations *allocations, const struct ip_address *client,
                           const struct ip_address *server)
{
    struct transport_address address = {.port = 0};
    if (server != NULL)
        address.ip = *server;
    return encounters_last(&allocations->servers, client, &address) != 0;
}

bool allocations_relay_at(const struct allocations *allocations,
                          const struct transport_address *address)
{
    return table_find(&allocations->relays, address) != NULL;
}

struct allocation *allocation_begin(struct allocations *allocations,
                                    const struct sighting *sighting,
                                    const struct transport_address *client,
                                    const struct transport_address *server)
{
    bool created;
    struct allocation *a = table_add(&allocations->table, NULL, &created);
    a->flow = sighting->flow_id;
    a->client = *client;
    a->server = *server;
    a->client_index = transport_address_equal(client, &sighting->flow->key.endpoint[0]) ? 0 : 1;
    a->protocol = sighting->flow->key.protocol;
    a->inside_tls = sighting->flow->key.layer == FLOW_DECRYPTED;
    a->first = sighting->time;
    sighting->flow->allocation = table_id(&allocations->table, a);
    note_server(allocations, a);
    return a;
}

struct allocation *allocation_on(struct allocations *allocations, const struct sighting *sighting,
                                 const struct transport_address *client,
                                 const struct transport_address *server)
{
    struct allocation *a = allocations_of(allocations, sighting->flow);
    if (a == NULL)
        a = allocation_begin(allocations, sighting, client, server);
    else
        table_touch(&allocations->table, a);
    a->last = sighting->time;
    return a;
}

static struct turn_relation_key relation_key(const struct ip_address *client,
                                             const struct transport_address *server,
                                             uint8_t protocol)
{
    struct turn_relation_key key;
    memset(&key, 0, sizeof key);
    key.client = *client;
    key.protocol = protocol;
    key.server = *server;
    return key;
}

const struct turn_relation *allocations_relation(const struct allocations *allocations,
                                                 const struct ip_address *client,
                                                 const struct transport_address *server,
                                                 uint8_t protocol)
{
    struct turn_relation_key key = relation_key(client, server, protocol);
    return table_find(&allocations->relations, &key);
}

/* Of an allocation that does not yet exist the client has just asked for it. */
void allocations_foresee(const struct allocations *allocations, const struct sighting *sighting)
{
    const struct allocation *a = allocations_of(allocations, sighting->flow);
    if (a == NULL) {
        struct turn_relation_key key =
            relation_key(&sighting_source(sighting)->ip, sighting_destination(sighting),
                         sighting->flow->key.protocol);
        table_foresee(&allocations->relations, table_hash(&allocations->relations, &key));
        return;
    }
    table_foresee_at(&allocations->relations, a->relation);
    __builtin_prefetch(&a->nonce, 1);
    __builtin_prefetch(&a->authenticated);
    __builtin_prefetch(a->username);
    __builtin_prefetch(a->server_realm);
    __builtin_prefetch(a->permissions, 1);
    __builtin_prefetch(a->channels, 1);
}

static struct turn_relation *relation_of(const struct allocation_step *s)
{
    const struct transaction *transaction = s->transaction;
    struct table *relations = &s->allocations->relations;
    struct turn_relation *relation = table_at(relations, s->allocation->relation);
    bool created;
    if (relation != NULL) {
        table_touch(relations, relation);
        return relation;
    }
    struct turn_relation_key key =
        relation_key(&transaction->client.ip, &transaction->server, transaction->protocol);
    relation = table_add(relations, &key, &created);
    s->allocation->relation = table_id(relations, relation);
    return relation;
}

static void note_relation(const struct allocation_step *s, enum transaction_step step)
{
    if (s->message->method != STUN_ALLOCATE)
        return;
    struct turn_relation *relation = relation_of(s);
    if (step == TRANSACTION_STEP_ANSWER)
        relation->answered = s->sighting->time;
    else if (s->transaction->has_integrity)
        relation->authenticated = s->sighting->time;
}

struct allocation *allocations_note(struct allocations *allocations,
                                    const struct stun_message *message,
                                    struct transaction *transaction, enum transaction_step step,
                                    const struct sighting *sighting)
{
    if (transaction == NULL || !concerns_allocation(message->method))
        return NULL;
    struct allocation *a =
        allocation_on(allocations, sighting, &transaction->client, &transaction->server);
    struct allocation_step s = {allocations, a, message, transaction, sighting};
    transaction->allocation = table_id(&allocations->table, a);
    a->asked_again |= step == TRANSACTION_STEP_REPEAT && a->state == ALLOCATION_CHALLENGED;
    if (step == TRANSACTION_STEP_REPEAT && message->method == STUN_ALLOCATE &&
        transaction->state == TRANSACTION_SUCCEEDED && a->grant_repeats < UINT16_MAX)
        a->grant_repeats++;
    if (step == TRANSACTION_STEP_REQUEST) {
        transaction->realm_differs = allocation_realm_differs(&s);
        transaction->user_differs = allocation_user_differs(&s);
        allocation_wait_for_client(&s, false);
    }
    if (step == TRANSACTION_STEP_ANSWER) {
        transaction->nonce_outdated =
            transaction->has_nonce && a->nonce_known && transaction->nonce != a->nonce;
        allocation_note_nonce(&s);
        allocation_compare_realms(&s);
        allocation_note_realm(&s);
    }
    if (step == TRANSACTION_STEP_REQUEST || step == TRANSACTION_STEP_ANSWER) {
        allocation_apply(&s);
        note_relation(&s, step);
    }
    return a;
}

void allocations_note_silence(struct allocations *allocations,
                              const struct transaction *transaction)
{
    struct allocation *a = table_at(&allocations->table, transaction->allocation);
    if (a == NULL || transaction->method != STUN_ALLOCATE ||
        (a->state != ALLOCATION_ASKED && a->state != ALLOCATION_AUTHENTICATING))
        return;
    a->state = transaction->state == TRANSACTION_UNREACHABLE ? ALLOCATION_UNREACHABLE
                                                             : ALLOCATION_UNANSWERED;
}

struct event *allocation_event(struct event_queue *events, enum event_kind kind, int64_t time,
                               const struct allocation *a)
{
    struct event *event = event_add(events, kind, time);
    event->client = a->client;
    event->server = a->server;
    event->protocol = a->protocol;
    event->inside_tls = a->inside_tls;
    event->allocation = a;
    return event;
}

void allocations_note_message(struct allocations *allocations, const struct sighting *sighting)
{
    struct allocation *a = allocations_of(allocations, sighting->flow);
    if (a != NULL && !allocation_by_client(a, sighting))
        a->heard = sighting->time;
}

void allocations_note_gap(struct allocations *allocations, const struct flow *flow)
{
    struct allocation *a = allocations_of(allocations, flow);
    if (a != NULL)
        a->peers_incomplete = true;
}

void allocations_note_icmp(struct allocations *allocations, const struct icmp_error *icmp,
                           const struct sighting *sighting, const struct evidence *seen,
                           struct event_queue *events)
{
    struct allocation *a = allocations_of(allocations, sighting->flow);
    if (a == NULL || a->unreachable || a->state != ALLOCATION_ALLOCATED ||
        !allocation_by_client(a, sighting))
        return;
    a->unreachable = true;
    struct event *event = allocation_event(events, EVENT_TURN_UNREACHABLE, sighting->time, a);
    event->evidence = *seen;
    event->earlier = a->concluded;
    event->flow = sighting->flow;
    event->icmp = icmp;
}

void allocations_expire(struct allocations *allocations, int64_t now, struct event_queue *events)
{
    while (!event_queue_full(events)) {
        struct waiting_challenge *oldest = table_oldest(&allocations->waiting);
        if (oldest == NULL || now - oldest->since < LIMIT_CHALLENGE_WAIT)
            return;
        const struct allocation *a = table_at(&allocations->table, oldest->allocation);
        table_remove(&allocations->waiting, oldest);
        if (a == NULL || a->state != ALLOCATION_CHALLENGED)
            continue;
        allocation_event(events, EVENT_TURN_ABANDONED, now, a)->evidence = a->challenged;
    }
}
