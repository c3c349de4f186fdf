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

static bool is_silence(const struct finding *finding)
{
    switch ((enum finding_code)finding->key.code) {
    case FINDING_TURN_NO_ANSWER:
    case FINDING_TURN_TCP_NO_ANSWER:
    case FINDING_TCP_NO_ANSWER:
        return true;
    default:
        return false;
    }
}

void at_server_grade(struct finding *finding, const struct state *state)
{
    static const char arrives[] =
        "This capture was made on that machine: what the client sends arrives, and no answer "
        "leaves. No firewall on the way is to blame.";
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Check that the service runs, and that it listens on this address and port.",
        "On Expressway-E: for TURN, look at the TURN server status under Configuration > Traversal "
        "> TURN; it must be Active and list this address. For the page, check that the web proxy "
        "for Meeting Server is enabled on Expressway-C.",
        "Look at the machine's own firewall: on Expressway under System > Protection > Firewall "
        "rules.",
        "On CMS: check with the MMP command webbridge that it is enabled and listens on the right "
        "interface and port.",
    };
    if (!is_silence(finding) || (finding->note != NULL && finding->note != arrives) ||
        !is_made_at(state, &finding->key.server.ip))
        return;
    if (state->vantage->basis == VANTAGE_BY_OPTION)
        finding->certainty = CERTAINTY_DEFINITE;
    finding->note = arrives;
    finding->remedy = remedy;
    finding->raise_certainty = "--vantage: where this was captured is a guess.";
}
