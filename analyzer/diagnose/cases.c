/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/cases.h"

#include "analyzer/diagnose/key_log.h"
#include "analyzer/diagnose/leg.h"
#include "analyzer/diagnose/name_needs.h"
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/relay_use.h"
#include "analyzer/diagnose/rules_handshake.h"
#include "analyzer/diagnose/scope.h"

/* What a case is judged by when no finding maps to it. */
struct grounds {
    const struct state *state;
    const struct findings *findings;
};

static bool any_connected(const struct state *state)
{
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(state->attempts, attempt)) != NULL)
        if (attempt_connected_at(attempt) != 0)
            return true;
    return false;
}

/* The web bridge looks at the certificate first: who gets in with one has passed the trust bundle.
 */
static bool web_bridge_took_certificate(const struct state *state)
{
    const struct handshake *handshake = NULL;
    while ((handshake = handshakes_next(state->handshakes, handshake)) != NULL)
        if (handshake->protocol == HANDSHAKE_TLS && handshake->state == HANDSHAKE_ESTABLISHED &&
            handshake->client_certificate_sent &&
            leg_of_handshake(state, handshake) == LEG_WEB_BRIDGE)
            return true;
    return false;
}

static struct case_result join_call_missing(const struct grounds *grounds)
{
    const struct state *state = grounds->state;
    const struct log_lines *log = state->log;
    if (log->seen[CMS_LOG_GUEST_LOGIN] > 0)
        return (struct case_result){
            CASE_CLEARED, "The CMS event log has guests coming in over the web bridge link."};
    if (log->lines > 0)
        return (struct case_result){CASE_NO_EVIDENCE,
                                    "The CMS event log has no failing web bridge link."};
    if (web_bridge_took_certificate(state))
        return (struct case_result){
            CASE_CLEARED, "The Web Bridge is reached, and takes the Call Bridge's certificate."};
    if (state->vantage->value == VANTAGE_CMS)
        return (struct case_result){
            CASE_NO_EVIDENCE,
            "Call Bridge and Web Bridge are not seen to fail in talking to each other."};
    return (struct case_result){CASE_NOT_OBSERVABLE,
                                "Call Bridge and Web Bridge talk to each other on the CMS only: "
                                "capture there, or give its event log with --cms-log."};
}

/* Out of TLS: what an answer in the clear says is mostly where the page is. */
static bool was_answered(const struct state *state, const struct exchange *exchange)
{
    return exchange->decrypted && exchange->answered &&
           !scope_is_administration(state, &exchange->server) &&
           (!scope_is_known(state) || scope_name(state, exchange->authority) ||
            scope_server(state, &exchange->client.ip, &exchange->server.ip));
}

/* Why the key log does not show the page or its certificate; NULL: none was given. */
static const char *key_log_says(const struct state *state)
{
    const struct handshake *handshake = NULL;
    while ((handshake = handshakes_next(state->handshakes, handshake)) != NULL)
        if (key_log_problem(handshake) != NULL && scope_handshake(state, handshake))
            return key_log_problem(handshake);
    return NULL;
}

static struct case_result not_observable(const char *reason, const char *otherwise)
{
    return (struct case_result){CASE_NOT_OBSERVABLE, reason != NULL ? reason : otherwise};
}

static struct case_result bad_request(const struct grounds *grounds)
{
    const struct state *state = grounds->state;
    if (lookup_by(state, ASKER_EXPRESSWAY_C, profile_is_webbridge) != NULL)
        return (struct case_result){CASE_CLEARED,
                                    "Expressway-C asks for the external name of the web bridge."};

    bool answered = false;
    const struct table *exchanges = &state->exchanges->table;
    for (const struct exchange *exchange = table_oldest(exchanges); exchange != NULL;
         exchange = table_newer(exchanges, exchange))
        if (was_answered(state, exchange)) {
            if (exchange->status / 100 == 2)
                return (struct case_result){CASE_CLEARED, "The page was asked for, and it came."};
            answered = true;
        }
    if (answered)
        return (struct case_result){CASE_NO_EVIDENCE,
                                    "The page was asked for, and no answer is 400 Bad Request."};
    if (state->vantage->value == VANTAGE_EXPRESSWAY_C)
        return (struct case_result){CASE_NO_EVIDENCE,
                                    "Expressway-C is not seen to ask for the internal name."};
    return not_observable(
        key_log_says(state),
        "The page travels inside TLS: give the browser's key log with --keylog, or capture on "
        "Expressway-C, where the DNS query shows which name it was given.");
}

