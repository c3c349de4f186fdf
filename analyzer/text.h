/* SPDX-License-Identifier: MIT */
/* Bounded copies of strangers' bytes. Escaping is the business of whoever prints. */
#ifndef TURNSCOPE_ANALYZER_TEXT_H
#define TURNSCOPE_ANALYZER_TEXT_H

#include "dissectors/bytes.h"

/* Copies at most size - 1 bytes and ends with NUL; a NUL inside becomes '?'. size >= 1. NULs are
 * looked for where the bytes come from: what was just written cannot be read at once. */
static inline void text_copy(char *to, size_t size, struct bytes from)
{
    struct bytes text = bytes_first(from, size - 1);
    to[text.length] = '\0';
    if (text.length == 0)
        return;
    memcpy(to, text.data, text.length);
    if (memchr(text.data, '\0', text.length) == NULL)
        return;
    for (size_t i = 0; i < text.length; i++)
        to[i] = text.data[i] != '\0' ? to[i] : '?';
}

/* Whether text_copy into `size` bytes makes `text`. */
static inline bool text_equals_copy(const char *text, size_t size, struct bytes from)
{
    struct bytes copied = bytes_first(from, size - 1);
    size_t length = strlen(text), i = 0;
    if (bytes_equal(bytes_of(text, length), copied))
        return true;
    while (i < copied.length && text[i] == (copied.data[i] != '\0' ? (char)copied.data[i] : '?'))
        i++;
    return i == length && i == copied.length;
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
