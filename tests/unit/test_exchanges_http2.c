/* SPDX-License-Identifier: MIT */
/* HTTP/2: frames by hand, header blocks by libnghttp2's encoder. */
#include "tests/support/http_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>

static size_t put_frame(uint8_t *to, uint8_t type, uint8_t flags, uint32_t stream,
                        struct bytes payload)
{
    const uint8_t header[] = {(uint8_t)(payload.length >> 16),
                              (uint8_t)(payload.length >> 8),
                              (uint8_t)payload.length,
                              type,
                              flags,
                              (uint8_t)(stream >> 24),
                              (uint8_t)(stream >> 16),
                              (uint8_t)(stream >> 8),
                              (uint8_t)stream};
    memcpy(to, header, sizeof header);
    if (payload.length > 0)
        memcpy(to + sizeof header, payload.data, payload.length);
    return sizeof header + payload.length;
}

static void send_frame(struct http_bench *http, unsigned from, uint8_t type, uint8_t flags,
                       uint32_t stream, struct bytes payload)
{
    uint8_t frame[4096];
    assert_true(payload.length + 9 <= sizeof frame);
    http_send_bytes(http, from, frame, put_frame(frame, type, flags, stream, payload));
}

static struct bytes deflate(struct http_bench *http, unsigned from, const char *const *fields,
                            uint8_t *block, size_t size)
{
    nghttp2_nv list[16];
    size_t count = 0;
    for (; fields[2 * count] != NULL; count++)
        list[count] = (nghttp2_nv){.name = (uint8_t *)(uintptr_t)fields[2 * count],
                                   .value = (uint8_t *)(uintptr_t)fields[2 * count + 1],
                                   .namelen = strlen(fields[2 * count]),
                                   .valuelen = strlen(fields[2 * count + 1])};
    ssize_t length = nghttp2_hd_deflate_hd(http->deflaters[from], block, size, list, count);
    assert_true(length > 0);
    return bytes_of(block, (size_t)length);
}

static void send_head(struct http_bench *http, unsigned from, uint32_t stream,
                      const char *const *fields)
{
    uint8_t block[4000];
    send_frame(http, from, 1, 0x04, stream, deflate(http, from, fields, block, sizeof block));
}

