/* SPDX-License-Identifier: MIT */
/* How TLS handshakes end, and what they hide. The direction of an alert decides the blame. */
#include "analyzer/diagnose/key_log.h"
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/rules_handshake.h"
#include "analyzer/diagnose/scope.h"
#include "dissectors/tls/record.h"

/* Servers answer within a round trip; the slowest clients give up later than this. */
#define LIMIT_TLS_SILENCE (8 * SECONDS)

/* What fails over QUIC is tried again over TCP. */
static bool is_tls(const struct rule_context *context)
{
    return context->event->handshake->protocol == HANDSHAKE_TLS && handshake_matters(context);
}

/* Alerts 42 to 48 but illegal_parameter, which is no word on a certificate. */
static bool refuses_certificate(uint8_t description)
{
    return description >= TLS_ALERT_BAD_CERTIFICATE && description <= TLS_ALERT_UNKNOWN_CA &&
           description != TLS_ALERT_ILLEGAL_PARAMETER;
}

/* Of an alert that was only told from its length nothing is known but that it was one. */
static bool is_fatal_alert(const struct rule_context *context, enum handshake_side from)
{
    const struct handshake_alert *alert = &context->event->handshake->alert;
    return is_tls(context) && !alert->inferred && alert->from == from &&
           (alert->level == TLS_ALERT_FATAL || refuses_certificate(alert->description));
}

static void check_rejected_by_client(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    if (is_fatal_alert(context, HANDSHAKE_CLIENT) &&
        refuses_certificate(handshake->alert.description))
        raise_about_handshake(context);
}

/* The web bridge is none of Expressway-E's services. */
static void judge_server(const struct rule_context *context, struct finding *finding)
{
    const struct profile *profile = context->state->profile;
    if (finding != NULL && finding->case_id == CASE_JOIN_CALL_MISSING && profile != NULL &&
        profile_is_expressway_e(profile, &context->event->server.ip))
        finding->case_id = CASE_PREREQUISITES;
}

/* Mutual TLS: the server refuses the client's certificate, or demands one. */
static void check_rejected_by_server(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    uint8_t description = handshake->alert.description;
    bool about_client = handshake->client_certificate_requested ||
                        handshake->client_certificate_sent ||
                        description == TLS_ALERT_CERTIFICATE_REQUIRED;
    /* OpenSSL's word for a certificate that was demanded and not given. */
    bool none_given = handshake->client_certificate_requested &&
                      handshake->client_certificate_empty &&
                      description == TLS_ALERT_HANDSHAKE_FAILURE;
    if (is_fatal_alert(context, HANDSHAKE_SERVER) && about_client &&
        (refuses_certificate(description) || description == TLS_ALERT_CERTIFICATE_REQUIRED ||
         none_given))
        judge_server(context, raise_about_handshake(context));
}

/* One alert description, named in the row, from either side. */
static void check_alert(const struct rule_context *context)
{
    const struct handshake_alert *alert = &context->event->handshake->alert;
    if (is_fatal_alert(context, (enum handshake_side)alert->from) &&
        alert->description == context->rule->parameter)
        raise_about_handshake(context);
}

/* Before the server said what it chose: nothing of the offer suits it. */
static void check_no_common_cipher(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    if (is_fatal_alert(context, HANDSHAKE_SERVER) && !handshake->server_hello_seen &&
        handshake->alert.description == context->rule->parameter)
        raise_about_handshake(context);
}

/* What the rules above have a better name for, and what is no refusal. */
static bool has_other_meaning(const struct handshake *handshake)
{
    switch (handshake->alert.description) {
    case TLS_ALERT_CLOSE_NOTIFY:
    case TLS_ALERT_USER_CANCELED:
    case TLS_ALERT_PROTOCOL_VERSION:
    case TLS_ALERT_INAPPROPRIATE_FALLBACK:
    case TLS_ALERT_UNRECOGNIZED_NAME:
    case TLS_ALERT_CERTIFICATE_REQUIRED:
        return true;
    case TLS_ALERT_HANDSHAKE_FAILURE:
        return !handshake->server_hello_seen || handshake->client_certificate_empty;
    case TLS_ALERT_INSUFFICIENT_SECURITY:
        return !handshake->server_hello_seen;
    default:
        return refuses_certificate(handshake->alert.description);
    }
}

static void check_refused(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    if (is_fatal_alert(context, (enum handshake_side)handshake->alert.from) &&
        handshake->state != HANDSHAKE_ESTABLISHED && !has_other_meaning(handshake))
        raise_about_handshake(context);
}

/* Browsers reset connections of their own accord: only the far side's reset tells something. */
static void check_reset_after_hello(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    if (is_tls(context) && handshake->state == HANDSHAKE_RESET && handshake->ended_by_reset &&
        handshake->ended_by == HANDSHAKE_SERVER && !handshake->answered)
        raise_about_handshake(context);
}

