/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/table.h"

#include "analyzer/flow/siphash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define NONE UINT32_MAX

/* Stands before each record. */
struct slot {
    uint32_t next_in_bucket;
    uint32_t older;
    uint32_t newer;
    uint32_t generation; /* odd: live */
    uint64_t hash;
};

static struct slot *slot_at(const struct table *table, uint32_t index)
{
    return (struct slot *)(void *)(table->slots + (size_t)index * table->stride);
}

static void *record_of(struct slot *slot)
{
    return slot + 1;
}

static uint32_t index_of(const struct table *table, const void *record)
{
    const unsigned char *slot = (const unsigned char *)record - sizeof(struct slot);
    return (uint32_t)((size_t)(slot - table->slots) / table->stride);
}

static uint32_t bucket_count_for(uint32_t capacity)
{
    uint32_t count = 16;
    while (count < capacity && count < (UINT32_C(1) << 30))
        count *= 2;
    return count;
}

int table_init(struct table *table, uint32_t capacity, size_t record_size, size_t key_size)
{
    *table = (struct table){.capacity = capacity, .record_size = record_size, .key_size = key_size};
    table->free = table->oldest = table->newest = NONE;
    table->stride = (sizeof(struct slot) + record_size + 7) & ~(size_t)7;
    uint32_t buckets = bucket_count_for(capacity);
    table->bucket_mask = buckets - 1;
    /* calloc of a large block maps zero pages: what a small capture does not use costs nothing.
     * Buckets hold index + 1, so that zero means empty. */
    table->slots = calloc(capacity, table->stride);
    table->buckets = calloc(buckets, sizeof *table->buckets);
    if (table->slots == NULL || table->buckets == NULL ||
        getrandom(table->hash_key, sizeof table->hash_key, 0) != sizeof table->hash_key) {
        table_free(table);
        return -1;
    }
    return 0;
}

void table_free(struct table *table)
{
    if (table->release != NULL)
        for (void *record = table_oldest(table); record != NULL;
             record = table_newer(table, record))
            table->release(table->release_context, record);
    free(table->slots);
    free(table->buckets);
    table->slots = NULL;
    table->buckets = NULL;
    table->used = 0;
    table->oldest = table->newest = NONE;
}

static uint32_t *bucket_of(const struct table *table, uint64_t hash)
{
    return &table->buckets[(uint32_t)hash & table->bucket_mask];
}

static struct slot *find_slot(const struct table *table, const void *key, uint64_t hash)
{
    for (uint32_t link = *bucket_of(table, hash); link != 0;) {
        struct slot *slot = slot_at(table, link - 1);
        if (slot->hash == hash && memcmp(record_of(slot), key, table->key_size) == 0)
            return slot;
        link = slot->next_in_bucket;
    }
    return NULL;
}

void *table_find(const struct table *table, const void *key)
{
    struct slot *slot = find_slot(table, key, siphash(table->hash_key, key, table->key_size));
    return slot ? record_of(slot) : NULL;
}

static void unlink_age(struct table *table, struct slot *slot)
{
    if (slot->older == NONE)
        table->oldest = slot->newer;
    else
        slot_at(table, slot->older)->newer = slot->newer;
    if (slot->newer == NONE)
        table->newest = slot->older;
    else
        slot_at(table, slot->newer)->older = slot->older;
}

static void link_newest(struct table *table, struct slot *slot, uint32_t index)
{
    slot->older = table->newest;
    slot->newer = NONE;
    if (table->newest == NONE)
        table->oldest = index;
    else
        slot_at(table, table->newest)->newer = index;
    table->newest = index;
}

static void touch_slot(struct table *table, struct slot *slot, uint32_t index)
{
    if (table->newest == index)
        return;
    unlink_age(table, slot);
    link_newest(table, slot, index);
}

void table_touch(struct table *table, const void *record)
{
    uint32_t index = index_of(table, record);
    touch_slot(table, slot_at(table, index), index);
}

static void unlink_bucket(struct table *table, const struct slot *slot, uint32_t index)
{
    uint32_t *link = bucket_of(table, slot->hash);
    while (*link != index + 1)
        link = &slot_at(table, *link - 1)->next_in_bucket;
    *link = slot->next_in_bucket;
}

void table_remove(struct table *table, void *record)
{
    uint32_t index = index_of(table, record);
    struct slot *slot = slot_at(table, index);
    if (table->release != NULL)
        table->release(table->release_context, record);
    unlink_bucket(table, slot, index);
    unlink_age(table, slot);
    slot->generation++;
    slot->next_in_bucket = table->free;
    table->free = index;
    table->used--;
}

static uint32_t take_slot(struct table *table)
{
    if (table->free == NONE && table->untouched == table->capacity) {
        table_remove(table, table_oldest(table));
        table->evicted++;
    }
    uint32_t index = table->free;
    if (index == NONE)
        return table->untouched++;
    table->free = slot_at(table, index)->next_in_bucket;
    return index;
}

void *table_add(struct table *table, const void *key, bool *created)
{
    uint64_t hash = siphash(table->hash_key, key, table->key_size);
    struct slot *slot = find_slot(table, key, hash);
    *created = slot == NULL;
    if (slot != NULL) {
        void *record = record_of(slot);
        touch_slot(table, slot, index_of(table, record));
        return record;
    }
    uint32_t index = take_slot(table);
    slot = slot_at(table, index);
    slot->generation++;
    slot->hash = hash;
    uint32_t *bucket = bucket_of(table, hash);
    slot->next_in_bucket = *bucket;
    *bucket = index + 1;
    link_newest(table, slot, index);
    table->used++;
    unsigned char *record = record_of(slot);
    memcpy(record, key, table->key_size);
    memset(record + table->key_size, 0, table->record_size - table->key_size);
    return record;
}

void *table_oldest(const struct table *table)
{
    return table->used == 0 ? NULL : record_of(slot_at(table, table->oldest));
}

void *table_newer(const struct table *table, const void *record)
{
    uint32_t newer = slot_at(table, index_of(table, record))->newer;
    return newer == NONE ? NULL : record_of(slot_at(table, newer));
}

struct record_id table_id(const struct table *table, const void *record)
{
    uint32_t index = index_of(table, record);
    return (struct record_id){.index = index, .generation = slot_at(table, index)->generation};
}

void *table_at(const struct table *table, struct record_id id)
{
    if (id.generation % 2 == 0 || id.index >= table->untouched)
        return NULL;
    struct slot *slot = slot_at(table, id.index);
    return slot->generation == id.generation ? record_of(slot) : NULL;
}
