/* SPDX-License-Identifier: MIT */
/* The protection of QUIC packets: takes it off their headers and payloads (RFC 9001 5). */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_QUIC_PROTECTION_H
#define TURNSCOPE_ANALYZER_CRYPTO_QUIC_PROTECTION_H

#include "analyzer/crypto/tls_suite.h"
#include "dissectors/quic/packet.h"

enum { QUIC_HEADER_MAXIMUM = 2048 /* what is longer than a path's MTU is no header */ };

/* What protects the packets of one direction. */
struct quic_keys {
    uint8_t key[TLS_KEY_MAXIMUM];
    uint8_t iv[TLS_IV_LENGTH];
    uint8_t header[TLS_KEY_MAXIMUM]; /* as long as `key` */
};

/* All zero: without keys. */
struct quic_protection {
    const struct tls_suite *suite; /* NULL: without keys */
    struct evp_cipher_ctx_st *payload;
    struct evp_cipher_ctx_st *header;
    uint8_t iv[TLS_IV_LENGTH];
};

/* A header in the clear. */
struct quic_header {
    uint64_t number;
    bool key_phase; /* of a short header (RFC 9001 6) */
    uint16_t length;
    uint8_t bytes[QUIC_HEADER_MAXIMUM];
};

/* The keys that a secret of TLS gives (RFC 9001 5.1, RFC 9369 3.3.2). False when the secret is not
 * as long as the suite's hash, or the version or suite is not QUIC's. */
bool quic_keys_derive(struct quic_keys *keys, uint32_t version, const struct tls_suite *suite,
                      struct bytes secret);

/* Replaces a secret by the one of the next key phase (RFC 9001 6.1). */
bool quic_next_secret(uint32_t version, const struct tls_suite *suite, uint8_t *secret);

/* Sets the keys; with `same_header`, those of the header stay (RFC 9001 6). False, and without
 * keys, when OpenSSL refuses or memory is short. */
bool quic_protection_set(struct quic_protection *protection, const struct tls_suite *suite,
                         const struct quic_keys *keys, bool same_header);

/* Reads the protected part of the header, which is believed only when the payload opens too.
 * `number_offset` of the packet is set; of a short header that is behind the connection ID.
 * `expected` is one more than the highest packet number so far. False: the packet is too short. */
bool quic_protection_header(struct quic_protection *protection, const struct quic_packet *packet,
                            uint64_t expected, struct quic_header *header);

/* Decrypts the payload behind the header into `out`, which has room for it; *length is that of the
 * frames. False: it was not sealed with these keys. */
bool quic_protection_open(struct quic_protection *protection, const struct quic_packet *packet,
                          const struct quic_header *header, uint8_t *out, size_t *length);

/* Frees the contexts and wipes. */
void quic_protection_free(struct quic_protection *protection);

#endif
