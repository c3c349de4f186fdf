/* SPDX-License-Identifier: MIT */
#include "dissectors/http/body.h"

enum { CHUNK_LINE_MAXIMUM = 8192 }; /* a chunk's size with extensions; a trailer field */

struct http_body http_body_of(const struct http_message *message, bool answers_without_body)
{
    bool never = message->is_response && (message->status < 200 || message->status == 204 ||
                                          message->status == 304 || answers_without_body);
    if (never)
        return (struct http_body){.kind = HTTP_BODY_NONE};
    if (message->is_chunked)
        return (struct http_body){.kind = HTTP_BODY_CHUNKED};
    if (message->has_content_length && message->content_length > 0)
        return (struct http_body){.kind = HTTP_BODY_LENGTH, .left = message->content_length};
    if (message->has_content_length || !message->is_response)
        return (struct http_body){.kind = HTTP_BODY_NONE};
    return (struct http_body){.kind = HTTP_BODY_REST};
}

static size_t take_counted(struct http_body *body, size_t available)
{
    size_t taken = body->left < available ? (size_t)body->left : available;
    body->left -= taken;
    return taken;
}

/* RFC 9112 7.1: hex digits, and extensions behind them. */
static bool read_size(struct bytes line, uint64_t *size)
{
    size_t i = 0;
    *size = 0;
    for (; i < line.length && hex_digit(line.data[i]) >= 0; i++) {
        if (*size > UINT64_MAX / 32)
            return false;
        *size = *size * 16 + (unsigned)hex_digit(line.data[i]);
    }
    return i > 0 && (i == line.length || line.data[i] == ';' || line.data[i] == ' ');
}

/* False: this is no chunked body. */
static bool take_chunk_line(struct http_body *body, struct bytes line)
{
    if (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    switch (body->stage) {
    case HTTP_CHUNK_SIZE:
        if (!read_size(line, &body->left))
            return false;
        body->stage = body->left > 0 ? HTTP_CHUNK_END : HTTP_CHUNK_TRAILER;
        return true;
    case HTTP_CHUNK_END:
        body->stage = HTTP_CHUNK_SIZE;
        return line.length == 0;
    default:
        if (line.length == 0)
            body->kind = HTTP_BODY_NONE;
        return true;
    }
}

static size_t take_chunks(struct http_body *body, struct bytes unread)
{
    size_t taken = 0;
    while (body->kind == HTTP_BODY_CHUNKED) {
        taken += take_counted(body, unread.length - taken);
        struct bytes rest = bytes_first(bytes_from(unread, taken), CHUNK_LINE_MAXIMUM);
        const uint8_t *end = rest.length > 0 ? memchr(rest.data, '\n', rest.length) : NULL;
        if (end == NULL && rest.length < CHUNK_LINE_MAXIMUM)
            return taken;
        size_t length = end != NULL ? (size_t)(end - rest.data) : rest.length;
        if (end == NULL || !take_chunk_line(body, bytes_first(rest, length))) {
            body->kind = HTTP_BODY_REST;
            return unread.length;
        }
        taken += length + 1;
    }
    return taken;
}

size_t http_body_take(struct http_body *body, struct bytes unread)
{
    size_t taken;
    switch (body->kind) {
    case HTTP_BODY_LENGTH:
        taken = take_counted(body, unread.length);
        if (body->left == 0)
            body->kind = HTTP_BODY_NONE;
        return taken;
    case HTTP_BODY_CHUNKED:
        return take_chunks(body, unread);
    case HTTP_BODY_REST:
        return unread.length;
    default:
        return 0;
    }
}

bool http_body_skip(struct http_body *body, size_t missing)
{
    if (body->kind == HTTP_BODY_REST)
        return true;
    if (body->kind == HTTP_BODY_NONE || missing > body->left)
        return false;
    body->left -= missing;
    if (body->left == 0 && body->kind == HTTP_BODY_LENGTH)
        body->kind = HTTP_BODY_NONE;
    return true;
}
