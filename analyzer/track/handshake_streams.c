/* SPDX-License-Identifier: MIT */
/* TLS over a stream: records as they come, and the handshake messages in them. */
#include "analyzer/track/handshake_step.h"
#include "dissectors/tls/names.h"

/* Alerts and ChangeCipherSpec are looked at whole; no alert, encrypted or not, is longer. */
enum { SMALL_RECORD = 256 };

static bool begin_with_ssl2_form(struct handshake_step *step, struct bytes *unread,
                                 enum handshakes_wish *wish)
{
    struct tls_client_hello hello;
    size_t length = 0;
    enum dissect_status status = tls_ssl2_client_hello_decode(&hello, *unread, &length);
    *wish = status == DISSECT_NOT_MINE ? HANDSHAKES_DONE : HANDSHAKES_WANT_MORE;
    if (status != DISSECT_OK)
        return false;
    handshake_begin(step, HANDSHAKE_TLS, HANDSHAKE_CLIENT);
    handshake_note_client_hello(step, &hello, false);
    handshake_stream_of(step)->begun = true;
    *unread = bytes_from(*unread, length);
    return true;
}

/* Hellos are shorter than 64 KB: random bytes of an encrypted message seldom look like one. */
static bool is_hello(struct bytes fragment)
{
    return (fragment.data[0] == TLS_CLIENT_HELLO || fragment.data[0] == TLS_SERVER_HELLO) &&
           fragment.data[1] == 0;
}

/* The first bytes of a flow that has no handshake yet. What does not begin with a hello is of no
 * use: the capture began later. */
static bool begin(struct handshake_step *step, struct bytes *unread, enum handshakes_wish *wish)
{
    struct tls_record record;
    enum dissect_status status = tls_record_read(&record, *unread);
    if (status == DISSECT_NOT_MINE)
        return begin_with_ssl2_form(step, unread, wish);
    if (status == DISSECT_INCOMPLETE && record.fragment.length < 2)
        return false;
    if (status == DISSECT_MALFORMED || record.type != TLS_HANDSHAKE || record.fragment.length < 2 ||
        !is_hello(record.fragment)) {
        *wish = HANDSHAKES_DONE;
        return false;
    }
    bool by_client = record.fragment.data[0] == TLS_CLIENT_HELLO;
    handshake_begin(step, HANDSHAKE_TLS, by_client ? HANDSHAKE_CLIENT : HANDSHAKE_SERVER);
    return true;
}

/* What does not begin a record: from a server that was asked in TLS it is an answer of another
 * kind. */
static void note_disorder(const struct handshake_step *step, struct bytes unread)
{
    struct handshake_stream *stream = handshake_stream_of(step);
    bool first = !stream->begun && step->side == HANDSHAKE_SERVER && step->handshake->hello_seen;
    stream->blind = true;
    if (!first)
        return;
    if (tls_is_ssl2_server_hello(unread)) {
        step->handshake->answered = step->handshake->server_hello_seen = true;
        step->handshake->version = SSL_2_0;
        step->handshake->server_hello = handshake_evidence(step, TLS_SERVER_HELLO);
        step->handshake->server_hello_time = step->sighting->time;
        return;
    }
    handshake_note_other_answer(step, unread);
}

static void note_alert(const struct handshake_step *step, struct bytes fragment)
{
    struct tls_alert alert;
    /* The record type "alert" is in the clear in TLS 1.3, always: it was sent without keys. */
    bool hidden = handshake_stream_of(step)->ciphered && !handshake_is_version_1_3(step->handshake);
    if (!hidden && tls_alert_decode(&alert, fragment) == DISSECT_OK)
        handshake_note_alert(step, &alert);
    else
        handshake_note_hidden_alert(step);
}

/* In TLS 1.3 it is a decoy for middleboxes (RFC 8446 appendix D.4), also before the second
 * ClientHello. */
static void note_change_cipher_spec(const struct handshake_step *step)
{
    const struct handshake *handshake = step->handshake;
    bool decoy = handshake->version == 0 ? handshake->offered_version >= TLS_1_3
                                         : handshake_is_version_1_3(handshake);
    if (!decoy)
        handshake_stream_of(step)->ciphered = true;
}

/* Up to TLS 1.2 a server sends none before both Finished; a client may (RFC 7918). */
static void note_application_data(const struct handshake_step *step, size_t length)
{
    struct handshake *handshake = step->handshake;
    if (handshake->server_hello_seen && handshake_is_version_1_3(handshake))
        handshake_note_encrypted(step, length);
    else if (step->side == HANDSHAKE_SERVER)
        handshake_establish(step);
    else if (!handshake->offers_early_data)
        handshake_note_progress(step);
}

static void note_record(const struct handshake_step *step, const struct tls_record *record)
{
    struct handshake_stream *stream = handshake_stream_of(step);
    stream->begun = true;
    stream->record_left = record->length;
    stream->collecting = record->type == TLS_HANDSHAKE && !stream->ciphered;
    switch (record->type) {
    case TLS_HANDSHAKE:
        if (stream->ciphered)
            handshake_note_finished(step);
        break;
    case TLS_CHANGE_CIPHER_SPEC:
        note_change_cipher_spec(step);
        break;
    case TLS_ALERT:
        note_alert(step, record->fragment);
        break;
    case TLS_APPLICATION_DATA:
        note_application_data(step, record->length);
        break;
    }
}

