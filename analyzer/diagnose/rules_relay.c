/* SPDX-License-Identifier: MIT */
/* An allocation that is used without what it takes: a permission, a channel, its lifetime. */
#include "analyzer/diagnose/rules_relay.h"

bool capture_has_losses(const struct state *state)
{
    return state->observed->dropped > 0 || state->stun->statistics.unasked > 0 ||
           state->connections->streams.gaps > 0;
}

const struct allocation *allocation_of_path(const struct rule_context *context)
{
    return table_at(&context->state->stun->allocations.table, context->event->path->allocation);
}

bool may_use_unseen_channel(const struct rule_context *context)
{
    const struct allocation *allocation = allocation_of_path(context);
    return allocation != NULL && allocation->peers_incomplete && allocation->unbound_datagrams > 0;
}

const char unseen_channel[] =
    "The relay also carries data on a channel whose binding is not in the capture: what seems to "
    "be missing may be there.";

void doubt_silence(struct finding *finding, const char *note)
{
    finding_lower(finding, CERTAINTY_HINT);
    finding->note = note;
}

/* A single datagram may be one whose ChannelBind or CreatePermission the capture missed. */
enum { DATAGRAMS_THAT_COUNT = 3 };

/* Where packets are lost, data may come before the request that is repeated until it arrives. */
#define LIMIT_PERMISSION_DELAY (3 * SECONDS)

static void check_permission_missing(const struct rule_context *context)
{
    const struct allocation *allocation = context->event->allocation;
    for (size_t i = 0; i < allocation->permissions_kept; i++) {
        const struct permission *permission = &allocation->permissions[i];
        if (permission->sent_without >= DATAGRAMS_THAT_COUNT && permission->received == 0 &&
            context->event->time - permission->missing_since >= LIMIT_PERMISSION_DELAY) {
            rule_raise(context);
            return;
        }
    }
}

/* Who uses channels binds them: where no binding at all is seen, rather the capture lost it. */
static void check_channel_unbound(const struct rule_context *context)
{
    const struct allocation *allocation = context->event->allocation;
    if (allocation->unbound_datagrams < DATAGRAMS_THAT_COUNT)
        return;
    struct finding *finding = rule_raise(context);
    if (finding != NULL && (allocation->channel_count == 0 || capture_has_losses(context->state)))
        rule_doubt_capture(finding);
}

/* That nothing renewed it is an absence: certain only in a capture that lacks nothing else. */
static void check_expired(const struct rule_context *context)
{
    struct finding *finding = rule_raise(context);
    if (finding != NULL && capture_has_losses(context->state))
        rule_doubt_capture(finding);
    rule_doubt_clock(context, finding);
}

/* The Refresh that comes too late and is answered 437 belongs to it. */
static void check_late_refresh(const struct rule_context *context)
{
    const struct event *event = context->event;
    const struct allocation *allocation = event->allocation;
    if (event->transaction->error_code != 437 || event->transaction->lifetime == 0 ||
        event->transaction->method != STUN_REFRESH || allocation == NULL ||
        allocation->expired.datagrams == 0)
        return;
    struct finding *finding = rule_raise(context);
    if (finding != NULL)
        finding_add_evidence(finding, &allocation->misused);
}

static const struct rule rules[] = {
    {FINDING_TURN_PERMISSION_MISSING, EVENT_TURN_PERMISSION_MISSING, check_permission_missing, 0},
    {FINDING_TURN_CHANNEL_UNBOUND, EVENT_TURN_CHANNEL_UNBOUND, check_channel_unbound, 0},
    {FINDING_TURN_CHANNEL_EXPIRED, EVENT_TURN_CHANNEL_EXPIRED, check_expired, 0},
    {FINDING_TURN_ALLOCATION_EXPIRED, EVENT_TURN_DATA_EXPIRED, check_expired, 0},
    {FINDING_TURN_ALLOCATION_EXPIRED, EVENT_STUN_REFUSED, check_late_refresh, 0},
};

const struct rule_family rules_relay = {rules, sizeof rules / sizeof rules[0], false};
