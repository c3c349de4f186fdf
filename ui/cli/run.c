/* SPDX-License-Identifier: MIT */
#include "ui/cli/run.h"

#include "ui/cli/begin.h"
#include "ui/cli/inputs.h"
#include "ui/cli/live.h"
#include "ui/cli/offline.h"
#include "ui/cli/passwords.h"
#include "ui/cli/privileges.h"
#include "ui/cli/reference.h"
#include "ui/cli/sandbox.h"
#include "ui/cli/show.h"
#include "ui/cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static int load_profile(struct session *session)
{
    char error[PROFILE_ERROR_TEXT];
    if (session->options->profile == NULL ||
        profile_load(&session->profile, session->options->profile, error) == 0)
        return 0;
    return trouble(error);
}

static int load_secrets(struct session *session)
{
    char text[OPTIONS_ERROR];
    if (secrets_load(&session->secrets, session->options, text) != 0)
        return trouble(text);
    if (secrets_remark(&session->secrets, session->options, text))
        (void)trouble(text);
    return 0;
}

static int open_log(struct session *session)
{
    const char *problem;
    char message[512];
    const char *path = session->options->cms_log;
    if (path == NULL || (session->log = cms_log_open(path, &problem)) != NULL)
        return 0;
    snprintf(message, sizeof message, "%s: %s", path, problem);
    return trouble(message);
}

/* The dashboard has nothing to show before there is something to read: there, signals end it. */
static bool is_given_up(const struct options *options)
{
    for (size_t i = 0; i < options->file_count; i++)
        if (strcmp(options->files[i], "-") == 0)
            return !options->dashboard && !begin_wait_for_input();
    return false;
}

/* Without a file there is still the event log of CMS. */
static int open_files(struct session *session, const char *filter)
{
    char error[CAPTURE_ERROR_TEXT] = "not enough memory";
    const struct options *options = session->options;
    session->capture = options->file_count == 0 || is_given_up(options)
                           ? capture_open_none(options->files, options->file_count)
                           : capture_open_files(options->files, options->file_count, filter, error);
    return session->capture != NULL ? 0 : trouble(error);
}

static int open_interfaces(struct session *session, const char *filter)
{
    char error[CAPTURE_ERROR_TEXT], message[CAPTURE_ERROR_TEXT + PRIVILEGES_TEXT];
    char remedy[PRIVILEGES_TEXT] = "";
    bool denied;
    const struct options *options = session->options;
    const struct capture_live_options live = {.interfaces = options->interfaces,
                                              .count = options->interface_count,
                                              .filter = filter,
                                              .buffer_size = options->buffer_size,
                                              .snapshot_length = options->snapshot_length,
                                              .promiscuous = !options->not_promiscuous};
    session->capture = capture_open_live(&live, &denied, error);
    if (session->capture != NULL)
        return 0;
    if (denied)
        privileges_remedy(remedy);
    snprintf(message, sizeof message, "%s%s", error, remedy);
    return trouble(message);
}

static int open_capture(struct session *session)
{
    const struct options *options = session->options;
    const char *filter = options_filter(options);
    return options->interface_count > 0 ? open_interfaces(session, filter)
                                        : open_files(session, filter);
}

static FILE *create_output(const struct options *options)
{
    struct privileges_user owner;
    privileges_owner(&owner, options->user);
    int descriptor =
        privileges_create(options->output, O_WRONLY | O_TRUNC | O_CLOEXEC, 0666, &owner);
    return descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
}

/* Opening it empties it. */
static FILE *open_report(const struct options *options, char *problem, size_t size)
{
    const char *path = options->output;
    if (path == NULL || strcmp(path, "-") == 0)
        return stdout;
    FILE *out = create_output(options);
    if (out == NULL)
        snprintf(problem, size, "%s: cannot be written: %s", path, strerror(errno));
    return out;
}

