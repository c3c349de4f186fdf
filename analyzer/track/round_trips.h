/* SPDX-License-Identifier: MIT */
/* Round-trip times in bounded memory: exact for the first few thousand, a uniform sample after. */
#ifndef TURNSCOPE_ANALYZER_TRACK_ROUND_TRIPS_H
#define TURNSCOPE_ANALYZER_TRACK_ROUND_TRIPS_H

#include <stdint.h>

enum { ROUND_TRIPS_KEPT = 2048 };

struct round_trips {
    int64_t kept[ROUND_TRIPS_KEPT]; /* nanoseconds */
    uint64_t count;
    uint64_t random;
    int64_t minimum;
    int64_t maximum;
    int64_t latest;
};

/* Nanoseconds; all zero when there were none. */
struct round_trip_summary {
    int64_t minimum, median, percentile95, maximum;
};

void round_trips_add(struct round_trips *trips, int64_t duration);
struct round_trip_summary round_trips_summary(const struct round_trips *trips);

#endif
