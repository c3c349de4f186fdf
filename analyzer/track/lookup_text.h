/* SPDX-License-Identifier: MIT */
/* A lookup in words, and as evidence. */
#ifndef TURNSCOPE_ANALYZER_TRACK_LOOKUP_TEXT_H
#define TURNSCOPE_ANALYZER_TRACK_LOOKUP_TEXT_H

#include "analyzer/track/lookups.h"

/* In a few words, cut at `size` (at least EVIDENCE_DETAIL): the name, and of an answer what it
 * gave: "cmsweb.octavio.com -> 10.88.246.156", or "cmsweb.octavio.com (late) -> 10.88.246.156". Of
 * a name that is too long the end is cut. */
void lookup_text(const struct lookup *lookup, bool answered, char *text, size_t size);

/* Whether `answer` is one: an ICMP error may stand there, or nothing. */
static inline bool lookup_has_answer(const struct lookup *lookup)
{
    return lookup->answer.protocol == EVIDENCE_DNS;
}

/* The packets that show how a round went: the first query, the first answer, the latest query, the
 * answer that counts. frame 0: there is none; one packet may be there twice. */
enum { LOOKUP_EVIDENCE = 4 };
void lookup_evidence(const struct lookup *lookup, struct evidence evidence[LOOKUP_EVIDENCE]);

/* "answered" or "unanswered", as the diagnosis document says. */
const char *lookup_state_name(const struct lookup *lookup);

#endif
