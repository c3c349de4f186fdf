/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/causes.h"

#include "analyzer/diagnose/grading.h"
#include "analyzer/diagnose/overcome.h"
#include "analyzer/diagnose/portal.h"

/* Codes stand in the order of the steps that they break: ranges of the enum, one row each; the
 * first row that holds counts. */
static const struct {
    enum finding_code first;
    enum finding_code last;
    enum attempt_step step;
} step_rows[] = {
    {FINDING_TURN_FORBIDDEN, FINDING_TURN_FORBIDDEN, STEP_PERMISSION},
    {FINDING_TURN_CONNECTION_FAILED, FINDING_TURN_CONNECTION_FAILED, STEP_PERMISSION},
    {FINDING_TURN_PERMISSION_MISSING, FINDING_TURN_ALLOCATION_EXPIRED, STEP_PERMISSION},
    {FINDING_TURN_INTEGRITY_FAILURE, FINDING_TURN_RELAYED_PORT_OUT_OF_RANGE, STEP_TURN},
    {FINDING_ICE_NO_CONNECTIVITY, FINDING_ICE_USERNAME_MISMATCH, STEP_ICE},
    {FINDING_ICE_UNAUTHORIZED, FINDING_ICE_UNAUTHORIZED, STEP_TURN},
    {FINDING_MEDIA_ONE_WAY, FINDING_MEDIA_NONE, STEP_MEDIA},
    {FINDING_DTLS_NO_ANSWER, FINDING_DTLS_COOKIE_LOOP, STEP_DTLS},
    {FINDING_STUN_INTEGRITY_MISMATCH, FINDING_STUN_MALFORMED, STEP_TURN},
    {FINDING_DNS_NXDOMAIN, FINDING_DNS_UNRESOLVED, STEP_DNS},
    {FINDING_HTTP_CAPTIVE_PORTAL, FINDING_HTTP_CAPTIVE_PORTAL, STEP_DNS}, /* before all others */
    {FINDING_TCP_NO_ANSWER, FINDING_TCP_ZERO_WINDOW, STEP_TCP},
    {FINDING_TLS_CERTIFICATE_SELF_SIGNED, FINDING_TLS_INTERCEPTION, STEP_TLS},
    {FINDING_HTTP_BAD_REQUEST, FINDING_HTTP_PROXY_REFUSED, STEP_HTTP},
    {FINDING_WEBBRIDGE_LINK_FAILED, FINDING_WEBBRIDGE_LINK_FAILED, STEP_HTTP},
    {FINDING_RELAY_CANDIDATE_TIMEOUT, FINDING_RELAY_CANDIDATE_TIMEOUT, STEP_TURN},
};

enum attempt_step finding_step(enum finding_code code)
{
    for (size_t i = 0; i < sizeof step_rows / sizeof step_rows[0]; i++)
        if (code >= step_rows[i].first && code <= step_rows[i].last)
            return step_rows[i].step;
    return ATTEMPT_STEPS;
}

