/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/certificate_names.h"
#include "analyzer/time.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* 2024-01-01, 2025-01-01 and 2034-01-01, as date(1) says. */
#define START        (INT64_C(1704067200) * SECONDS)
#define ONE_YEAR_ON  (INT64_C(1735689600) * SECONDS)
#define TEN_YEARS_ON (INT64_C(2019686400) * SECONDS)

/* The certificates are made by tests/data/certificates/make.sh. */
static struct bytes load(const char *name)
{
    char path[512];
    uint8_t buffer[16384];
    snprintf(path, sizeof path, "%s/tests/data/certificates/%s.der", SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(buffer, 1, sizeof buffer, file);
    fclose(file);
    return exact_copy(bytes_of(buffer, length));
}

static void release(struct bytes bytes)
{
    free((void *)bytes.data);
}

static struct certificate_facts *parse(const char *name)
{
    static struct certificate_facts facts;
    struct bytes der = load(name);
    assert_true(certificate_parse(&facts, der));
    release(der);
    return &facts;
}

static void test_server_certificate(void **state)
{
    (void)state;
    const struct certificate_facts *facts = parse("server");
    assert_string_equal(facts->subject, "CN=cmsweb.example.com,OU=Conferencing,O=Example");
    assert_string_equal(facts->issuer, "CN=Example Intermediate,O=Example");
    assert_string_equal(facts->common_name, "cmsweb.example.com");
    assert_true(facts->not_before == START);
    assert_true(facts->not_after == ONE_YEAR_ON);
    assert_string_equal(facts->key, "RSA 2048");
    assert_int_equal(facts->key_bits, 2048);
    assert_string_equal(facts->signature, "ecdsa-with-SHA256");
    assert_string_equal(facts->signature_digest, "SHA256");
    assert_false(facts->is_self_issued);
    assert_false(facts->is_self_signed);
    assert_false(facts->is_authority);
    assert_true(facts->allows_server);
    assert_true(facts->has_alternate_names);
    assert_true(facts->names_issuer_location);
    assert_false(parse("client")->names_issuer_location);
}

static void test_alternate_names(void **state)
{
    (void)state;
    const struct certificate_facts *facts = parse("server");
    struct certificate_san san;
    char text[IP_ADDRESS_TEXT];
    assert_int_equal(facts->san_total, 5);
    assert_int_equal(facts->san_kept, 5);
    assert_true(certificate_san(facts, 1, &san));
    assert_false(san.is_address);
    assert_true(bytes_equal(san.name, bytes_of("*.join.example.com", 18)));
    assert_true(certificate_san(facts, 3, &san));
    assert_true(san.is_address);
    assert_string_equal(ip_address_text(&san.address, text), "192.0.2.7");
    assert_true(certificate_san(facts, 4, &san));
    assert_string_equal(ip_address_text(&san.address, text), "2001:db8::7");
    assert_false(certificate_san(facts, 5, &san));
}

static void test_names_that_match(void **state)
{
    (void)state;
    static const char *const names[] = {
        "cmsweb.example.com", "CMSWEB.Example.COM",    "cmsweb.example.com.", "a.join.example.com",
        "A.JOIN.example.com", "xn--bcher-kva.example", "192.0.2.7",           "2001:DB8:0::7",
    };
    const struct certificate_facts *facts = parse("server");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_true(certificate_matches_name(facts, names[i]));
}

static void test_names_that_do_not_match(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        ".",
        "example.com",
        "join.example.com",
        ".join.example.com",
        "a.b.join.example.com",
        "cmsweb.example.com.evil.net",
        "acmsweb.example.com",
        "someone@example.com",
        "192.0.2.8",
        "2001:db8::8",
        "::ffff:192.0.2.7",
    };
    const struct certificate_facts *facts = parse("server");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_false(certificate_matches_name(facts, names[i]));
}

/* What a freshly installed server shows: self-signed, a short key, SHA-1, the name in CN only. */
static void test_default_certificate(void **state)
{
    (void)state;
    const struct certificate_facts *facts = parse("default");
    assert_string_equal(facts->common_name, "vcse.example.com");
    assert_string_equal(facts->key, "RSA 1024");
    assert_string_equal(facts->signature, "sha1WithRSAEncryption");
    assert_string_equal(facts->signature_digest, "SHA1");
    assert_true(facts->is_self_issued);
    assert_true(facts->is_self_signed);
    assert_true(facts->allows_server);
    assert_false(facts->has_alternate_names);
    assert_int_equal(facts->san_total, 0);
    assert_false(certificate_matches_name(facts, "vcse.example.com"));
}

