/* SPDX-License-Identifier: MIT */
#include "analyzer/event.h"

#include <stddef.h>
#include <string.h>

struct event *event_add(struct event_queue *queue, enum event_kind kind, int64_t time)
{
    if (queue->count == EVENT_QUEUE_LENGTH) {
        queue->lost++;
        queue->count--;
    }
    struct event *event = &queue->items[queue->count++];
    memset(event, 0, offsetof(struct event, earlier));
    event->earlier.frame = 0;
    event->kind = kind;
    event->time = time;
    return event;
}
