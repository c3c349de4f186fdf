/* SPDX-License-Identifier: MIT */
/* What every fuzz target shares: tests/fuzz/fuzz_NAME.c defines LLVMFuzzerTestOneInput, which
 * libFuzzer calls, and replay.c for each file of tests/fuzz/corpus/NAME. */
#ifndef TURNSCOPE_TESTS_FUZZ_FUZZ_H
#define TURNSCOPE_TESTS_FUZZ_FUZZ_H

#include "tests/support/hex.h"

#include <stdlib.h>

/* Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stops the run, with the input kept, where a promise of a header does not hold. */
static inline void fuzz_require(bool promise)
{
    if (!promise)
        abort();
}

static inline void fuzz_free(struct bytes copy)
{
    free((void *)(uintptr_t)copy.data);
}

#endif
