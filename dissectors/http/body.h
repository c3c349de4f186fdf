/* SPDX-License-Identifier: MIT */
/* Where the body of an HTTP/1.x message ends (RFC 9112 6.3 and 7.1). Bodies are passed over;
 * nothing of them is looked at or kept. */
#ifndef TURNSCOPE_DISSECTORS_HTTP_BODY_H
#define TURNSCOPE_DISSECTORS_HTTP_BODY_H

#include "dissectors/http/message.h"

enum http_body_kind {
    HTTP_BODY_NONE, /* at its end: a head is next */
    HTTP_BODY_LENGTH,
    HTTP_BODY_CHUNKED,
    HTTP_BODY_REST, /* up to the end of the connection, or its end cannot be found */
};

/* Inside a chunked body. */
enum http_chunk_stage { HTTP_CHUNK_SIZE, HTTP_CHUNK_END, HTTP_CHUNK_TRAILER };

struct http_body {
    uint8_t kind;  /* enum http_body_kind */
    uint8_t stage; /* enum http_chunk_stage */
    uint64_t left; /* of the body or of the current chunk */
};

/* The body behind this head. `answers_without_body`: of a response, that its request was a HEAD, or
 * a CONNECT that succeeded. */
struct http_body http_body_of(const struct http_message *message, bool answers_without_body);

/* How many of the stream's unread bytes belong to the body; `body` moves past them. Fewer than
 * there are while its kind is not HTTP_BODY_NONE: more bytes are needed to go on. */
size_t http_body_take(struct http_body *body, struct bytes unread);

/* Bytes of the stream are missing. False: more of them than the body (or its chunk) has left, so
 * that nobody knows where it ends. */
bool http_body_skip(struct http_body *body, size_t missing);

#endif
