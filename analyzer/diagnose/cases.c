/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/cases.h"

static bool any_connected(const struct state *state)
{
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(state->attempts, attempt)) != NULL)
        if (attempt_connected_at(attempt) != 0)
            return true;
    return false;
}

static struct case_result join_call_missing(const struct state *state)
{
    if (state->vantage->value == VANTAGE_CMS)
        return (struct case_result){CASE_NO_EVIDENCE, "Call Bridge and Web Bridge are not seen to "
                                                      "fail in talking to each other."};
    return (struct case_result){
        CASE_NOT_OBSERVABLE,
        "Call Bridge and Web Bridge talk to each other on the CMS only: capture there, or give its "
        "event log with --cms-log."};
}

static struct case_result bad_request(const struct state *state)
{
    if (state->vantage->value == VANTAGE_EXPRESSWAY_C)
        return (struct case_result){CASE_NO_EVIDENCE,
                                    "Expressway-C is not seen to ask for the internal name."};
    return (struct case_result){
        CASE_NOT_OBSERVABLE,
        "The page travels inside TLS: give the browser's key log with --keylog, or capture on "
        "Expressway-C, where the DNS query shows which name it was given."};
}

static struct case_result not_secure(const struct state *state)
{
    (void)state;
    return (struct case_result){
        CASE_NOT_OBSERVABLE,
        "No server certificate is visible in this capture: capture a full TLS 1.2 handshake from "
        "its start, or give the browser's key log with --keylog."};
}

static struct case_result connect_timeout(const struct state *state)
{
    if (any_connected(state))
        return (struct case_result){CASE_CLEARED,
                                    "The allocation succeeded and the relay carried traffic both "
                                    "ways."};
    if (state->stun->statistics.messages > 0)
        return (struct case_result){CASE_NO_EVIDENCE,
                                    "STUN or TURN is in the capture, and nothing in it failed."};
    return (struct case_result){
        CASE_NOT_OBSERVABLE,
        "No STUN or TURN is in this capture: capture on the client while it tries to join, without "
        "a filter."};
}

static struct case_result media_stuck(const struct state *state)
{
    if (state->vantage->value == VANTAGE_CMS)
        return (struct case_result){CASE_NO_EVIDENCE, "No failing lookup of _xmpp-client is seen."};
    return (struct case_result){CASE_NOT_OBSERVABLE,
                                "The lookup of _xmpp-client is made by the CMS: capture there."};
}

static struct case_result prerequisites(const struct state *state)
{
    (void)state;
    return (struct case_result){CASE_NO_EVIDENCE,
                                "No prerequisite is seen to be missing in this capture."};
}

/* One row a case: its status when no finding maps to it. */
static struct case_result (*const unmatched[CASES])(const struct state *) = {
    [CASE_JOIN_CALL_MISSING] = join_call_missing,
    [CASE_BAD_REQUEST] = bad_request,
    [CASE_NOT_SECURE] = not_secure,
    [CASE_CONNECT_TIMEOUT] = connect_timeout,
    [CASE_MEDIA_STUCK] = media_stuck,
    [CASE_PREREQUISITES] = prerequisites,
};

static const struct finding *matching(const struct findings *findings, enum case_id case_id)
{
    const struct finding *f = NULL;
    while ((f = findings_next(findings, f)) != NULL)
        if (f->case_id == case_id && f->severity >= SEVERITY_WARNING)
            return f;
    return NULL;
}

void cases_conclude(struct verdict *verdict, const struct findings *findings,
                    const struct state *state)
{
    for (enum case_id id = CASE_JOIN_CALL_MISSING; id < CASES; id++) {
        const struct finding *match = matching(findings, id);
        verdict->cases[id] =
            match != NULL
                ? (struct case_result){CASE_MATCHED,
                                       catalogue_row((enum finding_code)match->key.code)->title}
                : unmatched[id](state);
    }
}
