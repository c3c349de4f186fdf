/* SPDX-License-Identifier: MIT */
/* The sequence diagram of an attempt, an allocation, or all that a client did. */
#include "ui/tui/ladder.h"
#include "ui/tui/recall.h"

#include <stdio.h>

enum { DETAIL_ROWS = 4 };

struct ladder_state {
    struct list list;
    uint64_t target_frame; /* where the cursor is to go when the rows are there; 0: nowhere */
    uint16_t target_input;
    bool sought;           /* its packets had gone, and were sought again */
    uint64_t marked_frame; /* of the message that was selected first; 0: none */
    uint16_t marked_input;
    size_t marked_skip; /* as of struct ladder_row */
    size_t marked;      /* its row; SIZE_MAX */
    struct spanning compared[2];
    struct ladder ladder;
};

static const struct ladder_row *selected_row(const struct ladder_state *state)
{
    return ladder_message(&state->ladder, state->list.selected);
}

/* The message that ends in the frame and began before it; else the last one of it: a packet with
 * two messages was sent for the second one as well. */
static size_t row_of_frame(const struct ladder_state *state, uint16_t input, uint64_t frame)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < state->ladder.count && frame != 0; i++) {
        const struct ladder_row *row = &state->ladder.rows[i];
        if (row->is_silence || row->summary.evidence.input != input)
            continue;
        if (row->last_frame == frame && row->summary.evidence.frame != frame)
            return i;
        if (row->summary.evidence.frame == frame)
            found = i;
    }
    return found;
}

/* Rows beyond those that fit are left out at the start, so that the target is among them. */
static void build_around_target(struct dashboard *dashboard, struct ladder_state *state)
{
    enum { BEFORE_TARGET = 1000 };
    struct ladder *ladder = &state->ladder;
    const struct stored_packet *stored =
        packets_find(ladder->packets, state->target_input, state->target_frame);
    if (state->target_frame != 0)
        ladder->first_sequence = 0;
    ladder_build(ladder, dashboard);
    if (state->target_frame == 0 || !ladder->cut || stored == NULL ||
        row_of_frame(state, state->target_input, state->target_frame) != SIZE_MAX)
        return;
    ladder->first_sequence =
        stored->sequence > BEFORE_TARGET ? stored->sequence - BEFORE_TARGET : 0;
    ladder_build(ladder, dashboard);
}

static void go_to_target(struct dashboard *dashboard, struct ladder_state *state)
{
    size_t row = row_of_frame(state, state->target_input, state->target_frame);
    if (row != SIZE_MAX) {
        state->list.selected = row;
        return;
    }
    dashboard_notice(dashboard,
                     "frame %llu is not kept any more and cannot be read again: this is what is",
                     (unsigned long long)state->target_frame);
}

/* Those with the target, or else with the beginning of the attempt: when they are not kept any
 * more, they may be read again. */
static void choose_packets(struct dashboard *dashboard, struct ladder_state *state)
{
    const struct attempt *attempt = ladder_scope_attempt(&state->ladder.scope, dashboard);
    const struct packets *packets = NULL;
    if (state->target_frame != 0) {
        packets = recall(dashboard, state->target_input, state->target_frame);
    } else if (attempt != NULL && attempt->timeline.seen > 0 && !dashboard->follow) {
        const struct moment *first =
            timeline_moment(&dashboard->engine->attempts.moments, &attempt->timeline, 0);
        packets = recall(dashboard, first->evidence.input, first->evidence.frame);
    }
    state->ladder.packets = packets != NULL ? packets : dashboard->packets;
}

static void build(struct dashboard *dashboard, struct ladder_state *state)
{
    struct ladder *ladder = &state->ladder;
    if (ladder->scope.client.family == 0)
        ladder_scope_choose(&ladder->scope, dashboard);
    if (ladder->packets == NULL || state->target_frame != 0)
        choose_packets(dashboard, state);
    if (dashboard->follow)
        ladder->packets = dashboard->packets;
    build_around_target(dashboard, state);
    if (ladder->count == 0 && !state->sought) {
        state->sought = true;
        choose_packets(dashboard, state);
        build_around_target(dashboard, state);
    }
}

