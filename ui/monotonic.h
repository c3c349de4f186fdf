/* SPDX-License-Identifier: MIT */
/* The time that passes by itself: packet time is the analyzer's, and stands still without packets.
 */
#ifndef TURNSCOPE_UI_MONOTONIC_H
#define TURNSCOPE_UI_MONOTONIC_H

#include <stdint.h>

/* Nanoseconds of a clock that only goes forward; when it began means nothing. */
int64_t monotonic_now(void);

#endif
