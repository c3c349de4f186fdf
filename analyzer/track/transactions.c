/* SPDX-License-Identifier: MIT */
#include "analyzer/track/transactions.h"

#include "analyzer/limits.h"

static bool is_spent(const void *record)
{
    const struct transaction *transaction = record;
    return transaction->state != TRANSACTION_PENDING;
}

int transactions_init(struct transactions *transactions, uint32_t capacity)
{
    int result = table_init(&transactions->table, capacity, sizeof(struct transaction),
                            sizeof(struct transaction_key));
    transactions->table.is_spent = is_spent;
    table_clear_only(&transactions->table, offsetof(struct transaction, peers));
    table_foresee_more(&transactions->table, sizeof(struct transaction));
    return result;
}

void transactions_free(struct transactions *transactions)
{
    table_free(&transactions->table);
}

static struct transaction_key key_of(struct record_id flow, const uint8_t *id)
{
    struct transaction_key key = {.flow = flow};
    memcpy(key.id, id, sizeof key.id);
    return key;
}

static uint8_t flags_of(const struct stun_message *message)
{
    unsigned flags = 0;
    if (stun_find(message, STUN_USERNAME) != NULL || stun_find(message, STUN_USERHASH) != NULL)
        flags |= EVIDENCE_HAS_USERNAME;
    if (stun_find(message, STUN_NONCE) != NULL)
        flags |= EVIDENCE_HAS_NONCE;
    if (stun_find(message, STUN_MESSAGE_INTEGRITY) != NULL ||
        stun_find(message, STUN_MESSAGE_INTEGRITY_SHA256) != NULL)
        flags |= EVIDENCE_HAS_INTEGRITY;
    if (message->dialect != STUN_DIALECT_RFC8489)
        flags |= EVIDENCE_CLASSIC;
    return (uint8_t)flags;
}

static size_t count_peers(const struct stun_message *message)
{
    size_t count = 0;
    for (size_t i = 0; i < message->attribute_count; i++)
        count += message->attributes[i].type == STUN_XOR_PEER_ADDRESS;
    return count;
}

static bool set_peer(struct evidence *evidence, const struct stun_message *message)
{
    bool permission = message->method == STUN_CREATE_PERMISSION; /* whatever the port */
    if (message->class != STUN_REQUEST ||
        (!permission && message->method != STUN_CHANNEL_BIND && message->method != STUN_CONNECT) ||
        !stun_address(message, STUN_XOR_PEER_ADDRESS, &evidence->peer.address))
        return false;
    if (permission)
        evidence->peer.address.port = 0;
    evidence->peer.any_port = permission;
    evidence->peer.others = count_peers(message) > 1;
    evidence->flags |= EVIDENCE_HAS_PEER;
    return true;
}

struct evidence evidence_of_stun(const struct stun_message *message,
                                 const struct sighting *sighting)
{
    struct evidence evidence = evidence_of(sighting, EVIDENCE_STUN);
    unsigned code = 0;
    struct bytes reason;
    evidence.kind = message->type;
    evidence.flags |= flags_of(message);
    memcpy(evidence.id, message->transaction_id, sizeof evidence.id);
    if (message->class == STUN_ERROR && stun_error_code(message, &code, &reason))
        evidence.code = (uint16_t)code;
    if (!set_peer(&evidence, message))
        evidence_set_detail(&evidence, stun_value(message, STUN_USERNAME));
    return evidence;
}

