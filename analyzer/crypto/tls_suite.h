/* SPDX-License-Identifier: MIT */
/* The cipher suites that can be decrypted, and what each is made of. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_TLS_SUITE_H
#define TURNSCOPE_ANALYZER_CRYPTO_TLS_SUITE_H

#include <stdbool.h>
#include <stdint.h>

/* Those of OpenSSL by the names of their structures: its headers stay in the files of this folder.
 */
struct evp_cipher_st;
struct evp_md_st;

enum {
    TLS_KEY_MAXIMUM = 32,
    TLS_IV_LENGTH = 12,    /* of a nonce: RFC 5116, RFC 8446 5.3 */
    TLS_BLOCK_LENGTH = 16, /* of AES */
    TLS_HASH_MAXIMUM = 48, /* SHA-384 */
};

/* How records are protected. */
struct tls_cipher {
    const struct evp_cipher_st *(*cipher)(void);
    uint8_t key_length;
    uint8_t fixed_iv_length;       /* of TLS 1.2's key block; TLS 1.3's is TLS_IV_LENGTH */
    uint8_t explicit_nonce_length; /* TLS 1.2: in front of the ciphertext */
    uint8_t tag_length;            /* 0: CBC, whose records end with a MAC and padding */
    bool is_ccm;
};

struct tls_suite {
    uint16_t id;
    const struct tls_cipher *cipher;
    const struct evp_md_st *(*hash)(void); /* of the PRF or HKDF */
    const struct evp_md_st *(*mac)(void);  /* CBC: of the records; else NULL */
};

/* NULL: cannot be decrypted here. */
const struct tls_suite *tls_suite_find(uint16_t id);

static inline bool tls_suite_is_cbc(const struct tls_suite *suite)
{
    return suite->cipher->tag_length == 0;
}

/* Suites of the range 0x13xx are TLS 1.3's, and of no other version. */
static inline bool tls_suite_is_tls13(const struct tls_suite *suite)
{
    return suite->id >> 8 == 0x13;
}

#endif
