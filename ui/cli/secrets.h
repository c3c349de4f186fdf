/* SPDX-License-Identifier: MIT */
/* The TLS secrets that an analysis is given: with --keylog, and inside pcapng files. */
#ifndef TURNSCOPE_UI_CLI_SECRETS_H
#define TURNSCOPE_UI_CLI_SECRETS_H

#include "analyzer/crypto/keylog_file.h"
#include "ui/cli/options.h"

struct secrets {
    struct keylog_source source;
    struct keylog_source *given; /* `source`, or NULL when there are none */
};

/* 0; or -1 with `error` filled in. All zero before. */
int secrets_load(struct secrets *secrets, const struct options *options, char error[OPTIONS_ERROR]);

/* Whether something of the key log could not be used, and what, as a sentence. */
bool secrets_remark(const struct secrets *secrets, const struct options *options,
                    char text[OPTIONS_ERROR]);

/* Wipes them. */
void secrets_free(struct secrets *secrets);

#endif
