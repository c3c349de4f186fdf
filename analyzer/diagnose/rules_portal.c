/* SPDX-License-Identifier: MIT */
/* Captive portals that nobody tests for. What gives them away is that servers which have nothing to
 * do with each other all do the same, for it is the portal that answers in their place. */
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/rules_handshake.h"
#include "analyzer/diagnose/scope.h"

#include <stdio.h>
#include <strings.h>

enum {
    LOOKED_MOST = 8, /* each is compared with all others of its client */
    SITES_MOST = 3,
    SITES_SENT_ON = 2, /* the address that they are sent to is one more thing in common */
};

/* Before a login and after it are told apart; browsers ask for many things within seconds. */
#define TOGETHER (60 * SECONDS)

/* Names of different owners, as far as that is seen. */
struct sites {
    size_t count;
    char names[SITES_MOST][DNS_NAME_TEXT];
};

static bool is_together(int64_t a, int64_t b)
{
    return a - b <= TOGETHER && b - a <= TOGETHER;
}

/* The last two labels; three where the second is as short as in co.uk or com.au. */
static const char *owner_in(const char *name)
{
    const char *labels[3] = {name, name, name}; /* where the last ones begin, the last one first */
    for (const char *at = name; *at != '\0'; at++)
        if (*at == '.' && at[1] != '\0') {
            labels[2] = labels[1];
            labels[1] = labels[0];
            labels[0] = at + 1;
        }
    bool by_country = strlen(labels[0]) == 2 && labels[0] - labels[1] <= 4;
    return by_country ? labels[2] : labels[1];
}

static bool same_owner(const char *a, const char *b)
{
    return strcasecmp(owner_in(a), owner_in(b)) == 0;
}

static bool is_of_several_labels(const char *name)
{
    const char *last = strrchr(name, '.');
    return last != NULL && strcasecmp(last, ".local") != 0 && strcasecmp(last, ".arpa") != 0;
}

static void add_site(struct sites *sites, const char *name)
{
    for (size_t i = 0; i < sites->count; i++)
        if (same_owner(sites->names[i], name))
            return;
    if (sites->count < SITES_MOST)
        snprintf(sites->names[sites->count++], sizeof sites->names[0], "%s", name);
}

static bool is_known(const struct findings *findings, const struct ip_address *client)
{
    const struct finding *f = NULL;
    while (findings->kinds[FINDING_HTTP_CAPTIVE_PORTAL] > 0 &&
           (f = findings_next(findings, f)) != NULL)
        if (f->key.code == FINDING_HTTP_CAPTIVE_PORTAL && ip_address_equal(&f->key.client, client))
            return true;
    return false;
}

static const struct certificate_facts *leaf_of(const struct state *state,
                                               const struct handshake *handshake)
{
    const struct certificate_chain *chain = handshakes_chain(state->handshakes, handshake);
    bool shown = handshake->protocol != HANDSHAKE_DTLS && handshake->server_name[0] != '\0' &&
                 chain != NULL && chain->kept > 0;
    return shown ? &chain->certificates[0] : NULL;
}

/* Anybody can vouch for himself. */
static bool shows_own(const struct state *state, const struct handshake *handshake)
{
    const struct certificate_facts *leaf = leaf_of(state, handshake);
    return leaf != NULL && !leaf->is_self_signed &&
           certificate_matches_name(leaf, handshake->server_name);
}

/* When a server first shows the client a certificate of its own after this; 0: none does. */
static int64_t let_out(const struct state *state, const struct ip_address *client, int64_t after)
{
    const struct handshake *handshake = NULL;
    while ((handshake = handshakes_next(state->handshakes, handshake)) != NULL)
        if (handshake->hello_time > after && ip_address_equal(&handshake->client.ip, client) &&
            shows_own(state, handshake))
            return handshake->hello_time;
    return 0;
}

static struct finding *raise(const struct rule_context *context, const struct subjects *subjects,
                             int64_t time, const char *note)
{
    struct finding *finding =
        findings_raise(context->findings, context->rule->finding, subjects, time);
    if (finding == NULL)
        return NULL;
    finding_lower(finding, CERTAINTY_STRONG);
    finding->note = note;
    finding->raise_certainty = "A capture that begins when the client joins its network: systems "
                               "then test in the clear whether there is a portal.";
    finding->ended = let_out(context->state, &subjects->client.ip, time);
    return finding;
}

/* The host that is asked for, or that an absolute address leads to; "" when there is none. */
static void host_of(char host[DNS_NAME_TEXT], const char *authority)
{
    size_t length = strcspn(authority, ":/?#");
    snprintf(host, DNS_NAME_TEXT, "%.*s", (int)length, authority);
}

static bool is_asked_in_clear(const struct exchange *exchange)
{
    return !exchange->decrypted && exchange->answered && strcmp(exchange->method, "GET") == 0;
}

