/* SPDX-License-Identifier: MIT */
/* One connection on which a client and a server speak HTTP, fed to the tracker of exchanges. */
#ifndef TURNSCOPE_TESTS_SUPPORT_HTTP_BENCH_H
#define TURNSCOPE_TESTS_SUPPORT_HTTP_BENCH_H

#include "analyzer/track/exchanges.h"

enum { CLIENT, SERVER, STREAM_SIZE = 16384 };

struct nghttp2_hd_deflater;

struct http_bench {
    struct flow flow;
    struct exchanges exchanges;
    struct event_queue events;
    uint64_t frame;
    uint8_t unread[2][STREAM_SIZE];
    size_t length[2];
    struct exchange answers[16];
    size_t answered;
    struct nghttp2_hd_deflater *deflaters[2];
};

struct http_bench *http_begin(void);
void http_end(struct http_bench *http);

/* Bytes of CLIENT or SERVER, as a stream is read: what is left over is given again with more behind
 * it. What is answered by them goes to http->answers. */
void http_send_bytes(struct http_bench *http, unsigned from, const void *data, size_t length);
void http_send_text(struct http_bench *http, unsigned from, const char *text);

#endif
