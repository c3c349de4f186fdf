/* SPDX-License-Identifier: MIT */
#include "analyzer/track/lookup_answer.h"
#include "analyzer/track/lookup_text.h"
#include "tests/support/lookups_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TRUNCATED = 0x0200 };

static void test_answered(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 1000, 7, "CMSweb.octavio.com", DNS_A);
    assert_no_event(scene);
    answer_address(scene, 1025, 7, "cmsWEB.Octavio.com", "10.88.246.156");
    const struct event *event = &scene->events.items[0];
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(event->time, 1025 * MILLISECONDS);
    assert_int_equal(event->protocol, IP_PROTOCOL_UDP);
    assert_int_equal(event->client.port, 40000);
    assert_int_equal(event->server.port, 53);
    assert_int_equal(event->evidence.frame, 2);
    assert_int_equal(event->evidence.id[1], 7);
    assert_int_equal(event->evidence.flags, EVIDENCE_RESPONSE);
    assert_string_equal(event->evidence.detail, "cmsweb.octavio.com -> 10.88.246.156");
    struct evidence evidence[LOOKUP_EVIDENCE];
    lookup_evidence(lookup, evidence);
    assert_string_equal(evidence[0].detail, "cmsweb.octavio.com");
    assert_int_equal(evidence[0].frame, 1);
    assert_int_equal(evidence[1].frame, 2);
    assert_int_equal(evidence[2].frame, 1);
    assert_int_equal(evidence[3].frame, 2);
    assert_string_equal(evidence[3].detail, "cmsweb.octavio.com -> 10.88.246.156");
    assert_int_equal(lookup->state, LOOKUP_ANSWERED);
    assert_int_equal(lookup->round_trip, 25 * MILLISECONDS);
    assert_int_equal(lookup->tries, 1);
    assert_int_equal(lookup->query.frame, 1);
    assert_int_equal(lookup->rcode, DNS_NOERROR);
    assert_int_equal(lookup->records, 1);
    assert_int_equal(lookup->address_count, 1);
    assert_address(&lookup->addresses[0], "10.88.246.156");
    assert_int_equal(lookup->ttl, 60);
    assert_int_equal(lookup->chain, CHAIN_NONE);
    assert_int_equal(lookup->aliases, 0);
    assert_false(lookup_no_data(lookup));
    assert_string_equal(lookup_state_name(lookup), "answered");
    expire(scene, 60000);
    assert_no_event(scene);
    free_scene(scene);
}