/* Within one client's attempt the effect follows from the cause, whatever their steps say. */
static const struct {
    enum finding_code effect;
    enum finding_code cause_first; /* a range of codes */
    enum finding_code cause_last;
} consequences[] = {
    {FINDING_TURN_INTEGRITY_FAILURE, FINDING_TURN_USERNAME_MISMATCH, FINDING_TURN_REALM_MISMATCH},
    {FINDING_TURN_INTEGRITY_FAILURE, FINDING_TURN_CREDENTIALS_EXPIRED,
     FINDING_TURN_CREDENTIALS_EXPIRED},
    {FINDING_TURN_UNKNOWN_USER, FINDING_TURN_USERNAME_MISMATCH, FINDING_TURN_REALM_MISMATCH},
    {FINDING_TURN_CHALLENGE_UNANSWERED, FINDING_TURN_REALM_MISSING, FINDING_TURN_REALM_MISSING},
    {FINDING_TURN_NO_ANSWER, FINDING_TURN_WRONG_ADDRESS, FINDING_TURN_WRONG_ADDRESS},
    {FINDING_TURN_NO_ANSWER, FINDING_TURN_REDIRECTED, FINDING_TURN_REDIRECTED},
    {FINDING_TURN_PORT_UNREACHABLE, FINDING_TURN_REDIRECTED, FINDING_TURN_REDIRECTED},
    {FINDING_TURN_FILTERED, FINDING_TURN_REDIRECTED, FINDING_TURN_REDIRECTED},
    {FINDING_TURN_TCP_NO_ANSWER, FINDING_TURN_REDIRECTED, FINDING_TURN_REDIRECTED},
    {FINDING_TURN_TCP_REFUSED, FINDING_TURN_REDIRECTED, FINDING_TURN_REDIRECTED},
    {FINDING_TURN_NO_ANSWER, FINDING_TURN_PORT_UNREACHABLE, FINDING_TURN_FILTERED},
    {FINDING_TURN_PORT_UNREACHABLE, FINDING_TURN_WRONG_ADDRESS, FINDING_TURN_WRONG_ADDRESS},
    {FINDING_TURN_TCP_NO_ANSWER, FINDING_TURN_WRONG_ADDRESS, FINDING_TURN_WRONG_ADDRESS},
    {FINDING_TURN_TCP_NO_ANSWER, FINDING_TURN_RESET_AFTER_ALLOCATE,
     FINDING_TURN_RESET_AFTER_ALLOCATE},
    {FINDING_TURN_ALLOCATION_MISMATCH, FINDING_STUN_NAT_REBINDING, FINDING_STUN_NAT_REBINDING},
    {FINDING_TURN_BAD_REQUEST, FINDING_TURN_ALLOCATION_MISMATCH, FINDING_TURN_ALLOCATION_MISMATCH},
    {FINDING_TURN_NO_ANSWER, FINDING_STUN_MALFORMED, FINDING_STUN_MALFORMED},
    {FINDING_TURN_GRANT_UNHEARD, FINDING_STUN_INTEGRITY_MISMATCH, FINDING_STUN_ALG_TAMPERING},
    {FINDING_TURN_ALLOCATION_MISMATCH, FINDING_TURN_ALLOCATION_EXPIRED,
     FINDING_TURN_ALLOCATION_EXPIRED},
    {FINDING_TURN_CHALLENGE_UNANSWERED, FINDING_STUN_BID_DOWN, FINDING_STUN_BID_DOWN},
    {FINDING_ICE_NO_CONNECTIVITY, FINDING_TURN_RELAYED_ADDRESS_INTERNAL,
     FINDING_TURN_ALLOCATION_EXPIRED},
    {FINDING_ICE_NO_CONNECTIVITY, FINDING_ICE_ROLE_CONFLICT, FINDING_ICE_USERNAME_MISMATCH},
    {FINDING_ICE_NO_CONNECTIVITY, FINDING_STUN_FINGERPRINT_WRONG, FINDING_STUN_ALG_TAMPERING},
    {FINDING_ICE_CONSENT_LOST, FINDING_TURN_PERMISSION_MISSING, FINDING_TURN_ALLOCATION_EXPIRED},
    {FINDING_ICE_CONSENT_LOST, FINDING_TURN_PORT_UNREACHABLE, FINDING_TURN_FILTERED},
    {FINDING_ICE_CONSENT_LOST, FINDING_STUN_NAT_REBINDING, FINDING_STUN_NAT_REBINDING},
    {FINDING_MEDIA_NONE, FINDING_DTLS_NO_ANSWER, FINDING_DTLS_COOKIE_LOOP},
    {FINDING_DTLS_NO_ANSWER, FINDING_DTLS_COOKIE_LOOP, FINDING_DTLS_COOKIE_LOOP},
    {FINDING_TCP_RESET_BY_MIDDLEBOX, FINDING_TLS_RESET_AFTER_HELLO, FINDING_TLS_RESET_AFTER_HELLO},
    {FINDING_TLS_CERTIFICATE_REJECTED_BY_CLIENT, FINDING_TLS_CERTIFICATE_SELF_SIGNED,
     FINDING_TLS_CERTIFICATE_DEFAULT},
    {FINDING_TLS_CERTIFICATE_REJECTED_BY_CLIENT, FINDING_TLS_INTERCEPTION,
     FINDING_TLS_INTERCEPTION},
    {FINDING_TLS_CERTIFICATE_NAME_MISMATCH, FINDING_TLS_CERTIFICATE_SAN_MISSING,
     FINDING_TLS_CERTIFICATE_SAN_MISSING},
    {FINDING_TLS_CERTIFICATE_NAME_MISMATCH, FINDING_TLS_CERTIFICATE_DEFAULT,
     FINDING_TLS_CERTIFICATE_DEFAULT},
    {FINDING_TLS_CERTIFICATE_SAN_MISSING, FINDING_TLS_CERTIFICATE_DEFAULT,
     FINDING_TLS_CERTIFICATE_DEFAULT},
    {FINDING_TLS_CERTIFICATE_SELF_SIGNED, FINDING_TLS_CERTIFICATE_DEFAULT,
     FINDING_TLS_CERTIFICATE_DEFAULT},
    {FINDING_DNS_NO_DATA, FINDING_DNS_DANGLING_ALIAS, FINDING_DNS_DANGLING_ALIAS},
    {FINDING_DNS_NXDOMAIN, FINDING_DNS_DANGLING_ALIAS, FINDING_DNS_DANGLING_ALIAS},
    {FINDING_TURN_RESET_AFTER_ALLOCATE, FINDING_TURN_TCP_REFUSED, FINDING_TURN_TCP_REFUSED},
    {FINDING_RELAY_CANDIDATE_TIMEOUT, FINDING_TURN_INTEGRITY_FAILURE,
     FINDING_TURN_RELAYED_PORT_OUT_OF_RANGE},
    {FINDING_ICE_UNAUTHORIZED, FINDING_TURN_INTEGRITY_FAILURE, FINDING_TURN_CREDENTIALS_EXPIRED},
};

