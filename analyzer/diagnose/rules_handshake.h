/* SPDX-License-Identifier: MIT */
/* What the rules on TLS, DTLS and certificates have in common. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_RULES_HANDSHAKE_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_RULES_HANDSHAKE_H

#include "analyzer/diagnose/rules.h"

/* Client, server, transport, and the name that was asked for. */
struct subjects subjects_of_handshake(const struct handshake *handshake);

/* Raises with these subjects and the handshake's ClientHello as evidence beside the event's. What
 * is wrong with the certificate of a TURN server shows as a relay that is missing, on no page. */
struct finding *raise_about_handshake(const struct rule_context *context);

/* TURN is spoken inside, as the ALPN, the server's port or what a key log shows inside says. */
bool handshake_is_turn(const struct state *state, const struct handshake *handshake);

/* Nothing says so, but browsers name the protocol whenever they ask for a page, and this names
 * none, to a server that its client also asks for a relay, or whose name says what it is. */
bool handshake_may_be_turn(const struct state *state, const struct handshake *handshake);

/* The handshake of the event is with a server, or for a name, that matters. */
bool handshake_matters(const struct rule_context *context);

#endif
