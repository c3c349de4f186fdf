/* SPDX-License-Identifier: MIT */
/* Time is packet time, in nanoseconds since the epoch, everywhere below ui/. */
#ifndef TURNSCOPE_ANALYZER_TIME_H
#define TURNSCOPE_ANALYZER_TIME_H

#include <stdint.h>

#define MICROSECONDS INT64_C(1000)
#define MILLISECONDS INT64_C(1000000)
#define SECONDS      INT64_C(1000000000)

#endif
