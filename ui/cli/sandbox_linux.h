/* SPDX-License-Identifier: MIT */
/* The two halves of the sandbox on Linux. Private to ui/cli/sandbox*.c. */
#ifndef TURNSCOPE_UI_CLI_SANDBOX_LINUX_H
#define TURNSCOPE_UI_CLI_SANDBOX_LINUX_H

#include "ui/cli/sandbox.h"

/* The version of Landlock in force; 0: this kernel has none; -1, with errno: it could not be
 * entered. */
int landlock_enter(void);

/* 1: in force; 0: this program was built without it; -1, with errno: it could not be entered. */
int seccomp_enter(const struct sandbox_needs *needs);

#endif
