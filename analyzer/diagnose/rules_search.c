/* SPDX-License-Identifier: MIT */
/* Searches for a path that find none, and connectivity checks that are refused. */
#include "analyzer/diagnose/rules_relay.h"
#include "analyzer/diagnose/site_blame.h"

static const struct path *path_of_check(const struct rule_context *context)
{
    const struct event *event = context->event;
    if (event->transaction->method != STUN_BINDING || event->flow == NULL)
        return NULL;
    return paths_of(context->state->paths, event->flow);
}

/* One 487 is the normal way to settle the roles (RFC 8445 section 7.3.1.1). */
static void check_role_conflict(const struct rule_context *context)
{
    enum { CONFLICTS_THAT_COUNT = 3 };
    const struct path *path = path_of_check(context);
    if (path != NULL && context->event->transaction->error_code == 487 &&
        path->role_conflicts + 1 >= CONFLICTS_THAT_COUNT)
        rule_raise(context);
}

/* 431 or 401 to a connectivity check concerns the ICE credentials of the session, never the TURN
 * password. */
static void check_username_mismatch(const struct rule_context *context)
{
    uint16_t code = context->event->transaction->error_code;
    if (path_of_check(context) != NULL &&
        (code == 401 || code == 431 || code == 430 || code == 432))
        rule_raise(context);
}

/* The relay is heard on the allocation around the path: then an answer through it could be seen. */
static bool relay_is_heard(const struct rule_context *context)
{
    const struct state *state = context->state;
    const struct path *path = context->event->path;
    const struct allocation *allocation = allocation_of_path(context);
    const struct flow *flow =
        allocation != NULL ? table_at(&state->flows->table, allocation->flow) : NULL;
    return flow == NULL ? hosts_seen_both_ways(state->hosts, &path->client.ip)
                        : flow->packets[0] > 0 && flow->packets[1] > 0;
}

static const struct search {
    const char *note;
    const char *remedy[CATALOGUE_REMEDIES];
} searches[] = {
    {"No check went through a relay: only direct ways were tried. Nothing comes back from the "
     "other end, so UDP between the two is blocked, or the address that the other end announces "
     "is one that the client cannot reach.",
     {"Open UDP from the clients to the other end, the server above, and the replies back: for a "
      "conference server to its whole range of media ports.",
      "Check that the address is the one under which clients reach the other end; behind address "
      "translation a conference server must be told its public address.",
      "Offer the clients a TURN server over UDP, and over TCP or TLS on port 443: without a relay "
      "there is no way around a firewall.",
      NULL}},
    {"No check went through a relay: only direct ways were tried. The other end's own checks do "
     "arrive, but the client's get no answer: what the client sends is dropped on its way to the "
     "other end, or the other end does not accept it.",
     {"Open UDP from the clients to the other end, the server above: the other way is open.",
      "Look in the other end's log whether it refuses the checks, as it would those of a session "
      "that it does not know.",
      "Offer the clients a TURN server over UDP, and over TCP or TLS on port 443: without a relay "
      "there is no way around a firewall.",
      NULL}},
};

static const struct search one_sided = {
    "On this path the client's own checks are answered, and those that the other end sends to it "
    "never are: what arrives for the client is not let through to it, or it does not know the "
    "session.",
    {"Allow UDP into the client above, on the firewall of its own machine too: as far as this "
     "capture the packets do come.",
     "Look in its log whether it refuses the checks, as it would those of a session that it does "
     "not know.",
     NULL}};

static void explain_search(struct finding *finding, const struct path *path)
{
    const struct search *search =
        path_is_one_sided(path) ? &one_sided : &searches[path->side[1].last != 0];
    finding->note = search->note;
    finding->remedy = search->remedy;
    finding->raise_certainty = "A capture at the other end at the same time: it shows whether the "
                               "client's checks arrive there and whether answers leave.";
}

static bool was_broken_off(const struct rule_context *context)
{
    const struct path *path = context->event->path;
    const struct allocation *allocation = allocation_of_path(context);
    int64_t last = path->side[0].last_check;
    return allocation != NULL && allocation->state == ALLOCATION_RELEASED &&
           last - path->first_check.time < LIMIT_ICE_HASTE &&
           allocation->last - path->first_check.time < LIMIT_ICE_HASTE;
}

static void weigh_search(const struct rule_context *context, struct finding *finding)
{
    static const char broken_off[] =
        "The client took its relay down a moment after it had begun: the call may have been broken "
        "off before the other end was there.";
    finding->refuted = may_use_unseen_channel(context);
    if (finding->refuted)
        doubt_silence(finding, unseen_channel);
    else if (was_broken_off(context))
        doubt_silence(finding, broken_off);
}

static void check_no_connectivity(const struct rule_context *context)
{
    const struct path *path = context->event->path;
    struct finding *finding = relay_is_heard(context) ? rule_raise(context) : NULL;
    if (finding == NULL)
        return;
    if (path->allocation.generation == 0 || path_is_one_sided(path))
        explain_search(finding, path);
    finding_add_evidence(finding, &path->first_check);
    finding_add_evidence(finding, &path->latest);
    site_blame_reflection(context, finding);
    weigh_search(context, finding);
}

static const struct rule rules[] = {
    {FINDING_ICE_ROLE_CONFLICT, EVENT_STUN_REFUSED, check_role_conflict, 0},
    {FINDING_ICE_USERNAME_MISMATCH, EVENT_STUN_CHALLENGED, check_username_mismatch, 0},
    {FINDING_ICE_USERNAME_MISMATCH, EVENT_STUN_REFUSED, check_username_mismatch, 0},
    {FINDING_ICE_NO_CONNECTIVITY, EVENT_ICE_NO_CONNECTIVITY, check_no_connectivity, 0},
};

const struct rule_family rules_search = {rules, sizeof rules / sizeof rules[0], false};
