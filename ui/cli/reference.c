/* SPDX-License-Identifier: MIT */
#include "ui/cli/reference.h"

#include "analyzer/diagnose/profile.h"
#include "ui/cli/interfaces.h"
#include "ui/cli/run.h"
#include "ui/cli/session.h"
#include "ui/report/explain.h"

#include <errno.h>
#include <string.h>

static int explain(const struct options *options)
{
    char error[EXPLAIN_ERROR_TEXT];
    bool color = options_want_color(options, stdout);
    return explain_finding(stdout, color, options->explain, error) == 0 ? EXIT_NOTHING_FOUND
                                                                        : trouble(error);
}

static void write_text(void *context, const char *text)
{
    fputs(text, context);
}

static int print(const struct options *options)
{
    switch (options->action) {
    case ACTION_LIST_INTERFACES:
        return list_interfaces();
    case ACTION_EXPLAIN:
        return explain(options);
    case ACTION_LIST_FINDINGS:
        explain_list(stdout);
        break;
    case ACTION_PROFILE_TEMPLATE:
        profile_template(write_text, stdout);
        break;
    case ACTION_VERSION:
        puts("turnscope " TURNSCOPE_VERSION);
        break;
    default:
        options_help(stdout);
        break;
    }
    return EXIT_NOTHING_FOUND;
}

int run_reference(const struct options *options)
{
    int status = print(options);
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    char message[128];
    snprintf(message, sizeof message, "standard output: cannot be written: %s",
             errno != 0 ? strerror(errno) : "not all of it went out");
    return trouble(message);
}
