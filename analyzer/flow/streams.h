/* SPDX-License-Identifier: MIT */
/* One direction of a TCP connection as the bytes its application wrote (RFC 9293 section 3.4).
 *
 * Segments in order are shown as they are, without a copy. Only what the consumer leaves, and what
 * arrives ahead of a missing segment, is stored, in memory that is bounded for all streams
 * together. For each segment:
 *
 *     stream_push(...);
 *     if ((missing = stream_gap(stream)) > 0)
 *         what comes now stands `missing` bytes farther on;
 *     while ((used = parse(stream_peek(...))) > 0)
 *         stream_consume(..., used);
 *     stream_keep(...);
 */
#ifndef TURNSCOPE_ANALYZER_FLOW_STREAMS_H
#define TURNSCOPE_ANALYZER_FLOW_STREAMS_H

#include "analyzer/flow/assembly.h"

enum stream_state {
    STREAM_NEW,     /* nothing is known: the first segment pushed is the start */
    STREAM_OPEN,    /* the number of the next byte is known */
    STREAM_STOPPED, /* nobody reads it any more */
};

/* All zero: new. Must not move while it holds bytes. */
struct stream {
    struct assembly assembly; /* from `sequence` on */
    struct bytes direct;      /* unread bytes of the segment in hand, when nothing is stored */
    uint32_t sequence;        /* of the first unread byte */
    uint32_t lost;            /* bytes behind the unread ones that the snaplen cut off */
    uint32_t stray_end;       /* where a segment from nowhere near ended */
    uint32_t gaps;            /* times that bytes were skipped */
    int64_t hole_since;       /* nanoseconds; when the first segment behind a hole came */
    uint64_t skipped;         /* bytes that no segment brought in time */
    size_t jump;              /* what stream_gap will tell */
    uint8_t state;            /* enum stream_state */
    bool stray;
    bool acknowledged; /* the receiver has what is missing here: it was lost by the capture */
};

struct streams {
    struct buffers buffers;
    uint64_t gaps;
    uint64_t skipped; /* bytes */
};

/* Memory is sized by LIMIT_STREAM_BLOCKS_*. 0, or -1 when memory is short. */
int streams_init(struct streams *streams, uint32_t megabytes);
void streams_free(struct streams *streams);

/* The first byte will have this sequence number: that of the SYN, plus one. */
void stream_start(struct stream *stream, uint32_t sequence);

/* A segment: `payload` is what was captured of its `length` bytes, the first of which is number
 * `sequence`. A hole in front of it is waited for, but not longer than LIMIT_STREAM_WAIT or
 * LIMIT_STREAM_HELD say. */
void stream_push(struct streams *streams, struct stream *stream, uint32_t sequence,
                 struct bytes payload, size_t length, int64_t time);

/* The other side has everything in front of this number: what is missing of it here will not be
 * sent again. */
void stream_note_acknowledgment(struct stream *stream, uint32_t acknowledgment);

/* Whether there is anything to read, to be told, or to be kept. */
static inline bool stream_has_news(const struct stream *stream)
{
    return stream->state != STREAM_STOPPED &&
           (stream->assembly.ready > 0 || stream->direct.length > 0 || stream->lost > 0 ||
            stream->jump > 0);
}

/* All unread bytes in order. Valid until the next call that is not const. */
struct bytes stream_peek(const struct streams *streams, const struct stream *stream);

/* What stream_peek shows was cut behind its end: what is incomplete now stays so. */
bool stream_is_cut(const struct stream *stream);

/* The first `length` bytes are done with. It may be more than stream_peek shows (up to
 * STREAM_SKIP_MAX): the others are skipped when they come, or are no loss when they do not. */
void stream_consume(struct streams *streams, struct stream *stream, size_t length);
enum { STREAM_SKIP_MAX = 0x1000000 };

/* How many bytes lie between the last one consumed and what stream_peek shows: 0 when it follows
 * on, SIZE_MAX when nobody knows. Each gap is told once. Bytes that were shown and not consumed in
 * front of it are gone, and count too. */
size_t stream_gap(struct stream *stream);

/* Stores what is left unread: the packet in hand is about to go. */
void stream_keep(struct streams *streams, struct stream *stream);

/* Nobody will read on: gives the memory back. Segments pushed later cost next to nothing. */
void stream_stop(struct streams *streams, struct stream *stream);

#endif
