/* SPDX-License-Identifier: MIT */
#include "dissectors/quic/frame.h"

#include "dissectors/quic/packet.h"

/* RFC 9000 19.3. The ranges are many at most by the payload's own length. */
static void skip_ack(struct cursor *c, bool with_ecn)
{
    (void)quic_varint(c);
    (void)quic_varint(c);
    uint64_t ranges = quic_varint(c);
    (void)quic_varint(c);
    while (ranges-- > 0 && !c->failed) {
        (void)quic_varint(c);
        (void)quic_varint(c);
    }
    for (unsigned i = 0; with_ecn && i < 3; i++)
        (void)quic_varint(c);
}

static void skip_padding(struct cursor *c)
{
    while (cursor_left(c) > 0 && c->at[0] == QUIC_PADDING)
        cursor_skip(c, 1);
}

static void read_close(struct quic_frame *frame, struct cursor *c)
{
    frame->error_code = quic_varint(c);
    if (frame->type == QUIC_CONNECTION_CLOSE)
        (void)quic_varint(c); /* the type of the frame that was wrong */
    frame->data = quic_take(c, quic_varint(c));
}

static void read_crypto(struct quic_frame *frame, struct cursor *c)
{
    frame->offset = quic_varint(c);
    frame->data = quic_take(c, quic_varint(c));
}

/* What is of no use here is a number of varints, and then bytes (RFC 9000 19, RFC 9221 4). */
enum tail { TAIL_NONE, TAIL_COUNTED, TAIL_REST, TAIL_8, TAIL_CONNECTION_ID };

static const struct shape {
    uint8_t type;
    uint8_t varints;
    uint8_t tail; /* enum tail */
} shapes[] = {
    {QUIC_PING, 0, TAIL_NONE},
    {QUIC_RESET_STREAM, 3, TAIL_NONE},
    {QUIC_STOP_SENDING, 2, TAIL_NONE},
    {QUIC_NEW_TOKEN, 0, TAIL_COUNTED},
    {QUIC_STREAM, 1, TAIL_REST},
    {QUIC_STREAM + 1, 1, TAIL_REST}, /* FIN */
    {QUIC_STREAM + 2, 1, TAIL_COUNTED},
    {QUIC_STREAM + 3, 1, TAIL_COUNTED},
    {QUIC_STREAM + 4, 2, TAIL_REST}, /* with an offset */
    {QUIC_STREAM + 5, 2, TAIL_REST},
    {QUIC_STREAM + 6, 2, TAIL_COUNTED},
    {QUIC_STREAM + 7, 2, TAIL_COUNTED},
    {QUIC_MAX_DATA, 1, TAIL_NONE},
    {QUIC_MAX_STREAM_DATA, 2, TAIL_NONE},
    {QUIC_MAX_STREAMS, 1, TAIL_NONE},
    {QUIC_MAX_STREAMS + 1, 1, TAIL_NONE},
    {QUIC_DATA_BLOCKED, 1, TAIL_NONE},
    {QUIC_STREAM_DATA_BLOCKED, 2, TAIL_NONE},
    {QUIC_STREAMS_BLOCKED, 1, TAIL_NONE},
    {QUIC_STREAMS_BLOCKED + 1, 1, TAIL_NONE},
    {QUIC_NEW_CONNECTION_ID, 2, TAIL_CONNECTION_ID},
    {QUIC_RETIRE_CONNECTION_ID, 1, TAIL_NONE},
    {QUIC_PATH_CHALLENGE, 0, TAIL_8},
    {QUIC_PATH_RESPONSE, 0, TAIL_8},
    {QUIC_HANDSHAKE_DONE, 0, TAIL_NONE},
    {QUIC_DATAGRAM, 0, TAIL_REST},
    {QUIC_DATAGRAM + 1, 0, TAIL_COUNTED},
};

