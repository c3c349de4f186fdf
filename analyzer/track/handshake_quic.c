/* SPDX-License-Identifier: MIT */
/* QUIC: the hellos in Initial packets, whose protection anybody can remove. */
#include "analyzer/crypto/quic_initial.h"
#include "analyzer/track/handshake_step.h"
#include "dissectors/quic/packet.h"

/* What is encrypted is never taken for an alert here: CONNECTION_CLOSE has other lengths. */
enum { ENCRYPTED = 0 };

static struct bytes client_id_of(const struct handshake *handshake)
{
    return bytes_of(handshake->quic_client_id, handshake->quic_client_id_length);
}

static void set_client_id(struct handshake *handshake, const struct quic_packet *packet,
                          struct bytes id)
{
    memcpy(handshake->quic_client_id, id.data, id.length);
    handshake->quic_client_id_length = (uint8_t)id.length;
    handshake->quic_version = packet->version;
}

static bool open_with(const struct quic_packet *packet, struct bytes id, bool of_client,
                      uint8_t *plaintext, struct bytes *payload)
{
    struct quic_initial_keys keys;
    return quic_initial_keys(&keys, packet->version, id, of_client) &&
           quic_initial_open(&keys, packet, plaintext, payload);
}

/* A packet whose own destination ID opens it is the first of a client: it begins a handshake, or
 * goes on with one after a Retry. */
static bool open_first(struct handshake_step *step, const struct quic_packet *packet,
                       uint8_t *plaintext, struct bytes *payload)
{
    if (!open_with(packet, packet->destination_id, true, plaintext, payload))
        return false;
    if (step->handshake == NULL || step->handshake->protocol != HANDSHAKE_QUIC ||
        step->side != HANDSHAKE_CLIENT || handshake_is_concluded(step->handshake))
        handshake_begin(step, HANDSHAKE_QUIC, HANDSHAKE_CLIENT);
    set_client_id(step->handshake, packet, packet->destination_id);
    return true;
}

static bool open_initial(struct handshake_step *step, const struct quic_packet *packet,
                         uint8_t *plaintext, struct bytes *payload)
{
    const struct handshake *handshake = step->handshake;
    if (handshake != NULL && handshake->protocol == HANDSHAKE_QUIC &&
        open_with(packet, client_id_of(handshake), step->side == HANDSHAKE_CLIENT, plaintext,
                  payload))
        return true;
    return open_first(step, packet, plaintext, payload);
}

/* Initial packets hold ClientHello or ServerHello and nothing else. */
static void note_crypto(const struct handshake_step *step, const struct quic_frame *frame)
{
    struct handshake_collector *collector = handshake_collector_of(step, true);
    struct tls_handshake message;
    quic_crypto_add(&collector->crypto, frame->offset, frame->data);
    struct bytes ready = quic_crypto_ready(&collector->crypto);
    if (tls_handshake_next(&message, &ready) != DISSECT_OK)
        return;
    handshake_note_message(step, &message);
    handshake_collector_drop(step);
}

static void note_close(const struct handshake_step *step, const struct quic_frame *frame)
{
    if (frame->error_code < QUIC_CRYPTO_ERROR || frame->error_code > QUIC_CRYPTO_ERROR_LAST)
        return;
    struct tls_alert alert = {.level = TLS_ALERT_FATAL,
                              .description = (uint8_t)(frame->error_code - QUIC_CRYPTO_ERROR)};
    handshake_note_alert(step, &alert);
}

static void note_initial(struct handshake_step *step, const struct quic_packet *packet)
{
    uint8_t plaintext[QUIC_INITIAL_MAXIMUM];
    struct bytes payload;
    struct quic_frame frame;
    if (!open_initial(step, packet, plaintext, &payload))
        return;
    while (quic_frame_next(&frame, &payload) == DISSECT_OK) {
        if (frame.type == QUIC_CRYPTO)
            note_crypto(step, &frame);
        else if (frame.type == QUIC_CONNECTION_CLOSE)
            note_close(step, &frame);
    }
}

/* RFC 9000 17.2.5.2: the client starts over with the server's new ID, and keys of it. */
static void note_retry(const struct handshake_step *step, const struct quic_packet *packet)
{
    if (step->side != HANDSHAKE_SERVER || packet->source_id.length == 0)
        return;
    set_client_id(step->handshake, packet, packet->source_id);
    handshake_note_progress(step);
}

static void note_packet(struct handshake_step *step, const struct quic_packet *packet)
{
    if (packet->type == QUIC_INITIAL) {
        note_initial(step, packet);
        return;
    }
    if (step->handshake == NULL || step->handshake->protocol != HANDSHAKE_QUIC)
        return;
    if (packet->type == QUIC_RETRY)
        note_retry(step, packet);
    else if (packet->type == QUIC_ONE_RTT && step->handshake->server_hello_seen)
        handshake_note_encrypted(step, ENCRYPTED);
    else if (step->side == HANDSHAKE_SERVER)
        handshake_note_progress(step);
}

bool handshakes_quic(struct handshakes *handshakes, const struct sighting *sighting,
                     struct bytes datagram, struct event_queue *events)
{
    struct handshake_step step = handshake_step_of(handshakes, sighting, events);
    bool known = step.handshake != NULL && step.handshake->protocol == HANDSHAKE_QUIC;
    struct quic_packet packet;
    enum dissect_status status;
    bool found = false;
    while ((status = quic_packet_next(&packet, &datagram, sighting->cut)) == DISSECT_OK ||
           status == DISSECT_CUT_SHORT) {
        bool vague = packet.type == QUIC_ONE_RTT || packet.type == QUIC_VERSION_NEGOTIATION;
        if (vague && !known && !found)
            return false;
        found = true;
        note_packet(&step, &packet);
    }
    return found;
}
