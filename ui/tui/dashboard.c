/* SPDX-License-Identifier: MIT */
#include "ui/tui/dashboard.h"

#include "ui/tui/clipboard.h"
#include "ui/tui/save.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int dashboard_init(struct dashboard *dashboard, const struct tui_options *options,
                   const struct settings *settings)
{
    *dashboard = (struct dashboard){.engine = options->engine,
                                    .capture = options->capture,
                                    .filter = options->filter,
                                    .create_file = options->create_file,
                                    .create_context = options->create_context,
                                    .keys = settings->keys,
                                    .time_format = settings->time_format,
                                    .reading = true,
                                    .stale = true,
                                    .pace = {.moved = true},
                                    .dirty = true};
    dashboard->packets = packets_new(PACKETS_BYTES, PACKETS_ENTRIES);
    dashboard->recalled = packets_new(PACKETS_BYTES, PACKETS_ENTRIES);
    bool whole = dashboard->packets != NULL && dashboard->recalled != NULL;
    for (enum view_id id = 0; id < VIEWS; id++) {
        dashboard->states[id] = calloc(1, view_row(id)->state_size + 1); /* some have no state */
        whole &= dashboard->states[id] != NULL;
    }
    return whole ? 0 : -1;
}

void dashboard_free(struct dashboard *dashboard)
{
    packets_free(dashboard->packets);
    packets_free(dashboard->recalled);
    for (enum view_id id = 0; id < VIEWS; id++)
        free(dashboard->states[id]);
}

void *dashboard_state(struct dashboard *dashboard, enum view_id view)
{
    return dashboard->states[view];
}

static void show(struct dashboard *dashboard, enum view_id view)
{
    dashboard->view = view;
    dashboard->stale = dashboard->dirty = true;
}

void dashboard_open(struct dashboard *dashboard, enum view_id view)
{
    if (dashboard->view == view)
        return;
    if (dashboard->depth == VIEW_STACK)
        memmove(dashboard->stack, dashboard->stack + 1,
                sizeof dashboard->stack[0] * --dashboard->depth);
    dashboard->stack[dashboard->depth++] = dashboard->view;
    show(dashboard, view);
}

/* By its tab: from there Esc leads back to the overview. */
static void switch_to(struct dashboard *dashboard, enum view_id view)
{
    dashboard->depth = 0;
    if (view != VIEW_OVERVIEW)
        dashboard->stack[dashboard->depth++] = VIEW_OVERVIEW;
    show(dashboard, view);
}

static void go_back(struct dashboard *dashboard, bool may_leave)
{
    char key[KEY_NAME];
    if (dashboard->depth > 0)
        show(dashboard, dashboard->stack[--dashboard->depth]);
    else if (may_leave)
        dashboard->leave = true;
    else
        dashboard_notice(dashboard, "%s leaves turnscope",
                         keys_first_of(&dashboard->keys, COMMAND_QUIT, key));
}

void dashboard_notice(struct dashboard *dashboard, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(dashboard->notice, sizeof dashboard->notice, format, arguments);
    va_end(arguments);
    dashboard->dirty = true;
}

void dashboard_ask(struct dashboard *dashboard, const char *question, const char *text,
                   void (*answered)(struct dashboard *dashboard, const char *text))
{
    prompt_start(&dashboard->prompt, question, text);
    dashboard->answered = answered;
}

const char *dashboard_clock(const struct dashboard *dashboard, int64_t time, char text[CLOCK_TEXT])
{
    return clock_text(dashboard->time_format, time, dashboard->engine->trackers.observed.first,
                      text);
}

const struct attempt *dashboard_attempt(const struct dashboard *dashboard)
{
    const struct finding *root = dashboard->verdict.root_cause;
    const struct attempt *attempt = NULL, *first = NULL;
    while ((attempt = attempts_next(&dashboard->engine->attempts, attempt)) != NULL) {
        if (root != NULL && ip_address_equal(&attempt->client, &root->key.client) &&
            root->first >= attempt->first)
            return attempt;
        if (first == NULL || attempt->number < first->number)
            first = attempt;
    }
    bool forgotten = root != NULL && dashboard->engine->attempts.table.evicted > 0;
    return forgotten ? NULL : first;
}

bool text_has(const char *text, const char *wanted)
{
    return strcasestr(text, wanted) != NULL;
}

