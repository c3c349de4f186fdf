/* SPDX-License-Identifier: MIT */
#include "ui/cli/options.h"

#include "ui/report/profile.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A gigabit link fills this in an eighth of a second: longer than a report takes to write. */
enum { DEFAULT_BUFFER_SIZE = 16 * 1024 * 1024 };

/* Seconds: more is a mistake. */
#define CENTURY UINT64_C(3155760000)

/* What an option does to *options: 0, or -1 with `error` filled in. */
typedef int apply_function(struct options *options, const char *value, char *error);

static int fail(char *error, const char *format, const char *value)
{
    snprintf(error, OPTIONS_ERROR, format, value);
    return -1;
}

static int add_file(struct options *options, const char *value, char *error)
{
    if (options->file_count == LIMIT_INPUTS)
        return fail(error, "too many files: %s is one more than can be read together", value);
    options->files[options->file_count++] = value;
    return 0;
}

static int add_interface(struct options *options, const char *value, char *error)
{
    if (options->interface_count == LIMIT_INPUTS)
        return fail(error, "too many interfaces: %s is one more than can be captured from", value);
    options->interfaces[options->interface_count++] = value;
    return 0;
}

/* A whole number within 1 and `most`; 0: it is none. */
static uint64_t read_number(const char *value, uint64_t most)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    bool whole = errno == 0 && *value >= '0' && *value <= '9' && *end == '\0';
    return whole && number <= most ? number : 0;
}

static int set_buffer_size(struct options *options, const char *value, char *error)
{
    const uint64_t most = UINT64_C(2047) * 1024; /* libpcap counts octets in an int */
    options->buffer_size = read_number(value, most) * 1024;
    if (options->buffer_size > 0)
        return 0;
    return fail(error, "-B '%s': give the buffer's size in KiB, 1 to 2096128", value);
}

static int set_snapshot_length(struct options *options, const char *value, char *error)
{
    options->snapshot_length = (unsigned)read_number(value, 262144);
    if (options->snapshot_length > 0 || strcmp(value, "0") == 0)
        return 0;
    return fail(error, "-s '%s': give a number of octets up to 262144; 0 keeps whole packets",
                value);
}

static int set_not_promiscuous(struct options *options, const char *value, char *error)
{
    (void)value;
    (void)error;
    options->not_promiscuous = true;
    return 0;
}

static int set_duration(struct options *options, const char *value, char *error)
{
    options->duration = (int64_t)read_number(value, CENTURY) * SECONDS;
    if (options->duration > 0)
        return 0;
    return fail(error, "--duration '%s': give a number of seconds", value);
}

static int set_write(struct options *options, const char *value, char *error)
{
    (void)error;
    options->write = value;
    return 0;
}

static int set_rotate_size(struct options *options, const char *value, char *error)
{
    const uint64_t megabyte = 1000000, most = 1000000;
    options->rotate_size = read_number(value, most) * megabyte;
    if (options->rotate_size > 0)
        return 0;
    return fail(error, "-C '%s': give the size of a file in millions of bytes", value);
}

static int set_rotate_time(struct options *options, const char *value, char *error)
{
    options->rotate_time = (int64_t)read_number(value, CENTURY) * SECONDS;
    if (options->rotate_time > 0)
        return 0;
    return fail(error, "-G '%s': give a number of seconds", value);
}

static int set_rotate_files(struct options *options, const char *value, char *error)
{
    options->rotate_files = (unsigned)read_number(value, 99999);
    if (options->rotate_files > 0)
        return 0;
    return fail(error, "-W '%s': give a number of files up to 99999", value);
}

static int set_no_sandbox(struct options *options, const char *value, char *error)
{
    (void)value;
    (void)error;
    options->no_sandbox = true;
    return 0;
}

static int set_user(struct options *options, const char *value, char *error)
{
    (void)error;
    options->user = value;
    return 0;
}

static int set_format(struct options *options, const char *value, char *error)
{
    options->format = report_format(value);
    if (options->format != NULL)
        return 0;
    snprintf(error, OPTIONS_ERROR, "unknown format '%s': use one of %s", value,
             report_format_names());
    return -1;
}

static int set_json(struct options *options, const char *value, char *error)
{
    (void)value;
    return set_format(options, "json", error);
}

