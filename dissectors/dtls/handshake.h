/* SPDX-License-Identifier: MIT */
/* DTLS handshake messages (RFC 6347 4.2, RFC 9147 5): the header of TLS, and where in the message
 * this fragment belongs.
 *
 *   0        1                 4                 6                 9                12
 * +--------+--- ... ---+-----------------+-----------------+-----------------+---------------
 * |  type  |  length   | message number  | fragment offset | fragment length |  fragment ...
 * +--------+--- ... ---+-----------------+-----------------+-----------------+---------------
 */
#ifndef TURNSCOPE_DISSECTORS_DTLS_HANDSHAKE_H
#define TURNSCOPE_DISSECTORS_DTLS_HANDSHAKE_H

#include "dissectors/tls/handshake.h"

struct dtls_handshake {
    uint8_t type;    /* enum tls_handshake_type */
    uint32_t length; /* of the whole message's body */
    uint16_t number; /* counts the messages of one side */
    uint32_t fragment_offset;
    uint32_t fragment_length;
    struct bytes fragment; /* shorter than fragment_length only when CUT_SHORT */
};

/* Takes the next message, or piece of one, off *fragment (the contents of a handshake record of
 * epoch 0), which moves past it. NOT_MINE: *fragment is used up. `cut`: as dtls_record_next.
 * MALFORMED: lengths contradict each other. */
enum dissect_status dtls_handshake_next(struct dtls_handshake *handshake, struct bytes *fragment,
                                        bool cut);

/* Whether this is the whole message. */
static inline bool dtls_handshake_is_whole(const struct dtls_handshake *handshake)
{
    return handshake->fragment_length == handshake->length;
}

/* The message as the decoders of dissectors/tls/ take it. Of a fragment at offset 0 they decode the
 * beginning and answer CUT_SHORT; a later fragment gives an empty body. */
struct tls_handshake dtls_handshake_message(const struct dtls_handshake *handshake);

/* Puts one message together from its fragments. The buffer is the caller's; fragments are taken in
 * order only, one that leaves a gap is dropped: the sender repeats the whole flight. */
struct dtls_collector {
    uint8_t *buffer;
    size_t capacity;
    size_t length; /* bytes of the body so far */
    uint32_t whole;
    uint16_t number;
    uint8_t type;
};

/* Adds a fragment; one of another message begins anew. OK: *message is whole (cut at what the
 * buffer holds), valid until the next call. INCOMPLETE: *message is what has come so far. */
enum dissect_status dtls_collector_take(struct dtls_collector *collector,
                                        const struct dtls_handshake *handshake,
                                        struct tls_handshake *message);

#endif
