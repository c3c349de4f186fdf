/* SPDX-License-Identifier: MIT */
#include "analyzer/http/http2.h"

#include <nghttp2/nghttp2.h>

enum frame_type {
    FRAME_DATA = 0,
    FRAME_HEADERS = 1,
    FRAME_SETTINGS = 4,
    FRAME_PUSH_PROMISE = 5,
    FRAME_CONTINUATION = 9,
};

enum frame_flag {
    FLAG_ACKNOWLEDGMENT = 0x01, /* SETTINGS */
    FLAG_END_HEADERS = 0x04,
    FLAG_PADDED = 0x08,
    FLAG_PRIORITY = 0x20,
};

enum {
    SETTINGS_HEADER_TABLE_SIZE = 1,
    SETTING_LENGTH = 6,
    TABLE_DEFAULT = 4096,
};

struct frame {
    uint8_t type;
    uint8_t flags;
    uint32_t length;
    uint32_t stream;
    struct bytes payload;
};

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

static bool read_header(struct frame *frame, struct bytes stream)
{
    struct cursor c = cursor_of(stream);
    frame->length = cursor_u24(&c);
    frame->type = cursor_u8(&c);
    frame->flags = cursor_u8(&c);
    frame->stream = cursor_u32(&c) & 0x7fffffff;
    frame->payload = bytes_first(cursor_rest(&c), frame->length);
    return !c.failed;
}

/* RFC 9113 3.4: the server's preface is a SETTINGS frame of the connection, with no more settings
 * than there are identifiers for. */
static bool is_server_preface(const struct frame *frame)
{
    return frame->type == FRAME_SETTINGS && frame->flags == 0 && frame->stream == 0 &&
           frame->length % SETTING_LENGTH == 0 && frame->length <= 64 * SETTING_LENGTH;
}

enum dissect_status http2_recognize(struct bytes stream, bool *is_client)
{
    struct frame frame;
    struct bytes start = bytes_first(stream, HTTP2_PREFACE_LENGTH);
    *is_client = start.length > 0 && memcmp(start.data, preface, start.length) == 0;
    if (*is_client)
        return start.length == HTTP2_PREFACE_LENGTH ? DISSECT_OK : DISSECT_INCOMPLETE;
    if (stream.length > 0 && stream.data[0] != 0)
        return DISSECT_NOT_MINE;
    if (!read_header(&frame, stream))
        return DISSECT_INCOMPLETE;
    return is_server_preface(&frame) ? DISSECT_OK : DISSECT_NOT_MINE;
}

void http2_allow_table_size(struct http2_reader *reader, uint32_t size)
{
    /* Smaller ones need no action: the sender announces that it shrinks (RFC 7541 4.2). */
    uint32_t allowed = size < HTTP2_TABLE_MAXIMUM ? size : HTTP2_TABLE_MAXIMUM;
    if (allowed <= TABLE_DEFAULT || allowed <= reader->table_size)
        return;
    reader->table_size = allowed;
    if (reader->inflater != NULL && reader->block_stream == 0)
        (void)nghttp2_hd_inflate_change_table_size(reader->inflater, allowed);
}

static bool start_inflater(struct http2_reader *reader)
{
    if (reader->inflater != NULL)
        return true;
    if (nghttp2_hd_inflate_new(&reader->inflater) != 0)
        return false;
    if (reader->table_size > 0)
        (void)nghttp2_hd_inflate_change_table_size(reader->inflater, reader->table_size);
    return true;
}

/* False: the block is damaged, and with it the compression's state. */
static bool inflate_block(struct http2_reader *reader, struct bytes block, bool is_last,
                          const struct http2_sink *sink)
{
    int flags = 0;
    do {
        nghttp2_nv field;
        ssize_t used = nghttp2_hd_inflate_hd2(reader->inflater, &field, &flags, block.data,
                                              block.length, is_last);
        if (used < 0)
            return false;
        block = bytes_from(block, (size_t)used);
        if ((flags & NGHTTP2_HD_INFLATE_EMIT) && !reader->block_is_promise)
            sink->field(sink->context, reader->block_stream, bytes_of(field.name, field.namelen),
                        bytes_of(field.value, field.valuelen));
        if (flags & NGHTTP2_HD_INFLATE_FINAL)
            break;
    } while ((flags & NGHTTP2_HD_INFLATE_EMIT) || block.length > 0);
    return true;
}

