/* SPDX-License-Identifier: MIT */
#include "ui/cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <getopt.h>

enum { WORDS = 80 };

static struct options options;
static char error[OPTIONS_ERROR];

/* The words of a command line, apart from the program's name; "%" stands for a space in a word. */
static int parse(const char *line)
{
    static char copy[8192];
    char *words[WORDS] = {copy}, *rest = copy;
    int count = 0;
    snprintf(copy, sizeof copy, "turnscope %s", line);
    for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL && count < WORDS - 1;) {
        for (char *at = word; (at = strchr(at, '%')) != NULL;)
            *at = ' ';
        words[count++] = word;
    }
    words[count] = NULL;
    optind = 0;
    memset(error, 0, sizeof error);
    return options_parse(&options, count, words, error);
}

static void good(const char *line)
{
    if (parse(line) != 0)
        fail_msg("%s: %s", line, error);
}

static void bad(const char *line, const char *message)
{
    if (parse(line) != -1)
        fail_msg("%s was taken", line);
    assert_string_equal(error, message);
}

static void test_defaults(void **state)
{
    (void)state;
    good("-r a.pcap");
    assert_int_equal(options.action, ACTION_ANALYSE);
    assert_int_equal(options.file_count, 1);
    assert_string_equal(options.files[0], "a.pcap");
    assert_string_equal(options.format->name, "text");
    assert_int_equal(options.fail_on, SEVERITY_ERROR);
    assert_false(options.never_fail);
    assert_int_equal(options.vantage, VANTAGE_UNKNOWN);
    assert_int_equal(options.color, COLOR_AUTO);
    assert_string_equal(options.filter, "");
    assert_int_equal(options.snapshot_length, 0);
    assert_int_equal(options.buffer_size, 16 * 1024 * 1024);
    assert_int_equal(options.count, 0);
}

static void test_values(void **state)
{
    (void)state;
    good("-r a -r b --json -o out --profile site.ini --vantage cms --turn-password-file p "
         "--keylog k --color never -c 10 -q -v");
    assert_int_equal(options.file_count, 2);
    assert_string_equal(options.format->name, "json");
    assert_string_equal(options.output, "out");
    assert_string_equal(options.profile, "site.ini");
    assert_int_equal(options.vantage, VANTAGE_CMS);
    assert_string_equal(options.password_file, "p");
    assert_string_equal(options.keylog, "k");
    assert_int_equal(options.color, COLOR_NEVER);
    assert_int_equal(options.count, 10);
    assert_true(options.quiet && options.verbose);
}

static void test_live(void **state)
{
    (void)state;
    good("-i eth0 -i lo --duration 60 -w keep.pcap -C 5 -G 3600 -W 4 -B 2048 -s 96 -p -Z nobody "
         "--no-sandbox");
    assert_int_equal(options.interface_count, 2);
    assert_int_equal(options.duration, 60 * SECONDS);
    assert_string_equal(options.write, "keep.pcap");
    assert_int_equal(options.rotate_size, 5000000);
    assert_int_equal(options.rotate_time, 3600 * SECONDS);
    assert_int_equal(options.rotate_files, 4);
    assert_int_equal(options.buffer_size, 2048 * 1024);
    assert_int_equal(options.snapshot_length, 96);
    assert_true(options.not_promiscuous && options.no_sandbox);
    assert_string_equal(options.user, "nobody");
}

/* Words after the options are a filter, as tcpdump has it, and go together with -f. */
static void test_filter_words(void **state)
{
    (void)state;
    good("-r a udp port 3478");
    assert_string_equal(options.filter, "udp port 3478");
    good("-r a -f host%10.0.0.1 and udp");
    assert_string_equal(options.filter, "host 10.0.0.1 and udp");
}

static void test_filter_too_long(void **state)
{
    (void)state;
    char words[OPTIONS_FILTER] = "", line[OPTIONS_FILTER + 32];
    memset(words, 'x', sizeof words - 1);
    snprintf(line, sizeof line, "-r a %s", words);
    good(line);
    assert_int_equal(strlen(options.filter), sizeof words - 1);
    snprintf(line, sizeof line, "-r a %s y", words);
    bad(line, "the filter is too long");
}

static void test_fail_on(void **state)
{
    (void)state;
    good("-r a --fail-on error");
    assert_int_equal(options.fail_on, SEVERITY_ERROR);
    good("-r a --fail-on warning");
    assert_int_equal(options.fail_on, SEVERITY_WARNING);
    assert_false(options.never_fail);
    good("-r a --fail-on never");
    assert_true(options.never_fail);
    good("-r a --fail-on never --fail-on error");
    assert_false(options.never_fail);
    bad("-r a --fail-on info", "--fail-on 'info': use error, warning or never");
}

static void test_actions_need_no_input(void **state)
{
    (void)state;
    good("--help");
    assert_int_equal(options.action, ACTION_HELP);
    good("-V");
    assert_int_equal(options.action, ACTION_VERSION);
    good("-D");
    assert_int_equal(options.action, ACTION_LIST_INTERFACES);
}

