/* SPDX-License-Identifier: MIT */
#include "analyzer/ahead.h"
#include "analyzer/limits.h"
#include "tests/support/capture_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* More than all blocks together hold. */
enum { FRAMES = 30000, HEADERS = 42, PAYLOAD_MOST = 700 };

static char directory[CAPTURE_FILE_PATH], path[CAPTURE_FILE_PATH], other[CAPTURE_FILE_PATH];
static const struct key_hash hash = {{1, 2, 3, 4, 5, 6, 7, 8}};

static size_t payload_of(uint64_t frame)
{
    return 4 + frame * 7919 % PAYLOAD_MOST;
}

/* Ethernet, IPv4, UDP from a port that tells the frame, and the frame as payload. */
static size_t make_frame(uint8_t *bytes, uint64_t frame)
{
    static const uint8_t headers[HEADERS] =
        "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00"
        "\x45\x00\x00\x00\x00\x01\x00\x00\x40\x11\x00\x00"
        "\x0a\x00\x00\x01\x0a\x00\x00\x02"
        "\x00\x00\x0d\x96\x00\x00\x00\x00";
    size_t udp = 8 + payload_of(frame);
    memset(bytes, (int)(frame % 251), HEADERS + PAYLOAD_MOST + 4);
    memcpy(bytes, headers, HEADERS);
    bytes[16] = (uint8_t)((20 + udp) >> 8);
    bytes[17] = (uint8_t)(20 + udp);
    bytes[34] = (uint8_t)(frame >> 8);
    bytes[35] = (uint8_t)frame;
    bytes[38] = (uint8_t)(udp >> 8);
    bytes[39] = (uint8_t)udp;
    return HEADERS + payload_of(frame);
}

static void make_file(const char *name, uint32_t frames, char made[CAPTURE_FILE_PATH])
{
    struct capture_file start;
    uint8_t bytes[HEADERS + PAYLOAD_MOST + 4];
    pcap_begin(&start, LINK_TYPE_ETHERNET);
    capture_file_write(&start, directory, name, made);
    FILE *file = fopen(made, "ab");
    assert_non_null(file);
    for (uint32_t frame = 1; frame <= frames; frame++) {
        uint32_t length = (uint32_t)make_frame(bytes, frame);
        uint32_t header[] = {1000 + frame, 0, length, length};
        assert_int_equal(fwrite(header, sizeof header, 1, file), 1);
        assert_int_equal(fwrite(bytes, length, 1, file), 1);
    }
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    (void)state;
    make_directory(directory);
    make_file("one.pcap", FRAMES, path);
    make_file("two.pcap", FRAMES, other);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_directory(directory);
    return 0;
}

static struct capture *open_files(size_t count)
{
    char error[CAPTURE_ERROR_TEXT];
    const char *paths[] = {path, other};
    struct capture *capture = capture_open_files(paths, count, NULL, error);
    assert_non_null(capture);
    return capture;
}

static void expect_arrival(const struct arrival *arrival, uint64_t frame)
{
    const struct packet *packet = &arrival->packet;
    assert_int_equal(arrival->place.frame, frame);
    assert_int_equal(arrival->place.time, (int64_t)(1000 + frame) * SECONDS);
    assert_int_equal(arrival->status, DISSECT_OK);
    assert_int_equal(packet->source.port, (uint16_t)frame);
    assert_int_equal(packet->payload.length, payload_of(frame));
    assert_int_equal(packet->payload.data[0], frame % 251);
    assert_int_equal(packet->payload.data[packet->payload.length - 1], frame % 251);
    assert_true(arrival->has_flow);
    const struct five_tuple tuple = arrival_tuple(arrival);
    assert_int_equal(arrival->search.hash, flow_search_begin(&hash, &tuple).hash);
}

/* Of `files` files with the same times: one frame of each in turn. `seen` before this block. */
static uint64_t expect_block(const struct ahead_block *block, uint64_t seen, uint64_t files)
{
    assert_in_range(block->captured.count, 1, CAPTURE_BLOCK_PACKETS);
    for (size_t i = 0; i < block->captured.count; i++, seen++) {
        expect_arrival(&block->arrivals[i], seen / files + 1);
        assert_int_equal(block->arrivals[i].place.input, seen % files);
    }
    return seen;
}

