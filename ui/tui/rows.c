/* SPDX-License-Identifier: MIT */
#include "ui/tui/rows.h"

#include "ui/tui/wrap.h"

#include <stdio.h>
#include <string.h>

enum { DETAILS_FROM = 14 /* rows of the area from which on there is room for details */ };

int compare_numbers(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static bool matches(const struct rows *rows, const struct dashboard *dashboard,
                    const struct row *row, const char *text)
{
    for (size_t i = 0; i < rows->kind->column_count; i++) {
        struct cell cell = {.look = LOOK_PLAIN};
        rows->kind->cell(dashboard, row->record, i, &cell);
        if (text_has(cell.text, text))
            return true;
    }
    return false;
}

static void apply_filter(struct rows *rows, const struct dashboard *dashboard)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->total; i++)
        if (rows->filter[0] == '\0' || matches(rows, dashboard, &rows->items[i], rows->filter))
            rows->items[kept++] = rows->items[i];
    rows->count = kept;
}

static bool goes_first(const struct rows *rows, const struct dashboard *dashboard,
                       const struct row *a, const struct row *b)
{
    int order = rows->kind->compare(dashboard, a->record, b->record, (size_t)rows->sort);
    return rows->reverse ? order >= 0 : order <= 0;
}

/* Merges two sorted halves of `length` rows each (the second may be shorter) from `a` into `b`. */
static void merge(const struct rows *rows, const struct dashboard *dashboard, const struct row *a,
                  struct row *b, size_t length, size_t all)
{
    size_t middle = length < all ? length : all, left = 0, right = middle;
    for (size_t i = 0; i < all; i++) {
        bool take_left =
            left < middle && (right == all || goes_first(rows, dashboard, &a[left], &a[right]));
        b[i] = take_left ? a[left++] : a[right++];
    }
}

/* A stable sort: rows that are equal stay in the order they came. */
static void sort(struct rows *rows, const struct dashboard *dashboard)
{
    struct row *from = rows->items, *to = rows->spare;
    for (size_t length = 1; length < rows->count; length *= 2) {
        for (size_t at = 0; at < rows->count; at += 2 * length) {
            size_t left = rows->count - at;
            merge(rows, dashboard, from + at, to + at, length,
                  left < 2 * length ? left : 2 * length);
        }
        struct row *swap = from;
        from = to;
        to = swap;
    }
    if (from != rows->items)
        memcpy(rows->items, from, rows->count * sizeof *from);
}

static void reverse(struct rows *rows)
{
    for (size_t i = 0; i < rows->count / 2; i++) {
        struct row swap = rows->items[i];
        rows->items[i] = rows->items[rows->count - 1 - i];
        rows->items[rows->count - 1 - i] = swap;
    }
}

static void find_selected(struct rows *rows, bool follow)
{
    if (follow && rows->count > 0) {
        rows->list.selected = rows->reverse && rows->sort < 0 ? 0 : rows->count - 1;
        return;
    }
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].key == rows->selected_key)
            rows->list.selected = i;
}

static const struct row *selected_row(const struct rows *rows)
{
    return rows->list.selected < rows->count ? &rows->items[rows->list.selected] : NULL;
}

static void remember_selected(struct rows *rows)
{
    const struct row *row = selected_row(rows);
    if (row != NULL)
        rows->selected_key = row->key;
}

void rows_refresh(struct dashboard *dashboard, void *state)
{
    struct rows *rows = state;
    rows->kind = view_row(dashboard->view)->rows;
    if (!rows->sorted) {
        rows->sorted = true;
        rows->sort = -1;
    }
    rows->total = rows->kind->gather(dashboard, rows->items, ROWS_MOST);
    rows->cut = rows->total == ROWS_MOST;
    apply_filter(rows, dashboard);
    if (rows->sort >= 0)
        sort(rows, dashboard);
    else if (rows->reverse)
        reverse(rows);
    find_selected(rows, dashboard->follow);
    list_fit(&rows->list, rows->count, rows->list.height);
    remember_selected(rows);
}

