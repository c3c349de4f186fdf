/* SPDX-License-Identifier: MIT */
/* The clipboard of the terminal, through OSC 52 (xterm, and most terminals since). */
#ifndef TURNSCOPE_UI_TUI_CLIPBOARD_H
#define TURNSCOPE_UI_TUI_CLIPBOARD_H

#include "ui/tui/screen.h"

/* Asks the terminal to take the text; nobody tells whether it did. */
void clipboard_copy(struct screen *screen, const char *text);

#endif
