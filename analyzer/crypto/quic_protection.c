/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/quic_protection.h"

#include "analyzer/crypto/aead.h"
#include "analyzer/crypto/tls_keys.h"

#include <openssl/crypto.h>

enum { SAMPLE = 16, NUMBER_MAXIMUM = 4, MASK = 1 + NUMBER_MAXIMUM };

/* How the mask of a header is made (RFC 9001 5.4.3, 5.4.4). */
static const struct header_cipher {
    uint16_t suite;
    const EVP_CIPHER *(*cipher)(void);
    bool is_stream; /* else the sample is a block to be encrypted */
} header_ciphers[] = {
    {0x1301, EVP_aes_128_ecb, false},
    {0x1302, EVP_aes_256_ecb, false},
    {0x1303, EVP_chacha20, true},
    {0x1304, EVP_aes_128_ecb, false},
};

static const struct header_cipher *find_header_cipher(const struct tls_suite *suite)
{
    for (size_t i = 0; i < sizeof header_ciphers / sizeof header_ciphers[0]; i++)
        if (suite != NULL && header_ciphers[i].suite == suite->id)
            return &header_ciphers[i];
    return NULL;
}

static const struct labels {
    uint32_t version;
    const char *key, *iv, *header, *update;
} labels[] = {
    {QUIC_VERSION_1, "quic key", "quic iv", "quic hp", "quic ku"},
    {QUIC_VERSION_2, "quicv2 key", "quicv2 iv", "quicv2 hp", "quicv2 ku"},
    {QUIC_VERSION_DRAFT_29, "quic key", "quic iv", "quic hp", "quic ku"},
};

static const struct labels *find_labels(uint32_t version)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (labels[i].version == version)
            return &labels[i];
    return NULL;
}

bool quic_keys_derive(struct quic_keys *keys, uint32_t version, const struct tls_suite *suite,
                      struct bytes secret)
{
    const struct labels *label = find_labels(version);
    if (label == NULL || find_header_cipher(suite) == NULL ||
        secret.length != (size_t)EVP_MD_get_size(suite->hash()))
        return false;
    const EVP_MD *hash = suite->hash();
    size_t key_length = suite->cipher->key_length;
    return tls13_expand_label(hash, secret, label->key, keys->key, key_length) &&
           tls13_expand_label(hash, secret, label->iv, keys->iv, sizeof keys->iv) &&
           tls13_expand_label(hash, secret, label->header, keys->header, key_length);
}

bool quic_next_secret(uint32_t version, const struct tls_suite *suite, uint8_t *secret)
{
    const struct labels *label = find_labels(version);
    size_t length = (size_t)EVP_MD_get_size(suite->hash());
    return label != NULL && tls13_expand_label(suite->hash(), bytes_of(secret, length),
                                               label->update, secret, length);
}

static bool set_header_key(struct quic_protection *p, const struct tls_suite *suite,
                           const uint8_t *key)
{
    const struct header_cipher *row = find_header_cipher(suite);
    if (p->header == NULL)
        p->header = EVP_CIPHER_CTX_new();
    return row != NULL && p->header != NULL && EVP_CIPHER_CTX_reset(p->header) &&
           EVP_EncryptInit_ex(p->header, row->cipher(), NULL, key, NULL) &&
           EVP_CIPHER_CTX_set_padding(p->header, 0);
}

bool quic_protection_set(struct quic_protection *protection, const struct tls_suite *suite,
                         const struct quic_keys *keys, bool same_header)
{
    protection->suite = NULL;
    if (protection->payload == NULL)
        protection->payload = EVP_CIPHER_CTX_new();
    if (protection->payload == NULL || !aead_set_key(protection->payload, suite->cipher, keys->key))
        return false;
    if (!same_header && !set_header_key(protection, suite, keys->header))
        return false;
    memcpy(protection->iv, keys->iv, sizeof protection->iv);
    protection->suite = suite;
    return true;
}

/* The sample is a block for AES, and counter and nonce for ChaCha20. */
static bool make_mask(const struct quic_protection *p, const uint8_t *sample, uint8_t mask[SAMPLE])
{
    static const uint8_t zeros[MASK] = {0};
    bool is_stream = find_header_cipher(p->suite)->is_stream;
    int length = 0;
    if (is_stream)
        return EVP_EncryptInit_ex(p->header, NULL, NULL, NULL, sample) == 1 &&
               EVP_EncryptUpdate(p->header, mask, &length, zeros, MASK) == 1;
    return EVP_EncryptUpdate(p->header, mask, &length, sample, SAMPLE) == 1 && length == SAMPLE;
}

/* RFC 9000 A.3: the number nearest to the expected one that ends in these bits. */
static uint64_t whole_number(uint64_t expected, uint64_t truncated, size_t bytes)
{
    uint64_t window = UINT64_C(1) << (8 * bytes);
    uint64_t candidate = (expected & ~(window - 1)) | truncated;
    if (candidate + window / 2 <= expected && candidate < (UINT64_C(1) << 62) - window)
        return candidate + window;
    if (candidate > expected + window / 2 && candidate >= window)
        return candidate - window;
    return candidate;
}

bool quic_protection_header(struct quic_protection *protection, const struct quic_packet *packet,
                            uint64_t expected, struct quic_header *header)
{
    enum { LONG_BITS = 0x0f, SHORT_BITS = 0x1f, KEY_PHASE = 0x04 };
    uint8_t mask[SAMPLE];
    size_t offset = packet->number_offset;
    if (protection->suite == NULL || offset + NUMBER_MAXIMUM > QUIC_HEADER_MAXIMUM ||
        packet->raw.length < offset + NUMBER_MAXIMUM + SAMPLE ||
        !make_mask(protection, packet->raw.data + offset + NUMBER_MAXIMUM, mask))
        return false;
    memcpy(header->bytes, packet->raw.data, offset + NUMBER_MAXIMUM);
    bool is_long = (header->bytes[0] & QUIC_LONG_HEADER) != 0;
    header->bytes[0] ^= mask[0] & (is_long ? LONG_BITS : SHORT_BITS);
    header->key_phase = !is_long && (header->bytes[0] & KEY_PHASE) != 0;
    size_t size = (header->bytes[0] & 3u) + 1;
    uint64_t truncated = 0;
    for (size_t i = 0; i < size; i++) {
        header->bytes[offset + i] ^= mask[1 + i];
        truncated = truncated << 8 | header->bytes[offset + i];
    }
    header->length = (uint16_t)(offset + size);
    header->number = whole_number(expected, truncated, size);
    return true;
}

bool quic_protection_open(struct quic_protection *protection, const struct quic_packet *packet,
                          const struct quic_header *header, uint8_t *out, size_t *length)
{
    uint8_t nonce[TLS_IV_LENGTH];
    memcpy(nonce, protection->iv, sizeof nonce);
    for (size_t i = 0; i < 8; i++)
        nonce[TLS_IV_LENGTH - 1 - i] ^= (uint8_t)(header->number >> (8 * i));
    const struct aead_sealed sealed = {nonce, bytes_of(header->bytes, header->length),
                                       bytes_from(packet->raw, header->length)};
    return aead_open(protection->payload, protection->suite->cipher, &sealed, out, length);
}

void quic_protection_free(struct quic_protection *protection)
{
    EVP_CIPHER_CTX_free(protection->payload);
    EVP_CIPHER_CTX_free(protection->header);
    OPENSSL_cleanse(protection, sizeof *protection);
}
