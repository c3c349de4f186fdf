/* SPDX-License-Identifier: MIT */
/* QUIC: the hellos in Initial packets, whose protection anybody can remove, and what a key log
 * shows of the rest. */
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
    struct quic_keys keys;
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

/* All messages that are whole by now. */
static void take_messages(const struct handshake_step *step, struct handshake_collector *collector)
{
    uint32_t *taken = &step->handshake->quic[step->side].taken[step->quic_messages];
    struct bytes ready = quic_crypto_ready(&collector->crypto);
    bool is_all = collector->crypto.count == 1 && ready.length > 0;
    size_t end = collector->crypto_start + ready.length;
    struct tls_handshake message;
    ready = bytes_from(ready, *taken - collector->crypto_start);
    while (tls_handshake_next(&message, &ready) == DISSECT_OK) {
        *taken = (uint32_t)(end - ready.length);
        handshake_note_message(step, &message);
    }
    if (is_all && *taken == end)
        handshake_collector_drop(step);
}

static void note_crypto(const struct handshake_step *step, const struct quic_frame *frame)
{
    uint32_t taken = step->handshake->quic[step->side].taken[step->quic_messages];
    if (frame->offset + frame->data.length <= taken)
        return;
    struct handshake_collector *collector = handshake_collector_of(step, true);
    if (collector->crypto.count == 0)
        collector->crypto_start = taken;
    uint32_t start = collector->crypto_start;
    uint64_t known = frame->offset < start ? start - frame->offset : 0;
    if (known >= frame->data.length)
        return;
    quic_crypto_add(&collector->crypto, frame->offset + known - start,
                    bytes_from(frame->data, (size_t)known));
    take_messages(step, collector);
}

static void note_close(const struct handshake_step *step, const struct quic_frame *frame)
{
    if (frame->error_code < QUIC_CRYPTO_ERROR || frame->error_code > QUIC_CRYPTO_ERROR_LAST)
        return;
    struct tls_alert alert = {.level = TLS_ALERT_FATAL,
                              .description = (uint8_t)(frame->error_code - QUIC_CRYPTO_ERROR)};
    handshake_note_alert(step, &alert);
}

/* What a 1-RTT packet's CRYPTO frames hold, session tickets, comes after the handshake. */
static void note_frame(const struct handshake_step *step, enum quic_packet_type type,
                       const struct quic_frame *frame)
{
    if (frame->type == QUIC_CRYPTO && type != QUIC_ONE_RTT)
        note_crypto(step, frame);
    else if (frame->type == QUIC_CONNECTION_CLOSE)
        note_close(step, frame);
    else if (frame->type == QUIC_HANDSHAKE_DONE && step->side == HANDSHAKE_SERVER)
        handshake_establish(step);
}

static void note_frames(const struct handshake_step *step, enum quic_packet_type type,
                        struct bytes payload)
{
    struct quic_frame frame;
    while (quic_frame_next(&frame, &payload) == DISSECT_OK)
        note_frame(step, type, &frame);
}

static void note_initial(struct handshake_step *step, const struct quic_packet *packet)
{
    uint8_t plaintext[QUIC_INITIAL_MAXIMUM];
    struct bytes payload;
    if (open_initial(step, packet, plaintext, &payload))
        note_frames(step, QUIC_INITIAL, payload);
}

/* RFC 9000 17.2.5.2: the client starts over with the server's new ID, and keys of it. */
static void note_retry(const struct handshake_step *step, const struct quic_packet *packet)
{
    if (step->side != HANDSHAKE_SERVER || packet->source_id.length == 0)
        return;
    set_client_id(step->handshake, packet, packet->source_id);
    handshake_note_progress(step);
}

static bool is_of_quic(const struct handshake_step *step)
{
    return step->handshake != NULL && step->handshake->protocol == HANDSHAKE_QUIC;
}

static bool is_long(const struct quic_packet *packet)
{
    return packet->type == QUIC_INITIAL || packet->type == QUIC_ZERO_RTT ||
           packet->type == QUIC_HANDSHAKE;
}

static void note_packet(struct handshake_step *step, const struct quic_packet *packet)
{
    if (packet->type == QUIC_INITIAL)
        note_initial(step, packet);
    if (!is_of_quic(step))
        return;
    if (is_long(packet))
        step->handshake->quic[step->side].id_length = (uint8_t)packet->source_id.length;
    if (packet->type == QUIC_RETRY)
        note_retry(step, packet);
    else if (packet->type == QUIC_ONE_RTT && step->handshake->server_hello_seen)
        handshake_note_encrypted(step, ENCRYPTED);
    else if (packet->type != QUIC_INITIAL && step->side == HANDSHAKE_SERVER)
        handshake_note_progress(step);
}

bool handshakes_quic(struct handshakes *handshakes, const struct sighting *sighting,
                     const struct quic_packet *packet, struct event_queue *events)
{
    struct handshake_step step = handshake_step_of(handshakes, sighting, events);
    bool is_vague = packet->type == QUIC_ONE_RTT || packet->type == QUIC_VERSION_NEGOTIATION;
    if (is_vague && !is_of_quic(&step))
        return false;
    note_packet(&step, packet);
    return true;
}

static void note_one_rtt(const struct handshake_step *step, const struct quic_plaintext *plaintext)
{
    struct handshake_quic_side *side = &step->handshake->quic[step->side];
    side->packets++;
    side->key_updates += plaintext->key_phase != side->key_phase;
    side->key_phase = plaintext->key_phase;
    if (plaintext->number > side->highest)
        side->highest = plaintext->number;
}

void handshakes_quic_opened(struct handshakes *handshakes, const struct sighting *sighting,
                            const struct quic_packet *packet,
                            const struct quic_plaintext *plaintext, struct event_queue *events)
{
    struct handshake_step step = handshake_step_of(handshakes, sighting, events);
    if (!is_of_quic(&step))
        return;
    step.quic_messages = QUIC_HANDSHAKE_MESSAGES;
    if (packet->type == QUIC_ONE_RTT)
        note_one_rtt(&step, plaintext);
    note_frames(&step, packet->type, plaintext->payload);
}
