/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/name_needs.h"

#include "analyzer/diagnose/profile_site.h"

#include <stdio.h>
#include <strings.h>

static const char xmpp_client[] = "_xmpp-client._tcp.";

enum dns_asker lookup_asker(const struct state *state, const struct lookup *lookup)
{
    static const enum dns_asker askers[] = {
        [SITE_ROLE_NONE] = ASKER_OUTSIDE,
        [SITE_ROLE_STATIC_NAT] = ASKER_EXPRESSWAY_E,
        [SITE_ROLE_LAN1] = ASKER_EXPRESSWAY_E,
        [SITE_ROLE_LAN2] = ASKER_EXPRESSWAY_E,
        [SITE_ROLE_EXPRESSWAY_C] = ASKER_EXPRESSWAY_C,
        [SITE_ROLE_CMS] = ASKER_CMS,
        [SITE_ROLE_DNS_SERVER] = ASKER_UNKNOWN,
        [SITE_ROLE_CLIENT] = ASKER_OUTSIDE,
    };
    if (state->profile == NULL)
        return ASKER_UNKNOWN;
    enum site_role role = profile_role(state->profile, &lookup->key.client);
    if (role == SITE_ROLE_NONE &&
        profile_role(state->profile, &lookup->server.ip) == SITE_ROLE_DNS_SERVER)
        return ASKER_INSIDE;
    return askers[role];
}

const struct lookup *lookup_by(const struct state *state, enum dns_asker asker,
                               bool (*is_name)(const struct profile *profile, const char *name))
{
    char name[DNS_NAME_TEXT];
    const struct lookup *lookup = NULL;
    if (state->profile == NULL)
        return NULL;
    while ((lookup = lookups_next(state->lookups, lookup)) != NULL)
        if (lookup_asker(state, lookup) == asker &&
            is_name(state->profile, dns_name_text(&lookup->name, name, sizeof name)))
            return lookup;
    return NULL;
}

bool is_webbridge_name(const struct profile *profile, const char *name)
{
    return profile_is_webbridge(profile, name) || profile_is_internal_webbridge(profile, name);
}

static bool is_domain_of_site(const struct profile *profile, const char *domain)
{
    return profile_names_cover(&profile->site.internal_domain, domain) ||
           profile_names_cover(&profile->site.external_domain, domain);
}

bool is_xmpp_client_name(const struct profile *profile, const char *name)
{
    size_t prefix = sizeof xmpp_client - 1;
    return strncasecmp(name, xmpp_client, prefix) == 0 &&
           profile_xmpp_enabled(profile) != ANSWER_NO && is_domain_of_site(profile, name + prefix);
}

static bool is_target(const struct lookup *service, const struct dns_name *name)
{
    for (size_t i = 0; service != NULL && i < service->target_count; i++)
        if (dns_name_equal(&service->targets[i].target, name))
            return true;
    return false;
}

static bool is_target_in(const struct state *state, const struct lookup *lookup,
                         const struct profile_names *domains)
{
    struct dns_name service;
    char text[sizeof xmpp_client + PROFILE_TEXT];
    for (size_t i = 0; i < domains->count; i++) {
        snprintf(text, sizeof text, "%s%s", xmpp_client, domains->items[i]);
        if (dns_name_parse(&service, text) &&
            is_target(lookups_find(state->lookups, &lookup->key.client, &service, DNS_SRV),
                      &lookup->name))
            return true;
    }
    return false;
}

/* The SRV record gave CMS this name: it needs the address that belongs to it. */
static bool is_xmpp_server(const struct state *state, const struct lookup *lookup)
{
    const struct profile_site *site = &state->profile->site;
    return profile_xmpp_enabled(state->profile) != ANSWER_NO &&
           (is_target_in(state, lookup, &site->internal_domain) ||
            is_target_in(state, lookup, &site->external_domain));
}

bool needs_name(const struct state *state, const struct lookup *lookup)
{
    char name[DNS_NAME_TEXT];
    enum dns_asker asker = lookup_asker(state, lookup);
    if (asker == ASKER_UNKNOWN)
        return false;
    dns_name_text(&lookup->name, name, sizeof name);
    bool service = lookup->key.type == DNS_SRV;
    if (asker == ASKER_CMS && service)
        return is_xmpp_client_name(state->profile, name);
    if (service)
        return false;
    return profile_is_webbridge(state->profile, name) ||
           profile_is_expressway_e_name(state->profile, name) ||
           (asker != ASKER_OUTSIDE && profile_is_internal_webbridge(state->profile, name)) ||
           (asker == ASKER_CMS && is_xmpp_server(state, lookup));
}

