/* SPDX-License-Identifier: MIT */
/* The catalogue of findings for people: --list-findings and --explain. */
#ifndef TURNSCOPE_UI_REPORT_EXPLAIN_H
#define TURNSCOPE_UI_REPORT_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

enum { EXPLAIN_ERROR_TEXT = 256 };

/* One line a finding, sorted by name: name, severity, title. The name is the first word. */
void explain_list(FILE *out);

/* All that the catalogue says of the finding `name`. 0; or -1 with one line in `error` that names
 * the most similar finding. `error` repeats `name` as it was given: escape it. */
int explain_finding(FILE *out, bool color, const char *name, char error[EXPLAIN_ERROR_TEXT]);

#endif
