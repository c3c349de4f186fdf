/* SPDX-License-Identifier: MIT */
/* What one client did, in lines. Most timelines have a few moments, some have many: their memory is
 * handed out in blocks, from one pool for all. */
#ifndef TURNSCOPE_ANALYZER_TRACK_TIMELINE_H
#define TURNSCOPE_ANALYZER_TRACK_TIMELINE_H

#include "analyzer/evidence.h"

enum {
    TIMELINE_BLOCK = 4, /* moments of one block */
    TIMELINE_BLOCKS = 16,
    TIMELINE_MOMENTS = TIMELINE_BLOCK * TIMELINE_BLOCKS,
    TIMELINE_LATEST = 3,
};

/* One line of a timeline. */
struct moment {
    struct evidence evidence;
    uint8_t step;     /* enum attempt_step */
    uint8_t state;    /* enum step_state: what this moment showed */
    uint16_t repeats; /* moments just like it that followed directly, or as one of a pair */
};

/* All zero: empty. */
struct timeline {
    uint32_t seen;                    /* moments; those beyond TIMELINE_MOMENTS are only counted */
    uint32_t latest[TIMELINE_LATEST]; /* what the last moments are told apart by, newest first */
    uint16_t blocks[TIMELINE_BLOCKS];
};

struct timeline_pool {
    struct moment *moments;
    uint16_t *free_blocks;
    uint32_t free_count;
};

/* Room for LIMIT_TIMELINE_BLOCKS at LIMIT_MEMORY, for one whole timeline at least. 0; or -1 when
 * memory is short, with nothing left to free. */
int timeline_pool_init(struct timeline_pool *pool, uint32_t megabytes);
void timeline_pool_free(struct timeline_pool *pool);

/* Whether the pool has what the timeline may need for its next moment. */
bool timeline_has_room(const struct timeline_pool *pool, const struct timeline *timeline);

/* Asks for the memory that its next moment will take. */
void timeline_foresee(const struct timeline_pool *pool, const struct timeline *timeline);

/* Adds a moment to a timeline that has room. One that is like the last is counted there; so is the
 * second of a pair that is like the pair before. */
void timeline_add(struct timeline_pool *pool, struct timeline *timeline,
                  const struct moment *moment);

/* How many moments are kept: the first ones. */
size_t timeline_kept(const struct timeline *timeline);

/* Number `index` of them, from 0. */
const struct moment *timeline_moment(const struct timeline_pool *pool,
                                     const struct timeline *timeline, size_t index);

/* Gives its memory back. */
void timeline_release(struct timeline_pool *pool, const struct timeline *timeline);

#endif
