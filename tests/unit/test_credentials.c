/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/credentials.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/turnscope-credentials-XXXXXX";
static char error[CREDENTIALS_ERROR_TEXT];

static int load(struct credentials *credentials, const void *content, size_t size, mode_t mode)
{
    int descriptor = open(path, O_WRONLY | O_TRUNC);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, content, size), (ssize_t)size);
    assert_int_equal(fchmod(descriptor, mode), 0);
    close(descriptor);
    return credentials_load(credentials, path, error);
}

static int load_text(struct credentials *credentials, const char *content)
{
    return load(credentials, content, strlen(content), 0600);
}

static void assert_entry(const struct credentials *credentials, size_t index, const char *username,
                         const char *password)
{
    const struct credential *entry = &credentials->entries[index];
    assert_true(bytes_equal(entry->username, bytes_of(username, strlen(username))));
    assert_true(bytes_equal(entry->password, bytes_of(password, strlen(password))));
}

static void test_lines(void **state)
{
    (void)state;
    struct credentials credentials;
    assert_int_equal(load_text(&credentials, "\xef\xbb\xbf# lab\r\n"
                                             "turnuser:cisco\r\n"
                                             "\n"
                                             "turnuser: with:colon \n"
                                             "b:x"),
                     0);
    assert_int_equal(credentials.count, 3);
    assert_entry(&credentials, 0, "turnuser", "cisco");
    assert_entry(&credentials, 1, "turnuser", " with:colon ");
    assert_entry(&credentials, 2, "b", "x");
    assert_false(credentials.readable_by_others);
    credentials_free(&credentials);
    assert_int_equal(credentials.count, 0);
    assert_null(credentials.text);
    credentials_free(&credentials);
}

static void test_readable_by_others(void **state)
{
    (void)state;
    struct credentials credentials;
    assert_int_equal(load(&credentials, "a:b", 3, 0644), 0);
    assert_true(credentials.readable_by_others);
    credentials_free(&credentials);
}

/* `content` is refused at `line` (0: as a whole), and the error shows no password. */
static void assert_refused(const void *content, size_t size, unsigned line, const char *why)
{
    struct credentials credentials;
    char expected[CREDENTIALS_ERROR_TEXT];
    if (line > 0)
        snprintf(expected, sizeof expected, "%s:%u: %s", path, line, why);
    else
        snprintf(expected, sizeof expected, "%s: %s", path, why);
    assert_int_equal(load(&credentials, content, size, 0600), -1);
    assert_string_equal(error, expected);
    assert_int_equal(credentials.count, 0);
    assert_null(credentials.text);
}

static void test_refused(void **state)
{
    (void)state;
    assert_refused("a:b\nsecret\n", 11, 2, "expected username:password");
    assert_refused("# x\n\n:secret\n", 13, 3, "the username before ':' is missing");
    assert_refused("a:\n", 3, 1, "the password after ':' is missing");
    assert_refused("a:b\0c\n", 6, 1, "this is not a text file");
    assert_refused("", 0, 0, "no username:password line in it");
    assert_refused("# only\n", 7, 0, "no username:password line in it");
}

static void test_bounds(void **state)
{
    (void)state;
    struct credentials credentials;
    char content[(CREDENTIALS_MAXIMUM + 1) * 4 + 1] = "";
    for (size_t i = 0; i <= CREDENTIALS_MAXIMUM; i++)
        memcpy(content + i * 4, "a:b\n", 4);
    assert_int_equal(load(&credentials, content, CREDENTIALS_MAXIMUM * 4, 0600), 0);
    assert_int_equal(credentials.count, CREDENTIALS_MAXIMUM);
    credentials_free(&credentials);
    assert_refused(content, sizeof content - 1, 65,
                   "more than 64 credentials; keep those of the users in question");
    char *large = malloc(CREDENTIALS_FILE_MAXIMUM);
    assert_non_null(large);
    memset(large, '#', CREDENTIALS_FILE_MAXIMUM);
    assert_refused(large, CREDENTIALS_FILE_MAXIMUM, 0,
                   "larger than 64 KiB; is this the password file?");
    free(large);
}

static void test_missing_file(void **state)
{
    (void)state;
    struct credentials credentials;
    assert_int_equal(credentials_load(&credentials, "/nonexistent/passwords", error), -1);
    assert_string_equal(
        error,
        "/nonexistent/passwords: the password file cannot be read: No such file or directory");
    assert_int_equal(credentials_load(&credentials, "/", error), -1);
    assert_string_equal(error, "/: the password file cannot be read: Is a directory");
}

static int set_up(void **state)
{
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor >= 0 ? close(descriptor) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),        cmocka_unit_test(test_readable_by_others),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_missing_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