static int set_output(struct options *options, const char *value, char *error)
{
    (void)error;
    options->output = value;
    return 0;
}

static int set_profile(struct options *options, const char *value, char *error)
{
    (void)error;
    options->profile = value;
    return 0;
}

static int set_password_file(struct options *options, const char *value, char *error)
{
    (void)error;
    options->password_file = value;
    return 0;
}

static int set_keylog(struct options *options, const char *value, char *error)
{
    (void)error;
    options->keylog = value;
    return 0;
}

static int set_cms_log(struct options *options, const char *value, char *error)
{
    (void)error;
    options->cms_log = value;
    return 0;
}

/* Seconds, perhaps with a fraction; no clock is a week wrong. */
static int set_log_offset(struct options *options, const char *value, char *error)
{
    enum { WEEK = 604800 };
    char *end;
    double seconds = strtod(value, &end);
    if (end == value || *end != '\0' || !(seconds >= -WEEK && seconds <= WEEK))
        return fail(error, "--log-offset '%s': give a number of seconds, such as -7200", value);
    options->log_offset = (int64_t)(seconds * (double)SECONDS);
    options->has_log_offset = true;
    return 0;
}

static int set_vantage(struct options *options, const char *value, char *error)
{
    if (vantage_parse(&options->vantage, value))
        return 0;
    return fail(error,
                "unknown vantage '%s': use client, expressway-e-lan1, expressway-e-lan2, "
                "expressway-c or cms",
                value);
}

static int add_filter(struct options *options, const char *value, char *error)
{
    size_t used = strlen(options->filter);
    int written = snprintf(options->filter + used, sizeof options->filter - used, "%s%s",
                           used > 0 ? " " : "", value);
    if (written < 0 || (size_t)written >= sizeof options->filter - used)
        return fail(error, "the filter is too long%s", "");
    return 0;
}

static int set_count(struct options *options, const char *value, char *error)
{
    options->count = read_number(value, UINT64_MAX);
    if (options->count > 0)
        return 0;
    return fail(error, "'%s' is no number of packets", value);
}

static int set_color(struct options *options, const char *value, char *error)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (enum color_choice choice = COLOR_AUTO; choice <= COLOR_NEVER; choice++) {
        if (strcmp(names[choice], value) == 0) {
            options->color = choice;
            return 0;
        }
    }
    return fail(error, "unknown colour choice '%s': use auto, always or never", value);
}

static int set_fail_on(struct options *options, const char *value, char *error)
{
    options->never_fail = strcmp(value, "never") == 0;
    options->fail_on = strcmp(value, "warning") == 0 ? SEVERITY_WARNING : SEVERITY_ERROR;
    if (options->never_fail || options->fail_on == SEVERITY_WARNING || strcmp(value, "error") == 0)
        return 0;
    return fail(error, "--fail-on '%s': use error, warning or never", value);
}

static int set_dashboard(struct options *options, const char *value, char *error)
{
    (void)value;
    (void)error;
    options->dashboard = true;
    return 0;
}

static int set_quiet(struct options *options, const char *value, char *error)
{
    (void)value;
    (void)error;
    options->quiet = true;
    return 0;
}

static int set_verbose(struct options *options, const char *value, char *error)
{
    (void)value;
    (void)error;
    options->verbose = true;
    return 0;
}

static int accept_nothing(struct options *options, const char *value, char *error)
{
    (void)options;
    (void)value;
    (void)error;
    return 0;
}

/* The profile is what is printed instead of a report: nothing in it is a fault. */
static int set_suggest_profile(struct options *options, const char *value, char *error)
{
    (void)value;
    (void)error;
    options->never_fail = true;
    options->format = &report_format_profile;
    return 0;
}

