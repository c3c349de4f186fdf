/* SPDX-License-Identifier: MIT */
#include "analyzer/observed.h"

#include "analyzer/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct observed observed;

static int set_up(void **state)
{
    (void)state;
    memset(&observed, 0, sizeof observed);
    return 0;
}

static void note(int64_t milliseconds, struct packet packet, enum dissect_status status)
{
    observed_note(&observed, milliseconds * MILLISECONDS, 1, &packet, status);
}

static void test_each_packet_counts_once(void **state)
{
    (void)state;
    note(1000, (struct packet){0}, DISSECT_OK);
    note(1001, (struct packet){.cut = true}, DISSECT_CUT_SHORT);
    note(1002, (struct packet){0}, DISSECT_MALFORMED);
    note(1003, (struct packet){0}, DISSECT_NOT_MINE);
    note(1004, (struct packet){.fragment = {.is_fragment = true}}, DISSECT_OK);
    assert_int_equal(observed.packets, 5);
    assert_int_equal(observed.truncated, 1);
    assert_int_equal(observed.malformed, 1);
    assert_int_equal(observed.malformed_of[0], 0);
    assert_int_equal(observed.malformed_of[1], 1);
    assert_int_equal(observed.other, 1);
    assert_int_equal(observed.fragments, 1);
    assert_int_equal(observed.first, 1000 * MILLISECONDS);
    assert_int_equal(observed.last, 1004 * MILLISECONDS);
}

/* More than a second back is a clock that was set; less is packets that overtook each other. */
static void test_backwards(void **state)
{
    (void)state;
    note(10000, (struct packet){0}, DISSECT_OK);
    note(9000, (struct packet){0}, DISSECT_OK);
    assert_int_equal(observed.backwards, 0);
    note(8999, (struct packet){0}, DISSECT_OK);
    assert_int_equal(observed.backwards, 1);
    assert_int_equal(observed.last, 10000 * MILLISECONDS);
    assert_int_equal(observed.first, 10000 * MILLISECONDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_each_packet_counts_once, set_up),
        cmocka_unit_test_setup(test_backwards, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
