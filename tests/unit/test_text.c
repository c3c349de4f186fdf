/* SPDX-License-Identifier: MIT */
#include "analyzer/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_copy(void **state)
{
    (void)state;
    char text[8];
    text_copy(text, sizeof text, bytes_of("realm", 5));
    assert_string_equal(text, "realm");
    text_copy(text, sizeof text, bytes_of("a\0b\0", 4));
    assert_string_equal(text, "a?b?");
    text_copy(text, sizeof text, bytes_of("longer than it may be", 21));
    assert_string_equal(text, "longer ");
    text_copy(text, sizeof text, bytes_of(NULL, 0));
    assert_string_equal(text, "");
}

static void test_padding(void **state)
{
    (void)state;
    char text[8];
    text_copy_unpadded(text, sizeof text, bytes_of("a\0b\0\0\0", 6));
    assert_string_equal(text, "a?b");
    text_copy_unpadded(text, sizeof text, bytes_of("\0\0\0\0", 4));
    assert_string_equal(text, "");
    text_copy_unpadded(text, sizeof text, bytes_of(NULL, 0));
    assert_string_equal(text, "");
    text_copy_unpadded(text, sizeof text, bytes_of("longer than it may be\0\0\0", 24));
    assert_string_equal(text, "longer ");
}

static void test_comparison(void **state)
{
    (void)state;
    assert_true(text_equals_copy("realm", 8, bytes_of("realm", 5)));
    assert_false(text_equals_copy("realm", 8, bytes_of("Realm", 5)));
    assert_false(text_equals_copy("real", 8, bytes_of("realm", 5)));
    assert_false(text_equals_copy("realms", 8, bytes_of("realm", 5)));
    assert_true(text_equals_copy("a?b?", 8, bytes_of("a\0b\0", 4)));
    assert_false(text_equals_copy("a", 8, bytes_of("a\0b\0", 4)));
    assert_true(text_equals_copy("longer ", 8, bytes_of("longer than it may be", 21)));
    assert_true(text_equals_copy("", 8, bytes_of(NULL, 0)));
    assert_false(text_equals_copy("a", 8, bytes_of(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_comparison),
        cmocka_unit_test(test_padding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
