/* SPDX-License-Identifier: MIT */
#include "ui/tui/clock.h"

#include "analyzer/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static struct tm broken_down(enum time_format format, int64_t time)
{
    time_t seconds = (time_t)(time / SECONDS);
    struct tm parts = {0};
    if (format == CLOCK_LOCAL)
        localtime_r(&seconds, &parts);
    else
        gmtime_r(&seconds, &parts);
    return parts;
}

const char *clock_text(enum time_format format, int64_t time, int64_t start, char text[CLOCK_TEXT])
{
    if (format == CLOCK_SINCE_START) {
        snprintf(text, CLOCK_TEXT, "%15.6f", (double)(time - start) / (double)SECONDS);
        return text;
    }
    struct tm parts = broken_down(format, time);
    int64_t fraction = time % SECONDS;
    snprintf(text, CLOCK_TEXT, "%02d:%02d:%02d.%06d", parts.tm_hour, parts.tm_min, parts.tm_sec,
             (int)((fraction < 0 ? 0 : fraction) / MICROSECONDS));
    return text;
}

const char *clock_date(enum time_format format, int64_t time, char text[CLOCK_TEXT])
{
    struct tm parts = broken_down(format, time);
    if (strftime(text, CLOCK_TEXT, "%Y-%m-%d %H:%M:%S", &parts) == 0)
        text[0] = '\0';
    return text;
}

const char *clock_duration(int64_t nanoseconds, char text[CLOCK_TEXT])
{
    double seconds = (double)nanoseconds / (double)SECONDS;
    double size = seconds < 0 ? -seconds : seconds;
    long whole = (long)size;
    if (size < 0.001)
        snprintf(text, CLOCK_TEXT, "%.0f us", seconds * 1e6);
    else if (size < 1)
        snprintf(text, CLOCK_TEXT, "%.1f ms", seconds * 1e3);
    else if (size < 60)
        snprintf(text, CLOCK_TEXT, "%.1f s", seconds);
    else if (size < 3600)
        snprintf(text, CLOCK_TEXT, "%s%ld min %ld s", seconds < 0 ? "-" : "", whole / 60,
                 whole % 60);
    else
        snprintf(text, CLOCK_TEXT, "%s%ld h %ld min", seconds < 0 ? "-" : "", whole / 3600,
                 whole % 3600 / 60);
    return text;
}

bool clock_parse(enum time_format *format, const char *name)
{
    static const char *const names[] = {"utc", "local", "start"};
    for (enum time_format i = 0; i < TIME_FORMATS; i++) {
        if (strcmp(names[i], name) == 0) {
            *format = i;
            return true;
        }
    }
    return false;
}

const char *clock_name(enum time_format format)
{
    static const char *const names[] = {"Time (UTC)", "Time (local)", "Seconds"};
    return names[format];
}