static void skip_tail(struct cursor *c, enum tail tail)
{
    enum { RESET_TOKEN = 16 };
    switch (tail) {
    case TAIL_NONE:
        break;
    case TAIL_COUNTED:
        (void)quic_take(c, quic_varint(c));
        break;
    case TAIL_REST:
        cursor_skip(c, cursor_left(c));
        break;
    case TAIL_8:
        cursor_skip(c, 8);
        break;
    case TAIL_CONNECTION_ID:
        cursor_skip(c, cursor_u8(c));
        cursor_skip(c, RESET_TOKEN);
        break;
    }
}

/* False: no such frame. */
static bool skip_other(uint64_t type, struct cursor *c)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (shapes[i].type != type)
            continue;
        for (unsigned varint = 0; varint < shapes[i].varints; varint++)
            (void)quic_varint(c);
        skip_tail(c, (enum tail)shapes[i].tail);
        return true;
    }
    return false;
}

static bool read_frame(struct quic_frame *frame, struct cursor *c)
{
    switch (frame->type) {
    case QUIC_PADDING:
        skip_padding(c);
        break;
    case QUIC_ACK:
    case QUIC_ACK_ECN:
        skip_ack(c, frame->type == QUIC_ACK_ECN);
        break;
    case QUIC_CRYPTO:
        read_crypto(frame, c);
        break;
    case QUIC_CONNECTION_CLOSE:
    case QUIC_APPLICATION_CLOSE:
        read_close(frame, c);
        break;
    default:
        return skip_other(frame->type, c) && !c->failed;
    }
    return !c->failed;
}

enum dissect_status quic_frame_next(struct quic_frame *frame, struct bytes *payload)
{
    struct cursor c = cursor_of(*payload);
    *frame = (struct quic_frame){0};
    if (cursor_left(&c) == 0)
        return DISSECT_NOT_MINE;
    frame->type = quic_varint(&c);
    bool good = read_frame(frame, &c);
    *payload = cursor_rest(&c);
    return good ? DISSECT_OK : DISSECT_MALFORMED;
}

/* Where a range from `start` belongs among the others. */
static size_t place_of(const struct quic_crypto *crypto, uint32_t start)
{
    size_t place = 0;
    while (place < crypto->count && crypto->ranges[place].end < start)
        place++;
    return place;
}

/* Joins the range with all that it touches; false when there is no room for one more. */
static bool note_range(struct quic_crypto *crypto, uint32_t start, uint32_t end)
{
    size_t first = place_of(crypto, start);
    size_t last = first;
    for (; last < crypto->count && crypto->ranges[last].start <= end; last++) {
        if (crypto->ranges[last].start < start)
            start = crypto->ranges[last].start;
        if (crypto->ranges[last].end > end)
            end = crypto->ranges[last].end;
    }
    if (last == first && crypto->count == QUIC_CRYPTO_RANGES)
        return false;
    memmove(&crypto->ranges[first + 1], &crypto->ranges[last],
            (crypto->count - last) * sizeof crypto->ranges[0]);
    crypto->ranges[first] = (struct quic_crypto_range){.start = start, .end = end};
    crypto->count = crypto->count - (last - first) + 1;
    return true;
}

void quic_crypto_add(struct quic_crypto *crypto, uint64_t offset, struct bytes data)
{
    if (offset >= crypto->capacity || offset > UINT32_MAX / 2)
        return;
    data = bytes_first(data, crypto->capacity - (size_t)offset);
    if (data.length == 0 || data.length > UINT32_MAX / 2)
        return;
    if (note_range(crypto, (uint32_t)offset, (uint32_t)(offset + data.length)))
        memcpy(crypto->buffer + offset, data.data, data.length);
}

struct bytes quic_crypto_ready(const struct quic_crypto *crypto)
{
    bool begun = crypto->count > 0 && crypto->ranges[0].start == 0;
    return bytes_of(crypto->buffer, begun ? crypto->ranges[0].end : 0);
}
