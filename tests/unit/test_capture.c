/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/capture.h"
#include "analyzer/limits.h"
#include "dissectors/packet/packet.h"
#include "tests/support/capture_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[CAPTURE_FILE_PATH];
static char error[CAPTURE_ERROR_TEXT];

/* Ethernet, IPv4, UDP to port 3478 (0x0d96) or, the second, 53. */
static const uint8_t to_turn[] =
    "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00"
    "\x45\x00\x00\x20\x00\x01\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"
    "\xc3\x50\x0d\x96\x00\x0c\x00\x00"
    "turn";
static const uint8_t to_dns[] =
    "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00"
    "\x45\x00\x00\x20\x00\x01\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"
    "\xc3\x50\x00\x35\x00\x0c\x00\x00"
    "name";
enum { LENGTH = sizeof to_turn - 1, ETHERNET = 14 };

static int set_up(void **state)
{
    (void)state;
    make_directory(directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_directory(directory);
    return 0;
}

static void write_file(const struct capture_file *file, const char *name,
                       char path[CAPTURE_FILE_PATH])
{
    capture_file_write(file, directory, name, path);
}

static struct capture *open_one(const char *path, const char *filter)
{
    error[0] = '\0';
    return capture_open_files(&path, 1, filter, error);
}

/* Opens the only input and expects that it cannot be read, with `words` in the text. */
static void expect_refused(const char *path, const char *words)
{
    struct capture *capture = open_one(path, NULL);
    assert_null(capture);
    if (strstr(error, words) == NULL)
        fail_msg("'%s' does not say '%s'", error, words);
}

static void expect_packet(struct capture *capture, uint16_t input, uint64_t frame, int64_t time)
{
    struct captured_packet packet;
    assert_int_equal(capture_next(capture, &packet), 1);
    assert_int_equal(packet.input, input);
    assert_int_equal(packet.frame, frame);
    assert_int_equal(packet.time, time);
}

static void expect_end(struct capture *capture, size_t input, const char *words)
{
    struct captured_packet packet;
    assert_int_equal(capture_next(capture, &packet), 0);
    assert_int_equal(capture_next(capture, &packet), 0);
    const char *text = capture_input(capture, input)->error;
    if (words == NULL)
        assert_string_equal(text, "");
    else if (strstr(text, words) == NULL)
        fail_msg("'%s' does not say '%s'", text, words);
}

static void two_packets(struct capture_file *file)
{
    pcap_begin(file, LINK_TYPE_ETHERNET);
    pcap_packet(file, 1000, 5, to_turn, LENGTH, LENGTH);
    pcap_packet(file, 1001, 0, to_dns, LENGTH, LENGTH);
}

static void expect_two_packets(const char *path, enum input_kind kind)
{
    struct captured_packet packet;
    struct capture *capture = open_one(path, NULL);
    assert_non_null(capture);
    assert_int_equal(capture_is_on_disk(capture), kind == INPUT_FILE);
    assert_int_equal(capture_next(capture, &packet), 1);
    assert_int_equal(packet.time, INT64_C(1000000005000));
    assert_int_equal(packet.link_type, LINK_TYPE_ETHERNET);
    assert_int_equal(packet.wire_length, LENGTH);
    assert_true(bytes_equal(packet.bytes, bytes_of(to_turn, LENGTH)));
    expect_packet(capture, 0, 2, INT64_C(1001000000000));
    expect_end(capture, 0, NULL);
    const struct capture_input *input = capture_input(capture, 0);
    assert_int_equal(capture_input_count(capture), 1);
    assert_ptr_equal(input->source, path);
    assert_int_equal(input->kind, kind);
    assert_int_equal(input->packets, 2);
    assert_int_equal(input->bytes, 2 * LENGTH);
    assert_int_equal(input->first, INT64_C(1000000005000));
    assert_int_equal(input->last, INT64_C(1001000000000));
    assert_int_equal(input->truncated_packets, 0);
    capture_close(capture);
}

static void test_plain_gzip_zstd(void **state)
{
    (void)state;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    two_packets(&file);
    write_file(&file, "plain.pcap", path);
    expect_two_packets(path, INPUT_FILE);
    capture_file_gzip(&file);
    write_file(&file, "a.pcap.gz", path);
    expect_two_packets(path, INPUT_FILE);
    two_packets(&file);
    capture_file_zstd(&file);
    write_file(&file, "a.pcap.zst", path);
    expect_two_packets(path, INPUT_FILE);
}

/* In pcap 2.2 the length on the wire stands before the captured one. */
static void test_lengths_the_other_way_round(void **state)
{
    (void)state;
    enum { CUT = LENGTH - 8, VERSION_MINOR = 6, LENGTHS = 24 + 8 };
    struct capture_file file;
    struct captured_packet packet;
    char path[CAPTURE_FILE_PATH];
    const uint32_t lengths[] = {LENGTH, CUT};
    pcap_begin(&file, LINK_TYPE_ETHERNET);
    pcap_packet(&file, 1000, 5, to_turn, CUT, LENGTH);
    pcap_packet(&file, 1001, 0, to_dns, LENGTH, LENGTH);
    file.bytes[VERSION_MINOR] = 2;
    memcpy(file.bytes + LENGTHS, lengths, sizeof lengths);
    write_file(&file, "old.pcap", path);
    struct capture *capture = open_one(path, NULL);
    assert_non_null(capture);
    assert_int_equal(capture_next(capture, &packet), 1);
    assert_int_equal(packet.wire_length, LENGTH);
    assert_true(bytes_equal(packet.bytes, bytes_of(to_turn, CUT)));
    expect_packet(capture, 0, 2, INT64_C(1001000000000));
    expect_end(capture, 0, NULL);
    capture_close(capture);
}

/* gzip members and zstd frames may be concatenated: the second holds the second packet. */
static void test_concatenated_compressed_parts(void **state)
{
    (void)state;
    void (*const compress[])(struct capture_file *) = {capture_file_gzip, capture_file_zstd};
    for (size_t i = 0; i < 2; i++) {
        struct capture_file file;
        struct capture_file second = {.length = 0};
        char path[CAPTURE_FILE_PATH];
        pcap_begin(&file, LINK_TYPE_ETHERNET);
        pcap_packet(&file, 1000, 5, to_turn, LENGTH, LENGTH);
        pcap_packet(&second, 1001, 0, to_dns, LENGTH, LENGTH);
        compress[i](&file);
        compress[i](&second);
        memcpy(file.bytes + file.length, second.bytes, second.length);
        file.length += second.length;
        write_file(&file, "parts", path);
        expect_two_packets(path, INPUT_FILE);
    }
}

static void test_standard_input(void **state)
{
    (void)state;
    void (*const compress[])(struct capture_file *) = {NULL, capture_file_gzip, capture_file_zstd};
    int saved = dup(STDIN_FILENO);
    for (size_t i = 0; i < 3; i++) {
        struct capture_file file;
        int ends[2];
        two_packets(&file);
        if (compress[i] != NULL)
            compress[i](&file);
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], file.bytes, file.length), file.length);
        close(ends[1]);
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        expect_two_packets("-", INPUT_STDIN);
    }
    dup2(saved, STDIN_FILENO);
    close(saved);
}