static bool is_to_be_whole(const struct tls_record *record)
{
    return (record->type == TLS_ALERT || record->type == TLS_CHANGE_CIPHER_SPEC) &&
           record->length <= SMALL_RECORD;
}

/* False: more bytes are needed, or no record begins here. */
static bool take_header(const struct handshake_step *step, struct bytes *unread)
{
    struct tls_record record;
    enum dissect_status status = tls_record_read(&record, *unread);
    if (status == DISSECT_NOT_MINE || status == DISSECT_MALFORMED) {
        note_disorder(step, *unread);
        return false;
    }
    if (unread->length < TLS_RECORD_HEADER_LENGTH ||
        (status == DISSECT_INCOMPLETE && is_to_be_whole(&record)))
        return false;
    note_record(step, &record);
    *unread = bytes_from(*unread, TLS_RECORD_HEADER_LENGTH);
    return true;
}

/* One message, or the part of one that has come. */
static enum dissect_status take_message(const struct handshake_step *step, struct bytes *fragment,
                                        struct tls_handshake *message)
{
    struct handshake_stream *stream = handshake_stream_of(step);
    if (!stream->spanning && tls_handshake_next(message, fragment) == DISSECT_OK)
        return DISSECT_OK;
    struct handshake_collector *collector = handshake_collector_of(step, true);
    /* What had come of the message was evicted; where the next one begins is not known. */
    if (stream->spanning && collector->stream.seen == 0) {
        stream->blind = true;
        return DISSECT_INCOMPLETE;
    }
    enum dissect_status status = tls_collector_take(&collector->stream, fragment, message);
    stream->spanning = status != DISSECT_OK;
    return status;
}

/* Bytes of handshake messages in the clear. A type that does not exist means that they are
 * encrypted after all (a part of the capture is missing). */
static void collect(const struct handshake_step *step, struct bytes fragment)
{
    struct handshake_stream *stream = handshake_stream_of(step);
    while (fragment.length > 0) {
        if (!stream->spanning && tls_handshake_type_name(fragment.data[0]) == NULL) {
            stream->ciphered = true;
            stream->collecting = false;
            return;
        }
        struct tls_handshake message;
        bool collected = stream->spanning;
        if (take_message(step, &fragment, &message) != DISSECT_OK)
            return;
        handshake_note_message(step, &message);
        if (collected)
            handshake_collector_drop(step);
    }
}

static void take_part(const struct handshake_step *step, struct bytes *unread)
{
    struct handshake_stream *stream = handshake_stream_of(step);
    struct bytes part = bytes_first(*unread, stream->record_left);
    if (stream->collecting)
        collect(step, part);
    stream->record_left -= (uint32_t)part.length;
    *unread = bytes_from(*unread, part.length);
}

static enum handshakes_wish wish_of(const struct handshake_step *step)
{
    bool done = handshake_is_concluded(step->handshake) || handshake_stream_of(step)->blind;
    return done ? HANDSHAKES_DONE : HANDSHAKES_WANT_MORE;
}

size_t handshakes_stream(struct handshakes *handshakes, const struct sighting *sighting,
                         struct bytes unread, enum handshakes_wish *wish,
                         struct event_queue *events)
{
    size_t given = unread.length;
    struct handshake_step step = handshake_step_of(handshakes, sighting, events);
    *wish = HANDSHAKES_WANT_MORE;
    if (step.handshake == NULL && !begin(&step, &unread, wish))
        return 0;
    while (unread.length > 0 && wish_of(&step) == HANDSHAKES_WANT_MORE) {
        if (handshake_stream_of(&step)->record_left > 0)
            take_part(&step, &unread);
        else if (!take_header(&step, &unread))
            break;
    }
    *wish = wish_of(&step);
    return given - unread.length;
}

/* The message that is cut by the gap says what it can; those behind it in the record are lost. */
static void end_collection(const struct handshake_step *step)
{
    struct handshake_collector *collector = handshake_collector_of(step, false);
    struct tls_handshake message;
    if (collector == NULL)
        return;
    if (tls_collector_peek(&collector->stream, &message))
        handshake_note_message(step, &message);
    handshake_collector_drop(step);
}

enum handshakes_wish handshakes_gap(struct handshakes *handshakes, const struct sighting *sighting,
                                    size_t missing, struct event_queue *events)
{
    struct handshake_step step = handshake_step_of(handshakes, sighting, events);
    if (step.handshake == NULL)
        return HANDSHAKES_DONE;
    struct handshake_stream *stream = handshake_stream_of(&step);
    end_collection(&step);
    stream->collecting = stream->spanning = false;
    if (missing > stream->record_left)
        stream->blind = true;
    else
        stream->record_left -= (uint32_t)missing;
    return wish_of(&step);
}

void handshakes_decrypted(struct handshakes *handshakes, const struct sighting *sighting,
                          enum tls_content_type type, struct bytes content,
                          struct event_queue *events)
{
    struct handshake_step step = handshake_step_of(handshakes, sighting, events);
    struct tls_alert alert;
    if (step.handshake == NULL)
        return;
    step.handshake->decrypted |= type == TLS_APPLICATION_DATA;
    if (type == TLS_HANDSHAKE)
        collect(&step, content);
    else if (type == TLS_ALERT && tls_alert_decode(&alert, content) == DISSECT_OK)
        handshake_note_alert(&step, &alert);
}