static bool read_block(struct http2_reader *reader, const struct frame *frame, struct bytes block,
                       const struct http2_sink *sink)
{
    bool is_last = frame->flags & FLAG_END_HEADERS;
    if (!start_inflater(reader) || !inflate_block(reader, block, is_last, sink))
        return false;
    if (!is_last)
        return true;
    (void)nghttp2_hd_inflate_end_headers(reader->inflater);
    if (!reader->block_is_promise)
        sink->head_end(sink->context, reader->block_stream);
    reader->block_stream = 0;
    return true;
}

/* RFC 9113 6.2, 6.6: what stands around the block fragment of a first frame. */
static bool begin_block(struct http2_reader *reader, const struct frame *frame,
                        const struct http2_sink *sink)
{
    struct cursor c = cursor_of(frame->payload);
    size_t padding = frame->flags & FLAG_PADDED ? cursor_u8(&c) : 0;
    reader->block_is_promise = frame->type == FRAME_PUSH_PROMISE;
    reader->block_stream = frame->stream;
    if (reader->block_is_promise)
        cursor_skip(&c, 4);
    else if (frame->flags & FLAG_PRIORITY)
        cursor_skip(&c, 5);
    if (c.failed || padding > cursor_left(&c) || frame->stream == 0)
        return false;
    return read_block(reader, frame, cursor_take(&c, cursor_left(&c) - padding), sink);
}

static void read_settings(const struct frame *frame, const struct http2_sink *sink)
{
    struct cursor c = cursor_of(frame->payload);
    while (!(frame->flags & FLAG_ACKNOWLEDGMENT) && cursor_left(&c) >= SETTING_LENGTH) {
        uint16_t setting = cursor_u16(&c);
        uint32_t value = cursor_u32(&c);
        if (setting == SETTINGS_HEADER_TABLE_SIZE)
            sink->table_size(sink->context, value);
    }
}

static bool is_kept(const struct frame *frame)
{
    return frame->type == FRAME_HEADERS || frame->type == FRAME_PUSH_PROMISE ||
           frame->type == FRAME_CONTINUATION || frame->type == FRAME_SETTINGS;
}

/* RFC 9113 6.10: nothing may stand between the frames of one header block. */
static bool read_frame(struct http2_reader *reader, const struct frame *frame,
                       const struct http2_sink *sink)
{
    bool continues = frame->type == FRAME_CONTINUATION && reader->block_stream != 0 &&
                     frame->stream == reader->block_stream;
    if (continues)
        return read_block(reader, frame, frame->payload, sink);
    if (reader->block_stream != 0 || frame->type == FRAME_CONTINUATION)
        return false;
    if (frame->type == FRAME_SETTINGS)
        read_settings(frame, sink);
    else
        return begin_block(reader, frame, sink);
    return true;
}

static size_t end(struct http2_reader *reader, struct bytes unread)
{
    reader->ended = true;
    return unread.length;
}

static size_t take_preface(struct http2_reader *reader, struct bytes unread)
{
    bool is_client;
    switch (http2_recognize(unread, &is_client)) {
    case DISSECT_OK:
        reader->started = true;
        return is_client ? HTTP2_PREFACE_LENGTH : 0;
    case DISSECT_INCOMPLETE:
        return 0;
    default:
        return end(reader, unread);
    }
}

static size_t take_skipped(struct http2_reader *reader, struct bytes unread)
{
    size_t taken = reader->skip < unread.length ? reader->skip : unread.length;
    reader->skip -= (uint32_t)taken;
    return taken;
}

size_t http2_take(struct http2_reader *reader, struct bytes unread, const struct http2_sink *sink)
{
    struct frame frame;
    if (reader->ended)
        return unread.length;
    if (reader->skip > 0)
        return take_skipped(reader, unread);
    if (!reader->started) {
        size_t taken = take_preface(reader, unread);
        if (taken > 0 || !reader->started)
            return taken;
    }
    if (!read_header(&frame, unread))
        return 0;
    if (!is_kept(&frame)) {
        reader->skip = frame.length;
        return reader->block_stream == 0 ? HTTP2_FRAME_HEADER_LENGTH : end(reader, unread);
    }
    if (frame.length > HTTP2_FRAME_MAXIMUM)
        return end(reader, unread);
    if (frame.payload.length < frame.length)
        return 0;
    if (!read_frame(reader, &frame, sink))
        return end(reader, unread);
    return HTTP2_FRAME_HEADER_LENGTH + (size_t)frame.length;
}

void http2_skip(struct http2_reader *reader, size_t missing)
{
    if (missing > reader->skip)
        reader->ended = true;
    else
        reader->skip -= (uint32_t)missing;
}

void http2_reader_free(struct http2_reader *reader)
{
    if (reader->inflater != NULL)
        nghttp2_hd_inflate_del(reader->inflater);
    *reader = (struct http2_reader){.ended = true};
}
