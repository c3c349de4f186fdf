/* SPDX-License-Identifier: MIT */
/* What follows from what: grading, consequences, and the one cause that explains them. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_CAUSES_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_CAUSES_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

/* The step of a call attempt that a finding breaks; ATTEMPT_STEPS for those that limit or explain.
 */
enum attempt_step finding_step(enum finding_code code);

/* Sets the severity of every finding by what it broke in this capture, and caused_by of every
 * consequence. May be called again when there is more to know. */
void causes_link(struct findings *findings, const struct state *state);

/* The finding of at least this severity that explains the others of this client (NULL: of all of
 * them); NULL when there is none. After causes_link. */
const struct finding *causes_root(const struct findings *findings, const struct ip_address *client,
                                  enum severity at_least);

/* How an attempt ended, as findings and its own steps tell. After causes_link. */
enum attempt_outcome causes_outcome(const struct findings *findings, const struct attempt *attempt);

#endif
