/* SPDX-License-Identifier: MIT */
/* What a TURN server's answers and silences mean. */
#include "analyzer/crypto/integrity.h"
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/site_blame.h"

#include <errno.h>
#include <stdlib.h>

/* A number is taken for a time between 2001 and 2100, and for a user's name otherwise. */
#define OLDEST_EXPIRY 1000000000ull
#define NEWEST_EXPIRY 4102444800ull

static bool on_allocation(const struct rule_context *context)
{
    uint16_t method = context->event->transaction->method;
    return method == STUN_ALLOCATE || method == STUN_REFRESH;
}

static bool is_turn(const struct rule_context *context)
{
    uint16_t method = context->event->transaction->method;
    return on_allocation(context) || method == STUN_CREATE_PERMISSION ||
           method == STUN_CHANNEL_BIND || method == STUN_CONNECT || method == STUN_CONNECTION_BIND;
}

/* The messages that led here: Allocate, challenge, Allocate with credentials. */
static void add_sequence(struct finding *finding, const struct rule_context *context)
{
    const struct allocation *allocation = context->event->allocation;
    if (finding == NULL || allocation == NULL)
        return;
    finding_add_evidence(finding, &allocation->asked);
    finding_add_evidence(finding, &allocation->challenged);
    finding_add_evidence(finding, &allocation->authenticated);
}

static void raise_with_sequence(const struct rule_context *context)
{
    add_sequence(rule_raise(context), context);
}

/* 431, or the 401 of RFC 5389 and later, to a request that carried a MESSAGE-INTEGRITY. A request
 * with an outdated nonce is refused for its nonce, whatever the code. */
static bool credentials_refused(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    if (!on_allocation(context))
        return false;
    if (transaction->error_code == 431)
        return true;
    return transaction->error_code == 401 && transaction->has_integrity &&
           !transaction->nonce_outdated;
}

/* How the server refuses wrong credentials, as far as the site profile says. */
static enum error_dialect dialect_of(const struct rule_context *context)
{
    const struct profile *profile = context->state->profile;
    return profile != NULL && profile_is_expressway_e(profile, &context->event->server.ip)
               ? profile->turn.error_dialect
               : ERROR_DIALECT_AUTO;
}

/* A 401 that the server cannot sign. One that is known to say 431 to a wrong password means the
 * user; else a USERNAME in it shows the Expressway's dialect. */
static bool user_is_unknown(const struct rule_context *context)
{
    const struct stun_message *answer = context->event->message;
    if (context->event->transaction->error_code != 401 || stun_is_cut(answer) ||
        stun_find(answer, STUN_MESSAGE_INTEGRITY) != NULL)
        return false;
    switch (dialect_of(context)) {
    case ERROR_DIALECT_401: /* to whatever is wrong */
        return false;
    case ERROR_DIALECT_431:
        return context->event->transaction->method == STUN_ALLOCATE;
    case ERROR_DIALECT_AUTO:
        break;
    }
    return stun_find(answer, STUN_USERNAME) != NULL;
}

/* Whose password: what recomputing the HMAC with the configured one says. */
static const struct blame {
    const char *note;
    const char *remedy[CATALOGUE_REMEDIES];
} blames[] = {
    [INTEGRITY_VERIFIED] =
        {"The client signs with the configured password, and the server refuses it all the same: "
         "the server's side holds another password.",
         {"Set the configured password for this user on the TURN server. On Expressway-E: "
          "Configuration > Authentication > Devices > Local database, edit the user and enter the "
          "password again.",
          "Check that the realm is the same on both sides (on Expressway-E: Configuration > "
          "Traversal > TURN, Authentication realm): the realm is part of the key.",
          "Try again and check that the Allocate now succeeds.", NULL}},
    [INTEGRITY_MISMATCH] =
        {"The client does not sign with the configured password: the password that the client was "
         "given is another one (or something on the path altered the request).",
         {"Set the configured password where the client gets it from. With CMS: PUT the password "
          "to /api/v1/turnServers/<id> (GET does not show it).",
          "For any other service: correct the TURN credential in the web application's ICE server "
          "list.",
          "Try again and check that the Allocate now succeeds.", NULL}},
};

/* Ephemeral credentials: the username is, or begins with, the time (seconds since the epoch) at
 * which it ends, as TURN REST interfaces and CMS Edge make it. Nanoseconds since the epoch; 0: this
 * user has none. */
