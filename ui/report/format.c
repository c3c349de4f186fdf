/* SPDX-License-Identifier: MIT */
#include "ui/report/report.h"

#include "ui/report/json.h"
#include "ui/report/text.h"

#include <string.h>
#include <time.h>

static const struct report_format formats[] = {
    {"text", report_text, report_text_finding},
    {"json", report_json, NULL},
    {"ndjson", report_ndjson, report_ndjson_finding},
};

const struct report_format *report_format(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

const char *report_format_names(void)
{
    return "text, json, ndjson";
}

const char *report_time(int64_t time, char text[TIME_TEXT])
{
    int64_t seconds = time / SECONDS;
    int64_t rest = time % SECONDS;
    if (rest < 0) {
        rest += SECONDS;
        seconds--;
    }
    time_t clock = (time_t)seconds;
    struct tm utc;
    char date[24] = "";
    if (gmtime_r(&clock, &utc) != NULL)
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text, TIME_TEXT, "%s.%06dZ", date, (int)(rest / MICROSECONDS));
    return text;
}