/* What operating systems and office programs look for by themselves in any domain. */
static bool is_discovery(const char *name)
{
    static const char *const hosts[] = {
        "wpad",
        "isatap",
        "autodiscover",
        "lyncdiscover",
        "sip",
        "sipinternal",
        "lyncdiscoverinternal",
        "sipexternal",
        "msoid",
        "enterpriseregistration",
        "enterpriseenrollment",
    };
    size_t length = strcspn(name, ".");
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        if (strlen(hosts[i]) == length && strncasecmp(hosts[i], name, length) == 0)
            return true;
    return name[0] == '_';
}

/* Resolvers append their search domains to names that do not resolve by themselves, and some to all
 * of them: the name in front of the domain was then asked for as well. */
static bool is_search_try(const struct state *state, const struct lookup *lookup, const char *name)
{
    struct dns_name front;
    char text[DNS_NAME_TEXT];
    snprintf(text, sizeof text, "%s", name);
    for (char *dot = strchr(text, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        *dot = '\0';
        bool asked = dns_name_parse(&front, text) &&
                     (lookups_find(state->lookups, &lookup->key.client, &front, DNS_A) != NULL ||
                      lookups_find(state->lookups, &lookup->key.client, &front, DNS_AAAA) != NULL);
        *dot = '.';
        if (asked)
            return true;
    }
    return false;
}

static bool ends_the_attempt(const struct state *state, const struct lookup *lookup)
{
    const struct attempt *attempt = attempts_of(state->attempts, &lookup->key.client);
    if (attempt == NULL)
        return true;
    for (enum attempt_step step = STEP_DNS + 1; step < ATTEMPT_STEPS; step++)
        if (attempt->states[step] == STEP_FAILED || attempt->steps[step].first > lookup->first_sent)
            return false;
    return attempt_connected_at(attempt) == 0;
}

bool needed_in_the_end(const struct state *state, const struct lookup *lookup)
{
    char name[DNS_NAME_TEXT];
    if (lookup->key.type == DNS_SRV || lookup_asker(state, lookup) != ASKER_OUTSIDE)
        return false;
    dns_name_text(&lookup->name, name, sizeof name);
    bool named = profile_is_internal_webbridge(state->profile, name);
    bool covered = profile_is_external_name(state->profile, name) && !is_discovery(name) &&
                   !is_search_try(state, lookup, name);
    /* What the client does next needs a moment to be seen. */
    bool waited = state->observed->last - lookup->last_sent >= LIMIT_SILENCE;
    return (named || covered) && waited && ends_the_attempt(state, lookup);
}

/* Names of one label are probes of browsers, or local; "local" and "arpa" are no sites. */
static bool is_public_form(const char *name)
{
    const char *last = strrchr(name, '.');
    return last != NULL && strcasecmp(last, ".local") != 0 && strcasecmp(last, ".arpa") != 0 &&
           strcasecmp(last, ".home") != 0 && strcasecmp(last, ".lan") != 0;
}

bool may_be_needed(const struct state *state, const struct lookup *lookup)
{
    char name[DNS_NAME_TEXT];
    const struct attempt *attempt = attempts_of(state->attempts, &lookup->key.client);
    dns_name_text(&lookup->name, name, sizeof name);
    return (attempt == NULL || (attempt->steps[STEP_TURN].first == 0 &&
                                attempt->steps[STEP_TCP].worked <= lookup->first_sent &&
                                attempt_connected_at(attempt) == 0)) &&
           is_public_form(name) && !is_discovery(name) && !is_search_try(state, lookup, name);
}

enum case_id case_of_lookup(const struct state *state, const struct lookup *lookup)
{
    char name[DNS_NAME_TEXT];
    if (lookup_asker(state, lookup) != ASKER_CMS)
        return CASE_PREREQUISITES;
    dns_name_text(&lookup->name, name, sizeof name);
    if (is_webbridge_name(state->profile, name))
        return CASE_JOIN_CALL_MISSING;
    bool xmpp = lookup->key.type == DNS_SRV ? is_xmpp_client_name(state->profile, name)
                                            : is_xmpp_server(state, lookup);
    return xmpp ? CASE_MEDIA_STUCK : CASE_PREREQUISITES;
}
