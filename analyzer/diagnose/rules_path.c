/* SPDX-License-Identifier: MIT */
/* Paths that worked and fall silent: they died, or their client went to another network. */
#include "analyzer/diagnose/hearing.h"
#include "analyzer/diagnose/moved.h"
#include "analyzer/diagnose/rules_relay.h"

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

static const struct rule rules[] = {
    {FINDING_ICE_CONSENT_LOST, EVENT_ICE_CONSENT_LOST, check_consent_lost, 0},
    {FINDING_NONE, EVENT_ICE_CONSENT_KEPT, check_consent_kept, 0},
    {FINDING_NONE, EVENT_CAPTURE_ENDED, check_moved, 0},
};

const struct rule_family rules_path = {rules, sizeof rules / sizeof rules[0], false};
