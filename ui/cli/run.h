/* SPDX-License-Identifier: MIT */
/* The program: options, wiring, exit status. */
#ifndef TURNSCOPE_UI_CLI_RUN_H
#define TURNSCOPE_UI_CLI_RUN_H

enum exit_status {
    EXIT_NOTHING_FOUND = 0,
    EXIT_SOMETHING_FOUND = 1,
    EXIT_TROUBLE = 2, /* bad usage, bad input or no permission */
};

/* What main does; the exit status. */
int run(int argc, char **argv);

#endif
