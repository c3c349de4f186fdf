/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/fragments.h"
#include "analyzer/limits.h"
#include "tests/support/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { UDP_HEADER = 8, LARGEST = 65528 };

static struct fragments fragments;
static uint8_t datagram[LARGEST];

static int set_up(void **state)
{
    (void)state;
    return fragments_init(&fragments, LIMIT_MEMORY);
}

static int tear_down(void **state)
{
    (void)state;
    fragments_free(&fragments);
    return 0;
}

/* A UDP datagram of `length` bytes with its header, from port 54321 to 3478. */
static void fill_datagram(size_t length)
{
    random_fill(datagram, length);
    const uint8_t header[UDP_HEADER] = {
        0xd4, 0x31, 0x0d, 0x96, (uint8_t)(length >> 8), (uint8_t)length, 0, 0};
    memcpy(datagram, header, sizeof header);
}

static struct packet fragment_at(unsigned family, uint32_t id, size_t offset, size_t length,
                                 bool more)
{
    struct packet packet = {.protocol = IP_PROTOCOL_UDP, .ttl = 64};
    packet.source.ip = (struct ip_address){.family = (uint8_t)family, .octets = {192, 0, 2, 1}};
    packet.destination.ip =
        (struct ip_address){.family = (uint8_t)family, .octets = {198, 51, 100, 2}};
    packet.fragment.is_fragment = true;
    packet.fragment.more_fragments = more;
    packet.fragment.identification = id;
    packet.fragment.offset = (uint32_t)offset;
    packet.payload = bytes_of(datagram + offset, length);
    packet.payload_length = length;
    return packet;
}

static enum fragment_result add(const struct packet *packet, int64_t time, struct packet *whole,
                                enum dissect_status *status)
{
    struct packet copy = *packet;
    uint8_t *block = malloc(packet->payload.length + 1);
    memcpy(block, packet->payload.data, packet->payload.length);
    copy.payload.data = block;
    enum fragment_result result = fragments_add(&fragments, &copy, time, whole, status);
    free(block);
    return result;
}

static enum fragment_result add_at(unsigned family, uint32_t id, size_t offset, size_t length,
                                   bool more)
{
    struct packet whole;
    enum dissect_status status;
    struct packet packet = fragment_at(family, id, offset, length, more);
    return add(&packet, 0, &whole, &status);
}

static void check_whole(const struct packet *whole, size_t length)
{
    assert_int_equal(whole->protocol, IP_PROTOCOL_UDP);
    assert_int_equal(whole->source.port, 54321);
    assert_int_equal(whole->destination.port, 3478);
    assert_int_equal(whole->ttl, 64);
    assert_false(whole->fragment.is_fragment);
    assert_int_equal(whole->payload_length, length - UDP_HEADER);
    assert_true(bytes_equal(whole->payload, bytes_of(datagram + UDP_HEADER, length - UDP_HEADER)));
}

enum { PIECES_MAX = 64 };

struct piece {
    size_t offset;
    size_t length;
};

/* Cuts `length` bytes in random places that are multiples of 8, and shuffles the pieces. */
static size_t cut_up(struct piece *pieces, size_t length)
{
    size_t count = 0;
    for (size_t offset = 0; offset < length;) {
        size_t piece = 8u * (1 + random_below((uint32_t)(length / 64) + 2));
        if (piece > length - offset || count == PIECES_MAX - 1)
            piece = length - offset;
        pieces[count++] = (struct piece){offset, piece};
        offset += piece;
    }
    for (size_t i = count - 1; i > 0; i--) {
        size_t other = random_below((uint32_t)i + 1);
        struct piece kept = pieces[i];
        pieces[i] = pieces[other];
        pieces[other] = kept;
    }
    return count;
}

