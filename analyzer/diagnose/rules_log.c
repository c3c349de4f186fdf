/* SPDX-License-Identifier: MIT */
/* What the CMS event log says of itself. */
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/scope.h"

static const char moved[] =
    "The times of the log were moved by whole quarters of an hour to fit the capture: the CMS "
    "seems to log in another time zone. --log-offset states the difference.";
static const char elsewhere[] =
    "The log tells of this long before or after the capture. If the CMS logs in another time zone, "
    "state the difference with --log-offset.";
static const char unresolved[] =
    "The name does not resolve on the CMS: its DNS server has no record of it, or is not reached.";
static const char not_connected[] =
    "The name resolves, and the connection to its address fails: wrong address, closed port, or "
    "certificates that are not trusted.";

static struct subjects subjects_of(const struct cms_log_entry *entry)
{
    struct subjects subjects = {.protocol = 0};
    memcpy(subjects.name, entry->name, sizeof subjects.name);
    memcpy(subjects.reason, entry->reason, sizeof subjects.reason);
    return subjects;
}

static struct finding *raise(const struct rule_context *context)
{
    const struct log_lines *log = context->state->log;
    const struct cms_log_entry *entry = context->event->log;
    struct subjects subjects = subjects_of(entry);
    struct finding *finding = rule_raise_about(context, &subjects);
    if (finding == NULL)
        return NULL;
    if (!scope_log_time(context->state, finding->last))
        finding->note = elsewhere;
    else if (log->shift != 0 && !log->shift_given)
        finding->note = moved;
    return finding;
}

static bool is_dns_failure(const struct cms_log_entry *entry)
{
    return entry->kind == CMS_LOG_WEBBRIDGE_UNRESOLVED || strcmp(entry->reason, "DNS failure") == 0;
}

static void check_webbridge(const struct rule_context *context)
{
    const struct cms_log_entry *entry = context->event->log;
    if (entry->kind != CMS_LOG_WEBBRIDGE_FAILED && entry->kind != CMS_LOG_WEBBRIDGE_UNRESOLVED &&
        entry->kind != CMS_LOG_WEBBRIDGE_LINK_FAILED)
        return;
    struct finding *finding = raise(context);
    if (finding == NULL || finding->note != NULL)
        return;
    if (is_dns_failure(entry))
        finding->note = unresolved;
    else if (strcmp(entry->reason, "connect failure") == 0)
        finding->note = not_connected;
}

/* A call that got no relay: its set-up shows how long CMS waited. */
static void check_call(const struct rule_context *context)
{
    const struct log_lines *log = context->state->log;
    const struct cms_log_entry *entry = context->event->log;
    struct finding *finding =
        (unsigned)entry->kind == context->rule->parameter ? raise(context) : NULL;
    const struct cms_log_entry *setup = log_lines_setup(log, entry);
    if (finding == NULL || setup == NULL)
        return;
    struct evidence evidence = log_line_evidence(log, setup);
    finding_add_evidence(finding, &evidence);
}

static const struct rule rules[] = {
    {FINDING_WEBBRIDGE_LINK_FAILED, EVENT_LOG_LINE, check_webbridge, 0},
    {FINDING_RELAY_CANDIDATE_TIMEOUT, EVENT_LOG_LINE, check_call, CMS_LOG_RELAY_TIMEOUT},
    {FINDING_ICE_UNAUTHORIZED, EVENT_LOG_LINE, check_call, CMS_LOG_UNAUTHORIZED},
};

const struct rule_family rules_log = {rules, sizeof rules / sizeof rules[0], false};
