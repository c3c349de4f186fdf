/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/quic_session.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

/* One packet on its way. */
struct opening {
    struct quic_sessions *sessions;
    struct quic_session *session;
    struct quic_session_direction *direction;
    enum tls_direction from;
    enum quic_space space;
    const struct quic_packet *packet;
    struct quic_header header;
    size_t length; /* of the payload */
};

static void free_session(void *context, void *record)
{
    (void)context;
    struct quic_session *session = record;
    for (int i = 0; i < 2; i++)
        for (int space = 0; space < QUIC_SPACES; space++)
            quic_protection_free(&session->directions[i].protection[space]);
    OPENSSL_cleanse(session->directions, sizeof session->directions);
}

int quic_sessions_init(struct quic_sessions *sessions, uint32_t capacity,
                       const struct keylog *keylog)
{
    sessions->keylog = keylog;
    if (table_init(&sessions->table, capacity, sizeof(struct quic_session),
                   sizeof(struct record_id)) != 0)
        return -1;
    sessions->table.release = free_session;
    return 0;
}

void quic_sessions_free(struct quic_sessions *sessions)
{
    table_free(&sessions->table);
    OPENSSL_cleanse(sessions->scratch, sizeof sessions->scratch);
}

struct quic_session *quic_session_open(struct quic_sessions *sessions, struct record_id key)
{
    bool created;
    return table_add(&sessions->table, &key, &created);
}

static struct bytes logged_secret(const struct opening *o)
{
    static const enum keylog_secret secrets[QUIC_SPACES][2] = {
        {KEYLOG_CLIENT_HANDSHAKE, KEYLOG_SERVER_HANDSHAKE},
        {KEYLOG_CLIENT_TRAFFIC, KEYLOG_SERVER_TRAFFIC},
    };
    const struct keylog_entry *entry =
        keylog_find(o->sessions->keylog, bytes_of(o->session->client_random, TLS_RANDOM_LENGTH));
    return entry != NULL ? keylog_secret(entry, secrets[o->space][o->from]) : bytes_of(NULL, 0);
}

/* Makes the keys when they are not there yet. TLS_DECRYPT_OK: they are. */
static enum tls_decrypt_status load(const struct opening *o)
{
    struct quic_protection *protection = &o->direction->protection[o->space];
    struct quic_keys keys;
    if (protection->suite != NULL)
        return TLS_DECRYPT_OK;
    if (o->session->suite == NULL)
        return TLS_DECRYPT_UNSUPPORTED;
    struct bytes secret = logged_secret(o);
    if (secret.length == 0)
        return TLS_DECRYPT_NO_KEYS;
    if (secret.length != (size_t)EVP_MD_get_size(o->session->suite->hash()))
        return TLS_DECRYPT_WRONG_KEYS;
    bool good = quic_keys_derive(&keys, o->session->version, o->session->suite, secret) &&
                quic_protection_set(protection, o->session->suite, &keys, false);
    OPENSSL_cleanse(&keys, sizeof keys);
    if (good && o->space == QUIC_SPACE_ONE_RTT)
        memcpy(o->direction->secret, secret.data, secret.length);
    return good ? TLS_DECRYPT_OK : TLS_DECRYPT_UNSUPPORTED;
}

static bool open_with(struct opening *o, struct quic_protection *protection)
{
    return quic_protection_open(protection, o->packet, &o->header, o->sessions->scratch,
                                &o->length);
}

/* The other key phase (RFC 9001 6.1): if the next keys open the packet, they are the direction's
 * from now on. Header keys stay. */
static bool open_next_phase(struct opening *o)
{
    struct quic_session_direction *direction = o->direction;
    struct quic_protection *current = &direction->protection[QUIC_SPACE_ONE_RTT];
    const struct quic_session *session = o->session;
    struct quic_protection next = {0};
    struct quic_keys keys;
    uint8_t secret[TLS_HASH_MAXIMUM];
    size_t length = (size_t)EVP_MD_get_size(session->suite->hash());
    memcpy(secret, direction->secret, length);
    bool opened =
        quic_next_secret(session->version, session->suite, secret) &&
        quic_keys_derive(&keys, session->version, session->suite, bytes_of(secret, length)) &&
        quic_protection_set(&next, session->suite, &keys, true) && open_with(o, &next);
    if (opened) {
        EVP_CIPHER_CTX *old = current->payload;
        current->payload = next.payload;
        next.payload = old;
        memcpy(current->iv, next.iv, sizeof current->iv);
        memcpy(direction->secret, secret, length);
        direction->key_phase = o->header.key_phase;
    }
    quic_protection_free(&next);
    OPENSSL_cleanse(&keys, sizeof keys);
    OPENSSL_cleanse(secret, sizeof secret);
    return opened;
}

static enum tls_decrypt_status open_packet(struct opening *o)
{
    struct quic_session_direction *direction = o->direction;
    struct quic_protection *protection = &direction->protection[o->space];
    enum tls_decrypt_status status = load(o);
    if (status != TLS_DECRYPT_OK)
        return status;
    if (o->packet->raw.length > sizeof o->sessions->scratch ||
        !quic_protection_header(protection, o->packet, direction->expected[o->space], &o->header))
        return TLS_DECRYPT_WRONG_KEYS;
    bool same = o->header.key_phase == direction->key_phase || o->space == QUIC_SPACE_HANDSHAKE;
    if (!(same ? open_with(o, protection) : open_next_phase(o)))
        return TLS_DECRYPT_WRONG_KEYS;
    if (o->header.number >= direction->expected[o->space])
        direction->expected[o->space] = o->header.number + 1;
    return TLS_DECRYPT_OK;
}

enum tls_decrypt_status quic_session_packet(struct quic_sessions *sessions,
                                            struct quic_session *session, enum tls_direction from,
                                            const struct quic_packet *packet,
                                            struct quic_plaintext *plaintext)
{
    struct opening o = {.sessions = sessions,
                        .session = session,
                        .direction = &session->directions[from],
                        .from = from,
                        .space = packet->type == QUIC_HANDSHAKE ? QUIC_SPACE_HANDSHAKE
                                                                : QUIC_SPACE_ONE_RTT,
                        .packet = packet};
    table_touch(&sessions->table, session);
    enum tls_decrypt_status status = open_packet(&o);
    if (status == TLS_DECRYPT_OK)
        o.direction->missed = 0;
    else if (o.direction->missed < TLS_MISSED_MAXIMUM)
        o.direction->missed++;
    *plaintext = (struct quic_plaintext){
        .number = o.header.number,
        .key_phase = o.header.key_phase,
        .payload = bytes_of(sessions->scratch, status == TLS_DECRYPT_OK ? o.length : 0)};
    return status;
}

bool quic_session_is_over(const struct quic_session *session, enum tls_direction from)
{
    return session->directions[from].missed >= TLS_MISSED_MAXIMUM;
}
