/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/streams.h"

#include "analyzer/limits.h"

struct segment {
    uint32_t sequence;
    struct bytes payload; /* what was captured */
    size_t length;        /* on the wire */
    int64_t time;
};

int streams_init(struct streams *streams, uint32_t megabytes)
{
    const uint32_t counts[BUFFER_SIZES] = {limit_for(LIMIT_STREAM_BLOCKS_2K, megabytes),
                                           limit_for(LIMIT_STREAM_BLOCKS_8K, megabytes),
                                           limit_for(LIMIT_STREAM_BLOCKS_32K, megabytes),
                                           limit_for(LIMIT_STREAM_BLOCKS_128K, megabytes)};
    *streams = (struct streams){0};
    return buffers_init(&streams->buffers, counts);
}

void streams_free(struct streams *streams)
{
    buffers_free(&streams->buffers);
}

void stream_start(struct stream *stream, uint32_t sequence)
{
    stream->sequence = sequence;
    stream->state = STREAM_OPEN;
}

static size_t unread(const struct stream *stream)
{
    return stream->assembly.ready > 0 ? stream->assembly.ready : stream->direct.length;
}

static void advance(struct streams *streams, struct stream *stream, size_t length)
{
    size_t available = unread(stream);
    if (length > available) {
        size_t beyond = length - available;
        stream->lost = stream->lost > beyond ? stream->lost - (uint32_t)beyond : 0;
    }
    stream->direct = bytes_from(stream->direct, length);
    if (stream->assembly.buffer.size != 0)
        assembly_skip(&streams->buffers, &stream->assembly, length);
    stream->sequence += (uint32_t)length;
}

/* Skips `length` bytes, of which the unread ones are dropped with the hole behind them: the message
 * that they begin will never be whole. */
static void skip(struct streams *streams, struct stream *stream, size_t length)
{
    size_t missing = length - unread(stream);
    advance(streams, stream, length);
    stream->jump += stream->jump == SIZE_MAX ? 0 : length;
    stream->gaps++;
    stream->skipped += missing;
    streams->gaps++;
    streams->skipped += missing;
}

/* Everything stored is dropped; the stream goes on with this segment. */
static void restart(struct streams *streams, struct stream *stream, const struct segment *segment)
{
    assembly_release(&streams->buffers, &stream->assembly);
    stream->assembly.evicted = false;
    stream->sequence = segment->sequence;
    stream->direct = segment->payload;
    stream->lost = (uint32_t)(segment->length - segment->payload.length);
    stream->hole_since = 0;
    stream->jump = SIZE_MAX;
    stream->gaps++;
    streams->gaps++;
}

static bool is_near(const struct stream *stream, uint32_t sequence)
{
    int32_t ahead = (int32_t)(sequence - stream->sequence);
    return ahead > -STREAM_SKIP_MAX && ahead <= (int32_t)unread(stream) + LIMIT_STREAM_AHEAD;
}

/* A segment too far from what is expected: one alone may be anything. When the next one follows it,
 * the capture has lost a lot, or a new connection uses the five-tuple. */
static void push_far(struct streams *streams, struct stream *stream, const struct segment *segment)
{
    if (stream->stray && stream->stray_end == segment->sequence) {
        stream->stray = false;
        restart(streams, stream, segment);
        return;
    }
    stream->stray = true;
    stream->stray_end = segment->sequence + (uint32_t)segment->length;
}

static bool waited_enough(const struct stream *stream, int64_t time)
{
    if (stream->assembly.held == 0)
        return false;
    int64_t patience = stream->acknowledged ? LIMIT_STREAM_REORDER : LIMIT_STREAM_WAIT;
    return stream->assembly.held > LIMIT_STREAM_HELD || time - stream->hole_since > patience;
}

