/* SPDX-License-Identifier: MIT */
#include "ui/monotonic.h"

#include "analyzer/time.h"

#include <time.h>

int64_t monotonic_now(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECONDS + now.tv_nsec;
}
