/* SPDX-License-Identifier: MIT */
/* FINGERPRINT, RFC 8489 section 14.7: the CRC-32 of ISO 3309 and ITU V.42 (polynomial 0x04C11DB7,
 * reflected) of the message before it, xor 0x5354554E.
 *
 * Four bytes at a time ("slicing by 4"): tables[k][n] is the register after the byte n and k zero
 * bytes. A CRC is linear, so that the entry of n is the xor of the entries of its bits, and eight
 * constants a table let the compiler make the other 248. */
#include "dissectors/stun/message.h"

#define BIT(n, b, c) (((n) >> (b)&1) ? (c) : 0u)

#define ENTRY_0(n)                                                                                 \
    (BIT(n, 0, 0x77073096u) ^ BIT(n, 1, 0xEE0E612Cu) ^ BIT(n, 2, 0x076DC419u) ^                    \
     BIT(n, 3, 0x0EDB8832u) ^ BIT(n, 4, 0x1DB71064u) ^ BIT(n, 5, 0x3B6E20C8u) ^                    \
     BIT(n, 6, 0x76DC4190u) ^ BIT(n, 7, 0xEDB88320u))
#define ENTRY_1(n)                                                                                 \
    (BIT(n, 0, 0x191B3141u) ^ BIT(n, 1, 0x32366282u) ^ BIT(n, 2, 0x646CC504u) ^                    \
     BIT(n, 3, 0xC8D98A08u) ^ BIT(n, 4, 0x4AC21251u) ^ BIT(n, 5, 0x958424A2u) ^                    \
     BIT(n, 6, 0xF0794F05u) ^ BIT(n, 7, 0x3B83984Bu))
#define ENTRY_2(n)                                                                                 \
    (BIT(n, 0, 0x01C26A37u) ^ BIT(n, 1, 0x0384D46Eu) ^ BIT(n, 2, 0x0709A8DCu) ^                    \
     BIT(n, 3, 0x0E1351B8u) ^ BIT(n, 4, 0x1C26A370u) ^ BIT(n, 5, 0x384D46E0u) ^                    \
     BIT(n, 6, 0x709A8DC0u) ^ BIT(n, 7, 0xE1351B80u))
#define ENTRY_3(n)                                                                                 \
    (BIT(n, 0, 0xB8BC6765u) ^ BIT(n, 1, 0xAA09C88Bu) ^ BIT(n, 2, 0x8F629757u) ^                    \
     BIT(n, 3, 0xC5B428EFu) ^ BIT(n, 4, 0x5019579Fu) ^ BIT(n, 5, 0xA032AF3Eu) ^                    \
     BIT(n, 6, 0x9B14583Du) ^ BIT(n, 7, 0xED59B63Bu))

#define FOUR(entry, n) entry(n), entry((n) + 1), entry((n) + 2), entry((n) + 3)
#define SIXTEEN(entry, n)                                                                          \
    FOUR(entry, n), FOUR(entry, (n) + 4), FOUR(entry, (n) + 8), FOUR(entry, (n) + 12)
#define SIXTY_FOUR(entry, n)                                                                       \
    SIXTEEN(entry, n), SIXTEEN(entry, (n) + 16), SIXTEEN(entry, (n) + 32), SIXTEEN(entry, (n) + 48)
#define TABLE(entry)                                                                               \
    {                                                                                              \
        SIXTY_FOUR(entry, 0), SIXTY_FOUR(entry, 64), SIXTY_FOUR(entry, 128),                       \
            SIXTY_FOUR(entry, 192)                                                                 \
    }

static const uint32_t tables[4][256] = {TABLE(ENTRY_0), TABLE(ENTRY_1), TABLE(ENTRY_2),
                                        TABLE(ENTRY_3)};

#define FINGERPRINT_MASK 0x5354554Eu

static uint32_t crc32_of(struct bytes bytes)
{
    const uint8_t *at = bytes.data;
    size_t left = bytes.length;
    uint32_t crc = UINT32_MAX;
    for (; left >= 4; left -= 4, at += 4) {
        crc ^= at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        crc = tables[3][crc & 0xFF] ^ tables[2][crc >> 8 & 0xFF] ^ tables[1][crc >> 16 & 0xFF] ^
              tables[0][crc >> 24];
    }
    for (; left > 0; left--, at++)
        crc = tables[0][(crc ^ *at) & 0xFF] ^ crc >> 8;
    return ~crc;
}

static enum stun_fingerprint without_attribute(const struct stun_message *message)
{
    bool all_seen = !stun_is_cut(message) && message->attributes_seen == message->attribute_count;
    return all_seen ? STUN_FINGERPRINT_ABSENT : STUN_FINGERPRINT_UNKNOWN;
}

enum stun_fingerprint stun_fingerprint(const struct stun_message *message)
{
    const struct stun_attribute *attribute = stun_find(message, STUN_FINGERPRINT);
    uint64_t sent;
    if (attribute == NULL)
        return without_attribute(message);
    if (attribute->status == DISSECT_CUT_SHORT)
        return STUN_FINGERPRINT_UNKNOWN;
    if (!stun_number(message, STUN_FINGERPRINT, &sent))
        return STUN_FINGERPRINT_WRONG;
    uint32_t crc = crc32_of(bytes_first(message->raw, attribute->offset));
    return (crc ^ FINGERPRINT_MASK) == sent ? STUN_FINGERPRINT_CORRECT : STUN_FINGERPRINT_WRONG;
}
