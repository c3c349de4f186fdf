/* SPDX-License-Identifier: MIT */
/* Decryption of QUIC connections whose secrets a key log has: Handshake and 1-RTT packets. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_QUIC_SESSION_H
#define TURNSCOPE_ANALYZER_CRYPTO_QUIC_SESSION_H

#include "analyzer/crypto/quic_protection.h"
#include "analyzer/crypto/tls_decrypt.h"

/* Packets are numbered in each on their own (RFC 9000 12.3). */
enum quic_space { QUIC_SPACE_HANDSHAKE, QUIC_SPACE_ONE_RTT, QUIC_SPACES };

struct quic_session_direction {
    struct quic_protection protection[QUIC_SPACES];
    uint64_t expected[QUIC_SPACES];   /* one more than the highest packet number so far */
    uint8_t secret[TLS_HASH_MAXIMUM]; /* 1-RTT: of the key phase that the direction is in */
    bool key_phase;
    uint8_t missed; /* packets that went by without keys since the last that was decrypted */
};

struct quic_session {
    struct record_id key;          /* whose session it is: the caller's id of the connection */
    const struct tls_suite *suite; /* NULL: not known yet, or none of QUIC's */
    uint32_t version;
    uint8_t client_random[TLS_RANDOM_LENGTH];
    struct quic_session_direction directions[2]; /* enum tls_direction */
};

struct quic_sessions {
    struct table table;
    const struct keylog *keylog;
    uint8_t scratch[TLS_FRAGMENT_MAXIMUM];
};

/* The payload is valid until the next call with any session. */
struct quic_plaintext {
    uint64_t number;
    bool key_phase; /* 1-RTT */
    struct bytes payload;
};

/* 0, or -1 when memory is short. `keylog` outlives the sessions. */
int quic_sessions_init(struct quic_sessions *sessions, uint32_t capacity,
                       const struct keylog *keylog);
void quic_sessions_free(struct quic_sessions *sessions);

/* The session with this key, made when there is none. When more than `capacity` connections are
 * open, the one that was longest without a packet is given up. */
struct quic_session *quic_session_open(struct quic_sessions *sessions, struct record_id key);

/* A Handshake or 1-RTT packet with its number_offset set; in any order. A packet that does not
 * authenticate ends nothing: it is answered TLS_DECRYPT_WRONG_KEYS. */
enum tls_decrypt_status quic_session_packet(struct quic_sessions *sessions,
                                            struct quic_session *session, enum tls_direction from,
                                            const struct quic_packet *packet,
                                            struct quic_plaintext *plaintext);

/* TLS_MISSED_MAXIMUM packets went by without being decrypted. */
bool quic_session_is_over(const struct quic_session *session, enum tls_direction from);

#endif
