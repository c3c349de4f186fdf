/* SPDX-License-Identifier: MIT */
/* What the silence of a TURN server, or of its client, means. */
#include "analyzer/diagnose/at_server.h"
#include "analyzer/diagnose/rules_turn.h"
#include "analyzer/diagnose/site_blame.h"

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

/* Conference servers give up after three seconds, browsers after eight to forty. */
static bool came_late(const struct allocation *allocation)
{
    return allocation->asked.frame != 0 &&
           allocation->challenged.time - allocation->asked.time >= LIMIT_SILENCE;
}

static const char *const answer_sooner[CATALOGUE_REMEDIES] = {
    "Find out where the time goes: compare with how long the server takes to answer other "
    "requests, such as a ping or the page.",
    "On the way: look for queues that are full (a saturated line, a VPN, a satellite) and for "
    "firewalls that hold UDP back while they inspect it.",
    "On the TURN server: look at its load, and at whatever it asks before it answers, such as a "
    "database of users or a name server.",
};

static const char slow_server_or_way[] =
    "A capture on the TURN server at the same time: it shows whether the server or the way takes "
    "so long.";

static void blame_delay(struct finding *finding)
{
    finding->remedy = answer_sooner;
    finding->note =
        "The challenge came three seconds or more after the client had first asked, and clients do "
        "not wait for long: this one had most likely given up by then. Then credentials are not "
        "what is missing, but time.";
    finding->raise_certainty = slow_server_or_way;
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
    else if (came_late(allocation))
        blame_delay(finding);
}

/* That of the silence before; where the capture held nothing yet that came to the client, there is
 * none. */
static struct finding *silence_until(const struct rule_context *context)
{
    const struct event *event = context->event;
    struct subjects subjects = rule_subjects(event);
    subjects.error_code = 0; /* of the answer that came too late */
    subjects.reason[0] = '\0';
    struct finding *known = findings_find(context->findings, FINDING_TURN_NO_ANSWER,
                                          &event->client.ip, &event->server, "");
    struct finding *finding = known != NULL ? known : rule_raise_about(context, &subjects);
    if (finding != NULL && known == NULL)
        finding_add_evidence(finding, &event->allocation->asked);
    return finding;
}

/* An answer to a request that is not known any more: the silence was of one that came later than
 * any client waits for. */
static void check_late_answer(const struct rule_context *context)
{
    static const char note[] =
        "Answers do come, but more than half a minute late, when clients have long given up: the "
        "server runs and both ways are open, but something holds the packets back.";
    const struct event *event = context->event;
    const struct transaction *transaction = event->transaction;
    if (transaction->method != STUN_ALLOCATE || transaction->request_seen ||
        event->protocol != IP_PROTOCOL_UDP || event->allocation == NULL ||
        event->allocation->state != ALLOCATION_UNANSWERED)
        return;
    struct finding *finding = silence_until(context);
    if (finding == NULL)
        return;
    finding_add_evidence(finding, &event->evidence);
    finding->note = note;
    finding->remedy = answer_sooner;
    finding->raise_certainty = slow_server_or_way;
}

/* Nothing was done with it, and nothing else asked of it. */
static bool is_unused(const struct allocation *allocation)
{
    return allocation->permission_count == 0 && allocation->permissions_kept == 0 &&
           allocation->channels_kept == 0 && allocation->to_peer_packets == 0 &&
           allocation->from_peer_packets == 0 && allocation->state == ALLOCATION_ALLOCATED &&
           allocation->refresh_asked == 0 && allocation->refreshed <= allocation->concluded.time;
}

/* Losses make a client repeat a request once or twice after its answer. */
static void check_grant_unheard(const struct rule_context *context)
{
    const struct table *allocations = &context->state->stun->allocations.table;
    for (const struct allocation *a = table_oldest(allocations); a != NULL;
         a = table_newer(allocations, a)) {
        if (a->grant_repeats < LIMIT_SILENCE_TRANSMISSIONS || !is_unused(a))
            continue;
        struct subjects subjects = {.client = a->client,
                                    .server = a->server,
                                    .protocol = a->protocol,
                                    .inside_tls = a->inside_tls};
        memcpy(subjects.username, a->username, sizeof subjects.username);
        memcpy(subjects.realm, a->realm, sizeof subjects.realm);
        struct finding *finding =
            findings_raise(context->findings, context->rule->finding, &subjects, a->concluded.time);
        if (finding == NULL)
            continue;
        finding_add_evidence(finding, &a->authenticated);
        finding_add_evidence(finding, &a->concluded);
    }
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
        "Other packets do come back from that very address and port, such as answers to plain STUN "
        "requests: the way is open and a server runs there, but TURN is not served.";
    finding->remedy = remedy;
}

