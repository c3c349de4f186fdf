/* SPDX-License-Identifier: MIT */
#include "ui/report/other_findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct findings findings;
static char *text;
static size_t size;

static int set_up(void **state)
{
    (void)state;
    return findings_init(&findings);
}

static int tear_down(void **state)
{
    (void)state;
    findings_free(&findings);
    free(text);
    text = NULL;
    return 0;
}

static struct subjects subjects_of(uint8_t client, uint16_t port)
{
    return (struct subjects){.client = {ip_address_v4((const uint8_t[]){10, 0, 0, client}), 40000},
                             .server = {ip_address_v4((const uint8_t[]){192, 0, 2, 1}), port}};
}

static struct finding *add(enum finding_code code, uint8_t client, uint16_t port)
{
    struct subjects subjects = subjects_of(client, port);
    return findings_raise(&findings, code, &subjects, port);
}

static void add_name(uint16_t port, const char *name)
{
    struct subjects subjects = subjects_of(7, port);
    (void)snprintf(subjects.name, sizeof subjects.name, "%s", name);
    findings_raise(&findings, FINDING_TURN_REDIRECTED, &subjects, port);
}

static void expect(const struct finding *root, const char *expected)
{
    struct lines lines = {.out = open_memstream(&text, &size)};
    other_findings_print(&lines, &findings, root);
    assert_int_equal(fclose(lines.out), 0);
    assert_string_equal(text, expected);
}

#define REFUSED                                                                                    \
    "  error    turn.integrity-failure: The TURN server rejects the client's\n"                    \
    "           username or password"

static void test_few_have_an_entry_each(void **state)
{
    (void)state;
    const struct finding *root = add(FINDING_TURN_INTEGRITY_FAILURE, 1, 3478);
    for (uint8_t client = 2; client <= 4; client++)
        add(FINDING_TURN_INTEGRITY_FAILURE, client, 3478);
    add(FINDING_TURN_INTEGRITY_FAILURE, 4, 3478);
    expect(root, REFUSED " (10.0.0.2:40000)\n" REFUSED " (10.0.0.3:40000)\n" REFUSED
                         " (10.0.0.4:40000), 2 times\n");
}

static void test_many_clients_are_one_entry(void **state)
{
    (void)state;
    add(FINDING_TURN_INTEGRITY_FAILURE, 2, 3478)->severity = SEVERITY_WARNING;
    for (uint8_t client = 1; client <= 5; client++)
        add(FINDING_TURN_INTEGRITY_FAILURE, client, 443);
    add(FINDING_TURN_INTEGRITY_FAILURE, 1, 3479); /* a client that comes twice */
    expect(NULL, "  warning  turn.integrity-failure: The TURN server rejects the client's\n"
                 "           username or password (10.0.0.2:40000)\n" REFUSED
                 " (5 clients: 10.0.0.1, 10.0.0.2, 10.0.0.3 and 2\n           more), 6 times\n"
                 "  (-v shows each of them)\n");
}

static void test_as_many_as_are_named(void **state)
{
    (void)state;
    for (uint16_t port = 1; port <= 6; port++)
        add(FINDING_TURN_INTEGRITY_FAILURE, (uint8_t)(port % 3), port);
    expect(NULL, REFUSED " (3 clients: 10.0.0.1, 10.0.0.2, 10.0.0.0), 6\n           times\n"
                         "  (-v shows each of them)\n");
}

static void test_one_client_many_servers(void **state)
{
    (void)state;
    for (uint16_t port = 1; port <= 4; port++)
        add(FINDING_TURN_INTEGRITY_FAILURE, 7, port);
    expect(NULL, REFUSED " (10.0.0.7), 4 times\n  (-v shows each of them)\n");
}

#define REDIRECTED                                                                                 \
    "  warning  turn.redirected: The TURN server sends the client to another server\n           "

/* Names are strangers' words. */
static void test_a_name_is_told(void **state)
{
    (void)state;
    add_name(53, "a\033b.example.com");
    expect(NULL, REDIRECTED "(10.0.0.7:40000, a\\u{001b}b.example.com)\n");
}

static void test_names_are_told_once(void **state)
{
    (void)state;
    for (char letter = 'a'; letter <= 'j'; letter++) {
        add_name(1, (const char[]){letter, '.', 'e', 'x', '\0'});
        add_name(2, (const char[]){letter, '.', 'e', 'x', '\0'});
    }
    expect(NULL, REDIRECTED "(10.0.0.7; a.ex, b.ex, c.ex, d.ex, e.ex, f.ex, g.ex, h.ex and 2\n"
                            "           more), 20 times\n  (-v shows each of them)\n");
}

/* Live, a finding is a line, for programs that read lines. */
static void test_a_line_is_a_line(void **state)
{
    (void)state;
    const struct finding *finding = add(FINDING_TURN_INTEGRITY_FAILURE, 1, 3478);
    struct lines lines = {.out = open_memstream(&text, &size)};
    other_findings_line(&lines, finding);
    assert_int_equal(fclose(lines.out), 0);
    assert_string_equal(text, "  error    turn.integrity-failure: The TURN server rejects the "
                              "client's username or password (10.0.0.1:40000)\n");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_few_have_an_entry_each), TEST(test_many_clients_are_one_entry),
        TEST(test_as_many_as_are_named),   TEST(test_one_client_many_servers),
        TEST(test_a_name_is_told),         TEST(test_names_are_told_once),
        TEST(test_a_line_is_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
