/* SPDX-License-Identifier: MIT */
/* Names that do not resolve, or that resolve to the wrong place for who asks. Only names of the
 * site profile are judged: without one nobody can tell which of a machine's lookups belong to a
 * call. */
#include "analyzer/diagnose/name_needs.h"
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/resolution.h"
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/scope.h"
#include "analyzer/track/lookup_text.h"

#include <strings.h>

enum { UNRESOLVED_MOST = 8 };

static bool asks_address(const struct lookup *lookup)
{
    return lookup->key.type == DNS_A || lookup->key.type == DNS_AAAA;
}

static struct finding *raise_as(const struct rule_context *context, enum finding_code code,
                                const struct lookup *lookup, int64_t time)
{
    struct subjects subjects = {
        .client = lookup->client, .server = lookup->server, .protocol = lookup->protocol};
    dns_name_text(&lookup->name, subjects.name, sizeof subjects.name);
    struct finding *finding = findings_raise(context->findings, code, &subjects, time);
    if (finding == NULL)
        return NULL;
    struct evidence evidence[LOOKUP_EVIDENCE];
    lookup_evidence(lookup, evidence);
    for (size_t i = 0; i < LOOKUP_EVIDENCE; i++)
        finding_add_evidence(finding, &evidence[i]);
    return finding;
}

static struct finding *raise_about(const struct rule_context *context, const struct lookup *lookup,
                                   int64_t time)
{
    return raise_as(context, context->rule->finding, lookup, time);
}

static void raise_now(const struct rule_context *context, const struct lookup *lookup)
{
    raise_about(context, lookup, context->event->time);
}

static void raise_failure(const struct rule_context *context, enum finding_code code,
                          const struct lookup *lookup, int64_t time)
{
    struct finding *finding = raise_as(context, code, lookup, time);
    if (finding == NULL)
        return;
    finding->case_id = case_of_lookup(context->state, lookup);
    if (lookup->state == LOOKUP_UNANSWERED && lookup->unreachable)
        finding->note = "An ICMP error in the capture says that it cannot be reached.";
}

/* SRV without a record is a finding of its own. */
static bool is_missing_record(enum finding_code code)
{
    return code == FINDING_DNS_NXDOMAIN || code == FINDING_DNS_NO_DATA ||
           code == FINDING_DNS_DANGLING_ALIAS;
}

/* Which failure it is, if it is one, the lookup itself says. */
static void check_failure(const struct rule_context *context)
{
    const struct event *event = context->event;
    const struct lookup *lookup = event->lookup;
    bool service = lookup->key.type == DNS_SRV;
    if (lookup->address_count > 0) /* then nothing failed that it, or the one beside it, is about */
        return;
    if (asks_address(lookup))
        lookup = failed_address_lookup(context->state, lookup, false);
    else if (!service)
        return;
    if (lookup == NULL || !needs_name(context->state, lookup))
        return;
    enum finding_code code = lookup_failure(context->state, lookup, event->time);
    if (code != FINDING_NONE && !(service && is_missing_record(code)))
        raise_failure(context, code, lookup, event->time);
}

/* A missing AAAA is no fault, and the A beside it the capture may have lost. */
static bool says_nothing_of_address(enum finding_code code, const struct lookup *lookup)
{
    return code == FINDING_DNS_NO_DATA && lookup->key.type == DNS_AAAA;
}

/* What only the end of the capture can tell: that no A query follows an AAAA query, or that a
 * client which failed to resolve a name did nothing else afterwards. */
static void check_failure_in_the_end(const struct rule_context *context)
{
    const struct state *state = context->state;
    const struct lookup *lookup = NULL;
    while ((lookup = lookups_next(state->lookups, lookup)) != NULL) {
        if (!asks_address(lookup) ||
            lookup_failure(state, lookup, context->event->time) != context->rule->finding ||
            says_nothing_of_address(context->rule->finding, lookup) ||
            failed_address_lookup(state, lookup, true) != lookup)
            continue;
        int64_t time = lookup->answered != 0 ? lookup->answered : lookup->last_sent;
        bool named = needs_name(state, lookup);
        if (named ? lookup->key.type == DNS_AAAA : needed_in_the_end(state, lookup))
            raise_failure(context, context->rule->finding, lookup, time);
    }
}

/* Without a profile nobody knows which names matter; where nothing else is seen to go wrong, the
 * ones that failed are worth a remark. */
