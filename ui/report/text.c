/* SPDX-License-Identifier: MIT */
#include "ui/report/text.h"
#include "analyzer/diagnose/causes.h"

#include "ui/report/clients.h"
#include "ui/report/escape.h"
#include "ui/report/lines.h"
#include "ui/report/other_findings.h"
#include "ui/report/text_inputs.h"

#include <string.h>
#include <time.h>

static enum line_style verdict_style(enum verdict_status status)
{
    static const enum line_style styles[] = {
        [VERDICT_INCONCLUSIVE] = STYLE_WARNING,
        [VERDICT_PASS] = STYLE_GOOD,
        [VERDICT_WARN] = STYLE_WARNING,
        [VERDICT_FAIL] = STYLE_ERROR,
    };
    return styles[status];
}

static void print_verdict(const struct lines *lines, const struct verdict *verdict)
{
    static const char *const words[] = {[VERDICT_INCONCLUSIVE] = "INCONCLUSIVE",
                                        [VERDICT_PASS] = "PASS",
                                        [VERDICT_WARN] = "WARN",
                                        [VERDICT_FAIL] = "FAIL"};
    fprintf(lines->out, "\n%s%s%s  %s\n", style_on(lines, verdict_style(verdict->status)),
            words[verdict->status], style_off(lines), verdict->sentence);
}

static void print_subjects(const struct lines *lines, const struct finding *finding)
{
    const struct subjects *s = &finding->subjects;
    const struct catalogue_row *row = finding_row(finding);
    char text[TRANSPORT_ADDRESS_TEXT], line[512];
    lines_field(lines, "Client", transport_address_text(&s->client, text));
    const char *transport = transport_name(s->protocol, s->inside_tls);
    if (s->server.ip.family != 0) {
        snprintf(line, sizeof line, "%s%s%s", transport_address_text(&s->server, text),
                 transport != NULL ? " over " : "", transport != NULL ? transport : "");
        lines_field(lines, "Server", line);
    }
    lines_field(lines, finding_name_label(finding), s->name);
    lines_field(lines, "User", s->username);
    lines_field(lines, "Realm", s->realm);
    if (s->error_code != 0) {
        snprintf(line, sizeof line, "%u %s", s->error_code, s->reason);
        lines_field(lines, "Answer", line);
    }
    if (finding->case_id != CASE_NONE) {
        snprintf(line, sizeof line, "%s: %s", case_name(finding->case_id),
                 case_title(finding->case_id));
        lines_field(lines, "Case", line);
    }
    snprintf(line, sizeof line, "%s (%s)", row->name, certainty_name(finding->certainty));
    lines_field(lines, "Finding", line);
    if (finding->count > 1) {
        snprintf(line, sizeof line, "%llu times", (unsigned long long)finding->count);
        lines_field(lines, "Seen", line);
    }
}

static void print_why(const struct lines *lines, const struct finding *finding)
{
    const struct catalogue_row *row = finding_row(finding);
    lines_heading(lines, "Why");
    lines_wrapped(lines, 2, "", row->explanation);
    if (finding->note != NULL)
        lines_wrapped(lines, 2, "", finding->note);
    if (row->reference != NULL)
        lines_wrapped(lines, 7, "  See: ", row->reference);
}

static void print_raise(const struct lines *lines, const struct finding *finding)
{
    const char *raise = finding_raise_certainty(finding);
    if (raise == NULL)
        return;
    lines_heading(lines, "What would make it certain");
    lines_wrapped(lines, 2, "", raise);
}

static void print_remedy(const struct lines *lines, const struct finding *finding)
{
    const char *const *remedy = finding_remedy(finding);
    if (remedy[0] == NULL)
        return;
    lines_heading(lines, "What to do");
    for (size_t i = 0; i < CATALOGUE_REMEDIES && remedy[i] != NULL; i++) {
        char label[16];
        snprintf(label, sizeof label, "  %zu. ", i + 1);
        lines_wrapped(lines, 5, label, remedy[i]);
    }
}

static void print_clock(const struct lines *lines, int64_t time)
{
    char text[TIME_TEXT];
    report_time(time, text);
    fprintf(lines->out, "%.15s", text + strcspn(text, "T") + 1);
}

/* A line of the event log: nobody sent it, and its number is no frame's. */
static bool is_log_line(const struct evidence *evidence)
{
    return evidence->protocol == EVIDENCE_LOG;
}

