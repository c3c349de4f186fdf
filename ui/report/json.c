/* SPDX-License-Identifier: MIT */
#include "ui/report/json.h"
#include "analyzer/diagnose/causes.h"

#include "analyzer/crypto/integrity.h"
#include "ui/report/values.h"

/* jansson's setters return -1 only when memory is short: the value is then missing, and said so
 * when the document is written. */
static void set(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static void set_count(json_t *object, const char *key, uint64_t count)
{
    set(object, key, json_integer((json_int_t)count));
}

static json_t *input_value(const struct capture_input *input)
{
    static const char *const kinds[] = {"file", "stdin", "interface"};
    const char *link_type = link_type_name(input->link_type);
    json_t *value = json_object();
    set(value, "source", value_text(input->source));
    set(value, "kind", json_string(kinds[input->kind]));
    set(value, "link_type", value_constant(link_type));
    set_count(value, "packets", input->packets);
    set_count(value, "bytes", input->bytes);
    set(value, "first", value_time(input->first));
    set(value, "last", value_time(input->last));
    set_count(value, "truncated_packets", input->truncated_packets);
    set_count(value, "dropped", input->dropped);
    set(value, "error", value_text(input->error));
    return value;
}

static json_t *inputs_value(const struct report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < capture_input_count(report->capture); i++) {
        json_t *input = input_value(capture_input(report->capture, i));
        /* Packets are decoded after the inputs are merged: the count is of all of them. */
        if (capture_input_count(report->capture) == 1)
            set_count(input, "malformed_packets", report->engine->trackers.observed.malformed);
        (void)json_array_append_new(list, input);
    }
    return list;
}

static json_t *finding_id(uint32_t number)
{
    return number == 0 ? json_null() : json_sprintf("f%u", number);
}

static json_t *subjects_value(const struct subjects *subjects)
{
    json_t *value = json_object();
    set(value, "client", value_address(&subjects->client));
    set(value, "server", value_address(&subjects->server));
    set(value, "transport", value_transport(subjects->protocol));
    set(value, "username", value_text(subjects->username));
    set(value, "realm", value_text(subjects->realm));
    set(value, "error_code",
        subjects->error_code == 0 ? json_null() : json_integer(subjects->error_code));
    set(value, "reason", value_text(subjects->reason));
    set(value, "name", value_text(subjects->name));
    return value;
}

static json_t *evidence_value(const struct evidence *evidence)
{
    char text[256];
    json_t *value = json_object();
    set_count(value, "input", evidence->input);
    set_count(value, "frame", evidence->frame);
    set(value, "time", value_time(evidence->time));
    set(value, "protocol", json_string(evidence_protocol_name(evidence)));
    set(value, "summary", value_text(evidence_summary(evidence, text, sizeof text)));
    set(value, "display_filter", value_text(evidence_display_filter(evidence, text, sizeof text)));
    return value;
}

static json_t *evidence_list(const struct finding *finding)
{
    json_t *list = json_array();
    for (size_t i = 0; i < finding->evidence_count; i++)
        (void)json_array_append_new(list, evidence_value(&finding->evidence[i]));
    return list;
}