/* Widths of the columns on this screen; 0: not shown. */
static void lay_out_columns(const struct rows_kind *kind, int width, int widths[ROWS_COLUMNS])
{
    int left = width, flexible = -1;
    for (size_t i = 0; i < kind->column_count; i++) {
        const struct column *column = &kind->columns[i];
        widths[i] = width >= column->at_least ? column->width : 0;
        if (column->width == 0 && width >= column->at_least)
            flexible = (int)i;
        left -= widths[i] > 0 ? widths[i] + 1 : 0;
    }
    if (flexible >= 0)
        widths[flexible] = left > 8 ? left - 1 : 8;
}

static void draw_titles(const struct rows *rows, struct dashboard *dashboard, struct area area,
                        const int widths[ROWS_COLUMNS])
{
    struct screen *screen = dashboard->screen;
    int left = area.left + 1;
    for (size_t i = 0; i < rows->kind->column_count; i++) {
        const char *title = rows->kind->columns[i].title;
        if (widths[i] == 0)
            continue;
        int used = screen_text(screen, area.top, left, widths[i], LOOK_HEADING, title);
        if (rows->sort == (int)i)
            screen_line(screen, area.top, left + (used < widths[i] ? used : used - 1), 1, LOOK_NOTE,
                        rows->reverse ? GLYPH_DOWN : GLYPH_UP);
        left += widths[i] + 1;
    }
}

static void draw_row(const struct rows *rows, struct dashboard *dashboard, int top, int width,
                     const struct row *row, const int widths[ROWS_COLUMNS])
{
    bool selected = row == selected_row(rows);
    int left = 1;
    if (selected)
        screen_fill(dashboard->screen, top, 0, width, LOOK_SELECTED);
    for (size_t i = 0; i < rows->kind->column_count; i++) {
        struct cell cell = {.look = LOOK_PLAIN};
        if (widths[i] == 0)
            continue;
        rows->kind->cell(dashboard, row->record, i, &cell);
        screen_text(dashboard->screen, top, left, widths[i], selected ? LOOK_SELECTED : cell.look,
                    cell.text);
        left += widths[i] + 1;
    }
}

/* Which row it is, and of how many; what the filter left out. */
static void draw_count(const struct rows *rows, struct dashboard *dashboard, struct area area)
{
    char text[ROWS_FILTER + 96];
    size_t place = rows->count > 0 ? rows->list.selected + 1 : 0;
    if (rows->filter[0] != '\0')
        snprintf(text, sizeof text, " %zu of %zu that have \"%s\", %zu in all ", place, rows->count,
                 rows->filter, rows->total);
    else
        snprintf(text, sizeof text, " %zu of %zu%s ", place, rows->total,
                 rows->cut ? " or more" : "");
    screen_rule_end(dashboard->screen, area.top, area.width,
                    rows->filter[0] != '\0' ? LOOK_WARNING : LOOK_QUIET, text);
}

static void draw_details(struct rows *rows, struct dashboard *dashboard, struct area area)
{
    const struct row *row = selected_row(rows);
    char title[64];
    snprintf(title, sizeof title, rows->in_details ? "Details (keys scroll here)" : "Details");
    screen_rule(dashboard->screen, area.top, area.left, area.width, title);
    draw_count(rows, dashboard, area);
    if (row == NULL)
        return;
    page_start(&rows->page, area.width - 2);
    rows->kind->details(dashboard, row->record, &rows->page);
    page_draw(&rows->page, dashboard->screen,
              (struct area){area.top + 1, area.left + 1, area.height - 1, area.width - 2});
}

/* The list takes what its rows need, at most half of the area when there are details. */
static int list_height(const struct rows *rows, struct area area)
{
    int wanted = (int)rows->count + 2;
    if (rows->kind->details == NULL || area.height < DETAILS_FROM || rows->count == 0)
        return area.height;
    return wanted < area.height / 2 ? wanted : area.height / 2;
}

/* Says what would fill the list. */
static void draw_empty(const struct rows *rows, struct dashboard *dashboard, struct area area)
{
    char text[ROWS_FILTER + 64];
    bool filtered = rows->total > 0;
    struct area place = {area.top + 2, 2, area.height - 2, area.width - 4};
    snprintf(text, sizeof text, "None of %zu has \"%s\".", rows->total, rows->filter);
    wrap_draw(dashboard->screen, place, filtered ? LOOK_WARNING : LOOK_QUIET,
              filtered ? text : rows->kind->empty);
}

