/* SPDX-License-Identifier: MIT */
/* The terminal: starting and stopping curses, and drawing text that is safe to show.
 *
 * Everything that is drawn goes through screen_text: it escapes what could harm a terminal (see
 * ui/report/escape.h), shows characters that are not exactly one column wide and those written from
 * right to left by their number, and counts columns, never bytes. Views hand it raw strings. */
#ifndef TURNSCOPE_UI_TUI_SCREEN_H
#define TURNSCOPE_UI_TUI_SCREEN_H

#include "ui/tui/glyphs.h"
#include "ui/tui/theme.h"

enum { SCREEN_ERROR_TEXT = 512 };

enum charset { CHARSET_AUTO, CHARSET_ASCII, CHARSET_UTF8 };

struct screen_options {
    bool keys_from_terminal; /* standard input is a capture: keys come from /dev/tty */
    bool no_color;
    bool no_mouse;
    enum theme theme;
    enum charset charset;
    const struct look_style *styles[LOOKS]; /* instead of the theme's; NULL: the theme's */
};

/* A part of the screen, in columns and rows. */
struct area {
    int top, left, height, width;
};

struct screen;

/* NULL, with one line in `error`, when there is no usable terminal. */
struct screen *screen_open(const struct screen_options *options, char error[SCREEN_ERROR_TEXT]);
void screen_close(struct screen *screen);

/* Signs beyond ASCII cannot be shown, or are not wanted. */
bool screen_is_ascii(const struct screen *screen);
int screen_keyboard(const struct screen *screen); /* the descriptor to poll */

/* The whole screen as it is now. */
struct area screen_area(const struct screen *screen);

/* A frame of drawing: starts from an empty screen; ends by showing what changed. */
void screen_begin(struct screen *screen);
void screen_end(struct screen *screen);
/* Shows everything again: something else wrote on the terminal. */
void screen_repaint(struct screen *screen);

/* Draws `text` from column `left` of row `top` in at most `width` columns; what is longer ends in
 * an ellipsis. Returns the columns used. Nothing is drawn outside the screen. */
int screen_text(struct screen *screen, int top, int left, int width, enum look look,
                const char *text);
int screen_format(struct screen *screen, int top, int left, int width, enum look look,
                  const char *format, ...) __attribute__((format(printf, 6, 7)));

/* `count` times the same sign, to the right or downwards. */
void screen_line(struct screen *screen, int top, int left, int count, enum look look,
                 enum glyph glyph);
void screen_column(struct screen *screen, int top, int left, int count, enum look look,
                   enum glyph glyph);
void screen_fill(struct screen *screen, int top, int left, int width, enum look look);

/* A rule across the area with a title in it. */
void screen_rule(struct screen *screen, int top, int left, int width, const char *title);

/* At the right end of a rule `width` columns wide; what does not fit is cut. */
void screen_rule_end(struct screen *screen, int top, int width, enum look look, const char *text);

/* Columns that screen_text needs for all of `text`. */
int screen_columns(const struct screen *screen, const char *text);

/* Gives the terminal back to the shell until the user comes back to the program. */
void screen_suspend(struct screen *screen);

/* Where the terminal's own cursor stands at the end of the frame; hidden when this is not called.
 */
void screen_cursor(struct screen *screen, int top, int left);

/* Writes bytes to the terminal past curses, for OSC sequences. */
void screen_send(struct screen *screen, const char *sequence);

#endif
