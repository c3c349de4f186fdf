/* SPDX-License-Identifier: MIT */
/* Reports: one file an output format, one table of formats. */
#ifndef TURNSCOPE_UI_REPORT_REPORT_H
#define TURNSCOPE_UI_REPORT_REPORT_H

#include "analyzer/engine.h"

#include <stdio.h>

/* All that a report is made from. Borrowed. */
struct report {
    struct engine *engine;
    const struct capture *capture;
    const char *log; /* name of the CMS event log, the input behind those of the capture; or NULL */
    const char *filter; /* that packets had to pass, BPF; or NULL */
    struct verdict verdict;
    bool color;
    bool verbose;   /* text: every finding in full */
    bool announced; /* findings were printed before, as they were made */
};

struct report_format {
    const char *name; /* of -T */
    /* The whole report, at the end or when asked. False, and some or all of it is missing, when
     * memory is short; that `out` could not be written is for the caller to see. */
    bool (*write)(FILE *out, const struct report *report);
    /* One finding, as it is made or counted, live; NULL: this format is written once, at the end.
     */
    void (*finding)(FILE *out, const struct report *report, const struct finding *finding);
};

/* NULL when there is none of that name. */
const struct report_format *report_format(const char *name);

/* "text, json, ndjson", for messages. */
const char *report_format_names(void);

/* RFC 3339 with microseconds, UTC. */
enum { TIME_TEXT = 40 };
const char *report_time(int64_t time, char text[TIME_TEXT]);

#endif
