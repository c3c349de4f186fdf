/* SPDX-License-Identifier: MIT */
/* Nanoseconds of a clock that only goes forward, for time-outs and rates. */
#ifndef TURNSCOPE_UI_CLI_MONOTONIC_H
#define TURNSCOPE_UI_CLI_MONOTONIC_H

#include <stdint.h>

int64_t monotonic_now(void);

#endif
