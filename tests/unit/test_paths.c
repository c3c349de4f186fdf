/* SPDX-License-Identifier: MIT */
#include "analyzer/track/paths.h"

#include "analyzer/limits.h"
#include "tests/support/stun_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct stage *stage;
static struct paths paths;
static const struct record_id relay = {1, 1};
static const struct record_id direct = {0, 0};

static int set_up(void **state)
{
    (void)state;
    stage = new_stage();
    return paths_init(&paths, LIMIT_MEMORY);
}

static int tear_down(void **state)
{
    (void)state;
    paths_free(&paths);
    free_stage(stage);
    return 0;
}

static struct sighting from_client(int64_t milliseconds)
{
    return see(stage, milliseconds, place(STAGE_CLIENT, 40000), place(STAGE_PEER, 9000));
}

static struct sighting from_peer(int64_t milliseconds)
{
    return see(stage, milliseconds, place(STAGE_PEER, 9000), place(STAGE_CLIENT, 40000));
}

static struct path *note(const struct stun_draft *draft, struct sighting sighting,
                         enum transaction_step step, struct record_id allocation)
{
    struct stun_message message = stun_decoded(draft);
    struct transport_address client = place(STAGE_CLIENT, 40000);
    unsigned client_index =
        transport_address_equal(&sighting.flow->key.endpoint[0], &client) ? 0 : 1;
    struct path *path = paths_on(&paths, &sighting, client_index, allocation);
    paths_note_check(&paths, path, &message, step, &sighting, &stage->events);
    return path;
}

static struct path *check_through(struct record_id allocation, struct sighting sighting)
{
    struct stun_draft draft = stun_draft_of(WIRE_BINDING, 1);
    return note(&draft, sighting, TRANSACTION_STEP_REQUEST, allocation);
}

static struct path *check(struct sighting sighting)
{
    return check_through(relay, sighting);
}

static struct path *answer(struct sighting sighting)
{
    struct stun_draft draft = stun_draft_of(WIRE_BINDING_SUCCESS, 1);
    return note(&draft, sighting, TRANSACTION_STEP_ANSWER, relay);
}

static struct path *connected_path(int64_t milliseconds)
{
    check(from_client(milliseconds));
    struct path *path = answer(from_peer(milliseconds));
    assert_ptr_equal(only_event(stage, EVENT_ICE_CONNECTED)->path, path);
    return path;
}

/* An RTP packet: version 2, payload type 111, and this sequence number (RFC 3550 section 5.1). */
static void media(struct sighting sighting, uint16_t sequence)
{
    const uint8_t packet[] = {
        0x80, 111, (uint8_t)(sequence >> 8), (uint8_t)sequence, 0, 0, 0, 0, 1, 2, 3, 4};
    paths_note_payload(paths_of(&paths, sighting.flow), bytes_of(packet, sizeof packet), true,
                       &sighting, &stage->events);
}

static void media_many(bool by_client, int64_t first, unsigned count, int64_t interval)
{
    for (unsigned i = 0; i < count; i++) {
        int64_t time = first + interval * i;
        media(by_client ? from_client(time) : from_peer(time), (uint16_t)i);
    }
}

static void end(int64_t milliseconds)
{
    const struct path *position = NULL;
    assert_false(paths_end(&paths, &position, milliseconds * MILLISECONDS, &stage->events));
}

/* The peer's check answered by the client proves nothing: the answer may be lost on its way. */
static void test_connected_when_the_client_is_answered(void **state)
{
    (void)state;
    check(from_peer(1000));
    struct path *path = answer(from_client(1001));
    assert_false(path->connected);
    assert_int_equal(stage->events.count, 0);
    check(from_client(1002));
    answer(from_peer(1003));
    const struct event *event = only_event(stage, EVENT_ICE_CONNECTED);
    assert_int_equal(event->evidence.frame, 4);
    assert_int_equal(event->client.port, 40000);
    assert_int_equal(event->server.port, 9000);
    assert_int_equal(path->connected_at, 1003 * MILLISECONDS);
    answer(from_peer(1100));
    assert_int_equal(stage->events.count, 0); /* said once */
    assert_int_equal(path->side[0].checks, 1);
    assert_int_equal(path->side[1].checks, 1);
}

