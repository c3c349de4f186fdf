/* SPDX-License-Identifier: MIT */
/* Random numbers for property tests: the same ones on every machine for the same seed. */
#ifndef TURNSCOPE_TESTS_SUPPORT_RANDOM_H
#define TURNSCOPE_TESTS_SUPPORT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_seed(uint64_t seed);

/* From 0 to limit - 1. */
uint32_t random_below(uint32_t limit);

void random_fill(uint8_t *bytes, size_t length);

#endif
