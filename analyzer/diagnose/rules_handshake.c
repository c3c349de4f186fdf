/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/rules_handshake.h"

#include "analyzer/diagnose/scope.h"

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

bool handshake_is_turn(const struct handshake *handshake)
{
    for (size_t i = 0; i < handshake->alpn_count && i < LIMIT_ALPN_NAMES; i++)
        if (strncmp(handshake->alpn[i], "stun.", 5) == 0)
            return true;
    return handshake->server.port == 5349 || handshake->server.port == 3478;
}

static bool is_about_certificate(enum finding_code code)
{
    return code >= FINDING_TLS_CERTIFICATE_SELF_SIGNED &&
           code <= FINDING_TLS_CERTIFICATE_REJECTED_BY_CLIENT;
}

static void note_turn(struct finding *finding)
{
    finding->case_id = CASE_CONNECT_TIMEOUT;
    finding->note =
        "This is a TURN server's port: there is no page, no warning and nothing to click through. "
        "A browser that does not accept the certificate does without this relay and says nothing.";
}

struct finding *raise_about_handshake(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    struct subjects subjects = subjects_of_handshake(handshake);
    struct finding *finding = rule_raise_about(context, &subjects);
    if (finding == NULL)
        return NULL;
    finding_add_evidence(finding, &handshake->hello);
    if (is_about_certificate((enum finding_code)finding->key.code) && handshake_is_turn(handshake))
        note_turn(finding);
    return finding;
}

bool handshake_matters(const struct rule_context *context)
{
    return scope_handshake(context->state, context->event->handshake);
}
