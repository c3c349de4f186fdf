/* SPDX-License-Identifier: MIT */
#include "analyzer/edit_distance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_known_distances(void **state)
{
    (void)state;
    assert_int_equal(edit_distance("", ""), 0);
    assert_int_equal(edit_distance("realm", "realm"), 0);
    assert_int_equal(edit_distance("realm", ""), 5);
    assert_int_equal(edit_distance("kitten", "sitting"), 3);
    assert_int_equal(edit_distance("flaw", "lawn"), 2);
    assert_int_equal(edit_distance("udp_port", "upd_port"), 2);
}

static void test_either_way_round(void **state)
{
    (void)state;
    assert_int_equal(edit_distance("saturday", "sunday"), 3);
    assert_int_equal(edit_distance("sunday", "saturday"), 3);
}

/* Only the beginning of long words counts. */
static void test_long_words_are_cut(void **state)
{
    (void)state;
    char a[3 * EDIT_DISTANCE_MAX] = {0}, b[3 * EDIT_DISTANCE_MAX] = {0};
    memset(a, 'x', sizeof a - 1);
    memset(b, 'x', EDIT_DISTANCE_MAX);
    assert_int_equal(edit_distance(a, b), 0);
    b[EDIT_DISTANCE_MAX - 1] = 'y';
    assert_int_equal(edit_distance(a, b), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_distances),
        cmocka_unit_test(test_either_way_round),
        cmocka_unit_test(test_long_words_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
