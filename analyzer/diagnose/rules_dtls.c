/* SPDX-License-Identifier: MIT */
/* DTLS between client and peer. Its certificates are self-signed by design (RFC 8122): they are
 * never looked at here. */
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/rules_handshake.h"
#include "dissectors/tls/record.h"

enum { HELLOS_THAT_COUNT = 3 };

static bool is_dtls(const struct rule_context *context)
{
    return context->event->handshake->protocol == HANDSHAKE_DTLS;
}

static void check_alert(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    if (is_dtls(context) && !handshake->alert.inferred && handshake->alert.level == TLS_ALERT_FATAL)
        raise_about_handshake(context);
}

static bool cookies_loop(const struct handshake *handshake)
{
    return handshake->hello_verify_requests >= LIMIT_COOKIES && !handshake->server_hello_seen;
}

static void check_no_answer(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    bool silent = !handshake->server_hello_seen && handshake->hello_verify_requests == 0;
    if (is_dtls(context) && silent && handshake->hello_transmissions >= HELLOS_THAT_COUNT &&
        hosts_seen_both_ways(context->state->hosts, &handshake->client.ip))
        raise_about_handshake(context);
}

static void check_cookie_loop(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    struct finding *finding =
        is_dtls(context) && cookies_loop(handshake) ? raise_about_handshake(context) : NULL;
    if (finding != NULL)
        finding_add_evidence(finding, &handshake->conclusion);
}

static const struct rule rules[] = {
    {FINDING_DTLS_ALERT, EVENT_TLS_ALERT, check_alert, 0},
    {FINDING_DTLS_NO_ANSWER, EVENT_TLS_ENDED, check_no_answer, 0},
    {FINDING_DTLS_COOKIE_LOOP, EVENT_TLS_ENDED, check_cookie_loop, 0},
};

const struct rule_family rules_dtls = {rules, sizeof rules / sizeof rules[0]};
