/* SPDX-License-Identifier: MIT */
/* The frames of a decrypted Initial packet (RFC 9000 17.2.2, 19): the handshake in pieces, and why
 * a connection was closed. */
#ifndef TURNSCOPE_DISSECTORS_QUIC_FRAME_H
#define TURNSCOPE_DISSECTORS_QUIC_FRAME_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"

enum quic_frame_type {
    QUIC_PADDING = 0x00,
    QUIC_PING = 0x01,
    QUIC_ACK = 0x02,
    QUIC_ACK_ECN = 0x03,
    QUIC_CRYPTO = 0x06,
    QUIC_CONNECTION_CLOSE = 0x1c,
};

/* RFC 9001 4.8: a TLS alert is told as this error code and its description. */
enum { QUIC_CRYPTO_ERROR = 0x0100, QUIC_CRYPTO_ERROR_LAST = 0x01ff };

struct quic_frame {
    uint64_t type;       /* enum quic_frame_type */
    uint64_t offset;     /* CRYPTO: in the stream of handshake messages */
    struct bytes data;   /* CRYPTO; CONNECTION_CLOSE: the reason, text for people */
    uint64_t error_code; /* CONNECTION_CLOSE */
};

/* Takes the next frame off *payload, which moves past it; a run of padding is one frame. NOT_MINE:
 * the payload is used up. MALFORMED: a frame that an Initial packet must not have, or lengths
 * beyond the payload. */
enum dissect_status quic_frame_next(struct quic_frame *frame, struct bytes *payload);

enum { QUIC_CRYPTO_RANGES = 32 };

/* Puts the CRYPTO frames of one side together; browsers cut their ClientHello into many and send
 * them in any order. The buffer is the caller's and bounds what is kept. */
struct quic_crypto {
    uint8_t *buffer;
    size_t capacity;
    struct quic_crypto_range {
        uint32_t start;
        uint32_t end;
    } ranges[QUIC_CRYPTO_RANGES]; /* in order, with gaps between them */
    size_t count;
};

/* Stores a frame's bytes; those beyond the buffer, or one range too many, are dropped. */
void quic_crypto_add(struct quic_crypto *crypto, uint64_t offset, struct bytes data);

/* The bytes from the beginning up to the first gap. */
struct bytes quic_crypto_ready(const struct quic_crypto *crypto);

#endif
