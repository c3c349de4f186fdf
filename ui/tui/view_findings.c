/* SPDX-License-Identifier: MIT */
/* All findings, the gravest first. */
#include "ui/tui/advice.h"
#include "ui/tui/looks.h"
#include "ui/tui/rows.h"

#include <stdio.h>
#include <string.h>

enum { COLUMN_SEVERITY, COLUMN_TITLE, COLUMN_CLIENT, COLUMN_COUNT, COLUMN_CODE, COLUMNS };

static const struct column columns[COLUMNS] = {
    [COLUMN_SEVERITY] = {"Severity", 8, 0}, [COLUMN_TITLE] = {"Finding", 0, 0},
    [COLUMN_CLIENT] = {"Client", 17, 72},   [COLUMN_COUNT] = {"Times", 6, 0},
    [COLUMN_CODE] = {"Code", 30, 110},
};

static size_t gather(const struct dashboard *dashboard, struct row *rows, size_t most)
{
    const struct finding *findings[LIMIT_FINDINGS];
    size_t count =
        dashboard_findings(dashboard, findings, most < LIMIT_FINDINGS ? most : LIMIT_FINDINGS);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct row){findings[i]->number, findings[i]};
    return count;
}

static void fill_cell(const struct dashboard *dashboard, const void *record, size_t column,
                      struct cell *cell)
{
    const struct finding *finding = record;
    char address[IP_ADDRESS_TEXT];
    const char *text = "";
    (void)dashboard;
    if (column == COLUMN_SEVERITY) {
        text = severity_name(finding->severity);
        cell->look = severity_look(finding->severity);
    } else if (column == COLUMN_TITLE) {
        text = finding_row(finding)->title;
    } else if (column == COLUMN_CLIENT) {
        text = ip_address_text(&finding->subjects.client.ip, address);
    } else if (column == COLUMN_CODE) {
        text = finding_row(finding)->name;
    } else {
        snprintf(cell->text, sizeof cell->text, "%llu", (unsigned long long)finding->count);
        return;
    }
    snprintf(cell->text, sizeof cell->text, "%s", text);
}

static int compare(const struct dashboard *dashboard, const void *left, const void *right,
                   size_t column)
{
    (void)dashboard;
    const struct finding *a = left, *b = right;
    struct transport_address a_client = {.ip = a->subjects.client.ip};
    struct transport_address b_client = {.ip = b->subjects.client.ip};
    if (column == COLUMN_SEVERITY)
        return compare_numbers(b->severity, a->severity);
    if (column == COLUMN_TITLE)
        return strcmp(finding_row(a)->title, finding_row(b)->title);
    if (column == COLUMN_CLIENT)
        return transport_address_compare(&a_client, &b_client);
    if (column == COLUMN_COUNT)
        return compare_numbers((int64_t)b->count, (int64_t)a->count);
    return strcmp(finding_row(a)->name, finding_row(b)->name);
}

static void add_details(const struct dashboard *dashboard, const void *record, struct page *page)
{
    const struct finding *finding = record;
    (void)dashboard;
    advice_meaning(page, finding);
    advice_remedy(page, finding);
}

static void open_finding(struct dashboard *dashboard, const void *record)
{
    finding_open(dashboard, ((const struct finding *)record)->number);
}

static const struct evidence *evidence_of_finding(const void *record)
{
    const struct finding *finding = record;
    return finding->evidence_count > 0 ? &finding->evidence[finding->evidence_count - 1] : NULL;
}

static const struct rows_kind kind = {
    .empty = "Nothing has been found. A finding is shown as soon as a packet, or a silence, breaks "
             "a rule; with --profile more can be compared.",
    .columns = columns,
    .column_count = COLUMNS,
    .gather = gather,
    .cell = fill_cell,
    .compare = compare,
    .details = add_details,
    .open = open_finding,
    .evidence = evidence_of_finding,
};

const struct view view_findings = {
    .title = "Findings",
    .short_title = "Findings",
    ROWS_OPERATIONS,
    .rows = &kind,
    .bar = {COMMAND_SAVE, COMMAND_SEARCH, COMMAND_FILTER, COMMAND_SORT_NEXT, COMMAND_COPY,
            COMMAND_OPEN},
};
