/* SPDX-License-Identifier: MIT */
/* Views: one file each, with a record of what it can do at its end, and one table of them.
 *
 * To add one: a file view_NAME.c, its id here, its row in views.c. */
#ifndef TURNSCOPE_UI_TUI_VIEW_H
#define TURNSCOPE_UI_TUI_VIEW_H

#include "ui/tui/keys.h"
#include "ui/tui/packets.h"
#include "ui/tui/screen.h"

enum view_id {
    VIEW_OVERVIEW,
    VIEW_ATTEMPTS,
    VIEW_LADDER,
    VIEW_MESSAGE,
    VIEW_FINDINGS,
    VIEW_NAMES,
    VIEW_HANDSHAKES,
    VIEW_ALLOCATIONS,
    VIEW_STATISTICS,
    VIEW_TABS, /* those before have a tab; the others are opened from them */
    VIEW_FINDING = VIEW_TABS,
    VIEW_COMPARE,
    VIEW_HELP,
    VIEWS
};

enum { VIEW_BAR = 8 };

struct dashboard;
struct packets;
struct rows_kind;

/* What a view can do. NULL where it cannot. `state` is the view's own memory, zero at first. */
struct view {
    const char *title;
    const char *short_title; /* of the tab on a narrow screen */
    size_t state_size;
    /* Packets came since the last time, or the view is shown anew: pointers into the engine that
     * the state holds are stale. */
    void (*refresh)(struct dashboard *dashboard, void *state);
    void (*draw)(struct dashboard *dashboard, void *state, struct area area);
    /* True when the command meant something. */
    bool (*act)(struct dashboard *dashboard, void *state, enum command command, int repeat);
    /* A click, in rows and columns of its area as last drawn. */
    void (*click)(struct dashboard *dashboard, void *state, int top, int left, bool is_double);
    /* Moves to the next (1) or previous (-1) place with the text; false: there is none. */
    bool (*search)(struct dashboard *dashboard, void *state, const char *text, int direction);
    /* Shows only what has the text; "" shows all. */
    void (*filter)(struct dashboard *dashboard, void *state, const char *text);
    const char *(*filter_text)(const void *state);
    /* The Wireshark display filter of what the cursor is on; false, or "": there is none. */
    bool (*display_filter)(struct dashboard *dashboard, void *state, char *text, size_t size);
    /* The packets that it shows some of; without it, or NULL: those that are kept. */
    const struct packets *(*packets)(struct dashboard *dashboard, void *state);
    /* Whether this packet is among those that the view shows, for saving them. */
    bool (*shows_packet)(struct dashboard *dashboard, void *state,
                         const struct stored_packet *stored);
    const struct rows_kind *rows; /* what a view that is made of rows is about (rows.h) */
    enum command bar[VIEW_BAR];   /* in the function bar, behind Help; COMMAND_NONE ends them */
};

/* The record of a view, never NULL. */
const struct view *view_row(enum view_id id);

extern const struct view view_overview;
extern const struct view view_attempts;
extern const struct view view_ladder;
extern const struct view view_message;
extern const struct view view_findings;
extern const struct view view_names;
extern const struct view view_handshakes;
extern const struct view view_allocations;
extern const struct view view_statistics;
extern const struct view view_finding;
extern const struct view view_compare;
extern const struct view view_help;

#endif
