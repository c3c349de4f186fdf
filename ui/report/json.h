/* SPDX-License-Identifier: MIT */
/* The diagnosis document, "turnscope.diagnosis/1" (docs/diagnosis.schema.json). */
#ifndef TURNSCOPE_UI_REPORT_JSON_H
#define TURNSCOPE_UI_REPORT_JSON_H

#include "ui/report/report.h"

/* One document. */
bool report_json(FILE *out, const struct report *report);

/* {"type":"finding",...} a line each when called live; the last line is {"type":"diagnosis",...}.
 */
bool report_ndjson(FILE *out, const struct report *report);
void report_ndjson_finding(FILE *out, const struct report *report, const struct finding *finding);

#endif
