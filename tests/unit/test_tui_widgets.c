/* SPDX-License-Identifier: MIT */
/* The parts of the dashboard that need no terminal: cursor, pages, keys, settings, series. */
#include "analyzer/time.h"
#include "tests/support/capture_files.h"
#include "ui/tui/clock.h"
#include "ui/tui/list.h"
#include "ui/tui/page.h"
#include "ui/tui/series.h"
#include "ui/tui/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_cursor(const struct list *list, size_t selected, size_t top)
{
    assert_int_equal(list->selected, selected);
    assert_int_equal(list->top, top);
}

static void test_the_cursor_stays_inside_and_in_sight(void **state)
{
    (void)state;
    struct list list = {0};
    list_fit(&list, 100, 10);
    assert_true(list_act(&list, COMMAND_UP, 1));
    expect_cursor(&list, 0, 0);
    list_act(&list, COMMAND_DOWN, 9);
    expect_cursor(&list, 9, 0);
    list_act(&list, COMMAND_DOWN, 1);
    expect_cursor(&list, 10, 1);
    list_act(&list, COMMAND_END, 1);
    expect_cursor(&list, 99, 90);
    list_act(&list, COMMAND_PAGE_UP, 1);
    expect_cursor(&list, 90, 90);
    list_act(&list, COMMAND_UP, 3);
    expect_cursor(&list, 87, 87);
    list_fit(&list, 50, 10); /* rows went */
    expect_cursor(&list, 49, 40);
    list_fit(&list, 50, 60); /* the window grew */
    expect_cursor(&list, 49, 0);
    list_fit(&list, 0, 10);
    expect_cursor(&list, 0, 0);
    assert_true(list_act(&list, COMMAND_DOWN, 1));
    expect_cursor(&list, 0, 0);
    assert_false(list_act(&list, COMMAND_OPEN, 1));
}

static void test_paragraphs_are_wrapped_at_spaces(void **state)
{
    (void)state;
    static struct page page;
    page_start(&page, 20);
    page_wrapped(&page, LOOK_PLAIN, 3, "1.", "one two three four five six");
    assert_int_equal(page.count, 2);
    assert_string_equal(page.lines[0].label, "1.");
    assert_string_equal(page.lines[0].text, "one two three");
    assert_null(page.lines[1].label);
    assert_string_equal(page.lines[1].text, "four five six");
    page_start(&page, 20);
    page_wrapped(&page, LOOK_PLAIN, 0, NULL, "abcdefghijklmnopqrstuvwxyz"); /* no space */
    assert_string_equal(page.lines[0].text, "abcdefghijklmnopqrst");
    assert_string_equal(page.lines[1].text, "uvwxyz");
    page_start(&page, 10);
    page_wrapped(&page, LOOK_PLAIN, 0, NULL, "§§§§§§§§§§§§"); /* never inside a character */
    assert_string_equal(page.lines[0].text, "§§§§§§§§§§");
    assert_string_equal(page.lines[1].text, "§§");
    page_start(&page, 20);
    page_field(&page, LOOK_PLAIN, "Empty", "");
    assert_int_equal(page.count, 0);
}

/* However much there is to say, a page keeps its bounds. */
static void test_a_page_that_is_full(void **state)
{
    (void)state;
    static struct page page;
    char text[1001];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    page_start(&page, 20);
    for (int i = 0; i < 1000; i++)
        page_wrapped(&page, LOOK_PLAIN, 0, "label", text);
    assert_int_equal(page.count, PAGE_LINES);
    assert_true(page.used <= PAGE_TEXT);
    page.height = 10;
    assert_true(page_act(&page, COMMAND_END, 1));
    assert_int_equal(page.top, PAGE_LINES - 10);
}

static void expect_keys(const struct keys *keys, enum command command, const char *wanted)
{
    char text[64];
    assert_string_equal(keys_of(keys, command, text, sizeof text), wanted);
}

static void test_keys_are_bound_by_name(void **state)
{
    (void)state;
    struct keys keys;
    char error[KEYS_ERROR_TEXT], name[KEY_NAME];
    keys_init(&keys);
    expect_keys(&keys, COMMAND_HELP, "F1 ?");
    assert_string_equal(keys_first_of(&keys, COMMAND_SAVE, name), "F2");
    assert_int_equal(keys_bind(&keys, "filter", "^F  F12 Space #", error), 0);
    expect_keys(&keys, COMMAND_FILTER, "^F F12 Space #");
    expect_keys(&keys, COMMAND_PAGE_DOWN, "PgDn"); /* ^F was taken away from it */
    expect_keys(&keys, COMMAND_SELECT, "");
    assert_int_equal(keys_bind(&keys, "filter", "F13", error), -1);
    assert_int_equal(keys_bind(&keys, "filter", "Hyper", error), -1);
    assert_int_equal(keys_bind(&keys, "nothing", "x", error), -1);
}

/* Every command can be named in the settings, is explained, and is bound by default without taking
 * a key from another. */
static void test_the_table_of_commands(void **state)
{
    (void)state;
    struct keys keys;
    keys_init(&keys);
    for (enum command command = COMMAND_NONE + 1; command < COMMANDS; command++) {
        char text[64];
        assert_non_null(command_row(command)->name);
        assert_true(command_row(command)->help[0] != '\0');
        assert_string_equal(keys_of(&keys, command, text, sizeof text), command_row(command)->keys);
        for (enum command other = command + 1; other < COMMANDS; other++)
            assert_string_not_equal(command_row(command)->name, command_row(other)->name);
    }
}

