/* SPDX-License-Identifier: MIT */
/* What the rules on TLS, DTLS and certificates have in common. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_RULES_HANDSHAKE_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_RULES_HANDSHAKE_H

#include "analyzer/diagnose/rules.h"

/* Client, server, transport, and the name that was asked for. */
struct subjects subjects_of_handshake(const struct handshake *handshake);

/* Raises with these subjects and the handshake's ClientHello as evidence beside the event's. */
struct finding *raise_about_handshake(const struct rule_context *context);

/* The handshake of the event is with a server, or for a name, that matters. */
bool handshake_matters(const struct rule_context *context);

#endif
