/* SPDX-License-Identifier: MIT */
/* Authenticated decryption (RFC 5116) with the ciphers of TLS suites, as records and QUIC packets
 * use it. */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_AEAD_H
#define TURNSCOPE_ANALYZER_CRYPTO_AEAD_H

#include "analyzer/crypto/tls_suite.h"
#include "dissectors/bytes.h"

#include <openssl/evp.h>

/* One sealed text. */
struct aead_sealed {
    const uint8_t *nonce; /* TLS_IV_LENGTH bytes */
    struct bytes additional;
    struct bytes text; /* the tag of the cipher's length stands behind it */
};

/* Makes `context` ready for this key; not for a CBC cipher. False when OpenSSL refuses. */
bool aead_set_key(EVP_CIPHER_CTX *context, const struct tls_cipher *cipher, const uint8_t *key);

/* Decrypts into `out`, which has room for the text without its tag; *length is that. False: the
 * text was not sealed with this key, and `out` holds rubbish. */
bool aead_open(EVP_CIPHER_CTX *context, const struct tls_cipher *cipher,
               const struct aead_sealed *sealed, uint8_t *out, size_t *length);

#endif