/* Visible, valid at the time, for the name that was asked for, and not its own issuer. */
static bool shows_good_certificate(const struct state *state, const struct handshake *handshake)
{
    const struct certificate_chain *chain = handshakes_chain(state->handshakes, handshake);
    if (handshake->protocol == HANDSHAKE_DTLS || chain == NULL || chain->kept == 0 ||
        handshake->server_name[0] == '\0')
        return false;
    const struct certificate_facts *leaf = &chain->certificates[0];
    return !leaf->is_self_signed && leaf->not_before <= handshake->hello_time &&
           leaf->not_after >= handshake->hello_time &&
           certificate_matches_name(leaf, handshake->server_name);
}

/* A page's, and a browser's: what the machines of the site show each other browsers do not see. */
static bool is_page(const struct state *state, const struct handshake *handshake)
{
    return handshake->protocol != HANDSHAKE_DTLS && !handshake_is_turn(state, handshake) &&
           !handshake_may_be_turn(state, handshake) && scope_handshake(state, handshake) &&
           leg_of_handshake(state, handshake) == LEG_CLIENT;
}

static struct case_result shows_no_certificate(const struct state *state)
{
    enum vantage_value vantage = state->vantage->value;
    if (vantage == VANTAGE_CMS || vantage == VANTAGE_EXPRESSWAY_C ||
        vantage == VANTAGE_EXPRESSWAY_E_LAN1)
        return (struct case_result){
            CASE_NOT_OBSERVABLE,
            "Browsers are shown the certificate of Expressway-E, which does not pass here: capture "
            "on the client, or on the interface of Expressway-E that faces the clients."};
    return (struct case_result){CASE_NOT_OBSERVABLE,
                                "No server certificate is in this capture: start it before the "
                                "page is opened, in a new private window."};
}

static struct case_result not_secure(const struct grounds *grounds)
{
    const struct state *state = grounds->state;
    bool hidden = false, nameless = false;
    const struct handshake *handshake = NULL;
    while ((handshake = handshakes_next(state->handshakes, handshake)) != NULL) {
        if (!is_page(state, handshake))
            continue;
        if (shows_good_certificate(state, handshake))
            return (struct case_result){CASE_CLEARED,
                                        "The server's certificate is visible, valid at the time "
                                        "and made for the name that was asked for."};
        hidden |= handshake->server_hello_seen && !handshake->certificate_visible;
        nameless |= handshake->certificate_visible && handshake->server_name[0] == '\0';
    }
    if (hidden)
        return not_observable(
            key_log_says(state),
            "The server's certificate is encrypted (TLS 1.3) or was not sent again (resumption): "
            "give the browser's key log with --keylog, or look at the certificate in the browser.");
    if (nameless)
        return (struct case_result){
            CASE_NOT_OBSERVABLE,
            "A certificate is in this capture, but the client does not say which name it wants "
            "(SNI), as when an address is opened: whether the certificate is for what the user "
            "opened does not show. Capture a client that opens the page by its name."};
    return shows_no_certificate(state);
}

static bool hides_turn(const struct findings *findings)
{
    return findings->kinds[FINDING_TURN_HIDDEN] > 0;
}

static struct case_result one_direction(const struct observed *observed)
{
    if (observed->one_way_answers == 0)
        return (struct case_result){
            CASE_NOT_OBSERVABLE,
            "Nothing answers in this capture: either it holds one direction only, or the client "
            "reaches nothing at all. Capture on the client itself, without a filter."};
    return (struct case_result){CASE_NOT_OBSERVABLE,
                                "Only one direction is in this capture: capture both, on the "
                                "client itself or on a port that mirrors both directions."};
}

static struct case_result traffic_both_ways(const struct state *state)
{
    if (paths_used(state->paths) != PATHS_RELAYED)
        return (struct case_result){
            CASE_CLEARED,
            "Traffic goes both ways between client and peer; no relay is seen to carry it."};
    return (struct case_result){
        CASE_CLEARED, "The allocation succeeded and the relay carried traffic both ways."};
}

