/* SPDX-License-Identifier: MIT */
/* Clients and their call attempts. */
#include "analyzer/diagnose/causes.h"
#include "ui/tui/looks.h"
#include "ui/tui/rows.h"

#include <stdio.h>

enum {
    COLUMN_NUMBER,
    COLUMN_START,
    COLUMN_CLIENT,
    COLUMN_OUTCOME,
    COLUMN_STEP,
    COLUMN_LENGTH,
    COLUMN_CAUSE,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [COLUMN_NUMBER] = {"#", 4, 0},        [COLUMN_START] = {"Start", 15, 0},
    [COLUMN_CLIENT] = {"Client", 17, 0},  [COLUMN_OUTCOME] = {"Outcome", 10, 0},
    [COLUMN_STEP] = {"Broken at", 10, 0}, [COLUMN_LENGTH] = {"Lasted", 10, 100},
    [COLUMN_CAUSE] = {"Cause", 0, 0},
};

static size_t gather(const struct dashboard *dashboard, struct row *rows, size_t most)
{
    const struct attempt *attempt = NULL;
    size_t count = 0;
    while (count < most && (attempt = attempts_next(&dashboard->engine->attempts, attempt)) != NULL)
        rows[count++] = (struct row){attempt->number, attempt};
    return count;
}

static enum attempt_outcome outcome_of(const struct dashboard *dashboard,
                                       const struct attempt *attempt)
{
    return causes_outcome(&dashboard->engine->findings, attempt);
}

static enum look outcome_look(enum attempt_outcome outcome)
{
    static const enum look looks[] = {LOOK_WARNING, LOOK_BAD, LOOK_GOOD};
    return looks[outcome];
}

/* NULL unless it failed for a reason found. */
static const struct catalogue_row *cause_of(const struct dashboard *dashboard,
                                            const struct attempt *attempt)
{
    const struct finding *root =
        causes_root(&dashboard->engine->findings, &attempt->client, SEVERITY_ERROR);
    return root != NULL && outcome_of(dashboard, attempt) == ATTEMPT_FAILED ? finding_row(root)
                                                                            : NULL;
}

static const char *broken_step(const struct catalogue_row *cause)
{
    enum attempt_step step = cause != NULL ? finding_step(cause->code) : ATTEMPT_STEPS;
    return step < ATTEMPT_STEPS ? attempt_step_name(step) : "";
}

static void fill_cell(const struct dashboard *dashboard, const void *record, size_t column,
                      struct cell *cell)
{
    const struct attempt *attempt = record;
    char text[CLOCK_TEXT], address[IP_ADDRESS_TEXT];
    if (column == COLUMN_NUMBER)
        snprintf(cell->text, sizeof cell->text, "%u", attempt->number);
    else if (column == COLUMN_START)
        snprintf(cell->text, sizeof cell->text, "%s",
                 dashboard_clock(dashboard, attempt->first, text));
    else if (column == COLUMN_CLIENT)
        snprintf(cell->text, sizeof cell->text, "%s", ip_address_text(&attempt->client, address));
    else if (column == COLUMN_OUTCOME)
        snprintf(cell->text, sizeof cell->text, "%s",
                 attempt_outcome_name(outcome_of(dashboard, attempt)));
    else if (column == COLUMN_STEP)
        snprintf(cell->text, sizeof cell->text, "%s", broken_step(cause_of(dashboard, attempt)));
    else if (column == COLUMN_LENGTH)
        snprintf(cell->text, sizeof cell->text, "%s",
                 clock_duration(attempt->last - attempt->first, text));
    else if (cause_of(dashboard, attempt) != NULL)
        snprintf(cell->text, sizeof cell->text, "%s", cause_of(dashboard, attempt)->title);
    if (column == COLUMN_OUTCOME || column == COLUMN_STEP)
        cell->look = outcome_look(outcome_of(dashboard, attempt));
}