/* Sent to a site of another owner, for now: who has moved says 301 or 308. */
static bool is_sent_on(const struct exchange *exchange, char to[DNS_NAME_TEXT])
{
    char host[DNS_NAME_TEXT];
    const char *scheme = strstr(exchange->location, "://");
    bool for_now = exchange->status == 302 || exchange->status == 303 || exchange->status == 307;
    if (!is_asked_in_clear(exchange) || !for_now || scheme == NULL)
        return false;
    host_of(host, exchange->authority);
    host_of(to, scheme + 3);
    return host[0] != '\0' && to[0] != '\0' && !same_owner(host, to);
}

/* False: another server answered in a way of its own. */
static bool is_treated_alike(const struct exchange *exchange, const char *to, struct sites *sites)
{
    char host[DNS_NAME_TEXT], elsewhere[DNS_NAME_TEXT];
    host_of(host, exchange->authority);
    if (!is_asked_in_clear(exchange) || same_owner(host, to))
        return true;
    if (!is_sent_on(exchange, elsewhere) || strcasecmp(elsewhere, to) != 0)
        return false;
    add_site(sites, host);
    return true;
}

static bool all_are_sent_on(const struct state *state, const struct exchange *one, const char *to)
{
    struct sites sites = {0};
    const struct exchange *each = NULL;
    while ((each = exchanges_next(state->exchanges, each)) != NULL)
        if (ip_address_equal(&each->client.ip, &one->client.ip) &&
            is_together(each->response.time, one->response.time) &&
            !is_treated_alike(each, to, &sites))
            return false;
    return sites.count >= SITES_SENT_ON;
}

static void raise_sent_on(const struct rule_context *context, const struct exchange *one,
                          const char *to)
{
    static const char note[] =
        "No test for a portal is in this capture. But servers of different owners all send the "
        "client to one and the same address, and none that it asked in the clear does otherwise.";
    char elsewhere[DNS_NAME_TEXT];
    const struct exchange *each = NULL;
    struct subjects subjects = {.client = one->client,
                                .server = one->server,
                                .protocol = IP_PROTOCOL_TCP,
                                .error_code = one->status};
    memcpy(subjects.name, one->location, sizeof one->location);
    struct finding *finding = raise(context, &subjects, one->response.time, note);
    while (finding != NULL && (each = exchanges_next(context->state->exchanges, each)) != NULL)
        if (ip_address_equal(&each->client.ip, &one->client.ip) &&
            is_together(each->response.time, one->response.time) && is_sent_on(each, elsewhere) &&
            strcasecmp(elsewhere, to) == 0) {
            finding_add_evidence(finding, &each->request);
            finding_add_evidence(finding, &each->response);
        }
}

static void check_sent_on(const struct rule_context *context)
{
    char to[DNS_NAME_TEXT];
    const struct exchange *each = NULL;
    unsigned looked = 0;
    while ((each = exchanges_next(context->state->exchanges, each)) != NULL &&
           looked < LOOKED_MOST) {
        if (!is_sent_on(each, to) || is_known(context->findings, &each->client.ip))
            continue;
        looked++;
        if (all_are_sent_on(context->state, each, to))
            raise_sent_on(context, each, to);
    }
}

/* A certificate, and not one for the name that was asked for. */
static bool shows_strange(const struct state *state, const struct handshake *handshake)
{
    const struct certificate_facts *leaf = leaf_of(state, handshake);
    return leaf != NULL && leaf->san_kept == leaf->san_total &&
           !certificate_matches_name(leaf, handshake->server_name);
}

static bool same_certificate(const struct state *state, const struct handshake *a,
                             const struct handshake *b)
{
    const struct certificate_facts *one = leaf_of(state, a), *other = leaf_of(state, b);
    return one != NULL && other != NULL &&
           memcmp(one->fingerprint, other->fingerprint, sizeof one->fingerprint) == 0;
}

static bool is_beside(const struct handshake *a, const struct handshake *b)
{
    return ip_address_equal(&a->client.ip, &b->client.ip) &&
           is_together(a->hello_time, b->hello_time);
}

/* A filter on names, which lets others through, is no portal. */
static bool all_show_it(const struct state *state, const struct handshake *one)
{
    struct sites sites = {0};
    const struct handshake *each = NULL;
    while ((each = handshakes_next(state->handshakes, each)) != NULL) {
        if (!is_beside(each, one))
            continue;
        if (shows_own(state, each))
            return false;
        if (same_certificate(state, each, one) && is_of_several_labels(each->server_name))
            add_site(&sites, each->server_name);
    }
    return sites.count >= SITES_MOST;
}

