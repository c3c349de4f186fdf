/* SPDX-License-Identifier: MIT */
#include "analyzer/track/exchanges.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>

enum { CLIENT, SERVER, STREAM_SIZE = 16384 };

struct http {
    struct flow flow;
    struct exchanges exchanges;
    struct event_queue events;
    uint64_t frame;
    uint8_t unread[2][STREAM_SIZE];
    size_t length[2];
    struct exchange answers[16];
    size_t answered;
    nghttp2_hd_deflater *deflaters[2];
};

static struct http *begin(void)
{
    struct http *http = calloc(1, sizeof *http);
    assert_non_null(http);
    assert_int_equal(exchanges_init(&http->exchanges, LIMIT_MEMORY), 0);
    http->flow.key.endpoint[CLIENT].port = 50000;
    http->flow.key.endpoint[SERVER].port = 443;
    http->flow.key.protocol = IP_PROTOCOL_TCP;
    for (int i = 0; i < 2; i++)
        assert_int_equal(nghttp2_hd_deflate_new(&http->deflaters[i], 4096), 0);
    return http;
}

static void end(struct http *http)
{
    exchanges_free(&http->exchanges);
    for (int i = 0; i < 2; i++)
        nghttp2_hd_deflate_del(http->deflaters[i]);
    free(http);
}

static void collect(struct http *http)
{
    for (size_t i = 0; i < http->events.count; i++) {
        const struct event *event = &http->events.items[i];
        assert_int_equal(event->kind, EVENT_HTTP_RESPONSE);
        assert_true(http->answered < 16);
        http->answers[http->answered++] = *event->exchange;
    }
    http->events.count = 0;
}

/* As a stream is read: what is left over is given again with more behind it. */
static void send_bytes(struct http *http, unsigned from, const void *data, size_t length)
{
    const struct sighting sighting = {
        .time = 1, .frame = ++http->frame, .flow = &http->flow, .flow_id = {1, 1}, .from = from};
    assert_true(length <= STREAM_SIZE - http->length[from]);
    memcpy(http->unread[from] + http->length[from], data, length);
    http->length[from] += length;
    size_t taken = 1;
    while (taken > 0 && http->length[from] > 0) {
        struct bytes copy = exact_copy(bytes_of(http->unread[from], http->length[from]));
        taken = exchanges_take(&http->exchanges, &sighting, copy, true, &http->events);
        free((void *)copy.data);
        assert_true(taken <= http->length[from]);
        http->length[from] -= taken;
        memmove(http->unread[from], http->unread[from] + taken, http->length[from]);
        collect(http);
    }
}

static void send_text(struct http *http, unsigned from, const char *text)
{
    send_bytes(http, from, text, strlen(text));
}

static void test_request_and_answer(void **state)
{
    (void)state;
    struct http *http = begin();
    send_text(http, CLIENT,
              "GET /invited.sf?secret=abc#x HTTP/1.1\r\nHost: join.example.com\r\n"
              "Cookie: session=secret\r\nAuthorization: Basic c2VjcmV0\r\n\r\n");
    send_text(http, SERVER,
              "HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\nContent-Length: 4\r\n\r\nbody");
    assert_int_equal(http->answered, 1);
    const struct exchange *exchange = &http->answers[0];
    assert_string_equal(exchange->method, "GET");
    assert_string_equal(exchange->authority, "join.example.com");
    assert_string_equal(exchange->path, "/invited.sf");
    assert_string_equal(exchange->reason, "Bad Request");
    assert_string_equal(exchange->software, "nginx/1.22.1");
    assert_int_equal(exchange->status, 400);
    assert_int_equal(exchange->version, 1);
    assert_true(exchange->decrypted);
    assert_int_equal(exchange->client.port, 50000);
    assert_int_equal(exchange->server.port, 443);
    assert_int_equal(exchange->request.frame, 1);
    assert_int_equal(exchange->response.frame, 2);
    assert_int_equal(exchange->response.code, 400);
    assert_string_equal(exchange->request.detail, "GET join.example.com/invited.sf");
    assert_string_equal(exchange->response.detail, "400 Bad Request");
    end(http);
}

