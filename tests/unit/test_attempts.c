/* SPDX-License-Identifier: MIT */
#include "analyzer/track/attempts.h"

#include "analyzer/limits.h"
#include "analyzer/track/transactions.h"
#include "tests/support/stun_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct attempts attempts;

static int set_up(void **state)
{
    (void)state;
    memset(&attempts, 0, sizeof attempts);
    return attempts_init(&attempts, LIMIT_MEMORY);
}

static int tear_down(void **state)
{
    (void)state;
    attempts_free(&attempts);
    return 0;
}

static struct event event_of(int64_t milliseconds, enum event_kind kind)
{
    struct event event = {.kind = kind, .time = milliseconds * MILLISECONDS};
    event.client = place(STAGE_CLIENT, 40000);
    event.server = place(STAGE_SERVER, 3478);
    event.evidence.kind = (uint16_t)kind; /* another kind of packet shows each */
    return event;
}

static const struct attempt *note(int64_t milliseconds, enum event_kind kind)
{
    struct event event = event_of(milliseconds, kind);
    attempts_note(&attempts, &event);
    attempts_settle(&attempts);
    return attempts_of(&attempts, &event.client.ip);
}

static const struct attempt *note_allocate(int64_t milliseconds, enum event_kind kind,
                                           const struct transaction *transaction)
{
    struct event event = event_of(milliseconds, kind);
    event.transaction = transaction;
    attempts_note(&attempts, &event);
    attempts_settle(&attempts);
    return attempts_of(&attempts, &event.client.ip);
}

static const struct transaction allocate = {.method = STUN_ALLOCATE};
static const struct transaction challenged = {
    .method = STUN_ALLOCATE, .error_code = 401, .state = TRANSACTION_FAILED};
static const struct transaction refused = {
    .method = STUN_ALLOCATE, .error_code = 401, .state = TRANSACTION_FAILED, .has_integrity = true};
static const struct transaction granted = {
    .method = STUN_ALLOCATE, .state = TRANSACTION_SUCCEEDED, .has_integrity = true};

static void test_way_in(void **state)
{
    (void)state;
    const struct attempt *attempt = note_allocate(1000, EVENT_STUN_REQUEST, &allocate);
    assert_non_null(attempt);
    assert_int_equal(attempt->number, 1);
    assert_int_equal(attempt->states[STEP_TURN], STEP_TRIED);
    note_allocate(1010, EVENT_STUN_CHALLENGED, &challenged); /* part of the way in */
    assert_int_equal(attempt->states[STEP_TURN], STEP_TRIED);
    note_allocate(1020, EVENT_STUN_SUCCEEDED, &granted);
    assert_int_equal(attempt->states[STEP_TURN], STEP_WORKED);
    assert_int_equal(attempt_connected_at(attempt), 0);
    note(1100, EVENT_ICE_CONNECTED);
    assert_int_equal(attempt_connected_at(attempt), 1100 * MILLISECONDS);
    note(1200, EVENT_MEDIA_STARTED);
    assert_int_equal(attempt_connected_at(attempt), 1100 * MILLISECONDS);
    assert_int_equal(attempt->states[STEP_DNS], STEP_UNSEEN);
    assert_int_equal(attempt->timeline.seen, 5);
    assert_int_equal(attempt->first, 1000 * MILLISECONDS);
    assert_int_equal(attempt->last, 1200 * MILLISECONDS);
}

/* Falls back to another transport that works: a later failure of the first does not count. */
static void test_worked_stays(void **state)
{
    (void)state;
    const struct attempt *attempt = note(1000, EVENT_TCP_NO_ANSWER);
    assert_int_equal(attempt->states[STEP_TCP], STEP_FAILED);
    note(1100, EVENT_TCP_ESTABLISHED);
    assert_int_equal(attempt->states[STEP_TCP], STEP_WORKED);
    note(1200, EVENT_TCP_REFUSED);
    assert_int_equal(attempt->states[STEP_TCP], STEP_WORKED);
    assert_int_equal(attempt->steps[STEP_TCP].first, 1000 * MILLISECONDS);
    assert_int_equal(attempt->steps[STEP_TCP].worked, 1100 * MILLISECONDS);
}

static void test_refused(void **state)
{
    (void)state;
    const struct attempt *attempt = note_allocate(1000, EVENT_STUN_REFUSED, &refused);
    assert_int_equal(attempt->states[STEP_TURN], STEP_FAILED);
}

/* 20 s of idleness and a fresh start make another attempt; either alone does not. */
static void test_split_by_idleness(void **state)
{
    (void)state;
    note_allocate(1000, EVENT_STUN_REQUEST, &allocate);
    assert_int_equal(note_allocate(21000, EVENT_STUN_REQUEST, &allocate)->number, 1);
    assert_int_equal(note_allocate(41001, EVENT_STUN_REQUEST, &allocate)->number, 2);
    assert_int_equal(note(90000, EVENT_MEDIA_STARTED)->number, 2);
    const struct attempt *attempt = attempts_next(&attempts, NULL);
    assert_int_equal(attempt->number, 1);
    attempt = attempts_next(&attempts, attempt);
    assert_int_equal(attempt->number, 2);
    assert_null(attempts_next(&attempts, attempt));
}