static void raise_certificate(const struct rule_context *context, const struct handshake *one)
{
    static const char note[] =
        "No test for a portal is in this capture. But servers of different owners all show the "
        "client one and the same certificate, which is for none of their names: it is not theirs.";
    const struct state *state = context->state;
    const struct handshake *each = NULL;
    struct subjects subjects = {
        .client = one->client, .server = one->server, .protocol = IP_PROTOCOL_TCP};
    struct finding *finding = raise(context, &subjects, one->certificate.time, note);
    while (finding != NULL && (each = handshakes_next(state->handshakes, each)) != NULL)
        if (is_beside(each, one) && same_certificate(state, each, one)) {
            finding_add_evidence(finding, &each->hello);
            finding_add_evidence(finding, &each->certificate);
        }
}

static void check_one_certificate(const struct rule_context *context)
{
    const struct state *state = context->state;
    const struct handshake *each = NULL;
    unsigned looked = 0;
    while ((each = handshakes_next(state->handshakes, each)) != NULL && looked < LOOKED_MOST) {
        if (!shows_strange(state, each) || !scope_handshake(state, each) ||
            is_known(context->findings, &each->client.ip))
            continue;
        looked++;
        if (all_show_it(state, each))
            raise_certificate(context, each);
    }
}

/* Resolved, by the server of the network; of the machine's own names nobody else knows. */
static bool is_public_lookup(const struct lookup *lookup, char name[DNS_NAME_TEXT])
{
    bool address = lookup->key.type == DNS_A || lookup->key.type == DNS_AAAA;
    return address && lookup->state == LOOKUP_ANSWERED && lookup->address_count > 0 &&
           is_of_several_labels(dns_name_text(&lookup->name, name, DNS_NAME_TEXT));
}

static bool leads_to(const struct lookup *lookup, const struct ip_address *address)
{
    for (size_t i = 0; i < lookup->address_count; i++)
        if (!ip_address_equal(&lookup->addresses[i], address))
            return false;
    return true;
}

static bool is_asked_beside(const struct lookup *a, const struct lookup *b)
{
    return ip_address_equal(&a->key.client, &b->key.client) &&
           is_together(a->answered, b->answered);
}

static bool all_lead_there(const struct state *state, const struct lookup *one)
{
    char name[DNS_NAME_TEXT];
    struct sites sites = {0};
    const struct lookup *each = NULL;
    while ((each = lookups_next(state->lookups, each)) != NULL) {
        if (!is_asked_beside(each, one) || !is_public_lookup(each, name))
            continue;
        if (!leads_to(each, &one->addresses[0]))
            return false;
        add_site(&sites, name);
    }
    return sites.count >= SITES_MOST;
}

static void raise_address(const struct rule_context *context, const struct lookup *one)
{
    static const char note[] =
        "No test for a portal is in this capture. But names of different owners all resolve to one "
        "and the same address, which is one of a private network: it cannot be theirs.";
    char name[DNS_NAME_TEXT];
    const struct lookup *each = NULL;
    struct subjects subjects = {
        .client = one->client, .server = one->server, .protocol = one->protocol};
    struct finding *finding = raise(context, &subjects, one->answered, note);
    while (finding != NULL && (each = lookups_next(context->state->lookups, each)) != NULL)
        if (is_asked_beside(each, one) && is_public_lookup(each, name))
            finding_add_evidence(finding, &each->answer);
}

/* An address of the site is one that its names may well share. */
static bool is_of_site(const struct state *state, const struct ip_address *address)
{
    enum site_role role =
        state->profile != NULL ? profile_role(state->profile, address) : SITE_ROLE_NONE;
    return role != SITE_ROLE_NONE && role != SITE_ROLE_CLIENT;
}

static void check_one_address(const struct rule_context *context)
{
    char name[DNS_NAME_TEXT];
    const struct state *state = context->state;
    const struct lookup *each = NULL;
    unsigned looked = 0;
    while ((each = lookups_next(state->lookups, each)) != NULL && looked < LOOKED_MOST) {
        if (!is_public_lookup(each, name) || !ip_address_is_local(&each->addresses[0]) ||
            is_of_site(state, &each->addresses[0]) ||
            (scope_is_known(state) && !scope_name(state, name)) ||
            is_known(context->findings, &each->key.client))
            continue;
        looked++;
        if (all_lead_there(state, each))
            raise_address(context, each);
    }
}

static const struct rule rules[] = {
    {FINDING_HTTP_CAPTIVE_PORTAL, EVENT_CAPTURE_ENDED, check_sent_on, 0},
    {FINDING_HTTP_CAPTIVE_PORTAL, EVENT_CAPTURE_ENDED, check_one_address, 0},
    {FINDING_HTTP_CAPTIVE_PORTAL, EVENT_CAPTURE_ENDED, check_one_certificate, 0},
};

const struct rule_family rules_portal = {rules, sizeof rules / sizeof rules[0], false};
