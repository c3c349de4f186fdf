/* SPDX-License-Identifier: MIT */
#include "dissectors/names.h"

const char *id_name(const struct id_name *table, size_t count, uint32_t id)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].id == id)
            return table[i].name;
    return NULL;
}
