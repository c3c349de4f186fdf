/* SPDX-License-Identifier: MIT */
#include "ui/report/explain.h"

#include "analyzer/diagnose/catalogue.h"
#include "analyzer/edit_distance.h"
#include "ui/report/lines.h"

#include <stdint.h>
#include <string.h>

enum { INDENT = 2, LABEL_INDENT = 13 };

static int longest_name(const struct catalogue_row *const *rows, size_t count)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++)
        if (strlen(rows[i]->name) > longest)
            longest = strlen(rows[i]->name);
    return (int)longest;
}

void explain_list(FILE *out)
{
    const struct catalogue_row *rows[FINDING_CODES];
    size_t count = catalogue_sorted(rows);
    int width = longest_name(rows, count);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%-*s  %-7s  %s\n", width, rows[i]->name, severity_name(rows[i]->severity),
                rows[i]->title);
}

/* People type a part of a name, or only what is behind its dot. */
static size_t unlikeness(const char *typed, const char *name)
{
    const char *dot = strchr(typed, '.') == NULL ? strchr(name, '.') : NULL;
    if (*typed != '\0' && strstr(name, typed) != NULL)
        return 0;
    return edit_distance(typed, dot != NULL ? dot + 1 : name);
}

static const struct catalogue_row *nearest_row(const char *name)
{
    const struct catalogue_row *rows[FINDING_CODES], *nearest = NULL;
    size_t count = catalogue_sorted(rows);
    size_t distance = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t here = unlikeness(name, rows[i]->name);
        if (here < distance) {
            distance = here;
            nearest = rows[i];
        }
    }
    return nearest;
}

static void explain_head(const struct lines *lines, const struct catalogue_row *row)
{
    fprintf(lines->out, "%s%s%s\n", style_on(lines, STYLE_HEADING), row->name, style_off(lines));
    lines_wrapped(lines, 0, "", row->title);
    fprintf(lines->out, "\n%-*s%s\n", LABEL_INDENT, "Severity", severity_name(row->severity));
    fprintf(lines->out, "%-*s%s\n", LABEL_INDENT, "Certainty", certainty_name(row->certainty));
    if (row->case_id != CASE_NONE)
        fprintf(lines->out, "%-*s%s: %s\n", LABEL_INDENT, "Case", case_name(row->case_id),
                case_title(row->case_id));
    lines_wrapped(lines, LABEL_INDENT, "Reference", row->reference);
}

static void explain_section(const struct lines *lines, const char *heading, const char *text)
{
    if (text == NULL)
        return;
    lines_heading(lines, heading);
    lines_wrapped(lines, INDENT, "", text);
}

static void explain_remedy(const struct lines *lines, const struct catalogue_row *row)
{
    if (row->remedy[0] == NULL)
        return;
    lines_heading(lines, "What to do");
    for (size_t i = 0; i < CATALOGUE_REMEDIES && row->remedy[i] != NULL; i++) {
        char label[16];
        snprintf(label, sizeof label, "  %zu. ", i + 1);
        lines_wrapped(lines, 5, label, row->remedy[i]);
    }
}

int explain_finding(FILE *out, bool color, const char *name, char error[EXPLAIN_ERROR_TEXT])
{
    const struct lines lines = {out, color};
    const struct catalogue_row *row = catalogue_find(name);
    if (row == NULL) {
        snprintf(error, EXPLAIN_ERROR_TEXT,
                 "there is no finding '%.60s': did you mean %s? --list-findings lists them all",
                 name, nearest_row(name)->name);
        return -1;
    }
    explain_head(&lines, row);
    explain_section(&lines, "What it means", row->explanation);
    explain_section(&lines, "What a capture shows", row->evidence);
    explain_remedy(&lines, row);
    explain_section(&lines, "What would make it certain", row->raise_certainty);
    return 0;
}
