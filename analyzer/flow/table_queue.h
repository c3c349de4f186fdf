/* SPDX-License-Identifier: MIT */
/* Notes on their way into a table.
 *
 * To look a key up takes a few dozen instructions, and the time of a hundred more until its memory
 * is there. What is only noted, and asked for seldom, need not wait for that: the note stands in a
 * queue until a dozen others have come, and by then the memory has come as well. Whoever asks looks
 * at the queue, too. */
#ifndef TURNSCOPE_ANALYZER_FLOW_TABLE_QUEUE_H
#define TURNSCOPE_ANALYZER_FLOW_TABLE_QUEUE_H

#include "analyzer/flow/table.h"

enum { TABLE_QUEUE_LENGTH = 16 };

struct table_note {
    bool waits;
    uint32_t hash;
    uint64_t value; /* the caller's */
    _Alignas(8) unsigned char key[KEY_HASH_LONGEST];
};

/* All zero: empty. */
struct table_queue {
    struct table_note notes[TABLE_QUEUE_LENGTH];
    uint32_t next; /* the oldest note, and the place of the next one */
};

/* The note that must go into the table before table_queue_put takes its place; NULL: none, the
 * queue is not full. */
const struct table_note *table_queue_due(const struct table_queue *queue);

void table_queue_put(struct table_queue *queue, const struct table *table, const void *key,
                     uint64_t value);

/* Takes any note out; false: there is none. */
bool table_queue_take(struct table_queue *queue, struct table_note *note);

/* The place among `notes` where the next note will stand: what else it has can wait there too. */
static inline uint32_t table_queue_place(const struct table_queue *queue)
{
    return queue->next % TABLE_QUEUE_LENGTH;
}

/* The next note with this key that is newer than `previous` (NULL: the oldest), or NULL. */
const struct table_note *table_queue_find(const struct table_queue *queue,
                                          const struct table *table, const void *key,
                                          const struct table_note *previous);

#endif
