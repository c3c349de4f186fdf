/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/tls_suite.h"

#include <openssl/evp.h>
#include <stddef.h>

static const struct tls_cipher aes_128_gcm = {EVP_aes_128_gcm, 16, 4, 8, 16, false};
static const struct tls_cipher aes_256_gcm = {EVP_aes_256_gcm, 32, 4, 8, 16, false};
static const struct tls_cipher aes_128_ccm = {EVP_aes_128_ccm, 16, 4, 8, 16, true};
static const struct tls_cipher aes_256_ccm = {EVP_aes_256_ccm, 32, 4, 8, 16, true};
static const struct tls_cipher aes_128_ccm_8 = {EVP_aes_128_ccm, 16, 4, 8, 8, true};
static const struct tls_cipher aes_256_ccm_8 = {EVP_aes_256_ccm, 32, 4, 8, 8, true};
static const struct tls_cipher chacha20_poly1305 = {EVP_chacha20_poly1305, 32, 12, 0, 16, false};
static const struct tls_cipher aes_128_cbc = {EVP_aes_128_cbc, 16, 0, 16, 0, false};
static const struct tls_cipher aes_256_cbc = {EVP_aes_256_cbc, 32, 0, 16, 0, false};

/* All suites of the IANA registry with these ciphers, whatever their key exchange: a key log has
 * what comes out of it. RFC 5246 5: the PRF is SHA-256's unless the suite names SHA-384.
 * Their names: dissectors/tls/cipher_suites.c. */
