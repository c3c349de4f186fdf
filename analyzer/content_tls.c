/* SPDX-License-Identifier: MIT */
#include "analyzer/content_tls.h"

#include "analyzer/content.h"
#include "analyzer/content_retained.h"
#include "analyzer/content_stream.h"
#include "dissectors/dtls/record.h"

/* One call of content_tls. */
struct tls_reading {
    struct trackers *trackers;
    const struct sighting *sighting;
    const struct event_handler *handler;
    struct handshake *handshake; /* NULL: none yet */
    bool *done;
};

static size_t read_handshake(const struct tls_reading *reading, struct bytes unread)
{
    enum handshakes_wish wish;
    size_t taken = handshakes_stream(&reading->trackers->handshakes, reading->sighting, unread,
                                     &wish, &reading->trackers->events);
    *reading->done = wish == HANDSHAKES_DONE;
    trackers_conclude(reading->trackers, reading->handler);
    return taken;
}

/* What came out of TLS is a flow of its own between the same two addresses. Another connection on
 * the same ports begins it anew. */
static struct sighting look_inside(const struct tls_reading *reading)
{
    const struct sighting *outer = reading->sighting;
    struct flows *flows = &reading->trackers->flows;
    struct record_id connection = outer->flow->connection;
    struct sighting inner = *outer;
    inner.cut = false;
    inner.flow = flows_note(flows, sighting_source(outer), sighting_destination(outer),
                            outer->flow->key.protocol, FLOW_DECRYPTED, &inner.from);
    inner.flow_id = table_id(&flows->table, inner.flow);
    if (inner.flow->connection.index != connection.index ||
        inner.flow->connection.generation != connection.generation) {
        inner.flow->content = CONTENT_UNKNOWN;
        inner.flow->handshake = (struct record_id){0};
        inner.flow->connection = connection;
        inner.flow->initiator = outer->flow->initiator;
    }
    return inner;
}

static void read_content(const struct tls_reading *reading, struct bytes data)
{
    struct trackers *trackers = reading->trackers;
    struct sighting inner = look_inside(reading);
    if (reading->handshake->protocol == HANDSHAKE_DTLS) {
        content_datagram(trackers, &inner, data, data.length, reading->handler);
        return;
    }
    struct stream *stream = decryption_append(&trackers->decryption, &trackers->handshakes,
                                              reading->handshake, &inner, data);
    if (stream_has_news(stream))
        content_stream(trackers, &inner, stream, reading->handler);
}

static void read_plaintext(const struct tls_reading *reading, const struct tls_plaintext *plaintext)
{
    handshakes_decrypted(&reading->trackers->handshakes, reading->sighting,
                         (enum tls_content_type)plaintext->type, plaintext->bytes,
                         &reading->trackers->events);
    trackers_conclude(reading->trackers, reading->handler);
    if (plaintext->type == TLS_APPLICATION_DATA)
        read_content(reading, plaintext->bytes);
}

static void open_record(const struct tls_reading *reading, const struct tls_record *record)
{
    struct trackers *trackers = reading->trackers;
    struct tls_plaintext plaintext;
    if (decryption_record(&trackers->decryption, &trackers->handshakes, reading->handshake,
                          reading->sighting, record, &plaintext) == TLS_DECRYPT_OK)
        read_plaintext(reading, &plaintext);
}

/* A whole record that is protected, or from which on records are. */
static size_t read_protected(const struct tls_reading *reading, const struct tls_record *record,
                             struct bytes bytes)
{
    struct trackers *trackers = reading->trackers;
    if (!content_retain(trackers, reading->sighting, bytes, reading->handler))
        open_record(reading, record);
    (void)read_handshake(reading, bytes);
    *reading->done &= decryption_is_over(&trackers->decryption, &trackers->handshakes,
                                         reading->handshake, reading->sighting);
    return bytes.length;
}

static bool is_protected(const struct tls_reading *reading, const struct tls_record *record)
{
    return record->type == TLS_APPLICATION_DATA || record->type == TLS_CHANGE_CIPHER_SPEC ||
           reading->handshake->stream[reading->sighting->from].ciphered;
}

/* The handshake tracker is done with the connection; only what is decrypted goes on. */
static bool is_concluded(const struct tls_reading *reading)
{
    return reading->handshake != NULL && handshake_is_concluded(reading->handshake);
}

/* The record that begins here. In the clear its parts go on as they come; what is protected is
 * waited for, unless the capture has cut it. */