static int64_t expiry_of(const struct allocation *allocation)
{
    char *end;
    if (allocation == NULL || allocation->username[0] < '1' || allocation->username[0] > '9')
        return 0;
    errno = 0;
    unsigned long long expiry = strtoull(allocation->username, &end, 10);
    bool timestamp = errno == 0 && (*end == '\0' || *end == ':') && expiry >= OLDEST_EXPIRY &&
                     expiry <= NEWEST_EXPIRY;
    return timestamp ? (int64_t)expiry * SECONDS : 0;
}

static bool credentials_expired(const struct rule_context *context)
{
    int64_t expiry = expiry_of(context->event->allocation);
    return expiry != 0 && expiry < context->event->time;
}

/* By the time that the capture had before its clock was set back they had, and nothing shows that
 * the password is wrong. */
static bool may_have_expired(const struct rule_context *context)
{
    const struct observed *observed = context->state->observed;
    int64_t expiry = expiry_of(context->event->allocation);
    return observed->backwards > 0 && expiry != 0 && expiry < observed->last &&
           context->event->transaction->integrity != INTEGRITY_MISMATCH;
}

static void check_credentials_expired(const struct rule_context *context)
{
    if (!credentials_refused(context) || !credentials_expired(context))
        return;
    struct finding *finding = rule_raise(context);
    add_sequence(finding, context);
    rule_doubt_clock(context, finding);
}

static const char either_is_wrong[] =
    "This server says 401 to a wrong password and to an unknown user alike (turn.error_dialect of "
    "the site profile): check both.";

static const char expired_perhaps[] =
    "The username says when these credentials end. The clock of this capture was set back: by its "
    "earlier time they had ended, and another password is of no help then. Check the clocks, and "
    "have the client fetch new credentials.";

static void blame_side(struct finding *finding, uint8_t integrity)
{
    if (integrity != INTEGRITY_VERIFIED && integrity != INTEGRITY_MISMATCH)
        return;
    finding->note = blames[integrity].note;
    finding->remedy = blames[integrity].remedy;
}

static void check_integrity_failure(const struct rule_context *context)
{
    if (!credentials_refused(context) || user_is_unknown(context) || credentials_expired(context))
        return;
    struct finding *finding = rule_raise(context);
    add_sequence(finding, context);
    if (finding == NULL)
        return;
    if (context->event->transaction->integrity_hidden)
        finding_lower(finding, CERTAINTY_STRONG);
    if (finding->note == NULL && context->event->transaction->error_code == 401 &&
        dialect_of(context) == ERROR_DIALECT_401)
        finding->note = either_is_wrong;
    if (may_have_expired(context)) {
        rule_doubt_clock(context, finding);
        finding->note = expired_perhaps;
    } else {
        blame_side(finding, context->event->transaction->integrity);
    }
}

static void check_unknown_user(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    if (is_turn(context) && transaction->error_code == 436) {
        struct finding *finding = rule_raise(context);
        add_sequence(finding, context);
        if (finding != NULL && finding->count == 1)
            finding->certainty = CERTAINTY_DEFINITE;
    } else if (credentials_refused(context) && user_is_unknown(context) &&
               !credentials_expired(context)) {
        raise_with_sequence(context);
    }
}

/* One error code of any TURN method, named in the row. */
static void check_error_code(const struct rule_context *context)
{
    if (is_turn(context) && context->event->transaction->error_code == context->rule->parameter)
        raise_with_sequence(context);
}

static void check_transport_unsupported(const struct rule_context *context)
{
    if (!is_turn(context) || context->event->transaction->error_code != 442)
        return;
    struct finding *finding = rule_raise(context);
    add_sequence(finding, context);
    site_blame_transport(context, finding);
}

/* 440 is about the relay, 443 about a peer. */
static void check_family_mismatch(const struct rule_context *context)
{
    static const char note[] =
        "It is the far side's address that does not fit: a relay reaches only peers of its own IP "
        "version. Either the far side offers an address of the relay's version too, or the client "
        "asks for a relay of the other one, which this server may well have.";
    if (context->event->transaction->error_code != 443 || !is_turn(context))
        return;
    struct finding *finding = rule_raise(context);
    add_sequence(finding, context);
    if (finding != NULL)
        finding->note = note;
}

