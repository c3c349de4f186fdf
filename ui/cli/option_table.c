/* SPDX-License-Identifier: MIT */
#include "ui/cli/option_table.h"

#include "ui/report/profile.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Seconds: more is a mistake. */
#define CENTURY UINT64_C(3155760000)

/* Says what is wrong with what was given, and what to give instead: always -1. */
__attribute__((format(printf, 2, 3))) static int fail(const struct given *given, const char *format,
                                                      ...)
{
    const struct option_row *row = given->row;
    char advice[OPTIONS_ERROR / 2];
    const char letter[] = {row->letter, '\0'};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(advice, sizeof advice, format, arguments);
    va_end(arguments);
    snprintf(given->error, OPTIONS_ERROR, "%s%s '%.128s': %s", row->letter != 0 ? "-" : "--",
             row->letter != 0 ? letter : row->name, given->value, advice);
    return -1;
}

/* Where in *options what a row sets stands. */
static void *place(struct options *options, const struct option_row *row)
{
    return (char *)options + row->place;
}

static int set_text(struct options *options, const struct given *given)
{
    *(const char **)place(options, given->row) = given->value;
    return 0;
}

static int set_flag(struct options *options, const struct given *given)
{
    *(bool *)place(options, given->row) = true;
    return 0;
}

/* Something else is asked for than an analysis. */
static int set_action(struct options *options, const struct given *given)
{
    options->action = given->row->action;
    options->explain = given->value;
    return 0;
}

static int add_file(struct options *options, const struct given *given)
{
    if (options->file_count == LIMIT_INPUTS)
        return fail(given, "one more file than can be read together");
    options->files[options->file_count++] = given->value;
    return 0;
}

static int add_interface(struct options *options, const struct given *given)
{
    if (options->interface_count == LIMIT_INPUTS)
        return fail(given, "one more interface than can be captured from");
    options->interfaces[options->interface_count++] = given->value;
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

static int set_buffer_size(struct options *options, const struct given *given)
{
    const uint64_t most = UINT64_C(2047) * 1024; /* libpcap counts octets in an int */
    options->buffer_size = read_number(given->value, most) * 1024;
    if (options->buffer_size > 0)
        return 0;
    return fail(given, "give the buffer's size in KiB, 1 to 2096128");
}

static int set_memory(struct options *options, const struct given *given)
{
    options->memory = (uint32_t)read_number(given->value, LIMIT_MEMORY_MOST);
    if (options->memory >= LIMIT_MEMORY_LEAST)
        return 0;
    return fail(given, "give the memory for the analysis in MB, 16 to 65536; 256 is the default");
}

static int set_snapshot_length(struct options *options, const struct given *given)
{
    options->snapshot_length = (unsigned)read_number(given->value, 262144);
    if (options->snapshot_length > 0 || strcmp(given->value, "0") == 0)
        return 0;
    return fail(given, "give a number of octets up to 262144; 0 keeps whole packets");
}

static int set_duration(struct options *options, const struct given *given)
{
    options->duration = (int64_t)read_number(given->value, CENTURY) * SECONDS;
    if (options->duration > 0)
        return 0;
    return fail(given, "give a number of seconds");
}

static int set_rotate_size(struct options *options, const struct given *given)
{
    const uint64_t megabyte = 1000000, most = 1000000;
    options->rotate_size = read_number(given->value, most) * megabyte;
    if (options->rotate_size > 0)
        return 0;
    return fail(given, "give the size of a file in millions of bytes");
}

static int set_rotate_time(struct options *options, const struct given *given)
{
    options->rotate_time = (int64_t)read_number(given->value, CENTURY) * SECONDS;
    if (options->rotate_time > 0)
        return 0;
    return fail(given, "give a number of seconds");
}

static int set_rotate_files(struct options *options, const struct given *given)
{
    options->rotate_files = (unsigned)read_number(given->value, 99999);
    if (options->rotate_files > 0)
        return 0;
    return fail(given, "give a number of files up to 99999");
}

static int set_format(struct options *options, const struct given *given)
{
    options->format = report_format(given->value);
    if (options->format != NULL)
        return 0;
    return fail(given, "use one of %s", report_format_names());
}

static int set_json(struct options *options, const struct given *given)
{
    (void)given;
    options->format = report_format("json");
    return 0;
}

/* Seconds, perhaps with a fraction; no clock is a week wrong. */
static int set_log_offset(struct options *options, const struct given *given)
{
    enum { WEEK = 604800 };
    char *end;
    double seconds = strtod(given->value, &end);
    if (end == given->value || *end != '\0' || !(seconds >= -WEEK && seconds <= WEEK))
        return fail(given, "give a number of seconds, such as -7200");
    options->log_offset = (int64_t)(seconds * (double)SECONDS);
    options->has_log_offset = true;
    return 0;
}

static int set_vantage(struct options *options, const struct given *given)
{
    if (vantage_parse(&options->vantage, given->value))
        return 0;
    return fail(given, "use client, expressway-e-lan1, expressway-e-lan2, expressway-c or cms");
}

static int add_filter(struct options *options, const struct given *given)
{
    return options_add_filter(options, given->value, given->error);
}

static int set_count(struct options *options, const struct given *given)
{
    options->count = read_number(given->value, UINT64_MAX);
    if (options->count > 0)
        return 0;
    return fail(given, "give a number of packets");
}

static int set_color(struct options *options, const struct given *given)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (enum color_choice choice = COLOR_AUTO; choice <= COLOR_NEVER; choice++) {
        if (strcmp(names[choice], given->value) == 0) {
            options->color = choice;
            return 0;
        }
    }
    return fail(given, "use auto, always or never");
}

