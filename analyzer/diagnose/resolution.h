/* SPDX-License-Identifier: MIT */
/* Whether a name resolves for who asks it, and for what reason that lasts it does not. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_RESOLUTION_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_RESOLUTION_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

/* Why this one lookup did not give what was asked for: one of FINDING_DNS_NXDOMAIN to
 * FINDING_DNS_DANGLING_ALIAS. FINDING_NONE: it did, it is open, or the capture does not show
 * enough (one side only, cut, ended too early) to tell. `now`: nanoseconds since the epoch. */
enum finding_code lookup_failure(const struct state *state, const struct lookup *lookup,
                                 int64_t now);

/* The lookup of an address that an event about `lookup` (type A or AAAA) settles: the A lookup,
 * once it and the AAAA lookup beside it, if there is one, are concluded and neither gave an
 * address. NULL otherwise; so a missing AAAA beside a good A, or the reverse, is never a failure.
 * Where only AAAA was asked an A query may still follow: see `ended`. */
const struct lookup *failed_address_lookup(const struct state *state, const struct lookup *lookup,
                                           bool ended);

/* Whether what a finding says does not resolve did resolve for the same client later on. */
bool resolved_later(const struct state *state, const struct finding *finding);

#endif
