/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/site_blame.h"

#include "analyzer/diagnose/profile_site.h"

enum { HTTPS_PORT = 443, UDP_TRANSPORT = 17, TCP_TRANSPORT = 6 }; /* REQUESTED-TRANSPORT */

struct words {
    const char *note;
    const char *remedy[CATALOGUE_REMEDIES]; /* none: the catalogue's */
    const char *raise_certainty;            /* NULL: the catalogue's */
};

static void say(struct finding *finding, const struct words *words)
{
    finding->note = words->note;
    finding->remedy = words->remedy[0] != NULL ? words->remedy : NULL;
    finding->raise_certainty = words->raise_certainty;
}

/* NULL: the profile says nothing of the event's server. */
static const struct profile *profile_of(const struct rule_context *context)
{
    const struct profile *profile = context->state->profile;
    const struct ip_address *server = &context->event->server.ip;
    return profile != NULL && profile_is_expressway_e(profile, server) ? profile : NULL;
}

static const struct words other_udp_port = {
    .note =
        "The site profile has TURN over UDP on another port (turn.udp_port, 3478 when it is not "
        "given): the client was sent to the wrong one.",
    .remedy =
        {"Send clients to the UDP port of the site profile: it is part of the TURN address that "
         "the signalling gives to them.",
         "On CMS: check the ports in the server's entry of the API object /api/v1/turnServers.",
         "On Expressway-E: compare them with TURN requests port under Configuration > Traversal > "
         "TURN; if the server is meant to answer there, correct turn.udp_port of the site "
         "profile."},
};

static const struct words other_tcp_port = {
    .note = "The site profile has TURN over TCP on another port (turn.tcp_port, 3478 when it is "
            "not given, or turn.tcp443): the client was sent to the wrong one.",
    .remedy =
        {"On CMS: set tcpPortNumberOverride of the API object /api/v1/turnServers to the TCP port "
         "of the site profile.",
         "For any other service: correct the port in the list of ICE servers that the application "
         "hands out.",
         "If the server is meant to answer there, check TURN requests port and TCP 443 TURN "
         "service under Configuration > Traversal > TURN of Expressway-E, and correct the site "
         "profile."},
};

static const struct words public_from_inside = {
    .note = "CMS asks the public address of Expressway-E, which it reaches only where the firewall "
            "in front turns such packets back; in the guide it asks LAN1.",
    .remedy =
        {"On CMS: set serverAddress of the API object /api/v1/turnServers to the LAN1 address "
         "of Expressway-E; clientAddress stays the public one.",
         "Or allow NAT reflection for the public address on the firewall in front of "
         "Expressway-E.",
         "Open UDP 3478, or the port in use, from CMS to LAN1, and the replies back."},
};

static const struct words moved_to_443 = {
    .note = "TURN is on TCP 443 here (turn.tcp443 of the site profile), and then Expressway-E "
            "does not answer it on any other TCP port.",
    .remedy =
        {"On CMS: set tcpPortNumberOverride of the API object /api/v1/turnServers to 443.",
         "For any other service: correct the port in the list of ICE servers that the application "
         "hands out.",
         "Leave UDP as it is: that port does not move.",
         "Or set TCP 443 TURN service to Off under Configuration > Traversal > TURN of "
         "Expressway-E."},
};

void site_blame_port(const struct rule_context *context, struct finding *finding)
{
    const struct profile *profile = profile_of(context);
    uint16_t port = context->event->server.port;
    if (finding == NULL || profile == NULL)
        return;
    if (profile_role(profile, &context->event->client.ip) == SITE_ROLE_CMS &&
        profile_role(profile, &context->event->server.ip) == SITE_ROLE_STATIC_NAT) {
        say(finding, &public_from_inside);
    } else if (context->event->protocol == IP_PROTOCOL_UDP) {
        if (!profile_is_turn_udp_port(profile, port))
            say(finding, &other_udp_port);
    } else if (!profile_is_turn_tcp_port(profile, port)) {
        say(finding, profile->turn.tcp443 == ANSWER_YES ? &moved_to_443 : &other_tcp_port);
    }
}