/* The server that the client is sent to has sent it here, or is this one. */
static void note_circle(const struct rule_context *context, struct finding *finding)
{
    static const char note[] =
        "The client is sent in a circle: the server that it is sent to sends it back here. It must "
        "not follow that, and gets no relay from either.";
    const struct allocation *allocation = context->event->allocation;
    char here[TRANSPORT_ADDRESS_TEXT];
    if (finding == NULL || allocation == NULL || allocation->alternate.ip.family == 0)
        return;
    struct finding *other = findings_find(context->findings, FINDING_TURN_REDIRECTED,
                                          &context->event->client.ip, &allocation->alternate,
                                          transport_address_text(&context->event->server, here));
    if (other == NULL)
        return;
    finding->fatal = other->fatal = true;
    finding->note = other->note = note;
}

/* One finding for each server that clients are sent to. */
static void check_redirected(const struct rule_context *context)
{
    const struct allocation *allocation = context->event->allocation;
    if (context->event->transaction->error_code != 300 || !is_turn(context))
        return;
    struct subjects subjects = rule_subjects(context->event);
    if (allocation != NULL && allocation->alternate.ip.family != 0)
        transport_address_text(&allocation->alternate, subjects.name);
    struct finding *finding = rule_raise_about(context, &subjects);
    add_sequence(finding, context);
    note_circle(context, finding);
}

/* 437 to a Refresh with lifetime 0 says that there is nothing left to release: success. So it may
 * be where the capture does not hold the Refresh, or not all of it. */
static void check_allocation_mismatch(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    bool hidden = transaction->lifetime == UINT32_MAX &&
                  (!transaction->request_seen || transaction->request_cut);
    bool release = transaction->method == STUN_REFRESH && (transaction->lifetime == 0 || hidden);
    if (transaction->error_code == 437 && is_turn(context) && !release)
        raise_with_sequence(context);
}

/* 438 three times with changing nonces, or to the same old one; one is the normal end of a nonce's
 * life. */
static void check_stale_nonce_loop(const struct rule_context *context)
{
    static const char old_nonce[] =
        "The client goes on using a nonce that the server has called stale, though each answer "
        "gives it the new one: either the client does not take it over, or the answers do not "
        "reach it. The server is not at fault.";
    const struct transaction *transaction = context->event->transaction;
    const struct allocation *allocation = context->event->allocation;
    if (transaction->error_code != 438 || allocation == NULL || allocation->stale_nonces < 3)
        return;
    struct finding *finding = rule_raise(context);
    add_sequence(finding, context);
    if (finding != NULL)
        finding->note = transaction->nonce_outdated ? old_nonce : NULL;
}

static bool were_permitted(const struct allocation *allocation,
                           const struct transaction *transaction)
{
    if (allocation == NULL || transaction->method != STUN_CREATE_PERMISSION)
        return false;
    for (size_t i = 0; i < allocation->permissions_kept; i++)
        if (allocation->permissions[i].granted != 0 && transaction->peer_count == 1 &&
            ip_address_equal(&allocation->permissions[i].peer, &transaction->peers[0].ip))
            return true;
    return false;
}

/* coturn says 400, not 437, to a CreatePermission for an allocation that it does not have. */
static void check_bad_request(const struct rule_context *context)
{
    static const char note[] =
        "The server granted this very permission before: more likely it no longer knows the "
        "allocation, because it restarted, or because the client's address changed on the way. "
        "coturn says 400 then.";
    const struct transaction *transaction = context->event->transaction;
    if (transaction->error_code != 400 || !is_turn(context))
        return;
    struct finding *finding = rule_raise(context);
    add_sequence(finding, context);
    if (finding != NULL && were_permitted(context->event->allocation, transaction))
        finding->note = note;
}

static const struct turn_relation *relation_of(const struct rule_context *context)
{
    const struct event *event = context->event;
    return allocations_relation(&context->state->stun->allocations, &event->client.ip,
                                &event->server, event->protocol);
}

/* A challenged client that never came back, unless it went on from another port: what came from
 * its address long before, of another call or of another client behind it, is not that. */
static bool went_on_elsewhere(const struct rule_context *context)
{
    const struct turn_relation *relation = relation_of(context);
    const struct allocation *allocation = context->event->allocation;
    return relation != NULL && relation->authenticated != 0 &&
           relation->authenticated >= allocation->asked.time - LIMIT_CHALLENGE_WAIT;
}

