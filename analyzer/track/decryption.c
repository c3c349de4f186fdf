/* SPDX-License-Identifier: MIT */
#include "analyzer/track/decryption.h"

static void release_content(void *context, void *record)
{
    struct decryption *decryption = context;
    struct decrypted_content *content = record;
    for (int i = 0; i < 2; i++)
        stream_stop(decryption->streams, &content->stream[i]);
}

int decryption_init(struct decryption *decryption, struct keylog_source *source,
                    struct streams *streams, uint32_t megabytes)
{
    *decryption = (struct decryption){.source = source, .streams = streams};
    if (source == NULL)
        return 0;
    if (retained_init(&decryption->retained, limit_for(LIMIT_RETAINED, megabytes)) != 0 ||
        tls_sessions_init(&decryption->sessions, limit_for(LIMIT_TLS_SESSIONS, megabytes),
                          &source->keylog) != 0 ||
        quic_sessions_init(&decryption->quic, limit_for(LIMIT_QUIC_SESSIONS, megabytes),
                           &source->keylog) != 0 ||
        table_init(&decryption->contents, limit_for(LIMIT_TLS_SESSIONS, megabytes),
                   sizeof(struct decrypted_content), sizeof(struct record_id)) != 0)
        return -1;
    decryption->contents.release = release_content;
    decryption->contents.release_context = decryption;
    return 0;
}

void decryption_free(struct decryption *decryption)
{
    if (decryption->source == NULL)
        return;
    table_free(&decryption->contents);
    table_free(&decryption->retained);
    tls_sessions_free(&decryption->sessions);
    quic_sessions_free(&decryption->quic);
}

static enum tls_direction direction_of(const struct handshake *handshake,
                                       const struct sighting *sighting)
{
    return handshake->client_index == sighting->from ? TLS_FROM_CLIENT : TLS_FROM_SERVER;
}

/* The session knows what the handshake has seen so far. */
static void inform(struct tls_session *session, const struct handshake *handshake)
{
    const struct tls_client_hello client = {
        .random = bytes_of(handshake->client_random, sizeof handshake->client_random),
        .offers_early_data = handshake->offers_early_data};
    const struct tls_server_hello server = {
        .random = bytes_of(handshake->server_random, sizeof handshake->server_random),
        .version = handshake->version,
        .cipher_suite = handshake->cipher_suite};
    if (!session->has_client_random && handshake->hello_seen)
        tls_session_client_hello(session, &client);
    if (session->version != 0 || !handshake->server_hello_seen)
        return;
    tls_session_server_hello(session, &server);
    session->encrypt_then_mac = handshake->encrypt_then_mac;
    session->unsupported |= handshake->truncated_mac;
}

/* Browsers write a secret as soon as they have it: about when the packets that need it come by. */
bool decryption_has_secrets(const struct decryption *decryption, const struct handshake *handshake)
{
    struct keylog_source *source = decryption->source;
    struct bytes random = bytes_of(handshake->client_random, TLS_RANDOM_LENGTH);
    return keylog_find(&source->keylog, random) != NULL ||
           (keylog_file_refresh(&source->file, &source->keylog) &&
            keylog_find(&source->keylog, random) != NULL);
}

/* The session of the handshake, with all that is known by now. */
static struct tls_session *session_of(struct decryption *decryption,
                                      const struct handshakes *handshakes,
                                      const struct handshake *handshake)
{
    struct tls_session *session =
        tls_session_open(&decryption->sessions, table_id(&handshakes->table, handshake));
    inform(session, handshake);
    (void)decryption_has_secrets(decryption, handshake);
    return session;
}

static enum handshake_secrets secrets_without(const struct decryption *decryption,
                                              const struct handshake *handshake)
{
    return decryption_has_secrets(decryption, handshake) ? SECRETS_INCOMPLETE : SECRETS_MISSING;
}

/* A secret may be written any moment now. What opens nothing after other things were opened is
 * damaged, or out of order: then the secrets fit all the same. */
static enum tls_decrypt_status conclude(const struct decryption *decryption,
                                        struct handshake *handshake, enum tls_decrypt_status status)
{
    if (status == TLS_DECRYPT_NO_KEYS) {
        (void)keylog_file_refresh(&decryption->source->file, &decryption->source->keylog);
        handshake->secrets = (uint8_t)secrets_without(decryption, handshake);
    } else if (status == TLS_DECRYPT_OK) {
        handshake->secrets = SECRETS_FIT;
    } else if (status == TLS_DECRYPT_WRONG_KEYS && handshake->secrets != SECRETS_FIT) {
        handshake->secrets = SECRETS_WRONG;
    } else if (status == TLS_DECRYPT_UNSUPPORTED) {
        handshake->secrets = SECRETS_UNSUPPORTED;
    }
    return status;
}

