/* SPDX-License-Identifier: MIT */
#include "ui/report/explain.h"

#include "analyzer/diagnose/catalogue.h"
#include "analyzer/edit_distance.h"
#include "ui/report/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What was written to a memory stream; to be freed. */
static char *written;
static size_t written_size;

static FILE *begin(void)
{
    return open_memstream(&written, &written_size);
}

static char *listing(void)
{
    FILE *out = begin();
    explain_list(out);
    fclose(out);
    return written;
}

static char *explanation(const char *name)
{
    char error[EXPLAIN_ERROR_TEXT];
    FILE *out = begin();
    assert_int_equal(explain_finding(out, false, name, error), 0);
    fclose(out);
    return written;
}

static void test_the_list_has_a_line_for_each_finding_sorted_by_name(void **state)
{
    (void)state;
    char *text = listing(), *rest = text;
    char previous[64] = "";
    size_t count = 0;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0'; count++) {
        char name[64], severity[16];
        int title = 0;
        assert_int_equal(sscanf(line, "%63s %15s %n", name, severity, &title), 2);
        const struct catalogue_row *row = catalogue_find(name);
        assert_non_null(row);
        assert_string_equal(severity, severity_name(row->severity));
        assert_string_equal(line + title, row->title);
        assert_true(strcmp(previous, name) < 0);
        memcpy(previous, name, sizeof previous);
    }
    assert_int_equal(count, FINDING_CODES - 1);
    free(text);
}

/* Columns: octets that do not continue a character of UTF-8. */
static size_t columns(const char *line)
{
    size_t count = 0;
    for (; *line != '\0'; line++)
        count += ((unsigned char)*line & 0xc0) != 0x80;
    return count;
}

static void test_every_finding_is_explained_within_the_width(void **state)
{
    (void)state;
    for (int code = FINDING_NONE + 1; code < FINDING_CODES; code++) {
        const struct catalogue_row *row = catalogue_row((enum finding_code)code);
        char *text = explanation(row->name), *rest = text;
        assert_memory_equal(text, row->name, strlen(row->name));
        for (char *line; (line = strsep(&rest, "\n")) != NULL;)
            if (columns(line) > REPORT_WIDTH)
                fail_msg("%s: too wide: %s", row->name, line);
        free(text);
    }
}

/* Words alone: the layout may change, what is said may not be lost. */
static char *squeezed(const char *text)
{
    char *result = calloc(1, strlen(text) + 1), *to = result;
    for (; *text != '\0'; text++)
        if (*text != ' ' && *text != '\n')
            *to++ = *text;
    return result;
}

static void assert_says(const char *text, const char *what)
{
    char *all = squeezed(text), *part = squeezed(what);
    if (strstr(all, part) == NULL)
        fail_msg("not said: %s", what);
    free(all);
    free(part);
}

static void test_an_explanation_leaves_nothing_out(void **state)
{
    (void)state;
    for (int code = FINDING_NONE + 1; code < FINDING_CODES; code++) {
        const struct catalogue_row *row = catalogue_row((enum finding_code)code);
        char *text = explanation(row->name);
        const char *const said[] = {row->title,
                                    row->explanation,
                                    row->evidence,
                                    row->reference,
                                    severity_name(row->severity),
                                    certainty_name(row->certainty)};
        for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
            assert_says(text, said[i]);
        for (size_t i = 0; i < CATALOGUE_REMEDIES && row->remedy[i] != NULL; i++)
            assert_says(text, row->remedy[i]);
        if (row->raise_certainty != NULL)
            assert_says(text, row->raise_certainty);
        if (row->case_id != CASE_NONE)
            assert_says(text, case_title(row->case_id));
        free(text);
    }
}

static void test_colour_is_there_only_when_asked_for(void **state)
{
    (void)state;
    char error[EXPLAIN_ERROR_TEXT];
    char *plain = explanation("turn.no-answer");
    assert_null(strchr(plain, '\033'));
    free(plain);
    FILE *out = begin();
    assert_int_equal(explain_finding(out, true, "turn.no-answer", error), 0);
    fclose(out);
    assert_non_null(strchr(written, '\033'));
    free(written);
}

static void assert_suggests(const char *name, const char *suggestion)
{
    char error[EXPLAIN_ERROR_TEXT] = "";
    FILE *out = begin();
    assert_int_equal(explain_finding(out, false, name, error), -1);
    fclose(out);
    assert_int_equal(written_size, 0);
    free(written);
    assert_says(error, suggestion);
}

static void test_an_unknown_name_suggests_the_nearest(void **state)
{
    (void)state;
    assert_suggests("turn.integrity-failur", "did you mean turn.integrity-failure?");
    assert_suggests("dns.nxdomian", "did you mean dns.nxdomain?");
    assert_suggests("integrity-failure", "did you mean turn.integrity-failure?");
    assert_suggests("quota", "did you mean turn.quota-reached?");
    assert_suggests("nxdomian", "did you mean dns.nxdomain?");
    assert_suggests("", "--list-findings");
}

static void test_a_long_unknown_name_is_cut(void **state)
{
    (void)state;
    char name[1000], error[EXPLAIN_ERROR_TEXT];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(explain_finding(stdout, false, name, error), -1);
    assert_says(error, "--list-findings lists them all");
}

static void test_edit_distance(void **state)
{
    (void)state;
    assert_int_equal(edit_distance("", ""), 0);
    assert_int_equal(edit_distance("abc", ""), 3);
    assert_int_equal(edit_distance("", "abc"), 3);
    assert_int_equal(edit_distance("kitten", "sitting"), 3);
    assert_int_equal(edit_distance("flaw", "lawn"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_list_has_a_line_for_each_finding_sorted_by_name),
        cmocka_unit_test(test_every_finding_is_explained_within_the_width),
        cmocka_unit_test(test_an_explanation_leaves_nothing_out),
        cmocka_unit_test(test_colour_is_there_only_when_asked_for),
        cmocka_unit_test(test_an_unknown_name_suggests_the_nearest),
        cmocka_unit_test(test_a_long_unknown_name_is_cut),
        cmocka_unit_test(test_edit_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