static void test_errors(void **state)
{
    (void)state;
    struct stun_draft conflict = stun_draft_of(WIRE_BINDING_ERROR, 1);
    stun_add_error(&conflict, 487, "Role Conflict");
    check(from_client(1000));
    struct path *path = note(&conflict, from_peer(1001), TRANSACTION_STEP_ANSWER, relay);
    assert_int_equal(path->role_conflicts, 1);
    assert_false(path->connected);
    assert_int_equal(stage->events.count, 0);
}

static void test_roles_and_nomination(void **state)
{
    (void)state;
    static const uint8_t tie_breaker[8] = {1};
    struct stun_draft draft = stun_draft_of(WIRE_BINDING, 1);
    stun_add(&draft, STUN_ICE_CONTROLLING, tie_breaker, sizeof tie_breaker);
    struct path *path = note(&draft, from_client(1000), TRANSACTION_STEP_REQUEST, relay);
    assert_true(path->side[0].controlling);
    assert_false(path->nominated);
    stun_add(&draft, STUN_USE_CANDIDATE, NULL, 0);
    note(&draft, from_client(1100), TRANSACTION_STEP_REQUEST, relay);
    assert_true(path->nominated);
    assert_false(path->side[1].controlling);
}

/* RFC 7675 section 5.1: 30 s after the last answer, while the client goes on asking. */
static void test_consent_lost(void **state)
{
    (void)state;
    struct path *path = connected_path(1000);
    for (int64_t time = 6000; time <= 26000; time += 5000)
        check(from_client(time));
    check(from_client(30999));
    assert_int_equal(stage->events.count, 0);
    check(from_client(31000));
    assert_ptr_equal(only_event(stage, EVENT_ICE_CONSENT_LOST)->path, path);
    check(from_client(36000));
    assert_int_equal(stage->events.count, 0);
    assert_true(path->consent_lost);
    answer(from_peer(36001));
    assert_false(path->consent_lost);
    only_event(stage, EVENT_ICE_CONSENT_KEPT);
}

/* A sender must stop when consent ends: one that goes on has answers that were not captured. */
static void test_consent_that_cannot_be_lost(void **state)
{
    (void)state;
    struct path *path = connected_path(1000);
    for (int64_t time = 6000; time <= 31000; time += 5000)
        check(from_client(time));
    assert_ptr_equal(only_event(stage, EVENT_ICE_CONSENT_LOST)->path, path);
    media(from_client(33000), 1);
    assert_int_equal(stage->events.count, 0);
    media(from_client(33001), 2);
    assert_ptr_equal(only_event(stage, EVENT_ICE_CONSENT_KEPT)->path, path);
    media(from_client(33002), 3);
    assert_int_equal(stage->events.count, 0);
}

/* What counts is how long it was asked: a clock that is set forward by 20 s is one pause. */
static void test_waited(void **state)
{
    (void)state;
    struct path *path = connected_path(1000);
    check(from_client(6000));
    check(from_client(26000));
    assert_int_equal(path->side[0].waited, 5 * SECONDS + LIMIT_CONSENT_INTERVAL);
    answer(from_peer(26001));
    assert_int_equal(path->side[0].waited, 0);
}

/* The client's answers to the peer say nothing of its own consent. */
static void test_consent_lost_beside_answers_to_the_peer(void **state)
{
    (void)state;
    struct path *path = connected_path(1000);
    for (int64_t time = 6000; time <= 31000; time += 5000)
        check(from_client(time));
    only_event(stage, EVENT_ICE_CONSENT_LOST);
    answer(from_client(31001));
    assert_true(path->consent_lost);
}

static void test_consent_kept(void **state)
{
    (void)state;
    connected_path(1000);
    for (int64_t time = 6000; time <= 90000; time += 5000) {
        check(from_client(time));
        answer(from_peer(time + 20));
    }
    assert_int_equal(stage->events.count, 0);
}

