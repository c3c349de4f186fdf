/* SPDX-License-Identifier: MIT */
/* Whether what a client got was used. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_RELAY_USE_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_RELAY_USE_H

#include "analyzer/diagnose/state.h"

/* Relays were granted, and for LIMIT_RELAY_USE and longer nobody asked for a permission or a
 * channel, nothing went through a relay, and no path to a peer was tried. No fault by itself:
 * browsers gather candidates ahead of calls, and without one too. */
bool relays_are_unused(const struct state *state);

#endif
