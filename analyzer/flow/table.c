/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/table.h"

#include "analyzer/limits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#define NONE     UINT32_MAX
#define USED_MAX ((UINT32_C(1) << 29) - 1)

enum { CACHE_LINE = 64 };

/* Stands before each record. */
struct slot {
    uint32_t older;
    uint32_t newer;      /* of a free slot: the next free one */
    uint32_t generation; /* odd: live */
    uint32_t hash;
    uint32_t index;
    uint32_t used : 29;   /* LIMIT_TICKs; when it was last touched */
    uint32_t touches : 3; /* in a table with second chances: so often, or oftener, since it was made
                           * the newest */
};

static struct slot *slot_at(const struct table *table, uint32_t index)
{
    return (struct slot *)(void *)(table->slots + (size_t)index * table->stride);
}

static void *record_of(struct slot *slot)
{
    return slot + 1;
}

static struct slot *slot_of(const void *record)
{
    return (struct slot *)(uintptr_t)((const unsigned char *)record - sizeof(struct slot));
}

/* A record that fits in one or two cache lines does not lie across one more. */
static size_t stride_for(size_t record_size)
{
    size_t size = sizeof(struct slot) + record_size;
    size_t unit = size > CACHE_LINE / 2 ? CACHE_LINE : CACHE_LINE / 2;
    return (size + unit - 1) & ~(unit - 1);
}

/* A look-up in a table of many megabytes takes as long for the address of the memory as for the
 * memory itself, unless its pages are large. What a small capture uses stays in small ones. */
static void ask_for_large_pages(unsigned char *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
    const size_t large_page = 2u << 20;
    size_t first = large_page - (uintptr_t)memory % large_page;
    if (size > 2 * large_page)
        (void)madvise(memory + first, size - first, MADV_HUGEPAGE);
#else
    (void)memory;
    (void)size;
#endif
}

/* calloc of a large block maps zero pages: what a small capture does not use costs nothing. */
static int allocate_slots(struct table *table)
{
    table->memory = calloc(1, (size_t)table->capacity * table->stride + CACHE_LINE);
    if (table->memory == NULL)
        return -1;
    ask_for_large_pages(table->memory, (size_t)table->capacity * table->stride);
    size_t misaligned = (uintptr_t)table->memory % CACHE_LINE;
    table->slots = (unsigned char *)table->memory + (CACHE_LINE - misaligned) % CACHE_LINE;
    return 0;
}

static bool draw_secrets(struct table *table)
{
    return getrandom(&table->hash, sizeof table->hash, 0) == sizeof table->hash &&
           getrandom(table->text_key, sizeof table->text_key, 0) == sizeof table->text_key;
}

