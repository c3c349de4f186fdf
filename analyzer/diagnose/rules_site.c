/* SPDX-License-Identifier: MIT */
/* TURN against the site profile: only servers that the profile names are compared with it. */
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/rules.h"

static bool is_turn_server(const struct profile *profile, const struct ip_address *address)
{
    enum site_role role = profile == NULL ? SITE_ROLE_NONE : profile_role(profile, address);
    return role == SITE_ROLE_STATIC_NAT || role == SITE_ROLE_LAN1 || role == SITE_ROLE_LAN2;
}

static bool concerns_site(const struct rule_context *context)
{
    return is_turn_server(context->state->profile, &context->event->server.ip);
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
    if (!concerns_site(context) || allocation == NULL || allocation->server_realm[0] == '\0' ||
        context->event->transaction->state != TRANSACTION_FAILED)
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

/* A client outside must use the static NAT address; the CMS inside rightly uses LAN1. */
static void check_wrong_address(const struct rule_context *context)
{
    const struct profile *profile = context->state->profile;
    const struct event *event = context->event;
    if (!concerns_site(context) || !is_allocate(context) ||
        profile->expressway.static_nat.count == 0)
        return;
    enum site_role server = profile_role(profile, &event->server.ip);
    enum site_role client = profile_role(profile, &event->client.ip);
    bool outside = client == SITE_ROLE_NONE || client == SITE_ROLE_CLIENT;
    if (outside && (server == SITE_ROLE_LAN1 || server == SITE_ROLE_LAN2))
        rule_raise(context);
}

static const struct allocation *new_allocation(const struct rule_context *context)
{
    const struct event *event = context->event;
    bool success = is_allocate(context) && event->transaction->state == TRANSACTION_SUCCEEDED;
    return success && concerns_site(context) ? event->allocation : NULL;
}

static void check_relayed_address(const struct rule_context *context)
{
    const struct allocation *allocation = new_allocation(context);
    if (allocation != NULL && allocation->relayed.ip.family != 0 &&
        profile_is_relayed_address(context->state->profile, &allocation->relayed.ip) == ANSWER_NO)
        rule_raise(context);
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

static const struct rule rules[] = {
    {FINDING_TURN_USERNAME_MISMATCH, EVENT_STUN_REQUEST, check_username, 0},
    {FINDING_TURN_REALM_MISMATCH, EVENT_STUN_ANSWERED, check_realm, 0},
    {FINDING_TURN_WRONG_ADDRESS, EVENT_STUN_REQUEST, check_wrong_address, 0},
    {FINDING_TURN_RELAYED_ADDRESS_INTERNAL, EVENT_STUN_ANSWERED, check_relayed_address, 0},
    {FINDING_TURN_RELAYED_PORT_OUT_OF_RANGE, EVENT_STUN_ANSWERED, check_relayed_port, 0},
};

const struct rule_family rules_site = {rules, sizeof rules / sizeof rules[0]};
