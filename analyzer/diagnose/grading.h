/* SPDX-License-Identifier: MIT */
/* How bad a finding is in this capture: what it broke, and what is to be said beside it. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_GRADING_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_GRADING_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

/* Sets the severity of every finding, takes back what caused it, and adds or takes back notes. To
 * be called after overcome_look; may be called again when there is more to know. */
void grading_grade(struct findings *findings, const struct state *state);

#endif
