/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/streams.h"
#include "analyzer/limits.h"
#include "tests/support/hex.h"
#include "tests/support/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SENT_MAX = 200000, START = 1000 };

static struct streams streams;
static struct stream stream;
static uint8_t sent[SENT_MAX];
static uint8_t received[SENT_MAX];
static size_t received_length;

static int set_up(void **state)
{
    (void)state;
    random_seed(7);
    random_fill(sent, sizeof sent);
    stream = (struct stream){0};
    received_length = 0;
    return streams_init(&streams, LIMIT_MEMORY);
}

static int tear_down(void **state)
{
    (void)state;
    streams_free(&streams);
    return 0;
}

/* Takes `length` bytes of what is there. */
static void take(size_t length)
{
    struct bytes bytes = stream_peek(&streams, &stream);
    assert_true(length <= bytes.length);
    if (length > 0)
        memcpy(received + received_length, bytes.data, length);
    received_length += length;
    stream_consume(&streams, &stream, length);
}

static void take_all(void)
{
    take(stream_peek(&streams, &stream).length);
}

/* A segment of sent[offset...], in a block that is gone after the call. */
static void push_and(void (*consume)(void), size_t offset, size_t captured, size_t length,
                     int64_t time)
{
    struct bytes copy = exact_copy(bytes_of(sent + offset, captured));
    stream_push(&streams, &stream, (uint32_t)(START + offset), copy, length, time);
    if (consume != NULL)
        consume();
    stream_keep(&streams, &stream);
    free((void *)(uintptr_t)copy.data);
}

static void push(size_t offset, size_t length)
{
    push_and(take_all, offset, length, length, 0);
}

static void check_received(size_t length)
{
    assert_int_equal(received_length, length);
    assert_memory_equal(received, sent, length);
}

static void test_in_order_without_copies(void **state)
{
    (void)state;
    stream_start(&stream, START);
    stream_push(&streams, &stream, START, bytes_of(sent, 1000), 1000, 0);
    assert_ptr_equal(stream_peek(&streams, &stream).data, sent);
    take(1000);
    stream_keep(&streams, &stream);
    push(1000, 500);
    check_received(1500);
    assert_int_equal(stream_gap(&stream), 0);
    assert_int_equal(streams.buffers.classes[0].untouched, 0);
}

static void test_what_is_left_is_kept(void **state)
{
    (void)state;
    stream_start(&stream, START);
    for (size_t i = 0; i < 100; i++) {
        push_and(NULL, i * 1000, 1000, 1000, 0);
        struct bytes all = stream_peek(&streams, &stream);
        assert_true(bytes_equal(all, bytes_of(sent, (i + 1) * 1000)));
    }
    take(100000);
    check_received(100000);
    assert_int_equal(stream.assembly.buffer.size, 0);
}

static void test_overlap_and_retransmission(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push(0, 1000);
    push(0, 1000);
    push(500, 1000);
    push(3000, 500);
    push(2500, 800);
    push(1400, 1200);
    check_received(3500);
    assert_int_equal(stream.gaps, 0);
    assert_int_equal(stream.assembly.buffer.size, 0);
}

/* What came first stays, as in most receivers. */
static void test_different_bytes_sent_again(void **state)
{
    (void)state;
    uint8_t other[100] = {0};
    stream_start(&stream, START);
    push(100, 100);
    stream_push(&streams, &stream, START + 100, bytes_of(other, 100), 100, 0);
    stream_keep(&streams, &stream);
    push(0, 100);
    check_received(200);
}

static void test_start_in_the_middle(void **state)
{
    (void)state;
    stream_push(&streams, &stream, START, bytes_of(sent, 100), 100, 0);
    take_all();
    stream_keep(&streams, &stream);
    check_received(100);
    stream_push(&streams, &stream, START - 50, bytes_of(sent, 50), 50, 0);
    assert_int_equal(stream_peek(&streams, &stream).length, 0);
    assert_int_equal(stream_gap(&stream), 0);
}

