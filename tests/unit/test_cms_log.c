/* SPDX-License-Identifier: MIT */
#include "analyzer/log/cms_log.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct taken {
    struct cms_log_entry entries[16];
    size_t count;
};

static void take(void *context, const struct cms_log_entry *entry)
{
    struct taken *taken = context;
    assert_true(taken->count < 16);
    taken->entries[taken->count++] = *entry;
}

static struct bytes text(const char *string)
{
    return bytes_of(string, strlen(string));
}

/* date -u -d '2017-05-20 19:43:21' +%s */
#define MAY_20_2017 (INT64_C(1495309401) * SECONDS)

/* As the guide prints it: a page of the web interface, and lines that a download has tabs in. */
static const char guide[] =
    "2017-05-20 18:15:28.769 Warning Web bridge connection to \"cmsweb.cms.octavio.local\" failed "
    "(connect failure)\n"
    "2017-05-20\t19:43:14.133\tInfo\tweb bridge link 3: new guest login request 21 received\r\n"
    "2017-05-20\t19:43:14.133\tInfo\tguest login request 21: passcode resolution scheduled\r\n"
    "2017-05-20\t19:43:14.163\tInfo\tweb bridge link 3: guest login request 21: response "
    "written\r\n"
    "2017-05-20\t19:43:18.805\tInfo\tcall 6: setting up combined RTP session for DTLS (combined "
    "media and control)\r\n"
    "2017-05-20\t19:43:21.805\tWarning\tcall 6: ICE failure; relay candidate creation timeout\r\n";

static void assert_guide(const struct taken *taken)
{
    static const enum cms_log_kind kinds[] = {CMS_LOG_WEBBRIDGE_FAILED, CMS_LOG_GUEST_LOGIN,
                                              CMS_LOG_SESSION_SETUP, CMS_LOG_RELAY_TIMEOUT};
    static const uint64_t lines[] = {1, 2, 5, 6};
    static const uint32_t numbers[] = {0, 3, 6, 6};
    assert_int_equal(taken->count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(taken->entries[i].kind, kinds[i]);
        assert_int_equal(taken->entries[i].line, lines[i]);
        assert_int_equal(taken->entries[i].number, numbers[i]);
    }
    assert_string_equal(taken->entries[0].name, "cmsweb.cms.octavio.local");
    assert_string_equal(taken->entries[0].reason, "connect failure");
    assert_string_equal(taken->entries[3].message,
                        "call 6: ICE failure; relay candidate creation timeout");
    assert_true(taken->entries[3].time == MAY_20_2017 + 805 * MILLISECONDS);
    assert_true(taken->entries[3].time - taken->entries[2].time == 3 * SECONDS);
}

static void test_the_guide_in_pieces_of_every_size(void **state)
{
    (void)state;
    for (size_t size = 1; size <= strlen(guide); size++) {
        struct taken taken = {.count = 0};
        struct cms_log log = {.take = take, .context = &taken};
        for (size_t at = 0; at < strlen(guide); at += size) {
            struct bytes piece = exact_copy(bytes_first(bytes_from(text(guide), at), size));
            cms_log_read(&log, piece);
            free((void *)piece.data);
        }
        cms_log_end(&log);
        assert_int_equal(log.lines, 6);
        assert_int_equal(log.timed, 6);
        assert_guide(&taken);
    }
}

static void test_every_kind(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum cms_log_kind kind;
        uint32_t number;
        const char *name;
        const char *reason;
    } rows[] = {
        {"Web bridge connection to \"a.b\" failed (DNS failure)", CMS_LOG_WEBBRIDGE_FAILED, 0,
         "a.b", "DNS failure"},
        {"web bridge connection to \"a.b\" failed (anything else)", CMS_LOG_WEBBRIDGE_FAILED, 0,
         "a.b", "anything else"},
        {"web bridge link 2: name resolution for \"a.b\" failed", CMS_LOG_WEBBRIDGE_UNRESOLVED, 2,
         "a.b", ""},
        {"failed to establish connection to web bridge link 2 (unknown error)",
         CMS_LOG_WEBBRIDGE_LINK_FAILED, 2, "", "unknown error"},
        {"call 7: ICE failure 4 (unauthorized - check credentials)", CMS_LOG_UNAUTHORIZED, 7, "",
         ""},
        {"May 20 19:43:21 user.warning cms host:server: WARNING : call 999: ICE failure; relay "
         "candidate creation timeout",
         CMS_LOG_RELAY_TIMEOUT, 999, "", ""},
        {"<12>May 20 19:43:21 cms host:server:call 1: ICE failure; relay candidate creation "
         "timeout",
         CMS_LOG_RELAY_TIMEOUT, 1, "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cms_log_entry entry = {.line = 1};
        struct bytes line = exact_copy(text(rows[i].line));
        assert_true(cms_log_recognize(line, &entry));
        assert_int_equal(entry.kind, rows[i].kind);
        assert_int_equal(entry.number, rows[i].number);
        assert_string_equal(entry.name, rows[i].name);
        assert_string_equal(entry.reason, rows[i].reason);
        free((void *)line.data);
    }
}

static void test_other_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "call",
        "call 6",
        "call 6: ICE failure",
        "call six: ICE failure; relay candidate creation timeout",
        "recall 6: ICE failure; relay candidate creation timeout",
        "Web bridge connection to \"a.b",
        "Web bridge connection to \"a.b\" succeeded",
        "Web bridge connection to \"a.b\" failed (connect failure",
        "web bridge link : name resolution for \"a\" failed",
        "\xff\xfe\x00 call",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct cms_log_entry entry = {.line = 1};
        struct bytes line = exact_copy(text(lines[i]));
        assert_false(cms_log_recognize(line, &entry));
        free((void *)line.data);
    }
}

