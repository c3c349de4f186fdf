/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/table_queue.h"

#include <string.h>

/* The note that has waited for half its time asks for its record: the index that leads there is
 * near by now. */
static void look_ahead(const struct table_queue *queue, const struct table *table)
{
    const struct table_note *half =
        &queue->notes[(queue->next + TABLE_QUEUE_LENGTH / 2) % TABLE_QUEUE_LENGTH];
    if (half->waits)
        (void)table_foresee_record(table, half->hash);
}

const struct table_note *table_queue_due(const struct table_queue *queue)
{
    const struct table_note *oldest = &queue->notes[table_queue_place(queue)];
    return oldest->waits ? oldest : NULL;
}

void table_queue_put(struct table_queue *queue, const struct table *table, const void *key,
                     uint64_t value)
{
    struct table_note *note = &queue->notes[table_queue_place(queue)];
    queue->next++;
    note->waits = true;
    note->hash = table_hash(table, key);
    note->value = value;
    memcpy(note->key, key, table->key_size);
    table_foresee(table, note->hash);
    look_ahead(queue, table);
}

bool table_queue_take(struct table_queue *queue, struct table_note *note)
{
    for (uint32_t i = 0; i < TABLE_QUEUE_LENGTH; i++) {
        struct table_note *oldest = &queue->notes[(queue->next + i) % TABLE_QUEUE_LENGTH];
        if (!oldest->waits)
            continue;
        *note = *oldest;
        oldest->waits = false;
        return true;
    }
    return false;
}

const struct table_note *table_queue_find(const struct table_queue *queue,
                                          const struct table *table, const void *key,
                                          const struct table_note *previous)
{
    uint32_t from = queue->next, end = queue->next + TABLE_QUEUE_LENGTH;
    if (previous != NULL)
        from += ((uint32_t)(previous - queue->notes) - from) % TABLE_QUEUE_LENGTH + 1;
    for (; from != end; from++) {
        const struct table_note *note = &queue->notes[from % TABLE_QUEUE_LENGTH];
        if (note->waits && memcmp(note->key, key, table->key_size) == 0)
            return note;
    }
    return NULL;
}
