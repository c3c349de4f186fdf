/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/verdict.h"

#include "analyzer/diagnose/cases.h"
#include "analyzer/diagnose/causes.h"
#include "analyzer/diagnose/relay_use.h"

const char *verdict_status_name(enum verdict_status status)
{
    static const char *const names[] = {"inconclusive", "pass", "warn", "fail"};
    return names[status];
}

const char *case_status_name(enum case_status status)
{
    static const char *const names[] = {"no-evidence", "not-observable", "cleared", "matched"};
    return names[status];
}

static bool any_connected(const struct findings *findings, const struct state *state)
{
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(state->attempts, attempt)) != NULL)
        if (causes_outcome(findings, attempt) == ATTEMPT_CONNECTED)
            return true;
    return false;
}

static const char *pass_sentence(const struct state *state)
{
    return paths_used(state->paths) == PATHS_DIRECT
               ? "The client got in: traffic goes both ways, and no relay is seen to carry it"
               : "The client got in: its relay carries traffic both ways";
}

static bool any_finished_tls(const struct state *state)
{
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(state->attempts, attempt)) != NULL)
        if (attempt->steps[STEP_TLS].worked != 0)
            return true;
    return false;
}

/* What hides most comes first. */
static const char *inconclusive_sentence(const struct findings *findings, const struct state *state)
{
    if (findings->kinds[FINDING_TURN_HIDDEN] > 0)
        return "TURN is hidden inside TLS here: whether the client got in does not show";
    if (relays_are_unused(state))
        return "The client got a relay and did nothing with it: it found no peer to try, or was in "
               "no call";
    if (findings->kinds[FINDING_TLS_CERTIFICATE_HIDDEN] > 0 && !any_finished_tls(state))
        return "No TLS handshake came to its end here, and encryption hides why";
    if (findings->kinds[FINDING_DNS_UNRESOLVED] > 0)
        return "Nothing shows a client getting in; some names that it asked for did not resolve";
    return "Nothing in this capture shows a client getting in, or what keeps it out";
}

static const char *sentence_for(const struct verdict *verdict, const struct findings *findings,
                                const struct state *state)
{
    if (verdict->root_cause != NULL)
        return finding_row(verdict->root_cause)->title;
    return verdict->status == VERDICT_PASS ? pass_sentence(state)
                                           : inconclusive_sentence(findings, state);
}

void verdict_conclude(struct verdict *verdict, struct findings *findings, const struct state *state)
{
    *verdict = (struct verdict){0};
    causes_link(findings, state);
    const struct finding *root = causes_root(findings, NULL, SEVERITY_WARNING);
    if (root != NULL)
        verdict->status = root->severity == SEVERITY_ERROR ? VERDICT_FAIL : VERDICT_WARN;
    else if (state->observed->flows_both_ways > 0 && any_connected(findings, state))
        verdict->status = VERDICT_PASS;
    verdict->root_cause = root;
    verdict->sentence = sentence_for(verdict, findings, state);
    cases_conclude(verdict, findings, state);
}
