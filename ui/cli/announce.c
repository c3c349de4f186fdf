/* SPDX-License-Identifier: MIT */
#include "ui/cli/announce.h"

#include "analyzer/time.h"

/* 1: the finding is to be printed now; -1: later; 0: it is printed as it is. */
static int is_due(const struct announced *announced, const struct finding *finding, int64_t now)
{
    if (announced->count == finding->count)
        return 0;
    return announced->count == 0 || now - announced->when >= SECONDS ? 1 : -1;
}

void announce(struct announcements *announcements, FILE *out, const struct report_format *format,
              const struct report *report, int64_t now)
{
    const struct findings *findings = &report->engine->findings;
    if (format->finding == NULL ||
        (findings->changes == announcements->changes && !announcements->waiting))
        return;
    announcements->changes = findings->changes;
    announcements->waiting = false;
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f)) {
        struct announced *announced = &announcements->printed[f->number];
        int due = is_due(announced, f, now);
        announcements->waiting = announcements->waiting || due < 0;
        if (due <= 0)
            continue;
        format->finding(out, report, f);
        *announced = (struct announced){f->count, now};
        announcements->any = true;
    }
    fflush(out);
}
