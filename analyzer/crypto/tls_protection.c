/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/tls_protection.h"

#include "analyzer/crypto/aead.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>

enum {
    SEQUENCE_LENGTH = 8,
    HEADER_LENGTH = 5,
    ADDITIONAL_MAXIMUM = SEQUENCE_LENGTH + HEADER_LENGTH,
};

static bool set_cipher(struct tls_protection *p, const struct tls_suite *suite,
                       const struct tls_keys *keys)
{
    const struct tls_cipher *cipher = suite->cipher;
    if (p->cipher == NULL)
        p->cipher = EVP_CIPHER_CTX_new();
    if (p->cipher == NULL)
        return false;
    if (!tls_suite_is_cbc(suite))
        return aead_set_key(p->cipher, cipher, keys->key);
    return EVP_CIPHER_CTX_reset(p->cipher) &&
           EVP_DecryptInit_ex(p->cipher, cipher->cipher(), NULL, keys->key, NULL) &&
           EVP_CIPHER_CTX_set_padding(p->cipher, 0);
}

static bool set_mac(struct tls_protection *p, const struct tls_suite *suite,
                    const struct tls_keys *keys)
{
    EVP_MAC_CTX_free(p->mac);
    p->mac = NULL;
    if (suite->mac == NULL)
        return true;
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    p->mac = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);
    char *digest = (char *)(uintptr_t)EVP_MD_get0_name(suite->mac());
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return p->mac != NULL &&
           EVP_MAC_init(p->mac, keys->mac_key, (size_t)EVP_MD_get_size(suite->mac()), parameters);
}

bool tls_protection_set(struct tls_protection *protection, const struct tls_suite *suite,
                        const struct tls_keys *keys, bool encrypt_then_mac)
{
    protection->suite = NULL;
    if (!set_cipher(protection, suite, keys) || !set_mac(protection, suite, keys))
        return false;
    memcpy(protection->iv, keys->iv, sizeof protection->iv);
    protection->encrypt_then_mac = encrypt_then_mac;
    protection->suite = suite;
    return true;
}

static void put_sequence(uint8_t *to, uint64_t sequence)
{
    for (int i = 0; i < SEQUENCE_LENGTH; i++)
        to[i] = (uint8_t)(sequence >> (56 - 8 * i));
}

static void put_header(uint8_t *to, const struct tls_sealed_record *record, size_t length)
{
    to[0] = record->type;
    to[1] = (uint8_t)(record->version >> 8);
    to[2] = (uint8_t)record->version;
    to[3] = (uint8_t)(length >> 8);
    to[4] = (uint8_t)length;
}

/* GCM and CCM of TLS 1.2 (RFC 5288 3): a fixed part and one that the record carries. The others:
 * the sequence number is combined with the IV (RFC 7905 2, RFC 8446 5.3). */
static void make_nonce(const struct tls_protection *p, const struct tls_sealed_record *record,
                       struct bytes explicit_part, uint8_t nonce[TLS_IV_LENGTH])
{
    uint8_t sequence[SEQUENCE_LENGTH];
    memcpy(nonce, p->iv, TLS_IV_LENGTH);
    if (explicit_part.length > 0) {
        memcpy(nonce + TLS_IV_LENGTH - explicit_part.length, explicit_part.data,
               explicit_part.length);
        return;
    }
    put_sequence(sequence, record->sequence);
    for (int i = 0; i < SEQUENCE_LENGTH; i++)
        nonce[TLS_IV_LENGTH - SEQUENCE_LENGTH + i] ^= sequence[i];
}

/* RFC 8446 5.2: the header as it stands; RFC 5246 6.2.3.3: sequence number, and the header with the
 * length of the content. */
static size_t make_additional(const struct tls_protection *p,
                              const struct tls_sealed_record *record, size_t content,
                              uint8_t additional[ADDITIONAL_MAXIMUM])
{
    if (tls_suite_is_tls13(p->suite)) {
        put_header(additional, record, record->fragment.length);
        return HEADER_LENGTH;
    }
    put_sequence(additional, record->sequence);
    put_header(additional + SEQUENCE_LENGTH, record, content);
    return ADDITIONAL_MAXIMUM;
}

/* EVP_DecryptUpdate, whose lengths are ints: those of records always fit. */
static bool update(EVP_CIPHER_CTX *cipher, uint8_t *out, const uint8_t *in, size_t length)
{
    int written;
    return EVP_DecryptUpdate(cipher, out, &written, in, (int)length) == 1;
}