int table_init(struct table *table, uint32_t capacity, size_t record_size, size_t key_size)
{
    *table = (struct table){.capacity = capacity,
                            .record_size = record_size,
                            .key_size = key_size,
                            .cleared_size = record_size,
                            .foreseen_lines = 2,
                            .stride = stride_for(record_size)};
    table->free = table->oldest = table->newest = NONE;
    if (key_size > KEY_HASH_LONGEST || allocate_slots(table) != 0 ||
        (key_size != 0 && table_index_init(&table->index, capacity) != 0) || !draw_secrets(table)) {
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
    free(table->memory);
    table_index_free(&table->index);
    table->memory = NULL;
    table->slots = NULL;
    table->used = 0;
    table->oldest = table->newest = NONE;
}

uint32_t table_hash(const struct table *table, const void *key)
{
    return key_hash(&table->hash, key, table->key_size);
}

static struct slot *find_slot(const struct table *table, const void *key, uint32_t hash)
{
    for (const struct table_entry *entry = table_index_first(&table->index, hash); entry != NULL;
         entry = table_index_next(&table->index, entry)) {
        struct slot *slot = slot_at(table, entry->place - 1);
        if (memcmp(record_of(slot), key, table->key_size) == 0)
            return slot;
    }
    return NULL;
}

void *table_find_hashed(const struct table *table, const void *key, uint32_t hash)
{
    struct slot *slot = find_slot(table, key, hash);
    return slot ? record_of(slot) : NULL;
}

void *table_find(const struct table *table, const void *key)
{
    return table_find_hashed(table, key, table_hash(table, key));
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

static void link_newest(struct table *table, struct slot *slot)
{
    slot->older = table->newest;
    slot->newer = NONE;
    if (table->newest == NONE)
        table->oldest = slot->index;
    else
        slot_at(table, table->newest)->newer = slot->index;
    table->newest = slot->index;
}

static void make_newest(struct table *table, struct slot *slot)
{
    if (table->newest == slot->index)
        return;
    unlink_age(table, slot);
    link_newest(table, slot);
}

static void note_use(const struct table *table, struct slot *slot)
{
    slot->used = table->now & USED_MAX;
}

static void touch_slot(struct table *table, struct slot *slot)
{
    enum { TOUCHES_MAX = 7 };
    note_use(table, slot);
    if (!table->second_chance)
        make_newest(table, slot);
    else if (slot->touches < TOUCHES_MAX)
        slot->touches++;
}

void table_touch(struct table *table, const void *record)
{
    touch_slot(table, slot_of(record));
}

bool table_touch_live(struct table *table, const void *record)
{
    struct slot *slot = slot_of(record);
    bool is_live = slot->generation % 2 != 0;
    if (is_live)
        touch_slot(table, slot);
    return is_live;
}

void table_give_second_chance(struct table *table)
{
    table->second_chance = true;
}

void table_foresee_more(struct table *table, size_t size)
{
    table->foreseen_lines = (sizeof(struct slot) + size + CACHE_LINE - 1) / CACHE_LINE;
}

void table_clear_only(struct table *table, size_t size)
{
    table->cleared_size = size;
}

void table_remove(struct table *table, void *record)
{
    struct slot *slot = slot_of(record);
    if (table->release != NULL)
        table->release(table->release_context, record);
    if (table->key_size != 0)
        table_index_remove(&table->index, slot->hash, slot->index + 1);
    unlink_age(table, slot);
    slot->generation++;
    slot->newer = table->free;
    table->free = slot->index;
    table->used--;
}

/* LIMIT_TICKs; 0 when its last use lies in the future, for clocks are set back. */
static uint32_t idle_for(const struct table *table, const struct slot *slot)
{
    uint32_t idle = (table->now - slot->used) & USED_MAX;
    return idle <= USED_MAX / 2 ? idle : 0;
}

static bool is_spent(const struct table *table, struct slot *slot)
{
    return idle_for(table, slot) >= LIMIT_RECORD_IDLE / LIMIT_TICK ||
           (table->is_spent != NULL && table->is_spent(record_of(slot)));
}

/* More is lost with this one than with the other: it was used later, or oftener. */
static bool is_dearer(const struct table *table, const struct slot *slot, const struct slot *other)
{
    uint32_t idle = idle_for(table, slot), other_idle = idle_for(table, other);
    return idle != other_idle ? idle < other_idle : slot->touches > other->touches;
}

/* What was touched since it was made the newest becomes the newest now. Where that is true of one
 * record after the other, the cheapest of them goes. */
static struct slot *find_victim(struct table *table)
{
    enum { CHANCES = 8 };
    struct slot *chosen[CHANCES], *oldest = slot_at(table, table->oldest), *victim = oldest;
    unsigned count = 0;
    for (; count < CHANCES && oldest->touches > 0; count++) {
        chosen[count] = oldest;
        make_newest(table, oldest);
        victim = is_dearer(table, oldest, victim) ? victim : oldest;
        oldest = slot_at(table, table->oldest);
    }
    victim = oldest->touches > 0 ? victim : oldest;
    while (count > 0)
        chosen[--count]->touches = 0;
    return victim;
}

void table_evict(struct table *table)
{
    struct slot *slot = find_victim(table);
    table->evicted += !is_spent(table, slot);
    table_remove(table, record_of(slot));
}

/* The oldest record has not been looked at for long: it, and what its eviction will look at, are on
 * their way from memory before they are needed. */
static void foresee_eviction(const struct table *table)
{
    const struct slot *next = slot_at(table, table->oldest);
    const unsigned char *after_next = (const unsigned char *)slot_at(table, next->newer);
    if (table->key_size != 0)
        table_index_prefetch(&table->index, next->hash);
    for (size_t at = 0; at < sizeof *next + table->cleared_size; at += CACHE_LINE)
        __builtin_prefetch(after_next + at, 1);
}

static struct slot *take_slot(struct table *table)
{
    if (table->free == NONE && table->untouched == table->capacity) {
        table_evict(table);
        if (table->used > 1)
            foresee_eviction(table);
    }
    uint32_t index = table->free;
    struct slot *slot = slot_at(table, index != NONE ? index : table->untouched);
    if (index == NONE)
        slot->index = table->untouched++;
    else
        table->free = slot->newer;
    return slot;
}

static void *begin_record(struct table *table)
{
    struct slot *slot = take_slot(table);
    slot->generation++;
    slot->touches = 0;
    note_use(table, slot);
    link_newest(table, slot);
    table->used++;
    unsigned char *record = record_of(slot);
    memset(record + table->key_size, 0, table->cleared_size - table->key_size);
#ifndef NDEBUG
    /* Whoever reads what is not cleared shall notice. */
    memset(record + table->cleared_size, 0xA5, table->record_size - table->cleared_size);
#endif
    return record;
}

void *table_add(struct table *table, const void *key, bool *created)
{
    if (table->key_size == 0) {
        *created = true;
        return begin_record(table);
    }
    return table_add_hashed(table, key, table_hash(table, key), created);
}

void *table_add_hashed(struct table *table, const void *key, uint32_t hash, bool *created)
{
    struct slot *slot = find_slot(table, key, hash);
    *created = slot == NULL;
    if (slot != NULL) {
        touch_slot(table, slot);
        return record_of(slot);
    }
    void *record = begin_record(table);
    slot = slot_of(record);
    slot->hash = hash;
    table_index_add(&table->index, hash, slot->index + 1);
    return memcpy(record, key, table->key_size);
}

void table_foresee(const struct table *table, uint32_t hash)
{
    table_index_prefetch(&table->index, hash);
}

static void prefetch_head(const struct table *table, const struct slot *slot)
{
    const unsigned char *first = (const unsigned char *)slot;
    __builtin_prefetch(first, 1);
    __builtin_prefetch(first + CACHE_LINE, 1);
    for (size_t line = 2; line < table->foreseen_lines; line++)
        __builtin_prefetch(first + line * CACHE_LINE, 1);
}

void *table_foresee_record(const struct table *table, uint32_t hash)
{
    const struct table_entry *entry = table_index_first(&table->index, hash);
    if (entry == NULL)
        return NULL;
    struct slot *slot = slot_at(table, entry->place - 1);
    prefetch_head(table, slot);
    return record_of(slot);
}

void table_foresee_at(const struct table *table, struct record_id id)
{
    if (id.generation != 0 && id.index < table->untouched)
        prefetch_head(table, slot_at(table, id.index));
}

void *table_oldest(const struct table *table)
{
    return table->used == 0 ? NULL : record_of(slot_at(table, table->oldest));
}

void *table_newer(const struct table *table, const void *record)
{
    uint32_t newer = slot_of(record)->newer;
    return newer == NONE ? NULL : record_of(slot_at(table, newer));
}

struct record_id table_id(const struct table *table, const void *record)
{
    const struct slot *slot = slot_of(record);
    (void)table;
    return (struct record_id){.index = slot->index, .generation = slot->generation};
}

void *table_at(const struct table *table, struct record_id id)
{
    if (id.generation % 2 == 0 || id.index >= table->untouched)
        return NULL;
    struct slot *slot = slot_at(table, id.index);
    return slot->generation == id.generation ? record_of(slot) : NULL;
}
