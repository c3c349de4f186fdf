/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/tls_keys.h"

#include "analyzer/crypto/keylog.h"
#include "dissectors/tls/record.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

enum {
    SEED_MAXIMUM = 16 + 2 * KEYLOG_RANDOM, /* a label and two randoms */
    BLOCK_MAXIMUM = 2 * (TLS_HASH_MAXIMUM + TLS_KEY_MAXIMUM + TLS_BLOCK_LENGTH),
    LABEL_MAXIMUM = 32, /* 16-bit length, "tls13 " and a label, an empty context */
};

static bool hmac(const EVP_MD *hash, struct bytes key, const uint8_t *data, size_t length,
                 uint8_t *out)
{
    return HMAC(hash, key.data, (int)key.length, data, length, out, NULL) != NULL;
}

/* RFC 5246 5: P_hash. `block` is A(i) and the seed behind it. */
static bool p_hash(const EVP_MD *hash, struct bytes secret, uint8_t *block, size_t seed_length,
                   uint8_t *out, size_t length)
{
    size_t size = (size_t)EVP_MD_get_size(hash);
    uint8_t part[EVP_MAX_MD_SIZE];
    bool good = hmac(hash, secret, block + size, seed_length, block);
    while (good && length > 0) {
        size_t taken = length < size ? length : size;
        good = hmac(hash, secret, block, size + seed_length, part) &&
               hmac(hash, secret, block, size, block);
        memcpy(out, part, taken);
        out += taken;
        length -= taken;
    }
    OPENSSL_cleanse(part, sizeof part);
    return good;
}

/* Fills `out` with PRF(secret, label, seed). False when OpenSSL refuses. */
static bool tls12_prf(const EVP_MD *hash, struct bytes secret, const char *label, struct bytes seed,
                      uint8_t *out, size_t length)
{
    uint8_t block[EVP_MAX_MD_SIZE + SEED_MAXIMUM];
    size_t size = (size_t)EVP_MD_get_size(hash);
    size_t label_length = strlen(label);
    if (label_length + seed.length > SEED_MAXIMUM)
        return false;
    memcpy(block + size, label, label_length);
    memcpy(block + size + label_length, seed.data, seed.length);
    bool good = p_hash(hash, secret, block, label_length + seed.length, out, length);
    OPENSSL_cleanse(block, sizeof block);
    return good;
}

/* The PRF of TLS 1.0 and 1.1: of MD5 with one half of the secret, and SHA-1 with the other. */
static bool tls10_prf(struct bytes secret, const char *label, struct bytes seed, uint8_t *out,
                      size_t length)
{
    uint8_t other[BLOCK_MAXIMUM];
    size_t half = secret.length - secret.length / 2;
    if (length > sizeof other ||
        !tls12_prf(EVP_md5(), bytes_first(secret, half), label, seed, out, length) ||
        !tls12_prf(EVP_sha1(), bytes_from(secret, secret.length - half), label, seed, other,
                   length))
        return false;
    for (size_t i = 0; i < length; i++)
        out[i] ^= other[i];
    OPENSSL_cleanse(other, sizeof other);
    return true;
}

/* RFC 8446 7.1, RFC 5869 2.3. Nothing that TLS derives is longer than one block of HKDF-Expand, so
 * that its output is one HMAC over the label and the block's number, 1. */
bool tls13_expand_label(const EVP_MD *hash, struct bytes secret, const char *label, uint8_t *out,
                        size_t length)
{
    static const char prefix[] = {'t', 'l', 's', '1', '3', ' '};
    uint8_t info[LABEL_MAXIMUM];
    uint8_t block[EVP_MAX_MD_SIZE];
    size_t label_length = strlen(label);
    size_t end = 3 + sizeof prefix + label_length;
    if (end + 2 > sizeof info || length > (size_t)EVP_MD_get_size(hash))
        return false;
    info[0] = 0;
    info[1] = (uint8_t)length;
    info[2] = (uint8_t)(sizeof prefix + label_length);
    memcpy(info + 3, prefix, sizeof prefix);
    memcpy(info + 3 + sizeof prefix, label, label_length);
    info[end] = 0;
    info[end + 1] = 1;
    bool good = hmac(hash, secret, info, end + 2, block);
    memcpy(out, block, length);
    OPENSSL_cleanse(block, sizeof block);
    return good;
}

static void deal(struct cursor *block, uint8_t *to, size_t length)
{
    struct bytes part = cursor_take(block, length);
    if (part.length > 0)
        memcpy(to, part.data, part.length);
}

/* RFC 5246 6.3: what is made of the key block, in its order. TLS 1.0's ends with the IVs of the
 * first blocks (RFC 2246 6.3). */
static void partition(struct tls_keys keys[2], uint16_t version, const struct tls_suite *suite,
                      struct bytes block)
{
    size_t iv_length = version == TLS_1_0 ? TLS_BLOCK_LENGTH : suite->cipher->fixed_iv_length;
    struct cursor cursor = cursor_of(block);
    size_t mac_length = suite->mac != NULL ? (size_t)EVP_MD_get_size(suite->mac()) : 0;
    for (int i = 0; i < 2; i++)
        deal(&cursor, keys[i].mac_key, mac_length);
    for (int i = 0; i < 2; i++)
        deal(&cursor, keys[i].key, suite->cipher->key_length);
    for (int i = 0; i < 2; i++)
        deal(&cursor, keys[i].iv, iv_length);
}

static bool has_old_prf(uint16_t version)
{
    return version == TLS_1_0 || version == TLS_1_1 || version == DTLS_1_0;
}

bool tls12_keys(struct tls_keys keys[2], uint16_t version, const struct tls_suite *suite,
                struct bytes master, struct bytes client_random, struct bytes server_random)
{
    uint8_t seed[2 * KEYLOG_RANDOM];
    uint8_t block[BLOCK_MAXIMUM];
    if (client_random.length != KEYLOG_RANDOM || server_random.length != KEYLOG_RANDOM)
        return false;
    memcpy(seed, server_random.data, KEYLOG_RANDOM);
    memcpy(seed + KEYLOG_RANDOM, client_random.data, KEYLOG_RANDOM);
    struct bytes view = bytes_of(seed, sizeof seed);
    bool good = has_old_prf(version)
                    ? tls10_prf(master, "key expansion", view, block, sizeof block)
                    : tls12_prf(suite->hash(), master, "key expansion", view, block, sizeof block);
    if (good)
        partition(keys, version, suite, bytes_of(block, sizeof block));
    OPENSSL_cleanse(block, sizeof block);
    return good;
}

bool tls13_keys(struct tls_keys *keys, const struct tls_suite *suite, struct bytes secret)
{
    const EVP_MD *hash = suite->hash();
    return secret.length == (size_t)EVP_MD_get_size(hash) &&
           tls13_expand_label(hash, secret, "key", keys->key, suite->cipher->key_length) &&
           tls13_expand_label(hash, secret, "iv", keys->iv, TLS_IV_LENGTH);
}

bool tls13_next_secret(const struct tls_suite *suite, uint8_t *secret)
{
    const EVP_MD *hash = suite->hash();
    size_t length = (size_t)EVP_MD_get_size(hash);
    return tls13_expand_label(hash, bytes_of(secret, length), "traffic upd", secret, length);
}

void tls_keys_wipe(struct tls_keys *keys, size_t count)
{
    OPENSSL_cleanse(keys, count * sizeof *keys);
}
