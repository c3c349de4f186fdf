/* SPDX-License-Identifier: MIT */
#include "ui/report/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *text;
static size_t size;
static struct lines lines;

static int set_up(void **state)
{
    (void)state;
    lines = (struct lines){.out = open_memstream(&text, &size)};
    return lines.out == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(text);
    text = NULL;
    return 0;
}

static void wrote(const char *expected)
{
    fclose(lines.out);
    assert_string_equal(text, expected);
}

static void test_short(void **state)
{
    (void)state;
    lines_wrapped(&lines, 4, "1.", "Set the password.");
    wrote("1.  Set the password.\n");
}

static void test_empty(void **state)
{
    (void)state;
    lines_wrapped(&lines, 2, "-", "");
    wrote("- \n");
}

/* Lines of 78 columns at most, broken at spaces, which are not kept. */
static void test_wraps(void **state)
{
    (void)state;
#define TWELVE                                                                                     \
    "abcde abcde abcde abcde abcde abcde abcde abcde abcde abcde abcde abcde" /* 71 columns */
    lines_wrapped(&lines, 6, "*", TWELVE " abcde  fgh");
    wrote("*     " TWELVE "\n      abcde  fgh\n");
}

/* 72 and 6 columns are exactly the width: the next word goes to the next line. */
static void test_exact_width(void **state)
{
    (void)state;
    char words[100], expected[120];
    memset(words, 'x', 72);
    words[72] = '\0';
    snprintf(expected, sizeof expected, "      %s\n", words);
    lines_wrapped(&lines, 6, "", words);
    wrote(expected);
}

/* A word that is too long is not broken: it may be a name that someone copies. */
static void test_long_word(void **state)
{
    (void)state;
    char words[120], expected[140];
    memset(words, 'x', 100);
    memcpy(words + 100, " end", 5);
    snprintf(expected, sizeof expected, "- %.100s\n  end\n", words);
    lines_wrapped(&lines, 2, "-", words);
    wrote(expected);
}

static void test_field(void **state)
{
    (void)state;
    lines_field(&lines, "Client", "");
    lines_field(&lines, "Software", "co\033turn");
    wrote("  Software     co\\u{001b}turn\n");
}

static void test_colour(void **state)
{
    (void)state;
    assert_string_equal(style_on(&lines, STYLE_ERROR), "");
    assert_string_equal(style_off(&lines), "");
    lines_heading(&lines, "Verdict");
    lines.color = true;
    lines_heading(&lines, "Verdict");
    assert_string_equal(style_on(&lines, STYLE_PLAIN), "");
    assert_int_equal(style_on(&lines, STYLE_ERROR)[0], '\033');
    wrote("\nVerdict\n\n\033[1mVerdict\033[0m\n");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_short),     TEST(test_empty), TEST(test_wraps),  TEST(test_exact_width),
        TEST(test_long_word), TEST(test_field), TEST(test_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
