/* SPDX-License-Identifier: MIT */
/* Times and durations as the dashboard shows them. */
#ifndef TURNSCOPE_UI_TUI_CLOCK_H
#define TURNSCOPE_UI_TUI_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum time_format { CLOCK_UTC, CLOCK_LOCAL, CLOCK_SINCE_START, TIME_FORMATS };

enum { CLOCK_TEXT = 40, CLOCK_WIDTH = 15 };

/* "19:52:48.704809", or seconds since `start`; both in nanoseconds since the epoch. */
const char *clock_text(enum time_format format, int64_t time, int64_t start, char text[CLOCK_TEXT]);

/* "2017-05-20 19:52:48": with the date, in UTC or local time as the format says. */
const char *clock_date(enum time_format format, int64_t time, char text[CLOCK_TEXT]);

/* "412 us", "10.1 ms", "18.2 s", "3 min 20 s", "5 h 12 min". */
const char *clock_duration(int64_t nanoseconds, char text[CLOCK_TEXT]);

/* "utc", "local", "start" of the settings; false when there is no such format. */
bool clock_parse(enum time_format *format, const char *name);
const char *clock_name(enum time_format format); /* for the column's title */

#endif
