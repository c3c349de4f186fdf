/* SPDX-License-Identifier: MIT */
#include "ui/report/json.h"
#include "ui/report/json_dns.h"
#include "ui/report/json_findings.h"
#include "ui/report/json_http.h"
#include "ui/report/json_memory.h"
#include "ui/report/json_tls.h"
#include "ui/report/json_turn.h"
#include "ui/report/values.h"

static json_t *input_value(const struct capture_input *input)
{
    static const char *const kinds[] = {"file", "stdin", "interface"};
    const char *link_type = link_type_name(input->link_type);
    json_t *value = json_object();
    value_put(value, "source", value_text(input->source));
    value_put(value, "kind", json_string(kinds[input->kind]));
    value_put(value, "link_type", value_constant(link_type));
    value_put_count(value, "packets", input->packets);
    value_put_count(value, "bytes", input->bytes);
    value_put(value, "first", value_time(input->first));
    value_put(value, "last", value_time(input->last));
    value_put_count(value, "truncated_packets", input->truncated_packets);
    value_put_count(value, "dropped", input->dropped);
    value_put(value, "error", value_text(input->error));
    return value;
}

static json_t *log_value(const struct report *report)
{
    json_t *value = json_object();
    value_put(value, "source", value_text(report->log));
    value_put(value, "kind", json_string("cms-log"));
    value_put(value, "link_type", json_null());
    value_put_count(value, "packets", 0);
    value_put_count(value, "bytes", 0);
    value_put(value, "first", json_null());
    value_put(value, "last", json_null());
    value_put_count(value, "truncated_packets", 0);
    value_put_count(value, "malformed_packets", 0);
    value_put_count(value, "dropped", 0);
    value_put(value, "error", json_null());
    value_put_count(value, "lines", report->engine->trackers.log.lines);
    return value;
}

static json_t *inputs_value(const struct report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < capture_input_count(report->capture); i++) {
        json_t *input = input_value(capture_input(report->capture, i));
        value_put_count(input, "malformed_packets",
                        report->engine->trackers.observed.malformed_of[i]);
        (void)json_array_append_new(list, input);
    }
    if (report->log != NULL)
        (void)json_array_append_new(list, log_value(report));
    return list;
}

static json_t *analyzer_value(const struct engine *engine)
{
    json_t *evicted = json_object();
    json_t *value = json_object();
    for (enum eviction_kind kind = 0; kind < EVICTION_KINDS; kind++)
        value_put_count(evicted, eviction_name(kind), engine->evictions.counts[kind]);
    value_put_count(value, "flows", engine->trackers.flows.table.used);
    value_put(value, "evicted", evicted);
    value_put_count(value, "reassembly_dropped_bytes",
                    engine->trackers.connections.streams.buffers.evicted_bytes +
                        engine->trackers.fragments.buffers.evicted_bytes);
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
                     root == NULL ? json_null() : value_finding_id(root->number), "sentence",
                     verdict->sentence);
}

static json_t *document(const struct report *report)
{
    const struct engine *engine = report->engine;
    json_t *value = json_object();
    value_put(value, "schema", json_string("turnscope.diagnosis/1"));
    value_put(value, "tool",
              json_pack("{ss ss}", "name", "turnscope", "version", TURNSCOPE_VERSION));
    value_put(value, "inputs", inputs_value(report));
    if (report->filter != NULL)
        value_put(value, "filter", value_text(report->filter));
    value_put(value, "vantage", vantage_value_of(&engine->vantage));
    value_put(value, "verdict", verdict_value(&report->verdict));
    value_put(value, "cases", value_cases(report));
    value_put(value, "findings", value_findings(&engine->findings));
    if (engine->findings.omitted > 0)
        value_put_count(value, "omitted", engine->findings.omitted);
    value_put(value, "attempts", value_attempts(report));
    value_put(value, "stun", value_stun(&engine->trackers.stun.statistics));
    value_put(value, "turn", value_turn(&engine->trackers.stun.allocations));
    value_put(value, "dns", value_dns(&engine->state));
    value_put(value, "tls", value_tls(&engine->trackers.handshakes));
    value_put(value, "http", value_http(&engine->trackers.exchanges));
    value_put(value, "analyzer", analyzer_value(engine));
    return value;
}

/* Takes the value's reference. False, and nothing is written, when memory was short for it. */
static bool write_value(FILE *out, json_t *value, size_t flags)
{
    bool whole = json_memory_sufficed() &&
                 json_dumpf(value, out, flags | JSON_PRESERVE_ORDER) == 0 && json_memory_sufficed();
    if (whole)
        fputc('\n', out);
    json_decref(value);
    return whole || ferror(out);
}

bool report_json(FILE *out, const struct report *report)
{
    json_memory_begin();
    return write_value(out, document(report), JSON_INDENT(2));
}

static bool write_line(FILE *out, const char *type, json_t *value)
{
    json_t *line = json_pack("{ss}", "type", type);
    (void)json_object_update(line, value);
    json_decref(value);
    return write_value(out, line, JSON_COMPACT);
}

static bool write_finding(FILE *out, const struct finding *finding)
{
    json_memory_begin();
    return write_line(out, "finding", value_finding(finding));
}

void report_ndjson_finding(FILE *out, const struct report *report, const struct finding *finding)
{
    (void)report;
    (void)write_finding(out, finding);
}

bool report_ndjson(FILE *out, const struct report *report)
{
    const struct findings *findings = &report->engine->findings;
    bool whole = true;
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        whole &= write_finding(out, f);
    json_memory_begin();
    return write_line(out, "diagnosis", document(report)) && whole;
}