static const struct words transport_not_meant = {
    .note = "The site profile has no relays over this transport (turn.relay_transports): the "
            "server does as it is meant to, and the client asks for something else.",
    .remedy = {"Let clients ask for relays over UDP; WebRTC media needs nothing else.",
               "If relays over TCP are wanted, enable them on the TURN server and add tcp to "
               "turn.relay_transports of the site profile."},
};

static const struct words transport_meant = {
    .note = "The site profile has relays over this transport (turn.relay_transports): the client "
            "asks for what is meant to be there, and the server does not offer it.",
    .remedy =
        {"Enable relays over this transport on the TURN server.",
         "On coturn: check that no-tcp-relay and no-udp-relay are not set.",
         "If the server is not meant to offer them, correct turn.relay_transports of the site "
         "profile."},
};

void site_blame_transport(const struct rule_context *context, struct finding *finding)
{
    const struct profile *profile = profile_of(context);
    const struct allocation *allocation = context->event->allocation;
    if (finding == NULL || profile == NULL || allocation == NULL)
        return;
    if (allocation->transport != UDP_TRANSPORT && allocation->transport != TCP_TRANSPORT)
        return;
    unsigned asked =
        allocation->transport == TCP_TRANSPORT ? TURN_TRANSPORT_TCP : TURN_TRANSPORT_UDP;
    say(finding,
        (profile->turn.relay_transports & asked) != 0 ? &transport_meant : &transport_not_meant);
}

static const struct words binding_is_answered = {
    .note = "What gets no answer is a Binding request without credentials, which this edition of "
            "Expressway answers (turn.unauth_binding or expressway.version of the site profile).",
};

static const struct words binding_is_never_answered = {
    .note = "CMS up to version 2.9.2 asks with a Binding request whether the TURN server is "
            "there, and Expressway from X12.6.1 on answers none without credentials: CMS takes "
            "the server for dead, though the way to it may be open.",
    .remedy = {"Upgrade CMS to version 2.9.3 or later, which asks with an Allocate request; "
               "Expressway from X12.6.1 on needs that.",
               "After the upgrade, check the server's status under "
               "/api/v1/turnServers/<id>/status of CMS."},
    .raise_certainty = "A capture on Expressway-E LAN1 at the same time: it shows whether the "
                       "requests arrive and whether replies leave.",
};

static const struct words binding_may_be_answered = {
    .note =
        "CMS up to version 2.9.2 asks with a Binding request whether the TURN server is there "
        "(cms.turn_probe or cms.version of the site profile), so it takes this server for dead.",
    .remedy = {"With Expressway from X12.6.1 on: upgrade CMS to version 2.9.3 or later; that "
               "Expressway does not answer Binding requests without credentials.",
               "With an earlier Expressway: open UDP 3478, or the port in use, from CMS to LAN1 "
               "of Expressway-E, and the replies back.",
               "On Expressway-E: look at the TURN server status under Configuration > Traversal > "
               "TURN; it must be Active and list the LAN1 address.",
               "Add expressway.version to the site profile to tell the two apart."},
    .raise_certainty = "A capture on Expressway-E LAN1 at the same time: it shows whether the "
                       "requests arrive and whether replies leave.",
};

void site_blame_binding(const struct rule_context *context, struct finding *finding)
{
    static const struct words *const words[] = {
        [ANSWER_UNKNOWN] = &binding_may_be_answered,
        [ANSWER_NO] = &binding_is_never_answered,
        [ANSWER_YES] = &binding_is_answered,
    };
    const struct profile *profile = profile_of(context);
    if (finding != NULL && profile != NULL)
        say(finding, words[profile_unauthenticated_binding(profile)]);
}

static const struct words relayed_elsewhere = {
    .note = "This relayed address is none that the site profile has for Expressway-E, neither the "
            "public one nor those of LAN1 and LAN2: rather another server answers, or the profile "
            "is out of date.",
    .remedy = {"If the address is right, add it to static_nat under [expressway-e] of the site "
               "profile.",
               "If not, check that the address in the capture is that of the intended TURN server.",
               "On Expressway-E: compare it with IPv4 static NAT address for LAN2 under System > "
               "Network interfaces > IP.",
               "On coturn: compare it with external-ip and relay-ip."},
};

