/* SPDX-License-Identifier: MIT */
#include "tests/support/random.h"

static uint64_t state;

void random_seed(uint64_t seed)
{
    state = seed;
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next(void)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t random_below(uint32_t limit)
{
    return (uint32_t)(next() % limit);
}

void random_fill(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)next();
}