enum tls_decrypt_status
decryption_record(struct decryption *decryption, const struct handshakes *handshakes,
                  struct handshake *handshake, const struct sighting *sighting,
                  const struct tls_record *record, struct tls_plaintext *plaintext)
{
    struct tls_session *session = session_of(decryption, handshakes, handshake);
    return conclude(decryption, handshake,
                    tls_session_record(&decryption->sessions, session,
                                       direction_of(handshake, sighting), record, plaintext));
}

enum tls_decrypt_status
decryption_datagram(struct decryption *decryption, const struct handshakes *handshakes,
                    struct handshake *handshake, const struct sighting *sighting,
                    const struct dtls_record *record, struct tls_plaintext *plaintext)
{
    const struct tls_sealed_record sealed = {.sequence =
                                                 (uint64_t)record->epoch << 48 | record->sequence,
                                             .type = record->type,
                                             .version = record->version,
                                             .fragment = record->fragment};
    if (decryption_is_over(decryption, handshakes, handshake, sighting))
        return TLS_DECRYPT_NO_KEYS;
    struct tls_session *session = session_of(decryption, handshakes, handshake);
    return conclude(decryption, handshake,
                    tls_session_datagram(&decryption->sessions, session,
                                         direction_of(handshake, sighting), &sealed, plaintext));
}

static struct quic_session *quic_session_of(struct decryption *decryption,
                                            const struct handshakes *handshakes,
                                            const struct handshake *handshake)
{
    struct quic_session *session =
        quic_session_open(&decryption->quic, table_id(&handshakes->table, handshake));
    session->version = handshake->quic_version;
    session->suite = tls_suite_find(handshake->cipher_suite);
    memcpy(session->client_random, handshake->client_random, sizeof session->client_random);
    (void)decryption_has_secrets(decryption, handshake);
    return session;
}

enum tls_decrypt_status
decryption_quic(struct decryption *decryption, const struct handshakes *handshakes,
                struct handshake *handshake, const struct sighting *sighting,
                const struct quic_packet *packet, struct quic_plaintext *plaintext)
{
    enum tls_direction from = direction_of(handshake, sighting);
    struct quic_packet located = *packet;
    if (packet->type == QUIC_ONE_RTT)
        located.number_offset = 1u + handshake->quic[1 - from].id_length;
    struct quic_session *session = quic_session_of(decryption, handshakes, handshake);
    if (!handshake->server_hello_seen || quic_session_is_over(session, from))
        return TLS_DECRYPT_NO_KEYS;
    return conclude(decryption, handshake,
                    quic_session_packet(&decryption->quic, session, from, &located, plaintext));
}

struct stream *decryption_append(struct decryption *decryption, const struct handshakes *handshakes,
                                 const struct handshake *handshake, const struct sighting *sighting,
                                 struct bytes data)
{
    bool created;
    struct record_id id = table_id(&handshakes->table, handshake);
    struct decrypted_content *content = table_add(&decryption->contents, &id, &created);
    struct stream *stream = &content->stream[sighting->from];
    if (stream->state == STREAM_NEW)
        stream_start(stream, 0);
    if (stream->state != STREAM_STOPPED)
        stream_push(decryption->streams, stream, content->length[sighting->from], data, data.length,
                    sighting->time);
    content->length[sighting->from] += (uint32_t)data.length;
    return stream;
}

void decryption_lost(struct decryption *decryption, const struct handshakes *handshakes,
                     const struct handshake *handshake, const struct sighting *sighting)
{
    struct tls_session *session =
        tls_session_open(&decryption->sessions, table_id(&handshakes->table, handshake));
    tls_session_lost(session, direction_of(handshake, sighting));
}

bool decryption_is_over(struct decryption *decryption, const struct handshakes *handshakes,
                        const struct handshake *handshake, const struct sighting *sighting)
{
    struct record_id id = table_id(&handshakes->table, handshake);
    const struct tls_session *session = tls_session_find(&decryption->sessions, id);
    const struct decrypted_content *content = table_find(&decryption->contents, &id);
    if (session != NULL && tls_session_is_over(session, direction_of(handshake, sighting)))
        return true;
    return content != NULL && content->stream[sighting->from].state == STREAM_STOPPED;
}
