/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/offsets.h"

/* Every second one goes. */
static void thin_out(struct offsets *offsets)
{
    for (size_t i = 0; i < OFFSETS_KEPT / 2; i++)
        offsets->kept[i] = offsets->kept[2 * i];
    offsets->count = OFFSETS_KEPT / 2;
    offsets->stride *= 2;
}

void offsets_note(struct offsets *offsets, uint64_t frame, uint64_t offset)
{
    if (offsets->stride == 0)
        offsets->stride = OFFSETS_FIRST_STRIDE;
    if (offsets->count == OFFSETS_KEPT)
        thin_out(offsets);
    if ((frame - 1) / offsets->stride == offsets->count && offsets_want(offsets, frame))
        offsets->kept[offsets->count++] = offset;
}

uint64_t offsets_before(const struct offsets *offsets, uint64_t frame, uint64_t *offset)
{
    if (offsets->count == 0)
        return 0;
    uint64_t place = frame > 0 ? (frame - 1) / offsets->stride : 0;
    if (place >= offsets->count)
        place = offsets->count - 1;
    *offset = offsets->kept[place];
    return 1 + place * offsets->stride;
}