static void test_authorities_and_purposes(void **state)
{
    (void)state;
    assert_true(parse("root")->is_authority);
    assert_true(parse("root")->is_self_signed);
    assert_string_equal(parse("root")->key, "EC P-256");
    assert_true(parse("intermediate")->is_authority);
    assert_false(parse("intermediate")->is_self_issued);
    assert_string_equal(parse("intermediate")->key, "EC P-384");
    assert_false(parse("client")->allows_server);
    assert_string_equal(parse("client")->key, "EC P-521");
    assert_int_equal(parse("client")->key_bits, 521);
}

static void test_self_issued_by_another_key(void **state)
{
    (void)state;
    const struct certificate_facts *facts = parse("impostor");
    assert_true(facts->is_self_issued);
    assert_false(facts->is_self_signed);
}

static void test_names_that_need_escapes(void **state)
{
    (void)state;
    const struct certificate_facts *facts = parse("other");
    assert_string_equal(facts->subject, "CN=B\xc3\xbc"
                                        "cher\\, \\\"A\\+B\\\" \\<x\\>");
    assert_string_equal(facts->common_name, "B\xc3\xbc"
                                            "cher, \"A+B\" <x>");
    assert_true(facts->not_after == INT64_MAX);
}

/* A NUL, a lone wildcard, a wildcard within a label, two wildcards: none of them is for anybody. */
static void test_deceptive_names(void **state)
{
    (void)state;
    static const char *const names[] = {"bank.com",        "bank.com.evil.net", "localhost",
                                        "wow.example.org", "a.b.bad.org",       "b.bad.org"};
    const struct certificate_facts *facts = parse("odd");
    assert_int_equal(facts->san_total, 4);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_false(certificate_matches_name(facts, names[i]));
    assert_string_equal(facts->key, "Ed25519");
    assert_string_equal(facts->signature, "ED25519");
    assert_true(facts->is_self_signed);
    assert_true(facts->not_after < 0);
}

static void test_more_names_than_are_kept(void **state)
{
    (void)state;
    const struct certificate_facts *facts = parse("many");
    assert_int_equal(facts->san_total, 201);
    assert_in_range(facts->san_kept, 100, 200);
    assert_true(certificate_matches_name(facts, "first.example.com"));
    assert_true(certificate_matches_name(facts, "host-099.conference.example.com"));
    assert_false(certificate_matches_name(facts, "host-199.conference.example.com"));
}

static struct certificate_chain *parse_chain(const char *const *names, size_t count)
{
    static struct certificate_chain chain;
    struct bytes ders[12] = {{0}};
    for (size_t i = 0; i < count; i++)
        ders[i] = load(names[i]);
    assert_true(certificate_chain_parse(&chain, ders, count, count));
    for (size_t i = 0; i < count; i++)
        release(ders[i]);
    return &chain;
}

static void test_good_chain(void **state)
{
    (void)state;
    const char *const names[] = {"server", "intermediate", "root"};
    const struct certificate_chain *chain = parse_chain(names, 3);
    assert_int_equal(chain->sent, 3);
    assert_int_equal(chain->kept, 3);
    assert_true(chain->in_order);
    assert_true(chain->signatures_valid);
    assert_true(chain->ends_at_root);
    assert_false(chain->intermediate_missing);
    assert_string_equal(chain->certificates[1].subject, "CN=Example Intermediate,O=Example");
    chain = parse_chain(names, 2);
    assert_true(chain->in_order);
    assert_true(chain->signatures_valid);
    assert_false(chain->ends_at_root);
    assert_false(chain->intermediate_missing);
}

static void test_bad_chains(void **state)
{
    (void)state;
    const struct certificate_chain *chain = parse_chain((const char *[]){"server"}, 1);
    assert_true(chain->intermediate_missing);
    assert_true(chain->in_order);
    chain = parse_chain((const char *[]){"server", "root", "intermediate"}, 3);
    assert_false(chain->in_order);
    assert_false(chain->signatures_valid);
    assert_false(chain->ends_at_root);
    assert_false(chain->intermediate_missing);
    chain = parse_chain((const char *[]){"server", "root"}, 2);
    assert_true(chain->intermediate_missing);
    chain = parse_chain((const char *[]){"server", "server"}, 2);
    assert_true(chain->intermediate_missing);
    chain = parse_chain((const char *[]){"impostor", "other"}, 2);
    assert_true(chain->in_order);
    assert_true(chain->signatures_valid);
    chain = parse_chain((const char *[]){"other", "impostor"}, 2);
    assert_true(chain->in_order);
    assert_false(chain->signatures_valid);
    assert_false(chain->ends_at_root);
    chain = parse_chain((const char *[]){"default"}, 1);
    assert_true(chain->ends_at_root);
    assert_false(chain->intermediate_missing);
}

