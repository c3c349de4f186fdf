/* SPDX-License-Identifier: MIT */
/* What the rules on the answers of TURN servers have in common. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_RULES_TURN_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_RULES_TURN_H

#include "analyzer/diagnose/rules.h"

/* The event's transaction is an Allocate or a Refresh. */
bool about_allocation(const struct rule_context *context);

/* The event's transaction is of a method of TURN (RFC 8656, RFC 6062). */
bool about_turn(const struct rule_context *context);

/* The request is refused for its realm: it differs from the challenge's, or the server says so. */
bool realm_refused(const struct rule_context *context);

/* Adds the messages that led here: Allocate, challenge, Allocate with credentials. `finding` NULL:
 * nothing. */
void add_turn_sequence(struct finding *finding, const struct rule_context *context);

/* Raises the rule's finding with these messages. */
void raise_with_turn_sequence(const struct rule_context *context);

#endif
