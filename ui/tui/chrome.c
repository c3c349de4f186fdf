/* SPDX-License-Identifier: MIT */
/* What stands around every view: title line, tabs, function bar. */
#include "ui/tui/dashboard.h"

#include <stdio.h>
#include <string.h>

enum { WIDE = 104, PROGRESS_WIDTH = 12 };

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static void source_text(const struct dashboard *dashboard, char *text, size_t size)
{
    const struct capture *capture = dashboard->capture;
    size_t count = capture_input_count(capture);
    const struct capture_input *first = count > 0 ? capture_input(capture, 0) : NULL;
    const char *name = first == NULL ? "CMS event log" : base_name(first->source);
    if (first != NULL && first->kind == INPUT_STDIN)
        name = "standard input";
    if (count > 1)
        snprintf(text, size, "%s and %zu more", name, count - 1);
    else
        snprintf(text, size, "%s", name);
}

static bool is_live(const struct dashboard *dashboard)
{
    return capture_input_count(dashboard->capture) > 0 &&
           capture_input(dashboard->capture, 0)->kind == INPUT_INTERFACE;
}

/* Nobody knows how much is still to come. Returns the column where the text begins. */
static int draw_rate(struct dashboard *dashboard, int right)
{
    char text[48] = "reading";
    if (is_live(dashboard))
        snprintf(text, sizeof text, "live, %llu packets/s",
                 (unsigned long long)dashboard->meter.rate);
    int left = right - (int)strlen(text) - 1;
    screen_text(dashboard->screen, 0, left, right - left, LOOK_BAR, text);
    return left;
}

static int draw_progress(struct dashboard *dashboard, int right)
{
    uint64_t done, total;
    struct screen *screen = dashboard->screen;
    capture_progress(dashboard->capture, &done, &total);
    if (total == 0 || done >= total)
        return draw_rate(dashboard, right);
    int full = (int)((double)done * PROGRESS_WIDTH / (double)total);
    int left = right - PROGRESS_WIDTH - 6;
    screen_line(screen, 0, left, full, LOOK_BAR, GLYPH_BAR_FULL);
    screen_line(screen, 0, left + full, PROGRESS_WIDTH - full, LOOK_BAR, GLYPH_BAR_EMPTY);
    screen_format(screen, 0, left + PROGRESS_WIDTH, 5, LOOK_BAR, "%4d%%",
                  (int)((double)done * 100.0 / (double)total));
    return left;
}

static const char *state_text(const struct dashboard *dashboard)
{
    if (dashboard->paused)
        return "PAUSED";
    return dashboard->follow ? "FOLLOW" : "";
}

static void draw_title(struct dashboard *dashboard, struct area area)
{
    struct screen *screen = dashboard->screen;
    static const char *const words[] = {"INCONCLUSIVE", "PASS", "WARN", "FAIL"};
    char source[160], state[16];
    int right = area.width;
    screen_fill(screen, 0, 0, area.width, LOOK_BAR);
    if (dashboard->reading)
        right = draw_progress(dashboard, right);
    snprintf(state, sizeof state, "%s", state_text(dashboard));
    right -= (int)strlen(state) + 1;
    screen_text(screen, 0, right, (int)strlen(state), LOOK_BAR, state);
    source_text(dashboard, source, sizeof source);
    int left = 1 + screen_format(screen, 0, 1, right - 2, LOOK_BAR, "turnscope  %s  ", source);
    screen_format(screen, 0, left, right - left - 1, LOOK_BAR,
                  dashboard->taken == 1 ? "%llu packet  %s" : "%llu packets  %s",
                  (unsigned long long)dashboard->taken, words[dashboard->verdict.status]);
}

static enum view_id tab_of(const struct dashboard *dashboard)
{
    enum view_id id = dashboard->view;
    for (size_t i = dashboard->depth; id >= VIEW_TABS && i > 0; i--)
        id = dashboard->stack[i - 1];
    return id;
}