/* One row an option: the parser and --help are both made from it. */
static const struct option_row {
    char letter; /* 0: none */
    const char *name;
    const char *value;     /* its name in --help; NULL: takes none */
    apply_function *apply; /* NULL: it asks for something else than an analysis */
    const char *help;
} rows[] = {
    {'r', "read", "FILE", add_file,
     "read a capture (pcap, pcapng; plain, .gz, .zst; - is standard input); may be repeated"},
    {'i', "interface", "NAME", add_interface, "capture live; any is all; may be repeated"},
    {'D', "list-interfaces", NULL, NULL, "list the interfaces to capture from"},
    {'f', "filter", "BPF", add_filter, "only these packets; trailing words are taken for it too"},
    {'c', "count", "N", set_count, "stop after N packets"},
    {0, "duration", "SECONDS", set_duration, "stop a live capture after so long"},
    {'w', "write", "FILE", set_write, "keep the packets there (pcap; of several inputs pcapng)"},
    {'C', "rotate-size", "MB", set_rotate_size, "begin another file when one has so many MB"},
    {'G', "rotate-seconds", "SECONDS", set_rotate_time, "and when one is so old"},
    {'W', "rotate-files", "N", set_rotate_files, "write the oldest of N files anew"},
    {'B', "buffer-size", "KIB", set_buffer_size, "the kernel's capture buffer (default 16384)"},
    {'s', "snapshot-length", "LENGTH", set_snapshot_length,
     "keep the first octets of each packet only; 0 (default) keeps all"},
    {'p', "no-promiscuous", NULL, set_not_promiscuous, "no promiscuous mode"},
    {'Z', "relinquish-privileges", "USER", set_user,
     "go on as this user once all is open; default nobody when started as root"},
    {0, "no-sandbox", NULL, set_no_sandbox, "do without seccomp and Landlock"},
    {'t', "tui", NULL, set_dashboard, "show the dashboard, on a file or live"},
    {'T', "format", "FORMAT", set_format, "text (default), json or ndjson"},
    {0, "json", NULL, set_json, "short for -T json"},
    {'o', "output", "FILE", set_output, "write the report there instead of standard output"},
    {0, "profile", "FILE", set_profile, "the site profile: what the deployment should look like"},
    {0, "vantage", "WHERE", set_vantage,
     "where the capture was made: client, expressway-e-lan1, expressway-e-lan2, expressway-c, cms"},
    {0, "turn-password-file", "FILE", set_password_file,
     "username:password lines to verify MESSAGE-INTEGRITY with; never printed"},
    {0, "keylog", "FILE", set_keylog,
     "TLS secrets of the client (SSLKEYLOGFILE), to look inside its connections; never printed"},
    {0, "cms-log", "FILE", set_cms_log,
     "event log of the Meeting Server (downloaded or syslog) for the same time"},
    {0, "log-offset", "SECONDS", set_log_offset,
     "what to add to the log's times; without it a time zone is guessed"},
    {0, "color", "WHEN", set_color, "auto (default), always or never; NO_COLOR is honoured"},
    {0, "fail-on", "SEVERITY", set_fail_on,
     "what makes exit status 1: error (default), warning or never"},
    {'n', "no-names", NULL, accept_nothing, "accepted; names are never looked up"},
    {'q', "quiet", NULL, set_quiet, "no report, only the exit status"},
    {'v', "verbose", NULL, set_verbose, "every finding in full, every attempt"},
    {0, "list-findings", NULL, NULL, "list all findings"},
    {0, "explain", "CODE", NULL, "say all that is known of a finding"},
    {0, "profile-template", NULL, NULL, "print a site profile with every key, explained"},
    {0, "suggest-profile", NULL, set_suggest_profile,
     "print a site profile filled in with what the capture shows, instead of a report"},
    {'V', "version", NULL, NULL, "print the version"},
    {'h', "help", NULL, NULL, "print this"},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void build_getopt(char *letters, struct option *names)
{
    *letters++ = ':';
    for (size_t i = 0; i < ROWS; i++) {
        names[i] = (struct option){rows[i].name, rows[i].value != NULL, NULL, (int)i + 256};
        if (rows[i].letter == 0)
            continue;
        *letters++ = rows[i].letter;
        if (rows[i].value != NULL)
            *letters++ = ':';
    }
    *letters = '\0';
}

static const struct option_row *row_of(int found)
{
    for (size_t i = 0; i < ROWS; i++)
        if (found == (int)i + 256 || (rows[i].letter != 0 && found == rows[i].letter))
            return &rows[i];
    return NULL;
}

static enum action action_of(const char *name)
{
    static const struct {
        const char *name;
        enum action action;
    } actions[] = {
        {"list-interfaces", ACTION_LIST_INTERFACES},
        {"list-findings", ACTION_LIST_FINDINGS},
        {"explain", ACTION_EXPLAIN},
        {"profile-template", ACTION_PROFILE_TEMPLATE},
        {"version", ACTION_VERSION},
    };
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].action;
    return ACTION_HELP;
}

