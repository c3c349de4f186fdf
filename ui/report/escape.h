/* SPDX-License-Identifier: MIT */
/* Strings from packets are hostile to terminals, JSON readers and pages. */
#ifndef TURNSCOPE_UI_REPORT_ESCAPE_H
#define TURNSCOPE_UI_REPORT_ESCAPE_H

#include <stddef.h>

enum { ESCAPED_TEXT = 1024 };

/* Writes `text` as valid UTF-8 into `escaped` and returns it. Bytes that are not UTF-8, control
 * characters (C0, C1, DEL), line and paragraph separators, and the marks that change the direction
 * of text or hide themselves (bidirectional, zero-width, tag characters) become "\xNN" for a byte
 * and
 * "\u{NNNN}" for a character; a backslash becomes two. Cut at whole characters to fit `size`. */
const char *escape_text(const char *text, char *escaped, size_t size);

#endif
