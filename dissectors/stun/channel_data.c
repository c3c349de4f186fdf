/* SPDX-License-Identifier: MIT */
/* ChannelData (RFC 8656 section 12.4) and the framing of TURN on a stream (section 12.5). */
#include "dissectors/stun/message.h"

enum { CHANNEL_HEADER_LENGTH = 4, PADDING_MAXIMUM = 3 };

/* The first two bits are 01: RFC 5766's whole range. */
static bool is_channel(uint8_t first)
{
    return (first & 0xC0) == 0x40;
}

static size_t padded(size_t length)
{
    return (length + PADDING_MAXIMUM) & ~(size_t)PADDING_MAXIMUM;
}

enum dissect_status channel_data_decode(struct channel_data *channel, struct bytes bytes,
                                        bool stream, bool cut)
{
    if (bytes.length == 0 || !is_channel(bytes.data[0]))
        return DISSECT_NOT_MINE;
    if (bytes.length < CHANNEL_HEADER_LENGTH)
        return cut ? DISSECT_NOT_MINE : DISSECT_INCOMPLETE;
    struct cursor c = cursor_of(bytes);
    channel->number = cursor_u16(&c);
    channel->length = cursor_u16(&c);
    channel->data = bytes_first(cursor_rest(&c), channel->length);
    size_t whole = (size_t)CHANNEL_HEADER_LENGTH + channel->length;
    if (!stream && bytes.length > whole + PADDING_MAXIMUM)
        return DISSECT_NOT_MINE;
    whole = stream ? padded(whole) : whole;
    channel->consumed = bytes.length < whole ? bytes.length : whole;
    if (bytes.length < whole)
        return cut ? DISSECT_CUT_SHORT : DISSECT_INCOMPLETE;
    return DISSECT_OK;
}

static enum dissect_status message_length(struct bytes stream, size_t *length)
{
    struct cursor c = cursor_of(stream);
    cursor_skip(&c, 2);
    uint16_t attributes = cursor_u16(&c);
    uint32_t cookie = cursor_u32(&c);
    if (c.failed)
        return DISSECT_INCOMPLETE;
    if (cookie != STUN_MAGIC_COOKIE || attributes % 4 != 0)
        return DISSECT_NOT_MINE;
    *length = (size_t)STUN_HEADER_LENGTH + attributes;
    return DISSECT_OK;
}

enum dissect_status stun_frame_length(struct bytes stream, size_t *length)
{
    if (stream.length == 0)
        return DISSECT_INCOMPLETE;
    if (stream.data[0] <= STUN_FIRST_BYTE_MAXIMUM)
        return message_length(stream, length);
    if (!is_channel(stream.data[0]))
        return DISSECT_NOT_MINE;
    struct cursor c = cursor_of(stream);
    cursor_skip(&c, 2);
    size_t data = cursor_u16(&c);
    if (c.failed)
        return DISSECT_INCOMPLETE;
    *length = padded(CHANNEL_HEADER_LENGTH + data);
    return DISSECT_OK;
}
