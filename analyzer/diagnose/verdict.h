/* SPDX-License-Identifier: MIT */
/* The verdict: one ranked cause, the status of the guide's cases, and a sentence. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_VERDICT_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_VERDICT_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

enum verdict_status {
    VERDICT_INCONCLUSIVE,
    VERDICT_PASS, /* the chain of success was seen */
    VERDICT_WARN, /* warnings only */
    VERDICT_FAIL, /* an attempt failed for a reason found */
};

enum case_status {
    CASE_NO_EVIDENCE,    /* it would show here, and nothing of it is in the capture */
    CASE_NOT_OBSERVABLE, /* this vantage, or encryption, hides it */
    CASE_CLEARED,        /* this capture shows that this cannot be the problem */
    CASE_MATCHED,        /* a finding of severity error or warning maps to it */
};

struct case_result {
    enum case_status status;
    const char
        *reason; /* a whole sentence; where not observable, which capture or file would show it */
};

struct verdict {
    enum verdict_status status;
    const struct finding *root_cause; /* NULL unless status is FAIL or WARN */
    const char *sentence;
    struct case_result cases[CASES]; /* [CASE_NONE] is not used */
};

/* Grades the findings (what broke nothing is a warning; what follows from an earlier broken step of
 * the same client points to its cause) and concludes. Borrows from findings and the catalogue:
 * valid until the next finding is raised. */
void verdict_conclude(struct verdict *verdict, struct findings *findings,
                      const struct state *state);

/* "inconclusive", "pass", "warn", "fail"; "no-evidence", "not-observable", "cleared", "matched": as
 * the diagnosis document has them. */
const char *verdict_status_name(enum verdict_status status);
const char *case_status_name(enum case_status status);

#endif
