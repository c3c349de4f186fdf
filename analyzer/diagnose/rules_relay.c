/* SPDX-License-Identifier: MIT */
/* Through the relay: permissions, channels, connectivity checks, media. */
#include "analyzer/diagnose/hearing.h"
#include "analyzer/diagnose/moved.h"
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/site_blame.h"

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

/* Then what is missing may have been there. */
static bool capture_has_losses(const struct state *state)
{
    return state->observed->dropped > 0 || state->stun->statistics.unasked > 0 ||
           state->connections->streams.gaps > 0;
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

static const struct allocation *allocation_of_path(const struct rule_context *context)
{
    return table_at(&context->state->stun->allocations.table, context->event->path->allocation);
}

/* Data go on a channel whose binding is not in the capture: to and from whom is not known, perhaps
 * on this very path. */
static bool may_use_unseen_channel(const struct rule_context *context)
{
    const struct allocation *allocation = allocation_of_path(context);
    return allocation != NULL && allocation->peers_incomplete && allocation->unbound_datagrams > 0;
}

/* What comes to the client while its checks have no answer. All connections are looked through for
 * it, so not too often for one finding. */
static enum hearing client_hears(const struct rule_context *context, const struct finding *finding)
{
    enum { TIMES_LOOKED = 4 };
    const struct path *path = context->event->path;
    int64_t since = path->side[0].unanswered_since + SECONDS;
    return finding->count > TIMES_LOOKED
               ? HEARS_OTHERS
               : hearing_of(context->state, &path->client.ip, since, context->event->time);
}

static const char unseen_channel[] =
    "The relay also carries data on a channel whose binding is not in the capture: what seems to "
    "be missing may be there.";

/* Said with CERTAINTY_HINT. */
static void doubt_silence(struct finding *finding, const char *note)
{
    finding_lower(finding, CERTAINTY_HINT);
    finding->note = note;
}

/* The capture ended before the 30 seconds of RFC 7675 were over. */
static void weigh_short_silence(struct finding *finding, enum hearing hearing)
{
    finding_lower(finding, CERTAINTY_STRONG);
    finding->raise_certainty = "A capture that goes on for 30 seconds after the last answer.";
    if (hearing == HEARS_NOTHING)
        doubt_silence(finding, "Nothing else came to the client in that time either: its network "
                               "was down, or the capture lost that direction. Which of the two, "
                               "the packets do not tell.");
}

/* The far side is there, and so is the way from it. */
static void note_way_there(const struct path *path, struct finding *finding)
{
    static const char note[] =
        "Packets of the far side itself go on arriving on this path: it has not left, and the way "
        "from it is open. What this client sends no longer gets there. Look for what drops it: a "
        "firewall that passes only a part of TURN's messages, a permission or a channel that "
        "ended.";
    if (finding->note == NULL &&
        path->side[1].last > path->side[0].unanswered_since + LIMIT_CONSENT_INTERVAL)
        finding->note = note;
}

/* So is the TURN server, on the very flow that the path is inside of. */
static void note_relay_there(const struct rule_context *context, struct finding *finding)
{
    static const char note[] =
        "The TURN server itself goes on answering this client all the while: the way between the "
        "two is open. Either the server no longer knows the allocation, as after a restart, or "
        "what lies behind it, the far side or the way to there, is gone.";
    const struct path *path = context->event->path;
    const struct allocation *allocation = allocation_of_path(context);
    if (finding->note == NULL && allocation != NULL && allocation->state == ALLOCATION_ALLOCATED &&
        allocation->heard > path->side[0].unanswered_since + LIMIT_CONSENT_INTERVAL)
        finding->note = note;
}

/* Before the 30 seconds of RFC 7675 are over, that nothing else comes either makes it likely. They
 * are counted by the checks, one about every 5 s: a clock that is set forward is no silence. The
 * answers may also be among the packets that the capture cut or lost: all of them, if it shows
 * nothing at all to the client. */
static void check_consent_lost(const struct rule_context *context)
{
    const struct state *state = context->state;
    const struct path_side *client = &context->event->path->side[0];
    struct finding *finding = rule_raise(context);
    if (finding == NULL)
        return;
    enum hearing hearing = client_hears(context, finding);
    finding->refuted = hearing == HEARS_UNSEEN || may_use_unseen_channel(context);
    if (may_use_unseen_channel(context))
        doubt_silence(finding, unseen_channel);
    else if (finding->refuted)
        doubt_silence(finding, "The client acknowledges packets that came to it in that time and "
                               "are not here: the capture lost that direction, so the answers to "
                               "its checks may be among what is missing.");
    else if (client->waited < LIMIT_CONSENT - LIMIT_CONSENT_INTERVAL)
        weigh_short_silence(finding, hearing);
    else if (finding->certainty == CERTAINTY_DEFINITE &&
             (state->observed->cut_messages > 0 || capture_has_losses(state) ||
              hearing == HEARS_NOTHING))
        rule_doubt_capture(finding);
    note_way_there(context->event->path, finding);
    note_relay_there(context, finding);
}

/* Whose other packets arrive may have a client that does not obey; else the capture lost all that
 * came to it for a while. */
static void check_consent_kept(const struct rule_context *context)
{
    const struct event *event = context->event;
    struct finding *finding = findings_find(context->findings, FINDING_ICE_CONSENT_LOST,
                                            &event->client.ip, &event->server, "");
    if (finding == NULL)
        return;
    bool heard =
        finding->certainty == CERTAINTY_DEFINITE || client_hears(context, finding) == HEARS_OTHERS;
    finding_lower(finding, CERTAINTY_STRONG);
    if (heard)
        return;
    finding->refuted = true;
    doubt_silence(finding, "Later the same path was used as if nothing had happened: the capture "
                           "rather lacks what came to the client for a while.");
}

/* Else media may have come before it: what goes on without is a data channel, or somebody muted. */
static bool beginning_is_seen(const struct state *state, const struct path *path)
{
    const struct allocation *allocation =
        table_at(&state->stun->allocations.table, path->allocation);
    return allocation == NULL || allocation->start_seen;
}

/* What its path has got, in the words of who looks after networks. */
static void explain_move(struct finding *finding, const struct move *move)
{
    static const char note[] =
        "Since then this machine sends from another address, as the evidence shows: its network "
        "changed, as when a VPN comes up or it goes to another Wi-Fi, and the call stayed behind "
        "on the old address. Only a restart of ICE takes it along.";
    static const char *const remedy[CATALOGUE_REMEDIES] = {
        "Bring the VPN up before the call, or leave the addresses of the TURN server and of the "
        "conference server out of it (split tunnelling).",
        "Let the application restart ICE when the network changes: restartIce() when the state of "
        "the connection becomes disconnected or failed.",
        "Call again after the change.",
    };
    static const char went_along[] =
        "Since then the same session goes on from another address of the client, as the evidence "
        "shows: its network changed, and the call went along.";
    finding_add_evidence(finding, &move->seen);
    finding->refuted = move->path_found;
    finding->note = move->path_found ? went_along : note;
    finding->remedy = move->path_found ? NULL : remedy;
    if (finding->certainty == CERTAINTY_HINT) /* its network was neither down nor unseen */
        finding->certainty = CERTAINTY_STRONG;
}

static bool is_of_path(const struct finding *finding, const struct path *path)
{
    return transport_address_equal(&finding->subjects.client, &path->client) &&
           transport_address_equal(&finding->subjects.server, &path->peer);
}

/* Looked for in the end, when all is known that came after. */
static void check_moved(const struct rule_context *context)
{
    const struct state *state = context->state;
    struct finding *finding = NULL;
    struct move move;
    while ((finding = findings_next(context->findings, finding)) != NULL) {
        const struct path *path = table_oldest(&state->paths->table);
        if (finding->key.code != FINDING_ICE_CONSENT_LOST || finding->refuted)
            continue;
        while (path != NULL && !(path->consent_lost && is_of_path(finding, path)))
            path = table_newer(&state->paths->table, path);
        if (path != NULL && moved_away(state, path, &move))
            explain_move(finding, &move);
    }
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
    const struct path *path = path_of_check(context);
    if (path != NULL && context->event->transaction->error_code == 487 &&
        path->role_conflicts + 1 >= DATAGRAMS_THAT_COUNT)
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
    {FINDING_TURN_PERMISSION_MISSING, EVENT_TURN_PERMISSION_MISSING, check_permission_missing, 0},
    {FINDING_TURN_CHANNEL_UNBOUND, EVENT_TURN_CHANNEL_UNBOUND, check_channel_unbound, 0},
    {FINDING_TURN_CHANNEL_EXPIRED, EVENT_TURN_CHANNEL_EXPIRED, check_expired, 0},
    {FINDING_TURN_ALLOCATION_EXPIRED, EVENT_TURN_DATA_EXPIRED, check_expired, 0},
    {FINDING_TURN_ALLOCATION_EXPIRED, EVENT_STUN_REFUSED, check_late_refresh, 0},
    {FINDING_ICE_ROLE_CONFLICT, EVENT_STUN_REFUSED, check_role_conflict, 0},
    {FINDING_ICE_USERNAME_MISMATCH, EVENT_STUN_CHALLENGED, check_username_mismatch, 0},
    {FINDING_ICE_USERNAME_MISMATCH, EVENT_STUN_REFUSED, check_username_mismatch, 0},
    {FINDING_ICE_NO_CONNECTIVITY, EVENT_ICE_NO_CONNECTIVITY, check_no_connectivity, 0},
    {FINDING_ICE_CONSENT_LOST, EVENT_ICE_CONSENT_LOST, check_consent_lost, 0},
    {FINDING_NONE, EVENT_ICE_CONSENT_KEPT, check_consent_kept, 0},
    {FINDING_NONE, EVENT_CAPTURE_ENDED, check_moved, 0},
    {FINDING_MEDIA_ONE_WAY, EVENT_MEDIA_ONE_WAY, check_media_one_way, 0},
    {FINDING_MEDIA_NONE, EVENT_MEDIA_NONE, check_media_none, 0},
    {FINDING_DTLS_NO_ANSWER, EVENT_MEDIA_NONE, check_keys_unasked, 0},
};

const struct rule_family rules_relay = {rules, sizeof rules / sizeof rules[0], false};