void site_blame_relayed_address(const struct rule_context *context, struct finding *finding)
{
    const struct profile *profile = profile_of(context);
    const struct allocation *allocation = context->event->allocation;
    if (finding != NULL && profile != NULL && allocation != NULL &&
        !profile_is_expressway_e(profile, &allocation->relayed.ip))
        say(finding, &relayed_elsewhere);
}

static const struct words reflection_needed = {
    .note =
        "The other end's relay is at the static NAT address, too, and this edition of Expressway "
        "reaches it only when the firewall in front turns such packets back (NAT reflection).",
    .remedy =
        {"Allow NAT reflection for the static NAT address on the firewall in front of "
         "Expressway-E: what LAN2 sends to that address must come back to LAN2.",
         "Or upgrade Expressway: X12.5.3 (in a cluster X12.5.5) and later need no reflection.",
         "Then check that UDP 24000-29999, or the range under Configuration > Traversal > TURN, "
         "is open in both directions on the public address."},
};

static const struct words reflection_not_needed = {
    .note = "The other end's relay is at the static NAT address, too; this edition of Expressway "
            "reaches it without the firewall's NAT reflection, which is therefore not to blame.",
};

/* A pair of relays of this Expressway-E, which is all that a client outside and CMS have. */
static bool is_between_relays(const struct state *state, const struct path *path)
{
    const struct allocation *allocation =
        table_at(&state->stun->allocations.table, path->allocation);
    return allocation != NULL && path->side[0].checks > 0 &&
           profile_is_expressway_e(state->profile, &allocation->server.ip) &&
           profile_role(state->profile, &path->peer.ip) == SITE_ROLE_STATIC_NAT;
}

static bool checks_other_relay(const struct state *state, const struct ip_address *client)
{
    const struct table *paths = &state->paths->table;
    for (const struct path *path = table_oldest(paths); path != NULL;
         path = table_newer(paths, path))
        if (ip_address_equal(&path->client.ip, client) && is_between_relays(state, path))
            return true;
    return false;
}

void site_blame_reflection(const struct rule_context *context, struct finding *finding)
{
    const struct state *state = context->state;
    enum answer needed =
        state->profile != NULL ? profile_nat_reflection_required(state->profile) : ANSWER_UNKNOWN;
    if (finding != NULL && needed != ANSWER_UNKNOWN &&
        checks_other_relay(state, &context->event->client.ip))
        say(finding, needed == ANSWER_YES ? &reflection_needed : &reflection_not_needed);
}

static const struct words administration_here = {
    .note = "The site profile has Expressway-E's web administration on this very port "
            "(expressway-e.admin_port): its page may answer in place of the web bridge.",
    .remedy =
        {"On Expressway-E: move the Web administrator port away from 443 under System > "
         "Administration (the guide uses 445).",
         "Open the page again. If the certificate is still the same, install one of a trusted "
         "authority with the external web bridge name as a SAN under Maintenance > Security > "
         "Server certificate."},
};

static const struct words administration_elsewhere = {
    .note = "The site profile has Expressway-E's web administration on another port "
            "(expressway-e.admin_port): it is the server certificate that was never replaced, "
            "unless the administration was not moved after all.",
    .remedy = {"Install a certificate of a trusted authority for the external name.",
               "On Expressway-E: install the certificate under Maintenance > Security > Server "
               "certificate.",
               "Check that the web administration still answers on its own port."},
};

void site_blame_administration(const struct rule_context *context, struct finding *finding)
{
    const struct profile *profile = profile_of(context);
    if (finding == NULL || profile == NULL || context->event->server.port != HTTPS_PORT ||
        profile->expressway.admin_port.count == 0)
        return;
    if (profile_ports_contain(&profile->expressway.admin_port, HTTPS_PORT))
        say(finding, &administration_here);
    else if (finding->key.code == FINDING_TLS_CERTIFICATE_DEFAULT)
        say(finding, &administration_elsewhere);
}
