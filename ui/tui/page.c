/* SPDX-License-Identifier: MIT */
#include "ui/tui/page.h"

#include "ui/report/escape.h"
#include "ui/tui/wrap.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void page_start(struct page *page, int width)
{
    page->width = width;
    page->count = 0;
    page->used = 0;
}

static const char *keep(struct page *page, const char *text, size_t length)
{
    char *kept = page->text + page->used;
    if (length + 1 > PAGE_TEXT - page->used)
        return "";
    memcpy(kept, text, length);
    kept[length] = '\0';
    page->used += length + 1;
    return kept;
}

static void add_line(struct page *page, enum look look, int indent, const char *label,
                     const char *text, size_t length)
{
    if (page->count == PAGE_LINES)
        return;
    page->lines[page->count++] =
        (struct page_line){look, indent, label != NULL ? keep(page, label, strlen(label)) : NULL,
                           keep(page, text, length)};
}

static void add_blank(struct page *page)
{
    add_line(page, LOOK_PLAIN, 0, NULL, "", 0);
}

void page_heading(struct page *page, const char *text)
{
    if (page->count > 0)
        add_blank(page);
    add_line(page, LOOK_HEADING, 0, NULL, text, strlen(text));
}

void page_wrapped(struct page *page, enum look look, int indent, const char *label,
                  const char *text)
{
    int width = page->width > indent + 8 ? page->width - indent : 8;
    do {
        size_t length = wrap_fitting(text, width);
        add_line(page, look, indent, label, text, length);
        text += length;
        text += strspn(text, " ");
        label = NULL;
    } while (*text != '\0' && page->count < PAGE_LINES);
}

void page_field(struct page *page, enum look look, const char *label, const char *value)
{
    if (value[0] != '\0')
        page_wrapped(page, look, PAGE_LABEL, label, value);
}

void page_format(struct page *page, enum look look, const char *label, const char *format, ...)
{
    char text[ESCAPED_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    page_field(page, look, label, text);
}

static int last_top(const struct page *page)
{
    return (int)page->count > page->height ? (int)page->count - page->height : 0;
}

static void keep_inside(struct page *page)
{
    if (page->top > last_top(page))
        page->top = last_top(page);
    if (page->top < 0)
        page->top = 0;
}

/* What is below stands in a row of its own, or it would hide text. */
static void draw_more(const struct page *page, struct screen *screen, struct area area, int shown)
{
    enum { WIDTH = 12 };
    int below = (int)page->count - page->top - shown;
    if (below > 0 && shown < area.height)
        screen_format(screen, area.top + shown, area.left + area.width - WIDTH, WIDTH, LOOK_NOTE,
                      "%4d more %s", below, glyph_text(GLYPH_DOWN, screen_is_ascii(screen)));
}

void page_draw(struct page *page, struct screen *screen, struct area area)
{
    page->height = area.height;
    keep_inside(page);
    bool more = (int)page->count - page->top > area.height;
    int shown = more && area.height > 1 ? area.height - 1 : area.height;
    for (int i = 0; i < shown && page->top + i < (int)page->count; i++) {
        const struct page_line *line = &page->lines[page->top + i];
        if (line->label != NULL)
            screen_text(screen, area.top + i, area.left, line->indent, LOOK_QUIET, line->label);
        screen_text(screen, area.top + i, area.left + line->indent, area.width - line->indent,
                    line->look, line->text);
    }
    draw_more(page, screen, area, shown);
}

bool page_act(struct page *page, enum command command, int repeat)
{
    int step = page->height > 2 ? page->height - 2 : 1;
    if (command == COMMAND_UP)
        page->top -= repeat;
    else if (command == COMMAND_DOWN)
        page->top += repeat;
    else if (command == COMMAND_PAGE_UP)
        page->top -= step;
    else if (command == COMMAND_PAGE_DOWN)
        page->top += step;
    else if (command == COMMAND_HOME)
        page->top = 0;
    else if (command == COMMAND_END)
        page->top = last_top(page);
    else
        return false;
    keep_inside(page);
    return true;
}

bool page_search(struct page *page, const char *text, int direction)
{
    for (int i = page->top + direction; i >= 0 && i < (int)page->count; i += direction) {
        const struct page_line *line = &page->lines[i];
        if (strcasestr(line->text, text) == NULL &&
            (line->label == NULL || strcasestr(line->label, text) == NULL))
            continue;
        page->top = i;
        keep_inside(page);
        return true;
    }
    return false;
}