/* Compared, never a place in a table: who makes two that are alike deceives nobody else. */
uint64_t transaction_nonce_hash(struct bytes nonce)
{
    uint64_t sum = nonce.length, word = 0;
    size_t whole = nonce.length - nonce.length % sizeof word;
    for (size_t i = 0; i < whole; i += sizeof word) {
        memcpy(&word, nonce.data + i, sizeof word);
        sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        sum ^= sum >> 32;
    }
    word = 0;
    memcpy(&word, nonce.data + whole, nonce.length - whole);
    return (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
}

static void note_peers(struct transaction *transaction, const struct stun_message *message)
{
    if (message->method != STUN_CREATE_PERMISSION && message->method != STUN_CHANNEL_BIND)
        return;
    for (size_t i = 0; i < message->attribute_count; i++) {
        const struct stun_attribute *attribute = &message->attributes[i];
        struct transport_address peer;
        if (attribute->type != STUN_XOR_PEER_ADDRESS ||
            !stun_attribute_address(message, attribute, &peer))
            continue;
        if (transaction->peer_count < TRANSACTION_PEERS)
            transaction->peers[transaction->peer_count] = peer;
        if (transaction->peer_count < UINT8_MAX)
            transaction->peer_count++;
    }
}

static void note_request(struct transaction *transaction, const struct stun_message *message,
                         const struct sighting *sighting)
{
    uint64_t number;
    transaction->request = evidence_of_stun(message, sighting);
    transaction->request_seen = true;
    transaction->request_cut = stun_is_cut(message);
    transaction->first_sent = transaction->last_sent = sighting->time;
    transaction->transmissions = 1;
    transaction->malformed = message->malformed_attribute;
    transaction->has_username = transaction->request.flags & EVIDENCE_HAS_USERNAME;
    transaction->has_integrity = transaction->request.flags & EVIDENCE_HAS_INTEGRITY;
    /* The snaplen may hide the MESSAGE-INTEGRITY; RFC 8489 section 9.2.4 demands it with a
     * USERNAME. */
    transaction->integrity_hidden =
        stun_is_cut(message) && !transaction->has_integrity && transaction->has_username;
    transaction->has_integrity = transaction->has_integrity || transaction->integrity_hidden;
    struct bytes nonce = stun_value(message, STUN_NONCE);
    transaction->has_nonce = nonce.data != NULL;
    if (transaction->has_nonce)
        transaction->nonce = transaction_nonce_hash(nonce);
    if (stun_number(message, STUN_LIFETIME, &number))
        transaction->lifetime = (uint32_t)number;
    if (stun_number(message, STUN_CHANNEL_NUMBER, &number))
        transaction->channel = (uint16_t)number;
    note_peers(transaction, message);
}

static enum transaction_step repeat_request(struct transaction *transaction,
                                            const struct sighting *sighting)
{
    if (sighting->time - transaction->last_sent < LIMIT_DUPLICATE)
        return TRANSACTION_STEP_DUPLICATE;
    transaction->last_sent = sighting->time;
    transaction->repeated_frame = sighting->frame;
    transaction->repeated_input = sighting->input;
    if (transaction->transmissions < UINT16_MAX)
        transaction->transmissions++;
    return TRANSACTION_STEP_REPEAT;
}

struct evidence transaction_repetition(const struct transaction *transaction)
{
    struct evidence evidence = transaction->request;
    evidence.time = transaction->last_sent;
    evidence.frame = transaction->repeated_frame;
    evidence.input = transaction->repeated_input;
    evidence.flags |= EVIDENCE_RETRANSMISSION;
    return evidence;
}

static void name_ends(struct transaction *transaction, const struct stun_message *message,
                      const struct sighting *sighting)
{
    bool asks = message->class == STUN_REQUEST;
    transaction->method = message->method;
    transaction->protocol = sighting->flow->key.protocol;
    transaction->inside_tls = sighting->flow->key.layer == FLOW_DECRYPTED;
    transaction->client = asks ? *sighting_source(sighting) : *sighting_destination(sighting);
    transaction->server = asks ? *sighting_destination(sighting) : *sighting_source(sighting);
    transaction->lifetime = UINT32_MAX;
    transaction->request.frame = 0;
}

static enum transaction_step note_response(struct transaction *transaction,
                                           const struct stun_message *message,
                                           const struct sighting *sighting)
{
    if (transaction->state == TRANSACTION_SUCCEEDED || transaction->state == TRANSACTION_FAILED)
        return sighting->time - transaction->answered < LIMIT_DUPLICATE ? TRANSACTION_STEP_DUPLICATE
                                                                        : TRANSACTION_STEP_LATE;
    transaction->state = message->class == STUN_ERROR ? TRANSACTION_FAILED : TRANSACTION_SUCCEEDED;
    transaction->answered = sighting->time;
    transaction->response = evidence_of_stun(message, sighting);
    transaction->error_code = transaction->response.code;
    return TRANSACTION_STEP_ANSWER;
}

/* A response mostly answers the latest request on its flow: then nothing is looked up. */
static struct transaction *latest_on(const struct transactions *transactions,
                                     const struct flow *flow, const struct transaction_key *key)
{
    struct transaction *latest = table_at(&transactions->table, flow->transaction);
    return latest != NULL && memcmp(&latest->key, key, sizeof *key) == 0 ? latest : NULL;
}

static struct transaction *transaction_for(struct transactions *transactions,
                                           const struct stun_message *message,
                                           const struct sighting *sighting)
{
    struct transaction_key key = key_of(sighting->flow_id, message->transaction_id);
    struct transaction *transaction = latest_on(transactions, sighting->flow, &key);
    bool created;
    if (transaction != NULL) {
        table_touch(&transactions->table, transaction);
        return transaction;
    }
    transaction = table_add(&transactions->table, &key, &created);
    if (created)
        name_ends(transaction, message, sighting);
    return transaction;
}

struct transaction *transactions_note(struct transactions *transactions,
                                      const struct stun_message *message,
                                      const struct sighting *sighting, enum transaction_step *step)
{
    *step = TRANSACTION_STEP_NONE;
    if (message->class == STUN_INDICATION)
        return NULL;
    struct transaction *transaction = transaction_for(transactions, message, sighting);
    if (message->class != STUN_REQUEST) {
        *step = note_response(transaction, message, sighting);
    } else if (!transaction->request_seen) {
        note_request(transaction, message, sighting);
        sighting->flow->transaction = table_id(&transactions->table, transaction);
        *step = TRANSACTION_STEP_REQUEST;
    } else {
        *step = repeat_request(transaction, sighting);
    }
    return transaction;
}

/* Messages without the cookie are rare enough to wait for theirs, and a response mostly answers the
 * latest request (bit 8 of the type is set in responses alone, RFC 8489 section 5). */
void transactions_foresee(const struct transactions *transactions, const struct flow *flow,
                          struct record_id flow_id, struct bytes datagram)
{
    enum { COOKIE = 4, ID = 8, ID_LENGTH = 12, RESPONSE = 0x0100 };
    struct transaction_key key = {.flow = flow_id};
    if (datagram.length < STUN_HEADER_LENGTH || bytes_u32(datagram, COOKIE) != STUN_MAGIC_COOKIE)
        return;
    table_foresee_at(&transactions->table, flow->transaction);
    if (bytes_u16(datagram, 0) & RESPONSE)
        return;
    memcpy(key.id, datagram.data + ID, ID_LENGTH);
    table_foresee(&transactions->table, table_hash(&transactions->table, &key));
}

static struct transaction *find_quoted(const struct transactions *transactions,
                                       const struct sighting *sighting, struct bytes quoted)
{
    struct stun_message message;
    if (quoted.length == 0)
        return table_at(&transactions->table, sighting->flow->transaction);
    if (stun_decode(&message, quoted, true) == DISSECT_NOT_MINE || message.class != STUN_REQUEST)
        return NULL;
    struct transaction_key key = key_of(sighting->flow_id, message.transaction_id);
    return table_find(&transactions->table, &key);
}

/* RFC 792 quotes 8 bytes of the datagram, the UDP header alone: then it is the latest request of
 * whoever sent that. */
struct transaction *transactions_quoted(const struct transactions *transactions,
                                        const struct sighting *sighting, struct bytes quoted)
{
    struct transaction *transaction = find_quoted(transactions, sighting, quoted);
    bool own = transaction != NULL &&
               transport_address_equal(sighting_source(sighting), &transaction->client);
    return own ? transaction : NULL;
}

static int64_t last_activity(const struct transaction *transaction)
{
    return transaction->answered > transaction->last_sent ? transaction->answered
                                                          : transaction->last_sent;
}

struct transaction *transactions_expire(struct transactions *transactions, int64_t now)
{
    struct transaction *oldest = table_oldest(&transactions->table);
    if (oldest == NULL || now - last_activity(oldest) < LIMIT_TRANSACTION_TIMEOUT)
        return NULL;
    if (oldest->state == TRANSACTION_PENDING)
        oldest->state = TRANSACTION_UNANSWERED;
    table_remove(&transactions->table, oldest);
    return oldest;
}

static bool silence_means_something(const struct transaction *transaction, int64_t now)
{
    bool stream = transaction->protocol == IP_PROTOCOL_TCP; /* sent once: TCP retransmits */
    return now - transaction->first_sent >= LIMIT_SILENCE &&
           (stream || transaction->transmissions >= LIMIT_SILENCE_TRANSMISSIONS);
}

struct transaction *transactions_end(struct transactions *transactions,
                                     const struct transaction *previous, int64_t now)
{
    struct transaction *next = previous == NULL ? table_oldest(&transactions->table)
                                                : table_newer(&transactions->table, previous);
    for (; next != NULL; next = table_newer(&transactions->table, next)) {
        if (next->state == TRANSACTION_PENDING && silence_means_something(next, now)) {
            next->state = TRANSACTION_UNANSWERED;
            return next;
        }
    }
    return NULL;
}
