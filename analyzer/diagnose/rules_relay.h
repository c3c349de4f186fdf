/* SPDX-License-Identifier: MIT */
/* What the rules on relays, and on what goes through them, have in common. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_RULES_RELAY_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_RULES_RELAY_H

#include "analyzer/diagnose/rules.h"

/* Packets are missing from the capture: then what is not seen may have been there. */
bool capture_has_losses(const struct state *state);

/* The allocation around the event's path; NULL: the path goes through none that is known. */
const struct allocation *allocation_of_path(const struct rule_context *context);

/* Data go on a channel whose binding is not in the capture: to and from whom is not known, perhaps
 * on this very path. */
bool may_use_unseen_channel(const struct rule_context *context);

/* What to say of a finding then. */
extern const char unseen_channel[];

/* Leaves the finding a hint, with a note that says why. */
void doubt_silence(struct finding *finding, const char *note);

#endif
