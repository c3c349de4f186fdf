/* SPDX-License-Identifier: MIT */
/* The head of the text report: what was read, which part of it, and where it was captured. */
#ifndef TURNSCOPE_UI_REPORT_TEXT_INPUTS_H
#define TURNSCOPE_UI_REPORT_TEXT_INPUTS_H

#include "ui/report/lines.h"
#include "ui/report/report.h"

void text_inputs_print(const struct lines *lines, const struct report *report);

/* "19.0 s", "26 min", "2 h 14 min", "3 days 4 h": as exact as is of use. Nanoseconds. */
enum { SPAN_TEXT = 40 };
const char *span_text(int64_t nanoseconds, char text[SPAN_TEXT]);

#endif