static void test_attempts_of_one_client(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 3; i++) {
        note_allocate(1000 + i * 30000, EVENT_STUN_REQUEST, &allocate);
        struct event other = event_of(2000 + i * 30000, EVENT_TCP_ESTABLISHED);
        other.client = place(STAGE_PEER, 40000);
        attempts_note(&attempts, &other);
    }
    attempts_settle(&attempts);
    const struct ip_address client = place(STAGE_CLIENT, 0).ip;
    const struct attempt *attempt = attempts_of(&attempts, &client);
    for (uint32_t number = 5; number <= 5; number -= 2) {
        assert_non_null(attempt);
        assert_int_equal(attempt->number, number);
        attempt = attempts_before(&attempts, attempt);
    }
    assert_null(attempt);
    table_evict(&attempts.table);
    attempt = attempts_before(&attempts, attempts_of(&attempts, &client));
    assert_int_equal(attempt->number, 3);
    assert_null(attempts_before(&attempts, attempt));
}

static void test_refreshed_credentials_do_not_start_over(void **state)
{
    (void)state;
    note_allocate(1000, EVENT_STUN_REQUEST, &allocate);
    assert_int_equal(note_allocate(60000, EVENT_STUN_REQUEST, &granted)->number, 1);
}

static void test_clients_apart(void **state)
{
    (void)state;
    struct event event = event_of(1001, EVENT_TCP_ESTABLISHED);
    event.client = place(STAGE_PEER, 1);
    note(1000, EVENT_TCP_ESTABLISHED);
    attempts_note(&attempts, &event);
    attempts_settle(&attempts);
    assert_int_equal(attempts_of(&attempts, &event.client.ip)->number, 2);
    assert_int_equal(note(1002, EVENT_TCP_REFUSED)->number, 1);
}

/* What a machine says to itself is all there is to show, until others are seen. */
static void test_within_machine(void **state)
{
    (void)state;
    struct event local = event_of(1000, EVENT_TCP_ESTABLISHED);
    assert_true(ip_address_parse(&local.client.ip, "127.0.0.1"));
    attempts_note(&attempts, &local);
    attempts_settle(&attempts);
    assert_int_equal(attempts_next(&attempts, NULL)->number, 1);
    note(1001, EVENT_TCP_ESTABLISHED);
    const struct attempt *attempt = attempts_next(&attempts, NULL);
    assert_int_equal(attempt->number, 2);
    assert_null(attempts_next(&attempts, attempt));
    struct event turn = event_of(1002, EVENT_STUN_REQUEST);
    turn.client = local.client;
    turn.transaction = &allocate;
    attempts_note(&attempts, &turn);
    attempts_settle(&attempts);
    assert_non_null(attempts_next(&attempts, attempts_next(&attempts, NULL)));
}

static void test_moments_merge(void **state)
{
    (void)state;
    const struct attempt *attempt = note(1000, EVENT_TCP_NO_ANSWER);
    note(2000, EVENT_TCP_NO_ANSWER);
    note(3000, EVENT_TCP_NO_ANSWER);
    assert_int_equal(attempt->timeline.seen, 1);
    assert_int_equal(timeline_moment(&attempts.moments, &attempt->timeline, 0)->repeats, 2);
    assert_int_equal(timeline_moment(&attempts.moments, &attempt->timeline, 0)->evidence.time,
                     1000 * MILLISECONDS);
    note(4000, EVENT_TCP_ESTABLISHED);
    note(5000, EVENT_TCP_NO_ANSWER); /* not directly after its like */
    assert_int_equal(attempt->timeline.seen, 3);
    struct event elsewhere = event_of(6000, EVENT_TCP_NO_ANSWER);
    elsewhere.evidence.destination = place(STAGE_PEER, 443);
    attempts_note(&attempts, &elsewhere);
    attempts_settle(&attempts);
    assert_int_equal(attempt->timeline.seen, 4);
}

/* Of two that come in turn the second round is one with the first; a half of it stands alone. */
static void test_pairs_merge(void **state)
{
    (void)state;
    const struct attempt *attempt = note(1000, EVENT_TCP_NO_ANSWER);
    note(1001, EVENT_TCP_ESTABLISHED);
    note(1002, EVENT_TCP_NO_ANSWER);
    assert_int_equal(attempt->timeline.seen, 3);
    note(1003, EVENT_TCP_ESTABLISHED);
    assert_int_equal(attempt->timeline.seen, 2);
    for (int64_t i = 0; i < 2 * TIMELINE_MOMENTS; i++)
        note(1004 + i, i % 2 == 0 ? EVENT_TCP_NO_ANSWER : EVENT_TCP_ESTABLISHED);
    assert_int_equal(attempt->timeline.seen, 2);
    assert_int_equal(timeline_moment(&attempts.moments, &attempt->timeline, 0)->repeats,
                     TIMELINE_MOMENTS + 1);
    assert_int_equal(timeline_moment(&attempts.moments, &attempt->timeline, 1)->repeats,
                     TIMELINE_MOMENTS + 1);
    assert_int_equal(timeline_moment(&attempts.moments, &attempt->timeline, 1)->evidence.time,
                     1001 * MILLISECONDS);
    assert_int_equal(note(2000, EVENT_TCP_REFUSED)->timeline.seen, 3);
}

