/* SPDX-License-Identifier: MIT */
#include "dissectors/http/body.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct bytes text(const char *string)
{
    return bytes_of(string, strlen(string));
}

static struct http_body body_after(const char *head, bool answers_without_body)
{
    struct http_message message;
    assert_int_equal(http_decode(&message, text(head)), DISSECT_OK);
    return http_body_of(&message, answers_without_body);
}

static void test_which_messages_have_a_body(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        bool answers_without_body;
        enum http_body_kind kind;
    } rows[] = {
        {"GET / HTTP/1.1\n\n", false, HTTP_BODY_NONE},
        {"POST / HTTP/1.1\nContent-Length: 3\n\n", false, HTTP_BODY_LENGTH},
        {"POST / HTTP/1.1\nContent-Length: 0\n\n", false, HTTP_BODY_NONE},
        {"POST / HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 3\n\n", false,
         HTTP_BODY_CHUNKED},
        {"HTTP/1.1 200 OK\nContent-Length: 3\n\n", false, HTTP_BODY_LENGTH},
        {"HTTP/1.1 200 OK\nContent-Length: 3\n\n", true, HTTP_BODY_NONE},
        {"HTTP/1.1 200 OK\nTransfer-Encoding: gzip\n\n", false, HTTP_BODY_REST},
        {"HTTP/1.1 200 OK\n\n", false, HTTP_BODY_REST},
        {"HTTP/1.1 304 Not Modified\nContent-Length: 3\n\n", false, HTTP_BODY_NONE},
        {"HTTP/1.1 204 No Content\n\n", false, HTTP_BODY_NONE},
        {"HTTP/1.1 101 Switching Protocols\n\n", false, HTTP_BODY_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(body_after(rows[i].head, rows[i].answers_without_body).kind, rows[i].kind);
}

static void test_length(void **state)
{
    (void)state;
    struct http_body body = {.kind = HTTP_BODY_LENGTH, .left = 5};
    assert_int_equal(http_body_take(&body, text("abc")), 3);
    assert_int_equal(body.kind, HTTP_BODY_LENGTH);
    assert_int_equal(http_body_take(&body, text("deHTTP")), 2);
    assert_int_equal(body.kind, HTTP_BODY_NONE);
    assert_int_equal(http_body_take(&body, text("HTTP")), 0);
}

static const char chunks[] = "4\r\nWiki\r\n"
                             "6;name=value\r\npedia \r\n"
                             "E\r\nin \r\n\r\nchunks.\r\n"
                             "0\r\nTrailer: x\r\n\r\n";

static void test_chunks_in_one_piece(void **state)
{
    (void)state;
    struct http_body body = {.kind = HTTP_BODY_CHUNKED};
    char stream[sizeof chunks + 4];
    memcpy(stream, chunks, sizeof chunks - 1);
    memcpy(stream + sizeof chunks - 1, "HTTP", 5);
    assert_int_equal(http_body_take(&body, text(stream)), strlen(chunks));
    assert_int_equal(body.kind, HTTP_BODY_NONE);
}

/* Cut in two at every place: what is left of the first piece is given again. */
static void test_chunks_in_two_pieces(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < strlen(chunks); cut++) {
        struct http_body body = {.kind = HTTP_BODY_CHUNKED};
        struct bytes first = exact_copy(bytes_first(text(chunks), cut));
        size_t taken = http_body_take(&body, first);
        assert_true(taken <= cut);
        assert_int_equal(body.kind, HTTP_BODY_CHUNKED);
        taken += http_body_take(&body, bytes_from(text(chunks), taken));
        assert_int_equal(taken, strlen(chunks));
        assert_int_equal(body.kind, HTTP_BODY_NONE);
        free((void *)first.data);
    }
}

static void test_chunks_that_are_none(void **state)
{
    (void)state;
    static const char *const bad[] = {"x\r\nabc",       "\r\n\r\n",
                                      "4\r\nWikiX\r\n", "fffffffffffffffff\r\n",
                                      "-1\r\n",         "4x\r\nWiki\r\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct http_body body = {.kind = HTTP_BODY_CHUNKED};
        assert_int_equal(http_body_take(&body, text(bad[i])), strlen(bad[i]));
        assert_int_equal(body.kind, HTTP_BODY_REST);
    }
    char *endless = malloc(8192);
    struct http_body body = {.kind = HTTP_BODY_CHUNKED};
    memset(endless, '1', 8192);
    assert_int_equal(http_body_take(&body, bytes_of(endless, 8191)), 0);
    assert_int_equal(http_body_take(&body, bytes_of(endless, 8192)), 8192);
    assert_int_equal(body.kind, HTTP_BODY_REST);
    free(endless);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_messages_have_a_body),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_chunks_in_one_piece),
        cmocka_unit_test(test_chunks_in_two_pieces),
        cmocka_unit_test(test_chunks_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