void rows_draw(struct dashboard *dashboard, void *state, struct area area)
{
    struct rows *rows = state;
    int widths[ROWS_COLUMNS] = {0}, height = list_height(rows, area);
    list_fit(&rows->list, rows->count, (size_t)height - 1);
    rows->details_top = height;
    lay_out_columns(rows->kind, area.width - 1, widths);
    draw_titles(rows, dashboard, area, widths);
    for (size_t i = 0; i < rows->list.height && rows->list.top + i < rows->count; i++)
        draw_row(rows, dashboard, area.top + 1 + (int)i, area.width,
                 &rows->items[rows->list.top + i], widths);
    if (rows->count == 0)
        draw_empty(rows, dashboard, area);
    list_draw_scroll(&rows->list, dashboard->screen, area.top + 1, area.width - 1);
    if (height < area.height)
        draw_details(rows, dashboard,
                     (struct area){area.top + height, area.left, area.height - height, area.width});
}

static void change_sort(struct rows *rows, int step)
{
    int columns = (int)rows->kind->column_count;
    rows->sort += step;
    if (rows->sort >= columns)
        rows->sort = -1;
    else if (rows->sort < -1)
        rows->sort = columns - 1;
}

static bool act_on_order(struct rows *rows, struct dashboard *dashboard, enum command command)
{
    if (command == COMMAND_SORT_NEXT)
        change_sort(rows, 1);
    else if (command == COMMAND_SORT_PREVIOUS)
        change_sort(rows, -1);
    else if (command == COMMAND_SORT_REVERSE)
        rows->reverse = !rows->reverse;
    else
        return false;
    rows_refresh(dashboard, rows);
    return true;
}

bool rows_act(struct dashboard *dashboard, void *state, enum command command, int repeat)
{
    struct rows *rows = state;
    const struct row *row = selected_row(rows);
    if (command == COMMAND_OPEN && row != NULL && rows->kind->open != NULL) {
        rows->kind->open(dashboard, row->record);
        return true;
    }
    if (command == COMMAND_NEXT_PANE) {
        rows->in_details = !rows->in_details;
        return true;
    }
    if (rows->in_details && page_act(&rows->page, command, repeat))
        return true;
    if (list_act(&rows->list, command, repeat)) {
        dashboard->follow = false;
        rows->page.top = 0;
        remember_selected(rows);
        return true;
    }
    return act_on_order(rows, dashboard, command);
}

void rows_click(struct dashboard *dashboard, void *state, int top, int left, bool is_double)
{
    struct rows *rows = state;
    size_t place = rows->list.top + (size_t)(top - 1);
    (void)left;
    rows->in_details = top >= rows->details_top;
    if (top < 1 || rows->in_details || place >= rows->count)
        return;
    bool opens = list_click(&rows->list, place, is_double);
    remember_selected(rows);
    if (opens)
        rows_act(dashboard, rows, COMMAND_OPEN, 1);
}

/* What list_search asks about. */
struct searching {
    const struct rows *rows;
    const struct dashboard *dashboard;
};

static bool row_has(const void *context, size_t row, const char *text)
{
    const struct searching *searching = context;
    return matches(searching->rows, searching->dashboard, &searching->rows->items[row], text);
}

bool rows_search(struct dashboard *dashboard, void *state, const char *text, int direction)
{
    struct rows *rows = state;
    const struct searching searching = {rows, dashboard};
    bool found = list_search(&rows->list, direction, text, row_has, &searching);
    remember_selected(rows);
    return found;
}

void rows_filter(struct dashboard *dashboard, void *state, const char *text)
{
    struct rows *rows = state;
    snprintf(rows->filter, sizeof rows->filter, "%s", text);
    if (rows->kind != NULL)
        rows_refresh(dashboard, rows);
}

const char *rows_filter_text(const void *state)
{
    return ((const struct rows *)state)->filter;
}

bool rows_display_filter(struct dashboard *dashboard, void *state, char *text, size_t size)
{
    const struct rows *rows = state;
    const struct row *row = selected_row(rows);
    const struct evidence *evidence =
        row != NULL && rows->kind->evidence != NULL ? rows->kind->evidence(row->record) : NULL;
    (void)dashboard;
    if (evidence == NULL || evidence->frame == 0)
        return false;
    evidence_display_filter(evidence, text, size);
    return true;
}
