/* SPDX-License-Identifier: MIT */
#include "dissectors/http/address.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
    const char *address;
    const char *shown; /* the parts with bars between them */
} rows[] = {
    {"", "||"},
    {"/", "||/"},
    {"/a/b", "||/a/b"},
    {"/a?secret=1", "||/a"},
    {"/a;jsessionid=1/b", "||/a"},
    {"/a#access_token=1", "||/a"},
    {"/go?to=https://user:secret@host/", "||/go"},
    {"/mail/user@host", "||/mail/user@host"},
    {"*", "||*"},
    {"host:443", "||host:443"},
    {"user:secret@host:443", "||host:443"},
    {"https://host", "https://|host|"},
    {"https://host:444/a?b#c", "https://|host:444|/a"},
    {"https://user:secret@host/a@b", "https://|host|/a@b"},
    {"https://user:sec@ret@host/", "https://|host|/"},
    {"https://host?secret=1", "https://|host|"},
    {"://", "://||"},
    {"a/b?c", "||a/b"},
};

static void test_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char shown[128];
        struct bytes copy =
            exact_copy(bytes_of((const uint8_t *)rows[i].address, strlen(rows[i].address)));
        const struct http_address parts = http_address_split(copy);
        (void)snprintf(shown, sizeof shown, "%.*s|%.*s|%.*s", (int)parts.scheme.length,
                       (const char *)parts.scheme.data, (int)parts.authority.length,
                       (const char *)parts.authority.data, (int)parts.path.length,
                       (const char *)parts.path.data);
        assert_string_equal(shown, rows[i].shown);
        free((void *)copy.data);
    }
}

static void test_any_bytes(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0, ':', '/', '/', 0, '@', 0xff, '?', 0};
    for (size_t length = 0; length <= sizeof bytes; length++) {
        struct bytes copy = exact_copy(bytes_of(bytes, length));
        const struct http_address parts = http_address_split(copy);
        assert_true(parts.scheme.length + parts.authority.length + parts.path.length <= length);
        free((void *)copy.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
