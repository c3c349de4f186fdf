/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/leg.h"

#include "analyzer/diagnose/name_needs.h"
#include "analyzer/diagnose/profile_site.h"

/* Services of a CMS that have ports of their own. The Web Bridge may be on any other: 443 for
 * browsers, and from version 3.0 on the one of "webbridge3 c2w listen". */
static bool is_port_of_other_service(uint16_t port)
{
    enum { SSH = 22, SIP = 5060, SIP_TLS = 5061, DATABASE = 5432, H323 = 1720 };
    return port == SSH || port == SIP || port == SIP_TLS || port == DATABASE || port == H323;
}

/* Clients, Call Bridge, other servers (RFC 6120 section 14.7; 5223 is its elder). */
static bool is_xmpp_port(uint16_t port)
{
    return port == 5222 || port == 5223 || port == 5269;
}

static bool asked_for_web_bridge(const struct state *state, const struct ip_address *client,
                                 const struct transport_address *server, const char *name)
{
    char text[DNS_NAME_TEXT];
    const struct dns_name *resolved = names_of(&state->lookups->names, client, &server->ip);
    return is_webbridge_name(state->profile, name) ||
           (resolved != NULL &&
            is_webbridge_name(state->profile, dns_name_text(resolved, text, sizeof text)));
}

static enum leg leg_from_cms(const struct state *state, const struct ip_address *client,
                             const struct transport_address *server, const char *name)
{
    const struct profile *profile = state->profile;
    if (is_xmpp_port(server->port))
        return profile_xmpp_enabled(profile) != ANSWER_NO ? LEG_XMPP : LEG_INSIDE;
    if (is_port_of_other_service(server->port))
        return LEG_INSIDE;
    bool expected = profile_role(profile, &server->ip) == SITE_ROLE_CMS || server->port == 443;
    return expected || asked_for_web_bridge(state, client, server, name) ? LEG_WEB_BRIDGE
                                                                         : LEG_INSIDE;
}

enum leg leg_of(const struct state *state, const struct ip_address *client,
                const struct transport_address *server, const char *name)
{
    if (state->profile == NULL)
        return LEG_CLIENT;
    switch (profile_role(state->profile, client)) {
    case SITE_ROLE_CMS:
        return leg_from_cms(state, client, server, name);
    case SITE_ROLE_EXPRESSWAY_C:
    case SITE_ROLE_LAN1:
    case SITE_ROLE_LAN2:
        return LEG_INSIDE;
    default: /* the public address may be one that clients share */
        return LEG_CLIENT;
    }
}

/* Another CMS of a cluster is in no profile: it comes with a certificate, as no browser does. */
enum leg leg_of_handshake(const struct state *state, const struct handshake *handshake)
{
    if (handshake->protocol == HANDSHAKE_DTLS) /* of a call */
        return LEG_CLIENT;
    enum leg leg = leg_of(state, &handshake->client.ip, &handshake->server, handshake->server_name);
    bool from_cluster = leg == LEG_CLIENT && state->profile != NULL &&
                        handshake->client_certificate_requested &&
                        profile_role(state->profile, &handshake->server.ip) == SITE_ROLE_CMS &&
                        !is_port_of_other_service(handshake->server.port);
    return from_cluster ? LEG_WEB_BRIDGE : leg;
}

enum case_id leg_case(enum leg leg, enum case_id of_client)
{
    switch (leg) {
    case LEG_WEB_BRIDGE:
        return CASE_JOIN_CALL_MISSING;
    case LEG_XMPP:
        return CASE_MEDIA_STUCK;
    case LEG_INSIDE:
        return CASE_PREREQUISITES;
    default:
        return of_client;
    }
}
