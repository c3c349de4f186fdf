/* SPDX-License-Identifier: MIT */
#include "ui/report/clients.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct engine *engine;
static char *text;
static size_t size;

static int set_up(void **state)
{
    (void)state;
    engine = engine_new(&(struct engine_options){.memory = LIMIT_MEMORY_LEAST});
    return engine == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    engine_free(engine);
    free(text);
    text = NULL;
    return 0;
}

static struct transport_address address_of(uint8_t client)
{
    return (struct transport_address){ip_address_v4((const uint8_t[]){10, 0, 0, client}), 40000};
}

static void attempt(uint8_t client, int64_t second, enum event_kind kind)
{
    struct event event = {.kind = kind, .time = second * SECONDS, .client = address_of(client)};
    event.evidence.time = event.time;
    attempts_note(&engine->attempts, &event);
    attempts_settle(&engine->attempts);
}

static void fail_at(uint8_t client, int64_t second, enum finding_code code)
{
    struct subjects subjects = {.client = address_of(client)};
    findings_raise(&engine->findings, code, &subjects, second * SECONDS)->severity = SEVERITY_ERROR;
}

static void expect(const char *expected)
{
    struct lines lines = {.out = open_memstream(&text, &size)};
    clients_print(&lines, engine);
    assert_int_equal(fclose(lines.out), 0);
    assert_string_equal(text, expected);
}

static void test_one_client_needs_no_list(void **state)
{
    (void)state;
    attempt(1, 1, EVENT_TCP_ESTABLISHED);
    fail_at(1, 1, FINDING_TURN_NO_ANSWER);
    attempt(1, 100, EVENT_TCP_ESTABLISHED);
    expect("");
}

static void test_clients_by_cause(void **state)
{
    (void)state;
    for (uint8_t client = 1; client <= 7; client++)
        attempt(client, 1, EVENT_TCP_ESTABLISHED);
    attempt(6, 2, EVENT_MEDIA_STARTED);
    for (uint8_t client = 1; client <= 4; client++)
        fail_at(client, 1, FINDING_TURN_INTEGRITY_FAILURE);
    fail_at(5, 1, FINDING_DNS_NXDOMAIN);
    expect("\nClients, by address\n  7: 5 failed, 1 connected, 1 without an outcome\n"
           "  failed  turn.integrity-failure: 10.0.0.1, 10.0.0.2, 10.0.0.3 and 1 more\n"
           "  failed  dns.nxdomain: 10.0.0.5\n");
}

static void test_the_latest_attempt_counts(void **state)
{
    (void)state;
    attempt(1, 1, EVENT_TCP_ESTABLISHED);
    fail_at(1, 1, FINDING_TURN_INTEGRITY_FAILURE);
    attempt(2, 1, EVENT_MEDIA_STARTED);
    attempt(1, 100, EVENT_TCP_ESTABLISHED);
    attempt(1, 101, EVENT_MEDIA_STARTED);
    expect("\nClients, by address\n  2: 0 failed, 2 connected\n");
}

static void test_findings_that_are_not_kept(void **state)
{
    (void)state;
    attempt(1, 1, EVENT_MEDIA_STARTED);
    attempt(2, 1, EVENT_MEDIA_STARTED);
    engine->findings.omitted = 1;
    expect("");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_one_client_needs_no_list),
        TEST(test_clients_by_cause),
        TEST(test_the_latest_attempt_counts),
        TEST(test_findings_that_are_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
