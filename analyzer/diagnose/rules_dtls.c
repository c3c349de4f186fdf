/* SPDX-License-Identifier: MIT */
/* DTLS between client and peer. Its certificates are self-signed by design (RFC 8122): they are
 * never looked at here. */
#include "analyzer/diagnose/rules.h"
#include "dissectors/tls/record.h"

enum { HELLOS_THAT_COUNT = 3 };

/* Lossy paths need a repetition or two, within a second or three. */
#define LIMIT_REPEATS (4 * SECONDS)

/* Tunnels and sensors speak DTLS, too: a call's is on a path that ICE found, or offers SRTP. */
static bool is_of_call(const struct rule_context *context)
{
    const struct event *event = context->event;
    return event->handshake->protocol == HANDSHAKE_DTLS &&
           (event->path != NULL || event->handshake->offers_srtp);
}

/* Whichever end is the client of DTLS, the call is the one's that the path is of. */
static struct finding *raise(const struct rule_context *context)
{
    struct subjects subjects = rule_subjects(context->event);
    struct finding *finding = rule_raise_about(context, &subjects);
    if (finding != NULL)
        finding_add_evidence(finding, &context->event->handshake->hello);
    return finding;
}

static void check_alert(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    if (is_of_call(context) && !handshake->alert.inferred &&
        handshake->alert.level == TLS_ALERT_FATAL)
        raise(context);
}

static bool cookies_loop(const struct handshake *handshake)
{
    return handshake->hello_verify_requests >= LIMIT_COOKIES && !handshake->server_hello_seen;
}

/* One end repeats what it said long after the other end's first answer to it. */
static bool repeats(uint32_t transmissions, int64_t latest, const struct handshake *handshake)
{
    return transmissions >= HELLOS_THAT_COUNT &&
           latest - handshake->server_hello_time >= LIMIT_REPEATS;
}

/* Both ends speak and do not hear each other. */
static bool is_stuck(const struct handshake *handshake)
{
    return handshake->server_hello_seen &&
           (repeats(handshake->hello_transmissions, handshake->hello_repeated, handshake) ||
            repeats(handshake->server_hello_transmissions, handshake->server_hello_repeated,
                    handshake));
}

static void check_stuck(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    if (!is_of_call(context) || handshake->state == HANDSHAKE_ESTABLISHED || !is_stuck(handshake))
        return;
    struct finding *finding = raise(context);
    if (finding == NULL)
        return;
    finding_add_evidence(finding, &handshake->server_hello);
    finding->note =
        "Both ends speak and repeat themselves: what one of them sends does not arrive. The end "
        "that repeats although it was answered in this capture is the one that does not hear.";
}

static void check_no_answer(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    bool silent = !handshake->server_hello_seen && handshake->hello_verify_requests == 0;
    if (is_of_call(context) && silent && handshake->hello_transmissions >= HELLOS_THAT_COUNT &&
        hosts_seen_both_ways(context->state->hosts, &context->event->client.ip))
        raise(context);
}

static void check_cookie_loop(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    struct finding *finding =
        is_of_call(context) && cookies_loop(handshake) ? raise(context) : NULL;
    if (finding != NULL)
        finding_add_evidence(finding, &handshake->conclusion);
}

static const struct rule rules[] = {
    {FINDING_DTLS_ALERT, EVENT_TLS_ALERT, check_alert, 0},
    {FINDING_DTLS_NO_ANSWER, EVENT_TLS_ENDED, check_no_answer, 0},
    {FINDING_DTLS_NO_ANSWER, EVENT_TLS_ENDED, check_stuck, 0},
    {FINDING_DTLS_COOKIE_LOOP, EVENT_TLS_ENDED, check_cookie_loop, 0},
};

const struct rule_family rules_dtls = {rules, sizeof rules / sizeof rules[0], false};
