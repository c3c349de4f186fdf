/* SPDX-License-Identifier: MIT */
#include "analyzer/log/cms_log.h"

#include <strings.h>

enum { NANOSECOND_DIGITS = 9 };

struct moment {
    int64_t year;
    uint32_t month; /* from 1 */
    uint32_t day;
    uint32_t hour;
    uint32_t minute;
    uint32_t second;
    uint32_t nanosecond;
    int64_t zone; /* seconds east of UTC */
};

static int peek(const struct cursor *c)
{
    return cursor_left(c) > 0 ? c->at[0] : -1;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* At least `least` digits and at most `most`. */
static bool take_number(struct cursor *c, size_t least, size_t most, uint32_t *number)
{
    size_t digits = 0;
    *number = 0;
    while (digits < most && is_digit(peek(c))) {
        *number = *number * 10 + (uint32_t)(cursor_u8(c) - '0');
        digits++;
    }
    return digits >= least && !is_digit(peek(c));
}

static bool take_byte(struct cursor *c, const char *set)
{
    int next = peek(c);
    if (next <= 0 || strchr(set, next) == NULL)
        return false;
    cursor_skip(c, 1);
    return true;
}

static void skip_spaces(struct cursor *c)
{
    while (take_byte(c, " \t"))
        continue;
}

/* 2017-05-20, and what separates it from the time. */
static bool take_date(struct cursor *c, struct moment *moment)
{
    uint32_t year;
    if (!take_number(c, 4, 4, &year) || !take_byte(c, "-") ||
        !take_number(c, 1, 2, &moment->month) || !take_byte(c, "-") ||
        !take_number(c, 1, 2, &moment->day) || !take_byte(c, " \tT"))
        return false;
    moment->year = year;
    skip_spaces(c);
    return true;
}

/* May 20, as syslog has it (RFC 3164 4.1.2): the year is left open. */
static bool take_month_and_day(struct cursor *c, struct moment *moment)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct bytes name = cursor_take(c, 3);
    for (uint32_t i = 0; i < 12 && !c->failed; i++)
        if (strncasecmp((const char *)name.data, names[i], 3) == 0)
            moment->month = i + 1;
    skip_spaces(c);
    if (moment->month == 0 || !take_number(c, 1, 2, &moment->day))
        return false;
    skip_spaces(c);
    return true;
}

static void take_fraction(struct cursor *c, struct moment *moment)
{
    size_t digits = 0;
    if (!take_byte(c, ".,"))
        return;
    for (; is_digit(peek(c)); digits++) {
        uint8_t digit = (uint8_t)(cursor_u8(c) - '0');
        if (digits < NANOSECOND_DIGITS)
            moment->nanosecond = moment->nanosecond * 10 + digit;
    }
    for (; digits < NANOSECOND_DIGITS; digits++)
        moment->nanosecond *= 10;
}

/* 19:43:21, 19:43:21.805, 19:43:21.805+02:00. A "Z" is zone 0 like none. */
static bool take_time(struct cursor *c, struct moment *moment)
{
    uint32_t hours = 0;
    uint32_t minutes = 0;
    if (!take_number(c, 1, 2, &moment->hour) || !take_byte(c, ":") ||
        !take_number(c, 2, 2, &moment->minute) || !take_byte(c, ":") ||
        !take_number(c, 2, 2, &moment->second))
        return false;
    take_fraction(c, moment);
    int sign = peek(c) == '-' ? -1 : 1;
    if (take_byte(c, "+-") && take_number(c, 2, 2, &hours) && take_byte(c, ":") &&
        take_number(c, 2, 2, &minutes))
        moment->zone = sign * ((int64_t)hours * 3600 + (int64_t)minutes * 60);
    return true;
}

/* Of the Gregorian calendar, since the epoch. */
static int64_t days_of(int64_t year, uint32_t month, uint32_t day)
{
    static const uint16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    bool leaps = month > 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
    int64_t past = year - 1;
    return past * 365 + past / 4 - past / 100 + past / 400 - 719162 + before[month - 1] + day - 1 +
           leaps;
}

static bool is_possible(const struct moment *moment)
{
    return moment->month >= 1 && moment->month <= 12 && moment->day >= 1 && moment->day <= 31 &&
           moment->hour < 24 && moment->minute < 60 && moment->second <= 60 &&
           (moment->year == 0 || (moment->year >= 1970 && moment->year < 2200));
}

static int64_t nanoseconds_of(const struct moment *moment, int64_t year)
{
    int64_t minutes = ((int64_t)moment->hour * 60) + moment->minute;
    int64_t seconds = days_of(year, moment->month, moment->day) * 86400 + minutes * 60 +
                      moment->second - moment->zone;
    return seconds * SECONDS + moment->nanosecond;
}

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

static int64_t in_closest_year(const struct moment *moment, int64_t reference)
{
    int64_t guess = 1970 + reference / (31556952 * SECONDS);
    int64_t best = nanoseconds_of(moment, guess);
    for (int64_t year = guess - 1; year <= guess + 1; year++) {
        int64_t time = nanoseconds_of(moment, year);
        if (distance(time, reference) < distance(best, reference))
            best = time;
    }
    return best;
}

/* RFC 5424 6.2.1: "<13>", and the version behind it, stand in front of a message in transit. */
static void skip_priority(struct cursor *c)
{
    struct cursor start = *c;
    uint32_t number;
    if (!take_byte(c, "<") || !take_number(c, 1, 3, &number) || !take_byte(c, ">"))
        *c = start;
    else if (take_byte(c, "1"))
        skip_spaces(c);
}

bool cms_log_time(struct bytes line, int64_t reference, int64_t *time)
{
    struct moment moment = {.year = 0};
    struct cursor c = cursor_of(line);
    skip_spaces(&c);
    skip_priority(&c);
    bool has_date = is_digit(peek(&c)) ? take_date(&c, &moment) : take_month_and_day(&c, &moment);
    if (!has_date || !take_time(&c, &moment) || !is_possible(&moment))
        return false;
    *time = moment.year != 0 ? nanoseconds_of(&moment, moment.year)
                             : in_closest_year(&moment, reference);
    return true;
}
