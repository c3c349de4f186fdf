/* SPDX-License-Identifier: MIT */
#include "analyzer/log/cms_log.h"

#include "analyzer/text.h"

#include <errno.h>

/* In a pattern "#" stands for a number, "@" for a host name and "*" for a reason. Capitals differ
 * between editions. */
static const struct pattern {
    enum cms_log_kind kind;
    const char *text;
} patterns[] = {
    {CMS_LOG_WEBBRIDGE_FAILED, "Web bridge connection to \"@\" failed (*)"},
    {CMS_LOG_WEBBRIDGE_UNRESOLVED, "web bridge link #: name resolution for \"@\" failed"},
    {CMS_LOG_WEBBRIDGE_LINK_FAILED, "failed to establish connection to web bridge link # (*)"},
    {CMS_LOG_GUEST_LOGIN, "web bridge link #: new guest login request "},
    {CMS_LOG_SESSION_SETUP, "call #: setting up combined RTP session for DTLS"},
    {CMS_LOG_RELAY_TIMEOUT, "call #: ICE failure; relay candidate creation timeout"},
    {CMS_LOG_UNAUTHORIZED, "call #: ICE failure # (unauthorized"},
};

enum { PATTERNS = sizeof patterns / sizeof patterns[0] };

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* The first number of a pattern is the one that is kept. */
static bool match_number(struct cursor *c, struct cms_log_entry *entry)
{
    uint64_t number = 0;
    size_t digits = 0;
    while (cursor_left(c) > 0 && c->at[0] >= '0' && c->at[0] <= '9' && digits++ < 9)
        number = number * 10 + (unsigned)(cursor_u8(c) - '0');
    if (entry->number == 0)
        entry->number = (uint32_t)number;
    return digits > 0;
}

/* Up to the byte that follows in the pattern. */
static bool match_text(struct cursor *c, uint8_t end, char *to, size_t size)
{
    const uint8_t *found = cursor_left(c) > 0 ? memchr(c->at, end, cursor_left(c)) : NULL;
    if (found == NULL)
        return false;
    text_copy(to, size, cursor_take(c, (size_t)(found - c->at)));
    return true;
}

static bool match(const char *pattern, struct bytes text, struct cms_log_entry *entry)
{
    struct cursor c = cursor_of(text);
    *entry = (struct cms_log_entry){.line = entry->line};
    for (; *pattern != '\0'; pattern++) {
        bool good;
        if (*pattern == '#')
            good = match_number(&c, entry);
        else if (*pattern == '@')
            good = match_text(&c, (uint8_t)pattern[1], entry->name, sizeof entry->name);
        else if (*pattern == '*')
            good = match_text(&c, (uint8_t)pattern[1], entry->reason, sizeof entry->reason);
        else
            good = cursor_left(&c) > 0 && lower(cursor_u8(&c)) == lower((uint8_t)*pattern);
        if (!good)
            return false;
    }
    return true;
}

/* A message begins a word: "recall 6" is no call. */
static bool may_begin_at(struct bytes line, size_t at)
{
    return at == 0 || strchr(" \t:;|]\"", line.data[at - 1]) != NULL;
}

static bool recognize_at(struct bytes message, struct cms_log_entry *entry)
{
    for (size_t i = 0; i < PATTERNS; i++) {
        if (lower(message.data[0]) != lower((uint8_t)patterns[i].text[0]) ||
            !match(patterns[i].text, message, entry))
            continue;
        entry->kind = patterns[i].kind;
        text_copy(entry->message, sizeof entry->message, message);
        return true;
    }
    return false;
}

bool cms_log_recognize(struct bytes line, struct cms_log_entry *entry)
{
    for (size_t at = 0; at < line.length; at++)
        if (line.data[at] != '\0' && may_begin_at(line, at) &&
            recognize_at(bytes_from(line, at), entry))
            return true;
    return false;
}

static struct bytes trimmed(struct bytes line)
{
    while (line.length > 0 &&
           (line.data[line.length - 1] == '\r' || line.data[line.length - 1] == ' ' ||
            line.data[line.length - 1] == '\t'))
        line.length--;
    return line;
}

static void end_line(struct cms_log *log)
{
    size_t kept = log->length < sizeof log->line ? log->length : sizeof log->line;
    struct bytes line = trimmed(bytes_of(log->line, kept));
    struct cms_log_entry entry = {.line = ++log->lines};
    int64_t time = 0;
    log->length = 0;
    if (cms_log_time(line, log->reference, &time))
        log->timed++;
    if (!cms_log_recognize(line, &entry))
        return;
    entry.time = time;
    log->recognized++;
    log->take(log->context, &entry);
}

void cms_log_read(struct cms_log *log, struct bytes text)
{
    static const uint8_t byte_order_mark[] = {0xef, 0xbb, 0xbf};
    struct bytes mark = bytes_of(byte_order_mark, sizeof byte_order_mark);
    if (log->lines == 0 && log->length == 0 && bytes_equal(bytes_first(text, mark.length), mark))
        text = bytes_from(text, mark.length);
    while (text.length > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.length);
        size_t length = end != NULL ? (size_t)(end - text.data) : text.length;
        log->length =
            text_gather(log->line, sizeof log->line, log->length, bytes_first(text, length));
        if (end == NULL)
            return;
        end_line(log);
        text = bytes_from(text, length + 1);
    }
}

void cms_log_end(struct cms_log *log)
{
    if (log->length > 0)
        end_line(log);
}

int cms_log_read_stream(struct cms_log *log, FILE *file, const char **problem)
{
    uint8_t buffer[16 * 1024];
    size_t count;
    while ((count = fread(buffer, 1, sizeof buffer, file)) > 0)
        cms_log_read(log, bytes_of(buffer, count));
    cms_log_end(log);
    if (ferror(file) != 0) {
        *problem = strerror(errno);
        return -1;
    }
    if (log->timed == 0) {
        *problem = "has no line that begins with a time: download the event log from the CMS web "
                   "interface (Logs > Event log), or name a syslog file";
        return -1;
    }
    return 0;
}

FILE *cms_log_open(const char *path, const char **problem)
{
    if (strcmp(path, "-") == 0)
        return stdin;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        *problem = errno == ENOENT ? "there is no such file" : strerror(errno);
    return file;
}
