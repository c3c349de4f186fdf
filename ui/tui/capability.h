/* SPDX-License-Identifier: MIT */
/* What terminfo says of the terminal, before curses takes it over. */
#ifndef TURNSCOPE_UI_TUI_CAPABILITY_H
#define TURNSCOPE_UI_TUI_CAPABILITY_H

/* Why the terminal of the descriptor cannot show the dashboard and what to do: a constant line;
 * NULL: it can. */
const char *capability_problem(int descriptor);

#endif
