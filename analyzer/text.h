/* SPDX-License-Identifier: MIT */
/* Bounded copies of strangers' bytes. Escaping is the business of whoever prints. */
#ifndef TURNSCOPE_ANALYZER_TEXT_H
#define TURNSCOPE_ANALYZER_TEXT_H

#include "dissectors/bytes.h"

/* Copies at most size - 1 bytes and ends with NUL; a NUL inside becomes '?'. size >= 1. */
static inline void text_copy(char *to, size_t size, struct bytes from)
{
    size_t length = from.length < size - 1 ? from.length : size - 1;
    if (length > 0)
        memcpy(to, from.data, length);
    to[length] = '\0';
    for (char *end = to + strlen(to); end < to + length; end += strlen(end))
        *end = '?';
}

/* The same without the NULs at its end: RFC 3489 had texts padded to a multiple of four within
 * their length, and coturn still does so with the reason phrase. */
static inline void text_copy_unpadded(char *to, size_t size, struct bytes from)
{
    while (from.length > 0 && from.data[from.length - 1] == '\0')
        from.length--;
    text_copy(to, size, from);
}

/* For a line that comes in pieces: puts as much of the part as fits behind `length` bytes of a
 * buffer. Returns the length with it, that which does not fit counted too. */
static inline size_t text_gather(void *buffer, size_t size, size_t length, struct bytes part)
{
    if (length < size && part.length > 0)
        memcpy((char *)buffer + length, part.data, bytes_first(part, size - length).length);
    return length + part.length;
}

#endif
