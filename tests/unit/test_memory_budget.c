/* SPDX-License-Identifier: MIT */
/* All that an analysis allocates at its start, and all that can hang on the records of its tables
 * at their worst, stays below what limits.h promises. */
#include "analyzer/ahead.h"
#include "analyzer/crypto/tls_protection.h"
#include "analyzer/engine.h"
#include "analyzer/http/http2.h"
#include "analyzer/limits.h"
#include "ui/tui/packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#ifdef __SANITIZE_ADDRESS__
/* sanitizer/allocator_interface.h, which not every compiler brings along. */
size_t __sanitizer_get_current_allocated_bytes(void);

static size_t allocated(void)
{
    return __sanitizer_get_current_allocated_bytes();
}
#else
#include <malloc.h>

/* Small blocks and those that were mapped on their own, of shared libraries too. */
static size_t allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
#endif

#define MEGABYTE 1000000.0

/* Code, stacks, what libraries keep for themselves, and a report of LIMIT_REPORTED_* entries while
 * it is written. */
static const double rest = 16;

/* The kernel's ring, which a live capture maps: ui/cli/options.c. */
static const double ring = 16 * 1.048576;

static double since(size_t before)
{
    return (double)(allocated() - before) / MEGABYTE;
}

static double say(const char *what, double megabytes)
{
    printf("%8.1f MB  %s\n", megabytes, what);
    return megabytes;
}

static double engine_share(void)
{
    static struct credentials credentials;
    struct keylog_source source = {.file.fd = -1};
    const struct engine_options options = {.credentials = &credentials, .keylog = &source};
    size_t before = allocated();
    assert_int_equal(keylog_init(&source.keylog, LIMIT_KEYLOG_CONNECTIONS), 0);
    struct engine *engine = engine_new(&options);
    assert_non_null(engine);
    double megabytes = since(before);
    engine_free(engine);
    keylog_free(&source.keylog);
    return say("tables, buffers and secrets", megabytes);
}

static void pass_over_field(void *context, uint32_t stream, struct bytes name, struct bytes value)
{
    (void)context, (void)stream, (void)name, (void)value;
}

static void pass_over_head(void *context, uint32_t stream)
{
    (void)context, (void)stream;
}

static void pass_over_size(void *context, uint32_t size)
{
    (void)context, (void)size;
}

/* A header block that fills the table of RFC 7541 with empty fields, each of which counts 32 bytes
 * and takes more: "dynamic table size 65536", then "literal field with incremental indexing". */
static size_t put_worst_block(uint8_t *frame)
{
    enum { FIELDS = HTTP2_TABLE_MAXIMUM / 32, LENGTH = 4 + 3 * FIELDS };
    static const uint8_t header[] = {
        LENGTH >> 16, LENGTH >> 8 & 0xff, LENGTH & 0xff, 1, 4, 0, 0, 0, 1};
    static const uint8_t size[] = {0x3f, 0xe1, 0xff, 0x03};
    static const uint8_t field[] = {0x40, 0x00, 0x00};
    uint8_t *to = frame;
    memcpy(to, header, sizeof header);
    to += sizeof header;
    memcpy(to, size, sizeof size);
    to += sizeof size;
    for (size_t i = 0; i < FIELDS; i++, to += sizeof field)
        memcpy(to, field, sizeof field);
    return (size_t)(to - frame);
}

static double http2_share(void)
{
    static uint8_t frame[HTTP2_FRAME_HEADER_LENGTH + HTTP2_FRAME_MAXIMUM];
    const struct http2_sink sink = {NULL, pass_over_field, pass_over_head, pass_over_size};
    struct http2_reader reader = {.started = true};
    size_t length = put_worst_block(frame), before = allocated();
    http2_allow_table_size(&reader, HTTP2_TABLE_MAXIMUM);
    assert_int_equal(http2_take(&reader, bytes_of(frame, length), &sink), length);
    assert_false(reader.ended);
    double megabytes = since(before);
    assert_true(megabytes > 0.065);
    http2_reader_free(&reader);
    return say("header compression", 2 * LIMIT_HTTP2_CONNECTIONS * megabytes);
}

/* CBC takes a cipher and a MAC. */
static double session_share(void)
{
    enum { MANY = 64, AES256_CBC_SHA384 = 0xc028 };
    static struct tls_protection directions[MANY];
    struct tls_keys keys = {.iv = {0}};
    const struct tls_suite *suite = tls_suite_find(AES256_CBC_SHA384);
    assert_true(tls_protection_set(&directions[0], suite, &keys, false));
    size_t before = allocated();
    for (size_t i = 1; i < MANY; i++)
        assert_true(tls_protection_set(&directions[i], suite, &keys, false));
    double megabytes = since(before) / (MANY - 1);
    assert_true(megabytes > 0);
    for (size_t i = 0; i < MANY; i++)
        tls_protection_free(&directions[i]);
    return say("ciphers of TLS sessions", 2 * LIMIT_TLS_SESSIONS * megabytes);
}

static double capture_share(void)
{
    char error[CAPTURE_ERROR_TEXT];
    const char *path = SAMPLES_DIR "/case4-431/capture.pcap";
    struct captured_packet packet;
    size_t before = allocated();
    struct capture *capture = capture_open_files(&path, 1, NULL, error);
    assert_non_null(capture);
    assert_int_equal(capture_next(capture, &packet), 1);
    double megabytes = since(before);
    capture_close(capture);
    return say("a capture file", megabytes);
}

/* Without a dashboard, and without the kernel's ring. */
static double ahead_share(void)
{
    char error[CAPTURE_ERROR_TEXT];
    const char *path = SAMPLES_DIR "/case4-431/capture.pcap";
    const struct key_hash hash = {{0}};
    struct capture *capture = capture_open_files(&path, 1, NULL, error);
    size_t before = allocated();
    struct ahead *ahead = ahead_new(capture, &hash, UINT64_MAX);
    assert_non_null(ahead);
    double megabytes = since(before);
    ahead_free(ahead);
    capture_close(capture);
    return say("what is read ahead", megabytes);
}

static double dashboard_share(void)
{
    size_t before = allocated();
    struct packets *packets = packets_new(PACKETS_BYTES, PACKETS_ENTRIES);
    assert_non_null(packets);
    double megabytes = since(before);
    packets_free(packets);
    return say("packets for the dashboard", megabytes);
}

static void test_all_of_it_fits(void **state)
{
    (void)state;
    double sum =
        engine_share() + http2_share() + session_share() + capture_share() + say("the rest", rest);
    double live = dashboard_share() + say("the kernel's ring", ring), ahead = ahead_share();
    sum += live > ahead ? live : ahead;
    say("in all", sum);
    assert_true(sum <= LIMIT_MEMORY);
}

/* With another figure, the tables take their share of that. */
static void test_memory_is_configured(void **state)
{
    (void)state;
    const struct engine_options options = {.memory = LIMIT_MEMORY_LEAST};
    size_t before = allocated();
    struct engine *engine = engine_new(&options);
    assert_non_null(engine);
    double megabytes = since(before);
    engine_free(engine);
    assert_true(megabytes > 1 && megabytes < LIMIT_MEMORY_LEAST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_of_it_fits),
        cmocka_unit_test(test_memory_is_configured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
