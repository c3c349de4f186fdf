/* SPDX-License-Identifier: MIT */
/* The guide's troubleshooting cases: matched, cleared, hidden from this vantage, or not there. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_CASES_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_CASES_H

#include "analyzer/diagnose/verdict.h"

/* Fills verdict->cases from the graded findings and from what was observable. */
void cases_conclude(struct verdict *verdict, const struct findings *findings,
                    const struct state *state);

#endif