static enum finding_code code_of(const struct finding *finding)
{
    return (enum finding_code)finding->key.code;
}

/* A redirection explains what happens at the server that it names. */
static bool leads_to(const struct finding *cause, const struct finding *effect)
{
    char server[TRANSPORT_ADDRESS_TEXT];
    return code_of(cause) != FINDING_TURN_REDIRECTED || cause->subjects.name[0] == '\0' ||
           strcmp(transport_address_text(&effect->key.server, server), cause->subjects.name) == 0;
}

static bool follows_from(const struct finding *effect, const struct finding *cause)
{
    for (size_t i = 0; i < sizeof consequences / sizeof consequences[0]; i++)
        if (consequences[i].effect == code_of(effect) &&
            code_of(cause) >= consequences[i].cause_first &&
            code_of(cause) <= consequences[i].cause_last)
            return true;
    return portal_explains(cause, effect);
}

/* Findings of a capture as a whole, and lines of a log, name no client: they go with any. */
static bool same_client(const struct finding *finding, const struct ip_address *client)
{
    return client == NULL || client->family == 0 || finding->key.client.family == 0 ||
           ip_address_equal(&finding->key.client, client);
}

/* Two users behind one address are two clients. */
static bool same_user(const struct finding *a, const struct finding *b)
{
    return findings_same_user(a->subjects.username, b->subjects.username);
}

static void link_consequence(const struct findings *findings, struct finding *effect)
{
    for (struct finding *cause = findings_next(findings, NULL); cause != NULL;
         cause = findings_next(findings, cause)) {
        if (cause == effect || cause->caused_by == effect->number ||
            !same_client(cause, &effect->key.client) || !same_user(cause, effect) ||
            !follows_from(effect, cause) || !leads_to(cause, effect))
            continue;
        effect->caused_by = cause->number;
        if (cause->ended != 0)
            effect->severity = cause->severity;
        else if (effect->severity > cause->severity)
            cause->severity = effect->severity;
        return;
    }
}

/* Ranking: an error before a warning, the earlier step of the way in, of several TURN servers the
 * one that answered, for a client needs no more than one and got nearest to it there, the more
 * certain, of the ways to a TURN server UDP, which media want, the earlier in time. */
static bool ranks_before(const struct finding *a, const struct finding *b)
{
    if (a->severity != b->severity)
        return a->severity > b->severity;
    enum attempt_step a_step = finding_step(code_of(a)), b_step = finding_step(code_of(b));
    if (a_step != b_step)
        return a_step < b_step;
    if (a_step == STEP_TURN &&
        finding_is_about_reaching_turn(a) != finding_is_about_reaching_turn(b))
        return finding_is_about_reaching_turn(b);
    if (a->certainty != b->certainty)
        return a->certainty > b->certainty;
    if (finding_is_about_reaching_turn(a) && finding_is_about_reaching_turn(b) &&
        a->subjects.protocol != b->subjects.protocol)
        return a->subjects.protocol == IP_PROTOCOL_UDP;
    return a->number < b->number;
}

