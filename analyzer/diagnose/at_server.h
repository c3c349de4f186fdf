/* SPDX-License-Identifier: MIT */
/* What silence means where the capture was made on the very machine that is silent. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_AT_SERVER_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_AT_SERVER_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

/* Whether it was made on the machine with this address, which is seen to send and to receive: what
 * it answers would be in the capture. */
bool at_server_hears(const struct state *state, const struct ip_address *server);

/* What arrives there was dropped by nobody on the way. Passes over other findings. */
void at_server_grade(struct finding *finding, const struct state *state);

#endif
