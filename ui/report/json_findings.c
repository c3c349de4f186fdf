/* SPDX-License-Identifier: MIT */
#include "ui/report/json_findings.h"

#include "analyzer/diagnose/causes.h"
#include "ui/report/values.h"

json_t *value_finding_id(uint32_t number)
{
    return number == 0 ? json_null() : json_sprintf("f%u", number);
}

static json_t *subjects_value(const struct subjects *subjects)
{
    json_t *value = json_object();
    value_put(value, "client", value_address(&subjects->client));
    value_put(value, "server", value_address(&subjects->server));
    value_put(value, "transport", value_transport(subjects->protocol, subjects->inside_tls));
    value_put(value, "username", value_text(subjects->username));
    value_put(value, "realm", value_text(subjects->realm));
    value_put(value, "error_code",
              subjects->error_code == 0 ? json_null() : json_integer(subjects->error_code));
    value_put(value, "reason", value_text(subjects->reason));
    value_put(value, "name", value_text(subjects->name));
    return value;
}

static json_t *evidence_value(const struct evidence *evidence)
{
    char text[256];
    json_t *value = json_object();
    value_put_count(value, "input", evidence->input);
    value_put_count(value, "frame", evidence->frame);
    value_put(value, "time", value_time(evidence->time));
    value_put(value, "protocol", json_string(evidence_protocol_name(evidence)));
    value_put(value, "summary", value_text(evidence_summary(evidence, text, sizeof text)));
    value_put(value, "display_filter",
              value_text(evidence_display_filter(evidence, text, sizeof text)));
    return value;
}

static json_t *evidence_list(const struct finding *finding)
{
    json_t *list = json_array();
    for (size_t i = 0; i < finding->evidence_count; i++)
        (void)json_array_append_new(list, evidence_value(&finding->evidence[i]));
    return list;
}

static json_t *remedy_list(const struct finding *finding)
{
    const char *const *remedy = finding_remedy(finding);
    json_t *list = json_array();
    for (size_t i = 0; i < CATALOGUE_REMEDIES && remedy[i] != NULL; i++)
        (void)json_array_append_new(list, json_string(remedy[i]));
    return list;
}

static json_t *explanation_value(const struct finding *finding, const struct catalogue_row *row)
{
    if (finding->note == NULL)
        return json_string(row->explanation);
    return json_sprintf("%s %s", row->explanation, finding->note);
}

json_t *value_finding(const struct finding *finding)
{
    const struct catalogue_row *row = finding_row(finding);
    json_t *value = json_object();
    value_put(value, "id", value_finding_id(finding->number));
    value_put(value, "code", json_string(row->name));
    value_put(value, "severity", json_string(severity_name(finding->severity)));
    value_put(value, "certainty", json_string(certainty_name(finding->certainty)));
    value_put(value, "case", value_constant(case_name(finding->case_id)));
    value_put(value, "title", json_string(row->title));
    value_put(value, "explanation", explanation_value(finding, row));
    value_put(value, "remedy", remedy_list(finding));
    value_put(value, "reference", value_constant(row->reference));
    value_put_count(value, "count", finding->count);
    value_put(value, "first", value_time(finding->first));
    value_put(value, "last", value_time(finding->last));
    value_put(value, "caused_by", value_finding_id(finding->caused_by));
    value_put(value, "subjects", subjects_value(&finding->subjects));
    value_put(value, "raise_certainty", value_constant(finding_raise_certainty(finding)));
    value_put(value, "evidence", evidence_list(finding));
    return value;
}

json_t *value_findings(const struct findings *findings)
{
    json_t *list = json_array();
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        (void)json_array_append_new(list, value_finding(f));
    return list;
}

static json_t *case_findings(const struct findings *findings, enum case_id id)
{
    json_t *list = json_array();
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        if (f->case_id == id && f->severity >= SEVERITY_WARNING)
            (void)json_array_append_new(list, value_finding_id(f->number));
    return list;
}

json_t *value_cases(const struct report *report)
{
    json_t *list = json_array();
    for (enum case_id id = CASE_JOIN_CALL_MISSING; id < CASES; id++) {
        const struct case_result *result = &report->verdict.cases[id];
        json_t *value = json_object();
        value_put(value, "id", json_string(case_name(id)));
        value_put(value, "title", json_string(case_title(id)));
        value_put(value, "status", json_string(case_status_name(result->status)));
        value_put(value, "findings", case_findings(&report->engine->findings, id));
        value_put(value, "reason", value_constant(result->reason));
        (void)json_array_append_new(list, value);
    }
    return list;
}

static json_t *attempt_value(const struct report *report, const struct attempt *attempt)
{
    enum attempt_outcome outcome = causes_outcome(&report->engine->findings, attempt);
    const struct finding *root =
        outcome == ATTEMPT_FAILED
            ? causes_root(&report->engine->findings, &attempt->client, SEVERITY_ERROR)
            : NULL;
    enum attempt_step broken =
        root != NULL ? finding_step((enum finding_code)root->key.code) : ATTEMPT_STEPS;
    json_t *value = json_object();
    value_put(value, "client", value_ip(&attempt->client));
    value_put(value, "first", value_time(attempt->first));
    value_put(value, "last", value_time(attempt->last));
    value_put(value, "outcome", json_string(attempt_outcome_name(outcome)));
    value_put(value, "broken_step",
              broken != ATTEMPT_STEPS ? json_string(attempt_step_name(broken)) : json_null());
    value_put(value, "root_cause", root != NULL ? value_finding_id(root->number) : json_null());
    return value;
}

json_t *value_attempts(const struct report *report)
{
    json_t *list = json_array();
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(&report->engine->attempts, attempt)) != NULL)
        (void)json_array_append_new(list, attempt_value(report, attempt));
    return list;
}
