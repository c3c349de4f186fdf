/* SPDX-License-Identifier: MIT */
#include "ui/report/other_findings.h"

#include "analyzer/diagnose/catalogue.h"
#include "ui/report/named_clients.h"

#include <string.h>

enum { ALIKE_LEAST = 4 }; /* from so many of one kind on they are a line */

static enum line_style severity_style(enum severity severity)
{
    static const enum line_style styles[] = {STYLE_QUIET, STYLE_WARNING, STYLE_ERROR};
    return styles[severity];
}

static void print_severity(const struct lines *lines, const struct finding *finding)
{
    fprintf(lines->out, "  %s%-8s%s ", style_on(lines, severity_style(finding->severity)),
            severity_name(finding->severity), style_off(lines));
}

static void write_kind(struct line_text *line, const struct finding *finding)
{
    const struct catalogue_row *row = finding_row(finding);
    line_text_add(line, "%s: %s", row->name, row->title);
}

static void write_times(struct line_text *line, uint64_t times)
{
    if (times > 1)
        line_text_add(line, ", %llu times", (unsigned long long)times);
}

static void write_finding(struct line_text *line, const struct finding *finding)
{
    const struct subjects *subjects = &finding->subjects;
    char client[TRANSPORT_ADDRESS_TEXT], name[ESCAPED_TEXT];
    bool has_client = subjects->client.ip.family != 0, has_name = subjects->name[0] != '\0';
    write_kind(line, finding);
    if (has_client || has_name)
        line_text_add(line, " (%s%s%s)", transport_address_text(&subjects->client, client),
                      has_client && has_name ? ", " : "",
                      escape_text(subjects->name, name, sizeof name));
    write_times(line, finding->count);
}

void other_findings_line(const struct lines *lines, const struct finding *finding)
{
    struct line_text line = {0};
    write_finding(&line, finding);
    print_severity(lines, finding);
    fprintf(lines->out, "%s\n", line.text);
}

static void print_wrapped(const struct lines *lines, const struct finding *finding,
                          const struct line_text *line)
{
    enum { SEVERITY_COLUMNS = 11 };
    print_severity(lines, finding);
    lines_wrapped_behind(lines, SEVERITY_COLUMNS, line->text);
}

void other_findings_print_one(const struct lines *lines, const struct finding *finding)
{
    struct line_text line = {0};
    write_finding(&line, finding);
    print_wrapped(lines, finding, &line);
}

/* The findings of one code and severity, in order. There are LIMIT_FINDINGS in all: they are
 * walked through again and again. */
struct alike {
    const struct findings *findings;
    const struct finding *root; /* is none of them */
    const struct finding *first;
};

static bool is_alike(const struct alike *alike, const struct finding *finding)
{
    return finding != alike->root && finding->key.code == alike->first->key.code &&
           finding->severity == alike->first->severity;
}

/* The next one; NULL starts, NULL ends. */
static const struct finding *next_alike(const struct alike *alike, const struct finding *previous)
{
    const struct finding *finding = findings_next(alike->findings, previous);
    while (finding != NULL && !is_alike(alike, finding))
        finding = findings_next(alike->findings, finding);
    return finding;
}

/* The first of the findings that is about its client. */
static bool brings_client(const struct alike *alike, const struct finding *finding)
{
    const struct finding *other = next_alike(alike, NULL);
    while (!ip_address_equal(&other->key.client, &finding->key.client))
        other = next_alike(alike, other);
    return other == finding;
}

/* The first of the findings that is about its name. */
static bool brings_name(const struct alike *alike, const struct finding *finding)
{
    const char *name = finding->subjects.name;
    const struct finding *other = next_alike(alike, NULL);
    for (; other != NULL && other != finding; other = next_alike(alike, other))
        if (strcmp(other->subjects.name, name) == 0)
            return false;
    return name[0] != '\0';
}

/* "; cms.example.com, turn.example.com, www.example.com and 4 more" */
static void write_names(struct line_text *line, const struct alike *alike)
{
    enum { NAMED = 8 };
    char name[ESCAPED_TEXT];
    unsigned count = 0;
    for (const struct finding *f = next_alike(alike, NULL); f != NULL; f = next_alike(alike, f))
        if (brings_name(alike, f) && ++count <= NAMED)
            line_text_add(line, "%s%s", count == 1 ? "; " : ", ",
                          escape_text(f->subjects.name, name, sizeof name));
    if (count > NAMED)
        line_text_add(line, " and %u more", count - NAMED);
}

static void print_alike(const struct lines *lines, const struct alike *alike)
{
    uint64_t times = 0;
    struct named_clients clients = {0};
    struct line_text line = {0};
    for (const struct finding *f = next_alike(alike, NULL); f != NULL; f = next_alike(alike, f)) {
        times += f->count;
        if (brings_client(alike, f))
            named_clients_add(&clients, &f->key.client);
    }
    write_kind(&line, alike->first);
    line_text_add(&line, " (");
    if (clients.count > 1)
        line_text_add(&line, "%u clients: ", clients.count);
    named_clients_write(&line, &clients);
    write_names(&line, alike);
    line_text_add(&line, ")");
    write_times(&line, times > clients.count ? times : 1);
    print_wrapped(lines, alike->first, &line);
}

static bool are_many(const struct alike *alike)
{
    unsigned count = 0;
    for (const struct finding *f = next_alike(alike, NULL); f != NULL; f = next_alike(alike, f))
        count++;
    return count >= ALIKE_LEAST && alike->first->key.client.family != 0;
}

void other_findings_print(const struct lines *lines, const struct findings *findings,
                          const struct finding *root)
{
    bool any = false;
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f)) {
        const struct alike alike = {findings, root, f};
        if (f == root)
            continue;
        if (!are_many(&alike)) {
            other_findings_print_one(lines, f);
        } else if (next_alike(&alike, NULL) == f) {
            print_alike(lines, &alike);
            any = true;
        }
    }
    if (any)
        fputs("  (-v shows each of them)\n", lines->out);
}