static void test_bad_values(void **state)
{
    (void)state;
    bad("-r a -T xml", "-T 'xml': use one of text, json, ndjson");
    bad("-r a --color red", "--color 'red': use auto, always or never");
    bad("-r a --vantage moon", "--vantage 'moon': use client, expressway-e-lan1, "
                               "expressway-e-lan2, expressway-c or cms");
    bad("-r a -c 0", "-c '0': give a number of packets");
    bad("-r a -c -1", "-c '-1': give a number of packets");
    bad("-r a -c 5x", "-c '5x': give a number of packets");
    bad("-i a --duration 0", "--duration '0': give a number of seconds");
    bad("-i a -B 2096129", "-B '2096129': give the buffer's size in KiB, 1 to 2096128");
    bad("-i a -s 262145",
        "-s '262145': give a number of octets up to 262144; 0 keeps whole packets");
    bad("-i a -w f -C 0", "-C '0': give the size of a file in millions of bytes");
    bad("-i a -w f -G x", "-G 'x': give a number of seconds");
    bad("-i a -w f -C 1 -W 0", "-W '0': give a number of files up to 99999");
}

static void test_bad_usage(void **state)
{
    (void)state;
    bad("", "nothing to read: give a capture with -r FILE or an interface with -i, or see --help");
    bad("-r a -i b", "read files (-r) or capture live (-i), not both");
    bad("-r a --duration 5", "--duration is for live captures (-i)");
    bad("-r", "option -r needs a value");
    bad("-r a -qT", "option -T needs a value");
    bad("-r a --profile", "option --profile needs a value");
    bad("-r a --profile=", "option --profile needs a value");
    good("-r a --filter=");
    bad("-r a --json=yes", "option --json takes no value: give it alone");
    bad("-i a -C 1", "-C and -G divide what -w FILE writes: give that, too");
    bad("-i a -w - -C 1", "-C and -G divide what -w FILE writes: give that, too");
    bad("-i a -w f -W 3", "-W says how many files -C or -G make: give one of them, too");
    bad("-i a -w -", "-w - puts packets where the report goes: put the report elsewhere with -o "
                     "FILE, or leave it out with -q");
    bad("--cms-log a -w f",
        "-w keeps packets, and an event log has none: add a capture with -r FILE "
        "or an interface with -i, or leave -w out");
    good("-r b --cms-log a -w f");
    good("-i a -w - -q");
    good("-i a -w - -o report");
    bad("-i a -w - -o -", "-w - puts packets where the report goes: put the report elsewhere with "
                          "-o FILE, or leave it out with -q");
    bad("-i a -w f -o f", "-w and -o name the same file: give each its own");
    good("-r a -o -");
}

static void test_unknown_options(void **state)
{
    (void)state;
    bad("-r a --bogus", "unknown option --bogus: see --help");
    bad("-r a --jsn", "unknown option --jsn: did you mean --json? see --help");
    bad("-r a --profle=site.ini",
        "unknown option --profle=site.ini: did you mean --profile? see --help");
    bad("-r a --no",
        "--no can be --no-promiscuous, --no-sandbox, --no-names: give more of its name");
    const char *const letter =
        "unknown option -x: see --help; options of more than one letter begin with --";
    bad("-r a -x", letter);
    bad("-r a -xq", letter); /* the word of a letter is not the one before it */
    bad("-qx -r a", letter);
}

static void test_standard_input_once(void **state)
{
    (void)state;
    good("-r -");
    good("--cms-log -");
    good("-r a --cms-log -");
    good("-r - --cms-log b");
    bad("-r - --cms-log -", "standard input (-) can be read once only: give the name of a file");
    bad("-r - -r -", "standard input (-) can be read once only: give the name of a file");
}

static void test_too_many_files(void **state)
{
    (void)state;
    char line[LIMIT_INPUTS * 8] = "";
    for (unsigned i = 0; i < LIMIT_INPUTS; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), "-rf%u ", i);
    good(line);
    assert_int_equal(options.file_count, LIMIT_INPUTS);
    snprintf(line + strlen(line), sizeof line - strlen(line), "-rz");
    bad(line, "-r 'z': one more file than can be read together");
}

static void test_help_names_every_option(void **state)
{
    (void)state;
    static const char *const names[] = {"--read FILE",        "--interface NAME", "--keylog FILE",
                                        "--fail-on SEVERITY", "--profile FILE",   "exit status"};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    options_help(out);
    fclose(out);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_non_null(strstr(text, names[i]));
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 79); /* of a terminal's 80 columns */
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_filter_words),
        cmocka_unit_test(test_filter_too_long),
        cmocka_unit_test(test_fail_on),
        cmocka_unit_test(test_actions_need_no_input),
        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_bad_usage),
        cmocka_unit_test(test_unknown_options),
        cmocka_unit_test(test_standard_input_once),
        cmocka_unit_test(test_too_many_files),
        cmocka_unit_test(test_help_names_every_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
