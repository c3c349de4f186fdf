/* SPDX-License-Identifier: MIT */
/* The keys of a site profile, one row each. Private to the profile. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_PROFILE_KEYS_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_PROFILE_KEYS_H

#include "analyzer/diagnose/profile_values.h"

struct profile_key {
    const char *section;
    const char *key;
    profile_parse_value *parse;
    size_t offset;       /* of the field in struct profile */
    const char *example; /* NULL: a second spelling, left out of the template */
    const char *comment;
};

/* The row at `index`, or NULL behind the last. Rows of a section stand together. */
const struct profile_key *profile_key_at(size_t index);

/* What a written profile says of a key. */
struct profile_line {
    const char *value;  /* NULL: not known, the example is written instead and commented out */
    const char *origin; /* where the value comes from: a line of comment */
};

/* Hands out, piece by piece, a profile of every key with its explanation. `heading` begins it:
 * whole lines of comment. `line_of` NULL: no key has a value. */
void profile_write(const char *heading,
                   struct profile_line (*line_of)(const void *lines, const struct profile_key *key),
                   const void *lines, void (*write)(void *context, const char *text),
                   void *context);

/* NULL: there is no such key. */
const struct profile_key *profile_key_find(const char *section, const char *key);

/* Whether any key belongs to a section of this name. */
bool profile_section_exists(const char *section);

/* The section whose name is most like `section`. */
const char *profile_nearest_section(const char *section);

/* The key most like `key`: of this section, unless another section has it spelled exactly so. */
const struct profile_key *profile_nearest_key(const char *section, const char *key);

#endif
