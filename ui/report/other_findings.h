/* SPDX-License-Identifier: MIT */
/* What was found beside the cause, a line each. At a server many clients fail in the same way:
 * those are one line. */
#ifndef TURNSCOPE_UI_REPORT_OTHER_FINDINGS_H
#define TURNSCOPE_UI_REPORT_OTHER_FINDINGS_H

#include "analyzer/diagnose/findings.h"
#include "ui/report/lines.h"

/* The line of one finding. */
void other_findings_line(const struct lines *lines, const struct finding *finding);

/* The lines of all but `root` (NULL: of all). */
void other_findings_print(const struct lines *lines, const struct findings *findings,
                          const struct finding *root);

#endif
