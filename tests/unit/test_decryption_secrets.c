/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/decryption_secrets.h"
#include "tests/support/capture_files.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

/* The text of two logs with a block of another kind of secrets (WireGuard) between them. */
#define SECTION_LITTLE "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000"
#define SECRETS_LITTLE "0a000000 18000000 4b534c54 03000000 61620a00 18000000"
#define OTHER_LITTLE   "0a000000 18000000 4b4c4757 03000000 78797a00 18000000"
#define SECTION_BIG    "0a0d0d0a 0000001c 1a2b3c4d 00010000 ffffffffffffffff 0000001c"
#define SECRETS_BIG    "0000000a 00000018 544c534b 00000001 63000000 00000018"

struct text {
    char bytes[4096];
    size_t length;
};

static void collect(void *context, struct bytes part)
{
    struct text *text = context;
    assert_true(text->length + part.length <= sizeof text->bytes);
    memcpy(text->bytes + text->length, part.data, part.length);
    text->length += part.length;
}

static void add_hex(struct capture_file *file, const char *hex)
{
    file->length +=
        from_hex(hex, file->bytes + file->length, sizeof file->bytes - file->length).length;
}

static void assert_text(const struct capture_file *file, const char *expected)
{
    char directory[CAPTURE_FILE_PATH];
    char path[CAPTURE_FILE_PATH];
    struct text text = {.length = 0};
    make_directory(directory);
    capture_file_write(file, directory, "capture", path);
    decryption_secrets_scan(path, collect, &text);
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.bytes, expected, text.length);
    remove_directory(directory);
}

static void make_two_sections(struct capture_file *file)
{
    *file = (struct capture_file){.length = 0};
    add_hex(file, SECTION_LITTLE SECRETS_LITTLE OTHER_LITTLE);
    add_hex(file, "01000000 14000000 01000000 00000400 14000000"); /* an interface */
    add_hex(file, SECTION_BIG SECRETS_BIG);
}

static void test_blocks_of_both_byte_orders(void **state)
{
    (void)state;
    struct capture_file file;
    make_two_sections(&file);
    assert_text(&file, "ab\n\nc\n");
}

static void test_compressed(void **state)
{
    (void)state;
    struct capture_file file;
    make_two_sections(&file);
    capture_file_gzip(&file);
    assert_text(&file, "ab\n\nc\n");
    make_two_sections(&file);
    capture_file_zstd(&file);
    assert_text(&file, "ab\n\nc\n");
}

static void test_every_truncation_gives_a_beginning(void **state)
{
    (void)state;
    struct capture_file whole;
    char directory[CAPTURE_FILE_PATH];
    make_two_sections(&whole);
    make_directory(directory);
    for (size_t length = 0; length < whole.length; length++) {
        struct capture_file cut = whole;
        struct text text = {.length = 0};
        char path[CAPTURE_FILE_PATH];
        cut.length = length;
        capture_file_write(&cut, directory, "capture", path);
        decryption_secrets_scan(path, collect, &text);
        assert_true(text.length <= 6);
        assert_memory_equal(text.bytes, "ab\n\nc\n", text.length);
    }
    remove_directory(directory);
}

static void test_lengths_that_lie(void **state)
{
    (void)state;
    static const char *const blocks[] = {
        "0a000000 18000000 4b534c54 ffffffff 61620a00 18000000", /* longer than its block */
        "0a000000 10000000 4b534c54 00000000",                   /* no room for its own header */
        "0a000000 08000000 4b534c54 03000000",                   /* shorter than any block */
        "0a000000 00000000 4b534c54 03000000",
        "06000000 ffffffff",
    };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        struct capture_file file = {.length = 0};
        add_hex(&file, SECTION_LITTLE);
        add_hex(&file, blocks[i]);
        assert_text(&file, "");
    }
}

static void test_other_files_have_none(void **state)
{
    (void)state;
    struct capture_file file = {.length = 0};
    struct text text = {.length = 0};
    pcap_begin(&file, 1);
    pcap_packet(&file, 1, 0, "\x0a\x00\x00\x00\x18\x00\x00\x00", 8, 8);
    assert_text(&file, "");
    decryption_secrets_scan("-", collect, &text);
    decryption_secrets_scan("/nonexistent/capture", collect, &text);
    decryption_secrets_scan("/tmp", collect, &text);
    assert_int_equal(text.length, 0);
}

static void test_a_pipe_is_left_alone(void **state)
{
    (void)state;
    char directory[CAPTURE_FILE_PATH];
    char path[CAPTURE_FILE_PATH + 8];
    struct text text = {.length = 0};
    make_directory(directory);
    assert_true(snprintf(path, sizeof path, "%s/pipe", directory) > 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    decryption_secrets_scan(path, collect, &text); /* opening it would wait for ever */
    assert_int_equal(text.length, 0);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_of_both_byte_orders),
        cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_every_truncation_gives_a_beginning),
        cmocka_unit_test(test_lengths_that_lie),
        cmocka_unit_test(test_other_files_have_none),
        cmocka_unit_test(test_a_pipe_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
