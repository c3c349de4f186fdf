/* SPDX-License-Identifier: MIT */
#include "ui/tui/ladder.h"

#include <stdio.h>
#include <string.h>

enum {
    WIDE = 100,
    SHORT_CLOCK = 12, /* "19:52:48.704": milliseconds are enough where there is no room */
    DELTA = 8,
    HEADER = 2,
    ADDRESS_END = 96,
};

/* Where things stand on this screen. */
struct geometry {
    struct area area;
    int clock_width;
    int margin;            /* first column of the ladder */
    int places[LIFELINES]; /* columns of the lifelines; -1: not shown */
};

static struct geometry geometry_of(const struct ladder *ladder, struct area area)
{
    struct geometry g = {.area = area};
    int shown = 0, at = 0;
    g.clock_width = area.width >= WIDE ? CLOCK_WIDTH : SHORT_CLOCK;
    g.margin = area.left + 2 + g.clock_width + 1 + DELTA + 1;
    for (enum lifeline i = 0; i < LIFELINES; i++)
        shown += ladder->lifelines[i].seen || i == LIFELINE_CLIENT;
    int room = area.left + area.width - g.margin - 10, step = shown > 1 ? room / (shown - 1) : 0;
    for (enum lifeline i = 0; i < LIFELINES; i++) {
        bool seen = ladder->lifelines[i].seen || i == LIFELINE_CLIENT;
        g.places[i] = seen ? g.margin + 4 + step * at++ : -1;
    }
    return g;
}

/* The end of an address says more than its beginning when there is no room for all of it. */
static const char *end_of_address(struct screen *screen, const char *address, int width,
                                  char text[ADDRESS_END])
{
    int missing = (int)strlen(address) - width;
    if (missing <= 0 || width < 2)
        return address;
    snprintf(text, ADDRESS_END, "%s%s", glyph_text(GLYPH_ELLIPSIS, screen_is_ascii(screen)),
             address + missing + 1);
    return text;
}

/* A lifeline's name and address above it, those of the last one as far to the left as they need to
 * be seen, but not before `least`. Returns where they end. */
static int draw_head(const struct ladder *ladder, enum lifeline lifeline, const struct geometry *g,
                     struct dashboard *dashboard, int least, int next)
{
    char address[IP_ADDRESS_TEXT], text[80], end[ADDRESS_END];
    int left = g->places[lifeline] - 4;
    ip_address_text(&ladder->lifelines[lifeline].address.ip, address);
    snprintf(text, sizeof text, "%s%s", address,
             ladder->lifelines[lifeline].others > 0 ? ", ..." : "");
    int missing = left + (int)strlen(text) + 1 - next;
    if (missing > 0 && next == g->area.left + g->area.width && left > least)
        left -= missing < left - least ? missing : left - least;
    screen_text(dashboard->screen, g->area.top, left, next - left - 1, LOOK_STRONG,
                lifeline_name(lifeline));
    return left + 1 +
           screen_text(dashboard->screen, g->area.top + 1, left, next - left - 1, LOOK_QUIET,
                       end_of_address(dashboard->screen, text, next - left - 1, end));
}

/* The column of the next lifeline that is shown, less its margin; the right border without one. */
static int next_place(const struct geometry *g, enum lifeline lifeline)
{
    for (enum lifeline i = lifeline + 1; i < LIFELINES; i++)
        if (g->places[i] >= 0)
            return g->places[i] - 4;
    return g->area.left + g->area.width;
}

static void draw_heads(const struct ladder *ladder, const struct geometry *g,
                       struct dashboard *dashboard)
{
    int least = g->margin;
    screen_text(dashboard->screen, g->area.top, g->area.left + 2, g->margin - 3, LOOK_HEADING,
                clock_name(dashboard->time_format));
    for (enum lifeline i = 0; i < LIFELINES; i++) {
        if (g->places[i] >= 0)
            least = draw_head(ladder, i, g, dashboard, least, next_place(g, i));
    }
}

static void draw_lifelines(const struct geometry *g, struct screen *screen, int top, enum look look)
{
    for (enum lifeline i = 0; i < LIFELINES; i++)
        if (g->places[i] >= 0)
            screen_line(screen, top, g->places[i], 1, look, GLYPH_VERTICAL);
}

static void draw_times(const struct ladder *ladder, size_t index, const struct geometry *g,
                       struct dashboard *dashboard, int top, enum look look)
{
    const struct ladder_row *row = &ladder->rows[index];
    char clock[CLOCK_TEXT], delta[CLOCK_TEXT];
    size_t before = index;
    screen_text(dashboard->screen, top, g->area.left + 2, CLOCK_WIDTH, look, "");
    dashboard_clock(dashboard, row->summary.evidence.time, clock);
    if (g->clock_width < CLOCK_WIDTH)
        clock[SHORT_CLOCK] = '\0';
    screen_text(dashboard->screen, top, g->area.left + 2, g->clock_width, look, clock);
    while (before > 0 && ladder->rows[--before].is_silence)
        continue;
    if (index == 0)
        return;
    clock_duration(row->summary.evidence.time - ladder->rows[before].summary.evidence.time, delta);
    screen_format(dashboard->screen, top, g->area.left + 3 + g->clock_width, DELTA,
                  look == LOOK_SELECTED ? look : LOOK_QUIET, "%*s", DELTA, delta);
}