static void test_every_truncation(void **state)
{
    (void)state;
    static const char line[] = "failed to establish connection to web bridge link 2 (unknown)";
    for (size_t length = 0; length < strlen(line); length++) {
        struct cms_log_entry entry = {.line = 1};
        struct bytes part = exact_copy(bytes_first(text(line), length));
        int64_t time;
        assert_false(cms_log_recognize(part, &entry));
        assert_false(cms_log_time(part, 0, &time));
        free((void *)part.data);
    }
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int64_t milliseconds; /* after MAY_20_2017 */
    } rows[] = {
        {"2017-05-20 19:43:21", 0},
        {"2017-05-20\t19:43:21.805", 805},
        {"2017-05-20T19:43:21,805Z", 805},
        {"2017-05-20T21:43:21.805+02:00", 805},
        {"<12>1 2017-05-20T14:13:21.805123456789-05:30 cms", 805},
        {"May 20 19:43:21 user.warning", 0},
        {"<12>May 20 19:43:21.805 x", 805},
        {"  may  20  19:43:22", 1000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t time = 0;
        struct bytes line = exact_copy(text(rows[i].line));
        assert_true(cms_log_time(line, MAY_20_2017 + 100 * 86400 * SECONDS, &time));
        time -= time % MILLISECONDS;
        assert_true(time == MAY_20_2017 + rows[i].milliseconds * MILLISECONDS);
        free((void *)line.data);
    }
}

static void test_no_times(void **state)
{
    (void)state;
    static const char *const lines[] = {"",
                                        "2017-05-20",
                                        "2017-13-20 19:43:21",
                                        "2017-05-32 19:43:21",
                                        "2017-05-20 24:43:21",
                                        "2017-05-20 19:60:21",
                                        "20170-05-20 19:43:21",
                                        "1492-10-12 06:00:00",
                                        "Mai 20 19:43:21",
                                        "May 20",
                                        "19:43:21"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        int64_t time;
        assert_false(cms_log_time(text(lines[i]), MAY_20_2017, &time));
    }
}

/* Syslog names no year: around New Year it is not that of the reference. Days: date -u -d DAY +%s
 */
static void test_the_closest_year_is_taken(void **state)
{
    (void)state;
    const int64_t january_1_2018 = INT64_C(1514764800) * SECONDS;
    const int64_t february_29_2020 = INT64_C(1582934400) * SECONDS;
    const int64_t december_31_2000 = INT64_C(978220800) * SECONDS;
    const int64_t day = 86400 * SECONDS;
    int64_t time;
    assert_true(cms_log_time(text("Dec 31 23:59:59"), january_1_2018 + 5 * SECONDS, &time));
    assert_true(time == january_1_2018 - SECONDS);
    assert_true(cms_log_time(text("Jan 1 00:00:01"), january_1_2018 - 9 * SECONDS, &time));
    assert_true(time == january_1_2018 + SECONDS);
    assert_true(cms_log_time(text("Feb 29 00:00:00"), february_29_2020 + 30 * day, &time));
    assert_true(time == february_29_2020);
    assert_true(cms_log_time(text("Dec 31 00:00:00"), december_31_2000, &time));
    assert_true(time == december_31_2000);
}

static void test_long_lines_and_any_bytes(void **state)
{
    (void)state;
    struct taken taken = {.count = 0};
    struct cms_log log = {.take = take, .context = &taken};
    cms_log_read(&log, text("\xef\xbb\xbf"
                            "2017-05-20 19:43:21.805 call 6: ICE failure; relay candidate "
                            "creation timeout"));
    for (int i = 0; i < 1000; i++)
        cms_log_read(&log, bytes_of("\0call 7: \xff", 10));
    cms_log_read(&log, text("\n"));
    cms_log_read(&log, text("call 8: ICE failure; relay candidate creation timeout"));
    cms_log_end(&log);
    cms_log_end(&log);
    assert_int_equal(taken.count, 2);
    assert_int_equal(taken.entries[0].number, 6);
    assert_true(taken.entries[0].time == MAY_20_2017 + 805 * MILLISECONDS);
    assert_int_equal(taken.entries[1].number, 8);
    assert_true(taken.entries[1].time == 0);
    assert_int_equal(taken.entries[1].line, 2);
}

static int read_file(struct cms_log *log, const char *path, const char **problem)
{
    FILE *file = cms_log_open(path, problem);
    if (file == NULL)
        return -1;
    int result = cms_log_read_stream(log, file, problem);
    fclose(file);
    return result;
}

static void test_files(void **state)
{
    (void)state;
    struct taken taken = {.count = 0};
    struct cms_log log = {.take = take, .context = &taken};
    const char *problem = NULL;
    char path[] = "/tmp/turnscope-log-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "no log\n", 7), 7);
    assert_int_equal(read_file(&log, path, &problem), -1);
    assert_non_null(strstr(problem, "no line that begins with a time"));
    assert_int_equal(pwrite(fd, guide, strlen(guide), 0), (ssize_t)strlen(guide));
    close(fd);
    log = (struct cms_log){.take = take, .context = &taken};
    assert_int_equal(read_file(&log, path, &problem), 0);
    assert_guide(&taken);
    unlink(path);
    assert_int_equal(read_file(&log, path, &problem), -1);
    assert_string_equal(problem, "there is no such file");
    assert_int_equal(read_file(&log, "/tmp", &problem), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_guide_in_pieces_of_every_size),
        cmocka_unit_test(test_every_kind),
        cmocka_unit_test(test_other_lines),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_no_times),
        cmocka_unit_test(test_the_closest_year_is_taken),
        cmocka_unit_test(test_long_lines_and_any_bytes),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
