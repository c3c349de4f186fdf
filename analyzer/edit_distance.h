/* SPDX-License-Identifier: MIT */
/* How alike two words are: for "did you mean". */
#ifndef TURNSCOPE_ANALYZER_EDIT_DISTANCE_H
#define TURNSCOPE_ANALYZER_EDIT_DISTANCE_H

#include <stddef.h>

enum { EDIT_DISTANCE_MAX = 40 };

/* The Levenshtein distance of the first EDIT_DISTANCE_MAX characters of each: how many characters
 * must be inserted, deleted or replaced to make one from the other. */
size_t edit_distance(const char *a, const char *b);

#endif
