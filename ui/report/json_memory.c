/* SPDX-License-Identifier: MIT */
#include "ui/report/json_memory.h"

#include <jansson.h>
#include <stdlib.h>

/* jansson's allocator is one for the whole process and takes no context: so is this. */
static bool was_short;

static void *allocate(size_t size)
{
    void *memory = malloc(size);
    was_short |= memory == NULL;
    return memory;
}

void json_memory_begin(void)
{
    json_set_alloc_funcs(allocate, free);
    was_short = false;
}

bool json_memory_sufficed(void)
{
    return !was_short;
}
