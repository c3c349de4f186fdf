/* SPDX-License-Identifier: MIT */
/* From logged secrets to the keys of records: the PRFs up to TLS 1.2 (RFC 2246 5, RFC 5246 5, 6.3)
 * and the key schedule of TLS 1.3 below its traffic secrets (RFC 8446 7.1 to 7.3). */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_TLS_KEYS_H
#define TURNSCOPE_ANALYZER_CRYPTO_TLS_KEYS_H

#include "analyzer/crypto/tls_suite.h"
#include "dissectors/bytes.h"

/* What protects the records of one direction. */
struct tls_keys {
    uint8_t mac_key[TLS_HASH_MAXIMUM]; /* CBC: as long as the MAC's hash */
    uint8_t key[TLS_KEY_MAXIMUM];
    uint8_t iv[TLS_BLOCK_LENGTH]; /* TLS_IV_LENGTH bytes; TLS 1.0: a block */
};

/* HKDF-Expand-Label with an empty context. `length` is at most that of the hash. */
bool tls13_expand_label(const struct evp_md_st *hash, struct bytes secret, const char *label,
                        uint8_t *out, size_t length);

/* The keys of both directions, the client's first, up to TLS 1.2 and DTLS 1.2. Wipe them after use.
 */
bool tls12_keys(struct tls_keys keys[2], uint16_t version, const struct tls_suite *suite,
                struct bytes master, struct bytes client_random, struct bytes server_random);

/* The keys of one direction from its traffic secret. */
bool tls13_keys(struct tls_keys *keys, const struct tls_suite *suite, struct bytes secret);

/* Replaces a traffic secret by the one after a KeyUpdate (RFC 8446 7.2). `secret` has the length of
 * the suite's hash. */
bool tls13_next_secret(const struct tls_suite *suite, uint8_t *secret);

/* Overwrites `count` sets of keys. */
void tls_keys_wipe(struct tls_keys *keys, size_t count);

#endif