/* The row that the cursor was on before is found again. */
static void refresh(struct dashboard *dashboard, void *opaque)
{
    struct ladder_state *state = opaque;
    const struct ladder_row *row = selected_row(state);
    uint64_t frame = row != NULL ? row->summary.evidence.frame : 0;
    uint16_t input = row != NULL ? row->summary.evidence.input : 0;
    build(dashboard, state);
    if (state->target_frame != 0) {
        go_to_target(dashboard, state);
        state->target_frame = 0;
    } else {
        size_t kept = row_of_frame(state, input, frame);
        if (dashboard->follow && state->ladder.count > 0)
            state->list.selected = state->ladder.count - 1;
        else if (kept != SIZE_MAX &&
                 state->ladder.rows[state->list.selected].summary.evidence.frame != frame)
            state->list.selected = kept;
    }
    state->marked = row_of_frame(state, state->marked_input, state->marked_frame);
    list_fit(&state->list, state->ladder.count, state->list.height);
}

static void draw(struct dashboard *dashboard, void *opaque, struct area area)
{
    struct ladder_state *state = opaque;
    struct area rows = area, details = area;
    rows.height -= DETAIL_ROWS;
    details.top = area.top + rows.height;
    details.height = DETAIL_ROWS;
    if (state->ladder.count == 0)
        screen_text(dashboard->screen, area.top + 3, 2, area.width - 4, LOOK_QUIET,
                    "no packets to show: choose an attempt in the view Attempts");
    ladder_draw(&state->ladder, &state->list, state->marked, dashboard, rows);
    ladder_draw_details(&state->ladder, state->list.selected, dashboard, details);
}

static void mark(struct ladder_state *state, const struct ladder_row *row)
{
    const struct evidence *e = &row->summary.evidence;
    bool off = state->marked_frame != 0;
    state->marked_frame = off ? 0 : e->frame;
    state->marked_input = e->input;
    state->marked_skip = row->skip;
    state->marked = off ? SIZE_MAX : state->list.selected;
}

static void compare_marked(struct dashboard *dashboard, struct ladder_state *state,
                           const struct ladder_row *row)
{
    const struct evidence *e = &row->summary.evidence;
    const struct packets *packets = state->ladder.packets;
    const struct stored_packet *first =
        packets_find(packets, state->marked_input, state->marked_frame);
    const struct stored_packet *second = packets_find(packets, e->input, e->frame);
    state->marked_frame = 0;
    state->marked = SIZE_MAX;
    if (first == NULL || second == NULL)
        return;
    const struct stored_packet whole[] = {
        spanning_whole(&state->compared[0], packets, dashboard->engine, first, state->marked_skip),
        spanning_whole(&state->compared[1], packets, dashboard->engine, second, row->skip),
    };
    compare_open(dashboard, &whole[0], &whole[1]);
}

static void select_message(struct dashboard *dashboard, struct ladder_state *state)
{
    const struct ladder_row *row = selected_row(state);
    if (row == NULL)
        return;
    const struct evidence *e = &row->summary.evidence;
    if (state->marked_frame == 0 ||
        (state->marked_frame == e->frame && state->marked_input == e->input))
        mark(state, row);
    else
        compare_marked(dashboard, state, row);
}

static void change_extent(struct dashboard *dashboard, struct ladder_state *state)
{
    const struct ladder_row *row = selected_row(state);
    state->target_frame = row != NULL ? row->summary.evidence.frame : 0;
    state->target_input = row != NULL ? row->summary.evidence.input : 0;
    state->ladder.extended = !state->ladder.extended;
    dashboard->stale = true;
}

