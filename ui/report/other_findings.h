/* SPDX-License-Identifier: MIT */
/* What was found beside the cause, one after the other. At a server many clients fail in the same
 * way: those are one entry. */
#ifndef TURNSCOPE_UI_REPORT_OTHER_FINDINGS_H
#define TURNSCOPE_UI_REPORT_OTHER_FINDINGS_H

#include "analyzer/diagnose/findings.h"
#include "ui/report/lines.h"

/* One finding on one line, however long. */
void other_findings_line(const struct lines *lines, const struct finding *finding);

/* One finding, wrapped to REPORT_WIDTH. */
void other_findings_print_one(const struct lines *lines, const struct finding *finding);

/* All but `root` (NULL: all), wrapped to REPORT_WIDTH. */
void other_findings_print(const struct lines *lines, const struct findings *findings,
                          const struct finding *root);

#endif
