/* SPDX-License-Identifier: MIT */
/* The line at the bottom in which the user types: what to search for, a filter, a file name. */
#ifndef TURNSCOPE_UI_TUI_PROMPT_H
#define TURNSCOPE_UI_TUI_PROMPT_H

#include "ui/tui/keys.h"
#include "ui/tui/screen.h"

enum { PROMPT_TEXT = 256 };

enum prompt_state { PROMPT_TYPING, PROMPT_DONE, PROMPT_CANCELLED };

struct prompt {
    const char *question;   /* NULL: nothing is asked */
    char text[PROMPT_TEXT]; /* UTF-8 */
};

/* Begins with `text` already there. */
void prompt_start(struct prompt *prompt, const char *question, const char *text);

/* Takes a key: PROMPT_DONE, the text is what was typed; PROMPT_CANCELLED, the user gave up. */
enum prompt_state prompt_key(struct prompt *prompt, const struct key_input *input);

/* Draws question and text into row `top`, the end of a text that is too long; shows the cursor. */
void prompt_draw(const struct prompt *prompt, struct screen *screen, int top, int width);

#endif
