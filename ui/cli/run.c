/* SPDX-License-Identifier: MIT */
#include "ui/cli/run.h"

#include "analyzer/diagnose/profile.h"
#include "ui/cli/options.h"
#include "ui/report/escape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One line on standard error: what, where and what to do. */
static int trouble(const char *message)
{
    char escaped[ESCAPED_TEXT];
    fprintf(stderr, "turnscope: %s\n", escape_text(message, escaped, sizeof escaped));
    return EXIT_TROUBLE;
}

/* What an analysis needs, and whether it was opened. */
struct session {
    const struct options *options;
    struct profile profile;
    struct credentials credentials;
    bool has_credentials;
    struct capture *capture;
    struct engine *engine;
    FILE *out;
};

static int load_profile(struct session *session)
{
    char error[PROFILE_ERROR_TEXT];
    if (session->options->profile == NULL ||
        profile_load(&session->profile, session->options->profile, error) == 0)
        return 0;
    return trouble(error);
}

static int load_passwords(struct session *session)
{
    char error[CREDENTIALS_ERROR_TEXT];
    const char *path = session->options->password_file;
    if (path == NULL && session->options->profile != NULL &&
        session->profile.turn.password_file[0] != '\0')
        path = session->profile.turn.password_file;
    if (path == NULL)
        return 0;
    if (credentials_load(&session->credentials, path, error) != 0)
        return trouble(error);
    session->has_credentials = true;
    if (session->credentials.readable_by_others) {
        char warning[PROFILE_PATH + 64];
        snprintf(warning, sizeof warning, "warning: %s can be read by everyone: chmod 600 it",
                 path);
        trouble(warning);
    }
    return 0;
}

static int open_capture(struct session *session)
{
    char error[CAPTURE_ERROR_TEXT];
    const struct options *options = session->options;
    session->capture =
        capture_open_files(options->files, options->file_count,
                           options->filter[0] != '\0' ? options->filter : NULL, error);
    return session->capture != NULL ? 0 : trouble(error);
}

static int open_output(struct session *session)
{
    const char *path = session->options->output;
    char message[512];
    session->out = path == NULL ? stdout : fopen(path, "w");
    if (session->out != NULL)
        return 0;
    snprintf(message, sizeof message, "%s: cannot be written: %s", path, strerror(errno));
    return trouble(message);
}

static int open_engine(struct session *session)
{
    const struct engine_options options = {
        .profile = session->options->profile != NULL ? &session->profile : NULL,
        .credentials = session->has_credentials ? &session->credentials : NULL,
        .vantage = session->options->vantage,
    };
    session->engine = engine_new(&options);
    return session->engine != NULL ? 0 : trouble("not enough memory for the analysis");
}

static void analyse(struct session *session)
{
    struct captured_packet packet;
    unsigned long long left = session->options->count;
    while (capture_next(session->capture, &packet) == 1) {
        engine_packet(session->engine, &packet);
        if (left > 0 && --left == 0)
            break;
    }
    engine_end(session->engine);
}

static bool wants_color(const struct options *options, FILE *out)
{
    const char *no_color = getenv("NO_COLOR");
    if (options->color != COLOR_AUTO)
        return options->color == COLOR_ALWAYS;
    return (no_color == NULL || no_color[0] == '\0') && isatty(fileno(out));
}

static int exit_status(const struct session *session)
{
    const struct findings *findings = &session->engine->findings;
    if (session->options->never_fail)
        return EXIT_NOTHING_FOUND;
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        if (f->severity >= session->options->fail_on)
            return EXIT_SOMETHING_FOUND;
    return EXIT_NOTHING_FOUND;
}

/* What could be read was analysed and is reported; the status still says that something was wrong.
 */
static int report_input_errors(const struct session *session, int status)
{
    for (size_t i = 0; i < capture_input_count(session->capture); i++)
        if (capture_input(session->capture, i)->error[0] != '\0')
            status = trouble(capture_input(session->capture, i)->error);
    return status;
}

static int report(struct session *session)
{
    struct report report = {.engine = session->engine,
                            .capture = session->capture,
                            .color = wants_color(session->options, session->out),
                            .verbose = session->options->verbose};
    engine_verdict(session->engine, &report.verdict);
    if (!session->options->quiet)
        session->options->format->write(session->out, &report);
    if (fflush(session->out) != 0 || ferror(session->out))
        return trouble("the report could not be written");
    return report_input_errors(session, exit_status(session));
}

static void close_session(struct session *session)
{
    engine_free(session->engine);
    capture_close(session->capture);
    credentials_free(&session->credentials);
    if (session->out != NULL && session->out != stdout)
        fclose(session->out);
}

static int run_analysis(const struct options *options)
{
    struct session session = {.options = options};
    int status = EXIT_TROUBLE;
    if (load_profile(&session) == 0 && load_passwords(&session) == 0 &&
        open_capture(&session) == 0 && open_output(&session) == 0 && open_engine(&session) == 0) {
        analyse(&session);
        status = report(&session);
    }
    close_session(&session);
    return status;
}

int run(int argc, char **argv)
{
    struct options options;
    char error[OPTIONS_ERROR];
    if (options_parse(&options, argc, argv, error) != 0)
        return trouble(error);
    if (options.action == ACTION_HELP)
        options_help(stdout);
    else if (options.action == ACTION_VERSION)
        puts("turnscope " TURNSCOPE_VERSION);
    else
        return run_analysis(&options);
    return EXIT_NOTHING_FOUND;
}
