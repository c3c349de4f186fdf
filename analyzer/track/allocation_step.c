/* SPDX-License-Identifier: MIT */
/* What each TURN method and class does to an allocation. */
#include "analyzer/track/allocation_step.h"

#include "analyzer/text.h"

static void copy_attribute(char *to, size_t size, const struct stun_message *message, uint16_t type)
{
    struct bytes value = stun_value(message, type);
    if (value.data != NULL)
        text_copy(to, size, value);
}

static void copy_software(char *to, const struct stun_message *message)
{
    struct bytes value = stun_value(message, STUN_SOFTWARE);
    if (value.data != NULL)
        text_copy_unpadded(to, LIMIT_SOFTWARE, value);
}

void allocation_wait_for_client(const struct allocation_step *s, bool wait)
{
    struct table *table = &s->allocations->waiting;
    struct waiting_challenge *waiting = table_at(table, s->allocation->waiting);
    bool created;
    if (!wait && waiting != NULL)
        table_remove(table, waiting);
    if (wait && waiting == NULL) {
        waiting = table_add(table, NULL, &created);
        waiting->allocation = table_id(&s->allocations->table, s->allocation);
        waiting->since = s->sighting->time;
        s->allocation->waiting = table_id(table, waiting);
    }
}

static void note_credentials(struct allocation *a, const struct allocation_step *s)
{
    copy_attribute(a->username, sizeof a->username, s->message, STUN_USERNAME);
    copy_attribute(a->realm, sizeof a->realm, s->message, STUN_REALM);
    a->authenticated = s->transaction->request;
    a->integrity = s->transaction->integrity;
}

static void allocate_request(const struct allocation_step *s)
{
    struct allocation *a = s->allocation;
    uint64_t transport;
    if (!a->start_seen)
        a->asked = s->transaction->request;
    a->start_seen = true;
    if (stun_number(s->message, STUN_REQUESTED_TRANSPORT, &transport))
        a->transport = (uint8_t)transport;
    copy_software(a->client_software, s->message);
    if (s->transaction->has_integrity)
        note_credentials(a, s);
    a->state = s->transaction->has_integrity ? ALLOCATION_AUTHENTICATING : ALLOCATION_ASKED;
}

void allocation_note_nonce(const struct allocation_step *s)
{
    struct allocation *a = s->allocation;
    struct bytes nonce = stun_value(s->message, STUN_NONCE);
    if (nonce.data == NULL)
        return;
    uint64_t hash = transaction_nonce_hash(nonce);
    int64_t age = s->transaction->first_sent - a->nonce_issued;
    bool issued_again = a->nonce_known && hash == a->nonce;
    bool passed_over = issued_again && s->transaction->nonce_outdated && age > LIMIT_NONCE_FLIGHT;
    /* Where nonces live for a minute, each request of a quiet call meets a 438; that the retry
     * worked the capture may have lost. */
    if (age > LIMIT_NONCE_FRESH && !passed_over)
        a->stale_nonces = 0;
    if (s->transaction->error_code == 438 && (!issued_again || passed_over))
        a->stale_nonces++;
    if (!issued_again)
        a->nonce_issued = s->sighting->time;
    a->nonce = hash;
    a->nonce_known = true;
}

void allocation_note_realm(const struct allocation_step *s)
{
    struct bytes realm = stun_value(s->message, STUN_REALM);
    uint16_t code = s->transaction->error_code;
    if ((code == 401 || code == 438) && realm.length > 0)
        text_copy(s->allocation->server_realm, sizeof s->allocation->server_realm, realm);
}

void allocation_compare_realms(const struct allocation_step *s)
{
    struct allocation *a = s->allocation;
    if (!s->transaction->has_integrity || s->transaction->request_cut || a->realm[0] == '\0')
        return;
    if (memcmp(a->authenticated.id, s->transaction->key.id, sizeof s->transaction->key.id) != 0)
        return; /* it was another one, not the latest */
    if (a->server_realm[0] == '\0')
        allocation_note_realm(s);
    s->transaction->realm_differs =
        a->server_realm[0] != '\0' && strcmp(a->realm, a->server_realm) != 0;
}

/* Of long ones the same beginning is kept: what differs there differs. */
static bool differs(const struct stun_message *message, uint16_t type, const char *known,
                    size_t size)
{
    struct bytes text = stun_value(message, type);
    return text.length > 0 && known[0] != '\0' && !text_equals_copy(known, size, text);
}

