/* SPDX-License-Identifier: MIT */
#include "dissectors/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct ip_address parsed(const char *text)
{
    struct ip_address address;
    assert_true(ip_address_parse(&address, text));
    return address;
}

/* The first and last address of each range, and those beside it. */
static void test_local_addresses(void **state)
{
    (void)state;
    static const char *const local[] = {
        "10.0.0.0",      "10.255.255.255", "172.16.0.0",      "172.31.255.255", "192.168.0.0",
        "192.168.255.1", "100.64.0.0",     "100.127.255.255", "127.0.0.1",      "169.254.9.9",
        "fc00::",        "fdff:ffff::1",   "fe80::1",         "febf::1",        "::1"};
    static const char *const others[] = {
        "9.255.255.255", "11.0.0.0",       "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "192.169.0.0",   "100.63.255.255", "100.128.0.0",    "128.0.0.1",  "169.253.0.1",
        "203.0.113.67",  "fbff::1",        "fe00::1",        "fec0::1",    "::2",
        "2001:db8::1"};
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        struct ip_address address = parsed(local[i]);
        assert_true(ip_address_is_local(&address));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct ip_address address = parsed(others[i]);
        assert_false(ip_address_is_local(&address));
    }
}

static void test_no_address_is_not_local(void **state)
{
    (void)state;
    assert_false(ip_address_is_local(&(struct ip_address){.family = 0}));
}

static void test_loopback(void **state)
{
    (void)state;
    static const char *const loopback[] = {"127.0.0.1", "127.255.255.255", "::1"};
    static const char *const others[] = {"126.0.0.1", "128.0.0.1", "::", "::2", "7f00::1"};
    for (size_t i = 0; i < sizeof loopback / sizeof loopback[0]; i++) {
        struct ip_address address = parsed(loopback[i]);
        assert_true(ip_address_is_loopback(&address));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct ip_address address = parsed(others[i]);
        assert_false(ip_address_is_loopback(&address));
    }
    assert_false(ip_address_is_loopback(&(struct ip_address){.family = 0}));
}

/* RFC 6052 section 2.4: 192.0.2.33 by the well-known prefix; other prefixes hold nothing. */
static void test_nat64(void **state)
{
    (void)state;
    struct ip_address address, inside, expected;
    assert_true(ip_address_parse(&address, "64:ff9b::192.0.2.33"));
    assert_true(ip_address_parse(&expected, "192.0.2.33"));
    assert_true(ip_address_inside_nat64(&address, &inside));
    assert_true(ip_address_equal(&inside, &expected));
    assert_false(ip_address_inside_nat64(&expected, &inside));
    assert_true(ip_address_parse(&address, "64:ff9b:1::192.0.2.33"));
    assert_false(ip_address_inside_nat64(&address, &inside));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_local_addresses),
        cmocka_unit_test(test_no_address_is_not_local),
        cmocka_unit_test(test_loopback),
        cmocka_unit_test(test_nat64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
