/* SPDX-License-Identifier: MIT */
/* The whole diagnosis on one screen: verdict, how far the client got, findings, cases, capture. */
#include "ui/tui/list.h"
#include "ui/tui/looks.h"
#include "ui/tui/overview_parts.h"
#include "ui/tui/wrap.h"

#include <stdio.h>

enum { CASE_ROWS = CASES - 1 };

/* One list for the cursor: the findings, then the cases. */
struct overview_state {
    uint32_t findings[LIMIT_FINDINGS]; /* numbers */
    size_t finding_count;
    size_t cursor;
    uint32_t cursor_finding;     /* its number; 0: the cursor is on a case */
    struct list list;            /* of the findings alone */
    int findings_top, cases_top; /* rows of the area, as last drawn */
};

static void gather_findings(const struct dashboard *dashboard, struct overview_state *state)
{
    const struct finding *findings[LIMIT_FINDINGS];
    state->finding_count = dashboard_findings(dashboard, findings, LIMIT_FINDINGS);
    for (size_t i = 0; i < state->finding_count; i++)
        state->findings[i] = findings[i]->number;
}

static void remember(struct overview_state *state)
{
    state->cursor_finding =
        state->cursor < state->finding_count ? state->findings[state->cursor] : 0;
}

static void refresh(struct dashboard *dashboard, void *opaque)
{
    struct overview_state *state = opaque;
    size_t before = state->finding_count;
    gather_findings(dashboard, state);
    if (state->cursor_finding == 0 && state->cursor > 0 && state->cursor >= before)
        state->cursor += state->finding_count - before;
    for (size_t i = 0; state->cursor_finding != 0 && i < state->finding_count; i++)
        if (state->findings[i] == state->cursor_finding && state->cursor > 0)
            state->cursor = i;
    if (state->cursor >= state->finding_count + CASE_ROWS)
        state->cursor = 0;
    remember(state);
}

static void draw_finding(struct dashboard *dashboard, const struct finding *finding, int top,
                         int width, bool selected)
{
    struct screen *screen = dashboard->screen;
    char address[IP_ADDRESS_TEXT], right[96];
    int room = snprintf(right, sizeof right, "%s %llux",
                        ip_address_text(&finding->subjects.client.ip, address),
                        (unsigned long long)finding->count);
    if (width < 72)
        room = 0;
    if (selected)
        screen_fill(screen, top, 0, width, LOOK_SELECTED);
    screen_text(screen, top, 1, 8, selected ? LOOK_SELECTED : severity_look(finding->severity),
                severity_name(finding->severity));
    screen_text(screen, top, 10, width - 12 - room, selected ? LOOK_SELECTED : LOOK_PLAIN,
                finding_row(finding)->title);
    if (room > 0)
        screen_text(screen, top, width - room - 1, room, selected ? LOOK_SELECTED : LOOK_QUIET,
                    right);
}

static void draw_findings(struct dashboard *dashboard, struct overview_state *state,
                          struct area area)
{
    char title[64];
    snprintf(title, sizeof title, "Findings: %zu", state->finding_count);
    screen_rule(dashboard->screen, area.top, 0, area.width, title);
    if (state->finding_count == 0)
        screen_text(dashboard->screen, area.top + 1, 1, area.width - 2, LOOK_QUIET,
                    dashboard->reading ? "nothing so far" : "nothing is wrong in this capture");
    if (state->cursor < state->finding_count)
        state->list.selected = state->cursor;
    list_fit(&state->list, state->finding_count, (size_t)area.height - 1);
    for (size_t i = 0; i < state->list.height; i++) {
        size_t index = state->list.top + i;
        const struct finding *finding =
            index < state->finding_count
                ? findings_at(&dashboard->engine->findings, state->findings[index])
                : NULL;
        if (finding != NULL)
            draw_finding(dashboard, finding, area.top + 1 + (int)i, area.width,
                         index == state->cursor);
    }
    list_draw_scroll(&state->list, dashboard->screen, area.top + 1, area.width - 1);
}

