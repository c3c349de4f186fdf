/* SPDX-License-Identifier: MIT */
/* Bytes in hexadecimal digits and as characters, with a range of them highlighted. */
#ifndef TURNSCOPE_UI_TUI_HEX_H
#define TURNSCOPE_UI_TUI_HEX_H

#include "dissectors/bytes.h"
#include "ui/tui/screen.h"

/* Columns that rows of `per_row` bytes take. */
int hex_width(size_t per_row);

/* Draws the rows around offset `from`, of which `length` bytes are highlighted, so that they are in
 * sight; `*top` is the first row shown, kept from one frame to the next. */
void hex_draw(struct screen *screen, struct area area, struct bytes bytes, size_t from,
              size_t length, size_t *top);

#endif
