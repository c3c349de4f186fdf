/* SPDX-License-Identifier: MIT */
/* What the parts of the handshake tracker share: streams, datagrams and QUIC packets all end in
 * handshake messages and alerts of one side. For analyzer/track/handshake*.c alone. */
#ifndef TURNSCOPE_ANALYZER_TRACK_HANDSHAKE_STEP_H
#define TURNSCOPE_ANALYZER_TRACK_HANDSHAKE_STEP_H

#include "analyzer/track/handshakes.h"
#include "dissectors/dtls/handshake.h"
#include "dissectors/quic/frame.h"
#include "dissectors/tls/record.h"

/* QUIC: which packets' handshake messages; each kind is a stream of its own (RFC 9000 19.6). */
enum quic_messages { QUIC_INITIAL_MESSAGES, QUIC_HANDSHAKE_MESSAGES };

/* One packet's effect on one handshake. */
struct handshake_step {
    struct handshakes *handshakes;
    struct handshake *handshake;
    const struct sighting *sighting;
    enum handshake_side side; /* who sent the packet */
    enum quic_messages quic_messages;
    struct event_queue *events;
};

/* A message that spans records or datagrams, one for each side of a handshake. */
struct handshake_collector {
    struct handshake_collector_key {
        uint64_t number;
        uint32_t side;
        uint32_t quic_messages; /* enum quic_messages */
    } key;
    struct tls_collector stream;
    struct dtls_collector datagrams;
    struct quic_crypto crypto;
    uint32_t crypto_start; /* where in the stream of messages `crypto` begins */
    uint8_t buffer[LIMIT_HANDSHAKE_MESSAGE];
};

/* A handshake that waits for the far side. */
struct handshake_waiting {
    struct record_id handshake;
    int64_t since;
};

/* The step of this packet in the flow's latest handshake; step->handshake is NULL when there is
 * none. */
struct handshake_step handshake_step_of(struct handshakes *handshakes,
                                        const struct sighting *sighting,
                                        struct event_queue *events);

/* Begins a handshake on the flow; this packet's sender is `side` of it. */
void handshake_begin(struct handshake_step *step, enum handshake_protocol protocol,
                     enum handshake_side side);

/* A handshake message in the clear, whole or cut. */
void handshake_note_message(const struct handshake_step *step, const struct tls_handshake *message);

/* A ClientHello already decoded. `cut`: not all of it was there. */
void handshake_note_client_hello(const struct handshake_step *step,
                                 const struct tls_client_hello *hello, bool cut);

void handshake_note_alert(const struct handshake_step *step, const struct tls_alert *alert);

/* An alert that can only be recognised. */
void handshake_note_hidden_alert(const struct handshake_step *step);

/* Finished, encrypted as it usually is: established once both sides have sent it. */
void handshake_note_finished(const struct handshake_step *step);

/* Keeps the chain (once) and makes it the handshake's; false when it cannot be read. */
bool handshake_add_chain(const struct handshake_step *step, const struct bytes *ders, size_t kept,
                         size_t sent);

/* Adds an event about this packet. */
void handshake_tell(const struct handshake_step *step, enum event_kind kind,
                    const struct evidence *evidence);

/* An encrypted record of TLS or DTLS 1.3 after the ServerHello. */
void handshake_note_encrypted(const struct handshake_step *step, size_t length);

void handshake_establish(const struct handshake_step *step);

/* The server answered with something that is not TLS. */
void handshake_note_other_answer(const struct handshake_step *step, struct bytes answer);

/* The handshake goes on behind the ClientHello. A client that goes on has been answered, in the
 * capture or outside of it. */
void handshake_note_progress(const struct handshake_step *step);

/* The far side's turn has come: silence counts from now. */
void handshake_wait(const struct handshake_step *step);

/* Evidence of this packet; `kind` as evidence.h says. */
struct evidence handshake_evidence(const struct handshake_step *step, uint16_t kind);

static inline struct handshake_stream *handshake_stream_of(const struct handshake_step *step)
{
    return &step->handshake->stream[step->sighting->from];
}

/* The sender's collector, or NULL; with `make`, never NULL. */
struct handshake_collector *handshake_collector_of(const struct handshake_step *step, bool make);
void handshake_collector_drop(const struct handshake_step *step);

#endif