/* The first request is repeated after its challenge: that is lost on its way to the client. */
static void blame_way_back(struct finding *finding, bool elsewhere)
{
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Allow the server's replies through every firewall and address translation on the way "
        "back to the client.",
        "Where the server has several addresses, check that it answers from the one that the "
        "client sends to.",
        "If only some clients behind one address are affected, look at their own network: the "
        "others do get their answers.",
    };
    finding->remedy = remedy;
    finding->note =
        elsewhere
            ? "The client repeats its first request after the challenge was sent, so the challenge "
              "does not reach it: look at the way from the server to the client. Another socket of "
              "this client, or another client behind the same address, did get its own."
            : "The client repeats its first request after the challenge was sent, so the challenge "
              "does not reach it: look at the way from the server to the client.";
}

static void check_challenge_unanswered(const struct rule_context *context)
{
    const struct allocation *allocation = context->event->allocation;
    bool elsewhere = went_on_elsewhere(context);
    if (allocation->realm_empty || (elsewhere && !allocation->asked_again))
        return;
    struct finding *finding = rule_raise(context);
    if (finding == NULL)
        return;
    finding_add_evidence(finding, &allocation->asked);
    if (allocation->asked_again)
        blame_way_back(finding, elsewhere);
}

static void check_realm_missing(const struct rule_context *context)
{
    const struct allocation *allocation = context->event->allocation;
    if (!allocation->realm_empty)
        return;
    struct finding *finding = rule_raise(context);
    if (finding != NULL)
        finding_add_evidence(finding, &allocation->asked);
}

/* Silence counts only where the answer could have been seen, and where that server answered this
 * client nothing else at the time: what it answered long before, in another call, is no sign of
 * life. */
static bool server_answered_otherwise(const struct rule_context *context)
{
    const struct turn_relation *relation = relation_of(context);
    return relation != NULL && relation->answered != 0 &&
           relation->answered >= context->event->transaction->first_sent - LIMIT_ATTEMPT_IDLE;
}

/* Over TCP something must come from the server after the request, an acknowledgment at least: else
 * the capture misses that side. */
static bool server_is_heard(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    const struct flow *flow = table_at(&context->state->flows->table, transaction->key.flow);
    const struct connection *connection =
        flow != NULL ? connections_of(context->state->connections, flow) : NULL;
    if (transaction->protocol != IP_PROTOCOL_TCP)
        return true;
    return connection != NULL &&
           connection->side[1 - connection->client].last > transaction->first_sent;
}

/* A plain STUN server passes over what it does not offer. */
static void note_stun_alone(const struct rule_context *context, struct finding *finding)
{
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Switch TURN on where STUN answers. On coturn: leave stun-only out, and check that "
        "lt-cred-mech or use-auth-secret is set.",
        "On Expressway-E: set TURN services to On under Configuration > Traversal > TURN; relays "
        "also need the TURN option key.",
        "Give clients that server's address as stun:, and a TURN server's as turn:.",
        "If TURN does run there, look for a firewall that inspects STUN and drops what it does not "
        "know.",
    };
    const struct transaction *transaction = context->event->transaction;
    const struct flow *flow = table_at(&context->state->flows->table, transaction->key.flow);
    if (transaction->protocol != IP_PROTOCOL_UDP || flow == NULL || flow->packets[0] == 0 ||
        flow->packets[1] == 0)
        return;
    finding->note =
        "Other packets do come back from that very address and port, such as answers to plain "
        "STUN requests: the way is open and a server runs there, but TURN is not "
        "served.";
    finding->remedy = remedy;
}

static void check_no_answer(const struct rule_context *context)
{
    const struct event *event = context->event;
    if (event->transaction->method != STUN_ALLOCATE || event->protocol != context->rule->parameter)
        return;
    if (!hosts_seen_both_ways(context->state->hosts, &event->client.ip) ||
        server_answered_otherwise(context) || !server_is_heard(context))
        return;
    struct finding *finding = rule_raise(context);
    struct evidence repetition = transaction_repetition(event->transaction);
    if (finding == NULL)
        return;
    finding_add_evidence(finding, &repetition);
    finding->note = NULL; /* what may have been said of a Binding is not all of it */
    finding->remedy = NULL;
    finding->raise_certainty = NULL;
    note_stun_alone(context, finding);
    site_blame_port(context, finding);
}

/* Who sent the ICMP error: the server itself closes a port, anything in between filters. */
static enum finding_code found_unreachable(const struct event *event)
{
    bool v6 = event->evidence.source.ip.family == 6;
    bool port = event->icmp->type == (v6 ? 1 : 3) && event->icmp->code == (v6 ? 4 : 3);
    bool from_server = ip_address_equal(&event->evidence.source.ip, &event->server.ip);
    return port && from_server ? FINDING_TURN_PORT_UNREACHABLE : FINDING_TURN_FILTERED;
}