bool allocation_realm_differs(const struct allocation_step *s)
{
    const struct allocation *a = s->allocation;
    return differs(s->message, STUN_REALM, a->server_realm, sizeof a->server_realm);
}

bool allocation_user_differs(const struct allocation_step *s)
{
    const struct allocation *a = s->allocation;
    return differs(s->message, STUN_USERNAME, a->username, sizeof a->username);
}

static void note_challenge(const struct allocation_step *s)
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
    allocation_wait_for_client(s, true);
}

static void note_refusal(const struct allocation_step *s)
{
    struct allocation *a = s->allocation;
    unsigned code;
    struct bytes reason;
    a->state = ALLOCATION_REFUSED;
    a->error_code = s->transaction->error_code;
    a->concluded = s->transaction->response;
    if (stun_error_code(s->message, &code, &reason))
        text_copy_unpadded(a->reason, sizeof a->reason, reason);
    stun_address(s->message, STUN_ALTERNATE_SERVER, &a->alternate);
}

/* The 401 to a request without credentials is the normal challenge, never a refusal. */
static bool is_challenge(const struct transaction *transaction)
{
    return transaction->error_code == 438 ||
           (transaction->error_code == 401 && transaction->request_seen &&
            !transaction->has_integrity);
}

/* An answer to a request that was given up long since refuses nothing any more. */
static bool is_too_late(const struct allocation_step *s)
{
    return !s->transaction->request_seen && s->allocation->state == ALLOCATION_UNANSWERED;
}

static void allocate_error(const struct allocation_step *s)
{
    copy_software(s->allocation->software, s->message);
    if (is_challenge(s->transaction))
        note_challenge(s);
    else if (!is_too_late(s))
        note_refusal(s);
}

/* Behind a static NAT the server announces another address than the one that it relays from. */
static void note_relay(const struct allocation_step *s)
{
    const struct allocation *a = s->allocation;
    struct transport_address inside = {.ip = a->server.ip, .port = a->relayed.port};
    bool created;
    if (a->relayed.ip.family == 0)
        return;
    table_add(&s->allocations->relays, &a->relayed, &created);
    table_add(&s->allocations->relays, &inside, &created);
}

static void allocate_success(const struct allocation_step *s)
{
    struct allocation *a = s->allocation;
    uint64_t lifetime;
    a->state = ALLOCATION_ALLOCATED;
    a->ever_allocated = true;
    a->start_seen = true;
    a->concluded = s->transaction->response;
    a->refreshed = s->sighting->time;
    a->expired = (struct lapse){0};
    a->lifetime = stun_number(s->message, STUN_LIFETIME, &lifetime)
                      ? (uint32_t)lifetime
                      : (uint32_t)(LIMIT_ALLOCATION_LIFETIME / SECONDS);
    stun_address(s->message, STUN_XOR_RELAYED_ADDRESS, &a->relayed);
    note_relay(s);
    if (!stun_address(s->message, STUN_XOR_MAPPED_ADDRESS, &a->mapped))
        stun_address(s->message, STUN_MAPPED_ADDRESS, &a->mapped);
    copy_software(a->software, s->message);
}

void allocation_note_alive(struct allocation *a, int64_t time)
{
    int64_t end = a->refreshed + (int64_t)a->lifetime * SECONDS;
    if (!a->ever_allocated || time - LIMIT_LAPSE_SLACK <= end)
        return;
    a->refreshed = time;
    a->expired = (struct lapse){0};
    if (a->state == ALLOCATION_EXPIRED)
        a->state = ALLOCATION_ALLOCATED;
}

/* It may have worked, whether its answer is in the capture or not. */
static void refresh_request(const struct allocation_step *s)
{
    if (s->transaction->lifetime != 0)
        s->allocation->refresh_asked = s->sighting->time;
}

/* 437 to a Refresh with lifetime 0 says that there is nothing left to release: success. */
static void refresh_answer(const struct allocation_step *s)
{
    struct allocation *a = s->allocation;
    uint64_t lifetime;
    bool success = s->message->class == STUN_SUCCESS;
    a->refresh_asked = 0;
    if (s->transaction->lifetime == 0 && (success || s->transaction->error_code == 437)) {
        a->state = ALLOCATION_RELEASED;
    } else if (success) {
        a->refreshed = s->sighting->time;
        a->expired = (struct lapse){0};
        if (stun_number(s->message, STUN_LIFETIME, &lifetime))
            a->lifetime = (uint32_t)lifetime;
    } else if (s->transaction->error_code == 437) {
        a->state = ALLOCATION_EXPIRED;
    }
}

