/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/quic_initial.h"

#include "analyzer/crypto/tls_keys.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { SECRET = 32, SALT = 20, AES_128_GCM_SHA256 = 0x1301 };

static const struct version {
    uint32_t version;
    uint8_t salt[SALT];
} versions[] = {
    {QUIC_VERSION_1, {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                      0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a}},
    {QUIC_VERSION_2, {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                      0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9}},
    {QUIC_VERSION_DRAFT_29, {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                             0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99}},
};

static const struct version *version_row(uint32_t version)
{
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        if (versions[i].version == version)
            return &versions[i];
    return NULL;
}

bool quic_initial_keys(struct quic_keys *keys, uint32_t version, struct bytes client_id,
                       bool of_client)
{
    const struct version *row = version_row(version);
    const EVP_MD *hash = EVP_sha256();
    uint8_t initial[SECRET];
    uint8_t secret[SECRET];
    /* HKDF-Extract (RFC 5869 2.2) is an HMAC. */
    return row != NULL && client_id.data != NULL &&
           HMAC(hash, row->salt, SALT, client_id.data, client_id.length, initial, NULL) != NULL &&
           tls13_expand_label(hash, bytes_of(initial, SECRET),
                              of_client ? "client in" : "server in", secret, SECRET) &&
           quic_keys_derive(keys, version, tls_suite_find(AES_128_GCM_SHA256),
                            bytes_of(secret, SECRET));
}

static bool open_packet(struct quic_protection *protection, const struct quic_packet *packet,
                        uint8_t *plaintext, size_t *length)
{
    struct quic_header header;
    return quic_protection_header(protection, packet, 0, &header) &&
           quic_protection_open(protection, packet, &header, plaintext, length);
}

/* Initial packets are few: their numbers are never cut, and contexts are not kept for them. */
bool quic_initial_open(const struct quic_keys *keys, const struct quic_packet *packet,
                       uint8_t plaintext[QUIC_INITIAL_MAXIMUM], struct bytes *payload)
{
    struct quic_protection protection = {0};
    size_t length = 0;
    bool whole = packet->type == QUIC_INITIAL && packet->number_offset != 0 &&
                 packet->raw.length <= QUIC_INITIAL_MAXIMUM;
    bool good = whole &&
                quic_protection_set(&protection, tls_suite_find(AES_128_GCM_SHA256), keys, false) &&
                open_packet(&protection, packet, plaintext, &length);
    quic_protection_free(&protection);
    *payload = bytes_of(plaintext, good ? length : 0);
    return good;
}
