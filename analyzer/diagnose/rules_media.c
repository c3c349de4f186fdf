/* SPDX-License-Identifier: MIT */
/* Paths that were found and carry no media, or in one direction only; keys that nobody asks for. */
#include "analyzer/diagnose/rules_relay.h"

/* Else media may have come before it: what goes on without is a data channel, or somebody muted. */
static bool beginning_is_seen(const struct state *state, const struct path *path)
{
    const struct allocation *allocation =
        table_at(&state->stun->allocations.table, path->allocation);
    return allocation == NULL || allocation->start_seen;
}

/* DTLS goes on though nothing is known of its handshake: what it carries may be the data. */
static bool lacks_handshake(const struct path *path)
{
    return path->side[0].datagrams + path->side[1].datagrams > 0;
}

static const struct handshake *keys_of_path(const struct rule_context *context)
{
    const struct flow *flow = table_at(&context->state->flows->table, context->event->path->flow);
    return flow != NULL ? handshakes_of(context->state->handshakes, flow) : NULL;
}

/* Where the keys were not agreed, that is the finding. */
static void check_media_none(const struct rule_context *context)
{
    const struct handshake *handshake = keys_of_path(context);
    if (handshake != NULL && handshake->state == HANDSHAKE_ESTABLISHED &&
        !may_use_unseen_channel(context))
        rule_raise(context);
}

/* Nobody so much as begins to agree on keys. What the snaplen cut may have been the beginning. */
static void check_keys_unasked(const struct rule_context *context)
{
    static const char note[] =
        "Neither end begins the key exchange: not one packet of it is seen on this path. The end "
        "whose part that is, as the session descriptions settle it (a=setup), does not take it, or "
        "its first packets are lost before they come here. Only where the two agreed on keys in "
        "the session descriptions (SDES) is there nothing to exchange: then look for why nobody "
        "sends media.";
    const struct state *state = context->state;
    const struct path *path = context->event->path;
    if (keys_of_path(context) != NULL || state->observed->cut_messages > 0 ||
        !beginning_is_seen(state, path) || lacks_handshake(path) || may_use_unseen_channel(context))
        return;
    struct finding *finding = rule_raise(context);
    if (finding != NULL && finding->count == 1)
        finding->note = note;
}

static void check_media_one_way(const struct rule_context *context)
{
    if (!may_use_unseen_channel(context))
        rule_raise(context);
}

static const struct rule rules[] = {
    {FINDING_MEDIA_ONE_WAY, EVENT_MEDIA_ONE_WAY, check_media_one_way, 0},
    {FINDING_MEDIA_NONE, EVENT_MEDIA_NONE, check_media_none, 0},
    {FINDING_DTLS_NO_ANSWER, EVENT_MEDIA_NONE, check_keys_unasked, 0},
};

const struct rule_family rules_media = {rules, sizeof rules / sizeof rules[0], false};
