/* SPDX-License-Identifier: MIT */
/* The command line. */
#ifndef TURNSCOPE_UI_CLI_OPTIONS_H
#define TURNSCOPE_UI_CLI_OPTIONS_H

#include "analyzer/diagnose/catalogue.h"
#include "analyzer/diagnose/vantage.h"
#include "analyzer/limits.h"
#include "ui/report/report.h"

#include <stddef.h>

enum color_choice {
    COLOR_AUTO,
    COLOR_ALWAYS,
    COLOR_NEVER,
};

/* What the program is asked to do instead of analysing. */
enum action {
    ACTION_ANALYSE,
    ACTION_HELP,
    ACTION_VERSION,
    ACTION_LIST_INTERFACES,
    ACTION_LIST_FINDINGS,
    ACTION_EXPLAIN,
    ACTION_PROFILE_TEMPLATE,
};

enum { OPTIONS_FILTER = 4096, OPTIONS_ERROR = 512 };

struct options {
    enum action action;
    const char *explain; /* the finding code of ACTION_EXPLAIN */
    const char *files[LIMIT_INPUTS];
    size_t file_count;
    const char *interfaces[LIMIT_INPUTS]; /* to capture from instead of reading files */
    size_t interface_count;
    size_t buffer_size;       /* of the kernel, bytes */
    uint32_t memory;          /* that the analysis may take, MB */
    unsigned snapshot_length; /* 0: whole packets */
    bool not_promiscuous;
    int64_t duration;      /* nanoseconds; 0: until told to end */
    const char *write;     /* where packets are kept; NULL: nowhere */
    uint64_t rotate_size;  /* begin another file after so many bytes; 0: never */
    int64_t rotate_time;   /* and after so many nanoseconds */
    unsigned rotate_files; /* keep no more than so many; 0: all */
    bool no_sandbox;
    const char *user;            /* to go on as; NULL: the default */
    char filter[OPTIONS_FILTER]; /* BPF; "" none */
    const char *output;          /* NULL: standard output */
    const char *profile;
    const char *password_file;
    const char *keylog;
    const char *cms_log;
    bool has_log_offset;
    int64_t log_offset; /* nanoseconds */
    const struct report_format *format;
    enum vantage_value vantage;
    enum color_choice color;
    enum severity fail_on; /* what makes exit status 1 */
    bool never_fail;
    unsigned long long count; /* packets; 0: all */
    bool dashboard;
    bool quiet;
    bool verbose;
};

/* 0; or -1 with one line in `error` that says what is wrong and what to do. Pointers in *options
 * lead into argv. */
int options_parse(struct options *options, int argc, char **argv, char error[OPTIONS_ERROR]);

/* What packets have to pass, BPF; NULL: nothing. */
const char *options_filter(const struct options *options);

/* Whether what goes to `out` is coloured. */
bool options_want_color(const struct options *options, FILE *out);

/* --help, made from the table of options. */
void options_help(FILE *out);

#endif
