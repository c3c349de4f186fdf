/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/portal.h"

#include "analyzer/diagnose/causes.h"

#include <strings.h>

enum { NO_CONTENT = 204, NETWORK_AUTHENTICATION_REQUIRED = 511 };

/* What is asked for in the clear to find out whether there is a captive portal. Without a host: the
 * path tells by itself. */
static const struct {
    const char *host;
    const char *path;
    uint16_t expected;
} tests[] = {
    {NULL, "/generate_204", NO_CONTENT}, /* Android, Chromium */
    {NULL, "/gen_204", NO_CONTENT},
    {"captive.apple.com", "/hotspot-detect.html", 200},
    {"captive.apple.com", "/", 200},
    {"www.apple.com", "/library/test/success.html", 200},
    {"www.msftconnecttest.com", "/connecttest.txt", 200},
    {"ipv6.msftconnecttest.com", "/connecttest.txt", 200},
    {"www.msftncsi.com", "/ncsi.txt", 200},
    {"detectportal.firefox.com", "/success.txt", 200},
    {"detectportal.firefox.com", "/canonical.html", 200},
    {"nmcheck.gnome.org", "/check_network_status.txt", 200},
    {"network-test.debian.org", "/nm", 200},
    {"connectivity-check.ubuntu.com", "/", NO_CONTENT},
    {"fedoraproject.org", "/static/hotspot.txt", 200},
};

/* The status that the test wants; 0: it is none. */
static uint16_t expected_status(const struct exchange *exchange)
{
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        if (strcmp(exchange->path, tests[i].path) == 0 &&
            (tests[i].host == NULL || strcasecmp(exchange->authority, tests[i].host) == 0))
            return tests[i].expected;
    return 0;
}

enum portal_sign portal_sign(const struct exchange *exchange)
{
    if (exchange->decrypted || strcmp(exchange->method, "GET") != 0)
        return PORTAL_UNKNOWN;
    if (exchange->status == NETWORK_AUTHENTICATION_REQUIRED)
        return PORTAL_PRESENT;
    uint16_t expected = expected_status(exchange);
    if (expected == 0)
        return PORTAL_UNKNOWN;
    if (exchange->status == expected)
        return PORTAL_ABSENT;
    return exchange->status / 100 == 3 || exchange->status == 200 ? PORTAL_PRESENT : PORTAL_UNKNOWN;
}

static int64_t connected_after(const struct finding *portal, const struct state *state)
{
    const struct attempt *attempt = attempts_of(state->attempts, &portal->key.client);
    int64_t earliest = 0;
    for (; attempt != NULL; attempt = attempts_before(state->attempts, attempt))
        if (attempt_connected_at(attempt) > portal->last)
            earliest = attempt_connected_at(attempt);
    return earliest;
}

void portal_grade(struct finding *portal, const struct state *state)
{
    if (portal->key.code != FINDING_HTTP_CAPTIVE_PORTAL)
        return;
    if (portal->ended == 0)
        portal->ended = connected_after(portal, state);
    if (portal->ended != 0)
        portal->severity = SEVERITY_INFO;
}

static bool is_of_what_lies_between(const struct finding *effect)
{
    enum finding_code code = (enum finding_code)effect->key.code;
    bool dns = code >= FINDING_DNS_NXDOMAIN && code <= FINDING_DNS_UNRESOLVED;
    bool tcp = code >= FINDING_TCP_NO_ANSWER && code <= FINDING_TCP_RESET_BY_MIDDLEBOX;
    bool tls = code >= FINDING_TLS_CERTIFICATE_SELF_SIGNED && code <= FINDING_TLS_INTERCEPTION;
    return dns || tcp || tls || finding_is_about_reaching_turn(effect);
}

bool portal_explains(const struct finding *portal, const struct finding *effect)
{
    return portal->key.code == FINDING_HTTP_CAPTIVE_PORTAL && is_of_what_lies_between(effect) &&
           (portal->ended == 0 || effect->last <= portal->ended);
}