static int set_fail_on(struct options *options, const struct given *given)
{
    options->never_fail = strcmp(given->value, "never") == 0;
    options->fail_on = strcmp(given->value, "warning") == 0 ? SEVERITY_WARNING : SEVERITY_ERROR;
    if (options->never_fail || options->fail_on == SEVERITY_WARNING ||
        strcmp(given->value, "error") == 0)
        return 0;
    return fail(given, "use error, warning or never");
}

/* The profile is what is printed instead of a report: nothing in it is a fault. */
static int set_suggest_profile(struct options *options, const struct given *given)
{
    (void)given;
    options->never_fail = true;
    options->format = &report_format_profile;
    return 0;
}

const struct option_row option_rows[OPTION_ROWS] = {
    {'r', "read", "FILE", add_file,
     .help =
         "read a capture (pcap, pcapng; plain, .gz, .zst; - is standard input); may be repeated"},
    {'i', "interface", "NAME", add_interface, .help = "capture live; any is all; may be repeated"},
    {'D', "list-interfaces", NULL, set_action, .help = "list the interfaces to capture from",
     .action = ACTION_LIST_INTERFACES},
    {'f', "filter", "BPF", add_filter,
     .help = "only these packets; trailing words are taken for it too"},
    {'c', "count", "N", set_count, .help = "stop after N packets"},
    {0, "duration", "SECONDS", set_duration, .help = "stop a live capture after so long"},
    {'w', "write", "FILE", set_text,
     .help = "keep the packets there (pcap; of several inputs pcapng)",
     .place = offsetof(struct options, write)},
    {'C', "rotate-size", "MB", set_rotate_size,
     .help = "begin another file when one has so many MB"},
    {'G', "rotate-seconds", "SECONDS", set_rotate_time, .help = "and when one is so old"},
    {'W', "rotate-files", "N", set_rotate_files, .help = "write the oldest of N files anew"},
    {'B', "buffer-size", "KIB", set_buffer_size,
     .help = "the kernel's capture buffer (default 16384)"},
    {0, "memory", "MB", set_memory,
     .help = "what the analysis may take; when full, the oldest is forgotten (default 256)"},
    {'s', "snapshot-length", "LENGTH", set_snapshot_length,
     .help = "keep the first octets of each packet only; 0 (default) keeps all"},
    {'p', "no-promiscuous", NULL, set_flag, .help = "no promiscuous mode",
     .place = offsetof(struct options, not_promiscuous)},
    {'Z', "relinquish-privileges", "USER", set_text,
     .help = "go on as this user once all is open; default nobody when started as root",
     .place = offsetof(struct options, user)},
    {0, "no-sandbox", NULL, set_flag, .help = "do without seccomp and Landlock",
     .place = offsetof(struct options, no_sandbox)},
    {'t', "tui", NULL, set_flag, .help = "show the dashboard, on a file or live",
     .place = offsetof(struct options, dashboard)},
    {'T', "format", "FORMAT", set_format, .help = "text (default), json or ndjson"},
    {0, "json", NULL, set_json, .help = "short for -T json"},
    {'o', "output", "FILE", set_text, .help = "write the report there instead of standard output",
     .place = offsetof(struct options, output)},
    {0, "profile", "FILE", set_text,
     .help = "the site profile: what the deployment should look like",
     .place = offsetof(struct options, profile)},
    {0, "vantage", "WHERE", set_vantage,
     .help = "where the capture was made: client, expressway-e-lan1, expressway-e-lan2, "
             "expressway-c, cms"},
    {0, "turn-password-file", "FILE", set_text,
     .help = "username:password lines to verify MESSAGE-INTEGRITY with; never printed",
     .place = offsetof(struct options, password_file)},
    {0, "keylog", "FILE", set_text,
     .help =
         "TLS secrets of the client (SSLKEYLOGFILE), to look inside its connections; never printed",
     .place = offsetof(struct options, keylog)},
    {0, "cms-log", "FILE", set_text,
     .help = "event log of the Meeting Server (downloaded or syslog; - is standard input) for the "
             "same time",
     .place = offsetof(struct options, cms_log)},
    {0, "log-offset", "SECONDS", set_log_offset,
     .help = "what to add to the log's times; without it a time zone is guessed"},
    {0, "color", "WHEN", set_color,
     .help = "auto (default), always or never; NO_COLOR is honoured"},
    {0, "fail-on", "SEVERITY", set_fail_on,
     .help = "what makes exit status 1: error (default), warning or never"},
    {'n', "no-names", NULL, NULL, .help = "accepted; names are never looked up"},
    {'q', "quiet", NULL, set_flag, .help = "no report, only the exit status",
     .place = offsetof(struct options, quiet)},
    {'v', "verbose", NULL, set_flag,
     .help = "every finding in full, every attempt, the HTTP exchanges",
     .place = offsetof(struct options, verbose)},
    {0, "list-findings", NULL, set_action, .help = "list all findings",
     .action = ACTION_LIST_FINDINGS},
    {0, "explain", "CODE", set_action, .help = "say all that is known of a finding",
     .action = ACTION_EXPLAIN},
    {0, "profile-template", NULL, set_action,
     .help = "print a site profile with every key, explained", .action = ACTION_PROFILE_TEMPLATE},
    {0, "suggest-profile", NULL, set_suggest_profile,
     .help = "print a site profile filled in with what the capture shows, instead of a report"},
    {'V', "version", NULL, set_action, .help = "print the version", .action = ACTION_VERSION},
    {'h', "help", NULL, set_action, .help = "print this", .action = ACTION_HELP},
};