static int open_output(struct session *session)
{
    char problem[512];
    session->out = open_report(session->options, problem, sizeof problem);
    if (session->out == NULL)
        return trouble(problem);
    session->color = options_want_color(session->options, session->out);
    return 0;
}

static int open_engine(struct session *session)
{
    const struct engine_options options = {
        .profile = session->options->profile != NULL ? &session->profile : NULL,
        .credentials = session->has_credentials ? &session->credentials : NULL,
        .keylog = session->secrets.given,
        .log_offset = session->options->has_log_offset ? &session->options->log_offset : NULL,
        .vantage = session->options->vantage,
        .memory = session->options->memory,
    };
    session->engine = engine_new(&options);
    return session->engine != NULL ? 0 : trouble("not enough memory for the analysis");
}

static int open_signals(struct session *session)
{
    session->signals = signals_open();
    return session->signals >= 0 ? 0 : trouble("signals cannot be waited for");
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

static int prepare_keep(struct session *session)
{
    return keep_prepare(&session->keep, session->options) == 0 ? 0 : trouble(session->keep.error);
}

static int begin_keep(struct session *session)
{
    return keep_begin(&session->keep, session->capture) == 0 ? 0 : trouble(session->keep.error);
}

/* All is open: what it took to open it is not needed any more. */
static int give_up_privileges(struct session *session)
{
    struct privileges_user user;
    char error[PRIVILEGES_TEXT];
    if (privileges_find(&user, session->options->user, error) == 0 &&
        privileges_drop(&user, error) == 0)
        return 0;
    return trouble(error);
}

static int enter_sandbox(struct session *session)
{
    const struct sandbox_needs needs = {.terminal = session->options->dashboard};
    char text[SANDBOX_TEXT];
    if (session->options->no_sandbox || sandbox_enter(&needs, text) == 0)
        return 0;
    show_close(&session->show);
    return trouble(text);
}

/* Who looked at the dashboard wants no report but the one asked for by name. */
static int analyse(struct session *session)
{
    const struct options *options = session->options;
    if (options->dashboard)
        show_run(session);
    else if (options->interface_count > 0)
        live_run(session, NULL);
    else
        offline_run(session);
    session_check_keep(session, keep_end(&session->keep));
    if (!options->dashboard || options->output != NULL)
        session_write_report(session);
    passwords_remark(session);
    return report_input_errors(session, session->trouble ? EXIT_TROUBLE : exit_status(session));
}

static void close_session(struct session *session)
{
    show_close(&session->show);
    signals_close(session->signals);
    (void)keep_end(&session->keep);
    engine_free(session->engine);
    capture_close(session->capture);
    credentials_free(&session->credentials);
    secrets_free(&session->secrets);
    if (session->log != NULL && session->log != stdin)
        fclose(session->log);
    if (session->out != NULL && session->out != stdout)
        fclose(session->out);
}

/* In this order: what opens files and interfaces first, then what takes away the right to. */
static int set_up(struct session *session)
{
    static int (*const steps[])(struct session *) = {
        prepare_keep, show_prepare, load_profile,       inputs_spare, passwords_load,
        open_capture, load_secrets, open_log,           open_output,  open_engine,
        open_signals, begin_keep,   give_up_privileges, show_open,    enter_sandbox,
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i](session) != 0)
            return -1;
    return 0;
}

static int run_analysis(const struct options *options)
{
    struct session session = {.options = options,
                              .left = options->count,
                              .signals = -1,
                              .show = {.opener = {.socket = -1}}};
    session.secrets.source.file.fd = -1;
    int status = set_up(&session) == 0 ? analyse(&session) : EXIT_TROUBLE;
    close_session(&session);
    return status;
}

int run(int argc, char **argv)
{
    struct options options;
    char error[OPTIONS_ERROR];
    if (options_parse(&options, argc, argv, error) != 0)
        return trouble(error);
    return options.action == ACTION_ANALYSE ? run_analysis(&options) : run_reference(&options);
}
