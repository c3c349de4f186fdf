/* SPDX-License-Identifier: MIT */
/* TLS handshake messages (RFC 5246 7.4, RFC 8446 4). They are cut into records without regard to
 * their borders: a record may hold several, and one may span many records.
 *
 *   0        1                          4
 * +--------+--------+--------+--------+---------------
 * |  type  |          length          |  body ...
 * +--------+--------+--------+--------+---------------
 */
#ifndef TURNSCOPE_DISSECTORS_TLS_HANDSHAKE_H
#define TURNSCOPE_DISSECTORS_TLS_HANDSHAKE_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"

enum { TLS_HANDSHAKE_HEADER_LENGTH = 4 };

enum tls_handshake_type {
    TLS_HELLO_REQUEST = 0,
    TLS_CLIENT_HELLO = 1,
    TLS_SERVER_HELLO = 2,
    TLS_HELLO_VERIFY_REQUEST = 3, /* DTLS */
    TLS_NEW_SESSION_TICKET = 4,
    TLS_END_OF_EARLY_DATA = 5,
    TLS_ENCRYPTED_EXTENSIONS = 8,
    TLS_CERTIFICATE = 11,
    TLS_SERVER_KEY_EXCHANGE = 12,
    TLS_CERTIFICATE_REQUEST = 13,
    TLS_SERVER_HELLO_DONE = 14,
    TLS_CERTIFICATE_VERIFY = 15,
    TLS_CLIENT_KEY_EXCHANGE = 16,
    TLS_FINISHED = 20,
    TLS_CERTIFICATE_STATUS = 22,
    TLS_KEY_UPDATE = 24,
    TLS_COMPRESSED_CERTIFICATE = 25,
};

struct tls_handshake {
    uint8_t type;      /* enum tls_handshake_type, others by number */
    uint32_t length;   /* of the body, as the message says */
    struct bytes body; /* shorter than `length` when the rest was not kept, or not captured */
};

/* Whether a decoder may blame the sender for a body that ends too early. */
static inline bool tls_handshake_is_cut(const struct tls_handshake *message)
{
    return message->body.length < message->length;
}

/* What a body's decoder answers once its cursor has read everything. */
static inline enum dissect_status tls_body_status(const struct tls_handshake *message, bool failed)
{
    if (!failed)
        return DISSECT_OK;
    return tls_handshake_is_cut(message) ? DISSECT_CUT_SHORT : DISSECT_MALFORMED;
}

/* Takes the message at the start of *fragments (the contents of handshake records), which moves
 * past it. INCOMPLETE: it goes on in a later record; *fragments stays, and what has come is in
 * `body` once the header has. */
enum dissect_status tls_handshake_next(struct tls_handshake *message, struct bytes *fragments);

/* Puts together the messages that span records. The buffer is the caller's, at least
 * TLS_HANDSHAKE_HEADER_LENGTH bytes; it bounds what is kept of a message, not what passes. */
struct tls_collector {
    uint8_t *buffer;
    size_t capacity;
    size_t seen; /* bytes of the current message so far, its header included */
};

/* Consumes *fragment up to the end of the message that it continues or begins. OK: the message is
 * whole; its body is cut at what the buffer holds and is valid until the next call (or until the
 * fragment's bytes go). INCOMPLETE: the fragment is used up. */
enum dissect_status tls_collector_take(struct tls_collector *collector, struct bytes *fragment,
                                       struct tls_handshake *message);

/* The part of the current message that has come, for a stream that ends in its midst; false when
 * not even its header has. */
bool tls_collector_peek(const struct tls_collector *collector, struct tls_handshake *message);

/* A vector of the TLS presentation language (RFC 8446 3.4) whose length field has been read: a
 * cursor over its bytes, or over as many as are there. `c` moves past it, and fails when it was
 * cut, so that a list with a missing end still yields its beginning. */
static inline struct cursor tls_vector(struct cursor *c, size_t length)
{
    struct cursor vector = cursor_of(bytes_first(cursor_rest(c), length));
    cursor_skip(c, length);
    return vector;
}

#endif
