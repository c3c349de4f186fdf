/* SPDX-License-Identifier: MIT */
/* Rules: one function and one row each. A rule reads one event and the state, both const, and may
 * only add findings.
 *
 * To add one: a function in rules_FAMILY.c, a row in that file's table, a row in the catalogue, a
 * sample. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_RULES_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_RULES_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

struct rule_context;

struct rule {
    enum finding_code finding;
    enum event_kind wants;
    void (*check)(const struct rule_context *context);
    unsigned parameter; /* what the check compares with, such as an error code */
};

struct rule_context {
    const struct rule *rule;
    const struct event *event;
    const struct state *state;
    struct findings *findings;
};

struct rule_family {
    const struct rule *rules;
    size_t count;
    bool needs_profile; /* they compare with a site profile, and say nothing without one */
};
extern const struct rule_family rules_turn_credentials;
extern const struct rule_family rules_turn_silence;
extern const struct rule_family rules_turn;
extern const struct rule_family rules_site;
extern const struct rule_family rules_relay;
extern const struct rule_family rules_search;
extern const struct rule_family rules_path;
extern const struct rule_family rules_media;
extern const struct rule_family rules_stun;
extern const struct rule_family rules_dns;
extern const struct rule_family rules_address;
extern const struct rule_family rules_unresolved;
extern const struct rule_family rules_tcp;
extern const struct rule_family rules_tls;
extern const struct rule_family rules_dtls;
extern const struct rule_family rules_certificate;
extern const struct rule_family rules_http;
extern const struct rule_family rules_portal;
extern const struct rule_family rules_log;
extern const struct rule_family rules_capture;

/* The rules sorted by the event they want, so that an event meets only its own, and of those only
 * the ones that can say something. */
enum { RULES_MOST = 192 };
struct rule_index {
    const struct rule *rules[RULES_MOST];
    uint16_t start[EVENT_KINDS + 1];
};

/* `has_profile`: false leaves out the families that need one. */
void rule_index_build(struct rule_index *index, bool has_profile);

/* Shows the event to every rule that wants its kind. */
void rules_apply(const struct rule_index *index, const struct event *event,
                 const struct state *state, struct findings *findings);

/* The usual way to raise: the subjects of the event (client, server, error code, and the username
 * and realm of its allocation), its evidence and its transaction's as evidence. NULL when the list
 * is full. */
struct finding *rule_raise(const struct rule_context *context);

/* The subjects of the event as rule_raise would set them, for rules that change them. */
struct subjects rule_subjects(const struct event *event);

/* States that packets which the capture lacks might show it otherwise: at most strong. */
void rule_doubt_capture(struct finding *finding);

/* What compares the time of packets with another is less certain where the capture shows that its
 * clock was set. `finding` may be NULL. */
void rule_doubt_clock(const struct rule_context *context, struct finding *finding);

/* Raises with these subjects and the same evidence. */
struct finding *rule_raise_about(const struct rule_context *context,
                                 const struct subjects *subjects);

#endif
