/* SPDX-License-Identifier: MIT */
/* A page of text: headings, fields and wrapped paragraphs, scrolled as a whole. */
#ifndef TURNSCOPE_UI_TUI_PAGE_H
#define TURNSCOPE_UI_TUI_PAGE_H

#include "ui/tui/keys.h"
#include "ui/tui/screen.h"

#include <stddef.h>

enum { PAGE_LINES = 512, PAGE_TEXT = 48 * 1024, PAGE_LABEL = 14 };

struct page_line {
    enum look look;
    int indent;
    const char *label; /* in front of the text, quieter; NULL: none */
    const char *text;
};

struct page {
    int width;  /* columns */
    int top;    /* first line shown */
    int height; /* lines shown, as last drawn */
    size_t count;
    size_t used;
    struct page_line lines[PAGE_LINES];
    char text[PAGE_TEXT];
};

/* Empties the page for text of `width` columns; where it was scrolled to stays. */
void page_start(struct page *page, int width);

/* What does not fit any more is left out. Texts are copied. */
void page_heading(struct page *page, const char *text);
/* Wrapped to the width, indented; the first line begins with `label`, which fits into the indent.
 */
void page_wrapped(struct page *page, enum look look, int indent, const char *label,
                  const char *text);
/* "label   value", the value wrapped; nothing when the value is empty. */
void page_field(struct page *page, enum look look, const char *label, const char *value);
void page_format(struct page *page, enum look look, const char *label, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Draws the lines from page->top on; what is below the area is counted in its last row. */
void page_draw(struct page *page, struct screen *screen, struct area area);

/* Scrolls; false when the command scrolls nothing. */
bool page_act(struct page *page, enum command command, int repeat);

/* Scrolls to the next (direction 1) or previous (-1) line with the text. */
bool page_search(struct page *page, const char *text, int direction);

#endif