static int compare_clients(const struct attempt *a, const struct attempt *b)
{
    struct transport_address left = {.ip = a->client}, right = {.ip = b->client};
    return transport_address_compare(&left, &right);
}

/* By the step that broke; attempts that did not fail last. */
static int compare_causes(const struct catalogue_row *a, const struct catalogue_row *b)
{
    return compare_numbers(a != NULL ? finding_step(a->code) : ATTEMPT_STEPS + 1,
                           b != NULL ? finding_step(b->code) : ATTEMPT_STEPS + 1);
}

static int compare(const struct dashboard *dashboard, const void *left, const void *right,
                   size_t column)
{
    const struct attempt *a = left, *b = right;
    if (column == COLUMN_CLIENT)
        return compare_clients(a, b);
    if (column == COLUMN_OUTCOME)
        return compare_numbers(outcome_of(dashboard, a), outcome_of(dashboard, b));
    if (column == COLUMN_STEP || column == COLUMN_CAUSE)
        return compare_causes(cause_of(dashboard, a), cause_of(dashboard, b));
    if (column == COLUMN_LENGTH)
        return compare_numbers(a->last - a->first, b->last - b->first);
    if (column == COLUMN_START)
        return compare_numbers(a->first, b->first);
    return compare_numbers(a->number, b->number);
}

static void add_moment(const struct attempt *attempt, const struct moment *moment,
                       struct page *page)
{
    enum { INDENT = 21 };
    char label[32], summary[256], repeats[32] = "", line[384];
    snprintf(label, sizeof label, "%+9.3f %-10s",
             (double)(moment->evidence.time - attempt->first) / (double)SECONDS,
             attempt_step_name((enum attempt_step)moment->step));
    if (moment->repeats > 0)
        snprintf(repeats, sizeof repeats, " (%u more like it)", moment->repeats);
    snprintf(line, sizeof line, "%s%s #%llu", moment_summary(moment, summary, sizeof summary),
             repeats, (unsigned long long)moment->evidence.frame);
    page_wrapped(page, moment_look(moment), INDENT, label, line);
}

static void add_details(const struct dashboard *dashboard, const void *record, struct page *page)
{
    const struct attempt *attempt = record;
    char date[CLOCK_TEXT], lasted[CLOCK_TEXT];
    size_t kept = timeline_kept(&attempt->timeline);
    page_format(page, LOOK_PLAIN, "Began", "%s, lasted %s",
                clock_date(dashboard->time_format, attempt->first, date),
                clock_duration(attempt->last - attempt->first, lasted));
    if (cause_of(dashboard, attempt) != NULL)
        page_field(page, LOOK_BAD, "Cause", cause_of(dashboard, attempt)->title);
    for (size_t i = 0; i < kept; i++)
        add_moment(attempt,
                   timeline_moment(&dashboard->engine->attempts.moments, &attempt->timeline, i),
                   page);
    if (attempt->timeline.seen > kept)
        page_format(page, LOOK_QUIET, "", "%u more", (unsigned)(attempt->timeline.seen - kept));
}

static void open_ladder(struct dashboard *dashboard, const void *record)
{
    struct ladder_scope scope = ladder_scope_of_attempt(dashboard, record);
    ladder_open(dashboard, &scope, 0, 0);
}

static const struct rows_kind kind = {
    .empty = "No client has tried anything yet. An attempt begins when a client looks up a name, "
             "opens a connection or asks a TURN server for an allocation while packets are taken.",
    .columns = columns,
    .column_count = COLUMNS,
    .gather = gather,
    .cell = fill_cell,
    .compare = compare,
    .details = add_details,
    .open = open_ladder,
};

const struct view view_attempts = {
    .title = "Attempts",
    .short_title = "Attempts",
    ROWS_OPERATIONS,
    .rows = &kind,
    .bar = {COMMAND_SAVE, COMMAND_SEARCH, COMMAND_FILTER, COMMAND_SORT_NEXT, COMMAND_OPEN},
};
