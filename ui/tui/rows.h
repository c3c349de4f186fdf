/* SPDX-License-Identifier: MIT */
/* A table of records with columns that can be sorted, filtered and searched, and the details of the
 * selected one below it. The list views are made of it: they only say what their columns hold. */
#ifndef TURNSCOPE_UI_TUI_ROWS_H
#define TURNSCOPE_UI_TUI_ROWS_H

#include "ui/tui/dashboard.h"
#include "ui/tui/list.h"
#include "ui/tui/page.h"

enum { ROWS_MOST = 16384, CELL_TEXT = 320, ROWS_COLUMNS = 10, ROWS_FILTER = 128 };

/* `key` finds the same record again after the engine has moved on. */
struct row {
    uint64_t key;
    const void *record; /* the engine's; valid until the next packet */
};

struct cell {
    char text[CELL_TEXT];
    enum look look;
};

struct column {
    const char *title;
    int width;    /* columns; 0: all that is left */
    int at_least; /* width of the screen from which on it is shown; 0: always */
};

/* What a list is about. */
struct rows_kind {
    const char *empty; /* shown when there is nothing */
    const struct column *columns;
    size_t column_count;
    /* Fills in at most `most` rows, in the order they came; how many. */
    size_t (*gather)(const struct dashboard *dashboard, struct row *rows, size_t most);
    void (*cell)(const struct dashboard *dashboard, const void *record, size_t column,
                 struct cell *cell);
    /* Like strcmp, by one column. */
    int (*compare)(const struct dashboard *dashboard, const void *a, const void *b, size_t column);
    void (*details)(const struct dashboard *dashboard, const void *record, struct page *page);
    void (*open)(struct dashboard *dashboard, const void *record); /* Enter */
    /* The packet that stands for the record; NULL: none. */
    const struct evidence *(*evidence)(const void *record);
};

struct rows {
    const struct rows_kind *kind;
    size_t count; /* after the filter */
    size_t total; /* before it */
    bool cut;     /* there are more than ROWS_MOST */
    int sort;     /* column; -1: in the order they came */
    bool sorted;  /* `sort` is set */
    bool reverse;
    bool in_details; /* keys scroll the details */
    uint64_t selected_key;
    struct list list;
    int details_top; /* row of the area where they begin, as last drawn */
    char filter[ROWS_FILTER];
    struct row items[ROWS_MOST];
    struct row spare[ROWS_MOST];
    struct page page;
};

/* The operations of a view that is made of rows: `state` is its struct rows, and its record in the
 * table of views says which kind they are. */
void rows_refresh(struct dashboard *dashboard, void *state);
void rows_draw(struct dashboard *dashboard, void *state, struct area area);
bool rows_act(struct dashboard *dashboard, void *state, enum command command, int repeat);
void rows_click(struct dashboard *dashboard, void *state, int top, int left, bool is_double);
bool rows_search(struct dashboard *dashboard, void *state, const char *text, int direction);
void rows_filter(struct dashboard *dashboard, void *state, const char *text);
const char *rows_filter_text(const void *state);
bool rows_display_filter(struct dashboard *dashboard, void *state, char *text, size_t size);

/* In the record of such a view. */
#define ROWS_OPERATIONS                                                                            \
    .state_size = sizeof(struct rows), .refresh = rows_refresh, .draw = rows_draw,                 \
    .act = rows_act, .click = rows_click, .search = rows_search, .filter = rows_filter,            \
    .filter_text = rows_filter_text, .display_filter = rows_display_filter

/* For comparing: -1, 0, 1. */
int compare_numbers(int64_t a, int64_t b);

#endif
