/* SPDX-License-Identifier: MIT */
/* Connections that do not open, are killed or starve: of the servers that matter. */
#include "analyzer/diagnose/at_server.h"
#include "analyzer/diagnose/leg.h"
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/scope.h"
#include "analyzer/diagnose/site_blame.h"

/* A reset from farther or nearer than the server by more hops than a changed route explains. */
enum { MIDDLEBOX_HOPS = 3 };

static bool matters(const struct rule_context *context)
{
    const struct event *event = context->event;
    return !scope_is_administration(context->state, &event->server) &&
           !scope_is_other_service(context->state, &event->server) &&
           (!scope_is_known(context->state) ||
            scope_server(context->state, &event->client.ip, &event->server.ip));
}

/* Where TURN shares 443 with the web page, it is the page that a client asks for first. */
static bool asks_for_page(const struct rule_context *context)
{
    const struct event *event = context->event;
    return event->server.port == 443 &&
           !connections_established(context->state->connections, &event->client.ip, &event->server,
                                    0);
}

static bool is_begun_with(const struct allocation *allocation, const struct event *event)
{
    int64_t apart = event->connection->opened - allocation->first;
    return apart < LIMIT_GATHERING && -apart < LIMIT_GATHERING &&
           ip_address_equal(&allocation->client.ip, &event->client.ip) &&
           ip_address_equal(&allocation->server.ip, &event->server.ip);
}

/* Browsers ask one server for a relay over UDP, TCP and TLS at once, at whatever ports they are
 * given: who asks it for one has the page. */
static bool is_asked_for_relay(const struct rule_context *context)
{
    const struct event *event = context->event;
    const struct allocations *allocations = &context->state->stun->allocations;
    if (!allocations_on_server(allocations, &event->client.ip, &event->server.ip))
        return false;
    for (const struct allocation *a = table_oldest(&allocations->table); a != NULL;
         a = table_newer(&allocations->table, a))
        if (is_begun_with(a, event))
            return true;
    return false;
}

/* TURN over TCP: by the profile's port on its servers, else by the registered ports, or because the
 * same server is asked for a relay some other way at the time. */
static bool is_turn(const struct rule_context *context)
{
    const struct profile *profile = context->state->profile;
    const struct transport_address *server = &context->event->server;
    if (server->port == 3478)
        return true;
    if (profile == NULL)
        return server->port == 5349 || is_asked_for_relay(context);
    return profile_is_expressway_e(profile, &server->ip) &&
           profile_is_turn_tcp_port(profile, server->port) &&
           (!asks_for_page(context) || is_asked_for_relay(context));
}

static struct finding *raise(const struct rule_context *context)
{
    const struct event *event = context->event;
    struct finding *finding = rule_raise(context);
    if (finding == NULL)
        return NULL;
    finding_add_evidence(finding, &event->connection->asked);
    if (finding->case_id == CASE_PREREQUISITES)
        finding->case_id = leg_case(leg_of(context->state, &event->client.ip, &event->server, ""),
                                    CASE_PREREQUISITES);
    return finding;
}

/* On a server that the Internet reaches, silence to a stranger is meant, but for the page's port.
 */
static bool would_be_heard(const struct rule_context *context)
{
    const struct event *event = context->event;
    return hosts_seen_both_ways(context->state->hosts, &event->client.ip) ||
           (event->server.port == 443 && at_server_hears(context->state, &event->server.ip));
}

static void check_no_answer(const struct rule_context *context)
{
    if (matters(context) && !is_turn(context) && would_be_heard(context))
        raise(context);
}

static void check_turn_no_answer(const struct rule_context *context)
{
    if (matters(context) && is_turn(context) && would_be_heard(context))
        site_blame_port(context, raise(context));
}

/* Somebody on the way speaks, and not of the server's ports: a filter forbids it, or no way leads
 * there (RFC 1812 5.2.7.1, RFC 4443 3.1). */
static bool is_by_network(const struct rule_context *context)
{
    const struct event *event = context->event;
    const struct icmp_error *icmp = event->icmp;
    if (icmp == NULL)
        return false;
    bool v6 = event->evidence.source.ip.family == 6;
    bool by_server = ip_address_equal(&event->evidence.source.ip, &event->server.ip);
    return !by_server || icmp->code != (v6 ? 4 : 3);
}

static void check_refused(const struct rule_context *context)
{
    if (matters(context) && !is_turn(context) && !is_by_network(context))
        raise(context);
}

static void check_turn_refused(const struct rule_context *context)
{
    if (matters(context) && is_turn(context) && !is_by_network(context))
        site_blame_port(context, raise(context));
}

