/* SPDX-License-Identifier: MIT */
#include "analyzer/track/timeline.h"

#include "analyzer/limits.h"

#include <stdlib.h>
#include <string.h>

int timeline_pool_init(struct timeline_pool *pool, uint32_t megabytes)
{
    uint32_t count = limit_for(LIMIT_TIMELINE_BLOCKS, megabytes);
    count = count < TIMELINE_BLOCKS ? TIMELINE_BLOCKS : count;
    count = count > UINT16_MAX ? UINT16_MAX : count;
    pool->moments = calloc(count, TIMELINE_BLOCK * sizeof *pool->moments);
    pool->free_blocks = calloc(count, sizeof *pool->free_blocks);
    if (pool->moments == NULL || pool->free_blocks == NULL) {
        timeline_pool_free(pool);
        return -1;
    }
    while (count-- > 0) /* the last one goes out first: what is in use stays together in memory */
        pool->free_blocks[pool->free_count++] = (uint16_t)count;
    return 0;
}

void timeline_pool_free(struct timeline_pool *pool)
{
    free(pool->moments);
    free(pool->free_blocks);
    *pool = (struct timeline_pool){0};
}

size_t timeline_kept(const struct timeline *timeline)
{
    return timeline->seen < TIMELINE_MOMENTS ? timeline->seen : TIMELINE_MOMENTS;
}

static struct moment *moment_at(const struct timeline_pool *pool, const struct timeline *timeline,
                                size_t index)
{
    size_t block = timeline->blocks[index / TIMELINE_BLOCK];
    return &pool->moments[block * TIMELINE_BLOCK + index % TIMELINE_BLOCK];
}

const struct moment *timeline_moment(const struct timeline_pool *pool,
                                     const struct timeline *timeline, size_t index)
{
    return moment_at(pool, timeline, index);
}

static bool needs_block(const struct timeline *timeline)
{
    return timeline->seen < TIMELINE_MOMENTS && timeline->seen % TIMELINE_BLOCK == 0;
}

bool timeline_has_room(const struct timeline_pool *pool, const struct timeline *timeline)
{
    return pool->free_count > 0 || !needs_block(timeline);
}

static void ask_for(const struct moment *moment)
{
    enum { CACHE_LINE = 64 };
    for (size_t at = 0; at < sizeof *moment; at += CACHE_LINE)
        __builtin_prefetch((const char *)moment + at, 1);
}

/* The next block to be taken, by whatever timeline. */
static void ask_for_free_block(const struct timeline_pool *pool)
{
    if (pool->free_count > 0)
        ask_for(&pool->moments[(size_t)pool->free_blocks[pool->free_count - 1] * TIMELINE_BLOCK]);
}

static void take_block(struct timeline_pool *pool, struct timeline *timeline)
{
    timeline->blocks[timeline->seen / TIMELINE_BLOCK] = pool->free_blocks[--pool->free_count];
    ask_for_free_block(pool);
}

void timeline_foresee(const struct timeline_pool *pool, const struct timeline *timeline)
{
    if (!needs_block(timeline) && timeline->seen < TIMELINE_MOMENTS)
        ask_for(moment_at(pool, timeline, timeline->seen));
}

/* The block of the moment that would be the next, when that is the first in it. */
static void give_block_back(struct timeline_pool *pool, const struct timeline *timeline)
{
    if (needs_block(timeline))
        pool->free_blocks[pool->free_count++] = timeline->blocks[timeline->seen / TIMELINE_BLOCK];
}

void timeline_release(struct timeline_pool *pool, const struct timeline *timeline)
{
    for (size_t i = 0; i * TIMELINE_BLOCK < timeline_kept(timeline); i++)
        pool->free_blocks[pool->free_count++] = timeline->blocks[i];
}

static bool same_moment(const struct moment *a, const struct moment *b)
{
    return a->step == b->step && a->state == b->state &&
           a->evidence.protocol == b->evidence.protocol && a->evidence.kind == b->evidence.kind &&
           a->evidence.code == b->evidence.code &&
           ip_address_equal(&a->evidence.source.ip, &b->evidence.source.ip) &&
           ip_address_equal(&a->evidence.destination.ip, &b->evidence.destination.ip) &&
           memcmp(a->evidence.detail, b->evidence.detail, sizeof a->evidence.detail) == 0;
}

/* The same of moments that are the same. */
static uint32_t likeness(const struct moment *moment)
{
    const struct evidence *evidence = &moment->evidence;
    uint64_t sum = (uint64_t)moment->step << 56 ^ (uint64_t)moment->state << 48 ^
                   (uint64_t)evidence->kind << 32 ^ (uint64_t)evidence->code << 16 ^
                   evidence->protocol;
    for (size_t i = 0; i < sizeof evidence->detail; i += sizeof sum) {
        uint64_t word;
        memcpy(&word, evidence->detail + i, sizeof word);
        sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    }
    return (uint32_t)(sum >> 32);
}

static void repeat(struct moment *moment, unsigned times)
{
    unsigned repeats = moment->repeats + times;
    moment->repeats = (uint16_t)(repeats < UINT16_MAX ? repeats : UINT16_MAX);
}

static struct moment *from_end(const struct timeline_pool *pool, const struct timeline *timeline,
                               size_t back)
{
    return moment_at(pool, timeline, timeline->seen - 1 - back);
}

/* Whether the moment `back` before the last one is like this one. What is kept is far away in
 * memory: it is looked at when the answer is nearly sure. */
static inline bool is_like(const struct timeline_pool *pool, const struct timeline *timeline,
                           size_t back, const struct moment *moment, uint32_t alike)
{
    return back < timeline->seen && timeline->latest[back] == alike &&
           same_moment(from_end(pool, timeline, back), moment);
}

/* A request and its answer, like those before them: a client that asks in vain does so for ever. */
static bool repeats_pair(const struct timeline_pool *pool, const struct timeline *timeline,
                         const struct moment *moment, uint32_t alike)
{
    return is_like(pool, timeline, 1, moment, alike) &&
           is_like(pool, timeline, 2, from_end(pool, timeline, 0), timeline->latest[0]);
}

/* Into the pair before. */
static void merge_last(struct timeline_pool *pool, struct timeline *timeline)
{
    repeat(from_end(pool, timeline, 2), from_end(pool, timeline, 0)->repeats + 1U);
    repeat(from_end(pool, timeline, 1), 1);
    timeline->seen--;
    give_block_back(pool, timeline);
    for (size_t i = 0; i < TIMELINE_LATEST && i < timeline->seen; i++)
        timeline->latest[i] = likeness(from_end(pool, timeline, i));
}

static void append(struct timeline_pool *pool, struct timeline *timeline,
                   const struct moment *moment, uint32_t alike)
{
    if (needs_block(timeline))
        take_block(pool, timeline);
    if (timeline->seen < TIMELINE_MOMENTS)
        *moment_at(pool, timeline, timeline->seen) = *moment;
    timeline->seen++;
    memmove(timeline->latest + 1, timeline->latest, sizeof timeline->latest - sizeof alike);
    timeline->latest[0] = alike;
}

void timeline_add(struct timeline_pool *pool, struct timeline *timeline,
                  const struct moment *moment)
{
    bool all_kept =
        timeline->seen <= TIMELINE_MOMENTS; /* else the last one kept came long before */
    uint32_t alike = likeness(moment);
    if (all_kept && is_like(pool, timeline, 0, moment, alike))
        repeat(from_end(pool, timeline, 0), 1);
    else if (all_kept && repeats_pair(pool, timeline, moment, alike))
        merge_last(pool, timeline);
    else
        append(pool, timeline, moment, alike);
}
