/* SPDX-License-Identifier: MIT */
/* The signs the dashboard draws with: one table for UTF-8 terminals, one for ASCII. */
#ifndef TURNSCOPE_UI_TUI_GLYPHS_H
#define TURNSCOPE_UI_TUI_GLYPHS_H

#include <stdbool.h>
#include <stddef.h>

enum glyph {
    GLYPH_HORIZONTAL,
    GLYPH_VERTICAL,
    GLYPH_CROSSING,   /* an arrow passes a lifeline */
    GLYPH_ARROW_LEFT, /* heads of arrows */
    GLYPH_ARROW_RIGHT,
    GLYPH_LOST, /* the head of an arrow that nobody answered */
    GLYPH_DASH, /* the line of a retransmission */
    GLYPH_ELLIPSIS,
    GLYPH_WORKED,
    GLYPH_FAILED,
    GLYPH_TRIED,
    GLYPH_UNSEEN,
    GLYPH_MARKED,
    GLYPH_POINTER,
    GLYPH_UP,
    GLYPH_DOWN,
    GLYPH_BAR_FULL,
    GLYPH_BAR_EMPTY,
    GLYPH_FROM,
    GLYPH_TO,
    GLYPHS
};

/* Each is one column wide. */
const char *glyph_text(enum glyph glyph, bool ascii);

/* One column of a sparkline: level 0 (nothing) to SPARK_LEVELS. */
enum { SPARK_LEVELS = 8 };
const char *glyph_spark(unsigned level, bool ascii);

/* What stands in ASCII for a character of our own texts; NULL: nothing does. */
const char *glyph_transliteration(unsigned character);

#endif