static void test_missing_segment_ends_the_wait(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push(0, 1000);
    push_and(take_all, 2000, 1000, 1000, 1 * SECONDS);
    push_and(take_all, 3000, 1000, 1000, 2 * SECONDS);
    check_received(1000);
    assert_int_equal(stream_gap(&stream), 0);
    push_and(take_all, 4000, 1000, 1000, 1 * SECONDS + LIMIT_STREAM_WAIT + 1);
    assert_int_equal(stream_gap(&stream), 1000);
    assert_int_equal(stream_gap(&stream), 0);
    assert_int_equal(received_length, 4000);
    assert_memory_equal(received + 1000, sent + 2000, 3000);
    assert_int_equal(stream.gaps, 1);
    assert_int_equal(streams.skipped, 1000);
    push(1000, 1000); /* too late */
    assert_int_equal(received_length, 4000);
}

/* The receiver has it: the capture lost it, and nobody will send it again. */
static void test_missing_segment_was_acknowledged(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push(0, 1000);
    push_and(take_all, 2000, 1000, 1000, 1 * SECONDS);
    stream_note_acknowledgment(&stream, START + 1000);
    push_and(take_all, 3000, 1000, 1000, 1 * SECONDS + 2 * LIMIT_STREAM_REORDER);
    assert_int_equal(received_length, 1000);
    stream_note_acknowledgment(&stream, START + 4000);
    push_and(take_all, 4000, 1000, 1000, 1 * SECONDS + 3 * LIMIT_STREAM_REORDER);
    assert_int_not_equal(stream_gap(&stream), 0);
    assert_int_equal(received_length, 4000);
}

static void test_too_much_is_held(void **state)
{
    (void)state;
    stream_start(&stream, START);
    for (size_t offset = 1000; received_length == 0; offset += 1000) {
        assert_true(offset < LIMIT_STREAM_HELD + 3000);
        push(offset, 1000);
    }
    assert_int_not_equal(stream_gap(&stream), 0);
    assert_memory_equal(received, sent + 1000, received_length);
}

/* Two holes, of which the second outlives the first. */
static void test_a_second_hole(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push_and(take_all, 1000, 500, 500, 1 * SECONDS);
    push_and(take_all, 2000, 500, 500, 2 * SECONDS);
    push_and(take_all, 0, 1000, 1000, 3 * SECONDS);
    check_received(1500);
    push_and(take_all, 2500, 500, 500, 5 * SECONDS);
    check_received(1500);
    push_and(take_all, 1500, 500, 500, 5 * SECONDS);
    check_received(3000);
    assert_int_equal(stream.gaps, 0);
}

static void take_none(void)
{
    assert_true(stream_is_cut(&stream));
    assert_int_equal(stream_peek(&streams, &stream).length, 60);
}

/* The consumer knows from the header how long the message is, and skips to its end. */
static void skip_message(void)
{
    assert_true(stream_is_cut(&stream));
    stream_consume(&streams, &stream, 1000);
    assert_false(stream_is_cut(&stream));
}

static void test_cut_segments(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push_and(skip_message, 0, 60, 1000, 0);
    assert_int_equal(stream_gap(&stream), 0);
    push_and(take_none, 1000, 60, 1000, 0);
    assert_int_equal(stream_gap(&stream), 1000);
    assert_int_equal(streams.skipped, 940);
    push(2000, 100);
    assert_false(stream_is_cut(&stream));
    assert_memory_equal(received, sent + 2000, 100);
}

/* A message that began in a whole segment goes on in one that is cut. */
static void test_cut_behind_kept_bytes(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push_and(NULL, 0, 500, 500, 0);
    struct bytes copy = exact_copy(bytes_of(sent + 500, 40));
    stream_push(&streams, &stream, START + 500, copy, 500, 0);
    assert_true(stream_is_cut(&stream));
    assert_true(bytes_equal(stream_peek(&streams, &stream), bytes_of(sent, 540)));
    stream_consume(&streams, &stream, 800);
    stream_keep(&streams, &stream);
    free((void *)(uintptr_t)copy.data);
    assert_int_equal(stream_gap(&stream), 200);
    assert_int_equal(stream.sequence, START + 1000);
    assert_int_equal(stream.assembly.buffer.size, 0);
}

static void skip_far(void)
{
    stream_consume(&streams, &stream, 5000);
}

