/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/tls13_decrypt.h"

#include <openssl/evp.h>

/* Everything about one record on its way. */
struct opening {
    struct tls_sessions *sessions;
    struct tls_session *session;
    struct tls_session_direction *direction;
    enum tls_direction from;
    const struct tls_record *record;
    struct tls_plaintext *plaintext;
};

static enum keylog_secret secret_of(enum tls_direction from, enum tls_epoch epoch)
{
    if (epoch == TLS_EPOCH_EARLY)
        return KEYLOG_CLIENT_EARLY;
    if (epoch == TLS_EPOCH_HANDSHAKE)
        return from == TLS_FROM_CLIENT ? KEYLOG_CLIENT_HANDSHAKE : KEYLOG_SERVER_HANDSHAKE;
    return from == TLS_FROM_CLIENT ? KEYLOG_CLIENT_TRAFFIC : KEYLOG_SERVER_TRAFFIC;
}

static struct bytes logged_secret(const struct opening *o, enum tls_epoch epoch)
{
    const struct tls_session *session = o->session;
    if (!session->has_client_random)
        return bytes_of(NULL, 0);
    const struct keylog_entry *entry =
        keylog_find(o->sessions->keylog, bytes_of(session->client_random, TLS_RANDOM_LENGTH));
    return entry != NULL ? keylog_secret(entry, secret_of(o->from, epoch)) : bytes_of(NULL, 0);
}

static bool set_keys(const struct opening *o, const struct tls_suite *suite, struct bytes secret)
{
    struct tls_keys keys;
    bool good = tls13_keys(&keys, suite, secret) &&
                tls_protection_set(&o->direction->protection, suite, &keys, false);
    tls_keys_wipe(&keys, 1);
    return good;
}

static bool open_with(const struct opening *o, uint64_t sequence)
{
    const struct tls_sealed_record sealed = {.sequence = sequence,
                                             .type = o->record->type,
                                             .version = o->record->version,
                                             .fragment = o->record->fragment};
    size_t length;
    if (!tls_protection_open(&o->direction->protection, &sealed, o->sessions->scratch, &length))
        return false;
    o->plaintext->bytes = bytes_of(o->sessions->scratch, length);
    o->direction->sequence = sequence + 1;
    return true;
}

/* The order of the records is known within the epoch that the direction is in; into another one it
 * may have gone unseen. */
static bool open_in_epoch(const struct opening *o, enum tls_epoch epoch)
{
    const struct tls_session_direction *direction = o->direction;
    if (epoch == direction->epoch)
        return open_with(o, direction->sequence);
    for (uint64_t sequence = 0; sequence <= direction->missed; sequence++)
        if (open_with(o, sequence))
            return true;
    return false;
}

/* Makes the keys of an epoch the loaded ones. */
static bool load(const struct opening *o, enum tls_epoch epoch, const struct tls_suite *suite,
                 struct bytes secret)
{
    o->direction->loaded = TLS_EPOCH_PLAIN;
    if (!set_keys(o, suite, secret))
        return false;
    memcpy(o->direction->secret, secret.data, secret.length);
    o->direction->loaded = (uint8_t)epoch;
    return true;
}

/* 0-RTT data is sealed by the suite of an earlier connection, which the server must choose again
 * (RFC 8446 4.2.10) but has not yet. */
static bool open_early(const struct opening *o, struct bytes secret)
{
    for (uint16_t id = 0x1301; id <= 0x1305; id++)
        if (load(o, TLS_EPOCH_EARLY, tls_suite_find(id), secret) &&
            open_in_epoch(o, TLS_EPOCH_EARLY))
            return true;
    o->direction->loaded = TLS_EPOCH_PLAIN;
    return false;
}

static enum tls_decrypt_status try_epoch(const struct opening *o, enum tls_epoch epoch)
{
    bool opened;
    struct bytes secret = logged_secret(o, epoch);
    if (o->direction->loaded == epoch)
        opened = open_in_epoch(o, epoch);
    else if (secret.length == 0)
        return TLS_DECRYPT_NO_KEYS;
    else if (epoch == TLS_EPOCH_EARLY)
        opened = open_early(o, secret);
    else
        opened = load(o, epoch, o->session->suite, secret) && open_in_epoch(o, epoch);
    return opened ? TLS_DECRYPT_OK : TLS_DECRYPT_WRONG_KEYS;
}

static enum tls_epoch first_epoch(const struct opening *o)
{
    if (o->direction->epoch != TLS_EPOCH_PLAIN)
        return (enum tls_epoch)o->direction->epoch;
    bool early = o->from == TLS_FROM_CLIENT && o->session->offers_early_data;
    return early || o->session->version == 0 ? TLS_EPOCH_EARLY : TLS_EPOCH_HANDSHAKE;
}

/* What a record that no key opened says about the keys. `status`: what came of the keys that it
 * should have had, those of 0-RTT data aside. */
