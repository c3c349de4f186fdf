/* SPDX-License-Identifier: MIT */
/* The protection of one direction's records: takes it off and checks it (RFC 5246 6.2.3, RFC 7366,
 * RFC 7905, RFC 6655, RFC 8446 5.2). */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_TLS_PROTECTION_H
#define TURNSCOPE_ANALYZER_CRYPTO_TLS_PROTECTION_H

#include "analyzer/crypto/tls_keys.h"

/* All zero: without keys. The contexts are made with the first keys and used again by later ones.
 */
struct tls_protection {
    const struct tls_suite *suite; /* NULL: without keys */
    struct evp_cipher_ctx_st *cipher;
    struct evp_mac_ctx_st *mac;   /* CBC */
    uint8_t iv[TLS_BLOCK_LENGTH]; /* TLS_IV_LENGTH bytes; TLS 1.0: the last block */
    bool encrypt_then_mac;
    bool chains_records; /* TLS 1.0: the IV of a record is the last block before it */
};

/* A record, and where it stands in its direction's order. DTLS: the sequence number has the epoch
 * in its upper 16 bits (RFC 6347 4.1.2.1). */
struct tls_sealed_record {
    uint64_t sequence;
    uint8_t type;
    uint16_t version; /* as on the wire */
    struct bytes fragment;
};

/* Sets the keys. False, and without keys, when OpenSSL refuses or memory is short. */
bool tls_protection_set(struct tls_protection *protection, const struct tls_suite *suite,
                        const struct tls_keys *keys, bool encrypt_then_mac);

/* Decrypts into `out`, which has room for fragment.length bytes and is the caller's own; *length is
 * that of the content. False: it is not what the keys' owner sealed, and `out` holds rubbish. */
bool tls_protection_open(struct tls_protection *protection, const struct tls_sealed_record *record,
                         uint8_t *out, size_t *length);

/* Frees the contexts and wipes. */
void tls_protection_free(struct tls_protection *protection);

#endif
