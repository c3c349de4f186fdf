/* SPDX-License-Identifier: MIT */
/* Tables of protocol constants: id -> name. An unknown id keeps its number. */
#ifndef TURNSCOPE_DISSECTORS_NAMES_H
#define TURNSCOPE_DISSECTORS_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct id_name {
    uint32_t id;
    const char *name;
};

/* The name of `id` in `table` (`count` rows, any order); NULL when the table does not have it. */
const char *id_name(const struct id_name *table, size_t count, uint32_t id);

#define ID_NAME(table, id) id_name((table), sizeof(table) / sizeof((table)[0]), (id))

#endif
