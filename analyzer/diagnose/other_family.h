/* SPDX-License-Identifier: MIT */
/* A machine with addresses of both families asks over both, and one of them is enough: what is
 * blocked over IPv4 broke nothing where IPv6 worked, and the other way round. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_OTHER_FAMILY_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_OTHER_FAMILY_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

/* Sets other_family_worked of the findings about a TURN server that is not reached. Only in a
 * capture made on the client, in which a single address of each family asks for relays: those two
 * are the same machine's. */
void other_family_look(struct findings *findings, const struct state *state);

#endif
