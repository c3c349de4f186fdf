/* SPDX-License-Identifier: MIT */
/* Messages that span segments of TCP, put together from the packets that are kept. */
#ifndef TURNSCOPE_UI_TUI_SPANNING_H
#define TURNSCOPE_UI_TUI_SPANNING_H

#include "ui/tui/packets.h"

enum { SPANNING_BYTES = 32 * 1024, SPANNING_STREAMS = 64 };

/* What a segment says, and what those behind it add to its last message. */
struct spanning {
    size_t length;
    unsigned segments;   /* that gave something */
    uint64_t last_frame; /* of the last of them */
    uint32_t end;        /* sequence number behind the last byte */
    uint8_t bytes[SPANNING_BYTES];
};

/* Gathers the payload of a segment from byte `skip` on, and what the segments after it add until
 * the message that begins in it last is whole, or the next piece is not there. False: it is no
 * segment with such a byte. */
bool spanning_gather(struct spanning *spanning, const struct packets *packets,
                     const struct engine *engine, const struct stored_packet *first, size_t skip);

/* A copy of the stored packet which has that for its payload when it is not that of the segment
 * alone. It borrows from both. */
struct stored_packet spanning_whole(struct spanning *spanning, const struct packets *packets,
                                    const struct engine *engine, const struct stored_packet *first,
                                    size_t skip);

/* How far into each stream its packets, looked at in order, have come. All zero: nothing yet. */
struct spanning_streams {
    size_t next; /* the place to use again */
    struct spanning_stream {
        struct transport_address source, destination;
        uint32_t seen; /* sequence number behind the segments so far */
        uint32_t end;  /* and behind what was gathered from those to come */
        bool is_used;
    } streams[SPANNING_STREAMS];
};

/* How many bytes of the segment's payload belong to a message that was gathered before: all of them
 * when nothing else is in it. A segment that was seen already counts as new. */
size_t spanning_skip(struct spanning_streams *streams, const struct stored_packet *stored,
                     const struct packet *packet);

/* Notes that more than the segment itself was gathered. */
void spanning_note(struct spanning_streams *streams, const struct stored_packet *stored,
                   const struct packet *packet, const struct spanning *spanning);

#endif