/* More certificates than were looked at: the missing one may be among them. */
static void test_chain_of_which_a_part_is_known(void **state)
{
    (void)state;
    static struct certificate_chain chain;
    struct bytes der = load("server");
    assert_true(certificate_chain_parse(&chain, &der, 1, 3));
    assert_false(chain.intermediate_missing);
    release(der);
}

static void expect_authority(const char *issuer, const char *authority)
{
    static struct certificate_facts facts;
    char text[CERTIFICATE_NAME];
    (void)snprintf(facts.issuer, sizeof facts.issuer, "%s", issuer);
    certificate_authority(&facts, text);
    assert_string_equal(text, authority);
}

static void test_authority(void **state)
{
    (void)state;
    char longest[CERTIFICATE_NAME];
    expect_authority("CN=R10,O=Let's Encrypt,C=US", "O=Let's Encrypt");
    expect_authority("CN=R11,O=Let's Encrypt,C=US", "O=Let's Encrypt");
    expect_authority("O=Example", "O=Example");
    expect_authority("O=Example\\, Inc.+OU=x", "O=Example\\, Inc.");
    expect_authority("CN=a\\,O=b,C=US", "CN=a\\,O=b,C=US");
    expect_authority("CN=Inspection", "CN=Inspection");
    expect_authority("CN=NO=x,C=US", "CN=NO=x,C=US");
    expect_authority("CN=cut\\", "CN=cut\\");
    expect_authority("", "");
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    expect_authority(longest, longest);
}

static void test_final_dot(void **state)
{
    (void)state;
    static struct certificate_facts facts;
    certificate_add_san(&facts, CERTIFICATE_SAN_DNS, bytes_of("a.example.com.", 14));
    certificate_add_san(&facts, CERTIFICATE_SAN_DNS, bytes_of(".", 1));
    assert_true(certificate_matches_name(&facts, "a.example.com"));
    assert_true(certificate_matches_name(&facts, "a.example.com."));
    assert_false(certificate_matches_name(&facts, "a.example.co"));
    assert_false(certificate_matches_name(&facts, ""));
}

static void test_long_chain(void **state)
{
    (void)state;
    const char *names[12];
    for (size_t i = 0; i < 12; i++)
        names[i] = "root";
    const struct certificate_chain *chain = parse_chain(names, 12);
    assert_int_equal(chain->sent, 12);
    assert_int_equal(chain->parsed, 10);
    assert_int_equal(chain->kept, CERTIFICATE_CHAIN_KEPT);
}

static void test_every_truncation(void **state)
{
    (void)state;
    static struct certificate_facts facts;
    struct bytes der = load("server");
    for (size_t length = 0; length < der.length; length++) {
        struct bytes part = exact_copy(bytes_first(der, length));
        assert_false(certificate_parse(&facts, part));
        release(part);
    }
    release(der);
}

/* Any byte may be wrong; whatever comes of it is bounded. */
static void test_every_byte_wrong(void **state)
{
    (void)state;
    static struct certificate_chain chain;
    static const char *const names[] = {"server", "odd", "other"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        struct bytes der = load(names[n]);
        uint8_t *octets = (uint8_t *)(uintptr_t)der.data;
        for (size_t i = 0; i < der.length; i++) {
            octets[i] ^= 0xff;
            (void)certificate_chain_parse(&chain, &der, 1, 1);
            octets[i] ^= 0xff;
        }
        release(der);
    }
}

static void test_not_a_certificate(void **state)
{
    (void)state;
    static struct certificate_chain chain;
    struct bytes junk = bytes_of("junk", 4);
    assert_false(certificate_chain_parse(&chain, &junk, 1, 3));
    assert_int_equal(chain.sent, 3);
    assert_int_equal(chain.parsed, 0);
    assert_false(certificate_chain_parse(&chain, NULL, 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server_certificate),
        cmocka_unit_test(test_alternate_names),
        cmocka_unit_test(test_names_that_match),
        cmocka_unit_test(test_names_that_do_not_match),
        cmocka_unit_test(test_default_certificate),
        cmocka_unit_test(test_authorities_and_purposes),
        cmocka_unit_test(test_self_issued_by_another_key),
        cmocka_unit_test(test_names_that_need_escapes),
        cmocka_unit_test(test_deceptive_names),
        cmocka_unit_test(test_more_names_than_are_kept),
        cmocka_unit_test(test_good_chain),
        cmocka_unit_test(test_bad_chains),
        cmocka_unit_test(test_chain_of_which_a_part_is_known),
        cmocka_unit_test(test_authority),
        cmocka_unit_test(test_final_dot),
        cmocka_unit_test(test_long_chain),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_every_byte_wrong),
        cmocka_unit_test(test_not_a_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
