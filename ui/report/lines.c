/* SPDX-License-Identifier: MIT */
#include "ui/report/lines.h"

#include "ui/report/escape.h"

#include <string.h>

const char *style_on(const struct lines *lines, enum line_style style)
{
    static const char *const sequences[] = {
        [STYLE_PLAIN] = "",           [STYLE_HEADING] = "\033[1m", [STYLE_ERROR] = "\033[1;31m",
        [STYLE_WARNING] = "\033[33m", [STYLE_GOOD] = "\033[1;32m", [STYLE_QUIET] = "\033[2m",
    };
    return lines->color ? sequences[style] : "";
}

const char *style_off(const struct lines *lines)
{
    return lines->color ? "\033[0m" : "";
}

void lines_heading(const struct lines *lines, const char *heading)
{
    fprintf(lines->out, "\n%s%s%s\n", style_on(lines, STYLE_HEADING), heading, style_off(lines));
}

/* How many bytes of `text` fit into `width` columns, broken at a space where there is one. Our own
 * sentences are ASCII: a byte is a column. Strangers' names may be narrower than their bytes: their
 * lines end early. */
static size_t fitting(const char *text, size_t width)
{
    size_t length = strlen(text);
    if (length <= width)
        return length;
    for (size_t i = width; i > 0; i--)
        if (text[i] == ' ')
            return i;
    return strcspn(text, " ");
}

void lines_wrapped_behind(const struct lines *lines, unsigned indent, const char *text)
{
    for (int margin = 0;; margin = (int)indent) {
        size_t length = fitting(text, REPORT_WIDTH - indent);
        fprintf(lines->out, "%*s%.*s\n", margin, "", (int)length, text);
        text += length;
        text += strspn(text, " ");
        if (*text == '\0')
            return;
    }
}

void lines_wrapped(const struct lines *lines, unsigned indent, const char *label, const char *text)
{
    fprintf(lines->out, "%-*s", (int)indent, label);
    lines_wrapped_behind(lines, indent, text);
}

void lines_field(const struct lines *lines, const char *label, const char *value)
{
    char escaped[ESCAPED_TEXT];
    if (value[0] != '\0')
        fprintf(lines->out, "  %-12s %s\n", label, escape_text(value, escaped, sizeof escaped));
}
