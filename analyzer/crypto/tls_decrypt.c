/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/tls_decrypt.h"

#include "analyzer/crypto/tls13_decrypt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

enum { EXTENSION_TRUNCATED_HMAC = 4, EXTENSION_ENCRYPT_THEN_MAC = 22 };

static void free_session(void *context, void *record)
{
    (void)context;
    struct tls_session *session = record;
    for (int i = 0; i < 2; i++)
        tls_protection_free(&session->directions[i].protection);
    OPENSSL_cleanse(session->directions, sizeof session->directions);
}

int tls_sessions_init(struct tls_sessions *sessions, uint32_t capacity, const struct keylog *keylog)
{
    sessions->keylog = keylog;
    if (table_init(&sessions->table, capacity, sizeof(struct tls_session),
                   sizeof(struct record_id)) != 0)
        return -1;
    sessions->table.release = free_session;
    return 0;
}

void tls_sessions_free(struct tls_sessions *sessions)
{
    table_free(&sessions->table);
    OPENSSL_cleanse(sessions->scratch, sizeof sessions->scratch);
}

struct tls_session *tls_session_open(struct tls_sessions *sessions, struct record_id key)
{
    bool created;
    return table_add(&sessions->table, &key, &created);
}

struct tls_session *tls_session_find(struct tls_sessions *sessions, struct record_id key)
{
    return table_find(&sessions->table, &key);
}

void tls_session_client_hello(struct tls_session *session, const struct tls_client_hello *hello)
{
    if (hello->random.length != TLS_RANDOM_LENGTH)
        return;
    memcpy(session->client_random, hello->random.data, TLS_RANDOM_LENGTH);
    session->has_client_random = true;
    session->offers_early_data = hello->offers_early_data;
}

static void note_extensions(struct tls_session *session, struct bytes extensions)
{
    struct cursor list = cursor_of(extensions);
    struct bytes data;
    uint16_t type;
    while (tls_extension_next(&list, &type, &data)) {
        session->encrypt_then_mac |= type == EXTENSION_ENCRYPT_THEN_MAC;
        session->unsupported |= type == EXTENSION_TRUNCATED_HMAC;
    }
}

/* Before TLS 1.2 only AES in CBC mode with SHA-1 is known here. */
static bool is_supported(uint16_t version, const struct tls_suite *suite)
{
    if (suite == NULL || tls_suite_is_tls13(suite) != (version == TLS_1_3))
        return false;
    if (version == TLS_1_0 || version == TLS_1_1 || version == DTLS_1_0)
        return suite->mac == EVP_sha1;
    return version == TLS_1_3 || version == TLS_1_2 || version == DTLS_1_2;
}

void tls_session_server_hello(struct tls_session *session, const struct tls_server_hello *hello)
{
    if (hello->random.length != TLS_RANDOM_LENGTH || hello->is_hello_retry_request)
        return;
    memcpy(session->server_random, hello->random.data, TLS_RANDOM_LENGTH);
    session->version = hello->version;
    session->suite = tls_suite_find(hello->cipher_suite);
    note_extensions(session, hello->extensions);
    session->unsupported |= !is_supported(hello->version, session->suite);
}

static struct bytes master_secret(const struct tls_sessions *sessions,
                                  const struct tls_session *session)
{
    if (!session->has_client_random)
        return bytes_of(NULL, 0);
    const struct keylog_entry *entry = keylog_find(
        sessions->keylog, bytes_of(session->client_random, sizeof session->client_random));
    return entry != NULL ? keylog_secret(entry, KEYLOG_MASTER) : bytes_of(NULL, 0);
}

/* Makes the keys of TLS up to 1.2 when they are not there yet. TLS_DECRYPT_OK: they are. */
static enum tls_decrypt_status load_tls12(const struct tls_sessions *sessions,
                                          struct tls_session *session, enum tls_direction from)
{
    struct tls_session_direction *direction = &session->directions[from];
    if (direction->loaded == TLS_EPOCH_TRAFFIC)
        return TLS_DECRYPT_OK;
    struct bytes master = master_secret(sessions, session);
    if (master.length == 0)
        return TLS_DECRYPT_NO_KEYS;
    struct tls_keys keys[2];
    bool good = tls12_keys(keys, session->version, session->suite, master,
                           bytes_of(session->client_random, sizeof session->client_random),
                           bytes_of(session->server_random, sizeof session->server_random)) &&
                tls_protection_set(&direction->protection, session->suite, &keys[from],
                                   session->encrypt_then_mac);
    tls_keys_wipe(keys, 2);
    if (!good)
        return TLS_DECRYPT_UNSUPPORTED;
    direction->protection.chains_records = session->version == TLS_1_0;
    direction->loaded = TLS_EPOCH_TRAFFIC;
    return TLS_DECRYPT_OK;
}

