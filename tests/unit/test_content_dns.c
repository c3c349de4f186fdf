/* SPDX-License-Identifier: MIT */
#include "analyzer/content.h"
#include "tests/support/lookups_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void forget(void *context)
{
    struct trackers *trackers = context;
    trackers->events.count = 0;
}

static struct sighting sighting_of(struct flow *flow, uint8_t protocol, bool response)
{
    *flow = (struct flow){.key = {.protocol = protocol}};
    flow->key.endpoint[0] = transport(SCENE_SERVER, 53);
    flow->key.endpoint[1] = transport(SCENE_CLIENT, 40000);
    return (struct sighting){.time = SECONDS, .frame = 1, .flow = flow, .from = response ? 0 : 1};
}

static void show(struct trackers *trackers, const struct draft *draft)
{
    struct flow flow;
    struct event_handler handler = {forget, trackers};
    struct sighting sighting = sighting_of(&flow, IP_PROTOCOL_UDP, draft->wire[2] & 0x80);
    content_datagram(trackers, &sighting, bytes_of(draft->wire, draft->length), draft->length,
                     &handler);
}

/* Shows a stream that holds the messages, but for its last `cut_off` bytes; how many were consumed.
 */
static size_t show_stream(struct trackers *trackers, const struct draft *messages, size_t count,
                          size_t cut_off)
{
    struct flow flow;
    struct event_handler handler = {forget, trackers};
    struct draft stream = {0};
    for (size_t i = 0; i < count; i++) {
        put(&stream, messages[i].length, 2);
        memcpy(stream.wire + stream.length, messages[i].wire, messages[i].length);
        stream.length += messages[i].length;
    }
    struct sighting sighting = sighting_of(&flow, IP_PROTOCOL_TCP, messages[0].wire[2] & 0x80);
    struct bytes unread = bytes_of(stream.wire, stream.length - cut_off);
    size_t consumed = 0, taken;
    while ((taken = content_stream_dns(trackers, &sighting, bytes_from(unread, consumed),
                                       &handler)) > 0)
        consumed += taken;
    return consumed;
}

static struct trackers *new_trackers(void)
{
    struct trackers *trackers = calloc(1, sizeof *trackers);
    assert_non_null(trackers);
    assert_int_equal(trackers_init(trackers, NULL, NULL, LIMIT_MEMORY), 0);
    return trackers;
}

static void free_trackers(struct trackers *trackers)
{
    trackers_free(trackers);
    free(trackers);
}

/* IDs that begin like STUN, ChannelData and DTLS. */
static void test_any_id_is_dns(void **state)
{
    (void)state;
    static const uint16_t ids[] = {0x0001, 0x0101, 0x4001, 0x1603, 0x8000};
    struct trackers *trackers = new_trackers();
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct draft query = draft_of(ids[i], 0x0100, "a.example", (uint16_t)(1 + i));
        show(trackers, &query);
    }
    assert_int_equal(trackers->lookups.statistics.queries, 5);
    free_trackers(trackers);
}

static void test_retry_over_tcp(void **state)
{
    (void)state;
    struct trackers *trackers = new_trackers();
    struct draft query = draft_of(7, 0x0100, "a.example", DNS_A);
    struct draft truncated = draft_of(7, 0x8380, "a.example", DNS_A);
    struct draft answer = draft_of(7, 0x8180, "a.example", DNS_A);
    put_address(&answer, "a.example", "192.0.2.1", 60);
    show(trackers, &query);
    show(trackers, &truncated);
    const struct lookup *lookup = lookups_next(&trackers->lookups, NULL);
    assert_int_equal(lookup->state, LOOKUP_PENDING);
    assert_int_equal(show_stream(trackers, &query, 1, 0), query.length + 2);
    assert_true(lookup->asked_over_tcp);
    assert_int_equal(show_stream(trackers, &answer, 1, 1), 0);
    assert_int_equal(lookup->state, LOOKUP_PENDING);
    assert_int_equal(show_stream(trackers, &answer, 1, 0), answer.length + 2);
    assert_int_equal(lookup->state, LOOKUP_ANSWERED);
    assert_int_equal(lookup->address_count, 1);
    free_trackers(trackers);
}

static void test_several_messages_in_a_stream(void **state)
{
    (void)state;
    struct trackers *trackers = new_trackers();
    struct draft queries[] = {draft_of(7, 0x0100, "a.example", DNS_A),
                              draft_of(8, 0x0100, "a.example", DNS_AAAA)};
    assert_int_equal(show_stream(trackers, queries, 2, 1), queries[0].length + 2);
    assert_int_equal(trackers->lookups.statistics.queries, 1);
    free_trackers(trackers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_id_is_dns),
        cmocka_unit_test(test_retry_over_tcp),
        cmocka_unit_test(test_several_messages_in_a_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
