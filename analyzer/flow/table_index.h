/* SPDX-License-Identifier: MIT */
/* From a hash to the places of a table: open addressing, so that a look-up in vain, and taking a
 * place out, look at one cache line and at none of the records, which are far away in memory.
 * Private to table.c. */
#ifndef TURNSCOPE_ANALYZER_FLOW_TABLE_INDEX_H
#define TURNSCOPE_ANALYZER_FLOW_TABLE_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct table_entry {
    uint32_t place; /* from 1; 0: empty */
    uint32_t hash;
};

struct table_index {
    struct table_entry *entries; /* at most half of them are in use */
    uint32_t mask;
};

/* For up to `capacity` places. 0, or -1 when memory is short. */
int table_index_init(struct table_index *index, uint32_t capacity);
void table_index_free(struct table_index *index);

/* The first entry of this hash, and the next one after it; NULL: no more. */
const struct table_entry *table_index_first(const struct table_index *index, uint32_t hash);
const struct table_entry *table_index_next(const struct table_index *index,
                                           const struct table_entry *entry);

void table_index_add(struct table_index *index, uint32_t hash, uint32_t place);
void table_index_remove(struct table_index *index, uint32_t hash, uint32_t place);

/* Asks for the memory that a call with this hash will look at. */
void table_index_prefetch(const struct table_index *index, uint32_t hash);

#endif
