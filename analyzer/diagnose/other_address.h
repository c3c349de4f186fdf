/* SPDX-License-Identifier: MIT */
/* A machine with several addresses asks for relays from all of them at once, and one is enough:
 * what is blocked over IPv4 broke nothing where IPv6 worked, nor what goes nowhere over a VPN. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_OTHER_ADDRESS_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_OTHER_ADDRESS_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

/* Sets other_address_worked of the findings about a TURN server that is not reached. Only in a
 * capture made on the client. Two addresses are the same machine's if they are the only ones of
 * their families that ask for relays, or if they ask the same server in the same moment. */
void other_address_look(struct findings *findings, const struct state *state);

#endif
