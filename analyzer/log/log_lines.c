/* SPDX-License-Identifier: MIT */
#include "analyzer/log/log_lines.h"

#define QUARTER_HOUR (900 * SECONDS)
/* A call that fails does so within seconds of its set-up. */
#define CALL_WAIT (60 * SECONDS)
/* What the capture must hold need not be all of the attempt that the log tells of. */
#define MARGIN (30 * SECONDS)

enum { ZONES = 14 * 4 }; /* quarters of an hour: no zone is farther from UTC */

struct log_setup {
    uint32_t call;
    struct cms_log_entry entry;
};

int log_lines_init(struct log_lines *lines)
{
    *lines = (struct log_lines){.next = 0};
    if (table_init(&lines->failures, LIMIT_LOG_LINES, sizeof(struct cms_log_entry),
                   sizeof(uint64_t)) != 0 ||
        table_init(&lines->setups, LIMIT_LOG_LINES, sizeof(struct log_setup), sizeof(uint32_t)) !=
            0)
        return -1;
    return 0;
}

void log_lines_free(struct log_lines *lines)
{
    table_free(&lines->failures);
    table_free(&lines->setups);
}

void log_lines_set_shift(struct log_lines *lines, int64_t shift)
{
    lines->shift = shift;
    lines->shift_given = true;
}

void log_lines_add(struct log_lines *lines, const struct cms_log_entry *entry)
{
    bool created;
    lines->seen[entry->kind]++;
    if (entry->kind == CMS_LOG_SESSION_SETUP) {
        struct log_setup *setup = table_add(&lines->setups, &entry->number, &created);
        setup->entry = *entry;
    } else if (entry->kind == CMS_LOG_GUEST_LOGIN) {
        if (entry->time > lines->last_guest)
            lines->last_guest = entry->time;
    } else {
        *(struct cms_log_entry *)table_add(&lines->failures, &entry->line, &created) = *entry;
    }
}

static size_t failures_within(const struct log_lines *lines, int64_t first, int64_t last)
{
    size_t count = 0;
    const struct cms_log_entry *entry = table_oldest(&lines->failures);
    for (; entry != NULL; entry = table_newer(&lines->failures, entry))
        count += entry->time != 0 && entry->time >= first && entry->time <= last;
    return count;
}

void log_lines_fit(struct log_lines *lines, int64_t first, int64_t last)
{
    size_t best = 0;
    if (lines->shift_given || first == 0)
        return;
    for (int quarters = 0; quarters <= ZONES; quarters++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            int64_t shift = (int64_t)sign * quarters * QUARTER_HOUR;
            size_t count = failures_within(lines, first - MARGIN - shift, last + MARGIN - shift);
            if (count > best) {
                best = count;
                lines->shift = shift;
            }
        }
    }
}

/* What failed stands at the beginning of a message, and why at its end: a long one loses its
 * middle.
 */
static void set_detail(struct evidence *evidence, const char *message)
{
    enum { END = 26, GAP = 3, BEGINNING = EVIDENCE_DETAIL - 1 - GAP - END };
    size_t length = strlen(message);
    char text[EVIDENCE_DETAIL];
    if (length < EVIDENCE_DETAIL) {
        evidence_set_detail(evidence, bytes_of(message, length));
        return;
    }
    memcpy(text, message, BEGINNING);
    memcpy(text + BEGINNING, "...", GAP);
    memcpy(text + BEGINNING + GAP, message + length - END, END);
    evidence_set_detail(evidence, bytes_of(text, EVIDENCE_DETAIL - 1));
}

struct evidence log_line_evidence(const struct log_lines *lines, const struct cms_log_entry *entry)
{
    struct evidence evidence = {
        .frame = entry->line, .input = lines->input, .protocol = EVIDENCE_LOG};
    if (entry->time != 0)
        evidence.time = entry->time + lines->shift;
    set_detail(&evidence, entry->message);
    return evidence;
}

/* The table is in the order in which the lines were read. */
bool log_lines_tell(struct log_lines *lines, struct event_queue *events)
{
    const struct cms_log_entry *entry = table_oldest(&lines->failures);
    for (; entry != NULL; entry = table_newer(&lines->failures, entry)) {
        if (entry->line < lines->next)
            continue;
        if (event_queue_full(events))
            return true;
        struct evidence evidence = log_line_evidence(lines, entry);
        struct event *event = event_add(events, EVENT_LOG_LINE, evidence.time);
        event->evidence = evidence;
        event->log = entry;
        lines->next = entry->line + 1;
    }
    return false;
}

bool log_lines_guests_after(const struct log_lines *lines, int64_t time)
{
    return lines->last_guest != 0 && time != 0 && lines->last_guest + lines->shift > time;
}

const struct cms_log_entry *log_lines_setup(const struct log_lines *lines,
                                            const struct cms_log_entry *failure)
{
    const struct log_setup *setup = table_find(&lines->setups, &failure->number);
    if (setup == NULL || setup->entry.time > failure->time ||
        failure->time - setup->entry.time > CALL_WAIT)
        return NULL;
    return &setup->entry;
}