static void test_media_both_ways(void **state)
{
    (void)state;
    struct path *path = connected_path(1000);
    media(from_client(1100), 1);
    assert_int_equal(stage->events.count, 0);
    media(from_peer(1110), 1);
    assert_ptr_equal(only_event(stage, EVENT_MEDIA_STARTED)->path, path);
    media(from_peer(1120), 5);
    assert_int_equal(path->side[1].media, 2);
    assert_int_equal(path->side[0].media, 1);
    end(60000);
    assert_int_equal(stage->events.count, 0);
}

static void test_one_way(void **state)
{
    (void)state;
    struct path *path = connected_path(1000);
    media_many(true, 1100, LIMIT_MEDIA_PACKETS, 300);
    end(9000);
    assert_ptr_equal(only_event(stage, EVENT_MEDIA_ONE_WAY)->path, path);
}

/* Too few packets, or too soon after the path was connected, to judge by. */
static void test_one_way_not_judged(void **state)
{
    (void)state;
    connected_path(1000);
    media_many(true, 1100, LIMIT_MEDIA_PACKETS - 1, 300);
    end(9000);
    assert_int_equal(stage->events.count, 0);
}

static void test_one_way_too_soon(void **state)
{
    (void)state;
    connected_path(1000);
    media_many(true, 1100, 60, 20);
    end(2400);
    assert_int_equal(stage->events.count, 0);
}

static void test_no_media(void **state)
{
    (void)state;
    struct stun_draft draft = stun_draft_of(WIRE_BINDING, 2);
    stun_add(&draft, STUN_USE_CANDIDATE, NULL, 0);
    struct path *path = connected_path(1000);
    check(from_client(6000));
    end(6000);
    assert_int_equal(stage->events.count, 0); /* never nominated: nothing was to go there */
    note(&draft, from_client(6001), TRANSACTION_STEP_REQUEST, relay);
    end(6001);
    assert_ptr_equal(only_event(stage, EVENT_MEDIA_NONE)->path, path);
}

/* The peer's checks are never answered: it will send nothing. */
static void test_one_sided(void **state)
{
    (void)state;
    struct stun_draft draft = stun_draft_of(WIRE_BINDING, 2);
    stun_add(&draft, STUN_USE_CANDIDATE, NULL, 0);
    struct path *path = connected_path(1000);
    note(&draft, from_client(1100), TRANSACTION_STEP_REQUEST, relay);
    for (int64_t i = 0; i < LIMIT_ICE_CHECKS - 1; i++)
        check(from_peer(1200 + 1500 * i));
    assert_false(path_is_one_sided(path));
    check(from_peer(9000));
    assert_true(path_is_one_sided(path));
    end(9000);
    assert_ptr_equal(only_event(stage, EVENT_ICE_NO_CONNECTIVITY)->path, path);
}

static void test_search_without_connectivity(void **state)
{
    (void)state;
    for (int64_t i = 0; i < LIMIT_ICE_CHECKS; i++)
        check(from_client(1000 + 50 * i));
    assert_false(paths_expire(&paths, 30999 * MILLISECONDS, &stage->events));
    assert_int_equal(stage->events.count, 0);
    assert_false(paths_expire(&paths, 31000 * MILLISECONDS, &stage->events));
    assert_int_equal(only_event(stage, EVENT_ICE_NO_CONNECTIVITY)->evidence.frame, 1);
    assert_false(paths_expire(&paths, 99000 * MILLISECONDS, &stage->events));
    assert_int_equal(stage->events.count, 0);
}

static void test_search_too_short(void **state)
{
    (void)state;
    for (int64_t i = 0; i < LIMIT_ICE_CHECKS - 1; i++)
        check(from_client(1000 + 50 * i));
    assert_false(paths_expire(&paths, 99000 * MILLISECONDS, &stage->events));
    assert_int_equal(stage->events.count, 0);
}

