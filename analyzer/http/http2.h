/* SPDX-License-Identifier: MIT */
/* Header fields of HTTP/2 (RFC 9113), one direction of a connection at a time. Frames are walked
 * here; header compression (RFC 7541) is libnghttp2's.
 *
 *   0            3      4       5                9
 * +------------+------+-------+----------------+-----------
 * |   length   | type | flags |   stream (31)  | payload ...
 * +------------+------+-------+----------------+-----------
 */
#ifndef TURNSCOPE_ANALYZER_HTTP_HTTP2_H
#define TURNSCOPE_ANALYZER_HTTP_HTTP2_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"

enum {
    HTTP2_FRAME_HEADER_LENGTH = 9,
    HTTP2_PREFACE_LENGTH = 24,
    /* RFC 9113 4.2: what every endpoint takes. Only larger DATA frames are passed over. */
    HTTP2_FRAME_MAXIMUM = 16384,
    /* RFC 9113 6.5.2 starts with 4096; browsers offer this much. */
    HTTP2_TABLE_MAXIMUM = 65536,
};

struct nghttp2_hd_inflater;

/* All zero: at the start of the direction, before the preface. */
struct http2_reader {
    struct nghttp2_hd_inflater *inflater;
    uint32_t table_size;   /* that the other side allows for header compression; 0: the default */
    uint32_t block_stream; /* of a header block that goes on in the next frame; 0: none */
    uint32_t skip;         /* bytes of the current frame that are passed over */
    bool block_is_promise; /* a server's push: its fields are a request's */
    bool started;
    bool ended; /* not HTTP/2, or a header block is damaged: nothing more can be read */
};

/* What frames say. Views are valid during the call. */
struct http2_sink {
    void *context;
    void (*field)(void *context, uint32_t stream, struct bytes name, struct bytes value);
    void (*head_end)(void *context, uint32_t stream);
    /* The sender's SETTINGS_HEADER_TABLE_SIZE: it bounds what the other direction may use. */
    void (*table_size)(void *context, uint32_t size);
};

/* Whether HTTP/2 begins here: the client's preface (*is_client), or the server's, which is a
 * SETTINGS frame. INCOMPLETE, NOT_MINE: as decoders answer. */
enum dissect_status http2_recognize(struct bytes stream, bool *is_client);

/* Reads one frame, or passes over a part of one. How many of the unread bytes are done with; 0:
 * more are needed. When `ended` is set, everything is. */
size_t http2_take(struct http2_reader *reader, struct bytes unread, const struct http2_sink *sink);

/* Bytes of the stream are missing. When they are not all of a frame that is passed over, `ended` is
 * set. */
void http2_skip(struct http2_reader *reader, size_t missing);

/* Applies the other side's SETTINGS_HEADER_TABLE_SIZE to this direction. */
void http2_allow_table_size(struct http2_reader *reader, uint32_t size);

/* Releases the state of header compression. */
void http2_reader_free(struct http2_reader *reader);

#endif