static void test_skipping_ahead(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push_and(skip_far, 0, 1000, 1000, 0);
    for (size_t offset = 1000; offset < 6000; offset += 1000)
        push(offset, 1000);
    assert_int_equal(received_length, 1000);
    assert_memory_equal(received, sent + 5000, 1000);
    assert_int_equal(stream.gaps, 0);
}

/* Skipping over a hole and part of what is held behind it. */
static void test_skipping_over_a_hole(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push_and(NULL, 0, 100, 100, 0);
    push_and(NULL, 300, 100, 100, 0);
    push_and(NULL, 500, 100, 100, 0);
    stream_consume(&streams, &stream, 350);
    assert_true(bytes_equal(stream_peek(&streams, &stream), bytes_of(sent + 350, 50)));
    push_and(NULL, 400, 100, 100, 0);
    assert_true(bytes_equal(stream_peek(&streams, &stream), bytes_of(sent + 350, 250)));
    assert_int_equal(stream.gaps, 0);
}

static void test_a_stray_segment(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push(0, 1000);
    stream_push(&streams, &stream, START + 0x40000000, bytes_of(sent, 10), 10, 0);
    assert_int_equal(stream_peek(&streams, &stream).length, 0);
    push(1000, 1000);
    check_received(2000);
    assert_int_equal(stream.gaps, 0);
}

static void test_a_new_place(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push(0, 100);
    push(180000, 1000);
    push(181000, 1000);
    assert_true(stream_gap(&stream) == SIZE_MAX);
    assert_int_equal(received_length, 1100);
    assert_memory_equal(received + 100, sent + 181000, 1000);
}

static void test_stopped(void **state)
{
    (void)state;
    stream_start(&stream, START);
    push(1000, 1000);
    stream_stop(&streams, &stream);
    push(0, 1000);
    push(5000, 1000);
    assert_int_equal(received_length, 0);
    assert_int_equal(stream.assembly.buffer.size, 0);
}

/* A consumer that never finds a whole message does not take memory without end. */
static void test_a_consumer_that_takes_nothing(void **state)
{
    (void)state;
    stream_start(&stream, START);
    for (size_t offset = 0; offset + 1000 <= SENT_MAX; offset += 1000)
        push_and(NULL, offset, 1000, 1000, 0);
    assert_int_not_equal(stream_gap(&stream), 0);
    assert_true(stream_peek(&streams, &stream).length <= ASSEMBLY_LIMIT);
}

/* More streams than blocks: the stream that waited longest loses its bytes, and knows. */
static void test_memory_is_shared_fairly(void **state)
{
    (void)state;
    enum { MANY = LIMIT_STREAM_BLOCKS_2K + 1 };
    struct stream *many = calloc(MANY, sizeof *many);
    for (size_t i = 0; i < MANY; i++) {
        stream_push(&streams, &many[i], START, bytes_of(sent, 100), 100, 0);
        stream_keep(&streams, &many[i]);
    }
    assert_int_equal(streams.buffers.evicted, 1);
    assert_int_equal(stream_peek(&streams, &many[0]).length, 0);
    assert_int_equal(stream_peek(&streams, &many[1]).length, 100);
    stream_push(&streams, &many[0], START + 100, bytes_of(sent + 100, 50), 50, 0);
    assert_true(stream_gap(&many[0]) == SIZE_MAX);
    assert_true(bytes_equal(stream_peek(&streams, &many[0]), bytes_of(sent + 100, 50)));
    stream_keep(&streams, &many[0]);
    stream_push(&streams, &many[0], START + 150, bytes_of(sent + 150, 50), 50, 0);
    assert_true(bytes_equal(stream_peek(&streams, &many[0]), bytes_of(sent + 100, 100)));
    assert_int_equal(stream_gap(&many[0]), 0);
    free(many);
}

enum { SEGMENTS_MAX = 20000, WINDOW = 30 };

struct segment {
    uint32_t offset;
    uint32_t length;
};

static struct segment segments[SEGMENTS_MAX];

/* Cuts the stream up; each piece may reach back over what was sent before, or be sent twice. */
static size_t cut_up(size_t length, uint32_t largest)
{
    size_t count = 0;
    for (uint32_t offset = 0; offset < length;) {
        uint32_t piece = 1 + random_below(largest);
        if (piece > length - offset)
            piece = (uint32_t)(length - offset);
        uint32_t back = random_below(4) == 0 ? random_below(offset + 1) % (2 * largest) : 0;
        segments[count++] = (struct segment){offset - back, piece + back};
        if (random_below(5) == 0) {
            segments[count] = segments[random_below((uint32_t)count)];
            count++;
        }
        offset += piece;
    }
    return count;
}