/* Nothing that may be a secret is anywhere in what is kept. */
static void test_secrets_are_not_kept(void **state)
{
    (void)state;
    struct http *http = begin();
    send_text(http, CLIENT,
              "GET http://user:secret@join.example.com/?token=secret HTTP/1.1\r\n"
              "Host: user:secret@join.example.com\r\nCookie: a=secret\r\n"
              "Proxy-Authorization: Basic secret\r\n\r\n");
    send_text(http, SERVER,
              "HTTP/1.1 302 Found\r\nSet-Cookie: a=secret\r\n"
              "Location: https://me:secret@join.example.com/in?code=secret#secret\r\n"
              "Content-Length: 6\r\n\r\nsecret");
    assert_int_equal(http->answered, 1);
    assert_string_equal(http->answers[0].authority, "join.example.com");
    assert_string_equal(http->answers[0].path, "/");
    assert_string_equal(http->answers[0].location, "https://join.example.com/in");
    assert_null(memmem(&http->answers[0], sizeof http->answers[0], "secret", 6));
    end(http);
}

static void test_pipelined_requests_and_chunks(void **state)
{
    (void)state;
    struct http *http = begin();
    send_text(http, CLIENT,
              "HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\n"
              "Content-Length: 5\r\n\r\nGET /\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
    send_text(http, SERVER,
              "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
              "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
              "9\r\nHTTP/1.1 \r\n0\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\nHTTP/1.1 500 x\r\n\r\n");
    assert_int_equal(http->answered, 3);
    static const uint16_t statuses[] = {200, 201, 404};
    static const char *const paths[] = {"/1", "/2", "/3"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(http->answers[i].status, statuses[i]);
        assert_string_equal(http->answers[i].path, paths[i]);
    }
    end(http);
}

static void test_an_answer_in_single_bytes(void **state)
{
    (void)state;
    static const char answer[] = "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "3\r\nabc\r\n0\r\n\r\nHTTP/1.1 407 No\r\n\r\n";
    struct http *http = begin();
    for (size_t i = 0; i + 1 < sizeof answer; i++)
        send_bytes(http, SERVER, answer + i, 1);
    assert_int_equal(http->answered, 2);
    assert_int_equal(http->answers[0].status, 403);
    assert_int_equal(http->answers[0].request.frame, 0);
    assert_int_equal(http->answers[0].client.port, 50000);
    assert_int_equal(http->answers[1].status, 407);
    end(http);
}

static void test_connect_makes_a_tunnel(void **state)
{
    (void)state;
    struct http *http = begin();
    const struct sighting sighting = {.flow = &http->flow, .flow_id = {1, 1}};
    send_text(http, CLIENT, "CONNECT turn.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n");
    send_text(http, SERVER,
              "HTTP/1.1 407 Proxy Authentication Required\r\n"
              "Content-Length: 0\r\n\r\n");
    assert_int_equal(http->answered, 1);
    assert_string_equal(http->answers[0].authority, "turn.example.com:443");
    assert_string_equal(http->answers[0].path, "");
    assert_false(exchanges_ended(&http->exchanges, &sighting));
    send_text(http, CLIENT, "CONNECT turn.example.com:443 HTTP/1.1\r\n\r\n");
    send_text(http, SERVER, "HTTP/1.1 200 Established\r\nContent-Length: 7\r\n\r\n\x16\x03\x01");
    assert_int_equal(http->answered, 2);
    assert_int_equal(http->length[SERVER], 3); /* left to be dissected as something else */
    assert_true(exchanges_ended(&http->exchanges, &sighting));
    assert_false(exchanges_ended(&http->exchanges, &sighting));
    end(http);
}

static void test_websockets(void **state)
{
    (void)state;
    struct http *http = begin();
    send_text(http, CLIENT, "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\n\r\n");
    send_text(http, SERVER, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    send_text(http, CLIENT, "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n");
    send_text(http, SERVER, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    assert_int_equal(http->answered, 2);
    assert_true(http->answers[0].websocket_refused);
    assert_true(http->answers[1].asks_websocket);
    assert_false(http->answers[1].websocket_refused);
    const struct sighting sighting = {.flow = &http->flow, .flow_id = {1, 1}};
    assert_true(exchanges_ended(&http->exchanges, &sighting));
    end(http);
}

static void test_what_is_no_http_ends_one_direction(void **state)
{
    (void)state;
    struct http *http = begin();
    send_text(http, CLIENT, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    send_text(http, SERVER, "ICY 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    assert_int_equal(http->answered, 0);
    assert_int_equal(http->length[SERVER], 0);
    end(http);
}

static void test_proxies(void **state)
{
    (void)state;
    static const char refusal[] = "HTTP/1.1 407 Authenticate\r\nContent-Length: 0\r\n\r\n";
    struct http *http = begin();
    send_text(http, CLIENT, "CONNECT a:443 HTTP/1.1\r\n\r\n");
    send_text(http, SERVER, refusal);
    const struct proxy_use *use = table_oldest(&http->exchanges.proxies);
    assert_non_null(use);
    assert_false(use->worked);
    assert_string_equal(use->first.authority, "a:443");
    send_text(http, CLIENT, "CONNECT b:443 HTTP/1.1\r\nProxy-Authorization: Basic secret\r\n\r\n");
    send_text(http, SERVER, refusal);
    assert_true(http->answers[1].has_proxy_credentials);
    assert_string_equal(use->first.authority, "a:443");
    assert_int_equal(use->challenges, 1);
    send_text(http, CLIENT, "CONNECT b:443 HTTP/1.1\r\nProxy-Authorization: Basic secret\r\n\r\n");
    send_text(http, SERVER, "HTTP/1.1 200 OK\r\n\r\n");
    assert_true(use->worked);
    assert_int_equal(http->exchanges.proxies.used, 1);
    end(http);
}

static void test_gaps(void **state)
{
    (void)state;
    struct http *http = begin();
    const struct sighting sighting = {.flow = &http->flow, .flow_id = {1, 1}, .from = SERVER};
    assert_true(exchanges_gap(&http->exchanges, &sighting, 10));
    send_text(http, SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    assert_true(exchanges_gap(&http->exchanges, &sighting, 6));
    send_text(http, SERVER, "jHTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nabc");
    assert_int_equal(http->answered, 2);
    assert_false(exchanges_gap(&http->exchanges, &sighting, SIZE_MAX));
    send_text(http, SERVER, "HTTP/1.1 500 x\r\n\r\n");
    assert_int_equal(http->answered, 2);
    end(http);
}

static void test_ports_are_used_again(void **state)
{
    (void)state;
    struct http *http = begin();
    for (unsigned i = 0; i < 2; i++) {
        send_text(http, CLIENT, i == 0 ? "GET /1 HTTP/1.1\r\n\r\n" : "GET /2 HTTP/1.1\r\n\r\n");
        send_text(http, SERVER, "HTTP/1.1 200 OK\r\n\r\n");
        http->flow.connection = (struct record_id){2, 1};
    }
    assert_int_equal(http->answered, 2);
    assert_string_equal(http->answers[1].path, "/2");
    assert_int_equal(http->exchanges.table.used, 2);
    end(http);
}

/* HTTP/2: frames by hand, header blocks by libnghttp2's encoder. */

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

static void send_frame(struct http *http, unsigned from, uint8_t type, uint8_t flags,
                       uint32_t stream, struct bytes payload)
{
    uint8_t frame[4096];
    assert_true(payload.length + 9 <= sizeof frame);
    send_bytes(http, from, frame, put_frame(frame, type, flags, stream, payload));
}

static struct bytes deflate(struct http *http, unsigned from, const char *const *fields,
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

static void send_head(struct http *http, unsigned from, uint32_t stream, const char *const *fields)
{
    uint8_t block[4000];
    send_frame(http, from, 1, 0x04, stream, deflate(http, from, fields, block, sizeof block));
}

static void begin_http2(struct http *http)
{
    send_text(http, CLIENT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
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
    struct http *http = begin();
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
    end(http);
}

static void test_http2_interim_answers_and_trailers(void **state)
{
    (void)state;
    static const char *const hints[] = {":status", "103", "link", "</a>", NULL};
    static const char *const redirects[] = {":status", "302", "location", "/b?x=secret", NULL};
    static const char *const trailer[] = {"server", "other", NULL};
    struct http *http = begin();
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
    end(http);
}

/* A head in a padded frame with a priority and two more frames; pushes only move the state. */
static void test_http2_continuation_padding_and_push(void **state)
{
    (void)state;
    struct http *http = begin();
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
    end(http);
}

static void test_http2_larger_compression_tables(void **state)
{
    (void)state;
    struct http *http = begin();
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
    end(http);
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
        struct http *http = begin();
        begin_http2(http);
        send_head(http, SERVER, 1, refuses);
        send_frame(http, SERVER, bad[i].type, bad[i].flags, bad[i].stream,
                   bytes_of(bad[i].payload, bad[i].length));
        send_head(http, SERVER, 3, refuses);
        send_head(http, CLIENT, 5, asks);
        assert_int_equal(http->answered, 1);
        assert_int_equal(http->length[SERVER], 0);
        assert_int_equal(http->exchanges.table.used, 2);
        end(http);
    }
}

static void test_http2_gaps(void **state)
{
    (void)state;
    struct http *http = begin();
    const struct sighting sighting = {.flow = &http->flow, .flow_id = {1, 1}, .from = SERVER};
    begin_http2(http);
    send_bytes(http, SERVER, "\0\0\12\0\0\0\0\0\1abc", 12);
    assert_true(exchanges_gap(&http->exchanges, &sighting, 7));
    send_head(http, SERVER, 1, refuses);
    assert_int_equal(http->answered, 1);
    assert_false(exchanges_gap(&http->exchanges, &sighting, 1));
    send_head(http, SERVER, 3, refuses);
    assert_int_equal(http->answered, 1);
    end(http);
}

static void test_http2_connections_are_bounded(void **state)
{
    (void)state;
    struct http *http = begin();
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
    end(http);
}

static void test_recognition(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        enum dissect_status status;
    } rows[] = {
        {"GET / HTTP/1.1\r\n\r\n", 18, DISSECT_OK},
        {"GET / HT", 8, DISSECT_INCOMPLETE},
        {"HTTP/1.1 200\r\n\r\n", 16, DISSECT_OK},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24, DISSECT_OK},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r", 23, DISSECT_INCOMPLETE},
        {"\0\0\x12\4\0\0\0\0\0", 9, DISSECT_OK},
        {"\0\0\x12\4\0\0\0\0", 8, DISSECT_INCOMPLETE},
        {"\0\3\0\4\x21\x12\xa4\x42\0", 9, DISSECT_NOT_MINE}, /* STUN */
        {"\x16\3\1", 3, DISSECT_NOT_MINE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(exchanges_recognize(bytes_of(rows[i].bytes, rows[i].length)),
                         rows[i].status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_and_answer),
        cmocka_unit_test(test_secrets_are_not_kept),
        cmocka_unit_test(test_pipelined_requests_and_chunks),
        cmocka_unit_test(test_an_answer_in_single_bytes),
        cmocka_unit_test(test_connect_makes_a_tunnel),
        cmocka_unit_test(test_websockets),
        cmocka_unit_test(test_what_is_no_http_ends_one_direction),
        cmocka_unit_test(test_proxies),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_ports_are_used_again),
        cmocka_unit_test(test_http2),
        cmocka_unit_test(test_http2_interim_answers_and_trailers),
        cmocka_unit_test(test_http2_continuation_padding_and_push),
        cmocka_unit_test(test_http2_larger_compression_tables),
        cmocka_unit_test(test_http2_damage_ends_one_direction),
        cmocka_unit_test(test_http2_gaps),
        cmocka_unit_test(test_http2_connections_are_bounded),
        cmocka_unit_test(test_recognition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
