/* SPDX-License-Identifier: MIT */
/* A lookup in words. For track/ alone; as evidence, lookups.h offers it. */
#ifndef TURNSCOPE_ANALYZER_TRACK_LOOKUP_TEXT_H
#define TURNSCOPE_ANALYZER_TRACK_LOOKUP_TEXT_H

#include "analyzer/track/lookups.h"

/* In a few words, cut at `size` (at least EVIDENCE_DETAIL): the name, and of an answer what it
 * gave: "cmsweb.octavio.com -> 10.88.246.156". Of a name that is too long the end is cut. */
void lookup_text(const struct lookup *lookup, bool answered, char *text, size_t size);

/* Whether `answer` is one: an ICMP error may stand there, or nothing. */
static inline bool lookup_has_answer(const struct lookup *lookup)
{
    return lookup->answer.protocol == EVIDENCE_DNS;
}

#endif
