/* SPDX-License-Identifier: MIT */
#include "ui/report/report.h"

#include "analyzer/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void reads(int64_t time, const char *expected)
{
    char text[TIME_TEXT];
    assert_string_equal(report_time(time, text), expected);
}

/* Expected values: GNU date -u -d @SECONDS. */
static void test_times(void **state)
{
    (void)state;
    reads(0, "1970-01-01T00:00:00.000000Z");
    reads(1700000000 * SECONDS, "2023-11-14T22:13:20.000000Z");
    reads(1709164800 * SECONDS + 123456 * MICROSECONDS, "2024-02-29T00:00:00.123456Z");
    reads(1700000000 * SECONDS + 999, "2023-11-14T22:13:20.000000Z");
}

/* A clock that was never set: before the epoch. */
static void test_before_the_epoch(void **state)
{
    (void)state;
    reads(-1 * MICROSECONDS, "1969-12-31T23:59:59.999999Z");
    reads(-1 * SECONDS, "1969-12-31T23:59:59.000000Z");
}

/* The farthest that 64 bits of nanoseconds reach. */
static void test_ends(void **state)
{
    (void)state;
    reads(INT64_MAX, "2262-04-11T23:47:16.854775Z");
    reads(INT64_MIN, "1677-09-21T00:12:43.145224Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_before_the_epoch),
        cmocka_unit_test(test_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
