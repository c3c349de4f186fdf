/* SPDX-License-Identifier: MIT */
/* STUN (RFC 8489), TURN (RFC 8656), connectivity checks (RFC 8445) and media (RFC 3550). */
#include "bench/messages.h"

#include <string.h>

#define MAGIC_COOKIE 0x2112A442u

enum attribute {
    USERNAME = 0x0006,
    INTEGRITY = 0x0008,
    ERROR_CODE = 0x0009,
    CHANNEL_NUMBER = 0x000C,
    LIFETIME = 0x000D,
    PEER_ADDRESS = 0x0012,
    REALM = 0x0014,
    NONCE = 0x0015,
    RELAYED_ADDRESS = 0x0016,
    REQUESTED_TRANSPORT = 0x0019,
    MAPPED_ADDRESS = 0x0020,
    PRIORITY = 0x0024,
    SOFTWARE = 0x8022,
    FINGERPRINT = 0x8028,
    ICE_CONTROLLING = 0x802A,
};

struct stun stun_begin(uint8_t *to, unsigned type, uint64_t transaction)
{
    struct stun stun = {to, put32(put16(put16(to, type), 0), MAGIC_COOKIE)};
    stun.at = put32(stun.at, 0x74657374);
    stun.at = put32(put32(stun.at, (uint32_t)(transaction >> 32)), (uint32_t)transaction);
    return stun;
}

static void attribute(struct stun *stun, unsigned type, const void *value, size_t length)
{
    stun->at = put_bytes(put16(put16(stun->at, type), (unsigned)length), value, length);
    stun->at = put_fill(stun->at, 0, (4 - length % 4) % 4);
}

void stun_text(struct stun *stun, unsigned type, const char *text)
{
    attribute(stun, type, text, strlen(text));
}

void stun_number(struct stun *stun, unsigned type, uint32_t number)
{
    stun->at = put32(put16(put16(stun->at, type), 4), number);
}

void stun_address(struct stun *stun, unsigned type, struct endpoint address)
{
    stun->at = put16(put16(put16(stun->at, type), 8), 1);
    stun->at = put16(stun->at, address.port ^ MAGIC_COOKIE >> 16);
    stun->at = put32(stun->at, address.address ^ MAGIC_COOKIE);
}

void stun_integrity(struct stun *stun)
{
    stun->at = put_fill(put16(put16(stun->at, INTEGRITY), 20), 0x5a, 20);
}

static void set_length(struct stun *stun, size_t more)
{
    put16(stun->start + 2, (unsigned)((size_t)(stun->at - stun->start) - 20 + more));
}

/* CRC-32 of ISO 3309, a nibble at a time. */
static uint32_t crc32_of(const uint8_t *at, size_t length)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                       0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                       0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = 0xffffffff;
    for (; length > 0; length--, at++) {
        crc = table[(crc ^ *at) & 15] ^ crc >> 4;
        crc = table[(crc ^ *at >> 4) & 15] ^ crc >> 4;
    }
    return ~crc;
}

void stun_fingerprint(struct stun *stun)
{
    set_length(stun, 8);
    uint32_t crc = crc32_of(stun->start, (size_t)(stun->at - stun->start));
    stun_number(stun, FINGERPRINT, crc ^ 0x5354554e);
}

size_t stun_end(struct stun *stun)
{
    set_length(stun, 0);
    return (size_t)(stun->at - stun->start);
}

static void sign(struct stun *stun)
{
    stun_text(stun, USERNAME, "1735689600:participant");
    stun_text(stun, REALM, "example.com");
    stun_text(stun, NONCE, "9a8b7c6d5e4f30211203f4e5d6c7b8a9");
    stun_integrity(stun);
}

size_t turn_allocate(uint8_t *to, uint64_t transaction, bool signed_in)
{
    struct stun stun = stun_begin(to, ALLOCATE, transaction);
    stun_number(&stun, REQUESTED_TRANSPORT, 17u << 24);
    if (signed_in)
        sign(&stun);
    return stun_end(&stun);
}

static void error_code(struct stun *stun, unsigned code)
{
    uint8_t value[16] = {0, 0, (uint8_t)(code / 100), (uint8_t)(code % 100)};
    memcpy(value + 4, "Refused here", 12);
    attribute(stun, ERROR_CODE, value, sizeof value);
}

size_t turn_challenge(uint8_t *to, uint64_t transaction)
{
    struct stun stun = stun_begin(to, ALLOCATE + ERROR, transaction);
    error_code(&stun, 401);
    stun_text(&stun, NONCE, "9a8b7c6d5e4f30211203f4e5d6c7b8a9");
    stun_text(&stun, REALM, "example.com");
    stun_text(&stun, SOFTWARE, "Relay 1.0");
    return stun_end(&stun);
}

size_t turn_refusal(uint8_t *to, uint64_t transaction, unsigned method, unsigned code)
{
    struct stun stun = stun_begin(to, method + ERROR, transaction);
    error_code(&stun, code);
    return stun_end(&stun);
}

size_t turn_allocated(uint8_t *to, uint64_t transaction, struct endpoint relayed,
                      struct endpoint mapped)
{
    struct stun stun = stun_begin(to, ALLOCATE + SUCCESS, transaction);
    stun_address(&stun, RELAYED_ADDRESS, relayed);
    stun_address(&stun, MAPPED_ADDRESS, mapped);
    stun_number(&stun, LIFETIME, 600);
    stun_integrity(&stun);
    return stun_end(&stun);
}

size_t turn_signed(uint8_t *to, uint64_t transaction, unsigned method, struct endpoint peer)
{
    struct stun stun = stun_begin(to, method, transaction);
    if (method == REFRESH)
        stun_number(&stun, LIFETIME, 0);
    else
        stun_address(&stun, PEER_ADDRESS, peer);
    if (method == CHANNEL_BIND)
        stun_number(&stun, CHANNEL_NUMBER, (uint32_t)CHANNEL << 16);
    sign(&stun);
    return stun_end(&stun);
}

size_t turn_success(uint8_t *to, uint64_t transaction, unsigned method)
{
    struct stun stun = stun_begin(to, method + SUCCESS, transaction);
    if (method == REFRESH)
        stun_number(&stun, LIFETIME, 0);
    stun_integrity(&stun);
    return stun_end(&stun);
}

size_t channel_data(uint8_t *to, size_t length)
{
    put16(put16(to, CHANNEL), (unsigned)length);
    return 4 + length;
}

size_t rtp_packet(uint8_t *to, uint32_t source, uint16_t sequence, size_t length)
{
    uint8_t *at = put16(put8(put8(to, 0x80), 96), sequence);
    at = put32(put32(at, sequence * 960u), source);
    put_fill(at, 0xa5, length - 12);
    return length;
}

size_t ice_check(uint8_t *to, uint64_t transaction)
{
    struct stun stun = stun_begin(to, BINDING, transaction);
    stun_text(&stun, USERNAME, "evtj:h6vY");
    stun_number(&stun, PRIORITY, 0x6e0001ff);
    attribute(&stun, ICE_CONTROLLING, "\x93\x2f\xf9\xb1\x51\x26\x3b\x36", 8);
    stun_integrity(&stun);
    stun_fingerprint(&stun);
    return stun_end(&stun);
}

size_t ice_answer(uint8_t *to, uint64_t transaction, struct endpoint mapped)
{
    struct stun stun = stun_begin(to, BINDING + SUCCESS, transaction);
    stun_address(&stun, MAPPED_ADDRESS, mapped);
    stun_integrity(&stun);
    stun_fingerprint(&stun);
    return stun_end(&stun);
}