static enum tls_decrypt_status explain_failure(const struct opening *o,
                                               enum tls_decrypt_status status)
{
    bool may_be_early = o->from == TLS_FROM_CLIENT && o->session->offers_early_data &&
                        o->direction->epoch <= TLS_EPOCH_EARLY;
    if (may_be_early && (status == TLS_DECRYPT_WRONG_KEYS || o->session->version == 0))
        return TLS_DECRYPT_SKIPPED;
    if (status == TLS_DECRYPT_WRONG_KEYS && o->direction->missed == 0)
        return TLS_DECRYPT_WRONG_KEYS;
    o->direction->sequence++;
    return TLS_DECRYPT_NO_KEYS;
}

static enum tls_decrypt_status accept(struct tls_session_direction *direction, enum tls_epoch epoch)
{
    direction->epoch = (uint8_t)epoch;
    return TLS_DECRYPT_OK;
}

/* Tries the epoch that the direction is in; and the next one when the key of that one is missing,
 * or when 0-RTT data may have ended. */
static enum tls_decrypt_status open_record(const struct opening *o)
{
    enum tls_epoch epoch = first_epoch(o);
    if (epoch == TLS_EPOCH_EARLY) {
        if (try_epoch(o, epoch) == TLS_DECRYPT_OK)
            return accept(o->direction, epoch);
        if (o->session->version == 0)
            return explain_failure(o, TLS_DECRYPT_NO_KEYS);
        epoch = TLS_EPOCH_HANDSHAKE;
    }
    enum tls_decrypt_status status = try_epoch(o, epoch);
    if (status == TLS_DECRYPT_OK)
        return accept(o->direction, epoch);
    bool may_be_later = status == TLS_DECRYPT_NO_KEYS || o->direction->missed > 0;
    if (epoch == TLS_EPOCH_HANDSHAKE && may_be_later &&
        try_epoch(o, TLS_EPOCH_TRAFFIC) == TLS_DECRYPT_OK)
        return accept(o->direction, TLS_EPOCH_TRAFFIC);
    return explain_failure(o, status);
}

/* RFC 8446 5.2: the type stands behind the content, and zeros of padding behind it. */
static void strip_padding(struct tls_plaintext *plaintext)
{
    const uint8_t *data = plaintext->bytes.data;
    size_t length = plaintext->bytes.length;
    while (length > 0 && data[length - 1] == 0)
        length--;
    plaintext->type = length > 0 ? data[length - 1] : 0;
    plaintext->bytes = bytes_first(plaintext->bytes, length > 0 ? length - 1 : 0);
}

static void enter_epoch(struct tls_session_direction *direction, enum tls_epoch epoch)
{
    direction->epoch = (uint8_t)epoch;
    direction->sequence = 0;
}

static void update_keys(const struct opening *o)
{
    struct tls_session_direction *direction = o->direction;
    const struct tls_suite *suite = o->session->suite;
    size_t length = (size_t)EVP_MD_get_size(suite->hash());
    direction->sequence = 0;
    if (!tls13_next_secret(suite, direction->secret) ||
        !set_keys(o, suite, bytes_of(direction->secret, length)))
        direction->end = TLS_DECRYPT_UNSUPPORTED;
}

/* Messages after which the sender uses other keys. They end their record (RFC 8446 5.1). */
static void follow_message(const struct opening *o, uint8_t type)
{
    enum tls_epoch epoch = (enum tls_epoch)o->direction->epoch;
    if (type == TLS_END_OF_EARLY_DATA && epoch == TLS_EPOCH_EARLY)
        enter_epoch(o->direction, TLS_EPOCH_HANDSHAKE);
    else if (type == TLS_FINISHED && epoch == TLS_EPOCH_HANDSHAKE)
        enter_epoch(o->direction, TLS_EPOCH_TRAFFIC);
    else if (type == TLS_KEY_UPDATE && epoch == TLS_EPOCH_TRAFFIC)
        update_keys(o);
}

static void follow_handshake(const struct opening *o)
{
    struct tls_collector *collector = &o->direction->collector;
    struct bytes fragment = o->plaintext->bytes;
    struct tls_handshake message;
    collector->buffer = o->direction->collected;
    collector->capacity = sizeof o->direction->collected;
    while (tls_collector_take(collector, &fragment, &message) == DISSECT_OK)
        follow_message(o, message.type);
}

enum tls_decrypt_status tls13_open(struct tls_sessions *sessions, struct tls_session *session,
                                   enum tls_direction from, const struct tls_record *record,
                                   struct tls_plaintext *plaintext)
{
    const struct opening o = {.sessions = sessions,
                              .session = session,
                              .direction = &session->directions[from],
                              .from = from,
                              .record = record,
                              .plaintext = plaintext};
    if (record->type != TLS_APPLICATION_DATA)
        return TLS_DECRYPT_PLAIN;
    if (session->unsupported)
        return TLS_DECRYPT_UNSUPPORTED;
    if (record->fragment.length > sizeof sessions->scratch)
        return TLS_DECRYPT_WRONG_KEYS;
    enum tls_decrypt_status status = open_record(&o);
    if (status != TLS_DECRYPT_OK)
        return status;
    strip_padding(plaintext);
    if (plaintext->type == TLS_HANDSHAKE)
        follow_handshake(&o);
    return TLS_DECRYPT_OK;
}
