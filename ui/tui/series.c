/* SPDX-License-Identifier: MIT */
#include "ui/tui/series.h"

#include "analyzer/time.h"

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void halve(struct series *series)
{
    for (size_t i = 0; i < SERIES_BUCKETS / 2; i++) {
        series->packets[i] = series->packets[2 * i] + series->packets[2 * i + 1];
        series->bytes[i] = series->bytes[2 * i] + series->bytes[2 * i + 1];
        series->slowest[i] = larger(series->slowest[2 * i], series->slowest[2 * i + 1]);
    }
    for (size_t i = SERIES_BUCKETS / 2; i < SERIES_BUCKETS; i++) {
        series->packets[i] = series->bytes[i] = 0;
        series->slowest[i] = 0;
    }
    series->width *= 2;
    series->used = (series->used + 1) / 2;
}

size_t series_bucket(const struct series *series, int64_t time)
{
    uint64_t place = time > series->start
                         ? ((uint64_t)time - (uint64_t)series->start) / (uint64_t)series->width
                         : 0;
    return place < SERIES_BUCKETS ? (size_t)place : SERIES_BUCKETS - 1;
}

void series_note(struct series *series, int64_t time, uint64_t bytes)
{
    if (series->start == 0) {
        series->start = time;
        series->width = 50 * MILLISECONDS;
    }
    while (time > series->start && series->width < INT64_MAX / 2 &&
           ((uint64_t)time - (uint64_t)series->start) / (uint64_t)series->width >= SERIES_BUCKETS)
        halve(series);
    size_t place = series_bucket(series, time);
    series->packets[place]++;
    series->bytes[place] += bytes;
    if (place >= series->used)
        series->used = place + 1;
}

void series_note_round_trip(struct series *series, int64_t time, int64_t duration)
{
    size_t place = series_bucket(series, time);
    series->slowest[place] = larger(series->slowest[place], duration);
}
