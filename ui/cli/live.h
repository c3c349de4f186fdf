/* SPDX-License-Identifier: MIT */
/* The live loop: one thread that polls the capture, the keyboard, the signals and a clock. */
#ifndef TURNSCOPE_UI_CLI_LIVE_H
#define TURNSCOPE_UI_CLI_LIVE_H

#include "ui/cli/session.h"

/* Who looks on. */
struct live_view {
    void *context;
    int keyboard; /* a descriptor to poll; -1: none */
    /* There is something to read on the keyboard, or there may be, as after a change of the
     * terminal's size. False: the user wants to leave. */
    bool (*keys)(void *context);
    /* True: packets are to wait, and time with them. */
    bool (*paused)(void *context);
    /* Draws, at most ten times a second; `changed`: packets or time moved something. */
    void (*draw)(void *context, bool changed);
};

/* Analyses until SIGINT, SIGTERM, --count or --duration. Without a view, findings are printed as
 * they are made, SIGUSR1 writes a report, SIGHUP begins another file of -w, and the end of the
 * capture is the end; with one (not NULL), files are read in slices under it, nothing is printed,
 * and the view decides. Ends with engine_end: the final report is the caller's. */
void live_run(struct session *session, const struct live_view *view);

#endif