/* A direct path that works makes those through relays superfluous. */
static void test_search_that_found_another_path(void **state)
{
    (void)state;
    struct stun_draft success = stun_draft_of(WIRE_BINDING_SUCCESS, 1);
    for (int64_t i = 0; i < 2 * LIMIT_ICE_CHECKS; i++)
        check(from_client(1000 + 50 * i));
    struct transport_address client = place(STAGE_CLIENT, 40001), peer = place("192.0.2.1", 9);
    struct sighting asked = see(stage, 2000, client, peer);
    struct path *path = paths_on(&paths, &asked, asked.from, direct);
    struct sighting answered = see(stage, 2010, peer, client);
    struct stun_message message = stun_decoded(&success);
    paths_note_check(&paths, path, &message, TRANSACTION_STEP_ANSWER, &answered, &stage->events);
    only_event(stage, EVENT_ICE_CONNECTED);
    assert_false(paths_expire(&paths, 99000 * MILLISECONDS, &stage->events));
    assert_int_equal(stage->events.count, 0);
}

/* Without a relay, too, checks that nobody answers show that there is no way. */
static void test_direct_search(void **state)
{
    (void)state;
    for (int64_t i = 0; i < LIMIT_ICE_CHECKS; i++)
        check_through(direct, from_client(1000 + 50 * i));
    assert_false(paths_expire(&paths, 30999 * MILLISECONDS, &stage->events));
    assert_int_equal(stage->events.count, 0);
    assert_false(paths_expire(&paths, 31000 * MILLISECONDS, &stage->events));
    const struct event *event = only_event(stage, EVENT_ICE_NO_CONNECTIVITY);
    assert_int_equal(event->path->allocation.generation, 0);
}

/* A relay may still be asked for when the capture ends. */
static void test_direct_search_at_the_end(void **state)
{
    (void)state;
    for (int64_t i = 0; i < LIMIT_ICE_CHECKS; i++)
        check_through(direct, from_client(1000 + 50 * i));
    assert_false(paths_end_searches(&paths, 10999 * MILLISECONDS, &stage->events));
    assert_int_equal(stage->events.count, 0);
    for (int64_t i = 0; i < LIMIT_ICE_CHECKS; i++)
        check_through(direct, from_client(1000 + 50 * i));
    assert_false(paths_end_searches(&paths, 11000 * MILLISECONDS, &stage->events));
    only_event(stage, EVENT_ICE_NO_CONNECTIVITY);
}

/* A check of the session whose USERNAME it is. */
static void check_in_session(const char *session, struct transport_address client,
                             int64_t milliseconds, bool answered)
{
    struct stun_draft request = stun_draft_of(WIRE_BINDING, 1);
    struct stun_draft success = stun_draft_of(WIRE_BINDING_SUCCESS, 1);
    struct transport_address peer = place(STAGE_PEER, 9000);
    stun_add_text(&request, STUN_USERNAME, session);
    struct stun_message asks = stun_decoded(&request), answers = stun_decoded(&success);
    struct sighting asked = see(stage, milliseconds, client, peer);
    struct path *path = paths_on(&paths, &asked, asked.from, direct);
    paths_note_check(&paths, path, &asks, TRANSACTION_STEP_REQUEST, &asked, &stage->events);
    if (!answered)
        return;
    struct sighting heard = see(stage, milliseconds + 10, peer, client);
    paths_note_check(&paths, path, &answers, TRANSACTION_STEP_ANSWER, &heard, &stage->events);
}

/* Two addresses of one machine, IPv4 and IPv6 or two interfaces: one that works is enough. */
static void test_search_from_two_addresses(void **state)
{
    (void)state;
    for (int64_t i = 0; i < LIMIT_ICE_CHECKS; i++)
        check_in_session("peer:client", place(STAGE_CLIENT, 40000), 1000 + 50 * i, false);
    check_in_session("peer:client", place("192.0.2.1", 40000), 2000, true);
    only_event(stage, EVENT_ICE_CONNECTED);
    assert_false(paths_expire(&paths, 99000 * MILLISECONDS, &stage->events));
    assert_int_equal(stage->events.count, 0);
}

