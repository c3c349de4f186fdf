/* SPDX-License-Identifier: MIT */
/* The frames of a decrypted packet (RFC 9000 19, RFC 9221): the handshake in pieces, and why a
 * connection was closed. What others hold is passed over. */
#ifndef TURNSCOPE_DISSECTORS_QUIC_FRAME_H
#define TURNSCOPE_DISSECTORS_QUIC_FRAME_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"

enum quic_frame_type {
    QUIC_PADDING = 0x00,
    QUIC_PING = 0x01,
    QUIC_ACK = 0x02,
    QUIC_ACK_ECN = 0x03,
    QUIC_RESET_STREAM = 0x04,
    QUIC_STOP_SENDING = 0x05,
    QUIC_CRYPTO = 0x06,
    QUIC_NEW_TOKEN = 0x07,
    QUIC_STREAM = 0x08, /* to 0x0f */
    QUIC_MAX_DATA = 0x10,
    QUIC_MAX_STREAM_DATA = 0x11,
    QUIC_MAX_STREAMS = 0x12, /* and 0x13 */
    QUIC_DATA_BLOCKED = 0x14,
    QUIC_STREAM_DATA_BLOCKED = 0x15,
    QUIC_STREAMS_BLOCKED = 0x16, /* and 0x17 */
    QUIC_NEW_CONNECTION_ID = 0x18,
    QUIC_RETIRE_CONNECTION_ID = 0x19,
    QUIC_PATH_CHALLENGE = 0x1a,
    QUIC_PATH_RESPONSE = 0x1b,
    QUIC_CONNECTION_CLOSE = 0x1c,
    QUIC_APPLICATION_CLOSE = 0x1d,
    QUIC_HANDSHAKE_DONE = 0x1e,
    QUIC_DATAGRAM = 0x30, /* and 0x31 */
};

/* RFC 9001 4.8: a TLS alert is told as this error code and its description. */
enum { QUIC_CRYPTO_ERROR = 0x0100, QUIC_CRYPTO_ERROR_LAST = 0x01ff };

struct quic_frame {
    uint64_t type;       /* enum quic_frame_type */
    uint64_t offset;     /* CRYPTO: in the stream of handshake messages */
    struct bytes data;   /* CRYPTO; a close: the reason, text for people */
    uint64_t error_code; /* CONNECTION_CLOSE; APPLICATION_CLOSE has the application's own */
};

/* Takes the next frame off *payload, which moves past it; a run of padding is one frame. NOT_MINE:
 * the payload is used up. MALFORMED: a frame that is not known, or lengths beyond the payload. */
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
