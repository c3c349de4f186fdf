/* SPDX-License-Identifier: MIT */
/* One finding: what it means, what to do, and the packets that show it. */
#include "ui/tui/advice.h"
#include "ui/tui/dashboard.h"
#include "ui/tui/list.h"
#include "ui/tui/looks.h"
#include "ui/tui/page.h"
#include "ui/tui/recall.h"

#include <stdio.h>

struct finding_state {
    uint32_t number; /* of the finding */
    bool in_text;    /* keys scroll the text */
    struct list evidence;
    int evidence_top; /* row of the area where the evidence begins */
    struct page page;
};

static const struct finding *finding_of(const struct dashboard *dashboard,
                                        const struct finding_state *state)
{
    return findings_at(&dashboard->engine->findings, state->number);
}

static void add_subjects(struct page *page, const struct finding *finding)
{
    const struct subjects *s = &finding->subjects;
    char client[TRANSPORT_ADDRESS_TEXT], server[TRANSPORT_ADDRESS_TEXT];
    const char *transport = transport_name(s->protocol, s->inside_tls);
    page_field(page, LOOK_PLAIN, "Code", finding_row(finding)->name);
    page_field(page, LOOK_PLAIN, "Client", transport_address_text(&s->client, client));
    if (s->server.ip.family != 0)
        page_format(page, LOOK_PLAIN, "Server", "%s%s%s",
                    transport_address_text(&s->server, server), transport != NULL ? " over " : "",
                    transport != NULL ? transport : "");
    page_field(page, LOOK_PLAIN, finding_name_label(finding), s->name);
    page_field(page, LOOK_PLAIN, "User", s->username);
    page_field(page, LOOK_PLAIN, "Realm", s->realm);
    if (s->error_code != 0)
        page_format(page, LOOK_BAD, "Answer", "%u %s", s->error_code, s->reason);
    if (finding->case_id != CASE_NONE)
        page_format(page, LOOK_PLAIN, "Case", "%s: %s", case_name(finding->case_id),
                    case_title(finding->case_id));
    page_format(page, LOOK_PLAIN, "Certainty", "%s", certainty_name(finding->certainty));
    if (finding->count > 1)
        page_format(page, LOOK_PLAIN, "Seen", "%llu times", (unsigned long long)finding->count);
}

static void add_raise(struct page *page, const struct finding *finding)
{
    const char *raise = finding_raise_certainty(finding);
    if (raise != NULL) {
        page_heading(page, "What would make it certain");
        page_wrapped(page, LOOK_PLAIN, 0, NULL, raise);
    }
}

/* What it means and what to do come first: they are what the screen has room for. */
static void fill_page(struct page *page, const struct dashboard *dashboard,
                      const struct finding *finding)
{
    const struct finding *cause = findings_at(&dashboard->engine->findings, finding->caused_by);
    advice_meaning(page, finding);
    if (finding->caused_by != 0 && cause != NULL)
        page_format(page, LOOK_NOTE, "Follows from", "%s", finding_row(cause)->title);
    advice_remedy(page, finding);
    add_raise(page, finding);
    page_heading(page, "About");
    add_subjects(page, finding);
    if (finding_row(finding)->reference != NULL)
        page_field(page, LOOK_PLAIN, "See", finding_row(finding)->reference);
}

/* Before it is drawn, too: keys may come faster than screens. */
static void refresh(struct dashboard *dashboard, void *opaque)
{
    struct finding_state *state = opaque;
    const struct finding *finding = finding_of(dashboard, state);
    list_fit(&state->evidence, finding != NULL ? finding->evidence_count : 0,
             state->evidence.height);
    page_start(&state->page, screen_area(dashboard->screen).width - 3);
    if (finding != NULL)
        fill_page(&state->page, dashboard, finding);
}

static void draw_title(struct dashboard *dashboard, const struct finding *finding, struct area area)
{
    struct screen *screen = dashboard->screen;
    int left = area.left + 1;
    left += screen_format(screen, area.top, left, area.width - 2, severity_look(finding->severity),
                          "%s  ", severity_name(finding->severity));
    screen_text(screen, area.top, left, area.width - left - 1, LOOK_STRONG,
                finding_row(finding)->title);
}