/* What limits the diagnosis explains no failure. */
static bool explains(const struct finding *finding)
{
    return finding->caused_by == 0 && finding_step(code_of(finding)) != ATTEMPT_STEPS;
}

static bool is_unresolved_name(const struct finding *finding)
{
    return code_of(finding) >= FINDING_DNS_NXDOMAIN &&
           code_of(finding) <= FINDING_DNS_DANGLING_ALIAS;
}

/* A client tries UDP, TCP and TLS towards its TURN servers side by side: none of them fails because
 * another does. Where TURN is tried at all, the page had come, and an address was known. */
static bool runs_beside(const struct finding *effect, const struct finding *cause)
{
    enum attempt_step step = finding_step(code_of(cause));
    return finding_step(code_of(effect)) == STEP_TURN &&
           (step == STEP_TCP || step == STEP_TLS || step == STEP_HTTP || is_unresolved_name(cause));
}

/* One of the cause's packets is of the socket that the effect is about. */
static bool shares_socket(const struct finding *effect, const struct finding *cause)
{
    const struct transport_address *socket = &effect->subjects.client;
    for (size_t i = 0; i < cause->evidence_count; i++)
        if (transport_address_equal(&cause->evidence[i].source, socket) ||
            transport_address_equal(&cause->evidence[i].destination, socket))
            return true;
    return transport_address_equal(&cause->subjects.client, socket);
}

/* Who uses a relay, or a path that was found, had got there: what failed earlier on the way, on
 * another socket, was another try, or another client behind the same address. */
static bool had_got_there(const struct finding *effect, const struct finding *cause)
{
    bool relayed = effect->evidence_count > 0 && effect->evidence[0].flags & EVIDENCE_RELAYED;
    bool looks_for_path = code_of(effect) == FINDING_ICE_NO_CONNECTIVITY && !relayed;
    return finding_step(code_of(effect)) >= STEP_PERMISSION && !looks_for_path &&
           !shares_socket(effect, cause);
}

/* An earlier step of the same user's, and nothing shows that it was another try. */
static bool may_cause(const struct finding *cause, const struct finding *effect)
{
    return cause != effect && code_of(cause) != FINDING_HTTP_CAPTIVE_PORTAL &&
           finding_step(code_of(cause)) < finding_step(code_of(effect)) &&
           same_user(cause, effect) && !runs_beside(effect, cause) && !had_got_there(effect, cause);
}

/* `effect`, if not NULL: only what may have caused it. */
static struct finding *best_of(const struct findings *findings, const struct ip_address *client,
                               const struct finding *effect, enum severity at_least)
{
    struct finding *best = NULL;
    for (struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        if (f->severity >= at_least && explains(f) && same_client(f, client) &&
            (effect == NULL || may_cause(f, effect)) && (best == NULL || ranks_before(f, best)))
            best = f;
    return best;
}

/* Errors of later steps are consequences of the earliest broken one of the same client. */
static void link_later_step(const struct findings *findings, struct finding *effect)
{
    if (effect->severity < SEVERITY_ERROR || effect->caused_by != 0)
        return;
    const struct finding *root = best_of(findings, &effect->key.client, effect, SEVERITY_ERROR);
    if (root != NULL)
        effect->caused_by = root->number;
}

void causes_link(struct findings *findings, const struct state *state)
{
    struct finding *f = NULL;
    overcome_look(findings, state);
    grading_grade(findings, state);
    while ((f = findings_next(findings, f)) != NULL)
        link_consequence(findings, f);
    while ((f = findings_next(findings, f)) != NULL)
        link_later_step(findings, f);
}

const struct finding *causes_root(const struct findings *findings, const struct ip_address *client,
                                  enum severity at_least)
{
    return best_of(findings, client, NULL, at_least);
}

enum attempt_outcome causes_outcome(const struct findings *findings, const struct attempt *attempt)
{
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        if (f->severity == SEVERITY_ERROR && same_client(f, &attempt->client) &&
            f->last >= attempt->first && f->first <= attempt->last)
            return ATTEMPT_FAILED;
    return attempt_connected_at(attempt) != 0 ? ATTEMPT_CONNECTED : ATTEMPT_INCOMPLETE;
}
