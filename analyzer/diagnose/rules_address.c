/* SPDX-License-Identifier: MIT */
/* Clients that ask an address for the web bridge which no lookup in the capture gave them. */
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/rules.h"

enum { HTTPS_PORT = 443, LOOKED_MOST = 64 };

static bool was_told(const struct state *state, const struct handshake *handshake)
{
    char name[DNS_NAME_TEXT];
    const struct lookup *lookup = NULL;
    while ((lookup = lookups_next(state->lookups, lookup)) != NULL)
        if (lookup->address_count > 0 &&
            ip_address_equal(&lookup->key.client, &handshake->client.ip) &&
            profile_is_webbridge(state->profile, dns_name_text(&lookup->name, name, sizeof name)))
            return true;
    return false;
}

/* A client outside, at an address that is none of the site's, with the web bridge's name. */
static bool is_at_other_address(const struct state *state, const struct handshake *handshake)
{
    enum site_role client = profile_role(state->profile, &handshake->client.ip);
    return handshake->protocol == HANDSHAKE_TLS && handshake->server.port == HTTPS_PORT &&
           profile_is_webbridge(state->profile, handshake->server_name) &&
           (client == SITE_ROLE_NONE || client == SITE_ROLE_CLIENT) &&
           profile_role(state->profile, &handshake->server.ip) == SITE_ROLE_NONE &&
           profile_gives_static_nat(state->profile, handshake->server.ip.family) &&
           !exchanges_through_proxy(state->exchanges, &handshake->client.ip, &handshake->server);
}

/* Whoever took a handshake to its end seems to be the right one: the site may have more addresses
 * than its profile. Browsers reset connections of their own accord. */
static bool leads_nowhere(const struct state *state, const struct handshake *handshake)
{
    bool refused = handshake->state == HANDSHAKE_CLIENT_REJECTED ||
                   handshake->state == HANDSHAKE_SERVER_REJECTED ||
                   (handshake->state == HANDSHAKE_RESET && handshake->ended_by == HANDSHAKE_SERVER);
    return refused &&
           !handshakes_established(state->handshakes, &handshake->client.ip, &handshake->server, 0);
}

static void raise_about(const struct rule_context *context, const struct handshake *handshake)
{
    static const char unseen[] =
        "No lookup of the name is in this capture; the client asks that address for it. It may "
        "have it from a file of its own (hosts), from a cache, or over HTTPS or TLS.";
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "On the client: look for the name in the hosts file, and at the browser's secure DNS.",
        "Correct the A record of the name in the external DNS zone, if it is wrong there, too.",
        "If the address is right, add it to expressway-e.static_nat of the site profile.",
    };
    struct subjects subjects = {
        .client = handshake->client, .server = handshake->server, .protocol = IP_PROTOCOL_TCP};
    memcpy(subjects.name, handshake->server_name, sizeof handshake->server_name);
    struct finding *finding =
        findings_raise(context->findings, context->rule->finding, &subjects, handshake->hello_time);
    if (finding == NULL)
        return;
    finding_lower(finding, CERTAINTY_STRONG);
    finding_add_evidence(finding, &handshake->hello);
    finding->note = unseen;
    finding->remedy = remedy;
    finding->raise_certainty = "A capture that begins before the client opens the page for the "
                               "first time: it shows whether DNS gives that address.";
}

static void check_other_address(const struct rule_context *context)
{
    const struct state *state = context->state;
    const struct handshake *handshake = NULL;
    unsigned looked = 0;
    while (looked < LOOKED_MOST &&
           (handshake = handshakes_next(state->handshakes, handshake)) != NULL) {
        if (!is_at_other_address(state, handshake) || !leads_nowhere(state, handshake))
            continue;
        looked++;
        if (!was_told(state, handshake))
            raise_about(context, handshake);
    }
}

static const struct rule rules[] = {
    {FINDING_DNS_ADDRESS_NOT_STATIC_NAT, EVENT_CAPTURE_ENDED, check_other_address, 0},
};

const struct rule_family rules_address = {rules, sizeof rules / sizeof rules[0], true};
