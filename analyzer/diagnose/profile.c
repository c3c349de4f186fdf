/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/profile.h"

#include "analyzer/diagnose/profile_keys.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What libinih's reader and handler share: it calls them in turn, line by line. */
struct parser {
    struct profile *profile;
    const char *path;
    struct bytes rest;
    unsigned line;
    unsigned given[PROFILE_KEYS_MAX]; /* the line that gave a key; 0: none has */
    char *error;
};

static void fail(struct parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The first error stays. */
static void fail(struct parser *parser, const char *format, ...)
{
    if (parser->error[0] != '\0')
        return;
    int used =
        snprintf(parser->error, PROFILE_ERROR_TEXT, "%.200s:%u: ", parser->path, parser->line);
    va_list arguments;
    va_start(arguments, format);
    if (used > 0 && used < PROFILE_ERROR_TEXT)
        (void)vsnprintf(parser->error + used, PROFILE_ERROR_TEXT - (size_t)used, format, arguments);
    va_end(arguments);
}

void profile_init(struct profile *profile)
{
    static const struct profile_ports turn = {.count = 1, .items = {{3478, 3478}}};
    static const struct profile_ports relay = {.count = 1, .items = {{24000, 29999}}};

    *profile = (struct profile){.nat_reflection_required = ANSWER_UNKNOWN};
    profile->turn.udp_port = turn;
    profile->turn.tcp_port = turn;
    profile->turn.relay_range = relay;
    profile->turn.tcp443 = ANSWER_NO;
    profile->turn.short_term_credentials = ANSWER_NO;
    profile->turn.relay_transports = TURN_TRANSPORT_UDP;
}

/* Takes the next line off the text, with its newline. */
static struct bytes take_line(struct bytes *rest)
{
    const uint8_t *newline = memchr(rest->data, '\n', rest->length);
    size_t length = newline != NULL ? (size_t)(newline - rest->data) + 1 : rest->length;
    struct bytes line = bytes_first(*rest, length);
    *rest = bytes_from(*rest, length);
    return line;
}

static void fail_unknown_section(struct parser *parser, const char *section)
{
    fail(parser, "there is no section [%.60s]; did you mean [%s]?", section,
         profile_nearest_section(section));
}

/* A heading is looked at by itself, as libinih tells of none that has no key below it. */
static bool check_heading(struct parser *parser, struct bytes line)
{
    enum { SECTION_TEXT = 64 };
    char section[SECTION_TEXT];
    const uint8_t *end = memchr(line.data, ']', line.length);
    if (end == NULL) {
        fail(parser, "the heading lacks its ']'");
        return false;
    }
    snprintf(section, sizeof section, "%.*s", (int)(end - line.data - 1),
             (const char *)line.data + 1);
    if (profile_section_exists(section))
        return true;
    fail_unknown_section(parser, section);
    return false;
}

/* What libinih would misread: it splits a line that is longer than its buffer, and goes on after a
 * broken heading as if the section above it had not ended. */
static bool check_line(struct parser *parser, struct bytes line, size_t size)
{
    if (line.length + 1 >= size) {
        fail(parser, "the line is longer than %zu characters", size - 2);
        return false;
    }
    return line.length == 0 || line.data[0] != '[' || check_heading(parser, line);
}

/* fgets for libinih. An indented line must not reach it as such, or it would take the line for a
 * continuation of the value above. */
static char *read_line(char *buffer, int size, void *context)
{
    struct parser *parser = (struct parser *)context;
    if (parser->rest.length == 0 || parser->error[0] != '\0')
        return NULL;
    struct bytes line = take_line(&parser->rest);
    parser->line++;
    while (line.length > 0 && (line.data[0] == ' ' || line.data[0] == '\t'))
        line = bytes_from(line, 1);
    if (!check_line(parser, line, (size_t)size))
        return NULL;
    if (line.length > 0)
        memcpy(buffer, line.data, line.length);
    buffer[line.length] = '\0';
    return buffer;
}

static void fail_unknown_key(struct parser *parser, const char *section, const char *key)
{
    if (section[0] == '\0') {
        fail(parser, "\"%.60s\" stands before any [section]; the first is [site]", key);
        return;
    }
    const struct profile_key *nearest = profile_nearest_key(section, key);
    fail(parser, "there is no key \"%.60s\" in [%s]; did you mean \"%s\" in [%s]?", key, section,
         nearest->key, nearest->section);
}

/* Where the field of `row` was given before, by whichever spelling: its line, or 0. */
static unsigned given_before(const struct parser *parser, const struct profile_key *row)
{
    const struct profile_key *other;
    for (size_t i = 0; (other = profile_key_at(i)) != NULL; i++)
        if (other->offset == row->offset && parser->given[i] != 0)
            return parser->given[i];
    return 0;
}

static int set_value(struct parser *parser, const struct profile_key *row, const char *value)
{
    unsigned before = given_before(parser, row);
    if (before != 0) {
        fail(parser, "%s of [%s] is given twice; the first time in line %u", row->key, row->section,
             before);
        return 0;
    }
    parser->given[row - profile_key_at(0)] = parser->line;
    if (value[0] == '\0') {
        fail(parser, "%s has no value; give one or remove the line", row->key);
        return 0;
    }
    const char *problem = row->parse((char *)parser->profile + row->offset, value);
    if (problem != NULL)
        fail(parser, "%s: \"%.100s\" is %s", row->key, value, problem);
    return problem == NULL;
}

/* libinih's handler: non-zero is success. */
static int handle(void *context, const char *section, const char *key, const char *value)
{
    struct parser *parser = (struct parser *)context;
    const struct profile_key *row = profile_key_find(section, key);
    if (row != NULL)
        return set_value(parser, row, value);
    fail_unknown_key(parser, section, key);
    return 0;
}

/* A relative password file lies beside the profile. */
static void resolve_password_file(struct parser *parser)
{
    char *file = parser->profile->turn.password_file;
    const char *slash = strrchr(parser->path, '/');
    if (file[0] == '\0' || file[0] == '/' || slash == NULL)
        return;
    size_t folder = (size_t)(slash - parser->path) + 1;
    size_t length = strlen(file);
    if (folder + length >= PROFILE_PATH) {
        fail(parser, "password_file: the path is too long");
        return;
    }
    memmove(file + folder, file, length + 1);
    memcpy(file, parser->path, folder);
}

static struct bytes without_byte_order_mark(struct bytes text)
{
    static const uint8_t mark[3] = {0xEF, 0xBB, 0xBF};
    bool marked = bytes_equal(bytes_first(text, sizeof mark), bytes_of(mark, sizeof mark));
    return bytes_from(text, marked ? sizeof mark : 0);
}

int profile_parse(struct profile *profile, struct bytes text, const char *path,
                  char error[PROFILE_ERROR_TEXT])
{
    struct parser parser = {
        .profile = profile, .path = path, .rest = without_byte_order_mark(text), .error = error};
    error[0] = '\0';
    profile_init(profile);
    if (text.length > 0 && memchr(text.data, '\0', text.length) != NULL) {
        (void)snprintf(error, PROFILE_ERROR_TEXT, "%.200s: is not a text file", path);
        return -1;
    }
    int status = ini_parse_stream(read_line, &parser, handle, &parser);
    if (status > 0) {
        parser.line = (unsigned)status;
        fail(&parser, "is neither \"[section]\" nor \"key = value\"");
    } else if (status < 0) {
        fail(&parser, "out of memory");
    }
    resolve_password_file(&parser);
    return error[0] == '\0' ? 0 : -1;
}

/* The content of the file, to be freed; NULL with the error filled in. */
static char *read_file(const char *path, size_t *length, char error[PROFILE_ERROR_TEXT])
{
    FILE *file = fopen(path, "re");
    char *text = file != NULL ? (char *)malloc(PROFILE_FILE_MAX) : NULL;
    if (text != NULL)
        *length = fread(text, 1, PROFILE_FILE_MAX, file);
    bool failed = text == NULL || ferror(file);
    if (failed)
        (void)snprintf(error, PROFILE_ERROR_TEXT, "%.200s: the site profile cannot be read: %s",
                       path, strerror(errno));
    else if (*length == PROFILE_FILE_MAX)
        (void)snprintf(error, PROFILE_ERROR_TEXT, "%.200s: is too long for a site profile", path);
    if (file != NULL)
        (void)fclose(file);
    if (failed || *length == PROFILE_FILE_MAX) {
        free(text);
        return NULL;
    }
    return text;
}

int profile_load(struct profile *profile, const char *path, char error[PROFILE_ERROR_TEXT])
{
    size_t length = 0;
    char *text = read_file(path, &length, error);
    if (text == NULL)
        return -1;
    int status = profile_parse(profile, bytes_of(text, length), path, error);
    free(text);
    return status;
}
