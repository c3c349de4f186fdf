/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/credentials.h"

#include "analyzer/crypto/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where in which file, for error texts. */
struct place {
    const char *path;
    size_t line;
    char *error;
};

static int fail(const struct place *place, const char *what)
{
    if (place->line > 0)
        snprintf(place->error, CREDENTIALS_ERROR_TEXT, "%s:%zu: %s", place->path, place->line,
                 what);
    else
        snprintf(place->error, CREDENTIALS_ERROR_TEXT, "%s: %s", place->path, what);
    return -1;
}

/* The system's reason why the file cannot be opened or read. */
static int fail_to_read(const struct place *place, int number)
{
    snprintf(place->error, CREDENTIALS_ERROR_TEXT, "%s: the password file cannot be read: %s",
             place->path, strerror(number));
    return -1;
}

static struct bytes take_line(struct bytes *rest)
{
    const uint8_t *end = memchr(rest->data, '\n', rest->length);
    size_t length = end != NULL ? (size_t)(end - rest->data) : rest->length;
    struct bytes line = bytes_of(rest->data, length);
    *rest = bytes_from(*rest, end != NULL ? length + 1 : length);
    if (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    return line;
}

static int add_line(struct credentials *credentials, struct bytes line, const struct place *place)
{
    if (line.length == 0 || line.data[0] == '#')
        return 0;
    const uint8_t *colon = memchr(line.data, ':', line.length);
    if (memchr(line.data, '\0', line.length) != NULL)
        return fail(place, "this is not a text file");
    if (colon == NULL)
        return fail(place, "expected username:password");
    size_t username = (size_t)(colon - line.data);
    if (username == 0)
        return fail(place, "the username before ':' is missing");
    if (username + 1 == line.length)
        return fail(place, "the password after ':' is missing");
    if (credentials->count == CREDENTIALS_MAXIMUM)
        return fail(place, "more than 64 credentials; keep those of the users in question");
    struct credential *entry = &credentials->entries[credentials->count++];
    entry->username = bytes_first(line, username);
    entry->password = bytes_from(line, username + 1);
    return 0;
}

static struct bytes without_byte_order_mark(struct bytes text)
{
    static const uint8_t mark[3] = {0xEF, 0xBB, 0xBF};
    bool marked = bytes_equal(bytes_first(text, sizeof mark), bytes_of(mark, sizeof mark));
    return bytes_from(text, marked ? sizeof mark : 0);
}

static int parse(struct credentials *credentials, struct place *place)
{
    struct bytes rest =
        without_byte_order_mark(bytes_of(credentials->text, credentials->text_size));
    while (rest.length > 0) {
        place->line++;
        if (add_line(credentials, take_line(&rest), place) != 0)
            return -1;
    }
    place->line = 0;
    return credentials->count > 0 ? 0 : fail(place, "no username:password line in it");
}

/* Reads to the end without stdio, whose buffer would keep the passwords. */
static int read_all(struct credentials *credentials, int descriptor, const struct place *place)
{
    while (credentials->text_size < CREDENTIALS_FILE_MAXIMUM) {
        ssize_t got = read(descriptor, credentials->text + credentials->text_size,
                           CREDENTIALS_FILE_MAXIMUM - credentials->text_size);
        if (got == 0)
            return 0;
        if (got > 0)
            credentials->text_size += (size_t)got;
        else if (errno != EINTR)
            return fail_to_read(place, errno);
    }
    return fail(place, "larger than 64 KiB; is this the password file?");
}

static bool others_may_read(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
           (status.st_mode & S_IROTH) != 0;
}

static int load(struct credentials *credentials, int descriptor, struct place *place)
{
    credentials->readable_by_others = others_may_read(descriptor);
    credentials->text = malloc(CREDENTIALS_FILE_MAXIMUM);
    if (credentials->text == NULL)
        return fail(place, "not enough memory for the password file");
    if (read_all(credentials, descriptor, place) != 0)
        return -1;
    return parse(credentials, place);
}

int credentials_load(struct credentials *credentials, const char *path,
                     char error[CREDENTIALS_ERROR_TEXT])
{
    struct place place = {.path = path, .error = error};
    *credentials = (struct credentials){0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail_to_read(&place, errno);
    int result = load(credentials, descriptor, &place);
    close(descriptor);
    if (result != 0)
        credentials_free(credentials);
    return result;
}

void credentials_free(struct credentials *credentials)
{
    if (credentials->text != NULL)
        wipe(credentials->text, CREDENTIALS_FILE_MAXIMUM);
    free(credentials->text);
    *credentials = (struct credentials){0};
}
