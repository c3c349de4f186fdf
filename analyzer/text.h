/* SPDX-License-Identifier: MIT */
/* Bounded copies of strangers' bytes. Escaping is the business of whoever prints. */
#ifndef TURNSCOPE_ANALYZER_TEXT_H
#define TURNSCOPE_ANALYZER_TEXT_H

#include "dissectors/bytes.h"

/* Copies at most size - 1 bytes and ends with NUL; a NUL inside becomes '?'. size >= 1. */
static inline void text_copy(char *to, size_t size, struct bytes from)
{
    size_t length = from.length < size - 1 ? from.length : size - 1;
    for (size_t i = 0; i < length; i++)
        to[i] = from.data[i] != '\0' ? (char)from.data[i] : '?';
    to[length] = '\0';
}

#endif