static void one_random_datagram(unsigned family, uint32_t id, size_t length)
{
    struct piece pieces[PIECES_MAX];
    struct packet whole;
    enum dissect_status status;
    fill_datagram(length);
    size_t count = cut_up(pieces, length);
    for (size_t i = 0; i < count; i++) {
        bool more = pieces[i].offset + pieces[i].length < length;
        struct packet packet = fragment_at(family, id, pieces[i].offset, pieces[i].length, more);
        enum fragment_result result = add(&packet, 0, &whole, &status);
        assert_int_equal(result, i + 1 == count ? FRAGMENT_WHOLE : FRAGMENT_WAITING);
        if (i + 1 == count)
            check_whole(&whole, length);
        if (random_below(4) == 0) {
            result = add(&packet, 0, &whole, &status);
            assert_int_equal(result, i + 1 == count ? FRAGMENT_DISCARDED : FRAGMENT_WAITING);
        }
    }
}

static void test_any_order_and_duplicates(void **state)
{
    (void)state;
    random_seed(1);
    for (uint32_t i = 0; i < 400; i++)
        one_random_datagram(i % 2 == 0 ? 4 : 6, i, 16 + random_below(i % 40 == 0 ? 65000 : 9000));
    assert_int_equal(fragments.reassembled, 400);
    assert_int_equal(fragments.discarded, 0);
    assert_int_equal(fragments.evicted, 0);
}

static void test_interleaved_datagrams(void **state)
{
    (void)state;
    struct packet whole;
    enum dissect_status status;
    fill_datagram(2000);
    for (uint32_t id = 0; id < 200; id++)
        assert_int_equal(add_at(4, id, 1480, 520, false), FRAGMENT_WAITING);
    for (uint32_t id = 0; id < 200; id++) {
        struct packet first = fragment_at(4, id, 0, 1480, true);
        assert_int_equal(add(&first, 0, &whole, &status), FRAGMENT_WHOLE);
        check_whole(&whole, 2000);
    }
}

static void test_overlaps(void **state)
{
    (void)state;
    struct packet whole;
    enum dissect_status status;
    fill_datagram(64);
    assert_int_equal(add_at(6, 1, 0, 32, true), FRAGMENT_WAITING);
    assert_int_equal(add_at(6, 1, 24, 40, false), FRAGMENT_DISCARDED);
    assert_int_equal(add_at(6, 1, 32, 32, false), FRAGMENT_DISCARDED);
    uint8_t other[16] = {0};
    struct packet changed = fragment_at(6, 2, 16, 16, true);
    assert_int_equal(add_at(6, 2, 0, 32, true), FRAGMENT_WAITING);
    changed.payload.data = other;
    assert_int_equal(add(&changed, 0, &whole, &status), FRAGMENT_DISCARDED);
    assert_int_equal(fragments.discarded, 2);
    changed.source.ip.family = changed.destination.ip.family = 4;
    assert_int_equal(add_at(4, 2, 0, 32, true), FRAGMENT_WAITING);
    assert_int_equal(add(&changed, 0, &whole, &status), FRAGMENT_WAITING);
    struct packet last = fragment_at(4, 2, 24, 40, false);
    assert_int_equal(add(&last, 0, &whole, &status), FRAGMENT_WHOLE);
    check_whole(&whole, 64); /* what came first stays */
}

static void test_contradictions(void **state)
{
    (void)state;
    fill_datagram(128);
    assert_int_equal(add_at(4, 1, 0, 30, true), FRAGMENT_DISCARDED); /* not a multiple of 8 */
    assert_int_equal(add_at(4, 1, 0, 0, true), FRAGMENT_DISCARDED);
    struct packet far = fragment_at(4, 1, 0, 64, false);
    far.fragment.offset = 65528;
    struct packet whole;
    enum dissect_status status;
    assert_int_equal(add(&far, 0, &whole, &status), FRAGMENT_DISCARDED); /* ping of death */
    assert_int_equal(fragments.discarded, 0);
    assert_int_equal(add_at(4, 1, 64, 32, false), FRAGMENT_WAITING);
    assert_int_equal(add_at(4, 1, 96, 16, true), FRAGMENT_DISCARDED); /* behind the end */
    assert_int_equal(add_at(4, 1, 0, 64, true), FRAGMENT_DISCARDED);
    assert_int_equal(add_at(4, 2, 64, 32, true), FRAGMENT_WAITING);
    assert_int_equal(add_at(4, 2, 0, 32, false), FRAGMENT_DISCARDED); /* an end before a part */
    assert_int_equal(fragments.discarded, 2);
}