static size_t read_record(const struct tls_reading *reading, struct bytes unread)
{
    struct tls_record record;
    enum dissect_status status = tls_record_read(&record, unread);
    bool has_header = unread.length >= TLS_RECORD_HEADER_LENGTH;
    if (status != DISSECT_OK && (status != DISSECT_INCOMPLETE || reading->sighting->cut))
        return read_handshake(reading, unread);
    if (!has_header)
        return is_concluded(reading) ? 0 : read_handshake(reading, unread);
    struct bytes bytes = bytes_first(unread, TLS_RECORD_HEADER_LENGTH + (size_t)record.length);
    if (reading->handshake == NULL || !is_protected(reading, &record))
        return read_handshake(reading, bytes);
    return status == DISSECT_OK ? read_protected(reading, &record, bytes) : 0;
}

size_t content_tls(struct trackers *trackers, const struct sighting *sighting, struct bytes unread,
                   const struct event_handler *handler, bool *done)
{
    const struct tls_reading reading = {trackers, sighting, handler,
                                        handshakes_of(&trackers->handshakes, sighting->flow), done};
    if (trackers->decryption.source == NULL || sighting->flow->key.layer != FLOW_OUTER)
        return read_handshake(&reading, unread);
    uint32_t left = 0;
    if (reading.handshake != NULL && !is_concluded(&reading))
        left = reading.handshake->stream[sighting->from].record_left;
    return left > 0 ? read_handshake(&reading, bytes_first(unread, left))
                    : read_record(&reading, unread);
}

void content_tls_gap(struct trackers *trackers, const struct sighting *sighting, size_t missing,
                     const struct event_handler *handler, bool *done)
{
    const struct handshake *handshake = handshakes_of(&trackers->handshakes, sighting->flow);
    if (trackers->decryption.source != NULL && handshake != NULL &&
        !content_retain_loss(trackers, sighting, handler))
        decryption_lost(&trackers->decryption, &trackers->handshakes, handshake, sighting);
    *done = handshakes_gap(&trackers->handshakes, sighting, missing, &trackers->events) ==
            HANDSHAKES_DONE;
    trackers_conclude(trackers, handler);
}

void content_tls_replay(struct trackers *trackers, const struct sighting *sighting,
                        struct bytes record, const struct event_handler *handler)
{
    struct tls_record whole;
    const struct tls_reading reading = {trackers, sighting, handler,
                                        handshakes_of(&trackers->handshakes, sighting->flow), NULL};
    if (record.length == 0)
        decryption_lost(&trackers->decryption, &trackers->handshakes, reading.handshake, sighting);
    else if (tls_record_read(&whole, record) == DISSECT_OK)
        open_record(&reading, &whole);
}

static void read_datagram_record(const struct tls_reading *reading,
                                 const struct dtls_record *record)
{
    struct trackers *trackers = reading->trackers;
    struct tls_plaintext plaintext;
    if (!record->is_unified && record->epoch > 0 &&
        decryption_datagram(&trackers->decryption, &trackers->handshakes, reading->handshake,
                            reading->sighting, record, &plaintext) == TLS_DECRYPT_OK &&
        plaintext.type != TLS_HANDSHAKE)
        read_plaintext(reading, &plaintext);
}

void content_dtls_replay(struct trackers *trackers, const struct sighting *sighting,
                         struct bytes datagram, const struct event_handler *handler)
{
    struct dtls_record record;
    const struct tls_reading reading = {trackers, sighting, handler,
                                        handshakes_of(&trackers->handshakes, sighting->flow), NULL};
    while (dtls_record_next(&record, &datagram, sighting->cut) == DISSECT_OK)
        read_datagram_record(&reading, &record);
}

/* DTLS 1.3 hides even the type and the number of its records, and is not decrypted. */
static void note_dtls13(struct handshake *handshake)
{
    if (handshake->version == DTLS_1_3)
        handshake->secrets = SECRETS_UNSUPPORTED;
}

static bool has_sealed_record(struct bytes datagram, bool cut)
{
    struct dtls_record record;
    while (dtls_record_next(&record, &datagram, cut) == DISSECT_OK)
        if (!record.is_unified && record.epoch > 0)
            return true;
    return false;
}

void content_dtls(struct trackers *trackers, const struct sighting *sighting, struct bytes datagram,
                  const struct event_handler *handler)
{
    struct handshake *handshake = handshakes_of(&trackers->handshakes, sighting->flow);
    if (trackers->decryption.source == NULL || sighting->flow->key.layer != FLOW_OUTER ||
        handshake == NULL || handshake->protocol != HANDSHAKE_DTLS || handshake->offers_srtp)
        return;
    note_dtls13(handshake);
    if (has_sealed_record(datagram, sighting->cut) &&
        !content_retain(trackers, sighting, datagram, handler))
        content_dtls_replay(trackers, sighting, datagram, handler);
}