static void draw_case(struct dashboard *dashboard, enum case_id id, int top, int width,
                      bool selected)
{
    static const char *const words[] = {"no evidence", "not visible", "cleared", "MATCHED"};
    static const enum look looks[] = {LOOK_PLAIN, LOOK_QUIET, LOOK_GOOD, LOOK_BAD};
    const struct case_result *result = &dashboard->verdict.cases[id];
    struct screen *screen = dashboard->screen;
    if (selected)
        screen_fill(screen, top, 0, width, LOOK_SELECTED);
    screen_text(screen, top, 1, 12, selected ? LOOK_SELECTED : looks[result->status],
                words[result->status]);
    int left = 14 + screen_format(screen, top, 14, width - 15,
                                  selected ? LOOK_SELECTED : LOOK_PLAIN, "%s  ", case_title(id));
    if (width >= OVERVIEW_WIDE && result->reason != NULL && result->status != CASE_MATCHED)
        screen_text(screen, top, left, width - left - 1, selected ? LOOK_SELECTED : LOOK_QUIET,
                    result->reason);
}

static void draw_cases(struct dashboard *dashboard, const struct overview_state *state,
                       struct area area)
{
    screen_rule(dashboard->screen, area.top, 0, area.width, "The guide's cases");
    for (int i = 0; i < CASE_ROWS && i < area.height - 1; i++)
        draw_case(dashboard, (enum case_id)(CASE_NONE + 1 + i), area.top + 1 + i, area.width,
                  state->cursor == state->finding_count + (size_t)i);
}

/* The reason of the case under the cursor; NULL when it stands beside the case already, or there is
 * none. */
static const char *reason_below(const struct dashboard *dashboard,
                                const struct overview_state *state, int width)
{
    size_t index = state->cursor - state->finding_count;
    if (state->cursor < state->finding_count || index >= CASE_ROWS || width >= OVERVIEW_WIDE)
        return NULL;
    return dashboard->verdict.cases[CASE_NONE + 1 + index].reason;
}

/* Between the cases and the capture: why, or what the client did; where there is no room, why
 * stands over the capture. */
static void draw_rest(struct dashboard *dashboard, const struct overview_state *state,
                      struct area area)
{
    enum { REASON_ROWS = 3 };
    const char *reason = reason_below(dashboard, state, area.width);
    struct area last = {area.top + area.height - OVERVIEW_CAPTURE_ROWS, 0, OVERVIEW_CAPTURE_ROWS,
                        area.width};
    int room = area.height - OVERVIEW_CAPTURE_ROWS, used = reason != NULL ? REASON_ROWS : 0;
    overview_draw_capture(dashboard, last);
    if (room > used)
        overview_draw_moments(dashboard,
                              (struct area){area.top + used, 0, room - used, area.width});
    if (reason != NULL && room < REASON_ROWS)
        for (int i = 1; i < OVERVIEW_CAPTURE_ROWS; i++)
            screen_fill(dashboard->screen, last.top + i, 0, area.width, LOOK_PLAIN);
    if (reason != NULL)
        wrap_draw(dashboard->screen,
                  (struct area){room >= REASON_ROWS ? area.top + 1 : last.top + 1, 1,
                                REASON_ROWS - 1, area.width - 2},
                  LOOK_NOTE, reason);
}

