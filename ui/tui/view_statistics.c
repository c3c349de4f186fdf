/* SPDX-License-Identifier: MIT */
/* Figures: packets over time, STUN round trips, error codes, what was counted and what was lost. */
#include "ui/tui/dashboard.h"

#include "dissectors/stun/message.h"

#include <stdio.h>
#include <string.h>

enum { LEFT = 1 };

/* The largest value of the buckets that share a column. */
static double column_value(const double *values, size_t used, int column, int columns)
{
    size_t from = used * (size_t)column / (size_t)columns;
    size_t to = used * ((size_t)column + 1) / (size_t)columns;
    double largest = 0;
    for (size_t i = from; i < (to > from ? to : from + 1) && i < used; i++)
        if (values[i] > largest)
            largest = values[i];
    return largest;
}

/* A sparkline of `height` rows, at most as wide as there are values. */
static void draw_sparkline(struct screen *screen, struct area area, const double *values,
                           size_t used, double largest, enum look look)
{
    int columns = (int)used < area.width ? (int)used : area.width;
    for (int x = 0; x < columns; x++) {
        double value = column_value(values, used, x, columns);
        int level = largest > 0 ? (int)(value / largest * area.height * SPARK_LEVELS + 0.5) : 0;
        if (value > 0 && level == 0)
            level = 1;
        for (int y = 0; y < area.height; y++, level -= SPARK_LEVELS) {
            unsigned part = level < 0 ? 0 : level > SPARK_LEVELS ? SPARK_LEVELS : (unsigned)level;
            screen_text(screen, area.top + area.height - 1 - y, area.left + x, 1, look,
                        glyph_spark(part, screen_is_ascii(screen)));
        }
    }
}

static double largest_of(const double *values, size_t used)
{
    double largest = 0;
    for (size_t i = 0; i < used; i++)
        if (values[i] > largest)
            largest = values[i];
    return largest;
}

/* When the first and the last column of a sparkline were. */
static void draw_axis(struct dashboard *dashboard, int top, int width)
{
    const struct observed *observed = &dashboard->engine->trackers.observed;
    char first[CLOCK_TEXT], last[CLOCK_TEXT];
    int columns = (int)dashboard->series.used < width - 2 * LEFT ? (int)dashboard->series.used
                                                                 : width - 2 * LEFT;
    if (observed->packets == 0)
        return;
    dashboard_clock(dashboard, observed->first, first);
    dashboard_clock(dashboard, observed->last, last);
    int right = LEFT + columns - (int)strlen(last), least = LEFT + (int)strlen(first) + 2;
    screen_text(dashboard->screen, top, LEFT, CLOCK_WIDTH, LOOK_QUIET, first);
    screen_text(dashboard->screen, top, right > least ? right : least, CLOCK_WIDTH, LOOK_QUIET,
                last);
}

static void draw_rate(struct dashboard *dashboard, struct area area)
{
    const struct series *series = &dashboard->series;
    double values[SERIES_BUCKETS], bytes = 0;
    char title[96];
    for (size_t i = 0; i < series->used; i++) {
        values[i] = (double)series->packets[i] * (double)SECONDS / (double)series->width;
        bytes += (double)series->bytes[i];
    }
    double largest = largest_of(values, series->used);
    snprintf(title, sizeof title, "Packets a second: at most %.0f; %.1f kB in all", largest,
             bytes / 1e3);
    screen_rule(dashboard->screen, area.top, 0, area.width, title);
    draw_sparkline(dashboard->screen,
                   (struct area){area.top + 1, LEFT, area.height - 2, area.width - 2 * LEFT},
                   values, series->used, largest, LOOK_NOTE);
    draw_axis(dashboard, area.top + area.height - 1, area.width);
}

static void draw_no_round_trips(struct dashboard *dashboard, struct area area)
{
    screen_rule(dashboard->screen, area.top, 0, area.width, "STUN round trips");
    screen_text(dashboard->screen, area.top + 1, LEFT, area.width - 2 * LEFT, LOOK_QUIET,
                "none: no STUN request was answered without being sent again");
}

static void draw_round_trips(struct dashboard *dashboard, struct area area)
{
    const struct round_trips *trips = &dashboard->engine->trackers.stun.statistics.round_trips;
    struct round_trip_summary summary = round_trips_summary(trips);
    double values[SERIES_BUCKETS];
    char title[160], least[CLOCK_TEXT], median[CLOCK_TEXT], most[CLOCK_TEXT], late[CLOCK_TEXT];
    for (size_t i = 0; i < SERIES_BUCKETS; i++)
        values[i] = (double)dashboard->series.slowest[i];
    if (trips->count == 0) {
        draw_no_round_trips(dashboard, area);
        return;
    }
    snprintf(title, sizeof title, "%llu STUN round trips: %s to %s, median %s, 95 %% within %s",
             (unsigned long long)trips->count, clock_duration(summary.minimum, least),
             clock_duration(summary.maximum, most), clock_duration(summary.median, median),
             clock_duration(summary.percentile95, late));
    screen_rule(dashboard->screen, area.top, 0, area.width, title);
    draw_sparkline(dashboard->screen,
                   (struct area){area.top + 1, LEFT, area.height - 2, area.width - 2 * LEFT},
                   values, dashboard->series.used, largest_of(values, dashboard->series.used),
                   LOOK_GOOD);
    draw_axis(dashboard, area.top + area.height - 1, area.width);
}

