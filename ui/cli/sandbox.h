/* SPDX-License-Identifier: MIT */
/* A sandbox for the process that reads strangers' packets: once everything is open, it may read and
 * write what it holds, and nothing else.
 *
 * On Linux, seccomp refuses (EPERM) every system call but those that reading, analysing and
 * reporting take; starting a program, or looking into another process, ends this one (SIGSYS).
 * Landlock, where the kernel has it, takes away files, TCP and other processes once more, below the
 * system calls. On other systems, and in builds with sanitizers, which look into files and
 * processes of their own, there is no sandbox. */
#ifndef TURNSCOPE_UI_CLI_SANDBOX_H
#define TURNSCOPE_UI_CLI_SANDBOX_H

#include <stdbool.h>

enum { SANDBOX_TEXT = 256 };

struct sandbox_needs {
    bool terminal; /* curses: the modes of the terminal, suspending with ^Z */
};

/* Enters the sandbox, for good. Everything must be open, and the process single-threaded. 0, with
 * what is in force in `text` ("" when nothing is); or -1 with what went wrong in it: what this
 * system has could not be set up. */
int sandbox_enter(const struct sandbox_needs *needs, char text[SANDBOX_TEXT]);

#endif
