/* SPDX-License-Identifier: MIT */
/* A cursor in a list that is longer than its place on the screen. */
#ifndef TURNSCOPE_UI_TUI_LIST_H
#define TURNSCOPE_UI_TUI_LIST_H

#include "ui/tui/keys.h"
#include "ui/tui/screen.h"

#include <stddef.h>

struct list {
    size_t count;
    size_t selected;
    size_t top;    /* first row shown */
    size_t height; /* rows shown, as last drawn */
};

/* The list now has `count` rows and shows `height` of them: keeps the cursor inside and in sight.
 */
void list_fit(struct list *list, size_t count, size_t height);

/* Moves the cursor; false when the command moves none. */
bool list_act(struct list *list, enum command command, int repeat);

/* A click on a row. True when it means to open it: it was chosen already, or clicked twice. */
bool list_click(struct list *list, size_t row, bool is_double);

/* Moves the cursor to the next (direction 1) or previous (-1) row that has the text; false when
 * there is none, and the cursor stays. `has` is asked with `context`. */
bool list_search(struct list *list, int direction, const char *text,
                 bool (*has)(const void *context, size_t row, const char *text),
                 const void *context);

/* Draws a scroll mark in column `left` beside rows that begin at `top`, when not all are shown. */
void list_draw_scroll(const struct list *list, struct screen *screen, int top, int left);

#endif