/* A figure in one of two columns. */
struct figure {
    const char *label;
    uint64_t value;
    enum look look; /* when it is not 0 */
};

static void draw_figures(struct dashboard *dashboard, struct area area,
                         const struct figure *figures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int column = area.width / 2 * (int)(i % 2), top = area.top + (int)(i / 2);
        if ((int)(i / 2) >= area.height)
            return;
        screen_text(dashboard->screen, top, LEFT + column, 24, LOOK_QUIET, figures[i].label);
        screen_format(dashboard->screen, top, LEFT + column + 24, 12,
                      figures[i].value > 0 ? figures[i].look : LOOK_PLAIN, "%10llu",
                      (unsigned long long)figures[i].value);
    }
}

static int draw_counts(struct dashboard *dashboard, struct area area)
{
    const struct trackers *t = &dashboard->engine->trackers;
    const struct stun_statistics *s = &t->stun.statistics;
    const struct figure figures[] = {
        {"STUN requests", s->requests, LOOK_PLAIN},
        {"Flows", t->flows.table.used, LOOK_PLAIN},
        {"STUN responses", s->responses, LOOK_PLAIN},
        {"DNS queries", t->lookups.statistics.queries, LOOK_PLAIN},
        {"STUN indications", s->indications, LOOK_PLAIN},
        {"DNS retries", t->lookups.statistics.retries, LOOK_WARNING},
        {"STUN retransmissions", s->retransmissions, LOOK_WARNING},
        {"Handshakes", t->handshakes.count, LOOK_PLAIN},
        {"STUN unanswered", s->unanswered, LOOK_BAD},
        {"Packets cut", t->observed.truncated, LOOK_WARNING},
        {"STUN malformed", s->malformed, LOOK_BAD},
        {"Packets malformed", t->observed.malformed, LOOK_WARNING},
        {"Captured twice", s->duplicates, LOOK_PLAIN},
        {"State given up", evictions_total(&dashboard->engine->evictions), LOOK_WARNING},
    };
    size_t count = sizeof figures / sizeof figures[0];
    screen_rule(dashboard->screen, area.top, 0, area.width, "Counted");
    draw_figures(dashboard, (struct area){area.top + 1, 0, area.height - 1, area.width}, figures,
                 count);
    return 1 + (int)(count + 1) / 2;
}

/* Challenges are part of every allocation. */
static enum look error_look(unsigned code)
{
    return code == 401 || code == 438 ? LOOK_NOTE : LOOK_BAD;
}

static void draw_errors(struct dashboard *dashboard, struct area area)
{
    const struct stun_statistics *s = &dashboard->engine->trackers.stun.statistics;
    int row = 1;
    screen_rule(dashboard->screen, area.top, 0, area.width, "STUN error codes");
    for (unsigned code = 300; code < STUN_ERROR_CODES && row < area.height; code++) {
        const char *name = stun_error_name(code);
        if (s->errors[code] == 0)
            continue;
        screen_format(dashboard->screen, area.top + row, LEFT, area.width - 2, error_look(code),
                      "%u %-36s %10u", code, name != NULL ? name : "", s->errors[code]);
        row++;
    }
    if (row == 1 && area.height > 1)
        screen_text(dashboard->screen, area.top + 1, LEFT, area.width - 2, LOOK_QUIET, "none");
}

/* Rows of each of `graphs` sparklines with its title and its axis: what the rest leaves. */
static int graph_height(int height, int graphs)
{
    enum { COUNTS = 8, ERRORS = 3, LEAST = 5, MOST = 11 };
    height = (height - COUNTS - ERRORS) / graphs;
    return height < LEAST ? LEAST : height > MOST ? MOST : height;
}

static void draw(struct dashboard *dashboard, void *opaque, struct area area)
{
    enum { NO_GRAPH = 2 };
    (void)opaque;
    bool both = dashboard->engine->trackers.stun.statistics.round_trips.count > 0;
    int graph = graph_height(area.height - (both ? 0 : NO_GRAPH), both ? 2 : 1);
    int top = area.top, bottom = area.top + area.height, second = both ? graph : NO_GRAPH;
    draw_rate(dashboard, (struct area){top, 0, graph, area.width});
    top += graph;
    draw_round_trips(dashboard, (struct area){top, 0, second, area.width});
    top += second;
    top += draw_counts(dashboard, (struct area){top, 0, bottom - top, area.width});
    draw_errors(dashboard, (struct area){top, 0, bottom - top, area.width});
}

const struct view view_statistics = {
    .title = "Statistics",
    .short_title = "Statistics",
    .draw = draw,
    .bar = {COMMAND_SAVE, COMMAND_PAUSE},
};
