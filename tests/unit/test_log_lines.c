/* SPDX-License-Identifier: MIT */
#include "analyzer/log/log_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A capture of a minute, and hours of the log's clock. */
#define FIRST (INT64_C(1495309950) * SECONDS)
#define LAST  (FIRST + 60 * SECONDS)
#define HOUR  (3600 * SECONDS)

static void add(struct log_lines *lines, uint64_t line, enum cms_log_kind kind, uint32_t number,
                int64_t time)
{
    struct cms_log_entry entry = {.line = line, .kind = kind, .number = number, .time = time};
    snprintf(entry.message, sizeof entry.message, "%s", "message");
    log_lines_add(lines, &entry);
}

static int64_t fitted(const int64_t *times, size_t count)
{
    struct log_lines lines;
    assert_int_equal(log_lines_init(&lines), 0);
    for (size_t i = 0; i < count; i++)
        add(&lines, i + 1, CMS_LOG_RELAY_TIMEOUT, 1, times[i]);
    log_lines_fit(&lines, FIRST, LAST);
    int64_t shift = lines.shift;
    log_lines_free(&lines);
    return shift;
}

static void test_the_zone_is_estimated(void **state)
{
    (void)state;
    const int64_t inside = FIRST + 10 * SECONDS;
    assert_true(fitted((const int64_t[]){inside}, 1) == 0);
    assert_true(fitted((const int64_t[]){inside + 2 * HOUR}, 1) == -2 * HOUR);
    assert_true(fitted((const int64_t[]){inside - 11 * HOUR / 2}, 1) == 11 * HOUR / 2);
    assert_true(fitted((const int64_t[]){inside - 9 * HOUR, inside + 2 * HOUR,
                                         inside + 2 * HOUR + 5 * SECONDS},
                       3) == -2 * HOUR);
    /* The guide's own: nine minutes before the capture is no zone. */
    assert_true(fitted((const int64_t[]){FIRST - 540 * SECONDS}, 1) == 0);
    assert_true(fitted((const int64_t[]){inside + 20 * HOUR}, 1) == 0);
    assert_true(fitted((const int64_t[]){0}, 1) == 0);
}

static void test_guests_after_a_failure(void **state)
{
    (void)state;
    struct log_lines lines;
    assert_int_equal(log_lines_init(&lines), 0);
    assert_false(log_lines_guests_after(&lines, FIRST));
    add(&lines, 1, CMS_LOG_GUEST_LOGIN, 1, FIRST + 2 * HOUR);
    add(&lines, 2, CMS_LOG_GUEST_LOGIN, 1, 0); /* a line without a time */
    log_lines_set_shift(&lines, -2 * HOUR);
    assert_true(log_lines_guests_after(&lines, FIRST - 1));
    assert_false(log_lines_guests_after(&lines, FIRST));
    assert_false(log_lines_guests_after(&lines, 0));
    log_lines_free(&lines);
}

static void test_a_given_shift_stays(void **state)
{
    (void)state;
    struct log_lines lines;
    assert_int_equal(log_lines_init(&lines), 0);
    log_lines_set_shift(&lines, -7 * SECONDS);
    add(&lines, 1, CMS_LOG_UNAUTHORIZED, 1, FIRST + 2 * HOUR);
    log_lines_fit(&lines, FIRST, LAST);
    assert_true(lines.shift == -7 * SECONDS);
    log_lines_free(&lines);
}

static void test_failures_are_told_in_order(void **state)
{
    (void)state;
    struct log_lines lines;
    struct event_queue events = {.count = 0};
    uint64_t told = 0;
    bool more = true;
    assert_int_equal(log_lines_init(&lines), 0);
    for (uint64_t line = 1; line <= 100; line++)
        add(&lines, line, line % 2 ? CMS_LOG_RELAY_TIMEOUT : CMS_LOG_GUEST_LOGIN, 1, FIRST);
    while (more) {
        more = log_lines_tell(&lines, &events);
        for (size_t i = 0; i < events.count; i++) {
            assert_int_equal(events.items[i].kind, EVENT_LOG_LINE);
            assert_int_equal(events.items[i].evidence.frame, 2 * told + 1);
            assert_int_equal(events.items[i].evidence.protocol, EVIDENCE_LOG);
            assert_int_equal(events.items[i].log->line, 2 * told + 1);
            told++;
        }
        events.count = 0;
    }
    assert_int_equal(told, 50);
    assert_int_equal(events.lost, 0);
    assert_int_equal(lines.seen[CMS_LOG_GUEST_LOGIN], 50);
    log_lines_free(&lines);
}

static void test_the_set_up_of_a_call(void **state)
{
    (void)state;
    struct log_lines lines;
    assert_int_equal(log_lines_init(&lines), 0);
    add(&lines, 1, CMS_LOG_SESSION_SETUP, 6, FIRST);
    add(&lines, 2, CMS_LOG_SESSION_SETUP, 7, FIRST);
    struct cms_log_entry failure = {.number = 6, .time = FIRST + 3 * SECONDS};
    assert_non_null(log_lines_setup(&lines, &failure));
    assert_int_equal(log_lines_setup(&lines, &failure)->line, 1);
    failure.time = FIRST - SECONDS; /* a later call of the same number, after a restart */
    assert_null(log_lines_setup(&lines, &failure));
    failure.time = FIRST + HOUR;
    assert_null(log_lines_setup(&lines, &failure));
    failure.number = 8;
    assert_null(log_lines_setup(&lines, &failure));
    log_lines_free(&lines);
}

static void test_a_long_message_keeps_both_ends(void **state)
{
    (void)state;
    struct log_lines lines = {.shift = 0};
    struct cms_log_entry entry = {.line = 1};
    static const char line[] =
        "Web bridge connection to \"cmsweb.cms.octavio.local\" failed (connect failure)";
    memcpy(entry.message, line, sizeof line);
    struct evidence evidence = log_line_evidence(&lines, &entry);
    assert_string_equal(evidence.detail,
                        "Web bridge connection to \"cmsweb.c...\" failed (connect failure)");
    assert_true(evidence.time == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_zone_is_estimated),
        cmocka_unit_test(test_guests_after_a_failure),
        cmocka_unit_test(test_a_given_shift_stays),
        cmocka_unit_test(test_failures_are_told_in_order),
        cmocka_unit_test(test_the_set_up_of_a_call),
        cmocka_unit_test(test_a_long_message_keeps_both_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