/* After a restart addresses of before it are checked, too, under the peer's old fragment. */
static void test_search_among_old_addresses(void **state)
{
    (void)state;
    for (int64_t i = 0; i < LIMIT_ICE_CHECKS; i++)
        check_in_session("old:client", place(STAGE_CLIENT, 40000), 1000 + 50 * i, false);
    check_in_session("new:client", place(STAGE_CLIENT, 40001), 2000, true);
    only_event(stage, EVENT_ICE_CONNECTED);
    assert_false(paths_expire(&paths, 99000 * MILLISECONDS, &stage->events));
    assert_int_equal(stage->events.count, 0);
}

/* Two clients behind one address: that one found a way does not help the other. */
static void test_searches_behind_one_address(void **state)
{
    (void)state;
    check_in_session("peer:other", place(STAGE_CLIENT, 40001), 1000, true);
    only_event(stage, EVENT_ICE_CONNECTED);
    for (int64_t i = 0; i < LIMIT_ICE_CHECKS; i++)
        check_in_session("peer:client", place(STAGE_CLIENT, 40000), 1000 + 50 * i, false);
    assert_false(paths_expire(&paths, 99000 * MILLISECONDS, &stage->events));
    only_event(stage, EVENT_ICE_NO_CONNECTIVITY);
}

static void test_search_at_the_end(void **state)
{
    (void)state;
    for (int64_t i = 0; i < LIMIT_ICE_CHECKS; i++)
        check(from_client(1000 + 50 * i));
    assert_false(paths_end_searches(&paths, 6000 * MILLISECONDS, &stage->events));
    only_event(stage, EVENT_ICE_NO_CONNECTIVITY);
}

/* Another address goes on with the same peer, in this session. */
struct other {
    const char *session; /* "": its checks name none */
    int64_t connected;   /* milliseconds */
};

/* A path whose last answer came after 61 s, while the other goes on: whether it counts as dead. */
static bool dies_beside(const struct other *other)
{
    for (int64_t time = 1000; time <= 76000; time += 2500) {
        check_in_session("peer:client", place(STAGE_CLIENT, 40000), time, time <= 61000);
        if (time >= other->connected)
            check_in_session(other->session, place("192.0.2.1", 40000), time + 100, true);
    }
    stage->events.count = 0;
    end(76500);
    if (stage->events.count == 0)
        return false;
    assert_int_equal(only_event(stage, EVENT_ICE_CONSENT_LOST)->client.port, 40000);
    return true;
}

static void test_dead_beside_another_client(void **state)
{
    (void)state;
    assert_true(dies_beside(&(struct other){"peer:second", 2000}));
}

static void test_moved_in_its_session(void **state)
{
    (void)state;
    assert_false(dies_beside(&(struct other){"peer:client", 2000}));
}

static void test_moved_in_a_new_session(void **state)
{
    (void)state;
    assert_false(dies_beside(&(struct other){"peer:second", 50000}));
}

static void test_moved_after_it_fell_silent(void **state)
{
    (void)state;
    assert_false(dies_beside(&(struct other){"peer:second", 66000}));
}

static void test_moved_perhaps(void **state)
{
    (void)state;
    assert_false(dies_beside(&(struct other){"", 2000}));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_connected_when_the_client_is_answered),
        TEST(test_errors),
        TEST(test_roles_and_nomination),
        TEST(test_consent_lost),
        TEST(test_consent_kept),
        TEST(test_consent_that_cannot_be_lost),
        TEST(test_waited),
        TEST(test_consent_lost_beside_answers_to_the_peer),
        TEST(test_media_both_ways),
        TEST(test_one_way),
        TEST(test_one_way_not_judged),
        TEST(test_one_way_too_soon),
        TEST(test_no_media),
        TEST(test_one_sided),
        TEST(test_search_without_connectivity),
        TEST(test_search_too_short),
        TEST(test_search_that_found_another_path),
        TEST(test_direct_search),
        TEST(test_direct_search_at_the_end),
        TEST(test_search_from_two_addresses),
        TEST(test_search_among_old_addresses),
        TEST(test_searches_behind_one_address),
        TEST(test_search_at_the_end),
        TEST(test_dead_beside_another_client),
        TEST(test_moved_in_its_session),
        TEST(test_moved_in_a_new_session),
        TEST(test_moved_after_it_fell_silent),
        TEST(test_moved_perhaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
