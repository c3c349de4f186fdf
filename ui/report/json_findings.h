/* SPDX-License-Identifier: MIT */
/* The parts of the diagnosis document that say what was found. */
#ifndef TURNSCOPE_UI_REPORT_JSON_FINDINGS_H
#define TURNSCOPE_UI_REPORT_JSON_FINDINGS_H

#include "ui/report/report.h"

#include <jansson.h>

/* "f1"; null for 0. */
json_t *value_finding_id(uint32_t number);
json_t *value_finding(const struct finding *finding);
json_t *value_findings(const struct findings *findings);
json_t *value_cases(const struct report *report);
json_t *value_attempts(const struct report *report);

#endif
