/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/stranger.h"

#include "analyzer/diagnose/causes.h"

/* All that is known of the address is steps of this kind. */
static bool did_nothing_else(const struct finding *finding, const struct state *state,
                             enum attempt_step kind)
{
    const struct attempt *attempt = attempts_of(state->attempts, &finding->key.client);
    for (; attempt != NULL; attempt = attempts_before(state->attempts, attempt))
        for (enum attempt_step step = STEP_DNS; step < ATTEMPT_STEPS; step++) {
            bool opens = step == STEP_TCP && finding->subjects.protocol == IP_PROTOCOL_TCP;
            if (step != kind && !opens && attempt->steps[step].first != 0)
                return false;
        }
    return true;
}

static bool is_about_handshake(const struct finding *finding)
{
    return finding_step((enum finding_code)finding->key.code) == STEP_TLS;
}

/* Browsers name the site; scanners have its address at most. */
static bool is_nameless_page(const struct finding *finding)
{
    struct ip_address address;
    char host[SUBJECT_NAME];
    memcpy(host, finding->subjects.name, sizeof host);
    host[sizeof host - 1] = '\0';
    host[strcspn(host, ":")] = '\0';
    return finding->key.code == FINDING_HTTP_BAD_REQUEST && !finding->subjects.inside_tls &&
           (host[0] == '\0' || ip_address_parse(&address, host));
}

/* Where it is the only one that is seen, the capture is about it. */
static bool is_alone(const struct finding *finding, const struct state *state)
{
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(state->attempts, attempt)) != NULL)
        if (!ip_address_equal(&attempt->client, &finding->key.client))
            return false;
    return true;
}

/* Scanners come from the Internet, and have no certificate to show. */
static bool is_no_scanner(const struct finding *finding)
{
    return finding->key.client.family == 0 || ip_address_is_local(&finding->key.client) ||
           finding->key.code == FINDING_TLS_CERTIFICATE_REJECTED_BY_SERVER;
}

bool finding_may_be_of_stranger(const struct finding *finding, const struct state *state)
{
    if (state->vantage->value == VANTAGE_CLIENT || is_no_scanner(finding) ||
        is_alone(finding, state))
        return false;
    /* Who repeats its request is a client that the challenge does not reach: that has its remedy.
     */
    if (finding->key.code == FINDING_TURN_CHALLENGE_UNANSWERED)
        return finding->remedy == NULL && did_nothing_else(finding, state, STEP_TURN);
    if (is_nameless_page(finding))
        return did_nothing_else(finding, state, STEP_HTTP);
    return is_about_handshake(finding) && finding->subjects.name[0] == '\0' &&
           did_nothing_else(finding, state, STEP_TLS);
}