/* What stands on, or beside, the arrow. */
static void row_label(const struct ladder_row *row, char *text, size_t size)
{
    const char *end = row->is_unanswered ? ", no answer" : "";
    if (row->again > 0)
        snprintf(text, size, "%.*s again (%u)%s", (int)strcspn(row->summary.label, ","),
                 row->summary.label, row->again, end);
    else
        snprintf(text, size, "%s%s", row->summary.label, end);
}

/* The arrow between two lifelines, over those that it passes. */
static void draw_arrow(const struct ladder_row *row, const struct geometry *g,
                       struct screen *screen, int top, enum look look)
{
    int from = g->places[row->from], to = g->places[row->to];
    int left = from < to ? from : to, right = from < to ? to : from;
    enum glyph head = from < to ? GLYPH_ARROW_RIGHT : GLYPH_ARROW_LEFT;
    screen_line(screen, top, left + 1, right - left - 1, look,
                row->again > 0 ? GLYPH_DASH : GLYPH_HORIZONTAL);
    for (enum lifeline i = 0; i < LIFELINES; i++)
        if (g->places[i] > left && g->places[i] < right)
            screen_line(screen, top, g->places[i], 1, look, GLYPH_CROSSING);
    screen_line(screen, top, from < to ? right - 1 : left + 1, 1, look,
                row->is_unanswered ? GLYPH_LOST : head);
}

/* On the arrow when it fits there; else where there is most room beside it. */
static void draw_label(const struct ladder_row *row, const struct geometry *g,
                       struct screen *screen, int top, enum look look)
{
    char text[SUMMARY_LABEL + 64], padded[SUMMARY_LABEL + 72];
    int from = g->places[row->from], to = g->places[row->to];
    int left = from < to ? from : to, right = from < to ? to : from;
    row_label(row, text, sizeof text);
    int length = screen_columns(screen, text);
    int inside = right - left - 7, after = g->area.left + g->area.width - right - 3;
    int before = left - g->margin - 1;
    snprintf(padded, sizeof padded, " %s ", text);
    if (length <= inside || (inside >= after && inside >= before))
        screen_text(screen, top, left + 2 + (from > to), inside + 2, look, padded);
    else if (length <= after || after >= before)
        screen_text(screen, top, right + 1, after + 1, look, padded);
    else
        screen_text(screen, top, length < before ? left - length - 2 : g->margin, before, look,
                    padded);
}

static void draw_silence(const struct ladder_row *row, const struct geometry *g,
                         struct screen *screen, int top, enum look look)
{
    char duration[CLOCK_TEXT];
    for (enum lifeline i = 0; i < LIFELINES; i++)
        if (g->places[i] >= 0)
            screen_line(screen, top, g->places[i], 1, look, GLYPH_UNSEEN);
    screen_format(screen, top, g->places[LIFELINE_CLIENT] + 2, 40, look, "%s of silence",
                  clock_duration(row->silence, duration));
}

static void draw_row(const struct ladder *ladder, size_t index, const struct geometry *g,
                     struct dashboard *dashboard, int top, bool selected)
{
    const struct ladder_row *row = &ladder->rows[index];
    struct screen *screen = dashboard->screen;
    enum look plain = selected ? LOOK_SELECTED : LOOK_QUIET;
    enum look look = selected ? LOOK_SELECTED : row->look;
    if (selected)
        screen_fill(screen, top, g->area.left, g->area.width, LOOK_SELECTED);
    if (row->is_silence) {
        draw_silence(row, g, screen, top, plain);
        return;
    }
    draw_lifelines(g, screen, top, plain);
    draw_times(ladder, index, g, dashboard, top, selected ? LOOK_SELECTED : LOOK_PLAIN);
    draw_arrow(row, g, screen, top, look);
    draw_label(row, g, screen, top, look);
}

void ladder_draw(const struct ladder *ladder, struct list *list, size_t marked,
                 struct dashboard *dashboard, struct area area)
{
    struct geometry g = geometry_of(ladder, area);
    list_fit(list, ladder->count, (size_t)(area.height - HEADER));
    draw_heads(ladder, &g, dashboard);
    for (size_t i = 0; i < list->height; i++) {
        size_t index = list->top + i;
        int top = area.top + HEADER + (int)i;
        if (index >= ladder->count) {
            if (ladder->count > 0)
                draw_lifelines(&g, dashboard->screen, top, LOOK_QUIET);
            continue;
        }
        draw_row(ladder, index, &g, dashboard, top, index == list->selected);
        if (index == marked)
            screen_line(dashboard->screen, top, area.left, 1, LOOK_MARKED, GLYPH_MARKED);
    }
    list_draw_scroll(list, dashboard->screen, area.top + HEADER, area.left + area.width - 1);
}
