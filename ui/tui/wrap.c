/* SPDX-License-Identifier: MIT */
#include "ui/tui/wrap.h"

#include <string.h>

size_t wrap_fitting(const char *text, int width)
{
    size_t at = 0, space = 0;
    for (int columns = 0; text[at] != '\0'; columns++) {
        if (columns == width)
            return space > 0 ? space : at;
        do
            at++;
        while (((unsigned char)text[at] & 0xc0) == 0x80);
        if (text[at] == ' ')
            space = at;
    }
    return at;
}

int wrap_draw(struct screen *screen, struct area area, enum look look, const char *text)
{
    int row = 0;
    do {
        bool is_last = row + 1 >= area.height;
        size_t length = is_last ? strlen(text) : wrap_fitting(text, area.width);
        screen_format(screen, area.top + row++, area.left, area.width, look, "%.*s", (int)length,
                      text);
        text += length;
        text += strspn(text, " ");
    } while (*text != '\0');
    return row;
}
