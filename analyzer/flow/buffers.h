/* SPDX-License-Identifier: MIT */
/* Memory for bytes that have to wait: blocks of four sizes, allocated once.
 *
 * A block keeps, beside its bytes, one bit for each of them. When all blocks of a size are taken,
 * the one that was written to longest ago changes its owner. */
#ifndef TURNSCOPE_ANALYZER_FLOW_BUFFERS_H
#define TURNSCOPE_ANALYZER_FLOW_BUFFERS_H

#include <stddef.h>
#include <stdint.h>

enum { BUFFER_SIZES = 4, BUFFER_SMALLEST = 2048, BUFFER_LARGEST = 131072 };

struct buffer_slot {
    void *owner; /* NULL: free */
    uint32_t older;
    uint32_t newer; /* of a free slot: the next free one */
    uint32_t used;  /* LIMIT_TICKs; when it was last written to */
};

struct buffer_class {
    unsigned char *blocks;
    struct buffer_slot *slots;
    uint32_t count;
    uint32_t untouched; /* slots never used yet: their memory is only touched on need */
    uint32_t free;
    uint32_t oldest;
    uint32_t newest;
};

struct buffers {
    struct buffer_class classes[BUFFER_SIZES];
    uint64_t evicted;       /* blocks that changed their owner before their time */
    uint64_t evicted_bytes; /* that were in them, as far as owners tell */
    uint32_t now;           /* LIMIT_TICKs; whoever knows the time sets it now and then */
};

/* A block in hand; size 0: none. */
struct buffer {
    uint8_t size; /* index of its size, from 1 */
    uint32_t slot;
};

/* counts[i] blocks (1 at least) of BUFFER_SMALLEST * 4^i bytes. 0, or -1 when memory is short. */
int buffers_init(struct buffers *buffers, const uint32_t counts[BUFFER_SIZES]);
void buffers_free(struct buffers *buffers);

/* Takes the smallest kind of block that holds `length` bytes (BUFFER_LARGEST at most); its bits are
 * clear. *evicted is the owner that lost its block to this, or NULL. */
struct buffer buffers_take(struct buffers *buffers, size_t length, void *owner, void **evicted);
void buffers_release(struct buffers *buffers, struct buffer buffer);

/* Makes the block the last to change its owner. */
void buffers_touch(struct buffers *buffers, struct buffer buffer);

size_t buffer_capacity(struct buffer buffer);
uint8_t *buffer_bytes(const struct buffers *buffers, struct buffer buffer);
/* buffer_capacity / 8 bytes: one bit for each byte, for the owner's use. */
uint8_t *buffer_bits(const struct buffers *buffers, struct buffer buffer);

#endif
