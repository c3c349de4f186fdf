/* SPDX-License-Identifier: MIT */
#include "tests/support/http_bench.h"

#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>

struct http_bench *http_begin(void)
{
    struct http_bench *http = calloc(1, sizeof *http);
    assert_non_null(http);
    assert_int_equal(exchanges_init(&http->exchanges, LIMIT_MEMORY), 0);
    http->flow.key.endpoint[CLIENT].port = 50000;
    http->flow.key.endpoint[SERVER].port = 443;
    http->flow.key.protocol = IP_PROTOCOL_TCP;
    for (int i = 0; i < 2; i++)
        assert_int_equal(nghttp2_hd_deflate_new(&http->deflaters[i], 4096), 0);
    return http;
}

void http_end(struct http_bench *http)
{
    exchanges_free(&http->exchanges);
    for (int i = 0; i < 2; i++)
        nghttp2_hd_deflate_del(http->deflaters[i]);
    free(http);
}

static void collect(struct http_bench *http)
{
    for (size_t i = 0; i < http->events.count; i++) {
        const struct event *event = &http->events.items[i];
        assert_int_equal(event->kind, EVENT_HTTP_RESPONSE);
        assert_true(http->answered < 16);
        http->answers[http->answered++] = *event->exchange;
    }
    http->events.count = 0;
}

void http_send_bytes(struct http_bench *http, unsigned from, const void *data, size_t length)
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

void http_send_text(struct http_bench *http, unsigned from, const char *text)
{
    http_send_bytes(http, from, text, strlen(text));
}