static bool open_sealed(struct tls_protection *p, const struct tls_sealed_record *record,
                        uint8_t *out, size_t *length)
{
    const struct tls_cipher *cipher = p->suite->cipher;
    struct cursor c = cursor_of(record->fragment);
    size_t prefix = tls_suite_is_tls13(p->suite) ? 0 : cipher->explicit_nonce_length;
    struct bytes explicit_part = cursor_take(&c, prefix);
    if (c.failed || cursor_left(&c) < cipher->tag_length)
        return false;
    uint8_t nonce[TLS_IV_LENGTH];
    uint8_t additional[ADDITIONAL_MAXIMUM];
    make_nonce(p, record, explicit_part, nonce);
    size_t size = make_additional(p, record, cursor_left(&c) - cipher->tag_length, additional);
    const struct aead_sealed sealed = {nonce, bytes_of(additional, size), cursor_rest(&c)};
    return aead_open(p->cipher, cipher, &sealed, out, length);
}

static size_t mac_length(const struct tls_protection *p)
{
    return (size_t)EVP_MD_get_size(p->suite->mac());
}

/* Whether `mac` seals the record with this content (RFC 5246 6.2.3.1, RFC 7366 3). */
static bool check_mac(struct tls_protection *p, const struct tls_sealed_record *record,
                      struct bytes content, const uint8_t *mac)
{
    uint8_t header[ADDITIONAL_MAXIMUM];
    uint8_t expected[EVP_MAX_MD_SIZE];
    size_t size;
    put_sequence(header, record->sequence);
    put_header(header + SEQUENCE_LENGTH, record, content.length);
    return EVP_MAC_init(p->mac, NULL, 0, NULL) && EVP_MAC_update(p->mac, header, sizeof header) &&
           EVP_MAC_update(p->mac, content.data, content.length) &&
           EVP_MAC_final(p->mac, expected, &size, sizeof expected) &&
           CRYPTO_memcmp(expected, mac, size) == 0;
}

/* The blocks behind their IV. */
static bool decrypt_blocks(struct tls_protection *p, const uint8_t *iv, struct bytes blocks,
                           uint8_t *out)
{
    return blocks.length >= TLS_BLOCK_LENGTH && blocks.length % TLS_BLOCK_LENGTH == 0 &&
           EVP_DecryptInit_ex(p->cipher, NULL, NULL, NULL, iv) &&
           update(p->cipher, out, blocks.data, blocks.length);
}

/* `sealed` is whole blocks, the IV first but for TLS 1.0's (RFC 2246 6.2.3.2); *length becomes that
 * of the blocks without their padding. */
static bool open_blocks(struct tls_protection *p, struct bytes sealed, uint8_t *out, size_t *length)
{
    struct bytes blocks = p->chains_records ? sealed : bytes_from(sealed, TLS_BLOCK_LENGTH);
    if (!decrypt_blocks(p, p->chains_records ? p->iv : sealed.data, blocks, out))
        return false;
    size_t size = blocks.length;
    if (p->chains_records)
        memcpy(p->iv, blocks.data + size - TLS_BLOCK_LENGTH, TLS_BLOCK_LENGTH);
    size_t padding = out[size - 1];
    if (padding + 1 > size)
        return false;
    for (size_t i = 0; i < padding; i++)
        if (out[size - 2 - i] != padding)
            return false;
    *length = size - padding - 1;
    return true;
}

static bool open_mac_then_encrypt(struct tls_protection *p, const struct tls_sealed_record *record,
                                  uint8_t *out, size_t *length)
{
    size_t size = mac_length(p);
    if (!open_blocks(p, record->fragment, out, length) || *length < size)
        return false;
    *length -= size;
    return check_mac(p, record, bytes_of(out, *length), out + *length);
}

static bool open_encrypt_then_mac(struct tls_protection *p, const struct tls_sealed_record *record,
                                  uint8_t *out, size_t *length)
{
    size_t size = mac_length(p);
    if (record->fragment.length < size)
        return false;
    struct bytes sealed = bytes_first(record->fragment, record->fragment.length - size);
    return check_mac(p, record, sealed, record->fragment.data + sealed.length) &&
           open_blocks(p, sealed, out, length);
}

bool tls_protection_open(struct tls_protection *protection, const struct tls_sealed_record *record,
                         uint8_t *out, size_t *length)
{
    *length = 0;
    if (protection->suite == NULL || record->fragment.length > UINT16_MAX)
        return false;
    if (!tls_suite_is_cbc(protection->suite))
        return open_sealed(protection, record, out, length);
    if (protection->encrypt_then_mac)
        return open_encrypt_then_mac(protection, record, out, length);
    return open_mac_then_encrypt(protection, record, out, length);
}

void tls_protection_free(struct tls_protection *protection)
{
    EVP_CIPHER_CTX_free(protection->cipher);
    EVP_MAC_CTX_free(protection->mac);
    OPENSSL_cleanse(protection, sizeof *protection);
}
