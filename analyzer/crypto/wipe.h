/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_ANALYZER_CRYPTO_WIPE_H
#define TURNSCOPE_ANALYZER_CRYPTO_WIPE_H

#include <stddef.h>

/* Overwrites a secret in a way that the compiler does not remove. */
void wipe(void *secret, size_t size);

#endif