struct permission *allocation_permission(struct allocation *a, const struct ip_address *peer)
{
    for (size_t i = 0; i < a->permissions_kept; i++)
        if (ip_address_equal(&a->permissions[i].peer, peer))
            return &a->permissions[i];
    if (a->permissions_kept == LIMIT_PERMISSIONS) {
        a->peers_incomplete = true;
        return NULL;
    }
    struct permission *permission = &a->permissions[a->permissions_kept++];
    *permission = (struct permission){.peer = *peer};
    return permission;
}

static void permit_peers(const struct allocation_step *s)
{
    struct allocation *a = s->allocation;
    bool granted = s->message->class == STUN_SUCCESS;
    if (granted)
        allocation_note_alive(a, s->sighting->time);
    if (!s->transaction->request_seen) /* the answer says that there was one, not for whom */
        a->peers_incomplete = true;
    if (!granted && stun_is_cut(s->message)) /* the snaplen may hide the peer or the number */
        a->peers_incomplete = true;
    size_t count = s->transaction->peer_count;
    if (count > TRANSACTION_PEERS) {
        a->peers_incomplete = true;
        count = TRANSACTION_PEERS;
    }
    for (size_t i = 0; i < count; i++) {
        struct permission *permission = allocation_permission(a, &s->transaction->peers[i].ip);
        if (permission == NULL)
            continue;
        if (granted && permission->granted == 0)
            a->permission_count++;
        *(granted ? &permission->granted : &permission->asked) = s->sighting->time;
    }
}

/* A ChannelBind also installs a permission (RFC 8656 section 12). */
static void bind_channel(const struct allocation_step *s)
{
    struct allocation *a = s->allocation;
    permit_peers(s);
    if (s->transaction->channel == 0 || s->transaction->peer_count == 0)
        return;
    size_t index = allocation_channel(a, s->transaction->channel);
    if (index == LIMIT_CHANNELS) {
        a->peers_incomplete = true;
        return;
    }
    struct channel *channel = &a->channels[index];
    if (index == a->channels_kept ||
        !transport_address_equal(&channel->peer, &s->transaction->peers[0]))
        *channel =
            (struct channel){.number = s->transaction->channel, .peer = s->transaction->peers[0]};
    if (index == a->channels_kept)
        a->channels_kept++;
    if (s->message->class == STUN_SUCCESS) {
        if (channel->bound == 0)
            a->channel_count++;
        channel->bound = s->sighting->time;
        a->channel_expired = (struct lapse){0};
    } else {
        channel->asked = s->sighting->time;
    }
}

/* One row a TURN method and class: what it does to the allocation. */
static const struct step_row {
    uint16_t method;
    uint8_t class;
    void (*apply)(const struct allocation_step *step);
} step_rows[] = {
    {STUN_ALLOCATE, STUN_REQUEST, allocate_request},
    {STUN_ALLOCATE, STUN_SUCCESS, allocate_success},
    {STUN_ALLOCATE, STUN_ERROR, allocate_error},
    {STUN_REFRESH, STUN_REQUEST, refresh_request},
    {STUN_REFRESH, STUN_SUCCESS, refresh_answer},
    {STUN_REFRESH, STUN_ERROR, refresh_answer},
    {STUN_CREATE_PERMISSION, STUN_REQUEST, permit_peers},
    {STUN_CREATE_PERMISSION, STUN_SUCCESS, permit_peers},
    {STUN_CHANNEL_BIND, STUN_REQUEST, bind_channel},
    {STUN_CHANNEL_BIND, STUN_SUCCESS, bind_channel},
};

void allocation_apply(const struct allocation_step *s)
{
    if (s->message->class == STUN_SUCCESS)
        s->allocation->stale_nonces = 0;
    for (size_t i = 0; i < sizeof step_rows / sizeof step_rows[0]; i++) {
        if (step_rows[i].method != s->message->method || step_rows[i].class != s->message->class)
            continue;
        step_rows[i].apply(s);
        return;
    }
}
