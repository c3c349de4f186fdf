/* SPDX-License-Identifier: MIT */
#include "ui/tui/hex.h"

enum { OFFSET_WIDTH = 6 };

int hex_width(size_t per_row)
{
    return OFFSET_WIDTH + (int)per_row * 4 + 1;
}

/* The most bytes a row can have: 16, 8 or 4. */
static size_t bytes_per_row(int width)
{
    for (size_t per_row = 16; per_row > 4; per_row /= 2)
        if (hex_width(per_row) <= width)
            return per_row;
    return 4;
}

struct highlight {
    size_t from, length;
};

static bool is_in(const struct highlight *highlight, size_t offset)
{
    return offset >= highlight->from && offset - highlight->from < highlight->length;
}

static void draw_byte(struct screen *screen, int top, int left, int text_left, uint8_t byte,
                      enum look look)
{
    char character[2] = {byte >= 0x20 && byte < 0x7f && byte != '\\' ? (char)byte : '.', '\0'};
    screen_format(screen, top, left, 2, look, "%02x", byte);
    screen_text(screen, top, text_left, 1, look == LOOK_PLAIN ? LOOK_QUIET : look, character);
}

static void draw_row(struct screen *screen, int top, int left, struct bytes bytes, size_t start,
                     size_t per_row, const struct highlight *highlight)
{
    int digits = left + OFFSET_WIDTH, text = digits + (int)per_row * 3 + 1;
    screen_format(screen, top, left, OFFSET_WIDTH, LOOK_QUIET, "%04zx", start);
    for (size_t i = 0; i < per_row && start + i < bytes.length; i++) {
        bool in = is_in(highlight, start + i);
        draw_byte(screen, top, digits + (int)i * 3, text + (int)i, bytes.data[start + i],
                  in ? LOOK_BYTES : LOOK_PLAIN);
        if (in && i + 1 < per_row && is_in(highlight, start + i + 1))
            screen_fill(screen, top, digits + (int)i * 3 + 2, 1, LOOK_BYTES);
    }
}

void hex_draw(struct screen *screen, struct area area, struct bytes bytes, size_t from,
              size_t length, size_t *top)
{
    size_t per_row = bytes_per_row(area.width), height = (size_t)area.height;
    size_t rows = (bytes.length + per_row - 1) / per_row;
    size_t first = from / per_row, last = (from + (length > 0 ? length - 1 : 0)) / per_row;
    struct highlight highlight = {from, length};
    if (length > 0 && last >= *top + height)
        *top = last - height + 1;
    if (length > 0 && first < *top + (first > 0 && last - first < height))
        *top = first > 0 && last - first + 1 < height ? first - 1 : first;
    if (*top + height > rows)
        *top = rows > height ? rows - height : 0;
    for (size_t i = 0; i < height && *top + i < rows; i++)
        draw_row(screen, area.top + (int)i, area.left, bytes, (*top + i) * per_row, per_row,
                 &highlight);
}
