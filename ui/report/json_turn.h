/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_UI_REPORT_JSON_TURN_H
#define TURNSCOPE_UI_REPORT_JSON_TURN_H

#include "analyzer/track/stun.h"

#include <jansson.h>

/* The sections "stun" (counts) and "turn" (allocations) of the diagnosis document. */
json_t *value_stun(const struct stun_statistics *statistics);
json_t *value_turn(const struct allocations *allocations);

#endif
