/* SPDX-License-Identifier: MIT */
/* The head of an HTTP/1.x message (RFC 9112): what was asked of whom and what came of it. Cookies
 * and credentials are not looked at. */
#ifndef TURNSCOPE_DISSECTORS_HTTP_MESSAGE_H
#define TURNSCOPE_DISSECTORS_HTTP_MESSAGE_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"

/* RFC 9112 3 asks for at least 8000 bytes of request line. */
enum { HTTP_HEAD_MAXIMUM = 16384 };

/* Views are empty where the message has no such part. */
struct http_message {
    bool is_response;
    uint8_t minor_version; /* HTTP/1.x */
    struct bytes method;
    struct bytes target; /* of CONNECT: the far host and port */
    uint16_t status;     /* 0 of a request */
    struct bytes reason;
    struct bytes host;
    struct bytes location;
    struct bytes server;
    struct bytes proxy_authenticate; /* the challenge of a 407 */
    struct bytes upgrade;            /* "websocket" */
    bool has_proxy_authorization;    /* the request carries credentials for a proxy */
    bool has_content_length;
    bool is_chunked; /* the last transfer coding; has_content_length means nothing then */
    uint64_t content_length;
    size_t head_length; /* start line and header fields, with the empty line */
};

/* Reads the message at the start of a stream's unread bytes. OK: the head is whole. INCOMPLETE:
 * more bytes are needed; what whole lines said is set. NOT_MINE: neither a request with a
 * registered method nor a status line (told from as few bytes as suffice). MALFORMED: it begins as
 * HTTP and goes on otherwise, or its head is longer than HTTP_HEAD_MAXIMUM. */
enum dissect_status http_decode(struct http_message *message, struct bytes stream);

/* Whether the empty line that ends a head stands in the stream's bytes, the first `seen` of which
 * are known to be without it. Cheap: for a head that comes in many pieces. */
bool http_head_ends(struct bytes stream, size_t seen);

#endif
