/* SPDX-License-Identifier: MIT */
#include "ui/report/text_inputs.h"

#include "ui/report/escape.h"

const char *span_text(int64_t nanoseconds, char text[SPAN_TEXT])
{
    enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };
    long long seconds = nanoseconds / SECONDS;
    if (seconds < 10LL * MINUTE)
        snprintf(text, SPAN_TEXT, "%.1f s", (double)nanoseconds / (double)SECONDS);
    else if (seconds < HOUR)
        snprintf(text, SPAN_TEXT, "%lld min", seconds / MINUTE);
    else if (seconds < 2LL * DAY)
        snprintf(text, SPAN_TEXT, "%lld h %lld min", seconds / HOUR, seconds % HOUR / MINUTE);
    else
        snprintf(text, SPAN_TEXT, "%lld days", seconds / DAY);
    return text;
}

static void print_input(const struct lines *lines, const struct capture_input *input)
{
    char source[ESCAPED_TEXT], first[TIME_TEXT], last[TIME_TEXT], span[SPAN_TEXT];
    fprintf(lines->out, input->packets == 1 ? "%s: %llu packet" : "%s: %llu packets",
            escape_text(input->source, source, sizeof source), (unsigned long long)input->packets);
    if (input->packets > 0)
        fprintf(lines->out, ", %.19s to %.19s UTC (%s)", report_time(input->first, first),
                report_time(input->last, last), span_text(input->last - input->first, span));
    if (input->dropped > 0)
        fprintf(lines->out, ", %llu more dropped", (unsigned long long)input->dropped);
    fputc('\n', lines->out);
    if (input->error[0] != '\0')
        fprintf(lines->out, "%s%s%s\n", style_on(lines, STYLE_WARNING),
                escape_text(input->error, source, sizeof source), style_off(lines));
}

static void print_log(const struct lines *lines, const struct report *report)
{
    char source[ESCAPED_TEXT];
    unsigned long long count = report->engine->trackers.log.lines;
    fprintf(lines->out,
            count == 1 ? "%s: %llu line of the CMS event log\n"
                       : "%s: %llu lines of the CMS event log\n",
            escape_text(report->log, source, sizeof source), count);
}

/* What a filter keeps out is no more to be seen than what was not captured. */
static void print_filter(const struct lines *lines, const char *filter)
{
    char escaped[ESCAPED_TEXT];
    fprintf(lines->out, "Only packets that match: %s\n",
            escape_text(filter, escaped, sizeof escaped));
}

void text_inputs_print(const struct lines *lines, const struct report *report)
{
    const struct vantage *vantage = &report->engine->vantage;
    for (size_t i = 0; i < capture_input_count(report->capture); i++)
        print_input(lines, capture_input(report->capture, i));
    if (report->log != NULL)
        print_log(lines, report);
    if (report->filter != NULL)
        print_filter(lines, report->filter);
    if (vantage->value != VANTAGE_UNKNOWN)
        fprintf(lines->out, "Captured at: %s (by %s)\n", vantage_name(vantage->value),
                vantage_basis_name(vantage->basis));
}
