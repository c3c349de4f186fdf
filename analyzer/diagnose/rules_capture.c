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

static void check_no_signalling(const struct rule_context *context)
{
    if (context->state->stun->statistics.messages == 0)
        rule_raise(context);
}

static const struct rule rules[] = {
    {FINDING_CAPTURE_SNAPLEN, EVENT_CAPTURE_ENDED, check_snaplen, 0},
    {FINDING_CAPTURE_NO_SIGNALLING, EVENT_CAPTURE_ENDED, check_no_signalling, 0},
};

const struct rule_family rules_capture = {rules, sizeof rules / sizeof rules[0]};
