/* SPDX-License-Identifier: MIT */
/* Where packets are in a file, in bounded memory: of every so many frames the offset. Private to
 * this folder. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_OFFSETS_H
#define TURNSCOPE_ANALYZER_CAPTURE_OFFSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OFFSETS_KEPT = 1024, OFFSETS_FIRST_STRIDE = 64 };

/* All zero: nothing yet. */
struct offsets {
    uint64_t stride; /* frames between two that are kept, a power of two; 0: nothing yet */
    size_t count;
    uint64_t kept[OFFSETS_KEPT]; /* of frames 1, 1 + stride, 1 + 2 * stride, ... */
};

/* Whether the frame's offset is one to keep. Frames are asked about in order. */
static inline bool offsets_want(const struct offsets *offsets, uint64_t frame)
{
    return offsets->stride == 0 || ((frame - 1) & (offsets->stride - 1)) == 0;
}

/* Keeps the offset of a frame that is wanted. */
void offsets_note(struct offsets *offsets, uint64_t frame, uint64_t offset);

/* The last frame at or before `frame` whose offset is kept, and *offset; 0: there is none. */
uint64_t offsets_before(const struct offsets *offsets, uint64_t frame, uint64_t *offset);

#endif
