/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/table_index.h"

#include <stdlib.h>

static uint32_t entries_for(uint32_t capacity)
{
    uint32_t count = 16;
    while (count / 2 < capacity && count < UINT32_C(1) << 31)
        count *= 2;
    return count;
}

int table_index_init(struct table_index *index, uint32_t capacity)
{
    uint32_t count = entries_for(capacity);
    index->mask = count - 1;
    index->entries = calloc(count, sizeof *index->entries);
    return index->entries == NULL ? -1 : 0;
}

void table_index_free(struct table_index *index)
{
    free(index->entries);
    index->entries = NULL;
}

/* From this position on, up to an empty entry. */
static const struct table_entry *find_from(const struct table_index *index, uint32_t at,
                                           uint32_t hash)
{
    for (; index->entries[at & index->mask].place != 0; at++)
        if (index->entries[at & index->mask].hash == hash)
            return &index->entries[at & index->mask];
    return NULL;
}

const struct table_entry *table_index_first(const struct table_index *index, uint32_t hash)
{
    return find_from(index, hash, hash);
}

const struct table_entry *table_index_next(const struct table_index *index,
                                           const struct table_entry *entry)
{
    return find_from(index, (uint32_t)(entry - index->entries) + 1, entry->hash);
}

void table_index_add(struct table_index *index, uint32_t hash, uint32_t place)
{
    uint32_t at = hash;
    while (index->entries[at & index->mask].place != 0)
        at++;
    index->entries[at & index->mask] = (struct table_entry){place, hash};
}

/* What stands behind the hole, and is not at home between the hole and itself, moves up: no entry
 * is ever behind an empty one on its way from home. */
static void close_hole(struct table_index *index, uint32_t hole)
{
    for (uint32_t at = hole + 1; index->entries[at & index->mask].place != 0; at++) {
        uint32_t from_home = (at - index->entries[at & index->mask].hash) & index->mask;
        if (from_home < at - hole)
            continue;
        index->entries[hole & index->mask] = index->entries[at & index->mask];
        hole = at;
    }
    index->entries[hole & index->mask] = (struct table_entry){0, 0};
}

void table_index_remove(struct table_index *index, uint32_t hash, uint32_t place)
{
    uint32_t at = hash;
    while (index->entries[at & index->mask].place != place)
        at++;
    close_hole(index, at & index->mask);
}

void table_index_prefetch(const struct table_index *index, uint32_t hash)
{
    __builtin_prefetch(&index->entries[hash & index->mask], 1);
}
