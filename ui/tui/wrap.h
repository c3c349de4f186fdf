/* SPDX-License-Identifier: MIT */
/* Paragraphs: text broken at spaces into rows of the screen. */
#ifndef TURNSCOPE_UI_TUI_WRAP_H
#define TURNSCOPE_UI_TUI_WRAP_H

#include "ui/tui/screen.h"

#include <stddef.h>

/* How many bytes of `text` fit into `width` columns, broken at a space where there is one, never
 * inside a character. */
size_t wrap_fitting(const char *text, int width);

/* Draws the text into the area; what its last row cannot hold ends in an ellipsis. Returns the rows
 * used, at least one. */
int wrap_draw(struct screen *screen, struct area area, enum look look, const char *text);

#endif
