/* SPDX-License-Identifier: MIT */
/* TURN against the site profile: only servers that the profile names are compared with it. */
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/site_blame.h"

/* Of those each is compared with all others. */
enum { LOOKED_MOST = 64 };

static bool concerns_site(const struct rule_context *context)
{
    const struct profile *profile = context->state->profile;
    return profile != NULL && profile_is_expressway_e(profile, &context->event->server.ip);
}

static bool is_allocate(const struct rule_context *context)
{
    return context->event->transaction->method == STUN_ALLOCATE;
}

static void check_username(const struct rule_context *context)
{
    const struct profile_turn *turn;
    const struct allocation *allocation = context->event->allocation;
    if (!concerns_site(context) || !is_allocate(context) || allocation == NULL ||
        allocation->username[0] == '\0' || !context->event->transaction->has_integrity)
        return;
    turn = &context->state->profile->turn;
    if (turn->username[0] == '\0' || turn->short_term_credentials == ANSWER_YES ||
        strncmp(turn->username, allocation->username, sizeof allocation->username - 1) == 0)
        return;
    rule_raise(context);
}

static void check_realm(const struct rule_context *context)
{
    const struct allocation *allocation = context->event->allocation;
    if (!concerns_site(context) || allocation == NULL || allocation->server_realm[0] == '\0')
        return;
    const char *realm = context->state->profile->turn.realm;
    if (realm[0] == '\0' ||
        strncmp(realm, allocation->server_realm, sizeof allocation->server_realm - 1) == 0)
        return;
    struct subjects subjects = rule_subjects(context->event);
    memcpy(subjects.realm, allocation->server_realm, sizeof subjects.realm);
    struct finding *finding = rule_raise_about(context, &subjects);
    if (finding != NULL)
        finding_add_evidence(finding, &allocation->challenged);
}

/* Behind the static NAT its own address is what packets rightly carry. */
static bool seen_inside(const struct state *state)
{
    enum vantage_value vantage = state->vantage->value;
    return vantage != VANTAGE_UNKNOWN && vantage != VANTAGE_CLIENT;
}

static bool is_wrong_address(const struct profile *profile, const struct allocation *allocation)
{
    enum site_role server = profile_role(profile, &allocation->server.ip);
    enum site_role client = profile_role(profile, &allocation->client.ip);
    bool outside = client == SITE_ROLE_NONE || client == SITE_ROLE_CLIENT;
    /* Credentials are made from a challenge, and data follow an allocation, seen or not. */
    bool answered = allocation->challenged.frame != 0 || allocation->concluded.frame != 0 ||
                    allocation->authenticated.frame != 0 || allocation->heard != 0;
    return outside && !answered && (server == SITE_ROLE_LAN1 || server == SITE_ROLE_LAN2);
}

/* On the device that translates the public address one packet is seen twice: the very same request
 * (transaction ID) to the public address, and to the one behind it. */
static bool is_translated(const struct rule_context *context, const struct allocation *allocation)
{
    const struct table *table = &context->state->stun->allocations.table;
    for (const struct allocation *a = table_oldest(table); a != NULL; a = table_newer(table, a))
        if (a != allocation && a->asked.frame != 0 &&
            memcmp(a->asked.id, allocation->asked.id, sizeof a->asked.id) == 0 &&
            profile_role(context->state->profile, &a->server.ip) == SITE_ROLE_STATIC_NAT)
            return true;
    return false;
}

static void raise_wrong_address(const struct rule_context *context,
                                const struct allocation *allocation)
{
    struct subjects subjects = {.client = allocation->client,
                                .server = allocation->server,
                                .protocol = allocation->protocol,
                                .inside_tls = allocation->inside_tls};
    struct finding *finding = findings_raise(context->findings, context->rule->finding, &subjects,
                                             allocation->asked.time);
    if (finding != NULL)
        finding_add_evidence(finding, &allocation->asked);
}

/* A client outside must use the static NAT address; the CMS inside rightly uses LAN1. An
 * address that answers is reached, whatever the profile says. Judged at the end, when it is known
 * where the capture was made. */
static void check_wrong_address(const struct rule_context *context)
{
    const struct profile *profile = context->state->profile;
    const struct allocations *allocations = &context->state->stun->allocations;
    if (profile == NULL || profile->expressway.static_nat.count == 0 || seen_inside(context->state))
        return;
    unsigned looked = 0;
    for (const struct allocation *a = table_oldest(&allocations->table);
         a != NULL && looked < LOOKED_MOST; a = table_newer(&allocations->table, a)) {
        if (a->asked.frame == 0 || !is_wrong_address(profile, a))
            continue;
        looked++;
        if (!is_translated(context, a))
            raise_wrong_address(context, a);
    }
}

