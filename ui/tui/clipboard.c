/* SPDX-License-Identifier: MIT */
#include "ui/tui/clipboard.h"

#include <stdint.h>
#include <string.h>

enum { COPIED_MOST = 1024, SEQUENCE = COPIED_MOST * 4 / 3 + 32 };

/* RFC 4648 section 4. */
static size_t encode(const char *text, size_t length, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t used = 0;
    for (size_t i = 0; i < length; i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (i + k < length ? (uint8_t)text[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            out[used++] = i + k <= length ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return used;
}

void clipboard_copy(struct screen *screen, const char *text)
{
    static const char start[] = "\033]52;c;", end[] = "\a";
    char sequence[SEQUENCE];
    size_t length = strlen(text), used = sizeof start - 1;
    memcpy(sequence, start, used);
    used += encode(text, length < COPIED_MOST ? length : COPIED_MOST, sequence + used);
    memcpy(sequence + used, end, sizeof end);
    screen_send(screen, sequence);
}
