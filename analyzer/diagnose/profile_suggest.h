/* SPDX-License-Identifier: MIT */
/* A site profile filled in with what a capture shows: a beginning for whoever writes one. It says
 * what is, not what should be: wrong settings show in a capture just as right ones do. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_PROFILE_SUGGEST_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_PROFILE_SUGGEST_H

#include "analyzer/diagnose/state.h"

/* Hands out, piece by piece, a profile of every key: those that the capture shows with the frame
 * that does, the others commented out as profile_template has them. It can be read by
 * profile_parse, whatever strangers wrote into their packets. */
void profile_suggest(const struct state *state, void (*write)(void *context, const char *text),
                     void *context);

#endif