static void check_unreachable(const struct rule_context *context)
{
    static const char told[] =
        "An ICMP message says why: a firewall forbids the connection, or a router knows no way to "
        "the address. The server itself has not been asked.";
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Find the device by the source address of the ICMP message.",
        "Where it says administratively prohibited, allow the port from the clients to the server "
        "there.",
        "Where it says that the host or network is unreachable, correct routing or address "
        "translation, or start the machine.",
        "Check that the address in the capture is the intended one; if not, correct DNS.",
    };
    struct finding *finding =
        matters(context) && !is_turn(context) && is_by_network(context) ? raise(context) : NULL;
    if (finding == NULL)
        return;
    finding->note = told;
    finding->remedy = remedy;
}

static void check_turn_filtered(const struct rule_context *context)
{
    if (matters(context) && is_turn(context) && is_by_network(context))
        raise(context);
}

static bool by_server(const struct connection *connection, uint8_t side)
{
    return connection->start_seen && side != connection->client;
}

/* Plain TURN where something on the way wants TLS: the connection dies after the Allocate, without
 * an answer. */
static void check_reset_after_allocate(const struct rule_context *context)
{
    const struct connection *connection = context->event->connection;
    const struct allocation *allocation =
        context->event->flow != NULL
            ? allocations_of(&context->state->stun->allocations, context->event->flow)
            : NULL;
    if (allocation == NULL || !by_server(connection, connection->ended_by) ||
        (allocation->state != ALLOCATION_ASKED && allocation->state != ALLOCATION_AUTHENTICATING))
        return;
    struct finding *finding = rule_raise(context);
    if (finding == NULL)
        return;
    finding_add_evidence(finding, &allocation->asked);
    site_blame_port(context, finding);
}

static void check_middlebox(const struct rule_context *context)
{
    const struct connection *connection = context->event->connection;
    const struct handshake *handshake =
        context->event->flow != NULL
            ? handshakes_of(context->state->handshakes, context->event->flow)
            : NULL;
    if (!matters(context) || !by_server(connection, connection->reset_by) ||
        connection_reset_distance(connection) <= MIDDLEBOX_HOPS)
        return;
    if (handshake != NULL && !handshake->server_hello_seen)
        return; /* tls.reset-after-hello says more */
    raise(context);
}

static void check_plain(const struct rule_context *context)
{
    if (matters(context))
        raise(context);
}

/* The client gives up while the far side's window is still closed. */
static void check_starved(const struct rule_context *context)
{
    const struct connection *connection = context->event->connection;
    const struct tcp_side *far = &connection->side[1 - connection->client];
    if (!matters(context) || !far->stall_reported || far->zero_since == 0 ||
        connection->ended_by != connection->client)
        return;
    struct finding *finding = raise(context);
    if (finding != NULL)
        finding->fatal = true;
}

static const struct rule rules[] = {
    {FINDING_TCP_NO_ANSWER, EVENT_TCP_NO_ANSWER, check_no_answer, 0},
    {FINDING_TURN_TCP_NO_ANSWER, EVENT_TCP_NO_ANSWER, check_turn_no_answer, 0},
    {FINDING_TCP_REFUSED, EVENT_TCP_REFUSED, check_refused, 0},
    {FINDING_TURN_TCP_REFUSED, EVENT_TCP_REFUSED, check_turn_refused, 0},
    {FINDING_TCP_NO_ANSWER, EVENT_TCP_REFUSED, check_unreachable, 0},
    {FINDING_TURN_FILTERED, EVENT_TCP_REFUSED, check_turn_filtered, 0},
    {FINDING_TURN_RESET_AFTER_ALLOCATE, EVENT_TCP_RESET, check_reset_after_allocate, 0},
    {FINDING_TURN_RESET_AFTER_ALLOCATE, EVENT_TCP_CLOSED, check_reset_after_allocate, 0},
    {FINDING_TCP_RESET_BY_MIDDLEBOX, EVENT_TCP_RESET, check_middlebox, 0},
    {FINDING_TCP_BLACK_HOLE, EVENT_TCP_BLACK_HOLE, check_plain, 0},
    {FINDING_TCP_ZERO_WINDOW, EVENT_TCP_STALLED, check_plain, 0},
    {FINDING_TCP_ZERO_WINDOW, EVENT_TCP_RESET, check_starved, 0},
    {FINDING_TCP_ZERO_WINDOW, EVENT_TCP_CLOSED, check_starved, 0},
};

const struct rule_family rules_tcp = {rules, sizeof rules / sizeof rules[0], false};
