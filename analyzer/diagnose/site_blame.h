/* SPDX-License-Identifier: MIT */
/* What the site profile adds to a finding: on which side the difference lies, and what to do there.
 * It changes a finding's words, never whether there is one. Without a profile, and of servers that
 * it does not name, it says nothing. `finding` may be NULL. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_SITE_BLAME_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_SITE_BLAME_H

#include "analyzer/diagnose/rules.h"

/* TURN that is not reached: it was asked for on a port that the profile does not have
 * (turn.udp_port, turn.tcp_port, turn.tcp443). */
void site_blame_port(const struct rule_context *context, struct finding *finding);

/* 442: whether relays over the transport that was asked for are meant to be there
 * (turn.relay_transports). */
void site_blame_transport(const struct rule_context *context, struct finding *finding);

/* A Binding request without credentials got no answer: what the editions of Expressway and CMS say
 * of it (turn.unauth_binding, cms.turn_probe, both versions). */
void site_blame_binding(const struct rule_context *context, struct finding *finding);

/* The relayed address is not the one that the site profile expects: whether it is an internal one
 * of the Expressway-E at all. */
void site_blame_relayed_address(const struct rule_context *context, struct finding *finding);

/* Relays that find no path to one another: whether they need NAT reflection
 * (nat.reflection_required, expressway.version). */
void site_blame_reflection(const struct rule_context *context, struct finding *finding);

/* A certificate on port 443 of Expressway-E: whether it may be its web administration's
 * (expressway-e.admin_port). */
void site_blame_administration(const struct rule_context *context, struct finding *finding);

#endif