static void find(struct dashboard *dashboard, int direction)
{
    const struct view *view = view_row(dashboard->view);
    if (view->search == NULL || dashboard->search[0] == '\0')
        dashboard_notice(dashboard, "nothing to search for");
    else if (!view->search(dashboard, dashboard->states[dashboard->view], dashboard->search,
                           direction))
        dashboard_notice(dashboard, "not found %s: %s", direction > 0 ? "below" : "above",
                         dashboard->search);
}

static void search_for(struct dashboard *dashboard, const char *text)
{
    if (text[0] != '\0')
        snprintf(dashboard->search, sizeof dashboard->search, "%s", text);
    find(dashboard, 1);
}

static void filter_by(struct dashboard *dashboard, const char *text)
{
    view_row(dashboard->view)->filter(dashboard, dashboard->states[dashboard->view], text);
}

static void ask_search(struct dashboard *dashboard)
{
    if (view_row(dashboard->view)->search != NULL)
        dashboard_ask(dashboard, "Search:", "", search_for);
}

static void ask_filter(struct dashboard *dashboard)
{
    const struct view *view = view_row(dashboard->view);
    if (view->filter != NULL)
        dashboard_ask(dashboard, "Show only (empty: all):",
                      view->filter_text(dashboard->states[dashboard->view]), filter_by);
}

static void find_next(struct dashboard *dashboard)
{
    find(dashboard, 1);
}

static void find_previous(struct dashboard *dashboard)
{
    find(dashboard, -1);
}

static void copy(struct dashboard *dashboard)
{
    char text[512];
    const struct view *view = view_row(dashboard->view);
    if (view->display_filter == NULL ||
        !view->display_filter(dashboard, dashboard->states[dashboard->view], text, sizeof text) ||
        text[0] == '\0') {
        dashboard_notice(dashboard, "there is no packet here to make a display filter of");
        return;
    }
    clipboard_copy(dashboard->screen, text);
    dashboard_notice(dashboard, "copied, if the terminal allows it: %s", text);
}

static void change_time(struct dashboard *dashboard)
{
    dashboard->time_format = (dashboard->time_format + 1) % TIME_FORMATS;
}

static void change_pause(struct dashboard *dashboard)
{
    dashboard->paused = dashboard->reading && !dashboard->paused;
    if (!dashboard->reading)
        dashboard_notice(dashboard, "the capture has been read to its end");
}

static void change_follow(struct dashboard *dashboard)
{
    dashboard->follow = !dashboard->follow;
    dashboard_notice(dashboard, dashboard->follow ? "the cursor stays on the newest row"
                                                  : "the cursor stays where it is");
}

static void go_left(struct dashboard *dashboard)
{
    go_back(dashboard, false);
}

static void go_right(struct dashboard *dashboard)
{
    const struct view *view = view_row(dashboard->view);
    if (view->act != NULL)
        (void)view->act(dashboard, dashboard->states[dashboard->view], COMMAND_OPEN, 1);
}

static void help(struct dashboard *dashboard)
{
    dashboard_open(dashboard, VIEW_HELP);
}

static void repaint(struct dashboard *dashboard)
{
    screen_repaint(dashboard->screen);
}

static void suspend(struct dashboard *dashboard)
{
    dashboard->suspend = true;
}

static void leave(struct dashboard *dashboard)
{
    dashboard->leave = true;
}

/* What no view does by itself. */
static void (*const everywhere[COMMANDS])(struct dashboard *) = {
    [COMMAND_SEARCH] = ask_search,    [COMMAND_FIND_NEXT] = find_next,
    [COMMAND_FILTER] = ask_filter,    [COMMAND_FIND_PREVIOUS] = find_previous,
    [COMMAND_SAVE] = save_ask,        [COMMAND_COPY] = copy,
    [COMMAND_TIME] = change_time,     [COMMAND_PAUSE] = change_pause,
    [COMMAND_FOLLOW] = change_follow, [COMMAND_HELP] = help,
    [COMMAND_REPAINT] = repaint,      [COMMAND_SUSPEND] = suspend,
    [COMMAND_QUIT] = leave,           [COMMAND_LEFT] = go_left,
    [COMMAND_RIGHT] = go_right,
};