/* Whoever is the slower one: the reader, or who takes the packets. */
static void read_all(size_t files, useconds_t pause)
{
    struct capture *capture = open_files(files);
    struct ahead *ahead = ahead_new(capture, &hash, UINT64_MAX);
    struct ahead_block *block;
    uint64_t seen = 0, done = 0;
    assert_non_null(ahead);
    while ((block = ahead_next(ahead)) != NULL) {
        seen = expect_block(block, seen, files);
        assert_true(block->done > done || block->done == block->total);
        done = block->done;
        usleep(pause);
    }
    assert_int_equal(seen, FRAMES * files);
    assert_null(ahead_next(ahead));
    ahead_free(ahead);
    assert_int_equal(capture_input(capture, 0)->packets, FRAMES);
    assert_true(capture_ended(capture));
    capture_close(capture);
}

static void test_all_packets_in_order(void **state)
{
    (void)state;
    read_all(1, 0);
    read_all(1, 1000);
    read_all(2, 0);
    read_all(2, 1000);
}

static void test_no_more_than_wanted(void **state)
{
    (void)state;
    const uint64_t wanted[] = {0, 1, 5000};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct capture *capture = open_files(1);
        struct ahead *ahead = ahead_new(capture, &hash, wanted[i]);
        struct ahead_block *block;
        uint64_t seen = 0;
        while ((block = ahead_next(ahead)) != NULL)
            seen = expect_block(block, seen, 1);
        assert_int_equal(seen, wanted[i]);
        ahead_free(ahead);
        assert_int_equal(capture_input(capture, 0)->packets, wanted[i]);
        capture_close(capture);
    }
}

/* While it rests, the capture has given what was taken and no more. */
static void test_rest(void **state)
{
    (void)state;
    struct capture *capture = open_files(1);
    struct ahead *ahead = ahead_new(capture, &hash, UINT64_MAX);
    struct ahead_block *block;
    uint64_t seen = 0, rests = 0;
    while ((block = ahead_next(ahead)) != NULL) {
        seen = expect_block(block, seen, 1);
        ahead_rest(ahead);
        while ((block = ahead_next(ahead)) != NULL)
            seen = expect_block(block, seen, 1);
        assert_int_equal(capture_input(capture, 0)->packets, seen);
        assert_null(ahead_next(ahead));
        ahead_go_on(ahead);
        rests++;
    }
    assert_int_equal(seen, FRAMES);
    assert_true(rests > 1);
    ahead_free(ahead);
    capture_close(capture);
}

static void test_left_early(void **state)
{
    (void)state;
    for (unsigned blocks = 0; blocks < 4; blocks++) {
        struct capture *capture = open_files(1);
        struct ahead *ahead = ahead_new(capture, &hash, UINT64_MAX);
        for (unsigned i = 0; i < blocks; i++)
            assert_non_null(ahead_next(ahead));
        ahead_free(ahead);
        capture_close(capture);
    }
}

/* A record of a packet without bytes is 16 zeros: a hole in a file is billions of them. */
static struct capture *open_hole(void)
{
    char hole[CAPTURE_FILE_PATH], error[CAPTURE_ERROR_TEXT];
    make_file("hole.pcap", 1, hole);
    assert_int_equal(truncate(hole, (off_t)1 << 36), 0);
    struct capture *capture = capture_open_files((const char *[]){hole}, 1, "udp", error);
    assert_non_null(capture);
    return capture;
}

static bool has_had_enough(void *context)
{
    ++*(unsigned *)context;
    return false;
}

/* Nobody has to wait for the end of what does not pass the filter. */
static void test_given_up_while_nothing_passes(void **state)
{
    (void)state;
    unsigned asked = 0;
    struct capture *capture = open_hole();
    struct ahead *ahead = ahead_new(capture, &hash, UINT64_MAX);
    ahead_ask(ahead, has_had_enough, &asked);
    const struct ahead_block *block = ahead_next(ahead);
    assert_non_null(block);
    assert_int_equal(block->captured.count, 1);
    assert_int_equal(asked, 0);
    assert_null(ahead_next(ahead));
    assert_true(asked > 0);
    ahead_free(ahead);
    assert_true(capture_ended(capture));
    assert_string_equal(capture_input(capture, 0)->error, "");
    capture_close(capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_packets_in_order),
        cmocka_unit_test(test_no_more_than_wanted),
        cmocka_unit_test(test_rest),
        cmocka_unit_test(test_left_early),
        cmocka_unit_test(test_given_up_while_nothing_passes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
