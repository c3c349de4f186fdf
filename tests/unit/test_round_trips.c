/* SPDX-License-Identifier: MIT */
#include "analyzer/track/round_trips.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct round_trips trips;

static int set_up(void **state)
{
    (void)state;
    memset(&trips, 0, sizeof trips);
    return 0;
}

static void test_none(void **state)
{
    (void)state;
    struct round_trip_summary summary = round_trips_summary(&trips);
    assert_int_equal(summary.minimum, 0);
    assert_int_equal(summary.median, 0);
    assert_int_equal(summary.percentile95, 0);
    assert_int_equal(summary.maximum, 0);
}

static void test_one(void **state)
{
    (void)state;
    round_trips_add(&trips, 42);
    struct round_trip_summary summary = round_trips_summary(&trips);
    assert_int_equal(summary.minimum, 42);
    assert_int_equal(summary.median, 42);
    assert_int_equal(summary.percentile95, 42);
    assert_int_equal(summary.maximum, 42);
}

/* 1 to 101 in an order of its own: 37 has no common factor with 101. */
static void test_exact(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 101; i++)
        round_trips_add(&trips, 37 * i % 101 + 1);
    struct round_trip_summary summary = round_trips_summary(&trips);
    assert_int_equal(summary.minimum, 1);
    assert_int_equal(summary.median, 51);
    assert_int_equal(summary.percentile95, 96);
    assert_int_equal(summary.maximum, 101);
}

/* Ten times more than are kept: the ends stay exact, the middle is a fair sample, and the same
 * capture read again gives the same figures. */
static void test_sampled(void **state)
{
    (void)state;
    static struct round_trips again;
    memset(&again, 0, sizeof again);
    const int64_t total = 10 * ROUND_TRIPS_KEPT;
    for (int64_t i = 0; i < total; i++) {
        round_trips_add(&trips, i + 1);
        round_trips_add(&again, i + 1);
    }
    struct round_trip_summary summary = round_trips_summary(&trips);
    assert_int_equal(trips.count, total);
    assert_int_equal(summary.minimum, 1);
    assert_int_equal(summary.maximum, total);
    assert_in_range(summary.median, total * 45 / 100, total * 55 / 100);
    assert_in_range(summary.percentile95, total * 92 / 100, total * 98 / 100);
    assert_memory_equal(trips.kept, again.kept, sizeof again.kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_none, set_up),
        cmocka_unit_test_setup(test_one, set_up),
        cmocka_unit_test_setup(test_exact, set_up),
        cmocka_unit_test_setup(test_sampled, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
