/* SPDX-License-Identifier: MIT */
/* DTLS: records and handshake fragments of a datagram. */
#include "analyzer/track/handshake_step.h"
#include "dissectors/dtls/record.h"

/* A ClientHello with another random begins anew; so does one on a flow that had none. */
static bool is_another(const struct handshake *handshake, const struct tls_client_hello *hello)
{
    if (handshake == NULL || handshake->protocol != HANDSHAKE_DTLS)
        return true;
    return handshake->hello_seen &&
           !bytes_equal(hello->random,
                        bytes_of(handshake->client_random, sizeof handshake->client_random));
}

/* The same ClientHello again; with a cookie it has the next number and is no repetition. */
static void count_transmission(struct handshake *handshake, uint16_t number, int64_t now)
{
    if (!handshake->hello_seen)
        return;
    bool duplicate = now - handshake->hello_repeated < LIMIT_DUPLICATE;
    if (handshake->hello_number == number && !duplicate)
        handshake->hello_transmissions++;
    handshake->hello_number = number;
    handshake->hello_repeated = now;
}

/* The first piece of a ClientHello decides whose handshake it is. */
static void meet_client_hello(struct handshake_step *step, const struct dtls_handshake *piece)
{
    struct tls_handshake message = dtls_handshake_message(piece);
    struct tls_client_hello hello;
    (void)tls_client_hello_decode(&hello, &message, true);
    if (hello.random.length != TLS_RANDOM_LENGTH)
        return;
    if (is_another(step->handshake, &hello))
        handshake_begin(step, HANDSHAKE_DTLS, HANDSHAKE_CLIENT);
    if (step->side == HANDSHAKE_CLIENT)
        count_transmission(step->handshake, piece->number, step->sighting->time);
}

static bool is_answer(uint8_t type)
{
    return type == TLS_SERVER_HELLO || type == TLS_HELLO_VERIFY_REQUEST;
}

static void meet(struct handshake_step *step, const struct dtls_handshake *piece)
{
    if (piece->type == TLS_CLIENT_HELLO && piece->fragment_offset == 0)
        meet_client_hello(step, piece);
    else if (step->handshake == NULL && is_answer(piece->type))
        handshake_begin(step, HANDSHAKE_DTLS, HANDSHAKE_SERVER);
    if (piece->type == TLS_SERVER_HELLO && piece->fragment_offset == 0 &&
        step->handshake->server_hello_transmissions++ > 0)
        step->handshake->server_hello_repeated = step->sighting->time;
}

static void note_piece(const struct handshake_step *step, const struct dtls_handshake *piece)
{
    struct tls_handshake message = dtls_handshake_message(piece);
    if (dtls_handshake_is_whole(piece)) {
        handshake_note_message(step, &message);
        return;
    }
    struct handshake_collector *collector = handshake_collector_of(step, true);
    if (dtls_collector_take(&collector->datagrams, piece, &message) != DISSECT_OK)
        return;
    handshake_note_message(step, &message);
    handshake_collector_drop(step);
}

static void note_handshake(struct handshake_step *step, struct bytes fragment)
{
    struct dtls_handshake piece;
    enum dissect_status status;
    while ((status = dtls_handshake_next(&piece, &fragment, step->sighting->cut)) == DISSECT_OK ||
           status == DISSECT_CUT_SHORT) {
        meet(step, &piece);
        if (step->handshake == NULL || step->handshake->protocol != HANDSHAKE_DTLS)
            return;
        note_piece(step, &piece);
    }
}

static void note_alert(const struct handshake_step *step, const struct dtls_record *record)
{
    struct tls_alert alert;
    if (record->epoch == 0 && tls_alert_decode(&alert, record->fragment) == DISSECT_OK)
        handshake_note_alert(step, &alert);
    else
        handshake_note_hidden_alert(step);
}

/* An encrypted record: only its type is seen, and of DTLS 1.3 not even that. */
static void note_encrypted(const struct handshake_step *step, const struct dtls_record *record)
{
    if (record->is_unified)
        handshake_note_encrypted(step, record->fragment.length);
    else if (record->type == TLS_HANDSHAKE)
        handshake_note_finished(step);
    else if (record->type == TLS_ALERT)
        note_alert(step, record);
    else if (record->type == TLS_APPLICATION_DATA)
        handshake_establish(step);
}

static void note_record(struct handshake_step *step, const struct dtls_record *record)
{
    if (!record->is_unified && record->type == TLS_HANDSHAKE && record->epoch == 0) {
        note_handshake(step, record->fragment);
        return;
    }
    if (step->handshake == NULL || step->handshake->protocol != HANDSHAKE_DTLS)
        return;
    if (record->is_unified || record->epoch > 0)
        note_encrypted(step, record);
    else if (record->type == TLS_ALERT)
        note_alert(step, record);
}

void handshakes_datagram(struct handshakes *handshakes, const struct sighting *sighting,
                         struct bytes datagram, struct event_queue *events)
{
    struct handshake_step step = handshake_step_of(handshakes, sighting, events);
    struct dtls_record record;
    enum dissect_status status;
    while ((status = dtls_record_next(&record, &datagram, sighting->cut)) == DISSECT_OK ||
           status == DISSECT_CUT_SHORT)
        note_record(&step, &record);
}
