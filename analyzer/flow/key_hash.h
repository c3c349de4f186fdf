/* SPDX-License-Identifier: MIT */
/* A keyed hash of short keys of one length each, made for tables: a dozen operations where SipHash
 * takes a hundred and a half.
 *
 * NH, the hash of UMAC (RFC 4418 section 5.2.2): for a random secret, two keys of the same length
 * have the same sum with a probability of 2^-32 at most, whoever chose them. That is all a table
 * needs as long as nobody sees the values: they never leave the process. */
#ifndef TURNSCOPE_ANALYZER_FLOW_KEY_HASH_H
#define TURNSCOPE_ANALYZER_FLOW_KEY_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The longest key has two transport addresses and a little more. */
enum { KEY_HASH_WORDS = 8, KEY_HASH_LONGEST = 8 * KEY_HASH_WORDS };

struct key_hash {
    uint64_t secret[KEY_HASH_WORDS];
};

/* NH of one pair of 32-bit words. */
static inline uint64_t key_hash_pair(uint64_t word, uint64_t secret)
{
    uint32_t low = (uint32_t)word + (uint32_t)secret;
    uint32_t high = (uint32_t)(word >> 32) + (uint32_t)(secret >> 32);
    return (uint64_t)low * high;
}

/* The bits of a sum of products are not alike: this one-to-one mixing (the end of MurmurHash3) lets
 * each of the result's bits hang on all of them. */
static inline uint32_t key_hash_mix(uint64_t sum)
{
    sum = (sum ^ sum >> 33) * UINT64_C(0xff51afd7ed558ccd);
    sum = (sum ^ sum >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t)(sum >> 32);
}

/* The last word of a key; of a long one it repeats some of the bytes before it. */
static inline uint64_t key_hash_last_word(const unsigned char *key, size_t length)
{
    uint64_t word = 0;
    if (length >= sizeof word)
        memcpy(&word, key + length - sizeof word, sizeof word);
    else
        memcpy(&word, key, length);
    return word;
}

/* NH of one part of a key, with as many secrets as it has words, whole or not. */
static inline uint64_t key_hash_part(const uint64_t *secret, const void *part, size_t length)
{
    const unsigned char *bytes = part;
    uint64_t sum = 0, word;
    size_t i = 0;
    for (; (i + 1) * sizeof word < length; i++) {
        memcpy(&word, bytes + i * sizeof word, sizeof word);
        sum += key_hash_pair(word, secret[i]);
    }
    return sum + key_hash_pair(key_hash_last_word(bytes, length), secret[i]);
}

/* `length` is at most KEY_HASH_LONGEST, and the same for all keys that are compared. Words are read
 * in the machine's order. */
static inline uint32_t key_hash(const struct key_hash *hash, const void *key, size_t length)
{
    return key_hash_mix(key_hash_part(hash->secret, key, length));
}

#endif
