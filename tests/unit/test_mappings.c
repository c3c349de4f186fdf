/* SPDX-License-Identifier: MIT */
#include "analyzer/track/mappings.h"

#include "tests/support/stun_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OTHER_SERVER "192.0.2.9"
#define PUBLIC       "203.0.113.7"

static struct stage *stage;
static struct mappings mappings;

static int set_up(void **state)
{
    (void)state;
    stage = new_stage();
    return mappings_init(&mappings, 16);
}

static int tear_down(void **state)
{
    (void)state;
    mappings_free(&mappings);
    free_stage(stage);
    return 0;
}

/* The answer says under which address the server sees the client's socket. */
static void report(uint64_t frame, const char *server, const char *ip, uint16_t port)
{
    struct transaction transaction = {
        .client = place(STAGE_CLIENT, 40000),
        .server = place(server, 3478),
        .protocol = 17,
        .answered = 5000,
        .response = {.frame = frame},
    };
    struct transport_address mapped = place(ip, port);
    mappings_note(&mappings, &transaction, &mapped, &stage->events);
}

static void test_same_mapping(void **state)
{
    (void)state;
    report(1, STAGE_SERVER, PUBLIC, 6000);
    report(2, STAGE_SERVER, PUBLIC, 6000);
    report(3, OTHER_SERVER, PUBLIC, 6000);
    assert_int_equal(stage->events.count, 0);
}

static void test_changed(void **state)
{
    (void)state;
    report(1, STAGE_SERVER, PUBLIC, 6000);
    report(2, STAGE_SERVER, PUBLIC, 6001);
    const struct event *event = only_event(stage, EVENT_STUN_MAPPING_CHANGED);
    assert_int_equal(event->evidence.frame, 2);
    assert_int_equal(event->earlier.frame, 1);
    assert_int_equal(event->client.port, 40000);
    assert_int_equal(event->server.port, 3478);
    assert_int_equal(event->time, 5000);
    report(3, STAGE_SERVER, PUBLIC, 6001);
    assert_int_equal(stage->events.count, 0);
    report(4, STAGE_SERVER, PUBLIC, 6000);
    assert_int_equal(only_event(stage, EVENT_STUN_MAPPING_CHANGED)->earlier.frame, 2);
}

static void test_differs_once(void **state)
{
    (void)state;
    report(1, STAGE_SERVER, PUBLIC, 6000);
    report(2, OTHER_SERVER, PUBLIC, 6001);
    const struct event *event = only_event(stage, EVENT_STUN_MAPPING_DIFFERS);
    assert_int_equal(event->evidence.frame, 2);
    assert_int_equal(event->earlier.frame, 1);
    report(3, OTHER_SERVER, PUBLIC, 6002);
    assert_int_equal(stage->events.count, 0);
}

/* A server on the client's side of the NAT sees its own address: nothing to compare. */
static void test_no_nat_between(void **state)
{
    (void)state;
    report(1, STAGE_SERVER, STAGE_CLIENT, 40000);
    report(2, OTHER_SERVER, PUBLIC, 6000);
    report(3, STAGE_SERVER, STAGE_CLIENT, 40000);
    assert_int_equal(stage->events.count, 0);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_same_mapping),
        TEST(test_changed),
        TEST(test_differs_once),
        TEST(test_no_nat_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
