/* SPDX-License-Identifier: MIT */
/* Eight octets a segment, for one of two streams. What a byte is follows from its sequence number,
 * so that whatever comes out can be checked. */
#include "analyzer/flow/streams.h"
#include "analyzer/time.h"
#include "tests/fuzz/fuzz.h"

enum { STREAMS = 2, STEP = 8, SEGMENT_MAX = 4096 };

static struct streams streams;

static uint8_t byte_at(uint32_t sequence)
{
    return (uint8_t)((sequence * 2654435761u) >> 24);
}

static void require_right(const struct stream *stream)
{
    struct bytes there = stream_peek(&streams, stream);
    for (size_t i = 0; i < there.length; i++)
        fuzz_require(there.data[i] == byte_at(stream->sequence + (uint32_t)i));
}

static void push(struct stream *stream, struct cursor *c, int64_t *time)
{
    uint8_t payload[SEGMENT_MAX];
    uint8_t kind = cursor_u8(c);
    uint32_t place = cursor_u16(c) * (kind & 4 ? 0x10000u : 1u);
    size_t length = cursor_u16(c) % SEGMENT_MAX;
    uint32_t sequence = kind & 2 ? stream->sequence + place - 2000 : stream->sequence;
    *time += cursor_u8(c) * (100 * MILLISECONDS);
    for (size_t i = 0; i < length; i++)
        payload[i] = byte_at(sequence + (uint32_t)i);
    struct bytes copy = exact_copy(bytes_of(payload, kind & 8 ? length / 2 : length));
    stream_push(&streams, stream, sequence, copy, length, *time);
    (void)stream_gap(stream);
    require_right(stream);
    stream_consume(&streams, stream, (size_t)cursor_u16(c) % (SEGMENT_MAX + 1000));
    require_right(stream);
    if (kind & 16)
        stream_note_acknowledgment(stream, sequence + 2000);
    stream_keep(&streams, stream);
    fuzz_free(copy);
    require_right(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream both[STREAMS] = {0};
    struct cursor c = cursor_of(bytes_of(data, size));
    int64_t time = SECONDS;
    if (streams.buffers.classes[0].blocks == NULL && streams_init(&streams, 1) != 0)
        return 0;
    while (cursor_left(&c) >= STEP)
        push(&both[*c.at % STREAMS], &c, &time);
    for (unsigned i = 0; i < STREAMS; i++) {
        stream_stop(&streams, &both[i]);
        fuzz_require(both[i].assembly.buffer.size == 0);
    }
    return 0;
}
