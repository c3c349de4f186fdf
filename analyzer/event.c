/* SPDX-License-Identifier: MIT */
#include "analyzer/event.h"

struct event *event_add(struct event_queue *queue, enum event_kind kind, int64_t time)
{
    if (queue->count == EVENT_QUEUE_LENGTH) {
        queue->lost++;
        queue->count--;
    }
    struct event *event = &queue->items[queue->count++];
    *event = (struct event){.kind = kind, .time = time};
    return event;
}