static json_t *remedy_list(const struct finding *finding, const struct catalogue_row *row)
{
    const char *const *remedy = finding->remedy != NULL ? finding->remedy : row->remedy;
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

static json_t *finding_value(const struct finding *finding)
{
    const struct catalogue_row *row = catalogue_row((enum finding_code)finding->key.code);
    const char *raise =
        finding->raise_certainty != NULL ? finding->raise_certainty : row->raise_certainty;
    json_t *value = json_object();
    set(value, "id", finding_id(finding->number));
    set(value, "code", json_string(row->name));
    set(value, "severity", json_string(severity_name(finding->severity)));
    set(value, "certainty", json_string(certainty_name(finding->certainty)));
    set(value, "case", value_constant(case_name(finding->case_id)));
    set(value, "title", json_string(row->title));
    set(value, "explanation", explanation_value(finding, row));
    set(value, "remedy", remedy_list(finding, row));
    set(value, "reference", value_constant(row->reference));
    set_count(value, "count", finding->count);
    set(value, "first", value_time(finding->first));
    set(value, "last", value_time(finding->last));
    set(value, "caused_by", finding_id(finding->caused_by));
    set(value, "subjects", subjects_value(&finding->subjects));
    set(value, "raise_certainty",
        finding->certainty == CERTAINTY_DEFINITE ? json_null() : value_constant(raise));
    set(value, "evidence", evidence_list(finding));
    return value;
}

static json_t *findings_value(const struct findings *findings)
{
    json_t *list = json_array();
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        (void)json_array_append_new(list, finding_value(f));
    return list;
}

static json_t *case_findings(const struct findings *findings, enum case_id id)
{
    json_t *list = json_array();
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        if (f->case_id == id && f->severity >= SEVERITY_WARNING)
            (void)json_array_append_new(list, finding_id(f->number));
    return list;
}

static json_t *cases_value(const struct report *report)
{
    json_t *list = json_array();
    for (enum case_id id = CASE_JOIN_CALL_MISSING; id < CASES; id++) {
        const struct case_result *result = &report->verdict.cases[id];
        json_t *value = json_object();
        set(value, "id", json_string(case_name(id)));
        set(value, "title", json_string(case_title(id)));
        set(value, "status", json_string(case_status_name(result->status)));
        set(value, "findings", case_findings(&report->engine->findings, id));
        set(value, "reason", value_constant(result->reason));
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
    set(value, "client", value_ip(&attempt->client));
    set(value, "first", value_time(attempt->first));
    set(value, "last", value_time(attempt->last));
    set(value, "outcome", json_string(attempt_outcome_name(outcome)));
    set(value, "broken_step",
        broken != ATTEMPT_STEPS ? json_string(attempt_step_name(broken)) : json_null());
    set(value, "root_cause", root != NULL ? finding_id(root->number) : json_null());
    return value;
}

static json_t *attempts_value(const struct report *report)
{
    json_t *list = json_array();
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(&report->engine->attempts, attempt)) != NULL)
        (void)json_array_append_new(list, attempt_value(report, attempt));
    return list;
}

static json_t *errors_value(const struct stun_statistics *statistics)
{
    json_t *value = json_object();
    char key[8];
    for (unsigned code = 0; code < STUN_ERROR_CODES; code++) {
        if (statistics->errors[code] == 0)
            continue;
        snprintf(key, sizeof key, "%u", code);
        set_count(value, key, statistics->errors[code]);
    }
    return value;
}

static json_t *stun_value_of(const struct stun_statistics *statistics)
{
    struct round_trip_summary trips = round_trips_summary(&statistics->round_trips);
    json_t *value = json_object();
    set_count(value, "messages", statistics->messages);
    set_count(value, "requests", statistics->requests);
    set_count(value, "responses", statistics->responses);
    set(value, "errors", errors_value(statistics));
    set_count(value, "retransmissions", statistics->retransmissions);
    set_count(value, "unanswered", statistics->unanswered);
    set(value, "rtt_ms",
        json_pack("{so so so so}", "min", value_milliseconds(trips.minimum), "median",
                  value_milliseconds(trips.median), "p95", value_milliseconds(trips.percentile95),
                  "max", value_milliseconds(trips.maximum)));
    return value;
}

static json_t *permissions_value(const struct allocation *allocation)
{
    json_t *list = json_array();
    for (size_t i = 0; i < LIMIT_PERMISSIONS; i++)
        if (allocation->permissions[i].granted != 0)
            (void)json_array_append_new(list, value_ip(&allocation->permissions[i].peer));
    return list;
}

static json_t *channels_value(const struct allocation *allocation)
{
    json_t *list = json_array();
    for (size_t i = 0; i < LIMIT_CHANNELS; i++) {
        const struct channel *channel = &allocation->channels[i];
        if (channel->number != 0 && channel->bound != 0)
            (void)json_array_append_new(list, json_pack("{si so}", "number", (int)channel->number,
                                                        "peer", value_address(&channel->peer)));
    }
    return list;
}

