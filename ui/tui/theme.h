/* SPDX-License-Identifier: MIT */
/* Looks: what a text means decides how it is shown, on dark, light and monochrome terminals. */
#ifndef TURNSCOPE_UI_TUI_THEME_H
#define TURNSCOPE_UI_TUI_THEME_H

#include <stdbool.h>

enum look {
    LOOK_PLAIN,
    LOOK_STRONG,
    LOOK_QUIET,    /* what matters less */
    LOOK_HEADING,  /* of a part of the screen, of a column */
    LOOK_GOOD,     /* it worked */
    LOOK_BAD,      /* it failed */
    LOOK_WARNING,  /* look at this */
    LOOK_NOTE,     /* neither good nor bad: a challenge, an information */
    LOOK_SELECTED, /* where the cursor is */
    LOOK_MARKED,   /* what space selected */
    LOOK_BYTES,    /* bytes of the selected field */
    LOOK_BAR,      /* title line and function bar */
    LOOK_BAR_KEY,  /* the keys in it */
    LOOK_TAB,      /* the tab of the open view */
    LOOKS
};

enum theme {
    THEME_AUTO, /* dark, unless the terminal says through COLORFGBG that it is light */
    THEME_DARK,
    THEME_LIGHT,
    THEME_MONO,
    THEMES
};

/* Attributes and colours of one look: numbers of the 8 colours of ECMA-48, -1 the terminal's own.
 */
struct look_style {
    bool bold, dim, underline, reverse;
    short foreground, background;
};

/* `theme` is not THEME_AUTO. */
struct look_style theme_style(enum theme theme, enum look look);

/* What THEME_AUTO stands for on this terminal. */
enum theme theme_resolve(enum theme theme, bool has_colors);

/* "auto", "dark", "light", "mono"; and back: false when there is no such theme or look. */
bool theme_parse(enum theme *theme, const char *name);
bool look_parse(enum look *look, const char *name);
const char *look_name(enum look look);

/* What is shown with it. */
const char *look_help(enum look look);

/* "bold red", "reverse", "black on cyan": false when a word is unknown. */
bool look_style_parse(struct look_style *style, const char *text);

#endif
