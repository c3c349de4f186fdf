/* SPDX-License-Identifier: MIT */
#include "analyzer/track/round_trips.h"

#include <stdlib.h>
#include <string.h>

/* Reservoir sampling (Vitter's algorithm R) with a fixed generator: replay is deterministic. */
void round_trips_add(struct round_trips *trips, int64_t duration)
{
    if (trips->count == 0 || duration < trips->minimum)
        trips->minimum = duration;
    if (duration > trips->maximum)
        trips->maximum = duration;
    trips->latest = duration;
    trips->count++;
    if (trips->count <= ROUND_TRIPS_KEPT) {
        trips->kept[trips->count - 1] = duration;
        return;
    }
    trips->random = trips->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t place = (trips->random >> 16) % trips->count;
    if (place < ROUND_TRIPS_KEPT)
        trips->kept[place] = duration;
}

static int compare(const void *a, const void *b)
{
    int64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

struct round_trip_summary round_trips_summary(const struct round_trips *trips)
{
    if (trips->count == 0)
        return (struct round_trip_summary){0};
    size_t kept = trips->count < ROUND_TRIPS_KEPT ? (size_t)trips->count : ROUND_TRIPS_KEPT;
    int64_t sorted[ROUND_TRIPS_KEPT];
    memcpy(sorted, trips->kept, kept * sizeof sorted[0]);
    qsort(sorted, kept, sizeof sorted[0], compare);
    return (struct round_trip_summary){.minimum = trips->minimum,
                                       .median = sorted[(kept - 1) / 2],
                                       .percentile95 = sorted[(kept - 1) * 95 / 100],
                                       .maximum = trips->maximum};
}