static void begin_http2(struct http_bench *http)
{
    http_send_text(http, CLIENT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    send_frame(http, CLIENT, 4, 0, 0, bytes_of("\0\1\0\1\0\0", 6));
    send_frame(http, SERVER, 4, 0, 0, bytes_of(NULL, 0));
}

static const char *const asks[] = {
    ":method",         "GET",    ":scheme", "https", ":authority", "join.example.com", ":path",
    "/a?token=secret", "cookie", "secret",  NULL};
static const char *const refuses[] = {":status", "400", "server", "nginx", NULL};

static void test_http2(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    begin_http2(http);
    for (uint32_t stream = 1; stream <= 5; stream += 2) /* later ones by index alone */
        send_head(http, CLIENT, stream, asks);
    for (uint32_t stream = 1; stream <= 5; stream += 2) {
        send_frame(http, SERVER, 0, 0, stream, bytes_of("data", 4));
        send_head(http, SERVER, stream, refuses);
    }
    assert_int_equal(http->answered, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct exchange *exchange = &http->answers[i];
        assert_int_equal(exchange->version, 2);
        assert_int_equal(exchange->key.number, 2 * i + 1);
        assert_string_equal(exchange->method, "GET");
        assert_string_equal(exchange->authority, "join.example.com");
        assert_string_equal(exchange->path, "/a");
        assert_string_equal(exchange->software, "nginx");
        assert_int_equal(exchange->status, 400);
        assert_string_equal(exchange->response.detail, "400 Bad Request");
        assert_null(memmem(exchange, sizeof *exchange, "secret", 6));
    }
    http_end(http);
}

static void test_http2_interim_answers_and_trailers(void **state)
{
    (void)state;
    static const char *const hints[] = {":status", "103", "link", "</a>", NULL};
    static const char *const redirects[] = {":status", "302", "location", "/b?x=secret", NULL};
    static const char *const trailer[] = {"server", "other", NULL};
    struct http_bench *http = http_begin();
    begin_http2(http);
    send_head(http, CLIENT, 1, asks);
    send_head(http, SERVER, 1, hints);
    assert_int_equal(http->answered, 0);
    send_head(http, SERVER, 1, redirects);
    send_head(http, SERVER, 1, trailer);
    assert_int_equal(http->answered, 1);
    assert_int_equal(http->answers[0].status, 302);
    assert_string_equal(http->answers[0].location, "/b");
    assert_int_equal(http->exchanges.table.used, 1);
    http_end(http);
}

/* A head in a padded frame with a priority and two more frames; pushes only move the state. */
static void test_http2_continuation_padding_and_push(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    uint8_t block[2048];
    uint8_t padded[2048] = {3, 0, 0, 0, 0, 15};
    begin_http2(http);
    struct bytes whole = deflate(http, CLIENT, asks, block, sizeof block);
    memcpy(padded + 6, whole.data, 10);
    send_frame(http, CLIENT, 1, 0x08 | 0x20, 1, bytes_of(padded, 6 + 10 + 3));
    send_frame(http, CLIENT, 9, 0, 1, bytes_first(bytes_from(whole, 10), 5));
    send_frame(http, CLIENT, 9, 0x04, 1, bytes_from(whole, 15));
    uint8_t push[2048] = {0, 0, 0, 2};
    struct bytes promised = deflate(http, SERVER, asks, push + 4, sizeof push - 4);
    send_frame(http, SERVER, 5, 0x04, 1, bytes_of(push, 4 + promised.length));
    send_head(http, SERVER, 2, refuses);
    send_head(http, SERVER, 1, refuses);
    assert_int_equal(http->answered, 1);
    assert_string_equal(http->answers[0].path, "/a");
    assert_int_equal(http->answers[0].status, 400);
    http_end(http);
}

static void test_http2_larger_compression_tables(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    char value[3000];
    const char *const big[] = {":status", "200", "x-filler", value, NULL};
    begin_http2(http);
    send_frame(http, CLIENT, 4, 0, 0, bytes_of("\0\1\0\1\0\0", 6));
    nghttp2_hd_deflate_del(http->deflaters[SERVER]);
    assert_int_equal(nghttp2_hd_deflate_new(&http->deflaters[SERVER], 65536), 0);
    assert_int_equal(nghttp2_hd_deflate_change_table_size(http->deflaters[SERVER], 65536), 0);
    for (uint32_t stream = 1; stream <= 9; stream += 2) {
        memset(value, 'a' + (int)stream, sizeof value - 1);
        value[sizeof value - 1] = '\0';
        send_head(http, CLIENT, stream, asks);
        send_head(http, SERVER, stream, big);
        send_head(http, SERVER, stream + 10, big);
    }
    assert_int_equal(http->answered, 10);
    http_end(http);
}

static void test_http2_damage_ends_one_direction(void **state)
{
    (void)state;
    static const struct {
        uint8_t type;
        uint8_t flags;
        uint32_t stream;
        const char *payload;
        size_t length;
    } bad[] = {
        {1, 0x04, 1, "\xff\xff\xff\xff\xff\xff", 6}, /* an index that is not there */
        {1, 0x04, 0, "\x82", 1},                     /* a head of no stream */
        {1, 0x0c, 1, "\xff\x82", 2},                 /* more padding than payload */
        {9, 0x04, 1, "\x82", 1},                     /* continues nothing */
        {1, 0x24, 1, "\0\0", 2},                     /* no room for the priority */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct http_bench *http = http_begin();
        begin_http2(http);
        send_head(http, SERVER, 1, refuses);
        send_frame(http, SERVER, bad[i].type, bad[i].flags, bad[i].stream,
                   bytes_of(bad[i].payload, bad[i].length));
        send_head(http, SERVER, 3, refuses);
        send_head(http, CLIENT, 5, asks);
        assert_int_equal(http->answered, 1);
        assert_int_equal(http->length[SERVER], 0);
        assert_int_equal(http->exchanges.table.used, 2);
        http_end(http);
    }
}

static void test_http2_gaps(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    const struct sighting sighting = {.flow = &http->flow, .flow_id = {1, 1}, .from = SERVER};
    begin_http2(http);
    http_send_bytes(http, SERVER, "\0\0\12\0\0\0\0\0\1abc", 12);
    assert_true(exchanges_gap(&http->exchanges, &sighting, 7));
    send_head(http, SERVER, 1, refuses);
    assert_int_equal(http->answered, 1);
    assert_false(exchanges_gap(&http->exchanges, &sighting, 1));
    send_head(http, SERVER, 3, refuses);
    assert_int_equal(http->answered, 1);
    http_end(http);
}

static void test_http2_connections_are_bounded(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    uint8_t stream[64];
    memcpy(stream, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    size_t length = 24 + put_frame(stream + 24, 4, 0, 0, bytes_of(NULL, 0));
    for (uint32_t i = 1; i <= LIMIT_HTTP2_CONNECTIONS + 1; i++) {
        const struct sighting sighting = {
            .frame = i, .flow = &http->flow, .flow_id = {i, 1}, .from = CLIENT};
        assert_int_equal(exchanges_take(&http->exchanges, &sighting, bytes_of(stream, length), true,
                                        &http->events),
                         length);
    }
    assert_int_equal(http->exchanges.http2.evicted, 1);
    begin_http2(http); /* the one that was given up: nothing more is read of it */
    send_head(http, SERVER, 1, refuses);
    assert_int_equal(http->answered, 0);
    http_end(http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http2),
        cmocka_unit_test(test_http2_interim_answers_and_trailers),
        cmocka_unit_test(test_http2_continuation_padding_and_push),
        cmocka_unit_test(test_http2_larger_compression_tables),
        cmocka_unit_test(test_http2_damage_ends_one_direction),
        cmocka_unit_test(test_http2_gaps),
        cmocka_unit_test(test_http2_connections_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