static void check_unresolved(const struct rule_context *context)
{
    const struct state *state = context->state;
    const struct lookup *lookup = NULL;
    unsigned raised = 0;
    if (scope_is_known(state) || paths_used(state->paths) != PATHS_UNUSED)
        return;
    while (raised < UNRESOLVED_MOST && (lookup = lookups_next(state->lookups, lookup)) != NULL) {
        if (!asks_address(lookup) ||
            lookup_failure(state, lookup, context->event->time) == FINDING_NONE ||
            failed_address_lookup(state, lookup, true) != lookup || !may_be_needed(state, lookup))
            continue;
        raise_about(context, lookup, lookup->first_sent);
        raised++;
    }
}

/* The silence was a slow server's. */
static void note_late_answer(const struct rule_context *context)
{
    static const char late[] =
        "An answer did come, but more than six seconds after the last query: no firewall drops "
        "it, the server is slow, or what it asks in its turn.";
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Look for what makes the DNS server slow: most often one of its forwarders does not "
        "answer, and the next is asked only after seconds.",
        "Give the asking machine another DNS server first.",
    };
    const struct lookup *lookup = context->event->lookup;
    char name[DNS_NAME_TEXT];
    if (!lookup->late)
        return;
    struct finding *finding =
        findings_find(context->findings, context->rule->finding, &lookup->key.client,
                      &lookup->server, dns_name_text(&lookup->name, name, sizeof name));
    if (finding == NULL || finding->first > lookup->answered)
        return;
    finding_add_evidence(finding, &lookup->answer);
    finding->note = late;
    finding->remedy = remedy;
}

static bool is_internal_role(enum site_role role)
{
    return role == SITE_ROLE_LAN1 || role == SITE_ROLE_LAN2 || role == SITE_ROLE_EXPRESSWAY_C ||
           role == SITE_ROLE_CMS;
}

/* The first address of the answer that has one of these roles; NULL: none has. */
static const struct ip_address *address_in(const struct profile *profile,
                                           const struct lookup *lookup,
                                           bool (*wanted)(enum site_role role))
{
    for (size_t i = 0; i < lookup->address_count; i++)
        if (wanted(profile_role(profile, &lookup->addresses[i])))
            return &lookup->addresses[i];
    return NULL;
}

static bool is_static_nat_role(enum site_role role)
{
    return role == SITE_ROLE_STATIC_NAT;
}

static bool must_be_static_nat(const struct profile *profile, const char *name)
{
    return profile_is_webbridge(profile, name) || (profile_is_expressway_e_name(profile, name) &&
                                                   !profile_is_internal_name(profile, name));
}

static enum finding_code wrong_address_outside(const struct profile *profile,
                                               const struct lookup *lookup, const char *name)
{
    bool ours = is_webbridge_name(profile, name) || profile_is_expressway_e_name(profile, name);
    if (ours && address_in(profile, lookup, is_internal_role) != NULL)
        return FINDING_DNS_INTERNAL_ADDRESS_OUTSIDE;
    if (must_be_static_nat(profile, name) &&
        profile_gives_static_nat(profile, lookup->addresses[0].family) &&
        address_in(profile, lookup, is_static_nat_role) == NULL)
        return FINDING_DNS_ADDRESS_NOT_STATIC_NAT;
    return FINDING_NONE;
}

static enum finding_code wrong_address(const struct state *state, const struct lookup *lookup)
{
    char name[DNS_NAME_TEXT];
    enum dns_asker asker = lookup_asker(state, lookup);
    if (!asks_address(lookup) || lookup->address_count == 0 || asker == ASKER_UNKNOWN)
        return FINDING_NONE;
    dns_name_text(&lookup->name, name, sizeof name);
    if (asker == ASKER_OUTSIDE)
        return wrong_address_outside(state->profile, lookup, name);
    if ((asker == ASKER_EXPRESSWAY_C || asker == ASKER_CMS) &&
        is_webbridge_name(state->profile, name) &&
        address_in(state->profile, lookup, is_static_nat_role) != NULL)
        return FINDING_DNS_EXTERNAL_ADDRESS_INSIDE;
    return FINDING_NONE;
}