/* Its evidence is lines of the event log, not packets. */
static bool is_from_log(const struct finding *finding)
{
    return finding->evidence_count > 0 && finding->evidence[0].protocol == EVIDENCE_LOG;
}

static void draw_evidence_row(struct dashboard *dashboard, const struct finding *finding,
                              size_t index, int top, int width, bool selected)
{
    const struct evidence *evidence = &finding->evidence[index];
    struct screen *screen = dashboard->screen;
    char time[CLOCK_TEXT], summary[256];
    bool sent = ip_address_equal(&evidence->source.ip, &finding->subjects.client.ip);
    const char *arrow = glyph_text(sent ? GLYPH_TO : GLYPH_FROM, screen_is_ascii(screen));
    evidence_summary(evidence, summary, sizeof summary);
    if (selected)
        screen_fill(screen, top, 0, width, LOOK_SELECTED);
    screen_format(screen, top, 1, width - 2, selected ? LOOK_SELECTED : LOOK_PLAIN,
                  "%8llu  %s  %s %s", (unsigned long long)evidence->frame,
                  dashboard_clock(dashboard, evidence->time, time),
                  is_from_log(finding) ? " " : arrow, summary);
}

static void draw_filter(struct dashboard *dashboard, const struct finding_state *state,
                        const struct finding *finding, struct area area)
{
    char filter[256];
    int top = area.top + area.height - 1;
    evidence_display_filter(&finding->evidence[state->evidence.selected], filter, sizeof filter);
    int left =
        1 + screen_text(dashboard->screen, top, 1, area.width - 2, LOOK_QUIET, "In Wireshark: ");
    screen_text(dashboard->screen, top, left, area.width - left - 1, LOOK_NOTE, filter);
}

static void draw_evidence(struct dashboard *dashboard, struct finding_state *state,
                          const struct finding *finding, struct area area)
{
    char title[96] = "Evidence (lines of the CMS event log)", key[KEY_NAME];
    bool is_log = is_from_log(finding);
    if (!is_log)
        snprintf(title, sizeof title, "Evidence (%s shows it in the ladder)",
                 keys_first_of(&dashboard->keys, COMMAND_OPEN, key));
    screen_rule(dashboard->screen, area.top, area.left, area.width, title);
    list_fit(&state->evidence, finding->evidence_count, (size_t)area.height - 2);
    for (size_t i = 0; i < state->evidence.height; i++) {
        size_t index = state->evidence.top + i;
        if (index < finding->evidence_count)
            draw_evidence_row(dashboard, finding, index, area.top + 1 + (int)i, area.width,
                              index == state->evidence.selected && !state->in_text);
    }
    list_draw_scroll(&state->evidence, dashboard->screen, area.top + 1, area.width - 1);
    if (!is_log)
        draw_filter(dashboard, state, finding, area);
}

static void draw(struct dashboard *dashboard, void *opaque, struct area area)
{
    struct finding_state *state = opaque;
    const struct finding *finding = finding_of(dashboard, state);
    if (finding == NULL) {
        screen_text(dashboard->screen, area.top, 1, area.width - 2, LOOK_QUIET,
                    "no finding is chosen: choose one in the view Findings");
        return;
    }
    int rows = (int)finding->evidence_count, most = area.height / 3;
    int below = finding->evidence_count > 0 ? 2 + (rows < most ? rows : most) : 0;
    draw_title(dashboard, finding, area);
    refresh(dashboard, state);
    page_draw(&state->page, dashboard->screen,
              (struct area){area.top + 1, area.left + 1, area.height - 1 - below, area.width - 2});
    state->evidence_top = area.height - below;
    if (below > 0)
        draw_evidence(dashboard, state, finding,
                      (struct area){area.top + area.height - below, 0, below, area.width});
}

