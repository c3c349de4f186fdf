/* SPDX-License-Identifier: MIT */
/* Findings, printed as they are made: live, nobody wants to wait for the report. */
#ifndef TURNSCOPE_UI_CLI_ANNOUNCE_H
#define TURNSCOPE_UI_CLI_ANNOUNCE_H

#include "ui/report/report.h"

struct announcements {
    uint64_t changes; /* of the findings, when they were last looked at */
    bool waiting;     /* a finding has been counted since it was printed */
    bool any;         /* something was printed */
    struct announced {
        uint64_t count; /* as printed; 0: not printed yet */
        int64_t when;
    } printed[LIMIT_FINDINGS + 1]; /* by the number of the finding */
};

/* Prints each new finding, and each that was counted again, that one at most once a second. `now`:
 * nanoseconds of a clock that only goes forward. Does nothing for formats that are written once. */
void announce(struct announcements *announcements, FILE *out, const struct report_format *format,
              const struct report *report, int64_t now);

#endif
