/* SPDX-License-Identifier: MIT */
/* Help: made from the table of commands and the keys as they are bound. */
#include "ui/tui/dashboard.h"
#include "ui/tui/page.h"

#include <stdio.h>

struct help_state {
    struct page page;
};

static void add_group(struct page *page, const struct keys *keys, enum command_group group)
{
    page_heading(page, command_group_title(group));
    for (enum command command = COMMAND_NONE + 1; command < COMMANDS; command++) {
        const struct command_row *row = command_row(command);
        char bound[96], line[192];
        if (row->group != group)
            continue;
        snprintf(line, sizeof line, "%-14s %s", row->name, row->help);
        page_wrapped(page, LOOK_PLAIN, 20, keys_of(keys, command, bound, sizeof bound), line);
    }
}

static void fill(struct page *page, const struct dashboard *dashboard)
{
    page_wrapped(page, LOOK_PLAIN, 0, NULL,
                 "turnscope tells from packets why a WebRTC client does not get in. The overview "
                 "says what is wrong; Enter leads on, from a finding to its evidence in the "
                 "ladder, from there to the message. Esc leads back.");
    for (enum command_group group = 0; group < COMMAND_GROUPS; group++)
        add_group(page, &dashboard->keys, group);
    page_heading(page, "Settings");
    page_wrapped(page, LOOK_PLAIN, 0, NULL,
                 "Keys and colours are set in turnscope/turnscoperc under XDG_CONFIG_HOME or "
                 "~/.config. The word behind the keys above is the command's name there.");
    page_wrapped(page, LOOK_PLAIN, 3, NULL, "[keys]");
    page_wrapped(page, LOOK_PLAIN, 3, NULL, "filter = F7 f");
    page_wrapped(page, LOOK_PLAIN, 3, NULL, "[screen]");
    page_wrapped(page, LOOK_PLAIN, 3, NULL, "theme = light");
}

/* Before it is drawn, too: keys may come faster than screens. */
static void refresh(struct dashboard *dashboard, void *opaque)
{
    struct help_state *state = opaque;
    page_start(&state->page, screen_area(dashboard->screen).width - 2);
    fill(&state->page, dashboard);
}

static void draw(struct dashboard *dashboard, void *opaque, struct area area)
{
    struct help_state *state = opaque;
    refresh(dashboard, state);
    page_draw(&state->page, dashboard->screen,
              (struct area){area.top, 1, area.height, area.width - 2});
}

static bool act(struct dashboard *dashboard, void *opaque, enum command command, int repeat)
{
    struct help_state *state = opaque;
    (void)dashboard;
    return page_act(&state->page, command, repeat);
}

static bool search(struct dashboard *dashboard, void *opaque, const char *text, int direction)
{
    struct help_state *state = opaque;
    (void)dashboard;
    return page_search(&state->page, text, direction);
}

const struct view view_help = {
    .title = "Help",
    .short_title = "Help",
    .state_size = sizeof(struct help_state),
    .refresh = refresh,
    .draw = draw,
    .act = act,
    .search = search,
    .bar = {COMMAND_SEARCH},
};
