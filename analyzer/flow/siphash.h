/* SPDX-License-Identifier: MIT */
/* SipHash-1-3 (Aumasson, Bernstein 2012): a keyed hash, so that a stranger's packets cannot be made
 * to collide. The variant that Rust, Ruby and Linux use for hash tables. */
#ifndef TURNSCOPE_ANALYZER_FLOW_SIPHASH_H
#define TURNSCOPE_ANALYZER_FLOW_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t siphash(const uint64_t key[2], const void *data, size_t length);

#endif
