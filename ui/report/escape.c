/* SPDX-License-Identifier: MIT */
#include "ui/report/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Decodes one UTF-8 sequence (RFC 3629: shortest form, no surrogates). Its length, 0 when invalid.
 */
static size_t decode(const unsigned char *at, uint32_t *character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80             ? 1
                    : (at[0] & 0xe0) == 0xc0 ? 2
                    : (at[0] & 0xf0) == 0xe0 ? 3
                    : (at[0] & 0xf8) == 0xf0 ? 4
                                             : 0;
    if (length == 0)
        return 0;
    *character = length == 1 ? at[0] : at[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (at[i] & 0x3f);
    }
    bool surrogate = *character >= 0xd800 && *character <= 0xdfff;
    return *character < smallest[length] || *character > 0x10ffff || surrogate ? 0 : length;
}

static bool is_dangerous(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1f},       {0x7f, 0x9f},       {0xad, 0xad},        {0x34f, 0x34f},
        {0x61c, 0x61c},     {0x115f, 0x1160},   {0x17b4, 0x17b5},    {0x180b, 0x180f},
        {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},    {0x3164, 0x3164},
        {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},    {0xfff0, 0xffff},
        {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff}, {0xe000, 0xf8ff},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

static size_t write_piece(const unsigned char *at, size_t length, uint32_t character,
                          char piece[16])
{
    if (length == 0)
        return (size_t)snprintf(piece, 16, "\\x%02x", at[0]);
    if (is_dangerous(character))
        return (size_t)snprintf(piece, 16, "\\u{%04x}", character);
    if (character == '\\')
        return (size_t)snprintf(piece, 16, "\\\\");
    memcpy(piece, at, length);
    return length;
}

const char *escape_text(const char *text, char *escaped, size_t size)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t used = 0;
    while (*at != '\0') {
        char piece[16];
        uint32_t character = 0;
        size_t length = decode(at, &character);
        size_t written = write_piece(at, length, character, piece);
        if (used + written + 1 > size)
            break;
        memcpy(escaped + used, piece, written);
        used += written;
        at += length == 0 ? 1 : length;
    }
    escaped[used] = '\0';
    return escaped;
}
