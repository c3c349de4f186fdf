/* SPDX-License-Identifier: MIT */
/* Counts over time in bounded memory: when the capture grows longer than the buckets reach, each
 * two become one of double width. */
#ifndef TURNSCOPE_UI_TUI_SERIES_H
#define TURNSCOPE_UI_TUI_SERIES_H

#include <stddef.h>
#include <stdint.h>

enum { SERIES_BUCKETS = 256 };

struct series {
    int64_t start; /* nanoseconds since the epoch; 0: nothing yet */
    int64_t width; /* of a bucket, nanoseconds */
    size_t used;
    uint64_t packets[SERIES_BUCKETS];
    uint64_t bytes[SERIES_BUCKETS];
    int64_t slowest[SERIES_BUCKETS]; /* round trip, nanoseconds; 0: none */
};

/* One packet. What is older than the start counts there. */
void series_note(struct series *series, int64_t time, uint64_t bytes);

/* A round trip that ended then, at a packet that was noted. */
void series_note_round_trip(struct series *series, int64_t time, int64_t duration);

/* The bucket of a time, at most SERIES_BUCKETS - 1. */
size_t series_bucket(const struct series *series, int64_t time);

#endif