static const struct tls_suite suites[] = {
    {0x002f, &aes_128_cbc, EVP_sha256, EVP_sha1},   {0x0032, &aes_128_cbc, EVP_sha256, EVP_sha1},
    {0x0033, &aes_128_cbc, EVP_sha256, EVP_sha1},   {0x0034, &aes_128_cbc, EVP_sha256, EVP_sha1},
    {0x0035, &aes_256_cbc, EVP_sha256, EVP_sha1},   {0x0038, &aes_256_cbc, EVP_sha256, EVP_sha1},
    {0x0039, &aes_256_cbc, EVP_sha256, EVP_sha1},   {0x003a, &aes_256_cbc, EVP_sha256, EVP_sha1},
    {0x003c, &aes_128_cbc, EVP_sha256, EVP_sha256}, {0x003d, &aes_256_cbc, EVP_sha256, EVP_sha256},
    {0x0040, &aes_128_cbc, EVP_sha256, EVP_sha256}, {0x0067, &aes_128_cbc, EVP_sha256, EVP_sha256},
    {0x006a, &aes_256_cbc, EVP_sha256, EVP_sha256}, {0x006b, &aes_256_cbc, EVP_sha256, EVP_sha256},
    {0x006c, &aes_128_cbc, EVP_sha256, EVP_sha256}, {0x006d, &aes_256_cbc, EVP_sha256, EVP_sha256},
    {0x008c, &aes_128_cbc, EVP_sha256, EVP_sha1},   {0x008d, &aes_256_cbc, EVP_sha256, EVP_sha1},
    {0x0090, &aes_128_cbc, EVP_sha256, EVP_sha1},   {0x0091, &aes_256_cbc, EVP_sha256, EVP_sha1},
    {0x0094, &aes_128_cbc, EVP_sha256, EVP_sha1},   {0x0095, &aes_256_cbc, EVP_sha256, EVP_sha1},
    {0x009c, &aes_128_gcm, EVP_sha256, NULL},       {0x009d, &aes_256_gcm, EVP_sha384, NULL},
    {0x009e, &aes_128_gcm, EVP_sha256, NULL},       {0x009f, &aes_256_gcm, EVP_sha384, NULL},
    {0x00a2, &aes_128_gcm, EVP_sha256, NULL},       {0x00a3, &aes_256_gcm, EVP_sha384, NULL},
    {0x00a6, &aes_128_gcm, EVP_sha256, NULL},       {0x00a7, &aes_256_gcm, EVP_sha384, NULL},
    {0x00a8, &aes_128_gcm, EVP_sha256, NULL},       {0x00a9, &aes_256_gcm, EVP_sha384, NULL},
    {0x00aa, &aes_128_gcm, EVP_sha256, NULL},       {0x00ab, &aes_256_gcm, EVP_sha384, NULL},
    {0x00ac, &aes_128_gcm, EVP_sha256, NULL},       {0x00ad, &aes_256_gcm, EVP_sha384, NULL},
    {0x00ae, &aes_128_cbc, EVP_sha256, EVP_sha256}, {0x00af, &aes_256_cbc, EVP_sha384, EVP_sha384},
    {0x00b2, &aes_128_cbc, EVP_sha256, EVP_sha256}, {0x00b3, &aes_256_cbc, EVP_sha384, EVP_sha384},
    {0x00b6, &aes_128_cbc, EVP_sha256, EVP_sha256}, {0x00b7, &aes_256_cbc, EVP_sha384, EVP_sha384},
    {0x1301, &aes_128_gcm, EVP_sha256, NULL},       {0x1302, &aes_256_gcm, EVP_sha384, NULL},
    {0x1303, &chacha20_poly1305, EVP_sha256, NULL}, {0x1304, &aes_128_ccm, EVP_sha256, NULL},
    {0x1305, &aes_128_ccm_8, EVP_sha256, NULL},     {0xc004, &aes_128_cbc, EVP_sha256, EVP_sha1},
    {0xc005, &aes_256_cbc, EVP_sha256, EVP_sha1},   {0xc009, &aes_128_cbc, EVP_sha256, EVP_sha1},
    {0xc00a, &aes_256_cbc, EVP_sha256, EVP_sha1},   {0xc00e, &aes_128_cbc, EVP_sha256, EVP_sha1},
    {0xc00f, &aes_256_cbc, EVP_sha256, EVP_sha1},   {0xc013, &aes_128_cbc, EVP_sha256, EVP_sha1},
    {0xc014, &aes_256_cbc, EVP_sha256, EVP_sha1},   {0xc018, &aes_128_cbc, EVP_sha256, EVP_sha1},
    {0xc019, &aes_256_cbc, EVP_sha256, EVP_sha1},   {0xc023, &aes_128_cbc, EVP_sha256, EVP_sha256},
    {0xc024, &aes_256_cbc, EVP_sha384, EVP_sha384}, {0xc025, &aes_128_cbc, EVP_sha256, EVP_sha256},
    {0xc026, &aes_256_cbc, EVP_sha384, EVP_sha384}, {0xc027, &aes_128_cbc, EVP_sha256, EVP_sha256},
    {0xc028, &aes_256_cbc, EVP_sha384, EVP_sha384}, {0xc029, &aes_128_cbc, EVP_sha256, EVP_sha256},
    {0xc02a, &aes_256_cbc, EVP_sha384, EVP_sha384}, {0xc02b, &aes_128_gcm, EVP_sha256, NULL},
    {0xc02c, &aes_256_gcm, EVP_sha384, NULL},       {0xc02d, &aes_128_gcm, EVP_sha256, NULL},
    {0xc02e, &aes_256_gcm, EVP_sha384, NULL},       {0xc02f, &aes_128_gcm, EVP_sha256, NULL},
    {0xc030, &aes_256_gcm, EVP_sha384, NULL},       {0xc031, &aes_128_gcm, EVP_sha256, NULL},
    {0xc032, &aes_256_gcm, EVP_sha384, NULL},       {0xc035, &aes_128_cbc, EVP_sha256, EVP_sha1},
    {0xc036, &aes_256_cbc, EVP_sha256, EVP_sha1},   {0xc037, &aes_128_cbc, EVP_sha256, EVP_sha256},
    {0xc038, &aes_256_cbc, EVP_sha384, EVP_sha384}, {0xc09c, &aes_128_ccm, EVP_sha256, NULL},
    {0xc09d, &aes_256_ccm, EVP_sha256, NULL},       {0xc09e, &aes_128_ccm, EVP_sha256, NULL},
    {0xc09f, &aes_256_ccm, EVP_sha256, NULL},       {0xc0a0, &aes_128_ccm_8, EVP_sha256, NULL},
    {0xc0a1, &aes_256_ccm_8, EVP_sha256, NULL},     {0xc0a2, &aes_128_ccm_8, EVP_sha256, NULL},
    {0xc0a3, &aes_256_ccm_8, EVP_sha256, NULL},     {0xc0a4, &aes_128_ccm, EVP_sha256, NULL},
    {0xc0a5, &aes_256_ccm, EVP_sha256, NULL},       {0xc0a6, &aes_128_ccm, EVP_sha256, NULL},
    {0xc0a7, &aes_256_ccm, EVP_sha256, NULL},       {0xc0a8, &aes_128_ccm_8, EVP_sha256, NULL},
    {0xc0a9, &aes_256_ccm_8, EVP_sha256, NULL},     {0xc0ac, &aes_128_ccm, EVP_sha256, NULL},
    {0xc0ad, &aes_256_ccm, EVP_sha256, NULL},       {0xc0ae, &aes_128_ccm_8, EVP_sha256, NULL},
    {0xc0af, &aes_256_ccm_8, EVP_sha256, NULL},     {0xc0ff, &aes_128_ccm_8, EVP_sha256, NULL},
    {0xcca8, &chacha20_poly1305, EVP_sha256, NULL}, {0xcca9, &chacha20_poly1305, EVP_sha256, NULL},
    {0xccaa, &chacha20_poly1305, EVP_sha256, NULL}, {0xccab, &chacha20_poly1305, EVP_sha256, NULL},
    {0xccac, &chacha20_poly1305, EVP_sha256, NULL}, {0xccad, &chacha20_poly1305, EVP_sha256, NULL},
    {0xccae, &chacha20_poly1305, EVP_sha256, NULL}, {0xd001, &aes_128_gcm, EVP_sha256, NULL},
    {0xd002, &aes_256_gcm, EVP_sha384, NULL},       {0xd003, &aes_128_ccm_8, EVP_sha256, NULL},
    {0xd005, &aes_128_ccm, EVP_sha256, NULL},
};

const struct tls_suite *tls_suite_find(uint16_t id)
{
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if (suites[i].id == id)
            return &suites[i];
    return NULL;
}
