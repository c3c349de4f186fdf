/* SPDX-License-Identifier: MIT */
/* Decryption of TLS 1.0 to 1.3, DTLS 1.0 and 1.2 connections whose secrets a key log has.
 *
 * A session is fed the hellos of its connection and then every record of either direction in order;
 * it gives back what they hold. Records that are not protected pass through, so that a caller need
 * not know where protection begins. The secrets may come into the key log after the hellos did. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_TLS_DECRYPT_H
#define TURNSCOPE_ANALYZER_CRYPTO_TLS_DECRYPT_H

#include "analyzer/crypto/keylog.h"
#include "analyzer/crypto/tls_protection.h"
#include "dissectors/tls/hello.h"
#include "dissectors/tls/record.h"

enum tls_direction { TLS_FROM_CLIENT, TLS_FROM_SERVER };

enum tls_decrypt_status {
    TLS_DECRYPT_PLAIN,   /* not protected: the plaintext is the fragment */
    TLS_DECRYPT_OK,      /* decrypted and authenticated */
    TLS_DECRYPT_SKIPPED, /* 0-RTT data whose secret is not logged; what follows can be decrypted */
    TLS_DECRYPT_NO_KEYS, /* the log does not have the secret that this record needs */
    /* From here on the direction has ended: each further record gets the same answer. */
    TLS_DECRYPT_WRONG_KEYS,  /* the authentication failed: the secrets are of something else */
    TLS_DECRYPT_UNSUPPORTED, /* a version or cipher suite that is not known here, renegotiation */
    TLS_DECRYPT_LOST,        /* the capture lacks segments: tls_session_lost was called */
};

/* The view is valid until the next call with any session. */
struct tls_plaintext {
    uint8_t type; /* enum tls_content_type; of a TLS 1.3 record the inner one */
    struct bytes bytes;
};

/* A live capture can see records before the browser has logged their secret. So many may go by. */
enum { TLS_MISSED_MAXIMUM = 32 };

/* Which keys a direction of TLS 1.3 is using. */
enum tls_epoch { TLS_EPOCH_PLAIN, TLS_EPOCH_EARLY, TLS_EPOCH_HANDSHAKE, TLS_EPOCH_TRAFFIC };

struct tls_session_direction {
    struct tls_protection protection;
    uint64_t sequence; /* of the next record */
    uint8_t end;       /* enum tls_decrypt_status; TLS_DECRYPT_PLAIN: goes on */
    uint8_t epoch;     /* enum tls_epoch; up to TLS 1.2: plain, or traffic after ChangeCipherSpec */
    uint8_t loaded;    /* enum tls_epoch whose keys `protection` has */
    uint8_t missed;    /* records that went by without keys since the last that was decrypted */
    uint8_t secret[TLS_HASH_MAXIMUM]; /* TLS 1.3: the one that the next KeyUpdate starts from */
    uint8_t collected[TLS_HANDSHAKE_HEADER_LENGTH];
    struct tls_collector collector; /* sees where Finished and KeyUpdate end */
};

struct tls_session {
    struct record_id key; /* whose session it is: the caller's id of the connection */
    const struct tls_suite *suite;
    uint16_t version; /* 0: no ServerHello yet */
    bool has_client_random;
    bool offers_early_data;
    bool encrypt_then_mac;
    bool unsupported;
    uint8_t client_random[TLS_RANDOM_LENGTH];
    uint8_t server_random[TLS_RANDOM_LENGTH];
    struct tls_session_direction directions[2]; /* enum tls_direction */
};

struct tls_sessions {
    struct table table;
    const struct keylog *keylog;
    uint8_t scratch[TLS_FRAGMENT_MAXIMUM];
};

/* 0, or -1 when memory is short. `keylog` outlives the sessions. */
int tls_sessions_init(struct tls_sessions *sessions, uint32_t capacity,
                      const struct keylog *keylog);
void tls_sessions_free(struct tls_sessions *sessions);

/* The session with this key, made when there is none. When more than `capacity` connections are
 * open, the one that was longest without a record is given up. */
struct tls_session *tls_session_open(struct tls_sessions *sessions, struct record_id key);
/* NULL when there is none. */
struct tls_session *tls_session_find(struct tls_sessions *sessions, struct record_id key);

/* The hellos of the connection: they name its secrets, version and cipher suite. One that the
 * capture cut inside its random is passed over, and so is a HelloRetryRequest. */
void tls_session_client_hello(struct tls_session *session, const struct tls_client_hello *hello);
void tls_session_server_hello(struct tls_session *session, const struct tls_server_hello *hello);

/* The next record of a direction. `record` must be whole. */
enum tls_decrypt_status tls_session_record(struct tls_sessions *sessions,
                                           struct tls_session *session, enum tls_direction from,
                                           const struct tls_record *record,
                                           struct tls_plaintext *plaintext);

/* DTLS 1.2: a record with its number on the wire, the epoch in the upper 16 bits; in any order. A
 * record that does not authenticate ends nothing here: it is answered TLS_DECRYPT_WRONG_KEYS. */
enum tls_decrypt_status tls_session_datagram(struct tls_sessions *sessions,
                                             struct tls_session *session, enum tls_direction from,
                                             const struct tls_sealed_record *record,
                                             struct tls_plaintext *plaintext);

/* Nothing more will be decrypted in this direction: it has ended, or TLS_MISSED_MAXIMUM records
 * went by without keys. */
bool tls_session_is_over(const struct tls_session *session, enum tls_direction from);

/* Segments are missing: what follows in this direction cannot be decrypted. */
void tls_session_lost(struct tls_session *session, enum tls_direction from);

#endif
