/* SPDX-License-Identifier: MIT */
/* The options: one row each, from which the parser and --help are made. */
#ifndef TURNSCOPE_UI_CLI_OPTION_TABLE_H
#define TURNSCOPE_UI_CLI_OPTION_TABLE_H

#include "ui/cli/options.h"

#include <stddef.h>

/* An option on the command line. */
struct given {
    const struct option_row *row;
    const char *value; /* NULL: the option takes none */
    char *error;       /* OPTIONS_ERROR octets */
};

struct option_row {
    char letter; /* 0: none */
    const char *name;
    const char *value; /* its name in --help; NULL: takes none */
    /* What it does to *options: 0, or -1 with given->error filled in. NULL: nothing. */
    int (*apply)(struct options *options, const struct given *given);
    const char *help;
    size_t place;       /* in struct options, of what is set as it stands */
    enum action action; /* what is asked for instead of an analysis */
};

enum { OPTION_ROWS = 37 };

extern const struct option_row option_rows[OPTION_ROWS];

/* Adds a word to the filter: 0, or -1 with `error` (OPTIONS_ERROR octets) filled in. */
int options_add_filter(struct options *options, const char *word, char *error);

#endif