static void draw(struct dashboard *dashboard, void *opaque, struct area area)
{
    enum { CASES_HEIGHT = CASE_ROWS + 1, CHAIN_HEIGHT = 1, VERDICT_LEAST = 3, FINDINGS_LEAST = 2 };
    struct overview_state *state = opaque;
    int room = area.height - CASES_HEIGHT - OVERVIEW_CAPTURE_ROWS - CHAIN_HEIGHT;
    int findings = (int)(state->finding_count > 0 ? state->finding_count : 1) + 1;
    int verdict = room - findings;
    verdict = overview_draw_verdict(
        dashboard,
        (struct area){area.top, 0, verdict > VERDICT_LEAST ? verdict : VERDICT_LEAST, area.width});
    overview_draw_chain(dashboard, (struct area){area.top + verdict, 0, CHAIN_HEIGHT, area.width});
    if (findings > room - verdict)
        findings = room - verdict > FINDINGS_LEAST ? room - verdict : FINDINGS_LEAST;
    else if (findings < room - verdict)
        findings++; /* an empty row behind the last */
    state->findings_top = verdict + CHAIN_HEIGHT;
    state->cases_top = state->findings_top + findings;
    draw_findings(dashboard, state,
                  (struct area){area.top + state->findings_top, 0, findings, area.width});
    int cases = area.height - OVERVIEW_CAPTURE_ROWS - state->cases_top;
    cases = cases < CASES_HEIGHT ? cases : CASES_HEIGHT;
    draw_cases(dashboard, state, (struct area){area.top + state->cases_top, 0, cases, area.width});
    int used = state->cases_top + cases;
    draw_rest(dashboard, state, (struct area){area.top + used, 0, area.height - used, area.width});
}

static void open_selected(struct dashboard *dashboard, const struct overview_state *state)
{
    enum case_id id = (enum case_id)(CASE_NONE + 1 + state->cursor - state->finding_count);
    if (state->cursor < state->finding_count)
        finding_open(dashboard, state->findings[state->cursor]);
    else if (dashboard->verdict.cases[id].status == CASE_MATCHED)
        dashboard_open(dashboard, VIEW_FINDINGS);
    else
        dashboard_notice(dashboard, "no finding belongs to this case");
}

static bool act(struct dashboard *dashboard, void *opaque, enum command command, int repeat)
{
    struct overview_state *state = opaque;
    struct list all = {.count = state->finding_count + CASE_ROWS,
                       .selected = state->cursor,
                       .height = state->list.height};
    if (command == COMMAND_OPEN) {
        open_selected(dashboard, state);
        return true;
    }
    if (command == COMMAND_NEXT_PANE)
        all.selected = state->cursor < state->finding_count ? state->finding_count : 0;
    else if (!list_act(&all, command, repeat))
        return false;
    state->cursor = all.selected;
    remember(state);
    return true;
}

static void click(struct dashboard *dashboard, void *opaque, int top, int left, bool is_double)
{
    struct overview_state *state = opaque;
    size_t place;
    (void)left;
    if (top > state->cases_top && top <= state->cases_top + CASE_ROWS)
        place = state->finding_count + (size_t)(top - state->cases_top - 1);
    else if (top > state->findings_top && top < state->cases_top)
        place = state->list.top + (size_t)(top - state->findings_top - 1);
    else
        return;
    if (place >= state->finding_count && top < state->cases_top)
        return;
    bool again = place == state->cursor;
    state->cursor = place;
    remember(state);
    if (again || is_double)
        open_selected(dashboard, state);
}

static bool display_filter(struct dashboard *dashboard, void *opaque, char *text, size_t size)
{
    const struct overview_state *state = opaque;
    const struct finding *finding =
        findings_at(&dashboard->engine->findings, state->cursor_finding);
    if (finding == NULL || finding->evidence_count == 0)
        return false;
    evidence_display_filter(&finding->evidence[finding->evidence_count - 1], text, size);
    return true;
}

const struct view view_overview = {
    .title = "Overview",
    .short_title = "Overview",
    .state_size = sizeof(struct overview_state),
    .refresh = refresh,
    .draw = draw,
    .act = act,
    .click = click,
    .display_filter = display_filter,
    .bar = {COMMAND_SAVE, COMMAND_COPY, COMMAND_TIME, COMMAND_PAUSE, COMMAND_FOLLOW, COMMAND_OPEN},
};
