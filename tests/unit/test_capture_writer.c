/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/writer.h"
#include "dissectors/packet/packet.h"
#include "tests/support/capture_files.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[CAPTURE_FILE_PATH];
static char error[CAPTURE_ERROR_TEXT];

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

/* Ethernet in nanoseconds, one packet cut by the snaplen; raw IP. */
static void make_inputs(char first[CAPTURE_FILE_PATH], char second[CAPTURE_FILE_PATH])
{
    struct capture_file file;
    pcapng_begin(&file);
    pcapng_interface(&file, LINK_TYPE_ETHERNET, 0, 9);
    pcapng_packet(&file, 0, UINT64_C(1500000000123456789), "odd", 3);
    pcapng_packet(&file, 0, UINT64_C(5000000000000000001), "year 2128", 9);
    capture_file_write(&file, directory, "first", first);
    pcap_begin(&file, LINK_TYPE_RAW);
    pcap_packet(&file, 1500000001, 7, "longer on the wire", 18, 1500);
    capture_file_write(&file, directory, "second", second);
}

static int create(const char *name, char path[CAPTURE_FILE_PATH])
{
    assert_true(snprintf(path, CAPTURE_FILE_PATH, "%s/%s", directory, name) < CAPTURE_FILE_PATH);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(descriptor >= 0);
    return descriptor;
}

static struct capture *open_all(const char *const *paths, size_t count)
{
    struct capture *capture = capture_open_files(paths, count, NULL, error);
    if (capture == NULL)
        fail_msg("%s", error);
    return capture;
}

/* Writes all that the files have; the file is ended and reopened after each packet. */
static void copy(const char *const *paths, size_t count, bool reopen, char path[CAPTURE_FILE_PATH])
{
    struct captured_packet packet;
    struct capture *capture = open_all(paths, count);
    struct capture_writer *writer = capture_writer_new(capture, false);
    assert_int_equal(capture_writer_add(writer, &packet), 0); /* no file: goes nowhere */
    assert_int_equal(capture_writer_open(writer, create("copy", path)), 0);
    while (capture_next(capture, &packet) == 1) {
        assert_int_equal(capture_writer_add(writer, &packet), 0);
        if (reopen)
            assert_int_equal(capture_writer_open(writer, create("copy", path)), 0);
    }
    assert_int_equal(capture_writer_close(writer), 0);
    capture_writer_free(writer);
    capture_close(capture);
}

static void expect_same(const char *const *paths, size_t count, const char *written)
{
    struct captured_packet expected, packet;
    struct capture *original = open_all(paths, count);
    struct capture *capture = open_all(&written, 1);
    while (capture_next(original, &expected) == 1) {
        assert_int_equal(capture_next(capture, &packet), 1);
        assert_int_equal(packet.time, expected.time);
        assert_int_equal(packet.link_type, expected.link_type);
        assert_int_equal(packet.wire_length, expected.wire_length);
        assert_true(bytes_equal(packet.bytes, expected.bytes));
    }
    assert_int_equal(capture_next(capture, &packet), 0);
    if (capture_input(capture, 0)->error[0] != '\0')
        fail_msg("%s", capture_input(capture, 0)->error);
    capture_close(original);
    capture_close(capture);
}

static void test_one_input(void **state)
{
    (void)state;
    char paths[2][CAPTURE_FILE_PATH], written[CAPTURE_FILE_PATH];
    make_inputs(paths[0], paths[1]);
    for (int reopen = 0; reopen <= 1; reopen++) {
        const char *path = paths[1];
        copy(&path, 1, reopen == 1, written);
        expect_same(&path, 1, written);
        unlink(written);
    }
}

/* libpcap does not read two link types from one pcapng file; of one link type it does. */
static void test_several_inputs(void **state)
{
    (void)state;
    char paths[2][CAPTURE_FILE_PATH], written[CAPTURE_FILE_PATH];
    make_inputs(paths[0], paths[1]);
    const char *same[] = {paths[0], paths[0]};
    copy(same, 2, false, written);
    expect_same(same, 2, written);
    unlink(written);
    copy(same, 2, true, written);
    expect_same(same, 2, written);
}

static void test_full_disk_is_noticed(void **state)
{
    (void)state;
    char paths[2][CAPTURE_FILE_PATH];
    struct captured_packet packet;
    make_inputs(paths[0], paths[1]);
    const char *path = paths[1];
    int full = open("/dev/full", O_WRONLY);
    if (full < 0)
        skip();
    struct capture *capture = open_all(&path, 1);
    struct capture_writer *writer = capture_writer_new(capture, false);
    assert_int_equal(capture_writer_open(writer, full), 0);
    assert_int_equal(capture_next(capture, &packet), 1);
    assert_int_equal(capture_writer_add(writer, &packet), 0);
    assert_int_equal(capture_writer_size(writer), 24 + 16 + 18);
    assert_int_equal(capture_writer_flush(writer), -1);
    assert_int_equal(errno, ENOSPC);
    capture_writer_free(writer);
    capture_close(capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_input, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_several_inputs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk_is_noticed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
