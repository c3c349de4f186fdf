/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/verdict.h"

#include "analyzer/diagnose/cases.h"

/* Codes stand in the order of the steps that they break: ranges of the enum, one row each. */
static const struct {
    enum finding_code first;
    enum finding_code last;
    enum attempt_step step;
} step_rows[] = {
    {FINDING_TURN_FORBIDDEN, FINDING_TURN_FORBIDDEN, STEP_PERMISSION},
    {FINDING_TURN_CONNECTION_FAILED, FINDING_TURN_CONNECTION_FAILED, STEP_PERMISSION},
    {FINDING_TURN_PERMISSION_MISSING, FINDING_TURN_ALLOCATION_EXPIRED, STEP_PERMISSION},
    {FINDING_TURN_HIDDEN, FINDING_TURN_HIDDEN, ATTEMPT_STEPS},
    {FINDING_TURN_INTEGRITY_FAILURE, FINDING_TURN_RELAYED_PORT_OUT_OF_RANGE, STEP_TURN},
    {FINDING_ICE_NO_CONNECTIVITY, FINDING_ICE_USERNAME_MISMATCH, STEP_ICE},
    {FINDING_ICE_UNAUTHORIZED, FINDING_ICE_UNAUTHORIZED, STEP_TURN},
    {FINDING_MEDIA_ONE_WAY, FINDING_MEDIA_NONE, STEP_MEDIA},
    {FINDING_DTLS_NO_ANSWER, FINDING_DTLS_COOKIE_LOOP, STEP_DTLS},
    {FINDING_STUN_INTEGRITY_MISMATCH, FINDING_STUN_MALFORMED, STEP_TURN},
    {FINDING_DNS_NXDOMAIN, FINDING_DNS_SRV_MISSING, STEP_DNS},
    {FINDING_TCP_NO_ANSWER, FINDING_TCP_ZERO_WINDOW, STEP_TCP},
    {FINDING_TLS_CERTIFICATE_HIDDEN, FINDING_TLS_CERTIFICATE_HIDDEN, ATTEMPT_STEPS},
    {FINDING_TLS_CERTIFICATE_SELF_SIGNED, FINDING_TLS_INTERCEPTION, STEP_TLS},
    {FINDING_HTTP_BAD_REQUEST, FINDING_HTTP_PROXY_REFUSED, STEP_HTTP},
    {FINDING_WEBBRIDGE_LINK_FAILED, FINDING_WEBBRIDGE_LINK_FAILED, STEP_TCP},
    {FINDING_RELAY_CANDIDATE_TIMEOUT, FINDING_RELAY_CANDIDATE_TIMEOUT, STEP_TURN},
};

enum attempt_step finding_step(enum finding_code code)
{
    for (size_t i = 0; i < sizeof step_rows / sizeof step_rows[0]; i++)
        if (code >= step_rows[i].first && code <= step_rows[i].last)
            return step_rows[i].step;
    return ATTEMPT_STEPS;
}

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

static const struct attempt *attempt_of(const struct finding *finding, const struct state *state)
{
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(state->attempts, attempt)) != NULL)
        if (ip_address_equal(&attempt->client, &finding->subjects.client.ip) &&
            finding->first >= attempt->first && finding->first <= attempt->last)
            return attempt;
    return attempts_of(state->attempts, &finding->subjects.client.ip);
}

/* What was found before the client got in broke nothing: a retry or another transport worked. */
static void grade(struct finding *finding, const struct state *state)
{
    const struct catalogue_row *row = catalogue_row((enum finding_code)finding->key.code);
    const struct attempt *attempt = attempt_of(finding, state);
    finding->severity = row->severity;
    finding->caused_by = 0;
    if (row->severity == SEVERITY_ERROR && attempt != NULL &&
        attempt_outcome(attempt) == ATTEMPT_CONNECTED &&
        finding->last <= attempt_connected_at(attempt))
        finding->severity = SEVERITY_WARNING;
}

/* Ranking: an error before a warning, the earlier step of the way in, the more certain, the earlier
 * in time. */
static bool ranks_before(const struct finding *a, const struct finding *b)
{
    if (a->severity != b->severity)
        return a->severity > b->severity;
    enum attempt_step a_step = finding_step((enum finding_code)a->key.code);
    enum attempt_step b_step = finding_step((enum finding_code)b->key.code);
    if (a_step != b_step)
        return a_step < b_step;
    if (a->certainty != b->certainty)
        return a->certainty > b->certainty;
    return a->first < b->first;
}

static bool same_client(const struct finding *finding, const struct ip_address *client)
{
    return client == NULL || ip_address_equal(&finding->subjects.client.ip, client);
}

static struct finding *best_of(const struct findings *findings, const struct ip_address *client)
{
    struct finding *best = NULL;
    for (struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        if (f->severity >= SEVERITY_WARNING && same_client(f, client) &&
            (best == NULL || ranks_before(f, best)))
            best = f;
    return best;
}

/* A later step that fails after an earlier one did is its consequence. */
static void link_causes(const struct findings *findings)
{
    for (struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f)) {
        const struct finding *root = best_of(findings, &f->subjects.client.ip);
        if (root != NULL && root != f && root->severity == SEVERITY_ERROR &&
            f->severity == SEVERITY_ERROR &&
            finding_step((enum finding_code)root->key.code) <
                finding_step((enum finding_code)f->key.code))
            f->caused_by = root->number;
    }
}

const struct finding *verdict_root_of(const struct findings *findings,
                                      const struct attempt *attempt)
{
    const struct finding *best = best_of(findings, &attempt->client);
    return best != NULL && best->severity == SEVERITY_ERROR ? best : NULL;
}

static bool any_attempt(const struct state *state, enum attempt_outcome outcome)
{
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(state->attempts, attempt)) != NULL)
        if (attempt_outcome(attempt) == outcome)
            return true;
    return false;
}

static const char *const sentences[] = {
    [VERDICT_INCONCLUSIVE] =
        "Nothing in this capture shows a client getting in, or what keeps it out.",
    [VERDICT_PASS] = "The client got in: every step of its way was seen to work.",
};

void verdict_conclude(struct verdict *verdict, struct findings *findings, const struct state *state)
{
    *verdict = (struct verdict){0};
    for (struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        grade(f, state);
    link_causes(findings);
    const struct finding *best = best_of(findings, NULL);
    if (best != NULL)
        verdict->status = best->severity == SEVERITY_ERROR ? VERDICT_FAIL : VERDICT_WARN;
    else if (any_attempt(state, ATTEMPT_CONNECTED))
        verdict->status = VERDICT_PASS;
    verdict->root_cause = best;
    verdict->sentence = best != NULL ? catalogue_row((enum finding_code)best->key.code)->title
                                     : sentences[verdict->status];
    cases_conclude(verdict, findings, state);
}