static const struct allocation *new_allocation(const struct rule_context *context)
{
    bool judged = is_allocate(context) && concerns_site(context);
    return judged ? context->event->allocation : NULL;
}

/* Who expects the private address and gets the public one has what all can send to. */
static void check_relayed_address(const struct rule_context *context)
{
    const struct profile *profile = context->state->profile;
    const struct allocation *allocation = new_allocation(context);
    if (allocation == NULL || allocation->relayed.ip.family == 0 ||
        profile_is_relayed_address(profile, &allocation->relayed.ip) != ANSWER_NO ||
        profile_role(profile, &allocation->relayed.ip) == SITE_ROLE_STATIC_NAT)
        return;
    site_blame_relayed_address(context, rule_raise(context));
}

static void check_relayed_port(const struct rule_context *context)
{
    const struct allocation *allocation = new_allocation(context);
    if (allocation == NULL || allocation->relayed.ip.family == 0)
        return;
    const struct profile_ports *range = &context->state->profile->turn.relay_range;
    if (range->count > 0 && !profile_ports_contain(range, allocation->relayed.port))
        rule_raise(context);
}

/* Expressway from X12.6.1 on does not answer Binding without credentials, by design. Silence counts
 * where the profile has an edition that answers, or a CMS that asks in this way. */
static bool binding_is_to_be_answered(const struct profile *profile, const struct ip_address *asker)
{
    enum turn_probe probe = profile_role(profile, asker) == SITE_ROLE_CMS
                                ? profile_turn_probe(profile)
                                : TURN_PROBE_UNKNOWN;
    if (probe == TURN_PROBE_UNKNOWN)
        return profile_unauthenticated_binding(profile) == ANSWER_YES;
    return probe == TURN_PROBE_BINDING;
}

/* Asked several times, and nothing came on this flow though it could have been seen. */
static bool is_silence(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    const struct flow *flow = table_at(&context->state->flows->table, transaction->key.flow);
    return transaction->transmissions >= LIMIT_SILENCE_TRANSMISSIONS && !transaction->malformed &&
           flow != NULL && (flow->packets[0] == 0 || flow->packets[1] == 0) &&
           hosts_seen_both_ways(context->state->hosts, &context->event->client.ip);
}

static bool got_allocate_answered(const struct rule_context *context)
{
    const struct event *event = context->event;
    const struct turn_relation *relation = allocations_relation(
        &context->state->stun->allocations, &event->client.ip, &event->server, event->protocol);
    return relation != NULL && relation->answered != 0;
}

/* Connectivity checks have a USERNAME, and a request that was cut may have had one. */
static void check_binding(const struct rule_context *context)
{
    const struct event *event = context->event;
    const struct transaction *transaction = event->transaction;
    if (transaction->method != STUN_BINDING || transaction->has_username ||
        transaction->request_cut || event->protocol != IP_PROTOCOL_UDP || !concerns_site(context) ||
        !profile_is_turn_udp_port(context->state->profile, event->server.port) ||
        !binding_is_to_be_answered(context->state->profile, &event->client.ip) ||
        !is_silence(context) || got_allocate_answered(context))
        return;
    struct finding *finding = rule_raise(context);
    struct evidence repetition = transaction_repetition(transaction);
    if (finding == NULL)
        return;
    finding_add_evidence(finding, &repetition);
    if (finding->count == 1) /* else an Allocate, which says more, may be what got no answer */
        site_blame_binding(context, finding);
}

static const struct rule rules[] = {
    {FINDING_TURN_USERNAME_MISMATCH, EVENT_STUN_REQUEST, check_username, 0},
    {FINDING_TURN_REALM_MISMATCH, EVENT_STUN_CHALLENGED, check_realm, 0},
    {FINDING_TURN_REALM_MISMATCH, EVENT_STUN_REFUSED, check_realm, 0},
    {FINDING_TURN_WRONG_ADDRESS, EVENT_CAPTURE_ENDED, check_wrong_address, 0},
    {FINDING_TURN_NO_ANSWER, EVENT_STUN_UNANSWERED, check_binding, 0},
    {FINDING_TURN_RELAYED_ADDRESS_INTERNAL, EVENT_STUN_SUCCEEDED, check_relayed_address, 0},
    {FINDING_TURN_RELAYED_PORT_OUT_OF_RANGE, EVENT_STUN_SUCCEEDED, check_relayed_port, 0},
};

const struct rule_family rules_site = {rules, sizeof rules / sizeof rules[0], true};
