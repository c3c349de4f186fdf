/* SPDX-License-Identifier: MIT */
/* The dashboard over the live loop. */
#ifndef TURNSCOPE_UI_CLI_SHOW_H
#define TURNSCOPE_UI_CLI_SHOW_H

#include "ui/cli/opener.h"
#include "ui/tui/tui.h"

struct session;

struct show {
    struct opener_series series; /* none: files are only created by name */
    struct opener opener;        /* of what the user saves */
    struct tui *tui;             /* NULL: there is no dashboard */
};

/* With -t: reads the settings and splits off who creates what the user saves. Before secrets are
 * read and privileges given up. Without it, does nothing, like everything below. 0; or
 * EXIT_TROUBLE, which was said. */
int show_prepare(struct session *session);

/* Takes over the terminal: the last thing that opens anything. */
int show_open(struct session *session);

/* Shows the dashboard until the user leaves it; ends with engine_end. */
void show_run(struct session *session);

/* Gives the terminal back; may be called at any time, and again. */
void show_close(struct show *show);

#endif
