/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/at_server.h"

#include "analyzer/diagnose/profile_site.h"

static const struct {
    enum vantage_value vantage;
    enum site_role role;
} machines[] = {
    {VANTAGE_EXPRESSWAY_E_LAN1, SITE_ROLE_LAN1},
    {VANTAGE_EXPRESSWAY_E_LAN2, SITE_ROLE_LAN2},
    {VANTAGE_EXPRESSWAY_C, SITE_ROLE_EXPRESSWAY_C},
    {VANTAGE_CMS, SITE_ROLE_CMS},
};

static bool is_made_at(const struct state *state, const struct ip_address *server)
{
    if (state->profile == NULL)
        return false;
    enum site_role role = profile_role(state->profile, server);
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].vantage == state->vantage->value)
            return machines[i].role == role;
    return false;
}

bool at_server_hears(const struct state *state, const struct ip_address *server)
{
    return is_made_at(state, server) && hosts_seen_both_ways(state->hosts, server);
}

static bool is_about_turn(const struct finding *finding)
{
    enum finding_code code = (enum finding_code)finding->key.code;
    return code == FINDING_TURN_NO_ANSWER || code == FINDING_TURN_TCP_NO_ANSWER;
}

static bool is_silence(const struct finding *finding)
{
    return is_about_turn(finding) || (enum finding_code)finding->key.code == FINDING_TCP_NO_ANSWER;
}

/* The user says so: where no profile knows the address, TURN on Expressway-E is Expressway-E's. */
static bool is_said_to_be(const struct finding *finding, const struct state *state)
{
    const struct vantage *vantage = state->vantage;
    const struct ip_address *server = &finding->key.server.ip;
    bool is_unknown =
        state->profile == NULL || profile_role(state->profile, server) == SITE_ROLE_NONE;
    bool at_edge =
        vantage->value == VANTAGE_EXPRESSWAY_E_LAN1 || vantage->value == VANTAGE_EXPRESSWAY_E_LAN2;
    return is_about_turn(finding) && is_unknown && at_edge && vantage->basis == VANTAGE_BY_OPTION;
}

static const char *const remedy_for_turn[CATALOGUE_REMEDIES] = {
    "Check that the TURN service runs and listens on the very address and port that the requests "
    "arrive at.",
    "Look at the server's own packet filter: on Expressway-E the firewall rules under System > "
    "Protection, on Linux nftables or iptables. A capture is made before it.",
    "On Expressway-E: look at the TURN server status under Configuration > Traversal > TURN; it "
    "must be Active and list the address of this interface.",
    "On coturn: check listening-ip and listening-port, and that no-udp or no-tcp is not set.",
};

static const char *const remedy_for_page[CATALOGUE_REMEDIES] = {
    "Check that the service runs, and that it listens on this address and port.",
    "On Expressway-E: check that the web proxy for Meeting Server is enabled on Expressway-C.",
    "Look at the machine's own firewall: on Expressway under System > Protection > Firewall "
    "rules.",
    "On CMS: check with the MMP command webbridge that it is enabled and listens on the right "
    "interface and port.",
};

void at_server_grade(struct finding *finding, const struct state *state)
{
    static const char arrives[] =
        "This capture was made on that machine: what the client sends arrives, and no answer "
        "leaves. No firewall on the way is to blame.";
    if (!is_silence(finding) || (finding->note != NULL && finding->note != arrives) ||
        (!is_made_at(state, &finding->key.server.ip) && !is_said_to_be(finding, state)))
        return;
    if (state->vantage->basis == VANTAGE_BY_OPTION)
        finding->certainty = CERTAINTY_DEFINITE; /* that no answer leaves */
    finding->note = arrives;
    finding->remedy = is_about_turn(finding) ? remedy_for_turn : remedy_for_page;
    finding->raise_certainty = "--vantage: where this was captured is a guess.";
}