static void print_evidence_line(const struct lines *lines, const struct evidence *evidence,
                                const struct transport_address *client)
{
    char summary[256], escaped[ESCAPED_TEXT], source[TRANSPORT_ADDRESS_TEXT];
    bool sent = ip_address_equal(&evidence->source.ip, &client->ip);
    fprintf(lines->out, "  %7llu  ", (unsigned long long)evidence->frame);
    print_clock(lines, evidence->time);
    fprintf(lines->out, "  %s ", is_log_line(evidence) ? "  " : sent ? "->" : "<-");
    evidence_summary(evidence, summary, sizeof summary);
    fprintf(lines->out, "%s", escape_text(summary, escaped, sizeof escaped));
    if (evidence->protocol == EVIDENCE_ICMP)
        fprintf(lines->out, ", from %s", transport_address_text(&evidence->source, source));
    fputc('\n', lines->out);
}

static void print_evidence(const struct lines *lines, const struct finding *finding)
{
    char filter[256];
    if (finding->evidence_count == 0)
        return;
    bool is_log = is_log_line(&finding->evidence[0]); /* then all of it is */
    lines_heading(lines, "Evidence");
    fprintf(lines->out, "  %s%7s  %-15s     %s%s\n", style_on(lines, STYLE_QUIET),
            is_log ? "line" : "frame", "time (UTC)",
            is_log ? "of the CMS event log" : "-> from the client, <- to it", style_off(lines));
    for (size_t i = 0; i < finding->evidence_count; i++)
        print_evidence_line(lines, &finding->evidence[i], &finding->subjects.client);
    const struct evidence *last = &finding->evidence[finding->evidence_count - 1];
    if (evidence_display_filter(last, filter, sizeof filter)[0] != '\0')
        fprintf(lines->out, "  In Wireshark: %s\n", filter);
}

static void print_moment(const struct lines *lines, const struct attempt *attempt,
                         const struct moment *moment)
{
    static const enum line_style styles[] = {
        [STEP_UNSEEN] = STYLE_PLAIN,
        [STEP_TRIED] = STYLE_PLAIN,
        [STEP_FAILED] = STYLE_ERROR,
        [STEP_WORKED] = STYLE_GOOD,
    };
    static const char *const marks[] = {" ", " ", "x", "*"};
    char summary[256], escaped[ESCAPED_TEXT];
    moment_summary(moment, summary, sizeof summary);
    fprintf(lines->out, "  %+11.6f  %s%s %-10s %s%s",
            (double)(moment->evidence.time - attempt->first) / (double)SECONDS,
            style_on(lines, styles[moment->state]), marks[moment->state],
            attempt_step_name((enum attempt_step)moment->step),
            escape_text(summary, escaped, sizeof escaped), style_off(lines));
    if (moment->repeats > 0)
        fprintf(lines->out, " (%u more like it)", moment->repeats);
    if (moment->evidence.frame != 0)
        fprintf(lines->out, "  #%llu", (unsigned long long)moment->evidence.frame);
    fputc('\n', lines->out);
}

static void print_attempt(const struct lines *lines, const struct report *report,
                          const struct attempt *attempt)
{
    char heading[128], address[IP_ADDRESS_TEXT], time[TIME_TEXT];
    size_t kept = timeline_kept(&attempt->timeline);
    snprintf(heading, sizeof heading, "Attempt of %s at %s: %s",
             ip_address_text(&attempt->client, address), report_time(attempt->first, time),
             attempt_outcome_name(causes_outcome(&report->engine->findings, attempt)));
    lines_heading(lines, heading);
    for (size_t i = 0; i < kept; i++)
        print_moment(lines, attempt,
                     timeline_moment(&report->engine->attempts.moments, &attempt->timeline, i));
    if (attempt->timeline.seen > kept)
        fprintf(lines->out, "  (%u more)\n", (unsigned)(attempt->timeline.seen - kept));
}

static bool is_attempt_of(const struct attempt *attempt, const struct finding *finding)
{
    return ip_address_equal(&attempt->client, &finding->key.client) &&
           finding->first <= attempt->last && finding->last >= attempt->first;
}

/* The attempt of the verdict; without one, the first. All of them when asked for more. */
static void print_attempts(const struct lines *lines, const struct report *report)
{
    const struct finding *root = report->verdict.root_cause;
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(&report->engine->attempts, attempt)) != NULL) {
        bool wanted = root == NULL || is_attempt_of(attempt, root);
        if (!wanted && !report->verbose)
            continue;
        print_attempt(lines, report, attempt);
        if (!report->verbose)
            return;
    }
}

