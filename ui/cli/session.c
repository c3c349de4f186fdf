/* SPDX-License-Identifier: MIT */
#include "ui/cli/session.h"

#include "analyzer/log/cms_log.h"
#include "ui/cli/run.h"
#include "ui/report/escape.h"

#include <errno.h>
#include <string.h>
#include <time.h>

int trouble(const char *message)
{
    char escaped[ESCAPED_TEXT];
    fprintf(stderr, "turnscope: %s\n", escape_text(message, escaped, sizeof escaped));
    return EXIT_TROUBLE;
}

void session_check_keep(struct session *session, int status)
{
    if (status == 0)
        return;
    trouble(session->keep.error);
    session->trouble = true;
}

bool session_packet(struct session *session)
{
    struct captured_packet packet;
    bool is_enough = session->options->count > 0 && session->left == 0;
    if (is_enough || capture_next(session->capture, &packet) != 1)
        return false;
    session_check_keep(session, keep_packet(&session->keep, &packet));
    engine_packet(session->engine, &packet);
    if (session->watch != NULL)
        session->watch(session->watch_context, &packet);
    session->left -= session->left > 0 ? 1 : 0;
    return true;
}

static void take_log_line(void *context, const struct cms_log_entry *entry)
{
    engine_log_line(((struct session *)context)->engine, entry);
}

/* Syslog names no year: the capture's is taken. */
static void read_log(struct session *session)
{
    char message[512];
    const char *problem;
    int64_t captured = session->engine->trackers.observed.first;
    struct cms_log log = {.reference = captured != 0 ? captured : time(NULL) * SECONDS,
                          .take = take_log_line,
                          .context = session};
    int result = cms_log_read_stream(&log, session->log, &problem);
    engine_log_end(session->engine, log.lines, capture_input_count(session->capture));
    if (result == 0)
        return;
    snprintf(message, sizeof message, "%s: %s", session->options->cms_log, problem);
    trouble(message);
    session->trouble = true;
}

void session_end(struct session *session)
{
    engine_drops(session->engine, capture_count_drops(session->capture));
    if (session->log != NULL)
        read_log(session);
    engine_end(session->engine);
}

struct report session_report(const struct session *session)
{
    return (struct report){.engine = session->engine,
                           .capture = session->capture,
                           .log = session->options->cms_log,
                           .filter = options_filter(session->options),
                           .color = session->color,
                           .verbose = session->options->verbose,
                           .announced = session->announced};
}

/* `number` is the errno of it; 0: it is not known. */
static void report_unwritten(const struct session *session, int number)
{
    char message[512];
    const char *path = session->out != stdout ? session->options->output : "standard output";
    snprintf(message, sizeof message, "%s: the report could not be written%s%s", path,
             number != 0 ? ": " : "", number != 0 ? strerror(number) : "");
    trouble(message);
}

void session_write_report(struct session *session)
{
    struct report report = session_report(session);
    engine_drops(session->engine, capture_count_drops(session->capture));
    engine_verdict(session->engine, &report.verdict);
    errno = 0;
    bool whole = session->options->quiet || session->options->format->write(session->out, &report);
    bool written = fflush(session->out) == 0 && !ferror(session->out);
    if (whole && written)
        return;
    if (written)
        trouble("not enough memory for the report");
    else
        report_unwritten(session, errno);
    session->trouble = true;
}
