/* SPDX-License-Identifier: MIT */
/* Test vectors are written as hex, the way RFCs print them. */
#ifndef TURNSCOPE_TESTS_SUPPORT_HEX_H
#define TURNSCOPE_TESTS_SUPPORT_HEX_H

#include "dissectors/bytes.h"

/* Parses hex digits (anything else between them is passed over) into `buffer`; the view of what was
 * written. Stops at `size` bytes. */
struct bytes from_hex(const char *hex, uint8_t *buffer, size_t size);

/* A copy in a heap block of exactly its size, so that AddressSanitizer sees any over-read.
 * The caller frees .data (cast away const). An empty view gives a one-byte block of length 0. */
struct bytes exact_copy(struct bytes bytes);

#endif
