/* SPDX-License-Identifier: MIT */
/* Reading files as fast as they come. */
#ifndef TURNSCOPE_UI_CLI_OFFLINE_H
#define TURNSCOPE_UI_CLI_OFFLINE_H

#include "ui/cli/session.h"

/* Analyses all files, until SIGINT, SIGTERM or --count; SIGUSR1 writes a report of what was read.
 * Ends with engine_end: the final report is the caller's. */
void offline_run(struct session *session);

#endif
