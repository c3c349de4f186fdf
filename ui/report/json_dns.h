/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_UI_REPORT_JSON_DNS_H
#define TURNSCOPE_UI_REPORT_JSON_DNS_H

#include "analyzer/diagnose/state.h"

#include <jansson.h>

/* The section "dns" of the diagnosis document: lookups in the order asked. When there are more than
 * LIMIT_REPORTED_LOOKUPS, those of the site's names go in first, then those that failed. */
json_t *value_dns(const struct state *state);

#endif