/* `grown`: what was missing came, and what is missing now is another hole. */
static void note_hole(struct streams *streams, struct stream *stream, bool grown, int64_t time)
{
    if (grown || stream->hole_since == 0) {
        stream->hole_since = time;
        stream->acknowledged = false;
    }
    if (waited_enough(stream, time)) {
        skip(streams, stream, assembly_hole_end(&streams->buffers, &stream->assembly));
        stream->hole_since = time;
        stream->acknowledged = false;
    }
    if (stream->assembly.held == 0)
        stream->hole_since = 0;
}

/* Bytes that follow the stored ones, fill a hole in front of others, or leave one. */
static void store(struct streams *streams, struct stream *stream, const struct segment *segment)
{
    struct assembly *assembly = &stream->assembly;
    size_t offset = segment->sequence - stream->sequence;
    size_t captured_end = offset + segment->payload.length;
    size_t end = offset + segment->length;
    uint32_t ready = assembly->ready;
    if (!assembly_write(&streams->buffers, assembly, offset, segment->payload,
                        segment->payload.length)) {
        restart(streams, stream, segment);
        return;
    }
    if (captured_end <= assembly->ready && end > assembly->ready && captured_end < end)
        stream->lost = (uint32_t)(end - assembly->ready);
    note_hole(streams, stream, assembly->ready > ready, segment->time);
}

static void push_near(struct streams *streams, struct stream *stream, struct segment *segment)
{
    int32_t ahead = (int32_t)(segment->sequence - stream->sequence);
    if (ahead < 0) {
        size_t old = (size_t)-ahead;
        if (old >= segment->length)
            return;
        segment->payload = bytes_from(segment->payload, old);
        segment->length -= old;
        segment->sequence = stream->sequence;
    }
    if (stream->assembly.evicted && ahead > 0)
        restart(streams, stream, segment);
    else if (ahead > 0 || stream->assembly.buffer.size != 0)
        store(streams, stream, segment);
    else {
        stream->assembly.evicted = false;
        stream->direct = segment->payload;
        stream->lost = (uint32_t)(segment->length - segment->payload.length);
    }
}

void stream_push(struct streams *streams, struct stream *stream, uint32_t sequence,
                 struct bytes payload, size_t length, int64_t time)
{
    if (stream->state == STREAM_STOPPED || length == 0)
        return;
    if (stream->state == STREAM_NEW)
        stream_start(stream, sequence);
    struct segment segment = {
        .sequence = sequence, .payload = payload, .length = length, .time = time};
    if (!is_near(stream, sequence)) {
        push_far(streams, stream, &segment);
        return;
    }
    stream->stray = false;
    push_near(streams, stream, &segment);
}

void stream_note_acknowledgment(struct stream *stream, uint32_t acknowledgment)
{
    if (stream->assembly.held > 0 &&
        (int32_t)(acknowledgment - stream->sequence - stream->assembly.ready) > 0)
        stream->acknowledged = true;
}

struct bytes stream_peek(const struct streams *streams, const struct stream *stream)
{
    if (stream->assembly.ready > 0)
        return assembly_ready(&streams->buffers, &stream->assembly);
    return stream->direct;
}

bool stream_is_cut(const struct stream *stream)
{
    return stream->lost > 0;
}

void stream_consume(struct streams *streams, struct stream *stream, size_t length)
{
    advance(streams, stream, length < STREAM_SKIP_MAX ? length : STREAM_SKIP_MAX);
}

size_t stream_gap(struct stream *stream)
{
    size_t jump = stream->jump;
    stream->jump = 0;
    return jump;
}

void stream_keep(struct streams *streams, struct stream *stream)
{
    if (stream->lost > 0)
        skip(streams, stream, unread(stream) + stream->lost);
    if (stream->direct.length == 0)
        return;
    /* At most 64 KiB into an empty assembly: there is always room. */
    assembly_write(&streams->buffers, &stream->assembly, 0, stream->direct, stream->direct.length);
    stream->direct = bytes_of(NULL, 0);
}

void stream_stop(struct streams *streams, struct stream *stream)
{
    assembly_release(&streams->buffers, &stream->assembly);
    stream->direct = bytes_of(NULL, 0);
    stream->lost = 0;
    stream->state = STREAM_STOPPED;
}
