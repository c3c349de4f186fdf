/* SPDX-License-Identifier: MIT */
/* What is remembered of who met whom: encounters, names of addresses, issuers of certificates. */
#include "analyzer/track/encounters.h"
#include "analyzer/track/issuers.h"
#include "analyzer/track/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct ip_address ip(const char *text)
{
    struct ip_address address;
    assert_true(ip_address_parse(&address, text));
    return address;
}

static struct transport_address at(const char *text, uint16_t port)
{
    return (struct transport_address){.ip = ip(text), .port = port};
}

static void test_the_latest_encounter_counts(void **state)
{
    (void)state;
    struct encounters encounters;
    struct ip_address client = ip("10.0.0.1"), other = ip("10.0.0.2");
    struct transport_address turn = at("192.0.2.1", 3478), web = at("192.0.2.1", 443);
    assert_int_equal(encounters_init(&encounters, 8), 0);
    encounters_note(&encounters, &client, &turn, 50);
    encounters_note(&encounters, &client, &turn, 40);
    assert_int_equal(encounters_last(&encounters, &client, &turn), 50);
    encounters_note(&encounters, &client, &turn, 60);
    assert_int_equal(encounters_last(&encounters, &client, &turn), 60);
    assert_int_equal(encounters_last(&encounters, &client, &web), 0);
    assert_int_equal(encounters_last(&encounters, &other, &turn), 0);
    encounters_free(&encounters);
}

/* Those that wait in the queue are no part of the table yet. */
static void test_encounters_forget_the_oldest_first(void **state)
{
    (void)state;
    enum { NOTES = TABLE_QUEUE_LENGTH + 6 };
    struct encounters encounters;
    struct ip_address client = ip("2001:db8::1");
    assert_int_equal(encounters_init(&encounters, 4), 0);
    for (uint16_t port = 1; port <= NOTES; port++) {
        struct transport_address server = at("192.0.2.1", port);
        encounters_note(&encounters, &client, &server, port);
    }
    for (uint16_t port = 1; port <= NOTES; port++) {
        struct transport_address server = at("192.0.2.1", port);
        int64_t expected = port <= 2 ? 0 : port;
        assert_int_equal(encounters_last(&encounters, &client, &server), expected);
    }
    encounters_free(&encounters);
}

static void learn(struct names *names, const char *client, const char *address, const char *text)
{
    struct ip_address asked = ip(client), given = ip(address);
    struct dns_name name;
    assert_true(dns_name_parse(&name, text));
    names_learn(names, strcmp(client, "0.0.0.0") == 0 ? NULL : &asked, &given, &name, 1);
}

static void expect_name(const struct names *names, const char *client, const char *address,
                        const char *expected)
{
    struct ip_address asking = ip(client), asked = ip(address);
    const struct dns_name *found = names_of(names, &asking, &asked);
    char text[256];
    if (expected == NULL) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_string_equal(dns_name_text(found, text, sizeof text), expected);
}

static void test_names_are_of_the_client_that_asked(void **state)
{
    (void)state;
    struct names names;
    assert_int_equal(names_init(&names, 16), 0);
    learn(&names, "10.0.0.1", "192.0.2.1", "inside.example");
    learn(&names, "10.0.0.2", "192.0.2.1", "outside.example");
    expect_name(&names, "10.0.0.1", "192.0.2.1", "inside.example");
    expect_name(&names, "10.0.0.2", "192.0.2.1", "outside.example");
    /* A client that asked nobody in sight: whoever asked last knows best. */
    expect_name(&names, "10.0.0.3", "192.0.2.1", "outside.example");
    expect_name(&names, "10.0.0.1", "192.0.2.2", NULL);
    learn(&names, "10.0.0.1", "192.0.2.1", "moved.example");
    expect_name(&names, "10.0.0.1", "192.0.2.1", "moved.example");
    names_free(&names);
}

static void test_multicast_names_are_for_everyone(void **state)
{
    (void)state;
    struct names names;
    assert_int_equal(names_init(&names, 16), 0);
    learn(&names, "0.0.0.0", "192.0.2.9", "printer.local");
    expect_name(&names, "10.0.0.1", "192.0.2.9", "printer.local");
    names_free(&names);
}

static void test_another_issuer_is_noticed(void **state)
{
    (void)state;
    struct issuers issuers;
    struct transport_address server = at("192.0.2.1", 443), elsewhere = at("192.0.2.2", 443);
    struct evidence first = {.frame = 7}, second = {.frame = 9};
    assert_int_equal(issuers_init(&issuers, 8), 0);
    assert_null(issuers_other(&issuers, &server, "a.example", "CN=One"));
    assert_false(issuers_note(&issuers, &server, "a.example", "CN=One", &first));
    assert_false(issuers_note(&issuers, &server, "a.example", "CN=One", &second));
    assert_true(issuers_note(&issuers, &server, "a.example", "CN=Two", &second));
    assert_null(issuers_other(&issuers, &server, "a.example", "CN=One"));
    const struct evidence *other = issuers_other(&issuers, &server, "a.example", "CN=Two");
    assert_non_null(other);
    assert_int_equal(other->frame, 7);
    assert_null(issuers_other(&issuers, &server, "b.example", "CN=Two"));
    assert_null(issuers_other(&issuers, &elsewhere, "a.example", "CN=Two"));
    issuers_free(&issuers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_latest_encounter_counts),
        cmocka_unit_test(test_encounters_forget_the_oldest_first),
        cmocka_unit_test(test_names_are_of_the_client_that_asked),
        cmocka_unit_test(test_multicast_names_are_for_everyone),
        cmocka_unit_test(test_another_issuer_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
