/* SPDX-License-Identifier: MIT */
/* From keys and clicks to what they do: in the open view, or everywhere. */
#include "ui/tui/clipboard.h"
#include "ui/tui/dashboard.h"
#include "ui/tui/save.h"

#include <stdio.h>
#include <string.h>

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