static json_t *allocation_value(const struct allocation *allocation)
{
    static const char *const integrity[] = {[INTEGRITY_ABSENT] = "not-checked",
                                            [INTEGRITY_VERIFIED] = "verified",
                                            [INTEGRITY_MISMATCH] = "mismatch",
                                            [INTEGRITY_UNKNOWN] = "not-checked"};
    json_t *bytes = json_object();
    set_count(bytes, "to_peer", allocation->to_peer_bytes);
    set_count(bytes, "from_peer", allocation->from_peer_bytes);
    json_t *value = json_object();
    set(value, "client", value_address(&allocation->client));
    set(value, "server", value_address(&allocation->server));
    set(value, "transport", value_transport(allocation->protocol));
    set(value, "username", value_text(allocation->username));
    set(value, "realm", value_text(allocation->realm));
    set(value, "software", value_text(allocation->software));
    set(value, "state", json_string(allocation_state_name(allocation)));
    set(value, "error_code",
        allocation->error_code == 0 ? json_null() : json_integer(allocation->error_code));
    set(value, "relayed", value_address(&allocation->relayed));
    set(value, "mapped", value_address(&allocation->mapped));
    set(value, "lifetime",
        allocation->ever_allocated ? json_integer(allocation->lifetime) : json_null());
    set(value, "permissions", permissions_value(allocation));
    set(value, "channels", channels_value(allocation));
    set(value, "relayed_bytes", bytes);
    set(value, "integrity", json_string(integrity[allocation->integrity]));
    return value;
}

static json_t *turn_value(const struct allocations *allocations)
{
    json_t *list = json_array();
    json_t *value = json_object();
    size_t omitted = 0;
    for (const struct allocation *a = table_oldest(&allocations->table); a != NULL;
         a = table_newer(&allocations->table, a)) {
        if (json_array_size(list) < LIMIT_REPORTED_ALLOCATIONS)
            (void)json_array_append_new(list, allocation_value(a));
        else
            omitted++;
    }
    set(value, "allocations", list);
    if (omitted > 0)
        set_count(value, "omitted", omitted);
    return value;
}

static json_t *analyzer_value(const struct trackers *trackers)
{
    json_t *evicted = json_object();
    json_t *value = json_object();
    set_count(evicted, "flows", trackers->flows.table.evicted);
    set_count(evicted, "streams", 0);
    set_count(evicted, "transactions", trackers->stun.transactions.table.evicted);
    set_count(evicted, "allocations", trackers->stun.allocations.table.evicted);
    set_count(value, "flows", trackers->flows.table.used);
    set(value, "evicted", evicted);
    set_count(value, "reassembly_dropped_bytes", 0);
    return value;
}

static json_t *vantage_value_of(const struct vantage *vantage)
{
    return json_pack("{ss ss}", "value", vantage_name(vantage->value), "basis",
                     vantage_basis_name(vantage->basis));
}

static json_t *verdict_value(const struct verdict *verdict)
{
    const struct finding *root = verdict->root_cause;
    return json_pack("{ss so ss}", "status", verdict_status_name(verdict->status), "root_cause",
                     root == NULL ? json_null() : finding_id(root->number), "sentence",
                     verdict->sentence);
}

static json_t *document(const struct report *report)
{
    const struct engine *engine = report->engine;
    json_t *value = json_object();
    set(value, "schema", json_string("turnscope.diagnosis/1"));
    set(value, "tool", json_pack("{ss ss}", "name", "turnscope", "version", TURNSCOPE_VERSION));
    set(value, "inputs", inputs_value(report));
    set(value, "vantage", vantage_value_of(&engine->vantage));
    set(value, "verdict", verdict_value(&report->verdict));
    set(value, "cases", cases_value(report));
    set(value, "findings", findings_value(&engine->findings));
    if (engine->findings.omitted > 0)
        set_count(value, "omitted", engine->findings.omitted);
    set(value, "attempts", attempts_value(report));
    set(value, "stun", stun_value_of(&engine->trackers.stun.statistics));
    set(value, "turn", turn_value(&engine->trackers.stun.allocations));
    set(value, "analyzer", analyzer_value(&engine->trackers));
    return value;
}

static void write_value(FILE *out, json_t *value, size_t flags)
{
    (void)json_dumpf(value, out, flags | JSON_PRESERVE_ORDER);
    fputc('\n', out);
    json_decref(value);
}

void report_json(FILE *out, const struct report *report)
{
    write_value(out, document(report), JSON_INDENT(2));
}

static void write_line(FILE *out, const char *type, json_t *value)
{
    json_t *line = json_pack("{ss}", "type", type);
    (void)json_object_update(line, value);
    json_decref(value);
    write_value(out, line, JSON_COMPACT);
}

void report_ndjson_finding(FILE *out, const struct report *report, const struct finding *finding)
{
    (void)report;
    write_line(out, "finding", finding_value(finding));
}

void report_ndjson(FILE *out, const struct report *report)
{
    const struct findings *findings = &report->engine->findings;
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        report_ndjson_finding(out, report, f);
    write_line(out, "diagnosis", document(report));
}