static const struct connection *connection_of(const struct rule_context *context)
{
    const struct flow *flow =
        table_at(&context->state->flows->table, context->event->handshake->flow);
    return flow != NULL ? connections_of(context->state->connections, flow) : NULL;
}

/* The client acknowledges what is missing here: the capture lost it. */
static bool got_what_is_unseen(const struct tcp_side *server)
{
    return (int32_t)(server->acknowledged - server->stream.sequence) > 0;
}

/* The server's machine acknowledges the hello, so that its direction is in the capture, and its TLS
 * says nothing for so long that clients give up. */
static void check_no_answer(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    const struct connection *connection = connection_of(context);
    if (!is_tls(context) || handshake->answered || handshake->hello_time == 0 ||
        handshake->state == HANDSHAKE_RESET || connection == NULL ||
        context->event->time - handshake->hello_time < LIMIT_TLS_SILENCE)
        return;
    const struct tcp_side *client = &connection->side[connection->client];
    const struct tcp_side *server = &connection->side[1 - connection->client];
    if (server->last > handshake->hello_time && client->acknowledged == client->next &&
        !got_what_is_unseen(server))
        raise_about_handshake(context);
}

/* Without the SYN-ACK what looks like the first bytes may be the middle of an answer. */
static bool answer_has_beginning(const struct rule_context *context)
{
    const struct connection *connection = connection_of(context);
    return connection != NULL && connection->side[1 - connection->client].initial_known;
}

static void check_not_tls(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    if (is_tls(context) && handshake->answered_otherwise && answer_has_beginning(context))
        raise_about_handshake(context);
}

static struct finding *raise_for(const struct rule_context *context,
                                 const struct handshake *handshake)
{
    struct subjects subjects = subjects_of_handshake(handshake);
    struct finding *finding =
        findings_raise(context->findings, context->rule->finding, &subjects, handshake->last);
    if (finding == NULL)
        return NULL;
    finding_add_evidence(finding, &handshake->hello);
    finding_add_evidence(finding, &handshake->server_hello);
    return finding;
}

/* Something stays hidden, in spite of a key log perhaps. */
static void raise_hidden(const struct rule_context *context, const struct handshake *handshake)
{
    struct finding *finding = raise_for(context, handshake);
    if (finding != NULL)
        finding->note = key_log_problem(handshake);
}

/* The server took the connection, and of the hello not even an acknowledgment comes, though it is
 * sent again and again. A later connection to the same server shows that the network is there; one
 * whose hello is answered, that it was not before. */
static bool is_hello_lost(const struct state *state, const struct handshake *handshake)
{
    const struct flow *flow = table_at(&state->flows->table, handshake->flow);
    const struct connection *connection =
        flow != NULL ? connections_of(state->connections, flow) : NULL;
    if (connection == NULL || handshake->protocol != HANDSHAKE_TLS || handshake->answered ||
        handshake->hello_time == 0)
        return false;
    const struct tcp_side *client = &connection->side[connection->client];
    const struct tcp_side *server = &connection->side[1 - connection->client];
    return server->syns > 0 && server->last < handshake->hello_time &&
           client->retransmissions >= LIMIT_SILENCE_TRANSMISSIONS &&
           client->last - handshake->hello_time >= LIMIT_TLS_SILENCE &&
           connections_established(state->connections, &handshake->client.ip, &handshake->server,
                                   handshake->hello_time + SECONDS) &&
           !handshakes_established(state->handshakes, &handshake->client.ip, &handshake->server,
                                   handshake->hello_time);
}

static void check_hello_lost(const struct rule_context *context)
{
    static const char lost[] =
        "Not even TCP acknowledges the hello, however often it is sent again, and yet connections "
        "to the server open: it is the hello that gets lost on the way there.";
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Look in the client's network for a web filter or firewall that drops connections by the "
        "server's name, and allow the name.",
        "Where the hello is larger than a packet (some 1400 octets), look for a small MTU on the "
        "way there (tunnel, VPN, PPPoE); try with the MSS limited to 1200.",
        "Try the same from another network: if it works there, the first one is the cause.",
    };
    const struct state *state = context->state;
    const struct handshake *handshake = NULL;
    if (state->vantage->value != VANTAGE_CLIENT && state->vantage->value != VANTAGE_UNKNOWN)
        return; /* it got as far as here */
    while ((handshake = handshakes_next(state->handshakes, handshake)) != NULL) {
        if (!is_hello_lost(state, handshake) || !scope_handshake(state, handshake))
            continue;
        struct finding *finding = raise_for(context, handshake);
        if (finding == NULL)
            return;
        finding->note = lost;
        finding->remedy = remedy;
    }
}

static bool any_certificate(const struct state *state)
{
    const struct handshake *handshake = NULL;
    while ((handshake = handshakes_next(state->handshakes, handshake)) != NULL)
        if (handshake->protocol != HANDSHAKE_DTLS && handshake->certificate_visible)
            return true;
    return false;
}

