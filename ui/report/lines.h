/* SPDX-License-Identifier: MIT */
/* Lines of a text report: colours that may be off, words wrapped to a width, strangers escaped. */
#ifndef TURNSCOPE_UI_REPORT_LINES_H
#define TURNSCOPE_UI_REPORT_LINES_H

#include <stdbool.h>
#include <stdio.h>

enum { REPORT_WIDTH = 78 };

enum line_style {
    STYLE_PLAIN,
    STYLE_HEADING,
    STYLE_ERROR,
    STYLE_WARNING,
    STYLE_GOOD,
    STYLE_QUIET,
};

struct lines {
    FILE *out;
    bool color;
};

/* The escape sequence that begins or ends a style; "" when colour is off. */
const char *style_on(const struct lines *lines, enum line_style style);
const char *style_off(const struct lines *lines);

/* An empty line, then the heading. */
void lines_heading(const struct lines *lines, const char *heading);

/* The text wrapped to REPORT_WIDTH columns, every line indented by `indent` spaces; the first
 * begins with `label` instead (a number, a dash), padded to the indent. */
void lines_wrapped(const struct lines *lines, unsigned indent, const char *label, const char *text);

/* The same behind a label of `indent` columns that is printed already. */
void lines_wrapped_behind(const struct lines *lines, unsigned indent, const char *text);

/* "  label       value": nothing when the value is empty. The value is escaped. */
void lines_field(const struct lines *lines, const char *label, const char *value);

#endif
