/* SPDX-License-Identifier: MIT */
/* The report for people: plain words first, evidence below, 78 columns. */
#ifndef TURNSCOPE_UI_REPORT_TEXT_H
#define TURNSCOPE_UI_REPORT_TEXT_H

#include "ui/report/report.h"

/* The whole report, as struct report_format has it. */
bool report_text(FILE *out, const struct report *report);

/* One line, as it happens. */
void report_text_finding(FILE *out, const struct report *report, const struct finding *finding);

#endif
