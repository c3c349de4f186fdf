/* SPDX-License-Identifier: MIT */
/* Signals as something to poll for, instead of something that interrupts. */
#ifndef TURNSCOPE_UI_CLI_SIGNALS_H
#define TURNSCOPE_UI_CLI_SIGNALS_H

/* Collects SIGINT, SIGTERM, SIGHUP and SIGUSR1 from now on. Returns the descriptor that is readable
 * when one has come; -1, with errno set, when that cannot be had. One at a time in a process. A
 * signal that is ignored, as nohup(1) and background jobs have it, stays ignored. */
int signals_open(void);

/* The next signal that has come; 0: none. Never blocks. */
int signals_next(int descriptor);

/* Gives the signals their usual effect back, on those that have come since as well. */
void signals_close(int descriptor);

#endif
