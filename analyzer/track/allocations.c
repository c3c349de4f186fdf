/* SPDX-License-Identifier: MIT */
#include "analyzer/track/allocations.h"

#include "analyzer/text.h"

int allocations_init(struct allocations *allocations, uint32_t capacity)
{
    *allocations = (struct allocations){0};
    if (table_init(&allocations->table, capacity, sizeof(struct allocation),
                   sizeof(struct record_id)) != 0)
        return -1;
    if (table_init(&allocations->waiting, LIMIT_CHALLENGES, sizeof(struct waiting_challenge),
                   sizeof(struct record_id)) == 0 &&
        table_init(&allocations->relations, LIMIT_ALLOCATIONS, sizeof(struct turn_relation),
                   sizeof(struct turn_relation_key)) == 0 &&
        encounters_init(&allocations->servers, LIMIT_ENCOUNTERS) == 0)
        return 0;
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

struct allocation *allocations_of(const struct allocations *allocations, struct record_id flow)
{
    return table_find(&allocations->table, &flow);
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

/* One step of an allocation's life: all that the functions below look at. */
struct step {
    struct allocations *allocations;
    struct allocation *allocation;
    const struct stun_message *message;
    struct transaction *transaction;
    const struct sighting *sighting;
};

static void copy_attribute(char *to, size_t size, const struct stun_message *message, uint16_t type)
{
    struct bytes value = stun_value(message, type);
    if (value.data != NULL)
        text_copy(to, size, value);
}

static void wait_for_client(const struct step *s, bool wait)
{
    struct record_id id = table_id(&s->allocations->table, s->allocation);
    struct waiting_challenge *waiting = table_find(&s->allocations->waiting, &id);
    bool created;
    if (!wait && waiting != NULL)
        table_remove(&s->allocations->waiting, waiting);
    if (wait && waiting == NULL) {
        waiting = table_add(&s->allocations->waiting, &id, &created);
        waiting->since = s->sighting->time;
    }
}

static void note_credentials(struct allocation *a, const struct step *s)
{
    copy_attribute(a->username, sizeof a->username, s->message, STUN_USERNAME);
    copy_attribute(a->realm, sizeof a->realm, s->message, STUN_REALM);
    a->authenticated = s->transaction->request;
    a->integrity = s->transaction->integrity;
}

static void allocate_request(const struct step *s)
{
    struct allocation *a = s->allocation;
    uint64_t transport;
    if (!a->start_seen)
        a->asked = s->transaction->request;
    a->start_seen = true;
    if (stun_number(s->message, STUN_REQUESTED_TRANSPORT, &transport))
        a->transport = (uint8_t)transport;
    copy_attribute(a->client_software, sizeof a->client_software, s->message, STUN_SOFTWARE);
    if (s->transaction->has_integrity)
        note_credentials(a, s);
    a->state = s->transaction->has_integrity ? ALLOCATION_AUTHENTICATING : ALLOCATION_ASKED;
}

static void note_nonce(const struct step *s)
{
    struct allocation *a = s->allocation;
    struct bytes nonce = stun_value(s->message, STUN_NONCE);
    if (nonce.data == NULL)
        return;
    uint64_t hash = transaction_nonce_hash(nonce);
    if (s->transaction->error_code == 438 && (!a->nonce_known || hash != a->nonce))
        a->stale_nonces++;
    a->nonce = hash;
    a->nonce_known = true;
}

static void note_challenge(const struct step *s)
{
    struct allocation *a = s->allocation;
    struct bytes realm = stun_value(s->message, STUN_REALM);
    a->realm_empty = realm.length == 0 && !stun_is_cut(s->message);
    text_copy(a->server_realm, sizeof a->server_realm, realm);
    if (a->realm[0] == '\0')
        text_copy(a->realm, sizeof a->realm, realm);
    if (a->challenges < UINT16_MAX)
        a->challenges++;
    if (a->challenged.frame == 0)
        a->challenged = s->transaction->response;
    a->state = ALLOCATION_CHALLENGED;
    wait_for_client(s, true);
}

static void note_refusal(const struct step *s)
{
    struct allocation *a = s->allocation;
    unsigned code;
    struct bytes reason;
    a->state = ALLOCATION_REFUSED;
    a->error_code = s->transaction->error_code;
    a->concluded = s->transaction->response;
    if (stun_error_code(s->message, &code, &reason))
        text_copy(a->reason, sizeof a->reason, reason);
    stun_address(s->message, STUN_ALTERNATE_SERVER, &a->alternate);
}

/* The 401 to a request without credentials is the normal challenge, never a refusal. */
static bool is_challenge(const struct transaction *transaction)
{
    return transaction->error_code == 438 ||
           (transaction->error_code == 401 && transaction->request_seen &&
            !transaction->has_integrity);
}

static void allocate_error(const struct step *s)
{
    copy_attribute(s->allocation->software, sizeof s->allocation->software, s->message,
                   STUN_SOFTWARE);
    if (is_challenge(s->transaction))
        note_challenge(s);
    else
        note_refusal(s);
}

static void allocate_success(const struct step *s)
{
    struct allocation *a = s->allocation;
    uint64_t lifetime;
    a->state = ALLOCATION_ALLOCATED;
    a->ever_allocated = true;
    a->start_seen = true;
    a->stale_nonces = 0;
    a->concluded = s->transaction->response;
    a->refreshed = s->sighting->time;
    a->lifetime = stun_number(s->message, STUN_LIFETIME, &lifetime)
                      ? (uint32_t)lifetime
                      : (uint32_t)(LIMIT_ALLOCATION_LIFETIME / SECONDS);
    stun_address(s->message, STUN_XOR_RELAYED_ADDRESS, &a->relayed);
    if (!stun_address(s->message, STUN_XOR_MAPPED_ADDRESS, &a->mapped))
        stun_address(s->message, STUN_MAPPED_ADDRESS, &a->mapped);
    copy_attribute(a->software, sizeof a->software, s->message, STUN_SOFTWARE);
}

/* 437 to a Refresh with lifetime 0 says that there is nothing left to release: success. */
static void refresh_answer(const struct step *s)
{
    struct allocation *a = s->allocation;
    uint64_t lifetime;
    bool success = s->message->class == STUN_SUCCESS;
    if (s->transaction->lifetime == 0 && (success || s->transaction->error_code == 437)) {
        a->state = ALLOCATION_RELEASED;
    } else if (success) {
        a->refreshed = s->sighting->time;
        a->stale_nonces = 0;
        if (stun_number(s->message, STUN_LIFETIME, &lifetime))
            a->lifetime = (uint32_t)lifetime;
    } else if (s->transaction->error_code == 437) {
        a->state = ALLOCATION_EXPIRED;
    }
}

static struct permission *permission_for(struct allocation *a, const struct ip_address *peer)
{
    for (size_t i = 0; i < LIMIT_PERMISSIONS; i++)
        if (a->permissions[i].peer.family != 0 && ip_address_equal(&a->permissions[i].peer, peer))
            return &a->permissions[i];
    for (size_t i = 0; i < LIMIT_PERMISSIONS; i++) {
        if (a->permissions[i].peer.family == 0) {
            a->permissions[i].peer = *peer;
            return &a->permissions[i];
        }
    }
    a->peers_incomplete = true;
    return NULL;
}

static void permit_peers(const struct step *s)
{
    struct allocation *a = s->allocation;
    if (!s->transaction->request_seen)
        a->peers_incomplete = true; /* the answer says that there was one, not for whom */
    bool granted = s->message->class == STUN_SUCCESS;
    size_t count = s->transaction->peer_count;
    if (count > TRANSACTION_PEERS) {
        a->peers_incomplete = true;
        count = TRANSACTION_PEERS;
    }
    for (size_t i = 0; i < count; i++) {
        struct permission *permission = permission_for(a, &s->transaction->peers[i].ip);
        if (permission == NULL)
            continue;
        if (granted && permission->granted == 0)
            a->permission_count++;
        *(granted ? &permission->granted : &permission->asked) = s->sighting->time;
    }
}

static struct channel *find_channel(struct allocation *a, uint16_t number)
{
    for (size_t i = 0; i < LIMIT_CHANNELS; i++)
        if (a->channels[i].number == number)
            return &a->channels[i];
    return NULL;
}

/* A ChannelBind also installs a permission (RFC 8656 section 12). */
static void bind_channel(const struct step *s)
{
    struct allocation *a = s->allocation;
    permit_peers(s);
    if (s->transaction->channel == 0 || s->transaction->peer_count == 0)
        return;
    struct channel *channel = find_channel(a, s->transaction->channel);
    if (channel == NULL && (channel = find_channel(a, 0)) == NULL) {
        a->peers_incomplete = true;
        return;
    }
    if (channel->number == 0 || !transport_address_equal(&channel->peer, &s->transaction->peers[0]))
        *channel =
            (struct channel){.number = s->transaction->channel, .peer = s->transaction->peers[0]};
    if (s->message->class == STUN_SUCCESS) {
        if (channel->bound == 0)
            a->channel_count++;
        channel->bound = s->sighting->time;
    }
}

/* One row a TURN method and class: what it does to the allocation. */
static const struct step_row {
    uint16_t method;
    uint8_t class;
    void (*apply)(const struct step *step);
} step_rows[] = {
    {STUN_ALLOCATE, STUN_REQUEST, allocate_request},
    {STUN_ALLOCATE, STUN_SUCCESS, allocate_success},
    {STUN_ALLOCATE, STUN_ERROR, allocate_error},
    {STUN_REFRESH, STUN_SUCCESS, refresh_answer},
    {STUN_REFRESH, STUN_ERROR, refresh_answer},
    {STUN_CREATE_PERMISSION, STUN_REQUEST, permit_peers},
    {STUN_CREATE_PERMISSION, STUN_SUCCESS, permit_peers},
    {STUN_CHANNEL_BIND, STUN_REQUEST, bind_channel},
    {STUN_CHANNEL_BIND, STUN_SUCCESS, bind_channel},
};

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

static struct allocation *allocation_on(struct allocations *allocations,
                                        const struct sighting *sighting,
                                        const struct transport_address *client,
                                        const struct transport_address *server)
{
    bool created;
    struct allocation *a = table_add(&allocations->table, &sighting->flow_id, &created);
    if (created) {
        a->client = *client;
        a->server = *server;
        a->protocol = sighting->flow->key.protocol;
        a->first = sighting->time;
        sighting->flow->allocation = table_id(&allocations->table, a);
        note_server(allocations, a);
    }
    a->last = sighting->time;
    return a;
}

static struct turn_relation_key relation_key(const struct ip_address *client,
                                             const struct transport_address *server,
                                             uint8_t protocol)
{
    struct turn_relation_key key;
    memset(&key, 0, sizeof key);
    key.client.family = client->family;
    memcpy(key.client.octets, client->octets, sizeof key.client.octets);
    key.protocol = protocol;
    key.server.ip.family = server->ip.family;
    memcpy(key.server.ip.octets, server->ip.octets, sizeof key.server.ip.octets);
    key.server.port = server->port;
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

static void note_relation(const struct step *s, enum transaction_step step)
{
    bool created;
    if (s->message->method != STUN_ALLOCATE)
        return;
    struct turn_relation_key key =
        relation_key(&s->transaction->client.ip, &s->transaction->server, s->transaction->protocol);
    struct turn_relation *relation = table_add(&s->allocations->relations, &key, &created);
    if (step == TRANSACTION_STEP_ANSWER)
        relation->answered = s->sighting->time;
    else if (s->transaction->has_integrity)
        relation->authenticated = s->sighting->time;
}

static void apply_step(const struct step *s)
{
    for (size_t i = 0; i < sizeof step_rows / sizeof step_rows[0]; i++)
        if (step_rows[i].method == s->message->method && step_rows[i].class == s->message->class)
            step_rows[i].apply(s);
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
    struct step s = {allocations, a, message, transaction, sighting};
    transaction->allocation = table_id(&allocations->table, a);
    if (step == TRANSACTION_STEP_REQUEST)
        wait_for_client(&s, false);
    if (step == TRANSACTION_STEP_ANSWER) {
        transaction->nonce_outdated =
            transaction->has_nonce && a->nonce_known && transaction->nonce != a->nonce;
        note_nonce(&s);
    }
    if (step == TRANSACTION_STEP_REQUEST || step == TRANSACTION_STEP_ANSWER) {
        apply_step(&s);
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
    event->evidence = evidence_of(sighting, EVIDENCE_STUN);
    event->client = a->client;
    event->server = a->server;
    event->protocol = a->protocol;
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
    struct permission *permission = permission_for(a, &peer->ip);
    if (permission == NULL || permission_asked(permission, sighting->time))
        return;
    if (permission->sent_without++ == 0)
        permission->missing_since = sighting->time;
    if (a->ever_allocated && !a->peers_incomplete)
        add_event(events, EVENT_TURN_PERMISSION_MISSING, sighting, a);
}

static void check_lifetime(struct allocation *a, const struct sighting *sighting,
                           struct event_queue *events)
{
    if (!a->ever_allocated || a->state != ALLOCATION_ALLOCATED)
        return;
    if (sighting->time - a->refreshed <= (int64_t)a->lifetime * SECONDS)
        return;
    a->state = ALLOCATION_EXPIRED;
    add_event(events, EVENT_TURN_DATA_EXPIRED, sighting, a);
}

struct allocation *allocations_note_data(struct allocations *allocations,
                                         const struct sighting *sighting, bool to_peer,
                                         const struct transport_address *peer, size_t length,
                                         struct event_queue *events)
{
    const struct transport_address *client =
        to_peer ? sighting_source(sighting) : sighting_destination(sighting);
    const struct transport_address *server =
        to_peer ? sighting_destination(sighting) : sighting_source(sighting);
    struct allocation *a = allocation_on(allocations, sighting, client, server);
    if (to_peer) {
        a->to_peer_bytes += length;
        a->to_peer_packets++;
        a->last_to_peer = sighting->time;
        check_lifetime(a, sighting, events);
        check_permission(a, peer, sighting, events);
        return a;
    }
    a->from_peer_bytes += length;
    a->from_peer_packets++;
    a->last_from_peer = sighting->time;
    struct permission *permission = permission_for(a, &peer->ip);
    if (permission != NULL)
        permission->received++;
    return a;
}

struct channel *allocations_channel(struct allocations *allocations,
                                    const struct sighting *sighting, uint16_t number,
                                    struct event_queue *events)
{
    struct allocation *a = allocations_of(allocations, sighting->flow_id);
    if (a == NULL)
        return NULL;
    struct channel *channel = find_channel(a, number);
    if (channel == NULL) {
        a->unbound_datagrams++;
        if (a->ever_allocated && !a->peers_incomplete)
            add_event(events, EVENT_TURN_CHANNEL_UNBOUND, sighting, a)->evidence.kind = number;
        return NULL;
    }
    if (channel->bound != 0 && sighting->time - channel->bound > LIMIT_CHANNEL_LIFETIME)
        add_event(events, EVENT_TURN_CHANNEL_EXPIRED, sighting, a)->evidence.kind = number;
    return channel;
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
        event->allocation = a;
    }
}
