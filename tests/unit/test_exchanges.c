/* SPDX-License-Identifier: MIT */
/* HTTP/1.1, and what tells HTTP from other streams. */
#include "tests/support/http_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_request_and_answer(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    http_send_text(http, CLIENT,
                   "GET /invited.sf?secret=abc#x HTTP/1.1\r\nHost: join.example.com\r\n"
                   "Cookie: session=secret\r\nAuthorization: Basic c2VjcmV0\r\n\r\n");
    http_send_text(
        http, SERVER,
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
    http_end(http);
}

/* Nothing that may be a secret is anywhere in what is kept. */
static void test_secrets_are_not_kept(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    http_send_text(http, CLIENT,
                   "GET http://user:secret@join.example.com/?token=secret HTTP/1.1\r\n"
                   "Host: user:secret@join.example.com\r\nCookie: a=secret\r\n"
                   "Proxy-Authorization: Basic secret\r\n\r\n");
    http_send_text(http, SERVER,
                   "HTTP/1.1 302 Found\r\nSet-Cookie: a=secret\r\n"
                   "Location: https://me:secret@join.example.com/in?code=secret#secret\r\n"
                   "Content-Length: 6\r\n\r\nsecret");
    assert_int_equal(http->answered, 1);
    assert_string_equal(http->answers[0].authority, "join.example.com");
    assert_string_equal(http->answers[0].path, "/");
    assert_string_equal(http->answers[0].location, "https://join.example.com/in");
    assert_null(memmem(&http->answers[0], sizeof http->answers[0], "secret", 6));
    http_end(http);
}

static void test_pipelined_requests_and_chunks(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    http_send_text(http, CLIENT,
                   "HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\n"
                   "Content-Length: 5\r\n\r\nGET /\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
    http_send_text(
        http, SERVER,
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
    http_end(http);
}

static void test_an_answer_in_single_bytes(void **state)
{
    (void)state;
    static const char answer[] = "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "3\r\nabc\r\n0\r\n\r\nHTTP/1.1 407 No\r\n\r\n";
    struct http_bench *http = http_begin();
    for (size_t i = 0; i + 1 < sizeof answer; i++)
        http_send_bytes(http, SERVER, answer + i, 1);
    assert_int_equal(http->answered, 2);
    assert_int_equal(http->answers[0].status, 403);
    assert_int_equal(http->answers[0].request.frame, 0);
    assert_int_equal(http->answers[0].client.port, 50000);
    assert_int_equal(http->answers[1].status, 407);
    http_end(http);
}

static void test_connect_makes_a_tunnel(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    const struct sighting sighting = {.flow = &http->flow, .flow_id = {1, 1}};
    http_send_text(http, CLIENT, "CONNECT turn.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n");
    http_send_text(http, SERVER,
                   "HTTP/1.1 407 Proxy Authentication Required\r\n"
                   "Content-Length: 0\r\n\r\n");
    assert_int_equal(http->answered, 1);
    assert_string_equal(http->answers[0].authority, "turn.example.com:443");
    assert_string_equal(http->answers[0].path, "");
    assert_false(exchanges_ended(&http->exchanges, &sighting));
    http_send_text(http, CLIENT, "CONNECT turn.example.com:443 HTTP/1.1\r\n\r\n");
    http_send_text(http, SERVER,
                   "HTTP/1.1 200 Established\r\nContent-Length: 7\r\n\r\n\x16\x03\x01");
    assert_int_equal(http->answered, 2);
    assert_int_equal(http->length[SERVER], 3); /* left to be dissected as something else */
    assert_true(exchanges_ended(&http->exchanges, &sighting));
    assert_false(exchanges_ended(&http->exchanges, &sighting));
    http_end(http);
}

static void test_websockets(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    http_send_text(http, CLIENT, "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\n\r\n");
    http_send_text(http, SERVER, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    http_send_text(http, CLIENT, "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n");
    http_send_text(http, SERVER, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    assert_int_equal(http->answered, 2);
    assert_true(http->answers[0].websocket_refused);
    assert_true(http->answers[1].asks_websocket);
    assert_false(http->answers[1].websocket_refused);
    const struct sighting sighting = {.flow = &http->flow, .flow_id = {1, 1}};
    assert_true(exchanges_ended(&http->exchanges, &sighting));
    http_end(http);
}

static void test_what_is_no_http_ends_one_direction(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    http_send_text(http, CLIENT, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    http_send_text(http, SERVER, "ICY 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    assert_int_equal(http->answered, 0);
    assert_int_equal(http->length[SERVER], 0);
    http_end(http);
}

static void test_proxies(void **state)
{
    (void)state;
    static const char refusal[] = "HTTP/1.1 407 Authenticate\r\nContent-Length: 0\r\n\r\n";
    struct http_bench *http = http_begin();
    http_send_text(http, CLIENT, "CONNECT a:443 HTTP/1.1\r\n\r\n");
    http_send_text(http, SERVER, refusal);
    const struct proxy_use *use = table_oldest(&http->exchanges.proxies);
    assert_non_null(use);
    assert_false(use->worked);
    assert_string_equal(use->first.authority, "a:443");
    http_send_text(http, CLIENT,
                   "CONNECT b:443 HTTP/1.1\r\nProxy-Authorization: Basic secret\r\n\r\n");
    http_send_text(http, SERVER, refusal);
    assert_true(http->answers[1].has_proxy_credentials);
    assert_string_equal(use->first.authority, "a:443");
    assert_int_equal(use->challenges, 1);
    http_send_text(http, CLIENT,
                   "CONNECT b:443 HTTP/1.1\r\nProxy-Authorization: Basic secret\r\n\r\n");
    http_send_text(http, SERVER, "HTTP/1.1 200 OK\r\n\r\n");
    assert_true(use->worked);
    assert_int_equal(http->exchanges.proxies.used, 1);
    http_end(http);
}

static void test_gaps(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    const struct sighting sighting = {.flow = &http->flow, .flow_id = {1, 1}, .from = SERVER};
    assert_true(exchanges_gap(&http->exchanges, &sighting, 10));
    http_send_text(http, SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    assert_true(exchanges_gap(&http->exchanges, &sighting, 6));
    http_send_text(http, SERVER, "jHTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nabc");
    assert_int_equal(http->answered, 2);
    assert_false(exchanges_gap(&http->exchanges, &sighting, SIZE_MAX));
    http_send_text(http, SERVER, "HTTP/1.1 500 x\r\n\r\n");
    assert_int_equal(http->answered, 2);
    http_end(http);
}

static void test_ports_are_used_again(void **state)
{
    (void)state;
    struct http_bench *http = http_begin();
    for (unsigned i = 0; i < 2; i++) {
        http_send_text(http, CLIENT,
                       i == 0 ? "GET /1 HTTP/1.1\r\n\r\n" : "GET /2 HTTP/1.1\r\n\r\n");
        http_send_text(http, SERVER, "HTTP/1.1 200 OK\r\n\r\n");
        http->flow.connection = (struct record_id){2, 1};
    }
    assert_int_equal(http->answered, 2);
    assert_string_equal(http->answers[1].path, "/2");
    assert_int_equal(http->exchanges.table.used, 2);
    http_end(http);
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
        cmocka_unit_test(test_recognition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