static void test_moments_bounded(void **state)
{
    (void)state;
    const struct attempt *attempt = NULL;
    static const enum event_kind kinds[] = {EVENT_TCP_NO_ANSWER, EVENT_TCP_REFUSED,
                                            EVENT_TCP_ESTABLISHED};
    for (int64_t i = 0; i < TIMELINE_MOMENTS + 3; i++)
        attempt = note(1000 + i, kinds[i % 3]);
    assert_non_null(attempt);
    assert_int_equal(attempt->timeline.seen, TIMELINE_MOMENTS + 3);
    assert_int_equal(
        timeline_moment(&attempts.moments, &attempt->timeline, TIMELINE_MOMENTS - 1)->state,
        STEP_FAILED);
    assert_int_equal(
        timeline_moment(&attempts.moments, &attempt->timeline, TIMELINE_MOMENTS - 1)->repeats, 0);
}

/* Clients without end: the oldest attempts go, with their timelines, and nobody else's. */
static void test_oldest_give_way(void **state)
{
    enum { CLIENTS = 3 * LIMIT_ATTEMPTS, EACH = 6 };
    (void)state;
    for (unsigned i = 0; i < CLIENTS * EACH; i++) {
        struct event event = event_of(1000 + i / EACH, EVENT_TCP_NO_ANSWER);
        event.client.ip.octets[1] = (uint8_t)(i / EACH >> 8);
        event.client.ip.octets[2] = (uint8_t)(i / EACH);
        event.evidence.kind = (uint16_t)(i % EACH);
        event.evidence.frame = i + 1;
        attempts_note(&attempts, &event);
    }
    attempts_settle(&attempts);
    uint32_t kept = 0;
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(&attempts, attempt)) != NULL) {
        assert_int_equal(attempt->number, CLIENTS - attempts.table.used + ++kept);
        assert_int_equal(attempt->timeline.seen, EACH);
        for (uint32_t i = 0; i < EACH; i++)
            assert_int_equal(
                timeline_moment(&attempts.moments, &attempt->timeline, i)->evidence.frame,
                (attempt->number - 1) * EACH + i + 1);
    }
    assert_int_equal(kept, LIMIT_TIMELINE_BLOCKS / ((EACH + TIMELINE_BLOCK - 1) / TIMELINE_BLOCK));
    assert_int_equal(attempts.table.evicted, CLIENTS - kept);
}

static void test_passed_over(void **state)
{
    (void)state;
    const struct transaction binding = {.method = STUN_BINDING};
    assert_null(note(1000, EVENT_TCP_CLOSED));
    assert_null(note(1000, EVENT_CAPTURE_ENDED));
    assert_null(note_allocate(1000, EVENT_STUN_REQUEST, &binding));
    struct event nobody = event_of(1000, EVENT_TCP_ESTABLISHED);
    nobody.client = (struct transport_address){.port = 0};
    attempts_note(&attempts, &nobody);
    attempts_settle(&attempts);
    assert_null(attempts_next(&attempts, NULL));
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(attempt_step_name(STEP_DNS), "dns");
    assert_string_equal(attempt_step_name(STEP_MEDIA), "media");
    assert_string_equal(attempt_outcome_name(ATTEMPT_CONNECTED), "connected");
    assert_string_equal(attempt_outcome_name(ATTEMPT_INCOMPLETE), "incomplete");
}

static void test_moments_in_words(void **state)
{
    (void)state;
    struct moment moment = {.evidence = {.protocol = EVIDENCE_DNS, .kind = 1, .frame = 7},
                            .state = STEP_TRIED};
    char text[64];
    evidence_set_detail(&moment.evidence, bytes_of("a.example", 9));
    assert_string_equal(moment_summary(&moment, text, sizeof text), "DNS query A a.example");
    moment.state = STEP_FAILED;
    assert_string_equal(moment_summary(&moment, text, sizeof text),
                        "no answer to DNS query A a.example");
    moment.evidence.frame = 0;
    assert_string_equal(moment_summary(&moment, text, sizeof text), "no answer");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_way_in),
        TEST(test_worked_stays),
        TEST(test_refused),
        TEST(test_split_by_idleness),
        TEST(test_attempts_of_one_client),
        TEST(test_refreshed_credentials_do_not_start_over),
        TEST(test_clients_apart),
        TEST(test_within_machine),
        TEST(test_moments_merge),
        TEST(test_pairs_merge),
        TEST(test_moments_bounded),
        TEST(test_moments_in_words),
        TEST(test_oldest_give_way),
        TEST(test_passed_over),
        TEST(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