static void open_evidence(struct dashboard *dashboard, const struct finding_state *state,
                          const struct finding *finding)
{
    const struct evidence *evidence = &finding->evidence[state->evidence.selected];
    const struct ip_address *client = &finding->subjects.client.ip;
    if (evidence->protocol == EVIDENCE_LOG)
        dashboard_notice(dashboard, "line %llu of the CMS event log: the ladder has packets only",
                         (unsigned long long)evidence->frame);
    else
        ladder_open_evidence(dashboard, client->family != 0 ? client : &evidence->source.ip,
                             evidence);
}

/* Up and down choose the evidence as long as there is a choice; pages scroll the text. */
static bool act(struct dashboard *dashboard, void *opaque, enum command command, int repeat)
{
    struct finding_state *state = opaque;
    const struct finding *finding = finding_of(dashboard, state);
    bool pages = command == COMMAND_PAGE_UP || command == COMMAND_PAGE_DOWN;
    if (finding == NULL)
        return false;
    if (command == COMMAND_OPEN && finding->evidence_count > 0) {
        open_evidence(dashboard, state, finding);
        return true;
    }
    if (command == COMMAND_NEXT_PANE) {
        state->in_text = !state->in_text;
        return true;
    }
    if (state->in_text || pages || finding->evidence_count == 0)
        return page_act(&state->page, command, repeat);
    return list_act(&state->evidence, command, repeat);
}

static void click(struct dashboard *dashboard, void *opaque, int top, int left, bool is_double)
{
    struct finding_state *state = opaque;
    size_t place = state->evidence.top + (size_t)(top - state->evidence_top - 1);
    (void)left;
    state->in_text = top < state->evidence_top;
    if (top <= state->evidence_top || place >= state->evidence.count)
        return;
    if (list_click(&state->evidence, place, is_double))
        act(dashboard, state, COMMAND_OPEN, 1);
}

static bool search(struct dashboard *dashboard, void *opaque, const char *text, int direction)
{
    struct finding_state *state = opaque;
    (void)dashboard;
    return page_search(&state->page, text, direction);
}

static bool display_filter(struct dashboard *dashboard, void *opaque, char *text, size_t size)
{
    const struct finding_state *state = opaque;
    const struct finding *finding = finding_of(dashboard, state);
    if (finding == NULL || finding->evidence_count == 0)
        return false;
    evidence_display_filter(&finding->evidence[state->evidence.selected], text, size);
    return true;
}

/* One file has them all, as a rule close to each other. */
static const struct packets *packets_of(struct dashboard *dashboard, void *opaque)
{
    const struct finding *finding = finding_of(dashboard, opaque);
    return finding == NULL || finding->evidence_count == 0
               ? NULL
               : recall(dashboard, finding->evidence[0].input, finding->evidence[0].frame);
}

static bool shows_packet(struct dashboard *dashboard, void *opaque,
                         const struct stored_packet *stored)
{
    const struct finding *finding = finding_of(dashboard, opaque);
    for (size_t i = 0; finding != NULL && i < finding->evidence_count; i++)
        if (finding->evidence[i].frame == stored->frame &&
            finding->evidence[i].input == stored->input)
            return true;
    return false;
}

/* The last piece of evidence decides: the cursor begins there. */
void finding_open(struct dashboard *dashboard, uint32_t number)
{
    struct finding_state *state = dashboard_state(dashboard, VIEW_FINDING);
    const struct finding *finding = findings_at(&dashboard->engine->findings, number);
    state->number = number;
    state->in_text = false;
    state->page.top = 0;
    state->evidence = (struct list){0};
    if (finding != NULL && finding->evidence_count > 0)
        state->evidence.selected = finding->evidence_count - 1;
    state->evidence.count = state->evidence.selected + 1;
    dashboard_open(dashboard, VIEW_FINDING);
}

const struct view view_finding = {
    .title = "Finding",
    .short_title = "Finding",
    .state_size = sizeof(struct finding_state),
    .refresh = refresh,
    .draw = draw,
    .act = act,
    .click = click,
    .search = search,
    .display_filter = display_filter,
    .packets = packets_of,
    .shows_packet = shows_packet,
    .bar = {COMMAND_SAVE, COMMAND_SEARCH, COMMAND_COPY, COMMAND_NEXT_PANE, COMMAND_OPEN},
};