static void print_in_full(const struct lines *lines, const struct finding *finding)
{
    print_subjects(lines, finding);
    print_why(lines, finding);
    print_remedy(lines, finding);
    print_raise(lines, finding);
    print_evidence(lines, finding);
}

static void print_others_in_full(const struct lines *lines, const struct report *report)
{
    const struct findings *findings = &report->engine->findings;
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f)) {
        if (f == report->verdict.root_cause)
            continue;
        other_findings_print_one(lines, f);
        print_in_full(lines, f);
        fputc('\n', lines->out);
    }
}

static void print_other_findings(const struct lines *lines, const struct report *report)
{
    const struct findings *findings = &report->engine->findings;
    if (findings->table.used > (report->verdict.root_cause != NULL))
        lines_heading(lines, "Also found");
    if (report->verbose)
        print_others_in_full(lines, report);
    else
        other_findings_print(lines, findings, report->verdict.root_cause);
    if (findings->omitted > 0)
        fprintf(lines->out, "  (%llu more, only counted)\n", (unsigned long long)findings->omitted);
}

/* One line an exchange; what may hold secrets was never kept. */
static void print_exchange(const struct lines *lines, const struct exchange *exchange)
{
    char method[ESCAPED_TEXT], authority[ESCAPED_TEXT], path[ESCAPED_TEXT], place[ESCAPED_TEXT];
    fputs("  ", lines->out);
    print_clock(lines,
                exchange->request.time != 0 ? exchange->request.time : exchange->response.time);
    fprintf(lines->out, "  %s %s%s", escape_text(exchange->method, method, sizeof method),
            escape_text(exchange->authority, authority, sizeof authority),
            escape_text(exchange->path, path, sizeof path));
    if (exchange->answered)
        fprintf(lines->out, ": %u", exchange->status);
    if (exchange->location[0] != '\0')
        fprintf(lines->out, " to %s", escape_text(exchange->location, place, sizeof place));
    fprintf(lines->out, "%s  #%llu\n", exchange->websocket_refused ? ", no WebSocket" : "",
            (unsigned long long)(exchange->answered ? exchange->response.frame
                                                    : exchange->request.frame));
}

static void print_exchanges(const struct lines *lines, const struct report *report)
{
    const struct exchanges *exchanges = &report->engine->trackers.exchanges;
    const struct exchange *exchange = exchanges_next(exchanges, NULL);
    if (exchange != NULL)
        lines_heading(lines, "HTTP");
    for (unsigned i = 0; exchange != NULL && i < LIMIT_REPORTED_EXCHANGES; i++) {
        print_exchange(lines, exchange);
        exchange = exchanges_next(exchanges, exchange);
    }
}

static void print_cases(const struct lines *lines, const struct report *report)
{
    static const char *const words[] = {"no evidence", "not visible", "cleared", "MATCHED"};
    static const enum line_style styles[] = {STYLE_PLAIN, STYLE_QUIET, STYLE_GOOD, STYLE_ERROR};
    lines_heading(lines, "The guide's cases");
    for (enum case_id id = CASE_JOIN_CALL_MISSING; id < CASES; id++) {
        const struct case_result *result = &report->verdict.cases[id];
        fprintf(lines->out, "  %s%-12s%s %s\n", style_on(lines, styles[result->status]),
                words[result->status], style_off(lines), case_title(id));
        if (result->status != CASE_MATCHED)
            lines_wrapped(lines, 15, "", result->reason);
    }
}

bool report_text(FILE *out, const struct report *report)
{
    struct lines lines = {out, report->color};
    if (report->announced)
        fputc('\n', out);
    text_inputs_print(&lines, report);
    print_verdict(&lines, &report->verdict);
    if (report->verdict.root_cause != NULL) {
        fputc('\n', out);
        print_in_full(&lines, report->verdict.root_cause);
    }
    print_attempts(&lines, report);
    clients_print(&lines, report->engine);
    print_other_findings(&lines, report);
    if (report->verbose)
        print_exchanges(&lines, report);
    print_cases(&lines, report);
    return true;
}

void report_text_finding(FILE *out, const struct report *report, const struct finding *finding)
{
    struct lines lines = {out, report->color};
    print_clock(&lines, finding->last);
    other_findings_line(&lines, finding);
}
