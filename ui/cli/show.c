/* SPDX-License-Identifier: MIT */
#include "ui/cli/show.h"

#include "ui/cli/live.h"

#include <stdlib.h>

static bool reads_standard_input(const struct capture *capture)
{
    for (size_t i = 0; i < capture_input_count(capture); i++)
        if (capture_input(capture, i)->kind == INPUT_STDIN)
            return true;
    return false;
}

static bool wants_no_color(const struct options *options)
{
    const char *no_color = getenv("NO_COLOR");
    return options->color == COLOR_NEVER ||
           (options->color == COLOR_AUTO && no_color != NULL && no_color[0] != '\0');
}

static int create_file(void *context, const char *name)
{
    return opener_create(context, name);
}

int show_prepare(struct session *session)
{
    char error[TUI_ERROR_TEXT];
    struct show *show = &session->show;
    *show = (struct show){.opener = {.socket = -1}};
    if (!session->options->dashboard)
        return 0;
    show->tui = tui_new(error);
    if (show->tui == NULL)
        return trouble(error);
    privileges_owner(&show->series.owner, session->options->user);
    return opener_start(&show->opener, &show->series) == 0
               ? 0
               : trouble("no process can be started that creates what the dashboard saves");
}

int show_open(struct session *session)
{
    char error[TUI_ERROR_TEXT];
    struct show *show = &session->show;
    const struct tui_options options = {.engine = session->engine,
                                        .capture = session->capture,
                                        .filter = options_filter(session->options),
                                        .create_file = create_file,
                                        .create_context = &show->opener,
                                        .keys_from_terminal =
                                            reads_standard_input(session->capture),
                                        .no_color = wants_no_color(session->options)};
    if (show->tui == NULL || tui_open(show->tui, &options, error) == 0)
        return 0;
    show_close(show);
    return trouble(error);
}

void show_run(struct session *session)
{
    struct tui *tui = session->show.tui;
    const struct live_view view = {.context = tui,
                                   .keyboard = tui_keyboard(tui),
                                   .keys = tui_keys,
                                   .paused = tui_paused,
                                   .draw = tui_draw};
    session->watch = tui_packet;
    session->watch_context = tui;
    live_run(session, &view);
    session->watch = NULL;
    show_close(&session->show);
}

void show_close(struct show *show)
{
    tui_free(show->tui);
    show->tui = NULL;
    opener_stop(&show->opener);
}
