/* SPDX-License-Identifier: MIT */
#include "analyzer/track/allocation_step.h"

enum { REGISTERED_PORT = 3478 };

/* It came to its end, or never began. */
static bool is_spent(const void *record)
{
    const struct allocation *a = record;
    return a->state >= ALLOCATION_REFUSED;
}

int allocations_init(struct allocations *allocations, uint32_t capacity)
{
    *allocations = (struct allocations){0};
    if (table_init(&allocations->table, capacity, sizeof(struct allocation), 0) == 0 &&
        table_init(&allocations->waiting, capacity, sizeof(struct waiting_challenge), 0) == 0 &&
        table_init(&allocations->relations, 2 * capacity, sizeof(struct turn_relation),
                   sizeof(struct turn_relation_key)) == 0 &&
        encounters_init(&allocations->servers, 2 * capacity) == 0) {
        allocations->table.is_spent = is_spent;
        table_clear_only(&allocations->table, offsetof(struct allocation, permissions));
        table_give_second_chance(&allocations->relations);
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
}

struct allocation *allocations_of(const struct allocations *allocations, const struct flow *flow)
{
    return table_at(&allocations->table, flow->allocation);
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

static struct allocation *begin(struct allocations *allocations, const struct sighting *sighting,
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

static struct allocation *allocation_on(struct allocations *allocations,
                                        const struct sighting *sighting,
                                        const struct transport_address *client,
                                        const struct transport_address *server)
{
    struct allocation *a = allocations_of(allocations, sighting->flow);
    if (a == NULL)
        a = begin(allocations, sighting, client, server);
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
    if (step == TRANSACTION_STEP_REQUEST) {
        transaction->realm_differs = allocation_realm_differs(&s);
        allocation_wait_for_client(&s, false);
    }
    if (step == TRANSACTION_STEP_ANSWER) {
        transaction->nonce_outdated =
            transaction->has_nonce && a->nonce_known && transaction->nonce != a->nonce;
        allocation_note_nonce(&s);
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

static struct event *add_event(struct event_queue *events, enum event_kind kind,
                               const struct sighting *sighting, struct allocation *a)
{
    struct event *event = event_add(events, kind, sighting->time);
    event->evidence = evidence_of(sighting, EVIDENCE_CHANNEL_DATA);
    event->client = a->client;
    event->server = a->server;
    event->protocol = a->protocol;
    event->inside_tls = a->inside_tls;
    event->allocation = a;
    event->flow = sighting->flow;
    if (a->misused.frame == 0)
        a->misused = event->evidence;
    event->earlier = a->misused;
    return event;
}

static bool permission_asked(const struct permission *permission, int64_t now)
{
    int64_t latest =
        permission->asked > permission->granted ? permission->asked : permission->granted;
    return latest != 0 && now - latest <= LIMIT_PERMISSION_LIFETIME;
}

/* A datagram to a peer that the client has not asked a permission for in 300 s: the server drops
 * it. Judged only when the capture holds the allocation's start. */
static void check_permission(struct allocation *a, const struct transport_address *peer,
                             const struct sighting *sighting, struct event_queue *events)
{
    struct permission *permission = allocation_permission(a, &peer->ip);
    if (permission == NULL || permission_asked(permission, sighting->time))
        return;
    if (permission->sent_without++ == 0)
        permission->missing_since = sighting->time;
    if (a->ever_allocated && !a->peers_incomplete)
        add_event(events, EVENT_TURN_PERMISSION_MISSING, sighting, a);
}

/* One datagram more; whether there are enough, for long enough, to rule out a lost renewal. */
static bool lapse_counts(struct lapse *lapse, int64_t now)
{
    if (lapse->datagrams++ == 0)
        lapse->since = now;
    return lapse->datagrams >= LIMIT_LAPSE_DATAGRAMS && now - lapse->since >= LIMIT_LAPSE;
}

static void check_lifetime(struct allocation *a, const struct sighting *sighting,
                           struct event_queue *events)
{
    int64_t renewed = a->refresh_asked > a->refreshed ? a->refresh_asked : a->refreshed;
    if (!a->ever_allocated || a->state != ALLOCATION_ALLOCATED ||
        sighting->time - renewed <= (int64_t)a->lifetime * SECONDS)
        return;
    if (a->misused.frame == 0)
        a->misused = evidence_of(sighting, EVIDENCE_CHANNEL_DATA);
    if (!lapse_counts(&a->expired, sighting->time))
        return;
    a->state = ALLOCATION_EXPIRED;
    add_event(events, EVENT_TURN_DATA_EXPIRED, sighting, a);
}

static void count_to_peer(struct allocation *a, const struct transport_address *peer, size_t length,
                          const struct sighting *sighting, struct event_queue *events)
{
    a->to_peer_bytes += length;
    a->to_peer_packets++;
    a->last_to_peer = sighting->time;
    check_lifetime(a, sighting, events);
    check_permission(a, peer, sighting, events);
}

static void count_from_peer(struct allocation *a, const struct transport_address *peer,
                            size_t length, int64_t time)
{
    a->from_peer_bytes += length;
    a->from_peer_packets++;
    a->last_from_peer = a->heard = time;
    allocation_note_alive(a, time);
    struct permission *permission = allocation_permission(a, &peer->ip);
    if (permission != NULL)
        permission->received++;
}

struct allocation *allocations_note_data(struct allocations *allocations,
                                         const struct sighting *sighting, bool to_peer,
                                         const struct transport_address *peer, size_t length,
                                         struct event_queue *events)
{
    const struct transport_address *source = sighting_source(sighting);
    const struct transport_address *destination = sighting_destination(sighting);
    struct allocation *a = allocation_on(allocations, sighting, to_peer ? source : destination,
                                         to_peer ? destination : source);
    if (to_peer)
        count_to_peer(a, peer, length, sighting, events);
    else
        count_from_peer(a, peer, length, sighting->time);
    return a;
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
    struct event *event = event_add(events, EVENT_TURN_UNREACHABLE, sighting->time);
    event->evidence = *seen;
    event->earlier = a->concluded;
    event->client = a->client;
    event->server = a->server;
    event->protocol = a->protocol;
    event->allocation = a;
    event->flow = sighting->flow;
    event->icmp = icmp;
}

/* A renewal whose answer the capture lacks may have worked. */
static bool channel_is_expired(const struct channel *channel, int64_t now)
{
    int64_t latest = channel->asked > channel->bound ? channel->asked : channel->bound;
    return channel->bound != 0 && now - latest > LIMIT_CHANNEL_LIFETIME;
}

/* That the server uses it after its end shows a renewal which the capture does not hold. */
static void use_channel(struct allocation *a, struct channel *channel,
                        const struct sighting *sighting, struct event_queue *events)
{
    if (!allocation_by_client(a, sighting)) {
        if (channel_is_expired(channel, sighting->time - LIMIT_LAPSE_SLACK)) {
            channel->bound = sighting->time;
            a->channel_expired = (struct lapse){0};
        }
    } else if (!a->peers_incomplete && channel_is_expired(channel, sighting->time) &&
               lapse_counts(&a->channel_expired, sighting->time)) {
        add_event(events, EVENT_TURN_CHANNEL_EXPIRED, sighting, a)->evidence.kind = channel->number;
    }
}

/* The capture began when the channel was bound long since: the server is the end with the
 * registered port. NULL: neither has it. */
static struct allocation *begin_unseen(struct allocations *allocations,
                                       const struct sighting *sighting)
{
    const struct transport_address *source = sighting_source(sighting);
    const struct transport_address *destination = sighting_destination(sighting);
    if (source->port == REGISTERED_PORT)
        return begin(allocations, sighting, destination, source);
    return destination->port == REGISTERED_PORT ? begin(allocations, sighting, source, destination)
                                                : NULL;
}

/* A server sends on bound channels only: else the capture missed the binding. */
static void note_unbound(struct allocation *a, uint16_t number, const struct sighting *sighting,
                         struct event_queue *events)
{
    bool by_server = !allocation_by_client(a, sighting);
    a->last = sighting->time;
    if (by_server)
        a->heard = sighting->time;
    a->peers_incomplete |= by_server;
    a->unbound_datagrams++;
    if (a->ever_allocated && !a->peers_incomplete)
        add_event(events, EVENT_TURN_CHANNEL_UNBOUND, sighting, a)->evidence.kind = number;
}

struct channel *allocations_channel(struct allocations *allocations,
                                    const struct sighting *sighting, uint16_t number,
                                    struct event_queue *events)
{
    struct allocation *a = allocations_of(allocations, sighting->flow);
    if (a == NULL && (a = begin_unseen(allocations, sighting)) == NULL)
        return NULL;
    size_t index = allocation_channel(a, number);
    if (index == a->channels_kept) {
        note_unbound(a, number, sighting, events);
        return NULL;
    }
    use_channel(a, &a->channels[index], sighting, events);
    return &a->channels[index];
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
        struct event *event = event_add(events, EVENT_TURN_ABANDONED, now);
        event->evidence = a->challenged;
        event->client = a->client;
        event->server = a->server;
        event->protocol = a->protocol;
        event->inside_tls = a->inside_tls;
        event->allocation = a;
    }
}
