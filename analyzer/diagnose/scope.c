/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/scope.h"

#include "analyzer/diagnose/causes.h"
#include "analyzer/diagnose/profile_site.h"

#include <stdlib.h>

bool scope_is_known(const struct state *state)
{
    const struct profile *profile = state->profile;
    return profile != NULL &&
           (profile->site.webbridge_url[0] != '\0' || profile->site.external_domain.count > 0 ||
            profile->expressway.static_nat.count > 0 || profile->cms.address.count > 0);
}

bool scope_name(const struct state *state, const char *name)
{
    const struct profile *profile = state->profile;
    return profile != NULL && name[0] != '\0' &&
           (profile_is_webbridge(profile, name) || profile_is_internal_webbridge(profile, name) ||
            profile_is_expressway_e_name(profile, name) ||
            profile_is_external_name(profile, name) || profile_is_internal_name(profile, name));
}

bool scope_server(const struct state *state, const struct ip_address *client,
                  const struct ip_address *server)
{
    char text[DNS_NAME_TEXT];
    if (state->profile == NULL)
        return false;
    enum site_role role = profile_role(state->profile, server);
    if (role != SITE_ROLE_NONE && role != SITE_ROLE_CLIENT && role != SITE_ROLE_DNS_SERVER)
        return true;
    const struct dns_name *name = names_of(&state->lookups->names, client, server);
    return name != NULL && scope_name(state, dns_name_text(name, text, sizeof text));
}

bool scope_is_other_service(const struct state *state, const struct transport_address *server)
{
    static const uint16_t ports[] = {88, 135, 139, 389, 445, 464, 515, 631, 636, 3268, 9100};
    for (size_t i = 0; state->profile == NULL && i < sizeof ports / sizeof ports[0]; i++)
        if (ports[i] == server->port)
            return true;
    return false;
}

bool scope_is_administration(const struct state *state, const struct transport_address *server)
{
    return state->profile != NULL && profile_is_administration(state->profile, server);
}

bool scope_handshake(const struct state *state, const struct handshake *handshake)
{
    if (scope_is_administration(state, &handshake->server))
        return false;
    return !scope_is_known(state) || scope_name(state, handshake->server_name) ||
           scope_server(state, &handshake->client.ip, &handshake->server.ip);
}

/* "host:port" or "[address]:port", as CONNECT has it. */
static bool is_turn_port(const struct state *state, const char *authority)
{
    const char *colon = strrchr(authority, ':');
    unsigned long port = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;
    return port == 3478 || port == 5349 ||
           (state->profile != NULL && port != 443 && port != 0 && port <= UINT16_MAX &&
            profile_is_turn_tcp_port(state->profile, (uint16_t)port));
}

static bool is_for_our_name(const struct state *state, const struct exchange *exchange)
{
    char host[LIMIT_AUTHORITY];
    memcpy(host, exchange->authority, sizeof host);
    host[strcspn(host, ":")] = '\0';
    return scope_name(state, host);
}

bool scope_exchange(const struct state *state, const struct exchange *exchange)
{
    bool tunnel = strcmp(exchange->method, "CONNECT") == 0 && !exchange->asks_websocket;
    if (scope_is_administration(state, &exchange->server))
        return false;
    return !scope_is_known(state) || is_for_our_name(state, exchange) ||
           (tunnel && is_turn_port(state, exchange->authority)) ||
           scope_server(state, &exchange->client.ip, &exchange->server.ip);
}

static bool lookup_matters(const struct state *state, const struct event *event)
{
    char text[DNS_NAME_TEXT];
    return scope_name(state, dns_name_text(&event->lookup->name, text, sizeof text));
}

/* What a client sends to CMS's relay without one of its own is its only path; seen from CMS, whom
 * the profile knows, it is the leg. */
bool scope_is_relay_leg(const struct state *state, const struct event *event)
{
    const struct path *path = event->path;
    if (path == NULL || path->allocation.generation != 0)
        return false;
    const struct allocations *allocations = &state->stun->allocations;
    return allocations_relay_at(allocations, &path->client) ||
           (state->profile != NULL &&
            profile_role(state->profile, &path->client.ip) == SITE_ROLE_CMS &&
            allocations_relay_at(allocations, &path->peer));
}

bool scope_event(const struct state *state, const struct event *event)
{
    bool web = event->handshake != NULL || event->connection != NULL || event->exchange != NULL;
    if (web && (scope_is_administration(state, &event->server) ||
                scope_is_other_service(state, &event->server)))
        return false;
    if (scope_is_relay_leg(state, event))
        return false;
    if (!scope_is_known(state))
        return event->lookup == NULL || event->lookup->address_count > 0;
    if (event->lookup != NULL)
        return lookup_matters(state, event);
    if (event->exchange != NULL)
        return scope_exchange(state, event->exchange);
    if (web)
        return scope_server(state, &event->client.ip, &event->server.ip);
    return true;
}

bool scope_log_time(const struct state *state, int64_t time)
{
    const struct observed *observed = state->observed;
    return time == 0 || observed->first == 0 ||
           (time >= observed->first - LIMIT_LOG_DISTANCE &&
            time <= observed->last + LIMIT_LOG_DISTANCE);
}

static bool is_from_log(const struct finding *finding)
{
    return finding->evidence_count > 0 && finding->evidence[0].protocol == EVIDENCE_LOG;
}

/* Programs of one machine that talk to each other, and the pages that look for them, where the
 * machine is seen to talk to others, too. */
static bool is_within_machine(const struct state *state, const struct finding *finding)
{
    return ip_address_is_loopback(&finding->key.client) && state->attempts->leave_the_machine;
}

/* Without a profile a handshake matters when its server is also the client's TURN server, or when
 * the client is not seen to use TURN at all. A web proxy that refuses to lead to TURN does. */
bool scope_finding(const struct state *state, const struct finding *finding)
{
    enum attempt_step step = finding_step((enum finding_code)finding->key.code);
    if (is_from_log(finding))
        return scope_log_time(state, finding->last);
    if (step != STEP_TCP && step != STEP_TLS && step != STEP_HTTP)
        return true;
    if (is_within_machine(state, finding))
        return false;
    if (scope_is_known(state))
        return true; /* rules asked before they raised it */
    if ((enum finding_code)finding->key.code == FINDING_HTTP_PROXY_REFUSED &&
        is_turn_port(state, finding->subjects.name))
        return true;
    const struct allocations *allocations = &state->stun->allocations;
    const struct finding_key *key = &finding->key;
    return allocations_on_server(allocations, &key->client, &key->server.ip) ||
           !allocations_on_server(allocations, &key->client, NULL);
}