/* snaplen 60: of each fragment only the head is there. */
static void test_cut_fragments(void **state)
{
    (void)state;
    struct packet whole;
    enum dissect_status status;
    fill_datagram(2000);
    struct packet first = fragment_at(4, 1, 0, 1480, true);
    struct packet last = fragment_at(4, 1, 1480, 520, false);
    first.payload.length = last.payload.length = 40;
    assert_int_equal(add(&last, 0, &whole, &status), FRAGMENT_WAITING);
    assert_int_equal(add(&first, 0, &whole, &status), FRAGMENT_WHOLE);
    assert_int_equal(status, DISSECT_CUT_SHORT);
    assert_true(whole.cut);
    assert_int_equal(whole.destination.port, 3478);
    assert_int_equal(whole.payload_length, 1992);
    assert_int_equal(whole.payload.length, 32);
    assert_memory_equal(whole.payload.data, datagram + UDP_HEADER, 32);
}

static void test_time_out(void **state)
{
    (void)state;
    struct packet whole;
    enum dissect_status status;
    fill_datagram(64);
    assert_int_equal(add_at(4, 1, 0, 32, true), FRAGMENT_WAITING);
    struct packet last = fragment_at(4, 1, 32, 32, false);
    assert_int_equal(add(&last, LIMIT_FRAGMENT_TIMEOUT + 1, &whole, &status), FRAGMENT_WAITING);
    assert_int_equal(fragments.timed_out, 1);
    fragments_expire(&fragments, 3 * LIMIT_FRAGMENT_TIMEOUT);
    assert_int_equal(fragments.timed_out, 2);
    assert_int_equal(fragments.datagrams.used, 0);
}

/* The identification comes round again after the datagram was delivered. */
static void test_identification_used_again(void **state)
{
    (void)state;
    struct packet whole;
    enum dissect_status status;
    for (int64_t time = 0; time < 3; time++) {
        fill_datagram(64);
        struct packet first = fragment_at(4, 1, 0, 32, true);
        struct packet last = fragment_at(4, 1, 32, 32, false);
        assert_int_equal(add(&first, time * SECONDS, &whole, &status), FRAGMENT_WAITING);
        assert_int_equal(add(&last, time * SECONDS, &whole, &status), FRAGMENT_WHOLE);
        assert_int_equal(status, DISSECT_OK);
        check_whole(&whole, 64);
    }
    fragments_expire(&fragments, 100 * SECONDS);
    assert_int_equal(fragments.timed_out, 0);
}

/* A flood of first fragments takes memory from the oldest, and is counted. */
static void test_flood(void **state)
{
    (void)state;
    fill_datagram(60000);
    for (uint32_t id = 0; id < 2000; id++)
        add_at(4, id, 8u * random_below(7000), 8, true);
    assert_int_equal(fragments.datagrams.used, LIMIT_FRAGMENTED_DATAGRAMS);
    assert_true(fragments.evicted >= 2000 - LIMIT_FRAGMENTED_DATAGRAMS);
    uint64_t evicted = fragments.evicted;
    one_random_datagram(4, 5000, 2000);
    assert_true(fragments.evicted > evicted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_any_order_and_duplicates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_interleaved_datagrams, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_overlaps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_contradictions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut_fragments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_time_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_identification_used_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_flood, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
