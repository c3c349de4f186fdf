/* SPDX-License-Identifier: MIT */
/* A line that is put together piece by piece before it is printed or wrapped. */
#ifndef TURNSCOPE_UI_REPORT_LINE_TEXT_H
#define TURNSCOPE_UI_REPORT_LINE_TEXT_H

#include "ui/report/escape.h"

/* Eight escaped names and the words around them. */
enum { LINE_TEXT = 9 * ESCAPED_TEXT };

/* All zero is the empty line. */
struct line_text {
    size_t used;
    char text[LINE_TEXT];
};

/* Appends as printf does; what does not fit is left out. */
void line_text_add(struct line_text *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
