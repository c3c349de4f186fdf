/* SPDX-License-Identifier: MIT */
/* What limits this diagnosis: said once, when the capture ends. */
#include "analyzer/diagnose/rules.h"

static void check_snaplen(const struct rule_context *context)
{
    const struct observed *observed = context->state->observed;
    if (observed->cut_messages == 0)
        return;
    struct finding *finding = rule_raise(context);
    if (finding == NULL)
        return;
    finding->count = observed->cut_messages;
    finding_add_evidence(finding, &observed->first_cut);
}

/* What was found before the clock was set is no more certain than what was found after it. */
static void doubt_dates(const struct rule_context *context)
{
    static const enum finding_code dated[] = {
        FINDING_TURN_CREDENTIALS_EXPIRED,      FINDING_TURN_CHANNEL_EXPIRED,
        FINDING_TURN_ALLOCATION_EXPIRED,       FINDING_TLS_CERTIFICATE_EXPIRED,
        FINDING_TLS_CERTIFICATE_NOT_YET_VALID,
    };
    struct finding *finding = NULL;
    while ((finding = findings_next(context->findings, finding)) != NULL)
        for (size_t i = 0; i < sizeof dated / sizeof dated[0]; i++)
            if (finding->key.code == dated[i])
                rule_doubt_clock(context, finding);
}

/* Packets more than a second older than one before them: a clock was set, or files were joined. */
static void check_clock(const struct rule_context *context)
{
    const struct observed *observed = context->state->observed;
    struct finding *finding = observed->backwards > 0 ? rule_raise(context) : NULL;
    if (observed->backwards > 0)
        doubt_dates(context);
    if (finding != NULL)
        finding->count = observed->backwards;
}

static void check_drops(const struct rule_context *context)
{
    const struct observed *observed = context->state->observed;
    struct finding *finding = observed->dropped > 0 ? rule_raise(context) : NULL;
    if (finding != NULL)
        finding->count = observed->dropped;
}

/* No conversation at all is seen both ways, though hosts talk. What is only asked may also have had
 * no answer: a client that reaches nothing looks like that. */
static void check_one_sided(const struct rule_context *context)
{
    const struct observed *observed = context->state->observed;
    if (!observed_one_sided(observed) || observed->packets < LIMIT_ONE_SIDED_PACKETS)
        return;
    struct finding *finding = rule_raise(context);
    if (finding == NULL || observed->one_way_answers > 0)
        return;
    finding_lower(finding, CERTAINTY_HINT);
    finding->note = "Nothing here proves that an answer ever came: it may also be that the client "
                    "reaches nothing at all. Check its cable, its address and its gateway.";
}

static bool any_tls(const struct state *state)
{
    const struct handshake *handshake = NULL;
    while ((handshake = handshakes_next(state->handshakes, handshake)) != NULL)
        if (handshake->protocol != HANDSHAKE_DTLS)
            return true;
    return false;
}

/* Nothing of the way in, or its use without its beginning. */
static bool beginning_is_missing(const struct state *state)
{
    const struct stun_statistics *stun = &state->stun->statistics;
    bool before = lookups_next(state->lookups, NULL) != NULL || any_tls(state);
    bool relay_used = table_oldest(&state->stun->allocations.table) != NULL;
    return !before || (relay_used && stun->allocate_requests == 0);
}

static void check_no_signalling(const struct rule_context *context)
{
    if (context->state->observed->packets > 0 && beginning_is_missing(context->state))
        rule_raise(context);
}

static void check_state_evicted(const struct rule_context *context)
{
    uint64_t evicted = evictions_total(context->state->evictions);
    struct finding *finding = evicted > 0 ? rule_raise(context) : NULL;
    if (finding != NULL)
        finding->count = evicted;
}

static const struct rule rules[] = {
    {FINDING_CAPTURE_SNAPLEN, EVENT_CAPTURE_ENDED, check_snaplen, 0},
    {FINDING_CAPTURE_ONE_SIDED, EVENT_CAPTURE_ENDED, check_one_sided, 0},
    {FINDING_CAPTURE_DROPS, EVENT_CAPTURE_ENDED, check_drops, 0},
    {FINDING_CAPTURE_CLOCK, EVENT_CAPTURE_ENDED, check_clock, 0},
    {FINDING_CAPTURE_NO_SIGNALLING, EVENT_CAPTURE_ENDED, check_no_signalling, 0},
    {FINDING_ANALYZER_STATE_EVICTED, EVENT_CAPTURE_ENDED, check_state_evicted, 0},
};

const struct rule_family rules_capture = {rules, sizeof rules / sizeof rules[0], false};