/* Of a resumed session, or one whose secrets are not known, another may have shown it. */
static bool was_seen(const struct state *state, const struct handshake *handshake)
{
    return issuers_other(&state->handshakes->issuers, &handshake->server, handshake->server_name,
                         "") != NULL;
}

static bool hides_certificate(const struct handshake *handshake)
{
    return handshake->server_hello_seen && !handshake->certificate_visible &&
           handshake->protocol != HANDSHAKE_DTLS &&
           (handshake_is_version_1_3(handshake) || handshake->resumed);
}

/* TLS 1.3 and resumption: the certificate is not in the clear. Without a profile one remark is
 * enough, and none where another handshake shows one. */
static void check_certificate_hidden(const struct rule_context *context)
{
    const struct state *state = context->state;
    const struct handshake *handshake = NULL;
    bool known = scope_is_known(state);
    if (!known && any_certificate(state))
        return;
    while ((handshake = handshakes_next(state->handshakes, handshake)) != NULL) {
        if (!hides_certificate(handshake) || was_seen(state, handshake) ||
            !scope_handshake(state, handshake))
            continue;
        raise_hidden(context, handshake);
        if (!known)
            return;
    }
}

/* The DTLS of a call offers SRTP, or goes where checks have gone before. */
static bool is_turn_over_dtls(const struct rule_context *context, const struct handshake *handshake)
{
    const struct flow *flow = table_at(&context->state->flows->table, handshake->flow);
    return handshake->protocol == HANDSHAKE_DTLS && handshake_is_turn(context->state, handshake) &&
           !handshake->offers_srtp &&
           (flow == NULL || paths_of(context->state->paths, flow) == NULL);
}

/* Browsers name the protocol whenever they speak HTTP, and a page is no steady stream. */
static bool is_call_inside(const struct rule_context *context, const struct handshake *handshake)
{
    const struct flow *flow = table_at(&context->state->flows->table, handshake->flow);
    const struct connection *connection =
        flow != NULL ? connections_of(context->state->connections, flow) : NULL;
    return handshake->protocol == HANDSHAKE_TLS && handshake->alpn_count == 0 &&
           connection != NULL && connection_looks_like_call(connection);
}

static void check_turn_hidden(const struct rule_context *context)
{
    const struct handshake *handshake = NULL;
    while ((handshake = handshakes_next(context->state->handshakes, handshake)) != NULL)
        if (handshake->state == HANDSHAKE_ESTABLISHED && !handshake->decrypted &&
            ((handshake->protocol == HANDSHAKE_TLS &&
              handshake_is_turn(context->state, handshake)) ||
             is_turn_over_dtls(context, handshake) || is_call_inside(context, handshake)) &&
            (scope_handshake(context->state, handshake) ||
             exchanges_through_proxy(context->state->exchanges, &handshake->client.ip,
                                     &handshake->server)))
            raise_hidden(context, handshake);
}

static const struct rule rules[] = {
    {FINDING_TLS_CERTIFICATE_REJECTED_BY_CLIENT, EVENT_TLS_ALERT, check_rejected_by_client, 0},
    {FINDING_TLS_CERTIFICATE_REJECTED_BY_SERVER, EVENT_TLS_ALERT, check_rejected_by_server, 0},
    {FINDING_TLS_VERSION_MISMATCH, EVENT_TLS_ALERT, check_alert, TLS_ALERT_PROTOCOL_VERSION},
    {FINDING_TLS_VERSION_MISMATCH, EVENT_TLS_ALERT, check_alert, TLS_ALERT_INAPPROPRIATE_FALLBACK},
    {FINDING_TLS_UNRECOGNIZED_NAME, EVENT_TLS_ALERT, check_alert, TLS_ALERT_UNRECOGNIZED_NAME},
    {FINDING_TLS_NO_COMMON_CIPHER, EVENT_TLS_ALERT, check_no_common_cipher,
     TLS_ALERT_HANDSHAKE_FAILURE},
    {FINDING_TLS_NO_COMMON_CIPHER, EVENT_TLS_ALERT, check_no_common_cipher,
     TLS_ALERT_INSUFFICIENT_SECURITY},
    {FINDING_TLS_HANDSHAKE_REFUSED, EVENT_TLS_ALERT, check_refused, 0},
    {FINDING_TLS_RESET_AFTER_HELLO, EVENT_TLS_ENDED, check_reset_after_hello, 0},
    {FINDING_TLS_NO_ANSWER, EVENT_TLS_ENDED, check_no_answer, 0},
    {FINDING_TLS_NO_ANSWER, EVENT_CAPTURE_ENDED, check_hello_lost, 0},
    {FINDING_TLS_NOT_TLS, EVENT_TLS_ENDED, check_not_tls, 0},
    {FINDING_TLS_CERTIFICATE_HIDDEN, EVENT_CAPTURE_ENDED, check_certificate_hidden, 0},
    {FINDING_TURN_HIDDEN, EVENT_CAPTURE_ENDED, check_turn_hidden, 0},
};

const struct rule_family rules_tls = {rules, sizeof rules / sizeof rules[0], false};
