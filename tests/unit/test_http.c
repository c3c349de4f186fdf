/* SPDX-License-Identifier: MIT */
#include "dissectors/http/message.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct bytes text(const char *string)
{
    return bytes_of(string, strlen(string));
}

static void assert_text(struct bytes bytes, const char *expected)
{
    assert_true(bytes_equal(bytes, text(expected)));
}

static const char request[] = "GET /invited.sf?id=1 HTTP/1.1\r\n"
                              "Host: join.example.com\r\n"
                              "Accept: */*\r\n\r\n";
static const char response[] = "HTTP/1.1 302 Found\r\n"
                               "Server: nginx\r\n"
                               "location:\thttps://join.example.com/ \r\n"
                               "\r\nbody";

static void test_request(void **state)
{
    (void)state;
    struct http_message message;
    assert_int_equal(http_decode(&message, text(request)), DISSECT_OK);
    assert_false(message.is_response);
    assert_text(message.method, "GET");
    assert_text(message.target, "/invited.sf?id=1");
    assert_int_equal(message.minor_version, 1);
    assert_text(message.host, "join.example.com");
    assert_int_equal(message.head_length, strlen(request));
    assert_int_equal(http_decode(&message, text("CONNECT a:443 HTTP/1.0\n\n")), DISSECT_OK);
    assert_text(message.target, "a:443");
    assert_int_equal(message.minor_version, 0);
}

static void test_response(void **state)
{
    (void)state;
    struct http_message message;
    assert_int_equal(http_decode(&message, text(response)), DISSECT_OK);
    assert_true(message.is_response);
    assert_int_equal(message.status, 302);
    assert_text(message.reason, "Found");
    assert_text(message.location, "https://join.example.com/");
    assert_text(message.server, "nginx");
    assert_int_equal(message.head_length, strlen(response) - 4);
    assert_int_equal(http_decode(&message, text("HTTP/1.1 407\r\n\r\n")), DISSECT_OK);
    assert_int_equal(message.status, 407);
    assert_int_equal(message.reason.length, 0);
}

static void test_what_tells_the_end_of_a_body(void **state)
{
    (void)state;
    struct http_message message;
    assert_int_equal(http_decode(&message, text("HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n")),
                     DISSECT_OK);
    assert_true(message.has_content_length);
    assert_int_equal(message.content_length, 42);
    assert_int_equal(
        http_decode(&message, text("HTTP/1.1 200\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n")),
        DISSECT_OK);
    assert_true(message.is_chunked);
    assert_false(message.has_content_length);
    static const char *const none[] = {"", "-1", "1a", "99999999999999999999999", "0x10"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        char head[128];
        snprintf(head, sizeof head, "HTTP/1.1 200\r\nContent-Length: %s\r\n\r\n", none[i]);
        assert_int_equal(http_decode(&message, text(head)), DISSECT_OK);
        assert_false(message.has_content_length);
    }
}

static void test_upgrade(void **state)
{
    (void)state;
    struct http_message message;
    assert_int_equal(http_decode(&message, text("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")),
                     DISSECT_OK);
    assert_text(message.upgrade, "websocket");
}

static void test_other_protocols(void **state)
{
    (void)state;
    static const char *const others[] = {"\x16\x03\x01",       "<?xml",         "GETS /",
                                         "get / HTTP/1.1\r\n", "SSH-2.0-x\r\n", "HTTX"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct http_message message;
        assert_int_equal(http_decode(&message, text(others[i])), DISSECT_NOT_MINE);
    }
}

static void test_malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {"GET /\r\n\r\n",           "GET / HTTP/x.1\r\n\r\n",
                                      "HTTP/1.1 20 OK\r\n\r\n",  "HTTP/1.1 abc OK\r\n\r\n",
                                      "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1\r\n\r\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct http_message message;
        assert_int_equal(http_decode(&message, text(bad[i])), DISSECT_MALFORMED);
    }
}

static void test_endless_head(void **state)
{
    (void)state;
    char *head = malloc(HTTP_HEAD_MAXIMUM);
    struct http_message message;
    memset(head, 'a', HTTP_HEAD_MAXIMUM);
    memcpy(head, "GET / HTTP/1.1\r\n", 16);
    assert_int_equal(http_decode(&message, bytes_of(head, HTTP_HEAD_MAXIMUM - 1)),
                     DISSECT_INCOMPLETE);
    assert_int_equal(http_decode(&message, bytes_of(head, HTTP_HEAD_MAXIMUM)), DISSECT_MALFORMED);
    head[14] = 'a';
    head[15] = 'a';
    assert_int_equal(http_decode(&message, bytes_of(head, HTTP_HEAD_MAXIMUM)), DISSECT_MALFORMED);
    free(head);
}

/* The end of a head is found when its last byte comes, whatever came with it. */
static void test_the_end_of_a_head_in_pieces(void **state)
{
    (void)state;
    static const char *const heads[] = {"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                                        "GET / HTTP/1.1\nHost: a\n\n",
                                        "GET / HTTP/1.1\nHost: a\n\r\n", "HTTP/1.1 200\r\n\n"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        size_t whole = strlen(heads[i]);
        for (size_t length = 0; length <= whole; length++)
            for (size_t seen = 0; seen < whole && seen <= length; seen++) {
                struct bytes part = exact_copy(bytes_of(heads[i], length));
                assert_int_equal(http_head_ends(part, seen), length == whole);
                free((void *)(uintptr_t)part.data);
            }
    }
}

static void test_every_truncation(void **state)
{
    (void)state;
    struct bytes vectors[] = {text(request), bytes_first(text(response), strlen(response) - 4)};
    for (size_t i = 0; i < 2; i++)
        for (size_t length = 0; length < vectors[i].length; length++) {
            struct bytes part = exact_copy(bytes_first(vectors[i], length));
            struct http_message message;
            assert_int_equal(http_decode(&message, part), DISSECT_INCOMPLETE);
            assert_int_equal(message.status, i == 1 && length >= 20 ? 302 : 0);
            free((void *)part.data);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_what_tells_the_end_of_a_body),
        cmocka_unit_test(test_upgrade),
        cmocka_unit_test(test_other_protocols),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_endless_head),
        cmocka_unit_test(test_the_end_of_a_head_in_pieces),
        cmocka_unit_test(test_every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