static int apply(const struct option_row *row, struct options *options, const char *value,
                 char *error)
{
    if (row->apply != NULL)
        return row->apply(options, value, error);
    options->action = action_of(row->name);
    options->explain = value;
    return 0;
}

static int check_write(const struct options *options, char *error)
{
    bool rotates = options->rotate_size > 0 || options->rotate_time > 0;
    bool piped = options->write != NULL && strcmp(options->write, "-") == 0;
    if (rotates && (options->write == NULL || piped))
        return fail(error, "-C and -G divide what -w FILE writes: give that, too%s", "");
    if (options->rotate_files > 0 && !rotates)
        return fail(error, "-W says how many files -C or -G make: give one of them, too%s", "");
    if (piped && options->output == NULL && !options->quiet)
        return fail(error,
                    "-w - puts packets where the report goes: put the report elsewhere with -o "
                    "FILE, or leave it out with -q%s",
                    "");
    return 0;
}

static int check(const struct options *options, char *error)
{
    bool live = options->interface_count > 0;
    if (options->action != ACTION_ANALYSE)
        return 0;
    if (live && options->file_count > 0)
        return fail(error, "read files (-r) or capture live (-i), not both%s", "");
    if (!live && options->file_count == 0)
        return fail(error,
                    "nothing to read: give a capture with -r FILE or an interface with -i, or see "
                    "--help%s",
                    "");
    if (!live && options->duration > 0)
        return fail(error, "--duration is for live captures (-i)%s", "");
    return check_write(options, error);
}

int options_parse(struct options *options, int argc, char **argv, char error[OPTIONS_ERROR])
{
    char letters[2 * ROWS + 2];
    struct option names[ROWS + 1] = {0};
    int found;
    *options = (struct options){.format = report_format("text"),
                                .fail_on = SEVERITY_ERROR,
                                .buffer_size = DEFAULT_BUFFER_SIZE};
    build_getopt(letters, names);
    opterr = 0;
    while ((found = getopt_long(argc, argv, letters, names, NULL)) != -1) {
        const struct option_row *row = row_of(found);
        const char *given = optind > 0 && optind <= argc ? argv[optind - 1] : "";
        if (found == ':')
            return fail(error, "option %s needs a value", given);
        if (row == NULL)
            return fail(error, "unknown option %s: see --help", given);
        if (apply(row, options, optarg, error) != 0)
            return -1;
    }
    for (int i = optind; i < argc; i++)
        if (add_filter(options, argv[i], error) != 0)
            return -1;
    return check(options, error);
}

bool options_want_color(const struct options *options, FILE *out)
{
    const char *no_color = getenv("NO_COLOR");
    if (options->color != COLOR_AUTO)
        return options->color == COLOR_ALWAYS;
    return (no_color == NULL || no_color[0] == '\0') && isatty(fileno(out));
}

void options_help(FILE *out)
{
    fputs(
        "usage: turnscope [options] -r FILE [-r FILE ...] [BPF filter]\n"
        "       turnscope [options] -i INTERFACE [-i INTERFACE ...] [BPF filter]\n\n"
        "Says from packets alone why a WebRTC client does not get in, whose fault it is and what\n"
        "to change.\n\n",
        out);
    for (size_t i = 0; i < ROWS; i++) {
        char left[48], letter[4] = "  ";
        if (rows[i].letter != 0)
            snprintf(letter, sizeof letter, "-%c", rows[i].letter);
        snprintf(left, sizeof left, "  %s%s --%s%s%s", letter, rows[i].letter != 0 ? "," : " ",
                 rows[i].name, rows[i].value != NULL ? " " : "",
                 rows[i].value != NULL ? rows[i].value : "");
        fprintf(out, "%-32s %s\n", left, rows[i].help);
    }
    fputs("\nexit status: 0 nothing at or above --fail-on, 1 something was, 2 bad usage or input\n",
          out);
}