/* Of two servers asked at once the one that knows the name counts; a repeated answer does not. */
static void test_two_servers_at_once(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    scene->server = SCENE_SERVER_2;
    ask(scene, 0, 8, "a.example", DNS_A);
    answer_code(scene, 10, 8, "a.example", DNS_A, DNS_NXDOMAIN);
    assert_int_equal(take_event(scene, EVENT_DNS_ANSWERED)->resolved, 0);
    answer_address(scene, 11, 8, "a.example", "192.0.2.66"); /* forged: the first one counts */
    assert_no_event(scene);
    scene->server = SCENE_SERVER;
    answer_address(scene, 20, 7, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(lookup->rcode, DNS_NOERROR);
    assert_int_equal(lookup->resolved, 20 * MILLISECONDS);
    struct evidence evidence[LOOKUP_EVIDENCE];
    lookup_evidence(lookup, evidence);
    assert_int_equal(evidence[0].frame, 1);
    assert_int_equal(evidence[1].frame, 3);
    assert_string_equal(evidence[1].detail, "a.example");
    assert_int_equal(evidence[2].frame, 2);
    assert_string_equal(evidence[2].detail, "a.example");
    assert_int_equal(evidence[3].frame, 5);
    assert_string_equal(evidence[3].detail, "a.example -> 192.0.2.1");
    ask(scene, 9000, 9, "A.example", DNS_A);
    answer_code(scene, 9010, 9, "a.example", DNS_A, DNS_NXDOMAIN);
    assert_int_equal(take_event(scene, EVENT_DNS_ANSWERED)->resolved, 20 * MILLISECONDS);
    struct ip_address client = transport(SCENE_CLIENT, 0).ip;
    assert_ptr_equal(lookups_find(&scene->lookups, &client, &lookup->name, DNS_A), lookup);
    assert_null(lookups_find(&scene->lookups, &client, &lookup->name, DNS_AAAA));
    free_scene(scene);
}

/* The same query sent again is told from a new one for the same name. */
static void test_sent_again(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    ask(scene, 1000, 7, "a.example", DNS_A);
    ask(scene, 2000, 8, "a.example", DNS_A);
    ask(scene, 3000, 7, "a.example", DNS_A);
    expire(scene, 60000);
    const struct lookup *lookup = take_event(scene, EVENT_DNS_UNANSWERED);
    assert_int_equal(lookup->tries, 4);
    assert_int_equal(lookup->repeats, 2);
    struct evidence evidence[LOOKUP_EVIDENCE];
    lookup_evidence(lookup, evidence);
    assert_int_equal(evidence[0].frame, 1);
    assert_int_equal(evidence[1].frame, 0);
    assert_int_equal(evidence[2].frame, 4);
    assert_int_equal(evidence[3].frame, 0);
    assert_string_equal(scene->events.items[0].evidence.detail, "a.example");
    free_scene(scene);
}

static void test_unanswered(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    ask(scene, 5000, 7, "a.example", DNS_A); /* glibc */
    scene->server = SCENE_SERVER_2;
    scene->client_port = 40001;
    ask(scene, 5100, 8, "a.example", DNS_A);
    expire(scene, 11099);
    assert_no_event(scene);
    expire(scene, 12000);
    const struct event *event = &scene->events.items[0];
    const struct lookup *lookup = take_event(scene, EVENT_DNS_UNANSWERED);
    assert_int_equal(event->time, 11100 * MILLISECONDS);
    assert_int_equal(event->evidence.frame, 1);
    assert_int_equal(lookup->tries, 3);
    assert_true(lookup->several_servers);
    assert_false(lookup->capture_ended);
    assert_int_equal(lookup->round_trip, -1);
    assert_string_equal(lookup_state_name(lookup), "unanswered");
    assert_int_equal(scene->lookups.statistics.retries, 2);
    /* It comes after all. */
    scene->server = SCENE_SERVER;
    scene->client_port = 40000;
    answer_address(scene, 12500, 7, "a.example", "192.0.2.1");
    take_event(scene, EVENT_DNS_ANSWERED);
    free_scene(scene);
}

static void test_end_of_capture(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    ask(scene, 7000, 8, "b.example", DNS_A);
    assert_false(lookups_end(&scene->lookups, 9000 * MILLISECONDS, &scene->events));
    assert_int_equal(scene->events.count, 2);
    assert_false(scene->events.items[0].lookup->capture_ended);
    assert_int_equal(scene->events.items[0].time, 6000 * MILLISECONDS);
    assert_true(scene->events.items[1].lookup->capture_ended);
    assert_int_equal(scene->events.items[1].time, 9000 * MILLISECONDS);
    scene->events.count = 0;
    assert_false(lookups_end(&scene->lookups, 9000 * MILLISECONDS, &scene->events));
    assert_no_event(scene);
    free_scene(scene);
}

static void test_only_its_own_answer(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_address(scene, 20, 8, "a.example", "192.0.2.66"); /* another ID */
    scene->client_port = 40001;
    answer_address(scene, 20, 7, "a.example", "192.0.2.66"); /* another port */
    scene->client_port = 40000;
    scene->server = SCENE_SERVER_2;
    answer_address(scene, 20, 7, "a.example", "192.0.2.66"); /* another server */
    scene->server = SCENE_SERVER;
    scene->protocol = IP_PROTOCOL_TCP;
    answer_address(scene, 20, 7, "a.example", "192.0.2.66"); /* another protocol */
    assert_no_event(scene);
    assert_int_equal(scene->lookups.statistics.unmatched, 4);
    scene->protocol = IP_PROTOCOL_UDP;
    answer_address(scene, 30, 7, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_address(&lookup->addresses[0], "192.0.2.1");
    struct ip_address client = transport(SCENE_CLIENT, 0).ip;
    struct ip_address forged = transport("192.0.2.66", 0).ip;
    assert_null(names_of(&scene->lookups.names, &client, &forged));
    free_scene(scene);
}

/* Another question than the one asked with this ID, as cache poisoners send it. */
static void test_other_question(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_address(scene, 20, 7, "b.example", "192.0.2.66");
    const struct lookup *other = take_event(scene, EVENT_DNS_ANSWERED);
    assert_false(other->query_seen);
    assert_name(&other->name, "b.example");
    answer_address(scene, 30, 7, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_true(lookup->query_seen);
    assert_address(&lookup->addresses[0], "192.0.2.1");
    free_scene(scene);
}

static void test_failure_then_success(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_code(scene, 10, 7, "a.example", DNS_A, DNS_SERVFAIL);
    assert_no_event(scene);
    scene->server = SCENE_SERVER_2;
    ask(scene, 11, 8, "a.example", DNS_A);
    answer_address(scene, 20, 8, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(lookup->rcode, DNS_NOERROR);
    assert_int_equal(lookup->failures, 1);
    assert_int_equal(lookup->answers, 2);
    assert_int_equal(lookup->tries, 2);
    assert_true(lookup->several_servers);
    expire(scene, 60000);
    assert_no_event(scene);
    free_scene(scene);
}

/* What comes when its absence has been told is no silence any more, but late. */
static void test_late(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    expire(scene, 6000);
    assert_false(take_event(scene, EVENT_DNS_UNANSWERED)->late);
    answer_address(scene, 9000, 7, "a.example", "192.0.2.1");
    const struct event *event = &scene->events.items[0];
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_true(lookup->late);
    assert_int_equal(lookup->state, LOOKUP_ANSWERED);
    assert_string_equal(event->evidence.detail, "a.example (late) -> 192.0.2.1");
    ask(scene, 20000, 8, "a.example", DNS_A);
    answer_address(scene, 20010, 8, "a.example", "192.0.2.1");
    event = &scene->events.items[0];
    assert_false(take_event(scene, EVENT_DNS_ANSWERED)->late);
    assert_string_equal(event->evidence.detail, "a.example -> 192.0.2.1");
    free_scene(scene);
}

/* glibc asks a server that refuses again at once, with the same ID from the same port. */
static void test_failure_only(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_code(scene, 1, 7, "a.example", DNS_A, DNS_REFUSED);
    ask(scene, 1, 7, "a.example", DNS_A);
    answer_code(scene, 2, 7, "a.example", DNS_A, DNS_REFUSED);
    assert_no_event(scene);
    expire(scene, 6001);
    const struct event *event = &scene->events.items[0];
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(event->evidence.frame, 4);
    assert_int_equal(event->evidence.code, DNS_REFUSED);
    assert_int_equal(lookup->rcode, DNS_REFUSED);
    assert_int_equal(lookup->tries, 2);
    assert_int_equal(lookup->failures, 2);
    assert_int_equal(lookup->duplicates, 0);
    assert_int_equal(lookup->answered, 2 * MILLISECONDS);
    free_scene(scene);
}

/* A server that does not know EDNS may send the header alone. */
static void test_answer_without_question(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft bare = {0};
    put(&bare, 7, 2);
    put(&bare, 0x8181, 2);
    put(&bare, 0, 8);
    send_draft(scene, 0, &bare);
    assert_int_equal(scene->lookups.statistics.unmatched, 1);
    ask(scene, 0, 7, "a.example", DNS_A);
    send_draft(scene, 10, &bare);
    expire(scene, 6000);
    assert_int_equal(take_event(scene, EVENT_DNS_ANSWERED)->rcode, DNS_FORMERR);
    free_scene(scene);
}

static void test_truncated_and_tcp(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_code(scene, 10, 7, "a.example", DNS_A, TRUNCATED);
    ask(scene, 0, 8, "b.example", DNS_A);
    answer_code(scene, 10, 8, "b.example", DNS_A, TRUNCATED);
    assert_no_event(scene);
    scene->protocol = IP_PROTOCOL_TCP;
    ask(scene, 12, 9, "a.example", DNS_A);
    answer_address(scene, 20, 9, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_false(lookup->truncated);
    assert_true(lookup->asked_over_tcp);
    assert_int_equal(lookup->protocol, IP_PROTOCOL_TCP);
    assert_int_equal(lookup->failures, 0);
    expire(scene, 6000);
    lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_name(&lookup->name, "b.example");
    assert_true(lookup->truncated);
    assert_false(lookup->asked_over_tcp);
    assert_false(lookup_no_data(lookup));
    free_scene(scene);
}

static void test_captured_twice(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    ask(scene, 1, 7, "a.example", DNS_A);
    answer_address(scene, 20, 7, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    answer_address(scene, 21, 7, "a.example", "192.0.2.1");
    assert_no_event(scene);
    assert_int_equal(lookup->tries, 1);
    assert_int_equal(lookup->duplicates, 1);
    assert_int_equal(lookup->round_trip, 20 * MILLISECONDS);
    assert_int_equal(scene->lookups.statistics.queries, 1);
    assert_int_equal(scene->lookups.statistics.duplicates, 1);
    free_scene(scene);
}

static void test_asked_anew(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_code(scene, 10, 7, "a.example", DNS_A, DNS_NXDOMAIN);
    take_event(scene, EVENT_DNS_ANSWERED);
    ask(scene, 30000, 8, "a.example", DNS_A);
    answer_address(scene, 30010, 8, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(lookup->rounds, 2);
    assert_int_equal(lookup->tries, 1);
    assert_int_equal(lookup->rcode, DNS_NOERROR);
    assert_int_equal(scene->lookups.statistics.retries, 0);
    assert_ptr_equal(lookups_next(&scene->lookups, NULL), lookup);
    assert_null(lookups_next(&scene->lookups, lookup));
    free_scene(scene);
}

/* The capture began after the query, or holds one direction only. */
static void test_responses_only(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    answer_address(scene, 0, 7, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_false(lookup->query_seen);
    assert_int_equal(lookup->round_trip, -1);
    answer_address(scene, 1, 7, "a.example", "192.0.2.1"); /* captured twice */
    assert_no_event(scene);
    answer_address(scene, 5000, 8, "a.example", "192.0.2.2");
    assert_address(&take_event(scene, EVENT_DNS_ANSWERED)->addresses[0], "192.0.2.2");
    answer_code(scene, 6000, 9, "c.example", DNS_A, DNS_SERVFAIL);
    take_event(scene, EVENT_DNS_ANSWERED);
    free_scene(scene);
}

static void test_unreachable(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    static const uint8_t quoted[] = {0, 7, 1, 0, 0, 1, 0, 0};
    struct icmp_error icmp = {
        .type = 3,
        .code = 3,
        .protocol = IP_PROTOCOL_UDP,
        .source = transport(SCENE_CLIENT, 40000),
        .destination = transport(SCENE_SERVER, 53),
        .payload = bytes_of(quoted, sizeof quoted),
    };
    struct evidence seen = {.frame = 99, .protocol = EVIDENCE_ICMP};
    ask(scene, 0, 7, "a.example", DNS_A);
    struct icmp_error late_answer = icmp; /* the client's own, for a reply it no longer wanted */
    late_answer.source = icmp.destination;
    late_answer.destination = icmp.source;
    lookups_note_icmp(&scene->lookups, &late_answer, &seen);
    assert_false(lookups_next(&scene->lookups, NULL)->unreachable);
    icmp.payload.length = 1;
    lookups_note_icmp(&scene->lookups, &icmp, &seen);
    assert_false(lookups_next(&scene->lookups, NULL)->unreachable);
    icmp.payload.length = sizeof quoted;
    lookups_note_icmp(&scene->lookups, &icmp, &seen);
    expire(scene, 6000);
    const struct lookup *lookup = take_event(scene, EVENT_DNS_UNANSWERED);
    assert_true(lookup->unreachable);
    assert_int_equal(lookup->icmp_code, 3);
    assert_int_equal(lookup->answer.frame, 99);
    free_scene(scene);
}

/* Expiry stops while the queue is full and goes on where it stopped. */
static void test_many_expire_in_slices(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    char name[] = "a00.example";
    for (int i = 0; i < 200; i++) {
        name[1] = (char)('0' + i / 10 % 10);
        name[2] = (char)('0' + i % 10);
        name[0] = (char)('a' + i / 100);
        ask(scene, i, (uint16_t)i, name, DNS_A);
    }
    int unanswered = 0;
    bool more = true;
    while (more) {
        bool ended = unanswered >= 100;
        more = ended ? lookups_end(&scene->lookups, 6150 * MILLISECONDS, &scene->events)
                     : lookups_expire(&scene->lookups, 6150 * MILLISECONDS, &scene->events);
        unanswered += (int)scene->events.count;
        scene->events.count = 0;
    }
    assert_int_equal(unanswered, 200);
    free_scene(scene);
}

static void test_full_tables_stay_bounded(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    for (uint32_t i = 0; i < 3 * LIMIT_LOOKUPS; i++) {
        char name[] = "aaaa.example";
        for (int digit = 0; digit < 4; digit++)
            name[digit] = (char)('a' + (i >> 4 * digit & 15));
        ask(scene, i, (uint16_t)i, name, DNS_A);
        expire(scene, 0);
    }
    assert_int_equal(scene->lookups.table.used, LIMIT_LOOKUPS);
    assert_int_equal(scene->lookups.table.evicted, 2 * LIMIT_LOOKUPS);
    assert_int_equal(scene->lookups.tries.used, LIMIT_LOOKUP_TRIES);
    free_scene(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answered),
        cmocka_unit_test(test_two_servers_at_once),
        cmocka_unit_test(test_sent_again),
        cmocka_unit_test(test_unanswered),
        cmocka_unit_test(test_end_of_capture),
        cmocka_unit_test(test_only_its_own_answer),
        cmocka_unit_test(test_other_question),
        cmocka_unit_test(test_failure_then_success),
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_failure_only),
        cmocka_unit_test(test_answer_without_question),
        cmocka_unit_test(test_truncated_and_tcp),
        cmocka_unit_test(test_captured_twice),
        cmocka_unit_test(test_asked_anew),
        cmocka_unit_test(test_responses_only),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_many_expire_in_slices),
        cmocka_unit_test(test_full_tables_stay_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
