/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/rules_handshake.h"

#include "analyzer/diagnose/leg.h"
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/scope.h"

#include <strings.h>

struct subjects subjects_of_handshake(const struct handshake *handshake)
{
    struct subjects subjects = {.client = handshake->client,
                                .server = handshake->server,
                                .protocol = handshake->protocol == HANDSHAKE_TLS ? IP_PROTOCOL_TCP
                                                                                 : IP_PROTOCOL_UDP};
    _Static_assert(sizeof subjects.name >= sizeof handshake->server_name, "both hold any name");
    memcpy(subjects.name, handshake->server_name, sizeof handshake->server_name);
    return subjects;
}

/* What a key log shows inside. */
static bool holds_turn(const struct state *state, const struct handshake *handshake)
{
    unsigned from;
    const struct flow *inside =
        handshake->decrypted ? flows_find(state->flows, &handshake->client, &handshake->server,
                                          IP_PROTOCOL_TCP, FLOW_DECRYPTED, &from)
                             : NULL;
    return inside != NULL && allocations_of(&state->stun->allocations, inside) != NULL;
}

bool handshake_is_turn(const struct state *state, const struct handshake *handshake)
{
    for (size_t i = 0; i < handshake->alpn_count && i < LIMIT_ALPN_NAMES; i++)
        if (strncmp(handshake->alpn[i], "stun.", 5) == 0)
            return true;
    return handshake->server.port == 5349 || handshake->server.port == 3478 ||
           holds_turn(state, handshake);
}

static bool is_webbridge(const struct state *state, const char *name)
{
    return state->profile != NULL && (profile_is_webbridge(state->profile, name) ||
                                      profile_is_internal_webbridge(state->profile, name));
}

static bool is_name_of_turn(const char *name)
{
    return strncasecmp(name, "turn", 4) == 0 || strncasecmp(name, "stun", 4) == 0;
}

bool handshake_may_be_turn(const struct state *state, const struct handshake *handshake)
{
    return handshake->protocol == HANDSHAKE_TLS && handshake->hello_seen && !handshake->hello_cut &&
           handshake->alpn_count == 0 && !is_webbridge(state, handshake->server_name) &&
           (is_name_of_turn(handshake->server_name) ||
            allocations_on_server(&state->stun->allocations, &handshake->client.ip,
                                  &handshake->server.ip));
}

static bool is_about_certificate(enum finding_code code)
{
    return code >= FINDING_TLS_CERTIFICATE_SELF_SIGNED &&
           code <= FINDING_TLS_CERTIFICATE_REJECTED_BY_CLIENT;
}

/* A page and a relay may be had under the same name: then what is seen of it is the page. */
static void judge_use(struct finding *finding, const struct state *state,
                      const struct handshake *handshake)
{
    static const char surely[] =
        "This is a TURN server's port: there is no page, no warning and nothing to click through. "
        "A browser that does not accept the certificate does without this relay and says nothing.";
    static const char likely[] =
        "The client does not say that it wants a page, as browsers do, and the server is, or seems "
        "to be, one of its TURN servers: then there is no page, no warning and nothing to click "
        "through. A browser that does not accept the certificate does without this relay and says "
        "nothing.";
    bool is_turn = handshake_is_turn(state, handshake);
    if (is_turn || handshake_may_be_turn(state, handshake)) {
        if (finding->count > 1)
            return;
        finding->case_id = CASE_CONNECT_TIMEOUT;
        finding->note = is_turn ? surely : likely;
    } else if (finding->case_id == CASE_CONNECT_TIMEOUT) {
        finding->case_id = finding_row(finding)->case_id;
        finding->note = NULL;
    }
}

static bool is_about_what_was_shown(enum finding_code code)
{
    return code >= FINDING_TLS_CERTIFICATE_SELF_SIGNED && code <= FINDING_TLS_CERTIFICATE_DEFAULT;
}

/* What the machines of the site show each other no browser sees. Whether the one that connects
 * minds depends on it: only its refusal has the symptom that this part of the way is known by. */
static void judge_leg(struct finding *finding, const struct state *state,
                      const struct handshake *handshake)
{
    static const char inside[] =
        "A machine of the site made this connection, no browser: what browsers are shown is the "
        "certificate of Expressway-E. This one matters to the machine that connects, if it "
        "verifies what it is shown.";
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "If the connecting machine goes on all the same, nothing has to be done.",
        "Else install on the machine that is asked a certificate that is valid, holds the name by "
        "which it is asked for, and comes from an authority that the connecting machine trusts.",
        "Between the Expressways: compare TLS verify subject name of the zone with the names in "
        "the certificate, and the lists under Maintenance > Security > Trusted CA certificate.",
    };
    enum leg leg = leg_of_handshake(state, handshake);
    bool shown = is_about_what_was_shown((enum finding_code)finding->key.code);
    if (leg == LEG_CLIENT || finding->case_id == CASE_CONNECT_TIMEOUT)
        return;
    finding->case_id = shown ? CASE_PREREQUISITES : leg_case(leg, finding->case_id);
    if (shown) {
        finding->note = inside;
        finding->remedy = remedy;
    }
}

struct finding *raise_about_handshake(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    struct subjects subjects = subjects_of_handshake(handshake);
    struct finding *finding = rule_raise_about(context, &subjects);
    if (finding == NULL)
        return NULL;
    finding_add_evidence(finding, &handshake->hello);
    if (is_about_certificate((enum finding_code)finding->key.code))
        judge_use(finding, context->state, handshake);
    judge_leg(finding, context->state, handshake);
    return finding;
}

bool handshake_matters(const struct rule_context *context)
{
    return scope_handshake(context->state, context->event->handshake);
}
