/* SPDX-License-Identifier: MIT */
#include "ui/report/line_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void line_text_add(struct line_text *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line->text + line->used, LINE_TEXT - line->used, format, arguments);
    va_end(arguments);
    line->used += strlen(line->text + line->used);
}
