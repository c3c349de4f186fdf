/* SPDX-License-Identifier: MIT */
#include "ui/report/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void escapes_to(const char *text, const char *expected)
{
    /* A copy of exactly its size: an over-read behind a broken sequence is seen. */
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    char escaped[ESCAPED_TEXT];
    assert_non_null(copy);
    memcpy(copy, text, size);
    assert_string_equal(escape_text(copy, escaped, sizeof escaped), expected);
    free(copy);
}

static void test_harmless(void **state)
{
    (void)state;
    escapes_to("", "");
    escapes_to("cmsweb.octavio.com", "cmsweb.octavio.com");
    escapes_to("\xc3\xa4 \xe6\xbc\xa2 \xf0\x9f\x98\x80", "\xc3\xa4 \xe6\xbc\xa2 \xf0\x9f\x98\x80");
    escapes_to("a\\b", "a\\\\b");
}

/* RFC 3629: stray and missing continuation bytes, forms that are too long, surrogates, and what
 * lies beyond U+10FFFF. */
static void test_not_utf8(void **state)
{
    (void)state;
    escapes_to("a\x80z", "a\\x80z");
    escapes_to("\xff\xfe", "\\xff\\xfe");
    escapes_to("\xc3", "\\xc3");
    escapes_to("\xe6\xbc", "\\xe6\\xbc");
    escapes_to("\xf0\x9f\x98", "\\xf0\\x9f\\x98");
    escapes_to("\xc3(", "\\xc3(");
    escapes_to("\xc0\xaf", "\\xc0\\xaf");
    escapes_to("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
    escapes_to("\xed\xa0\x80", "\\xed\\xa0\\x80");
    escapes_to("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

static void test_controls(void **state)
{
    (void)state;
    escapes_to("\033[31m", "\\u{001b}[31m");
    escapes_to("a\nb\tc\r", "a\\u{000a}b\\u{0009}c\\u{000d}");
    escapes_to("\x7f", "\\u{007f}");
    escapes_to("\xc2\x80", "\\u{0080}"); /* C1 */
    escapes_to("\xc2\x9b", "\\u{009b}");
    escapes_to("\xe2\x80\xa8\xe2\x80\xa9", "\\u{2028}\\u{2029}");
}

/* What changes the direction of text, or hides itself. */
static void test_deceptive(void **state)
{
    (void)state;
    escapes_to("a\xe2\x80\xae"
               "b",
               "a\\u{202e}b");                                    /* right-to-left override */
    escapes_to("\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}"); /* isolates */
    escapes_to("\xd8\x9c", "\\u{061c}");                          /* Arabic letter mark */
    escapes_to("\xe2\x80\x8b\xe2\x80\x8d", "\\u{200b}\\u{200d}"); /* zero width */
    escapes_to("\xef\xbb\xbf", "\\u{feff}");
    escapes_to("\xcd\x8f\xe3\x85\xa4\xef\xbe\xa0", "\\u{034f}\\u{3164}\\u{ffa0}"); /* fillers */
    escapes_to("\xc2\xad", "\\u{00ad}");                                           /* soft hyphen */
    escapes_to("\xf3\xa0\x81\x81", "\\u{e0041}"); /* tag letter A */
}

/* In any size the result is the beginning of the whole, and no piece of it is broken. */
static void test_cut_at_whole_characters(void **state)
{
    (void)state;
    static const char text[] = "a\xc3\xa4\xff\xe6\xbc\xa2\033z";
    static const char whole[] = "a\xc3\xa4\\xff\xe6\xbc\xa2\\u{001b}z";
    static const size_t boundaries[] = {0, 1, 3, 7, 10, 18, 19};
    size_t allowed = 0;
    for (size_t size = 1; size <= sizeof whole; size++) {
        char *escaped = malloc(size);
        assert_non_null(escaped);
        escape_text(text, escaped, size);
        if (boundaries[allowed + 1 < 7 ? allowed + 1 : 6] <= size - 1 && allowed < 6)
            allowed++;
        assert_int_equal(strlen(escaped), boundaries[allowed]);
        assert_memory_equal(escaped, whole, boundaries[allowed]);
        free(escaped);
    }
    assert_int_equal(allowed, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_harmless),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_deceptive),
        cmocka_unit_test(test_cut_at_whole_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
