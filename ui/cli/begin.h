/* SPDX-License-Identifier: MIT */
/* The time before the first octet of a pipe, when nothing is open yet. */
#ifndef TURNSCOPE_UI_CLI_BEGIN_H
#define TURNSCOPE_UI_CLI_BEGIN_H

#include <stdbool.h>

/* Waits until standard input has something, or its end. False: a signal to end came first. */
bool begin_wait_for_input(void);

#endif