static void open_message(struct dashboard *dashboard, const struct ladder_state *state)
{
    const struct ladder_row *row = selected_row(state);
    if (row == NULL)
        return;
    const struct message_place place = {state->ladder.packets, row->summary.evidence.input,
                                        row->summary.evidence.frame, row->skip,
                                        row->summary.offset};
    message_open(dashboard, &place);
}

static bool act(struct dashboard *dashboard, void *opaque, enum command command, int repeat)
{
    struct ladder_state *state = opaque;
    if (command == COMMAND_OPEN || command == COMMAND_RAW)
        open_message(dashboard, state);
    else if (command == COMMAND_SELECT)
        select_message(dashboard, state);
    else if (command == COMMAND_EXTENDED)
        change_extent(dashboard, state);
    else if (list_act(&state->list, command, repeat))
        dashboard->follow = false;
    else
        return false;
    return true;
}

static void click(struct dashboard *dashboard, void *opaque, int top, int left, bool is_double)
{
    enum { HEADER = 2 };
    struct ladder_state *state = opaque;
    size_t place = state->list.top + (size_t)(top - HEADER);
    (void)left;
    if (top < HEADER || top >= (int)state->list.height + HEADER || place >= state->list.count)
        return;
    if (list_click(&state->list, place, is_double))
        open_message(dashboard, state);
}

static bool has_text(const void *opaque, size_t row, const char *text)
{
    return text_has(((const struct ladder_state *)opaque)->ladder.rows[row].summary.label, text);
}

static bool search(struct dashboard *dashboard, void *opaque, const char *text, int direction)
{
    struct ladder_state *state = opaque;
    (void)dashboard;
    return list_search(&state->list, direction, text, has_text, state);
}

static void filter(struct dashboard *dashboard, void *opaque, const char *text)
{
    struct ladder_state *state = opaque;
    snprintf(state->ladder.filter, sizeof state->ladder.filter, "%s", text);
    dashboard->stale = true;
}

static const char *filter_text(const void *opaque)
{
    return ((const struct ladder_state *)opaque)->ladder.filter;
}

static bool display_filter(struct dashboard *dashboard, void *opaque, char *text, size_t size)
{
    const struct ladder_row *row = selected_row(opaque);
    (void)dashboard;
    if (row != NULL)
        evidence_display_filter(&row->summary.evidence, text, size);
    return row != NULL;
}

static const struct packets *packets_of(struct dashboard *dashboard, void *opaque)
{
    (void)dashboard;
    return ((const struct ladder_state *)opaque)->ladder.packets;
}

static bool shows_packet(struct dashboard *dashboard, void *opaque,
                         const struct stored_packet *stored)
{
    (void)dashboard;
    return ladder_has_packet(&((const struct ladder_state *)opaque)->ladder, stored);
}

void ladder_open(struct dashboard *dashboard, const struct ladder_scope *scope, uint16_t input,
                 uint64_t frame)
{
    struct ladder_state *state = dashboard_state(dashboard, VIEW_LADDER);
    state->ladder.scope = *scope;
    state->ladder.packets = NULL;
    state->sought = false;
    state->ladder.extended = false;
    state->ladder.first_sequence = 0;
    state->ladder.filter[0] = '\0';
    state->list = (struct list){0};
    state->ladder.count = 0;
    state->target_frame = frame;
    state->target_input = input;
    state->marked_frame = 0;
    dashboard_open(dashboard, VIEW_LADDER);
}

const struct view view_ladder = {
    .title = "Ladder",
    .short_title = "Ladder",
    .state_size = sizeof(struct ladder_state),
    .refresh = refresh,
    .draw = draw,
    .act = act,
    .click = click,
    .search = search,
    .filter = filter,
    .filter_text = filter_text,
    .display_filter = display_filter,
    .packets = packets_of,
    .shows_packet = shows_packet,
    .bar = {COMMAND_SAVE, COMMAND_SEARCH, COMMAND_EXTENDED, COMMAND_FILTER, COMMAND_SELECT,
            COMMAND_COPY, COMMAND_OPEN},
};
