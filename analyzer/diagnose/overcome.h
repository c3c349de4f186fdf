/* SPDX-License-Identifier: MIT */
/* What went wrong and broke nothing after all: another try, another address or another transport
 * worked, or the client got further all the same. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_OVERCOME_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_OVERCOME_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

/* Notes which clients got further. To be called once before the questions below are asked. */
void overcome_look(struct findings *findings, const struct state *state);

/* As its user name tells, it is of another client behind the same address than the one that got a
 * relay. */
bool finding_is_of_another(const struct finding *finding, const struct state *state);

/* Whether an error is no more than a warning, as far as the capture has shown. */
bool finding_broke_nothing(const struct finding *finding, const struct state *state);

/* Whether it is about a server that is not known to belong to the call: a remark at most. */
bool finding_is_aside(const struct finding *finding, const struct state *state);

#endif