/* Where each tab begins; the entry behind the last is where they end. */
static void tab_places(int width, int places[VIEW_TABS + 1])
{
    int left = 0;
    for (enum view_id id = 0; id < VIEW_TABS; id++) {
        const struct view *view = view_row(id);
        places[id] = left;
        left += width >= WIDE ? (int)strlen(view->title) + 3 : (int)strlen(view->short_title) + 2;
    }
    places[VIEW_TABS] = left;
}

static void draw_tabs(struct dashboard *dashboard, struct area area)
{
    int places[VIEW_TABS + 1];
    tab_places(area.width, places);
    for (enum view_id id = 0; id < VIEW_TABS; id++) {
        const struct view *view = view_row(id);
        bool wide = area.width >= WIDE;
        int left = places[id];
        left += screen_format(dashboard->screen, 1, left, 2, LOOK_NOTE, "%d", (int)id + 1);
        screen_text(dashboard->screen, 1, left + wide, area.width - left,
                    id == tab_of(dashboard) ? LOOK_TAB : LOOK_QUIET,
                    wide ? view->title : view->short_title);
    }
}

/* Entry `index` of the function bar; COMMAND_NONE behind the last. */
static enum command bar_entry(const struct dashboard *dashboard, size_t index)
{
    const enum command *bar = view_row(dashboard->view)->bar;
    size_t own = 0;
    while (own < VIEW_BAR && bar[own] != COMMAND_NONE)
        own++;
    if (index == 0)
        return COMMAND_HELP;
    if (index <= own)
        return bar[index - 1];
    const enum command last[] = {COMMAND_BACK, COMMAND_QUIT, COMMAND_NONE};
    return index <= own + 2 ? last[index - own - 1] : COMMAND_NONE;
}

static int bar_width(const struct dashboard *dashboard, enum command command, char key[KEY_NAME])
{
    keys_first_of(&dashboard->keys, command, key);
    if (key[0] == '\0')
        return 0;
    return screen_columns(dashboard->screen, key) + (int)strlen(command_row(command)->label) + 2;
}

static void draw_bar(struct dashboard *dashboard, struct area area)
{
    char key[KEY_NAME];
    enum command command;
    int top = area.height - 1, left = 0, width;
    for (size_t i = 0; (command = bar_entry(dashboard, i)) != COMMAND_NONE; i++) {
        if ((width = bar_width(dashboard, command, key)) == 0 || left + width > area.width)
            continue;
        int at = left + screen_text(dashboard->screen, top, left, width, LOOK_BAR_KEY, key);
        screen_fill(dashboard->screen, top, at, left + width - at, LOOK_BAR);
        screen_text(dashboard->screen, top, at, width, LOOK_BAR, command_row(command)->label);
        left += width;
    }
    screen_fill(dashboard->screen, top, left, area.width - left, LOOK_BAR);
}

void chrome_draw(struct dashboard *dashboard)
{
    struct area area = screen_area(dashboard->screen);
    draw_title(dashboard, area);
    draw_tabs(dashboard, area);
    if (dashboard->prompt.question != NULL)
        prompt_draw(&dashboard->prompt, dashboard->screen, area.height - 1, area.width);
    else if (dashboard->notice[0] != '\0')
        screen_text(dashboard->screen, area.height - 1, 0, area.width, LOOK_STRONG,
                    dashboard->notice);
    else
        draw_bar(dashboard, area);
}

static enum command click_bar(const struct dashboard *dashboard, int at, int screen_width)
{
    char key[KEY_NAME];
    enum command command;
    int left = 0, width;
    for (size_t i = 0; (command = bar_entry(dashboard, i)) != COMMAND_NONE; i++) {
        if ((width = bar_width(dashboard, command, key)) == 0 || left + width > screen_width)
            continue;
        if (at < left + width)
            return command;
        left += width;
    }
    return COMMAND_NONE;
}

enum command chrome_click(struct dashboard *dashboard, int top, int left)
{
    struct area area = screen_area(dashboard->screen);
    int places[VIEW_TABS + 1];
    if (top == area.height - 1)
        return click_bar(dashboard, left, area.width);
    tab_places(area.width, places);
    for (int id = 0; top == 1 && id < VIEW_TABS; id++)
        if (left >= places[id] && left < places[id + 1])
            return (enum command)(COMMAND_VIEW_1 + id);
    return COMMAND_NONE;
}
