/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/buffers.h"

#include "analyzer/limits.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

static size_t size_of(unsigned class)
{
    return (size_t)BUFFER_SMALLEST << (2 * class);
}

static size_t stride_of(unsigned class)
{
    return size_of(class) + size_of(class) / 8;
}

static int class_init(struct buffer_class *class, uint32_t count, size_t stride)
{
    *class = (struct buffer_class){.count = count, .free = NONE, .oldest = NONE, .newest = NONE};
    class->blocks = malloc(count * stride);
    class->slots = calloc(count, sizeof *class->slots);
    return class->blocks == NULL || class->slots == NULL ? -1 : 0;
}

int buffers_init(struct buffers *buffers, const uint32_t counts[BUFFER_SIZES])
{
    int result = 0;
    buffers->evicted = buffers->evicted_bytes = 0;
    buffers->now = 0;
    for (unsigned i = 0; i < BUFFER_SIZES; i++)
        if (class_init(&buffers->classes[i], counts[i], stride_of(i)) != 0)
            result = -1;
    if (result != 0)
        buffers_free(buffers);
    return result;
}

void buffers_free(struct buffers *buffers)
{
    for (unsigned i = 0; i < BUFFER_SIZES; i++) {
        free(buffers->classes[i].blocks);
        free(buffers->classes[i].slots);
        buffers->classes[i] = (struct buffer_class){0};
    }
}

static void unlink_slot(struct buffer_class *class, uint32_t index)
{
    const struct buffer_slot *slot = &class->slots[index];
    if (slot->older == NONE)
        class->oldest = slot->newer;
    else
        class->slots[slot->older].newer = slot->newer;
    if (slot->newer == NONE)
        class->newest = slot->older;
    else
        class->slots[slot->newer].older = slot->older;
}

static void link_newest(struct buffer_class *class, uint32_t index)
{
    class->slots[index].older = class->newest;
    class->slots[index].newer = NONE;
    if (class->newest == NONE)
        class->oldest = index;
    else
        class->slots[class->newest].newer = index;
    class->newest = index;
}

/* Whoever waited that long for the rest does not wait any more. */
static bool is_idle(const struct buffers *buffers, const struct buffer_slot *slot)
{
    int32_t idle = (int32_t)(buffers->now - slot->used);
    return idle >= LIMIT_RECORD_IDLE / LIMIT_TICK;
}

static uint32_t take_slot(struct buffers *buffers, struct buffer_class *class, void **evicted)
{
    uint32_t index = class->free;
    if (index != NONE) {
        class->free = class->slots[index].newer;
        return index;
    }
    if (class->untouched < class->count)
        return class->untouched++;
    index = class->oldest;
    *evicted = class->slots[index].owner;
    buffers->evicted += !is_idle(buffers, &class->slots[index]);
    unlink_slot(class, index);
    return index;
}

struct buffer buffers_take(struct buffers *buffers, size_t length, void *owner, void **evicted)
{
    unsigned size = 0;
    while (size + 1 < BUFFER_SIZES && size_of(size) < length)
        size++;
    struct buffer_class *class = &buffers->classes[size];
    *evicted = NULL;
    uint32_t index = take_slot(buffers, class, evicted);
    class->slots[index].owner = owner;
    class->slots[index].used = buffers->now;
    link_newest(class, index);
    struct buffer buffer = {.size = (uint8_t)(size + 1), .slot = index};
    memset(buffer_bits(buffers, buffer), 0, size_of(size) / 8);
    return buffer;
}

void buffers_release(struct buffers *buffers, struct buffer buffer)
{
    if (buffer.size == 0)
        return;
    struct buffer_class *class = &buffers->classes[buffer.size - 1];
    unlink_slot(class, buffer.slot);
    class->slots[buffer.slot].owner = NULL;
    class->slots[buffer.slot].newer = class->free;
    class->free = buffer.slot;
}

void buffers_touch(struct buffers *buffers, struct buffer buffer)
{
    struct buffer_class *class = &buffers->classes[buffer.size - 1];
    class->slots[buffer.slot].used = buffers->now;
    if (class->newest == buffer.slot)
        return;
    unlink_slot(class, buffer.slot);
    link_newest(class, buffer.slot);
}

size_t buffer_capacity(struct buffer buffer)
{
    return buffer.size == 0 ? 0 : size_of(buffer.size - 1u);
}

uint8_t *buffer_bytes(const struct buffers *buffers, struct buffer buffer)
{
    const struct buffer_class *class = &buffers->classes[buffer.size - 1];
    return class->blocks + buffer.slot * stride_of(buffer.size - 1u);
}

uint8_t *buffer_bits(const struct buffers *buffers, struct buffer buffer)
{
    return buffer_bytes(buffers, buffer) + buffer_capacity(buffer);
}
