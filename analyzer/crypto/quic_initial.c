/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/quic_initial.h"

#include "analyzer/crypto/tls_keys.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { SECRET = 32, SALT = 20, SAMPLE = 16, TAG = 16, NUMBER_MAXIMUM = 4 };

static const struct version {
    uint32_t version;
    uint8_t salt[SALT];
    const char *key, *iv, *header; /* labels */
} versions[] = {
    {QUIC_VERSION_1,
     {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
      0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
     "quic key",
     "quic iv",
     "quic hp"},
    {QUIC_VERSION_2,
     {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
      0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
     "quicv2 key",
     "quicv2 iv",
     "quicv2 hp"},
    {QUIC_VERSION_DRAFT_29,
     {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
      0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99},
     "quic key",
     "quic iv",
     "quic hp"},
};

static const struct version *version_row(uint32_t version)
{
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        if (versions[i].version == version)
            return &versions[i];
    return NULL;
}

bool quic_initial_keys(struct quic_initial_keys *keys, uint32_t version, struct bytes client_id,
                       bool of_client)
{
    const struct version *row = version_row(version);
    const EVP_MD *hash = EVP_sha256();
    uint8_t initial[SECRET];
    uint8_t secret[SECRET];
    /* HKDF-Extract (RFC 5869 2.2) is an HMAC. */
    if (row == NULL || client_id.data == NULL ||
        HMAC(hash, row->salt, SALT, client_id.data, client_id.length, initial, NULL) == NULL)
        return false;
    struct bytes view = bytes_of(secret, SECRET);
    return tls13_expand_label(hash, bytes_of(initial, SECRET),
                              of_client ? "client in" : "server in", secret, SECRET) &&
           tls13_expand_label(hash, view, row->key, keys->key, sizeof keys->key) &&
           tls13_expand_label(hash, view, row->iv, keys->iv, sizeof keys->iv) &&
           tls13_expand_label(hash, view, row->header, keys->header, sizeof keys->header);
}

/* RFC 9001 5.4.3: the mask is the sample, encrypted. */
static bool header_mask(const struct quic_initial_keys *keys, const uint8_t *sample,
                        uint8_t mask[SAMPLE])
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int length = 0;
    bool good = context != NULL &&
                EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), NULL, keys->header, NULL) == 1 &&
                EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
                EVP_EncryptUpdate(context, mask, &length, sample, SAMPLE) == 1 && length == SAMPLE;
    EVP_CIPHER_CTX_free(context);
    return good;
}

/* The header without its protection, and the nonce that its packet number makes (RFC 9001 5.3,
 * 5.4.1). Initial packets are few: their numbers are never cut, so that the bytes are the number.
 */
struct header {
    uint8_t bytes[QUIC_INITIAL_MAXIMUM];
    size_t length;
    uint8_t nonce[12];
};

static bool unprotect_header(struct header *header, const struct quic_initial_keys *keys,
                             const struct quic_packet *packet)
{
    uint8_t mask[SAMPLE];
    size_t offset = packet->number_offset;
    if (!header_mask(keys, packet->raw.data + offset + NUMBER_MAXIMUM, mask))
        return false;
    memcpy(header->bytes, packet->raw.data, offset + NUMBER_MAXIMUM);
    header->bytes[0] ^= mask[0] & 0x0f;
    size_t number_length = (header->bytes[0] & 3u) + 1;
    header->length = offset + number_length;
    memcpy(header->nonce, keys->iv, sizeof header->nonce);
    for (size_t i = 0; i < number_length; i++) {
        header->bytes[offset + i] ^= mask[1 + i];
        header->nonce[sizeof header->nonce - number_length + i] ^= header->bytes[offset + i];
    }
    return true;
}

static bool decrypt(EVP_CIPHER_CTX *context, const struct quic_initial_keys *keys,
                    const struct header *header, struct bytes sealed, uint8_t *plaintext)
{
    int length = 0;
    uint8_t tag[TAG];
    if (sealed.length < TAG)
        return false;
    int text = (int)(sealed.length - TAG);
    memcpy(tag, sealed.data + text, TAG);
    return EVP_DecryptInit_ex(context, EVP_aes_128_gcm(), NULL, keys->key, header->nonce) == 1 &&
           EVP_DecryptUpdate(context, NULL, &length, header->bytes, (int)header->length) == 1 &&
           EVP_DecryptUpdate(context, plaintext, &length, sealed.data, text) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1 &&
           EVP_DecryptFinal_ex(context, plaintext + length, &length) == 1;
}

bool quic_initial_open(const struct quic_initial_keys *keys, const struct quic_packet *packet,
                       uint8_t plaintext[QUIC_INITIAL_MAXIMUM], struct bytes *payload)
{
    struct header header;
    size_t offset = packet->number_offset;
    if (packet->type != QUIC_INITIAL || offset == 0 || packet->raw.length > QUIC_INITIAL_MAXIMUM ||
        packet->raw.length < offset + NUMBER_MAXIMUM + SAMPLE ||
        !unprotect_header(&header, keys, packet))
        return false;
    struct bytes sealed = bytes_from(packet->raw, header.length);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool good = context != NULL && decrypt(context, keys, &header, sealed, plaintext);
    EVP_CIPHER_CTX_free(context);
    *payload = bytes_of(plaintext, good ? sealed.length - TAG : 0);
    return good;
}