static void check_unreachable(const struct rule_context *context)
{
    const struct event *event = context->event;
    if (event->transaction->method == STUN_ALLOCATE &&
        found_unreachable(event) == context->rule->finding)
        site_blame_port(context, rule_raise(context));
}

/* The type for a packet that does not arrive; time exceeded and packet too big are others. */
static bool is_destination_unreachable(const struct event *event)
{
    return event->icmp->type == (event->evidence.source.ip.family == 6 ? 1 : 3) &&
           event->icmp->mtu == 0;
}

/* During the call: the server went away, or a firewall changed its mind. */
static void check_gone(const struct rule_context *context)
{
    const struct event *event = context->event;
    if (!is_destination_unreachable(event) || found_unreachable(event) != context->rule->finding)
        return;
    struct finding *finding = rule_raise(context);
    if (finding != NULL)
        finding->note = "The same server gave this client an allocation before: it stopped or "
                        "restarted, or became unreachable, during the call.";
}

static const struct rule rules[] = {
    {FINDING_TURN_INTEGRITY_FAILURE, EVENT_STUN_REFUSED, check_integrity_failure, 0},
    {FINDING_TURN_CREDENTIALS_EXPIRED, EVENT_STUN_REFUSED, check_credentials_expired, 0},
    {FINDING_TURN_UNKNOWN_USER, EVENT_STUN_REFUSED, check_unknown_user, 0},
    {FINDING_TURN_CHALLENGE_UNANSWERED, EVENT_TURN_ABANDONED, check_challenge_unanswered, 0},
    {FINDING_TURN_REALM_MISSING, EVENT_TURN_ABANDONED, check_realm_missing, 0},
    {FINDING_TURN_NO_ANSWER, EVENT_STUN_UNANSWERED, check_no_answer, IP_PROTOCOL_UDP},
    {FINDING_TURN_TCP_NO_ANSWER, EVENT_STUN_UNANSWERED, check_no_answer, IP_PROTOCOL_TCP},
    {FINDING_TURN_PORT_UNREACHABLE, EVENT_STUN_UNREACHABLE, check_unreachable, 0},
    {FINDING_TURN_FILTERED, EVENT_STUN_UNREACHABLE, check_unreachable, 0},
    {FINDING_TURN_PORT_UNREACHABLE, EVENT_TURN_UNREACHABLE, check_gone, 0},
    {FINDING_TURN_FILTERED, EVENT_TURN_UNREACHABLE, check_gone, 0},
    {FINDING_TURN_STALE_NONCE_LOOP, EVENT_STUN_REFUSED, check_stale_nonce_loop, 0},
    {FINDING_TURN_ALLOCATION_MISMATCH, EVENT_STUN_REFUSED, check_allocation_mismatch, 0},
    {FINDING_TURN_REDIRECTED, EVENT_STUN_REFUSED, check_redirected, 0},
    {FINDING_TURN_BAD_REQUEST, EVENT_STUN_REFUSED, check_bad_request, 0},
    {FINDING_TURN_FORBIDDEN, EVENT_STUN_REFUSED, check_error_code, 403},
    {FINDING_TURN_UNKNOWN_ATTRIBUTE, EVENT_STUN_REFUSED, check_error_code, 420},
    {FINDING_TURN_FAMILY_UNSUPPORTED, EVENT_STUN_REFUSED, check_error_code, 440},
    {FINDING_TURN_WRONG_CREDENTIALS, EVENT_STUN_REFUSED, check_error_code, 441},
    {FINDING_TURN_TRANSPORT_UNSUPPORTED, EVENT_STUN_REFUSED, check_transport_unsupported, 0},
    {FINDING_TURN_FAMILY_UNSUPPORTED, EVENT_STUN_REFUSED, check_family_mismatch, 0},
    {FINDING_TURN_CONNECTION_FAILED, EVENT_STUN_REFUSED, check_error_code, 446},
    {FINDING_TURN_CONNECTION_FAILED, EVENT_STUN_REFUSED, check_error_code, 447},
    {FINDING_TURN_QUOTA_REACHED, EVENT_STUN_REFUSED, check_error_code, 486},
    {FINDING_TURN_SERVER_ERROR, EVENT_STUN_REFUSED, check_error_code, 500},
    {FINDING_TURN_INSUFFICIENT_CAPACITY, EVENT_STUN_REFUSED, check_error_code, 508},
};

const struct rule_family rules_turn = {rules, sizeof rules / sizeof rules[0], false};