/* Shuffles each WINDOW segments among themselves. */
static void reorder(size_t count)
{
    for (size_t i = 0; i + 1 < count; i++) {
        size_t end = (i / WINDOW + 1) * WINDOW < count ? (i / WINDOW + 1) * WINDOW : count;
        size_t other = i + random_below((uint32_t)(end - i));
        struct segment kept = segments[i];
        segments[i] = segments[other];
        segments[other] = kept;
    }
}

static void take_some(void)
{
    size_t there = stream_peek(&streams, &stream).length;
    take(random_below(3) == 0 ? there : random_below((uint32_t)there + 1));
}

static void one_random_stream(uint32_t seed)
{
    static const uint32_t largest[] = {1, 3, 100, 1460};
    uint32_t kind = seed % 4;
    random_seed(seed);
    stream = (struct stream){0};
    received_length = 0;
    size_t length = 1 + random_below(kind < 2 ? 3000 : 60000);
    uint32_t first = 0u - random_below((uint32_t)length * 2); /* most wrap around */
    size_t count = cut_up(length, largest[kind]);
    if (seed % 3 != 0)
        reorder(count);
    stream_start(&stream, first);
    for (size_t i = 0; i < count; i++) {
        struct segment s = segments[i];
        struct bytes copy = exact_copy(bytes_of(sent + s.offset, s.length));
        stream_push(&streams, &stream, first + s.offset, copy, s.length, 0);
        take_some();
        stream_keep(&streams, &stream);
        free((void *)(uintptr_t)copy.data);
    }
    take_all();
    check_received(length);
    assert_int_equal(stream.gaps, 0);
    assert_int_equal(stream.assembly.buffer.size, 0);
}

static void test_random_streams(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 600; seed++)
        one_random_stream(seed);
    assert_int_equal(streams.buffers.evicted, 0);
}

/* With segments missing, what comes out is still in order and right, with a gap told for each. */
static void test_random_losses(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 300; seed++) {
        random_seed(seed);
        stream = (struct stream){0};
        size_t length = 60000;
        size_t count = cut_up(length, 1460);
        stream_start(&stream, 0u - 20000u);
        for (size_t i = 0; i < count; i++) {
            struct segment s = segments[i];
            if (random_below(6) == 0)
                continue;
            stream_push(&streams, &stream, s.offset - 20000u, bytes_of(sent + s.offset, s.length),
                        s.length, (int64_t)i * SECONDS);
            uint32_t at = stream.sequence + 20000u;
            struct bytes got = stream_peek(&streams, &stream);
            assert_true(got.length == 0 || memcmp(got.data, sent + at, got.length) == 0);
            stream_consume(&streams, &stream, random_below((uint32_t)got.length + 1));
            stream_keep(&streams, &stream);
        }
        stream_stop(&streams, &stream);
    }
    assert_true(streams.gaps > 300);
}

#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(test_in_order_without_copies),
        STREAM_TEST(test_what_is_left_is_kept),
        STREAM_TEST(test_overlap_and_retransmission),
        STREAM_TEST(test_different_bytes_sent_again),
        STREAM_TEST(test_start_in_the_middle),
        STREAM_TEST(test_missing_segment_ends_the_wait),
        STREAM_TEST(test_missing_segment_was_acknowledged),
        STREAM_TEST(test_too_much_is_held),
        STREAM_TEST(test_a_second_hole),
        STREAM_TEST(test_cut_segments),
        STREAM_TEST(test_cut_behind_kept_bytes),
        STREAM_TEST(test_skipping_ahead),
        STREAM_TEST(test_skipping_over_a_hole),
        STREAM_TEST(test_a_stray_segment),
        STREAM_TEST(test_a_new_place),
        STREAM_TEST(test_stopped),
        STREAM_TEST(test_a_consumer_that_takes_nothing),
        STREAM_TEST(test_memory_is_shared_fairly),
        STREAM_TEST(test_random_streams),
        STREAM_TEST(test_random_losses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
