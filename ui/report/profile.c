/* SPDX-License-Identifier: MIT */
#include "ui/report/profile.h"

#include "analyzer/diagnose/profile_suggest.h"

static void write_text(void *context, const char *text)
{
    fputs(text, context);
}

static bool report_profile(FILE *out, const struct report *report)
{
    profile_suggest(&report->engine->state, write_text, out);
    return true;
}

const struct report_format report_format_profile = {"profile", report_profile, NULL};
