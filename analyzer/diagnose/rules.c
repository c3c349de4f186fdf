/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/rules.h"

#include "analyzer/diagnose/scope.h"
#include "analyzer/text.h"

static const struct rule_family *const families[] = {
    &rules_turn_credentials,
    &rules_turn_silence,
    &rules_turn,
    &rules_site,
    &rules_relay,
    &rules_search,
    &rules_path,
    &rules_media,
    &rules_stun,
    &rules_tcp,
    &rules_tls,
    &rules_dtls,
    &rules_certificate,
    &rules_http,
    &rules_portal,
    &rules_log,
    &rules_dns,
    &rules_address,
    &rules_unresolved,
    &rules_capture,
};

enum { FAMILIES = sizeof families / sizeof families[0] };

static size_t add_rules_of(const struct rule_family *family, struct rule_index *index, size_t count,
                           enum event_kind kind)
{
    for (size_t i = 0; i < family->count && count < RULES_MOST; i++)
        if (family->rules[i].wants == kind)
            index->rules[count++] = &family->rules[i];
    return count;
}

void rule_index_build(struct rule_index *index, bool has_profile)
{
    size_t count = 0;
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++) {
        index->start[kind] = (uint16_t)count;
        for (size_t f = 0; f < FAMILIES; f++)
            if (has_profile || !families[f]->needs_profile)
                count = add_rules_of(families[f], index, count, (enum event_kind)kind);
    }
    index->start[EVENT_KINDS] = (uint16_t)count;
}

void rules_apply(const struct rule_index *index, const struct event *event,
                 const struct state *state, struct findings *findings)
{
    const size_t end = index->start[event->kind + 1];
    if (scope_is_relay_leg(state, event))
        return;
    for (size_t i = index->start[event->kind]; i < end; i++) {
        struct rule_context context = {index->rules[i], event, state, findings};
        index->rules[i]->check(&context);
    }
}

/* Whatever was refused, in the words of who refused it. */
static void add_refusal(struct subjects *subjects, const struct event *event)
{
    struct bytes reason;
    unsigned code;
    if (event->transaction == NULL)
        return;
    subjects->error_code = event->transaction->error_code;
    if (subjects->error_code != 0 && event->message != NULL &&
        stun_error_code(event->message, &code, &reason))
        text_copy_unpadded(subjects->reason, sizeof subjects->reason, reason);
}

struct subjects rule_subjects(const struct event *event)
{
    struct subjects subjects = {.client = event->client,
                                .server = event->server,
                                .protocol = event->protocol,
                                .inside_tls = event->inside_tls};
    const struct allocation *allocation = event->allocation;
    add_refusal(&subjects, event);
    if (allocation != NULL) {
        memcpy(subjects.username, allocation->username, sizeof subjects.username);
        memcpy(subjects.realm, allocation->realm, sizeof subjects.realm);
    }
    return subjects;
}

struct finding *rule_raise_about(const struct rule_context *context,
                                 const struct subjects *subjects)
{
    const struct event *event = context->event;
    struct finding *finding =
        findings_raise(context->findings, context->rule->finding, subjects, event->time);
    if (finding == NULL)
        return NULL;
    if (event->transaction != NULL)
        finding_add_evidence(finding, &event->transaction->request);
    finding_add_evidence(finding, &event->earlier);
    finding_add_evidence(finding, &event->evidence);
    return finding;
}

/* Whose relay carries the path. */
static void add_user_of_path(struct subjects *subjects, const struct rule_context *context)
{
    const struct path *path = context->event->path;
    const struct allocation *allocation =
        path != NULL ? table_at(&context->state->stun->allocations.table, path->allocation) : NULL;
    if (allocation == NULL)
        return;
    memcpy(subjects->username, allocation->username, sizeof subjects->username);
    memcpy(subjects->realm, allocation->realm, sizeof subjects->realm);
}

void rule_doubt_capture(struct finding *finding)
{
    finding_lower(finding, CERTAINTY_STRONG);
    finding->raise_certainty =
        "A capture of the same that lacks no packets: on the client itself rather than on a mirror "
        "port, with whole packets, and begun before the page is opened.";
}

void rule_doubt_clock(const struct rule_context *context, struct finding *finding)
{
    if (finding == NULL || context->state->observed->backwards == 0)
        return;
    finding_lower(finding, CERTAINTY_STRONG);
    finding->raise_certainty = "A capture of the same whose clock is right all the time.";
}

struct finding *rule_raise(const struct rule_context *context)
{
    struct subjects subjects = rule_subjects(context->event);
    add_user_of_path(&subjects, context);
    return rule_raise_about(context, &subjects);
}
