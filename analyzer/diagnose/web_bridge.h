/* SPDX-License-Identifier: MIT */
/* What a failing web bridge link in the log of CMS means beside what else is seen. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_WEB_BRIDGE_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_WEB_BRIDGE_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

/* A link that was restored is no fault any more, and nobody who got past the Join call button was
 * kept out by it. Passes over findings that are about something else. */
void web_bridge_grade(struct finding *finding, const struct state *state);

#endif
