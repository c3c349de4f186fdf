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

struct finding *raise_about_handshake(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    struct subjects subjects = subjects_of_handshake(handshake);
    struct finding *finding = rule_raise_about(context, &subjects);
    if (finding != NULL)
        finding_add_evidence(finding, &handshake->hello);
    return finding;
}

bool handshake_matters(const struct rule_context *context)
{
    return scope_handshake(context->state, context->event->handshake);
}
