/* SPDX-License-Identifier: MIT */
/* A table of fixed capacity with keyed hashing and least-recently-used eviction.
 *
 * Every kind of state that packets can create lives in one of these: memory is bounded by the
 * capacity, collisions cannot be aimed at (the hash has a random key), and what is lost to a full
 * table before its time is counted. A record begins with its key. Records do not move. */
#ifndef TURNSCOPE_ANALYZER_FLOW_TABLE_H
#define TURNSCOPE_ANALYZER_FLOW_TABLE_H

#include "analyzer/flow/key_hash.h"
#include "analyzer/flow/table_index.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What other code keeps of a record: stale after the record was removed or evicted. All zero: none.
 */
struct record_id {
    uint32_t index;      /* from 0 */
    uint32_t generation; /* never 0 for a live record */
};

struct table {
    unsigned char *slots; /* in `memory`, at the start of a cache line */
    struct table_index index;
    struct key_hash hash;
    uint64_t text_key[2]; /* for siphash, where a key has the hash of a text instead of the text */
    size_t record_size;
    size_t key_size;
    size_t cleared_size;
    size_t foreseen_lines; /* of a record and what stands before it; two at least */
    size_t stride;
    void *memory;
    uint32_t capacity;
    uint32_t used;
    uint32_t
        untouched; /* slots never used yet: the memory of a big table is only touched on need */
    uint32_t free; /* head of the free list */
    uint32_t oldest;
    uint32_t newest;
    bool second_chance;
    uint64_t evicted; /* records lost to a full table that could still have been of use */
    uint32_t now;     /* LIMIT_TICKs; whoever knows the time sets it now and then */
    /* Whether a record has told all it can tell, so that nothing is lost with it. NULL: none ever
     * has, unless it was not used for LIMIT_RECORD_IDLE. */
    bool (*is_spent)(const void *record);
    /* Called with a record about to be evicted or removed, when set. */
    void (*release)(void *context, void *record);
    void *release_context;
};

/* capacity >= 2 records of record_size bytes, whose first key_size bytes (KEY_HASH_LONGEST at most)
 * are the key (padding included: clear a key before filling it). key_size 0: a record has no key;
 * table_add makes a new one each time, and whoever wants it back keeps its id. 0, or -1 when memory
 * is short. */
int table_init(struct table *table, uint32_t capacity, size_t record_size, size_t key_size);
void table_free(struct table *table);

/* A record of many kilobytes is not cleared all over each time: a new one has zeros in its first
 * `size` bytes only, and what is behind them is whatever was there. */
void table_clear_only(struct table *table, size_t size);

/* How much of a record, from its beginning, table_foresee_at shall ask for; else what fits in two
 * cache lines. */
void table_foresee_more(struct table *table, size_t size);

/* Touching a record does not move it among the others, which costs a look at both its neighbours
 * in memory; it is marked, and made the newest when its turn to be evicted comes ("clock"). Then
 * the order of age is that of creation, but for records that lived longer than others for that.
 * For tables whose order nobody asks for. */
void table_give_second_chance(struct table *table);

/* The record with this key, or NULL. Does not change its age. */
void *table_find(const struct table *table, const void *key);

/* `key` is NULL where records have none. The record with this key, made the newest; when there is
 * none, a new one whose bytes after the key are zero (*created says which). Never fails: a full
 * table gives up its oldest record. */
void *table_add(struct table *table, const void *key, bool *created);

/* The same in steps, for a key that is known ahead of its turn. Memory takes longer than all else:
 * table_foresee asks for the index, a while later table_foresee_record for the record, and by the
 * time of table_add_hashed they have come. The record is a guess, by the hash alone, or NULL. */
uint32_t table_hash(const struct table *table, const void *key);
void table_foresee(const struct table *table, uint32_t hash);
void *table_foresee_record(const struct table *table, uint32_t hash);
void *table_find_hashed(const struct table *table, const void *key, uint32_t hash);
void *table_add_hashed(struct table *table, const void *key, uint32_t hash, bool *created);

/* Touches a record, if it is live, as table_add_hashed does: for who has such a guess and has seen
 * that its key is the right one. */
bool table_touch_live(struct table *table, const void *record);

/* Asks for the memory of a record whose id is known. */
void table_foresee_at(const struct table *table, struct record_id id);

/* Makes the record the newest. */
void table_touch(struct table *table, const void *record);

/* Takes the record out. Its bytes stay as they are until the slot is used again by table_add, so
 * that events about it can still be read in the same step. */
void table_remove(struct table *table, void *record);

/* Takes the oldest record out as if the table were full; there must be one. */
void table_evict(struct table *table);

/* In order of age: the oldest (NULL when empty), and the next newer one (NULL at the end). */
void *table_oldest(const struct table *table);
void *table_newer(const struct table *table, const void *record);

struct record_id table_id(const struct table *table, const void *record);
/* NULL when the id is stale or empty. */
void *table_at(const struct table *table, struct record_id id);

#endif