static void check_address(const struct rule_context *context)
{
    const struct lookup *lookup = context->event->lookup;
    enum finding_code code = wrong_address(context->state, lookup);
    if (code == FINDING_NONE)
        return;
    struct finding *finding = raise_as(context, code, lookup, context->event->time);
    if (finding != NULL)
        finding->case_id = case_of_lookup(context->state, lookup);
}

/* A cluster of Expressway-C is configured alike: whichever asks. */
static void check_internal_webbridge_name(const struct rule_context *context)
{
    const struct state *state = context->state;
    if (state->profile == NULL || state->profile->site.webbridge_url[0] == '\0' ||
        lookup_by(state, ASKER_EXPRESSWAY_C, profile_is_webbridge) != NULL)
        return;
    const struct lookup *internal =
        lookup_by(state, ASKER_EXPRESSWAY_C, profile_is_internal_webbridge);
    if (internal != NULL)
        raise_about(context, internal, internal->first_sent);
}

/* RFC 2782: a target of "." says that the service is not there. */
static bool offers_service(const struct lookup *lookup)
{
    for (size_t i = 0; i < lookup->target_count; i++)
        if (lookup->targets[i].target.length > 1)
            return true;
    return lookup->records > lookup->target_count;
}

static bool is_inside_service(const char *name)
{
    static const char *const services[] = {"_cisco-uds._tcp.", "_cuplogin._tcp."};
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        if (strncasecmp(name, services[i], strlen(services[i])) == 0)
            return true;
    return false;
}

static void check_srv_outside(const struct rule_context *context)
{
    char name[DNS_NAME_TEXT];
    const struct lookup *lookup = context->event->lookup;
    if (lookup->key.type != DNS_SRV || !offers_service(lookup) ||
        lookup_asker(context->state, lookup) != ASKER_OUTSIDE)
        return;
    dns_name_text(&lookup->name, name, sizeof name);
    if (is_inside_service(name) && scope_name(context->state, name))
        raise_now(context, lookup);
}

static void check_srv_missing(const struct rule_context *context)
{
    const struct lookup *lookup = context->event->lookup;
    if (lookup->key.type != DNS_SRV || !needs_name(context->state, lookup))
        return;
    enum finding_code code = lookup_failure(context->state, lookup, context->event->time);
    if (is_missing_record(code) || (lookup->records > 0 && !offers_service(lookup)))
        raise_now(context, lookup);
}

static const struct rule rules[] = {
    {FINDING_NONE, EVENT_DNS_ANSWERED, check_failure, 0},
    {FINDING_NONE, EVENT_DNS_UNANSWERED, check_failure, 0},
    {FINDING_DNS_NO_ANSWER, EVENT_DNS_ANSWERED, note_late_answer, 0},
    {FINDING_DNS_NXDOMAIN, EVENT_CAPTURE_ENDED, check_failure_in_the_end, 0},
    {FINDING_DNS_SERVER_FAILURE, EVENT_CAPTURE_ENDED, check_failure_in_the_end, 0},
    {FINDING_DNS_REFUSED, EVENT_CAPTURE_ENDED, check_failure_in_the_end, 0},
    {FINDING_DNS_NO_DATA, EVENT_CAPTURE_ENDED, check_failure_in_the_end, 0},
    {FINDING_DNS_NO_ANSWER, EVENT_CAPTURE_ENDED, check_failure_in_the_end, 0},
    {FINDING_DNS_TRUNCATED, EVENT_CAPTURE_ENDED, check_failure_in_the_end, 0},
    {FINDING_DNS_DANGLING_ALIAS, EVENT_CAPTURE_ENDED, check_failure_in_the_end, 0},
    {FINDING_NONE, EVENT_DNS_ANSWERED, check_address, 0},
    {FINDING_DNS_INTERNAL_WEBBRIDGE_NAME, EVENT_CAPTURE_ENDED, check_internal_webbridge_name, 0},
    {FINDING_DNS_SRV_OUTSIDE, EVENT_DNS_ANSWERED, check_srv_outside, 0},
    {FINDING_DNS_SRV_MISSING, EVENT_DNS_ANSWERED, check_srv_missing, 0},
};

const struct rule_family rules_dns = {rules, sizeof rules / sizeof rules[0], true};

static const struct rule unresolved = {FINDING_DNS_UNRESOLVED, EVENT_CAPTURE_ENDED,
                                       check_unresolved, 0};

const struct rule_family rules_unresolved = {&unresolved, 1, false};