static void act(struct dashboard *dashboard, const struct key_input *input)
{
    const struct view *view = view_row(dashboard->view);
    enum command command = input->command;
    if (command == COMMAND_NONE)
        return;
    if (command >= COMMAND_VIEW_1 && command <= COMMAND_VIEW_9)
        switch_to(dashboard, (enum view_id)(VIEW_OVERVIEW + (command - COMMAND_VIEW_1)));
    else if (view->act != NULL &&
             view->act(dashboard, dashboard->states[dashboard->view], command, input->repeat))
        return;
    else if (command == COMMAND_BACK)
        go_back(dashboard, !input->is_escape && !input->is_erase);
    else if (everywhere[command] != NULL)
        everywhere[command](dashboard);
}

static void click(struct dashboard *dashboard, const struct key_input *input)
{
    const struct view *view = view_row(dashboard->view);
    const struct area *body = &dashboard->body;
    int top = input->top - body->top, left = input->left - body->left;
    if (top >= 0 && top < body->height && left >= 0 && left < body->width) {
        if (view->click != NULL)
            view->click(dashboard, dashboard->states[dashboard->view], top, left, input->is_double);
        return;
    }
    struct key_input key = {.kind = KEY_INPUT_KEY, .repeat = 1};
    key.command = chrome_click(dashboard, input->top, input->left);
    act(dashboard, &key);
}

static void type(struct dashboard *dashboard, const struct key_input *input)
{
    enum prompt_state state = prompt_key(&dashboard->prompt, input);
    if (state == PROMPT_TYPING)
        return;
    dashboard->prompt.question = NULL;
    if (state == PROMPT_DONE)
        dashboard->answered(dashboard, dashboard->prompt.text);
}

void dashboard_input(struct dashboard *dashboard, const struct key_input *input)
{
    dashboard->dirty = true;
    if (input->kind == KEY_INPUT_RESIZE)
        return;
    dashboard->notice[0] = '\0';
    dashboard_refresh(dashboard);
    if (dashboard->prompt.question != NULL && input->kind == KEY_INPUT_KEY)
        type(dashboard, input);
    else if (input->kind == KEY_INPUT_CLICK)
        click(dashboard, input);
    else
        act(dashboard, input);
}

bool dashboard_wants_verdict(const struct dashboard *dashboard)
{
    return dashboard->pace.moved && (!dashboard->reading || clock_now() >= dashboard->pace.next);
}

/* The finding may have been replaced since: its number says whether it is still there. */
static void conclude(struct dashboard *dashboard)
{
    enum { REST = 20 }; /* times as long as it took */
    struct pace *pace = &dashboard->pace;
    struct verdict *verdict = &dashboard->verdict;
    engine_settle(dashboard->engine);
    if (dashboard_wants_verdict(dashboard)) {
        int64_t start = clock_now();
        engine_verdict(dashboard->engine, verdict);
        int64_t end = clock_now();
        *pace = (struct pace){.root = verdict->root_cause != NULL ? verdict->root_cause->number : 0,
                              .next = end + REST * (end - start)};
    }
    verdict->root_cause = findings_at(&dashboard->engine->findings, pace->root);
}

void dashboard_refresh(struct dashboard *dashboard)
{
    const struct view *view = view_row(dashboard->view);
    if (!dashboard->stale)
        return;
    dashboard->stale = false;
    dashboard->dirty = true;
    conclude(dashboard);
    if (view->refresh != NULL)
        view->refresh(dashboard, dashboard->states[dashboard->view]);
}

void dashboard_draw(struct dashboard *dashboard)
{
    enum { SMALLEST_WIDTH = 40, SMALLEST_HEIGHT = 10 };
    struct area area = screen_area(dashboard->screen);
    dashboard_refresh(dashboard);
    screen_begin(dashboard->screen);
    if (area.width < SMALLEST_WIDTH || area.height < SMALLEST_HEIGHT) {
        screen_text(dashboard->screen, 0, 0, area.width, LOOK_PLAIN, "make the window larger");
    } else {
        dashboard->body = (struct area){2, 0, area.height - 3, area.width};
        view_row(dashboard->view)
            ->draw(dashboard, dashboard->states[dashboard->view], dashboard->body);
        chrome_draw(dashboard);
    }
    screen_end(dashboard->screen);
    dashboard->dirty = false;
}