static const char answered_from_elsewhere[] =
    "An answer to this very request did come, but from another address or port than the one that "
    "was asked, and clients drop such answers. The server runs, and no firewall is in the way.";

/* A response to this request, seen to come to the client from where it sent nothing. */
static const struct transaction *answer_from_elsewhere(const struct rule_context *context)
{
    const struct transaction *request = context->event->transaction;
    const struct table *table = &context->state->stun->transactions.table;
    for (const struct transaction *each = table_oldest(table); each != NULL;
         each = table_newer(table, each))
        if (!each->request_seen && each->answered != 0 && each->protocol == IP_PROTOCOL_UDP &&
            memcmp(each->key.id, request->key.id, sizeof each->key.id) == 0 &&
            transport_address_equal(&each->client, &request->client))
            return each;
    return NULL;
}

/* It is looked for once a finding: all transactions are gone through. */
static void note_answer_from_elsewhere(const struct rule_context *context, struct finding *finding)
{
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Where client and server are in one network and the client is given the server's public "
        "address: let the router translate the client's address, too (hairpin NAT), or let the "
        "name resolve to the inside address in there.",
        "Where the server has several addresses: make it answer from the one that it is asked at. "
        "On coturn: name each with listening-ip.",
        "Where a balancer or address translation stands before the server: its answers must go "
        "back the same way.",
    };
    const struct transaction *answer = answer_from_elsewhere(context);
    if (answer == NULL)
        return;
    finding_add_evidence(finding, &answer->response);
    finding->certainty = CERTAINTY_DEFINITE; /* that no answer came from there */
    finding->remedy = remedy;
    finding->note = answered_from_elsewhere;
}

static void check_no_answer(const struct rule_context *context)
{
    const struct event *event = context->event;
    if (event->transaction->method != STUN_ALLOCATE || event->protocol != context->rule->parameter)
        return;
    if ((!hosts_seen_both_ways(context->state->hosts, &event->client.ip) &&
         !at_server_hears(context->state, &event->server.ip)) ||
        server_answered_otherwise(context) || !server_is_heard(context))
        return;
    struct finding *finding = rule_raise(context);
    struct evidence repetition = transaction_repetition(event->transaction);
    if (finding == NULL)
        return;
    finding_add_evidence(finding, &repetition);
    if (finding->note == answered_from_elsewhere)
        return;
    finding->note = NULL; /* what may have been said of a Binding is not all of it */
    finding->remedy = NULL;
    finding->raise_certainty = NULL;
    note_stun_alone(context, finding);
    site_blame_port(context, finding);
    if (finding->count == 1 && event->protocol == IP_PROTOCOL_UDP)
        note_answer_from_elsewhere(context, finding);
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
    {FINDING_TURN_CHALLENGE_UNANSWERED, EVENT_TURN_ABANDONED, check_challenge_unanswered, 0},
    {FINDING_TURN_GRANT_UNHEARD, EVENT_CAPTURE_ENDED, check_grant_unheard, 0},
    {FINDING_TURN_REALM_MISSING, EVENT_TURN_ABANDONED, check_realm_missing, 0},
    {FINDING_TURN_NO_ANSWER, EVENT_STUN_UNANSWERED, check_no_answer, IP_PROTOCOL_UDP},
    {FINDING_TURN_NO_ANSWER, EVENT_STUN_CHALLENGED, check_late_answer, 0},
    {FINDING_TURN_NO_ANSWER, EVENT_STUN_REFUSED, check_late_answer, 0},
    {FINDING_TURN_TCP_NO_ANSWER, EVENT_STUN_UNANSWERED, check_no_answer, IP_PROTOCOL_TCP},
    {FINDING_TURN_PORT_UNREACHABLE, EVENT_STUN_UNREACHABLE, check_unreachable, 0},
    {FINDING_TURN_FILTERED, EVENT_STUN_UNREACHABLE, check_unreachable, 0},
    {FINDING_TURN_PORT_UNREACHABLE, EVENT_TURN_UNREACHABLE, check_gone, 0},
    {FINDING_TURN_FILTERED, EVENT_TURN_UNREACHABLE, check_gone, 0},
};

const struct rule_family rules_turn_silence = {rules, sizeof rules / sizeof rules[0], false};