static void test_pcapng_keeps_nanoseconds(void **state)
{
    (void)state;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    pcapng_begin(&file);
    pcapng_interface(&file, LINK_TYPE_ETHERNET, 0, 9);
    pcapng_interface(&file, LINK_TYPE_ETHERNET, 0, 6);
    pcapng_packet(&file, 0, UINT64_C(1700000000123456789), to_turn, LENGTH);
    pcapng_packet(&file, 1, UINT64_C(1700000001000007), to_turn, LENGTH);
    write_file(&file, "a.pcapng", path);
    struct capture *capture = open_one(path, NULL);
    assert_non_null(capture);
    expect_packet(capture, 0, 1, INT64_C(1700000000123456789));
    expect_packet(capture, 0, 2, INT64_C(1700000001000007000));
    expect_end(capture, 0, NULL);
    capture_close(capture);
}

/* The second file is out of order inside: it keeps its own order. */
static void test_files_are_merged_in_time_order(void **state)
{
    (void)state;
    struct capture_file file;
    char paths[2][CAPTURE_FILE_PATH];
    pcap_begin(&file, LINK_TYPE_ETHERNET);
    pcap_packet(&file, 10, 0, to_turn, LENGTH, LENGTH);
    pcap_packet(&file, 30, 0, to_turn, LENGTH, LENGTH);
    pcap_packet(&file, 50, 0, to_turn, LENGTH, LENGTH);
    write_file(&file, "one.pcap", paths[0]);
    pcap_begin(&file, LINK_TYPE_RAW);
    pcap_packet(&file, 20, 0, to_turn + ETHERNET, LENGTH - ETHERNET, LENGTH - ETHERNET);
    pcap_packet(&file, 40, 0, to_turn + ETHERNET, LENGTH - ETHERNET, LENGTH - ETHERNET);
    pcap_packet(&file, 35, 0, to_turn + ETHERNET, LENGTH - ETHERNET, LENGTH - ETHERNET);
    write_file(&file, "two.pcap", paths[1]);
    struct capture *capture =
        capture_open_files((const char *[]){paths[0], paths[1]}, 2, NULL, error);
    assert_non_null(capture);
    const struct {
        uint16_t input;
        uint64_t frame;
        int64_t second;
    } expected[] = {{0, 1, 10}, {1, 1, 20}, {0, 2, 30}, {1, 2, 40}, {1, 3, 35}, {0, 3, 50}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        expect_packet(capture, expected[i].input, expected[i].frame,
                      expected[i].second * INT64_C(1000000000));
    expect_end(capture, 0, NULL);
    assert_int_equal(capture_input(capture, 1)->link_type, LINK_TYPE_RAW);
    assert_int_equal(capture_input(capture, 1)->last, INT64_C(40000000000));
    capture_close(capture);
}

static void test_filtered_packets_count_as_frames(void **state)
{
    (void)state;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    pcap_begin(&file, LINK_TYPE_ETHERNET);
    for (uint32_t i = 0; i < 6; i++)
        pcap_packet(&file, i + 1, 0, i % 3 == 2 ? to_turn : to_dns, LENGTH, LENGTH);
    write_file(&file, "a.pcap", path);
    struct capture *capture = open_one(path, "udp port 3478");
    assert_non_null(capture);
    expect_packet(capture, 0, 3, INT64_C(3000000000));
    expect_packet(capture, 0, 6, INT64_C(6000000000));
    expect_end(capture, 0, NULL);
    assert_int_equal(capture_input(capture, 0)->packets, 2);
    assert_int_equal(capture_input(capture, 0)->first, INT64_C(3000000000));
    capture_close(capture);
}

static void test_wrong_filter(void **state)
{
    (void)state;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    two_packets(&file);
    write_file(&file, "a.pcap", path);
    assert_null(open_one(path, "udp prot 3478"));
    assert_non_null(strstr(error, "udp prot 3478"));
    assert_non_null(strstr(error, "syntax error"));
}

/* Cut after every byte: what was whole before is delivered, then the error says where. */
static void test_every_truncation(void **state)
{
    (void)state;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    const size_t header = 24;
    const size_t record = 16 + LENGTH;
    two_packets(&file);
    for (size_t length = 0; length < header + 2 * record; length++) {
        file.length = length;
        write_file(&file, "cut.pcap", path);
        if (length < header) {
            expect_refused(path, length == 0  ? "is empty"
                                 : length < 4 ? "too short"
                                              : "ends inside its header");
            continue;
        }
        struct captured_packet packet;
        struct capture *capture = open_one(path, NULL);
        assert_non_null(capture);
        size_t whole = (length - header) / record;
        for (size_t i = 0; i < whole; i++)
            assert_int_equal(capture_next(capture, &packet), 1);
        bool clean = (length - header) % record == 0;
        expect_end(capture, 0,
                   clean        ? NULL
                   : whole == 0 ? "ends in the middle of packet 1 "
                                : "ends in the middle of packet 2 ");
        capture_close(capture);
    }
}

/* Of compressed files, as long as the header can still be read. */
static void test_truncated_and_damaged_compression(void **state)
{
    (void)state;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    two_packets(&file);
    capture_file_gzip(&file);
    file.length -= 8;
    write_file(&file, "cut.gz", path);
    struct capture *capture = open_one(path, NULL);
    assert_non_null(capture);
    expect_packet(capture, 0, 1, INT64_C(1000000005000));
    expect_packet(capture, 0, 2, INT64_C(1001000000000));
    expect_end(capture, 0, "its gzip data ends early in packet 3");
    capture_close(capture);
    two_packets(&file);
    capture_file_gzip(&file);
    file.bytes[file.length - 6] ^= 0x55; /* the checksum */
    write_file(&file, "damaged.gz", path);
    capture = open_one(path, NULL);
    assert_non_null(capture);
    expect_packet(capture, 0, 1, INT64_C(1000000005000));
    expect_packet(capture, 0, 2, INT64_C(1001000000000));
    expect_end(capture, 0, "its gzip data is damaged");
    capture_close(capture);
    two_packets(&file);
    capture_file_zstd(&file);
    file.length /= 2;
    write_file(&file, "cut.zst", path);
    expect_refused(path, "its zstd data ends early");
}

static void test_what_is_no_capture(void **state)
{
    (void)state;
    struct capture_file file = {.length = 0};
    char path[CAPTURE_FILE_PATH];
    memcpy(file.bytes, "This is a text about captures.", 30);
    file.length = 30;
    write_file(&file, "notes.txt", path);
    expect_refused(path, "notes.txt: is not a capture file");
    expect_refused(directory, "is a directory");
    expect_refused("/nonexistent/a.pcap", "/nonexistent/a.pcap: there is no such file");
    capture_file_gzip(&file);
    write_file(&file, "notes.gz", path);
    expect_refused(path, "is not a capture file");
    pcap_begin(&file, 105);
    write_file(&file, "wireless.pcap", path);
    expect_refused(path, "its link type IEEE802_11 (105) is not supported");
    assert_null(capture_open_files(NULL, 0, NULL, error));
}

static void test_no_permission(void **state)
{
    (void)state;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    if (geteuid() == 0)
        skip(); /* root may read everything */
    two_packets(&file);
    write_file(&file, "secret.pcap", path);
    assert_int_equal(chmod(path, 0), 0);
    expect_refused(path, "may not be read");
}

static void test_a_bad_file_does_not_stop_the_others(void **state)
{
    (void)state;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    two_packets(&file);
    write_file(&file, "a.pcap", path);
    struct capture *capture =
        capture_open_files((const char *[]){"/nonexistent", path}, 2, NULL, error);
    assert_non_null(capture);
    assert_true(capture_is_on_disk(capture));
    expect_packet(capture, 1, 1, INT64_C(1000000005000));
    expect_packet(capture, 1, 2, INT64_C(1001000000000));
    expect_end(capture, 0, "no such file");
    expect_end(capture, 1, NULL);
    capture_close(capture);
}

static void test_interfaces_that_differ(void **state)
{
    (void)state;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    for (int differs = 0; differs < 2; differs++) {
        pcapng_begin(&file);
        pcapng_interface(&file, LINK_TYPE_ETHERNET, 65535, 6);
        pcapng_packet(&file, 0, 1000000, to_turn, LENGTH);
        pcapng_interface(&file, differs ? LINK_TYPE_RAW : LINK_TYPE_ETHERNET, 96, 6);
        pcapng_packet(&file, 1, 2000000, to_turn, LENGTH);
        write_file(&file, "mixed.pcapng", path);
        struct capture *capture = open_one(path, NULL);
        assert_non_null(capture);
        expect_packet(capture, 0, 1, INT64_C(1000000000));
        expect_end(capture, 0, differs ? "differ in link type" : "differ in snapshot length");
        assert_non_null(strstr(capture_input(capture, 0)->error, "mixed.pcapng: "));
        assert_non_null(strstr(capture_input(capture, 0)->error, "editcap -F pcap"));
        assert_non_null(strstr(capture_input(capture, 0)->error, "the packet before it was"));
        capture_close(capture);
    }
}

static void test_snaplen_cut_is_counted(void **state)
{
    (void)state;
    struct capture_file file;
    struct captured_packet packet;
    char path[CAPTURE_FILE_PATH];
    pcap_begin(&file, LINK_TYPE_ETHERNET);
    pcap_packet(&file, 1, 0, to_turn, LENGTH - 2, LENGTH);
    pcap_packet(&file, 2, 0, to_turn, LENGTH, LENGTH);
    pcap_packet(&file, 3, 0, to_turn, LENGTH, LENGTH - 9); /* contradicts itself */
    write_file(&file, "cut.pcap", path);
    struct capture *capture = open_one(path, NULL);
    assert_non_null(capture);
    assert_int_equal(capture_next(capture, &packet), 1);
    assert_int_equal(packet.bytes.length, LENGTH - 2);
    assert_int_equal(packet.wire_length, LENGTH);
    assert_int_equal(capture_next(capture, &packet), 1);
    assert_int_equal(capture_next(capture, &packet), 1);
    assert_int_equal(packet.wire_length, LENGTH);
    expect_end(capture, 0, NULL);
    assert_int_equal(capture_input(capture, 0)->truncated_packets, 1);
    assert_int_equal(capture_input(capture, 0)->bytes, 3 * LENGTH);
    capture_close(capture);
}

/* No time is 0 or can overflow a difference; 32-bit seconds are unsigned. */
static void test_absurd_times(void **state)
{
    (void)state;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    pcap_begin(&file, LINK_TYPE_ETHERNET);
    pcap_packet(&file, 0, 0, to_turn, LENGTH, LENGTH);
    pcap_packet(&file, UINT32_MAX, 999999, to_turn, LENGTH, LENGTH);
    write_file(&file, "classic.pcap", path);
    struct capture *capture = open_one(path, NULL);
    expect_packet(capture, 0, 1, 1);
    expect_packet(capture, 0, 2, INT64_C(4294967295999999000));
    capture_close(capture);
    pcapng_begin(&file);
    pcapng_interface(&file, LINK_TYPE_ETHERNET, 0, 6);
    pcapng_packet(&file, 0, UINT64_MAX, to_turn, LENGTH);
    write_file(&file, "far.pcapng", path);
    capture = open_one(path, NULL);
    expect_packet(capture, 0, 1, INT64_C(1) << 62);
    capture_close(capture);
}

static void test_progress(void **state)
{
    (void)state;
    struct capture_file file;
    struct captured_packet packet;
    char path[CAPTURE_FILE_PATH];
    uint64_t done;
    uint64_t total;
    two_packets(&file);
    write_file(&file, "a.pcap", path);
    struct capture *capture = open_one(path, NULL);
    capture_progress(capture, &done, &total);
    assert_int_equal(total, file.length);
    while (capture_next(capture, &packet) == 1)
        continue;
    capture_progress(capture, &done, &total);
    assert_int_equal(done, file.length);
    capture_close(capture);
}

struct retaken {
    uint64_t first, last;
    size_t count;
};

static void retake(void *context, const struct captured_packet *packet)
{
    struct retaken *retaken = context;
    assert_int_equal(packet->time, (int64_t)(1000 + packet->frame) * 1000000000);
    assert_int_equal(packet->bytes.length, LENGTH);
    if (retaken->count++ == 0)
        retaken->first = packet->frame;
    retaken->last = packet->frame;
}

static void expect_again(const struct capture *capture, uint64_t from, uint64_t to, uint64_t last,
                         size_t count)
{
    struct retaken retaken = {0};
    assert_int_equal(capture_read_again(capture, 0, from, to, retake, &retaken), 0);
    assert_int_equal(retaken.count, count);
    assert_int_equal(retaken.last, last);
}

static void pcap_of_many(struct capture_file *file, unsigned count)
{
    pcap_begin(file, LINK_TYPE_ETHERNET);
    for (unsigned frame = 1; frame <= count; frame++)
        pcap_packet(file, 1000 + frame, 0, frame % 2 ? to_turn : to_dns, LENGTH, LENGTH);
}

/* The second interface is described before the first packet and used after many. */
static void pcapng_of_many(struct capture_file *file, unsigned count)
{
    pcapng_begin(file);
    pcapng_interface(file, LINK_TYPE_ETHERNET, 0, 6);
    pcapng_interface(file, LINK_TYPE_ETHERNET, 0, 6);
    for (unsigned frame = 1; frame <= count; frame++)
        pcapng_packet(file, frame > 65, UINT64_C(1000000) * (1000 + frame),
                      frame % 2 ? to_turn : to_dns, LENGTH);
}

static void expect_no_input(const struct capture *capture, uint16_t input)
{
    struct retaken retaken = {0};
    assert_int_equal(capture_read_again(capture, input, 1, 2, retake, &retaken), -1);
    assert_int_equal(retaken.count, 0);
}

/* Any part of what was read, while the rest is still to be read and after the end, too. */
static void test_files_are_read_again(void **state)
{
    (void)state;
    enum { COUNT = 70 };
    void (*const make[])(struct capture_file *, unsigned) = {pcap_of_many, pcapng_of_many};
    for (size_t i = 0; i < 2; i++) {
        struct capture_file file;
        char path[CAPTURE_FILE_PATH];
        make[i](&file, COUNT);
        write_file(&file, "many", path);
        struct capture *capture = open_one(path, NULL);
        assert_non_null(capture);
        for (uint64_t frame = 1; frame <= COUNT; frame++) {
            expect_packet(capture, 0, frame, (int64_t)(1000 + frame) * 1000000000);
            expect_again(capture, frame, frame, frame, 1);
        }
        expect_end(capture, 0, NULL);
        expect_no_input(capture, 1);
        expect_no_input(capture, UINT16_MAX);
        expect_again(capture, 1, COUNT, COUNT, COUNT);
        expect_again(capture, 60, 68, 68, 9);
        expect_again(capture, 69, UINT64_MAX, COUNT, 2);
        capture_close(capture);
        capture = open_one(path, "udp port 53"); /* every second one */
        while (capture_next(capture, &(struct captured_packet){0}) == 1)
            continue;
        expect_again(capture, 60, 66, 66, 4);
        capture_close(capture);
    }
}

/* Frame `frame` is as pcap_of_many and pcapng_of_many made it. */
static void expect_made(const struct captured_packet *packet, uint64_t frame)
{
    assert_int_equal(packet->frame, frame);
    assert_int_equal(packet->time, (int64_t)(1000 + frame) * 1000000000);
    assert_true(bytes_equal(packet->bytes, bytes_of(frame % 2 ? to_turn : to_dns, LENGTH)));
}

/* Returns how many of `files` files in turn have been seen with those of the block. */
static uint64_t expect_block(const struct capture_block *block, uint64_t seen, uint64_t files)
{
    for (size_t i = 0; i < block->count; i++, seen++)
        expect_made(&block->packets[i], seen / files + 1);
    return seen;
}

/* Reads it all in blocks, of which each is looked at when another has been read. */
static void expect_blocks(const char *const *paths, size_t files, uint64_t frames)
{
    enum { MOST = 32 };
    static struct capture_block blocks[2];
    uint64_t seen = 0;
    unsigned filled = 0;
    struct capture *capture = capture_open_files(paths, files, NULL, error);
    assert_non_null(capture);
    assert_true(capture_is_on_disk(capture));
    capture_fill(capture, &blocks[0], MOST);
    assert_int_equal(blocks[0].count, MOST);
    while (blocks[filled % 2].count > 0) {
        capture_fill(capture, &blocks[(filled + 1) % 2], MOST);
        seen = expect_block(&blocks[filled++ % 2], seen, files);
    }
    assert_int_equal(seen, frames * files);
    assert_int_equal(capture_input(capture, 0)->packets, frames);
    capture_close(capture);
}

/* Whatever is done to have them at hand together, each is as it was read. */
static void test_blocks(void **state)
{
    (void)state;
    enum { COUNT = 70 };
    struct capture_file file;
    char plain[CAPTURE_FILE_PATH], other[CAPTURE_FILE_PATH], packed[CAPTURE_FILE_PATH];
    pcap_of_many(&file, COUNT);
    write_file(&file, "blocks.pcap", plain);
    capture_file_gzip(&file);
    write_file(&file, "blocks.pcap.gz", packed);
    pcapng_of_many(&file, COUNT);
    write_file(&file, "blocks.pcapng", other);
    expect_blocks((const char *const[]){plain}, 1, COUNT);
    expect_blocks((const char *const[]){other}, 1, COUNT);
    expect_blocks((const char *const[]){packed}, 1, COUNT);
    expect_blocks((const char *const[]){plain, other}, 2, COUNT);
}

/* The packet that was read first, with the file, when the file has been closed at its end. */
static void test_block_of_a_short_file(void **state)
{
    (void)state;
    static struct capture_block block, after;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    pcap_of_many(&file, 3);
    write_file(&file, "short.pcap", path);
    struct capture *capture = open_one(path, NULL);
    capture_fill(capture, &block, UINT64_MAX);
    capture_fill(capture, &after, UINT64_MAX);
    assert_int_equal(after.count, 0);
    assert_true(capture_ended(capture));
    assert_int_equal(expect_block(&block, 0, 1), 3);
    capture_close(capture);
}

/* What is not usual goes back to libpcap in the middle: a record in the wrong place ends it. */
static void test_block_over_damage(void **state)
{
    (void)state;
    enum { COUNT = 40 };
    static struct capture_block block;
    struct capture_file file;
    char path[CAPTURE_FILE_PATH];
    pcap_of_many(&file, COUNT);
    memset(file.bytes + 24 + 30 * (16 + LENGTH) + 8, 0xff, 4); /* the length of frame 31 */
    write_file(&file, "damaged.pcap", path);
    struct capture *capture = open_one(path, NULL);
    uint64_t seen = 0;
    do {
        capture_fill(capture, &block, UINT64_MAX);
        seen = expect_block(&block, seen, 1);
    } while (block.count > 0);
    assert_int_equal(seen, 30);
    expect_end(capture, 0, "31");
    capture_close(capture);
}

static void test_compressed_files_are_not_read_again(void **state)
{
    (void)state;
    struct capture_file file;
    struct captured_packet packet;
    struct retaken retaken = {0};
    char path[CAPTURE_FILE_PATH];
    two_packets(&file);
    capture_file_gzip(&file);
    write_file(&file, "a.pcap.gz", path);
    struct capture *capture = open_one(path, NULL);
    assert_int_equal(capture_next(capture, &packet), 1);
    assert_int_equal(capture_read_again(capture, 0, 1, 2, retake, &retaken), -1);
    assert_int_equal(retaken.count, 0);
    capture_close(capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_gzip_zstd),
        cmocka_unit_test(test_lengths_the_other_way_round),
        cmocka_unit_test(test_concatenated_compressed_parts),
        cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_pcapng_keeps_nanoseconds),
        cmocka_unit_test(test_files_are_merged_in_time_order),
        cmocka_unit_test(test_filtered_packets_count_as_frames),
        cmocka_unit_test(test_wrong_filter),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_truncated_and_damaged_compression),
        cmocka_unit_test(test_what_is_no_capture),
        cmocka_unit_test(test_no_permission),
        cmocka_unit_test(test_a_bad_file_does_not_stop_the_others),
        cmocka_unit_test(test_interfaces_that_differ),
        cmocka_unit_test(test_snaplen_cut_is_counted),
        cmocka_unit_test(test_absurd_times),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_files_are_read_again),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_block_of_a_short_file),
        cmocka_unit_test(test_block_over_damage),
        cmocka_unit_test(test_compressed_files_are_not_read_again),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