static enum tls_decrypt_status open_tls12(struct tls_sessions *sessions,
                                          struct tls_session *session, enum tls_direction from,
                                          const struct tls_sealed_record *sealed,
                                          struct tls_plaintext *plaintext)
{
    enum tls_decrypt_status status = load_tls12(sessions, session, from);
    if (status != TLS_DECRYPT_OK)
        return status;
    size_t length;
    if (sealed->fragment.length > sizeof sessions->scratch ||
        !tls_protection_open(&session->directions[from].protection, sealed, sessions->scratch,
                             &length))
        return TLS_DECRYPT_WRONG_KEYS;
    plaintext->bytes = bytes_of(sessions->scratch, length);
    return TLS_DECRYPT_OK;
}

static void note_miss(struct tls_session_direction *direction, enum tls_decrypt_status status)
{
    if (status == TLS_DECRYPT_OK)
        direction->missed = 0;
    else if (status == TLS_DECRYPT_NO_KEYS && direction->missed < TLS_MISSED_MAXIMUM)
        direction->missed++;
}

static enum tls_decrypt_status end(struct tls_session_direction *direction,
                                   enum tls_decrypt_status status)
{
    note_miss(direction, status);
    if (status >= TLS_DECRYPT_WRONG_KEYS)
        direction->end = (uint8_t)status;
    return status;
}

/* Before its ChangeCipherSpec a direction is in the clear. A second one means that the connection
 * was renegotiated inside itself, with randoms that are not followed here. */
static enum tls_decrypt_status record_tls12(struct tls_sessions *sessions,
                                            struct tls_session *session, enum tls_direction from,
                                            const struct tls_record *record,
                                            struct tls_plaintext *plaintext)
{
    struct tls_session_direction *direction = &session->directions[from];
    if (direction->epoch == TLS_EPOCH_PLAIN && record->type != TLS_APPLICATION_DATA) {
        if (record->type == TLS_CHANGE_CIPHER_SPEC && session->version != 0)
            direction->epoch = TLS_EPOCH_TRAFFIC;
        return TLS_DECRYPT_PLAIN;
    }
    if (session->unsupported)
        return end(direction, TLS_DECRYPT_UNSUPPORTED);
    const struct tls_sealed_record sealed = {.sequence = direction->sequence++,
                                             .type = record->type,
                                             .version = record->version,
                                             .fragment = record->fragment};
    enum tls_decrypt_status status = open_tls12(sessions, session, from, &sealed, plaintext);
    (void)end(direction, status);
    if (status == TLS_DECRYPT_OK && record->type == TLS_CHANGE_CIPHER_SPEC)
        direction->end = TLS_DECRYPT_UNSUPPORTED;
    return status;
}

enum tls_decrypt_status tls_session_record(struct tls_sessions *sessions,
                                           struct tls_session *session, enum tls_direction from,
                                           const struct tls_record *record,
                                           struct tls_plaintext *plaintext)
{
    struct tls_session_direction *direction = &session->directions[from];
    table_touch(&sessions->table, session);
    *plaintext = (struct tls_plaintext){.type = record->type, .bytes = record->fragment};
    if (direction->end != TLS_DECRYPT_PLAIN)
        return (enum tls_decrypt_status)direction->end;
    /* Application data before the ServerHello can only be 0-RTT data of TLS 1.3. */
    if (session->version == TLS_1_3 ||
        (session->version == 0 && record->type == TLS_APPLICATION_DATA))
        return end(direction, tls13_open(sessions, session, from, record, plaintext));
    return record_tls12(sessions, session, from, record, plaintext);
}

enum tls_decrypt_status tls_session_datagram(struct tls_sessions *sessions,
                                             struct tls_session *session, enum tls_direction from,
                                             const struct tls_sealed_record *record,
                                             struct tls_plaintext *plaintext)
{
    uint64_t epoch = record->sequence >> 48;
    table_touch(&sessions->table, session);
    *plaintext = (struct tls_plaintext){.type = record->type, .bytes = record->fragment};
    if (epoch == 0)
        return TLS_DECRYPT_PLAIN;
    if (session->version == 0)
        return TLS_DECRYPT_NO_KEYS;
    bool is_datagram = session->version == DTLS_1_2 || session->version == DTLS_1_0;
    if (session->unsupported || !is_datagram || epoch > 1)
        return TLS_DECRYPT_UNSUPPORTED;
    enum tls_decrypt_status status = open_tls12(sessions, session, from, record, plaintext);
    note_miss(&session->directions[from], status);
    return status;
}

bool tls_session_is_over(const struct tls_session *session, enum tls_direction from)
{
    const struct tls_session_direction *direction = &session->directions[from];
    return direction->end != TLS_DECRYPT_PLAIN || direction->missed >= TLS_MISSED_MAXIMUM;
}

void tls_session_lost(struct tls_session *session, enum tls_direction from)
{
    end(&session->directions[from], TLS_DECRYPT_LOST);
}