static struct case_result connect_timeout(const struct grounds *grounds)
{
    const struct state *state = grounds->state;
    if (observed_one_sided(state->observed))
        return one_direction(state->observed);
    if (any_connected(state))
        return traffic_both_ways(state);
    if (hides_turn(grounds->findings))
        return (struct case_result){
            CASE_NOT_OBSERVABLE,
            "TURN travels inside TLS here, which hides whether it works: give the browser's key "
            "log with --keylog, or capture on the TURN server's other side."};
    if (relays_are_unused(state))
        return (struct case_result){
            CASE_NO_EVIDENCE,
            "A relay was granted and never used: no permission was asked for, and no check was "
            "sent. If a call was to be made, the client learned of no address of the other end "
            "that it could try: it did not answer, or it has only addresses of the other of IPv4 "
            "and IPv6. That is in the signalling, which is encrypted here."};
    if (state->stun->statistics.messages > 0)
        return (struct case_result){CASE_NO_EVIDENCE,
                                    "STUN or TURN is in the capture, and nothing in it failed."};
    if (table_oldest(&state->stun->allocations.table) != NULL)
        return (struct case_result){
            CASE_NO_EVIDENCE, "A relay carries data in this capture, and nothing in it failed. How "
                              "the client came by the relay was before the capture begins."};
    return (struct case_result){
        CASE_NOT_OBSERVABLE,
        "No STUN or TURN is to be seen in this capture: capture on the client while it tries to "
        "join, without a filter. If TURN is inside TLS, give the browser's key log with --keylog."};
}

static struct case_result media_stuck(const struct grounds *grounds)
{
    const struct state *state = grounds->state;
    const struct lookup *service = lookup_by(state, ASKER_CMS, is_xmpp_client_name);
    if (service != NULL && service->resolved != 0)
        return (struct case_result){CASE_CLEARED, "The CMS finds its XMPP service in DNS."};
    if (state->profile != NULL && profile_xmpp_enabled(state->profile) == ANSWER_NO)
        return (struct case_result){
            CASE_NO_EVIDENCE, "The CMS of the site profile has no XMPP service (there is none from "
                              "version 3.0 on), so that none can be missing."};
    if (state->vantage->value == VANTAGE_CMS)
        return (struct case_result){CASE_NO_EVIDENCE, "No failing lookup of _xmpp-client is seen."};
    return (struct case_result){CASE_NOT_OBSERVABLE,
                                "The lookup of _xmpp-client is made by the CMS: capture there."};
}

/* Lookups of a machine's neighbours by multicast are none of a server's name. */
static bool looked_nothing_up(const struct state *state)
{
    const struct lookup_statistics *seen = &state->lookups->statistics;
    return state->observed->packets > 0 && seen->queries == 0 && seen->responses == 0;
}

static struct case_result prerequisites(const struct grounds *grounds)
{
    if (looked_nothing_up(grounds->state))
        return (struct case_result){
            CASE_NO_EVIDENCE,
            "Nothing is seen to be missing, but no DNS lookup is in this capture: the client knew "
            "the addresses before it, or asks over HTTPS or TLS, where it cannot be seen. Whether "
            "the names resolve rightly does not show."};
    if (grounds->state->profile == NULL)
        return (struct case_result){CASE_NO_EVIDENCE,
                                    "Nothing is seen to be missing; with a site profile "
                                    "(--profile) names, addresses and ports are compared, too."};
    if (profile_ports_contain(&grounds->state->profile->expressway.admin_port, 443))
        return (struct case_result){
            CASE_NO_EVIDENCE,
            "No prerequisite is seen to be missing in this capture, but the site profile has the "
            "web administration of Expressway-E on port 443, which clients need: move it."};
    return (struct case_result){CASE_NO_EVIDENCE,
                                "No prerequisite is seen to be missing in this capture."};
}

/* The event log of CMS alone tells of no other case. */
static bool is_log_alone(const struct state *state, enum case_id id)
{
    return state->observed->packets == 0 && state->log->lines > 0 && id != CASE_JOIN_CALL_MISSING;
}

static const struct case_result without_capture = {
    CASE_NOT_OBSERVABLE, "Only the event log of CMS was given: add a capture with -r."};

/* One row a case: its status when no finding maps to it. */
static struct case_result (*const unmatched[CASES])(const struct grounds *) = {
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

static struct case_result result_of(const struct findings *findings, const struct state *state,
                                    enum case_id id)
{
    const struct finding *match = matching(findings, id);
    if (match != NULL)
        return (struct case_result){CASE_MATCHED, finding_row(match)->title};
    return is_log_alone(state, id) ? without_capture
                                   : unmatched[id](&(struct grounds){state, findings});
}

void cases_conclude(struct verdict *verdict, const struct findings *findings,
                    const struct state *state)
{
    for (enum case_id id = CASE_JOIN_CALL_MISSING; id < CASES; id++)
        verdict->cases[id] = result_of(findings, state, id);
}