static int load(struct settings *settings, const char *text, char error[SETTINGS_ERROR_TEXT])
{
    struct capture_file file = {.length = strlen(text)};
    char directory[CAPTURE_FILE_PATH], path[CAPTURE_FILE_PATH];
    memcpy(file.bytes, text, file.length);
    make_directory(directory);
    capture_file_write(&file, directory, "turnscoperc", path);
    int status = settings_load(settings, path, error);
    remove_directory(directory);
    return status;
}

static void test_settings(void **state)
{
    (void)state;
    struct settings settings;
    char error[SETTINGS_ERROR_TEXT] = "";
    assert_int_equal(load(&settings,
                          "[screen]\ntheme = light\ncharset = utf-8\nmouse = no\ntime = local\n"
                          "[colors]\nbad = bold underline white on red\n[keys]\nhelp = h\n",
                          error),
                     0);
    assert_int_equal(settings.theme, THEME_LIGHT);
    assert_int_equal(settings.charset, CHARSET_UTF8);
    assert_int_equal(settings.time_format, CLOCK_LOCAL);
    assert_true(settings.no_mouse);
    assert_true(settings.is_styled[LOOK_BAD]);
    assert_false(settings.is_styled[LOOK_GOOD]);
    const struct look_style *style = &settings.styles[LOOK_BAD];
    assert_true(style->bold && style->underline && !style->reverse && !style->dim);
    assert_int_equal(style->foreground, 7);
    assert_int_equal(style->background, 1);
    expect_keys(&settings.keys, COMMAND_HELP, "h");
    assert_int_equal(settings_load(&settings, "/nowhere/turnscoperc", error), 0);
    expect_keys(&settings.keys, COMMAND_HELP, "F1 ?");
}

static void test_settings_that_are_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *problem;
    } rows[] = {
        {"[screen]\ntheme = pink\n", ":2: unknown theme 'pink': write auto, dark, light or mono"},
        {"[screen]\n\nfont = big\n", ":3: unknown setting 'font': there are theme, charset, mouse "
                                     "and time"},
        {"[sreen]\nmouse = no\n", ":2: unknown section 'sreen'"},
        {"[keys]\nhelp = Meta\n", ":2: there is no key 'Meta'"},
        {"[colors]\nugly = red\n", ":2: unknown look 'ugly'"},
        {"[colors]\nbad = red on\n[colors]\nbad = on scarlet", ":4: unknown colour 'on scarlet'"},
        {"[screen\n", ":1: is no 'name = value' and no [section]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct settings settings;
        char error[SETTINGS_ERROR_TEXT] = "";
        assert_int_equal(load(&settings, rows[i].text, error), -1);
        assert_non_null(strstr(error, rows[i].problem));
    }
}

/* Nothing is lost when buckets are joined, and old buckets keep their place. */
static void test_a_series_of_any_length(void **state)
{
    (void)state;
    static struct series series;
    const int64_t start = INT64_C(1495309950) * SECONDS;
    uint64_t packets = 0, bytes = 0;
    for (int i = 0; i < 5000; i++)
        series_note(&series, start + i * SECONDS, 100);
    series_note_round_trip(&series, start + 2 * SECONDS, 30);
    series_note_round_trip(&series, start + 2 * SECONDS, 20);
    series_note(&series, start - SECONDS, 7); /* older than the first */
    for (size_t i = 0; i < SERIES_BUCKETS; i++) {
        packets += series.packets[i];
        bytes += series.bytes[i];
    }
    assert_int_equal(packets, 5001);
    assert_int_equal(bytes, 500007);
    assert_true(series.used <= SERIES_BUCKETS && series.used > SERIES_BUCKETS / 2 - 1);
    assert_int_equal(series_bucket(&series, start), 0);
    assert_int_equal(series_bucket(&series, start + 4999 * SECONDS), series.used - 1);
    assert_int_equal(series.slowest[0], 30);
    series_note(&series, INT64_MAX, 1);
    assert_int_equal(series.slowest[0], 30);
    assert_true(series.used <= SERIES_BUCKETS);
}

static void test_times_and_durations(void **state)
{
    (void)state;
    const int64_t time = INT64_C(1495309968704809000); /* 2017-05-20T19:52:48.704809Z */
    char text[CLOCK_TEXT];
    assert_string_equal(clock_text(CLOCK_UTC, time, 0, text), "19:52:48.704809");
    assert_string_equal(clock_date(CLOCK_UTC, time, text), "2017-05-20 19:52:48");
    assert_string_equal(clock_text(CLOCK_SINCE_START, time, time - 1500 * MILLISECONDS, text),
                        "       1.500000");
    assert_string_equal(clock_duration(140 * MICROSECONDS, text), "140 us");
    assert_string_equal(clock_duration(10 * MILLISECONDS, text), "10.0 ms");
    assert_string_equal(clock_duration(59 * SECONDS, text), "59.0 s");
    assert_string_equal(clock_duration(-200 * SECONDS, text), "-3 min 20 s");
    assert_string_equal(clock_duration(INT64_C(18720) * SECONDS, text), "5 h 12 min");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_cursor_stays_inside_and_in_sight),
        cmocka_unit_test(test_paragraphs_are_wrapped_at_spaces),
        cmocka_unit_test(test_a_page_that_is_full),
        cmocka_unit_test(test_keys_are_bound_by_name),
        cmocka_unit_test(test_the_table_of_commands),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_settings_that_are_wrong),
        cmocka_unit_test(test_a_series_of_any_length),
        cmocka_unit_test(test_times_and_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
