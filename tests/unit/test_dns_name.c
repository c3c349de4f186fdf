/* SPDX-License-Identifier: MIT */
#include "dissectors/dns/name.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Reads the name at `offset` of an exact-size copy; *consumed says how far the cursor went. */
static enum dissect_status read_at(struct dns_name *name, struct bytes message, size_t offset,
                                   size_t *consumed)
{
    struct bytes copy = exact_copy(message);
    struct cursor c = cursor_of(bytes_from(copy, offset));
    enum dissect_status status = dns_name_read(name, copy, &c);
    *consumed = message.length - offset - cursor_left(&c);
    free((void *)(uintptr_t)copy.data);
    return status;
}

static void assert_text(const struct dns_name *name, const char *expected)
{
    char text[DNS_NAME_TEXT];
    assert_string_equal(dns_name_text(name, text, sizeof text), expected);
}

/* The datagram of RFC 1035 section 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64 and
 * the root at 92. */
static void test_rfc1035_example(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        const char *text;
        size_t consumed;
    } names[] = {{20, "F.ISI.ARPA", 12}, {40, "FOO.F.ISI.ARPA", 6}, {64, "ARPA", 2}, {92, ".", 1}};
    uint8_t datagram[93] = {0};
    from_hex("01 46 03 49 53 49 04 41 52 50 41 00", datagram + 20, 12);
    from_hex("03 46 4f 4f c0 14", datagram + 40, 6);
    from_hex("c0 1a", datagram + 64, 2);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct dns_name name;
        size_t consumed;
        struct bytes message = bytes_of(datagram, sizeof datagram);
        assert_int_equal(read_at(&name, message, names[i].offset, &consumed), DISSECT_OK);
        assert_text(&name, names[i].text);
        assert_int_equal(consumed, names[i].consumed);
    }
}

static void assert_refused(const char *hex, size_t offset, enum dissect_status expected)
{
    uint8_t buffer[1024];
    struct dns_name name;
    size_t consumed;
    struct bytes message = from_hex(hex, buffer, sizeof buffer);
    assert_int_equal(read_at(&name, message, offset, &consumed), expected);
    assert_int_equal(name.length, 0);
}

#define HEADER "000000000000000000000000"

static void test_pointers_lead_backwards_only(void **state)
{
    (void)state;
    assert_refused(HEADER "c00c", 12, DISSECT_MALFORMED);         /* to itself */
    assert_refused(HEADER "0161c00c", 12, DISSECT_MALFORMED);     /* to its own labels */
    assert_refused(HEADER "0161c00e", 12, DISSECT_MALFORMED);     /* a pointer to itself */
    assert_refused(HEADER "c00e016100", 12, DISSECT_MALFORMED);   /* forward */
    assert_refused(HEADER "c00ec00c", 14, DISSECT_MALFORMED);     /* a loop of two */
    assert_refused(HEADER "0161c010c00c", 16, DISSECT_MALFORMED); /* and one with a label */
    assert_refused("0161" HEADER "c000", 14, DISSECT_MALFORMED);  /* into the header */
    assert_refused(HEADER "016100c0ff", 15, DISSECT_MALFORMED);   /* beyond the end */
    assert_refused(HEADER "0361c00c6200", 14, DISSECT_MALFORMED); /* labels that run on into it */
    assert_refused(HEADER "0a61c00c", 14, DISSECT_MALFORMED);     /* label beyond the end */
    assert_refused(HEADER "4061", 12, DISSECT_MALFORMED);         /* label type 01 */
    assert_refused(HEADER "8061", 12, DISSECT_MALFORMED);         /* label type 10 */
}

static void test_running_out(void **state)
{
    (void)state;
    assert_refused(HEADER, 12, DISSECT_CUT_SHORT);
    assert_refused(HEADER "0161", 12, DISSECT_CUT_SHORT);
    assert_refused(HEADER "0361", 12, DISSECT_CUT_SHORT);
    assert_refused(HEADER "016100c0", 15, DISSECT_CUT_SHORT);
}

/* A chain of `count` names: one label and the root, then a label and a pointer to the one before.
 * Returns the message; *last is the offset of the longest name. */
static struct bytes chain(uint8_t *buffer, size_t count, bool labels, size_t *last)
{
    size_t at = 12;
    memset(buffer, 0, at);
    from_hex("016100", buffer + at, 3);
    *last = at;
    at += 3;
    for (size_t i = 0; i < count; i++) {
        size_t before = *last;
        *last = at;
        if (labels) {
            buffer[at++] = 1;
            buffer[at++] = 'b';
        }
        buffer[at++] = (uint8_t)(0xC0 | before >> 8);
        buffer[at++] = (uint8_t)before;
    }
    return bytes_of(buffer, at);
}

static void test_deep_compression_is_bounded(void **state)
{
    (void)state;
    static uint8_t buffer[16384];
    struct dns_name name;
    size_t last;
    size_t consumed;
    struct bytes message = chain(buffer, 126, true, &last); /* 127 labels: 255 octets */
    assert_int_equal(read_at(&name, message, last, &consumed), DISSECT_OK);
    assert_int_equal(name.length, DNS_NAME_MAX);
    assert_int_equal(consumed, 4);
    message = chain(buffer, 127, true, &last);
    assert_int_equal(read_at(&name, message, last, &consumed), DISSECT_MALFORMED);
    message = chain(buffer, 127, false, &last);
    assert_int_equal(read_at(&name, message, last, &consumed), DISSECT_OK);
    assert_text(&name, "a");
    message = chain(buffer, 8000, false, &last);
    assert_int_equal(read_at(&name, message, last, &consumed), DISSECT_MALFORMED);
}

/* Three labels of 63, and one of `last`. */
static struct bytes long_name(uint8_t *buffer, uint8_t last)
{
    size_t at = 12;
    memset(buffer, 0, at);
    for (int label = 0; label < 4; label++) {
        uint8_t length = label < 3 ? 63 : last;
        buffer[at] = length;
        memset(buffer + at + 1, 0xFF, length);
        at += 1 + (size_t)length;
    }
    buffer[at++] = 0;
    return bytes_of(buffer, at);
}

static void test_255_octets_and_no_more(void **state)
{
    (void)state;
    uint8_t buffer[512];
    char text[DNS_NAME_TEXT];
    struct dns_name name;
    size_t consumed;
    assert_int_equal(read_at(&name, long_name(buffer, 61), 12, &consumed), DISSECT_OK);
    assert_int_equal(name.length, 255);
    assert_int_equal(consumed, 255);
    assert_int_equal(strlen(dns_name_text(&name, text, sizeof text)), 250 * 4 + 3);
    struct dns_name parsed;
    assert_true(dns_name_parse(&parsed, text));
    assert_true(dns_name_equal(&name, &parsed));
    assert_int_equal(read_at(&name, long_name(buffer, 62), 12, &consumed), DISSECT_MALFORMED);
    assert_int_equal(name.length, 0);
}

static void test_text_of_any_octets(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct dns_name name;
    size_t consumed;
    const char *hex = HEADER "0c 61 2e 62 5c 00 20 7f ff 22 1b 7e 5f 03 63 6f 6d 00";
    assert_int_equal(read_at(&name, from_hex(hex, buffer, sizeof buffer), 12, &consumed),
                     DISSECT_OK);
    const char *expected = "a\\.b\\\\\\000\\032\\127\\255\\\"\\027~_.com";
    assert_text(&name, expected);
    for (size_t size = 0; size <= strlen(expected) + 1; size++) {
        char *text = malloc(size > 0 ? size : 1);
        assert_non_null(text);
        dns_name_text(&name, text, size);
        if (size > 0) {
            assert_true(strlen(text) < size);
            assert_memory_equal(text, expected, strlen(text));
        }
        free(text);
    }
}

static void test_parse(void **state)
{
    (void)state;
    static const uint8_t wire[] = "\3www\7example\3com";
    struct dns_name name;
    assert_true(dns_name_parse(&name, "www.example.com"));
    assert_int_equal(name.length, sizeof wire);
    assert_memory_equal(name.octets, wire, sizeof wire);
    struct dns_name absolute;
    assert_true(dns_name_parse(&absolute, "www.example.com."));
    assert_memory_equal(&name, &absolute, sizeof name);
    assert_true(dns_name_parse(&name, "a\\.b\\046\\\\c"));
    assert_int_equal(name.octets[0], 6);
    assert_text(&name, "a\\.b\\.\\\\c");
    assert_true(dns_name_parse(&name, "."));
    assert_int_equal(name.length, 1);
    const char *bad[] = {"", "..", ".a", "a..b", "a\\", "a\\25", "a\\256", "a\\2x0"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(dns_name_parse(&name, bad[i]));
        assert_int_equal(name.length, 0);
    }
    char label[65];
    memset(label, 'x', 64);
    label[64] = '\0';
    assert_false(dns_name_parse(&name, label));
    assert_true(dns_name_parse(&name, label + 1));
}

static void test_equality_and_folding(void **state)
{
    (void)state;
    struct dns_name a;
    struct dns_name b;
    assert_true(dns_name_parse(&a, "WWW.Example.COM"));
    assert_true(dns_name_parse(&b, "www.eXample.com"));
    assert_true(dns_name_equal(&a, &b));
    dns_name_fold(&a);
    dns_name_fold(&b);
    assert_memory_equal(&a, &b, 1 + (size_t)a.length);
    assert_text(&a, "www.example.com");
    assert_true(dns_name_parse(&b, "www.example.co"));
    assert_false(dns_name_equal(&a, &b));
    /* '@' and '`', '[' and '{' differ by the same bit as letters do, and are no letters. */
    assert_true(dns_name_parse(&a, "@["));
    assert_true(dns_name_parse(&b, "`{"));
    assert_false(dns_name_equal(&a, &b));
    assert_true(dns_name_parse(&a, "ab.c"));
    assert_true(dns_name_parse(&b, "a.bc"));
    assert_false(dns_name_equal(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc1035_example),
        cmocka_unit_test(test_pointers_lead_backwards_only),
        cmocka_unit_test(test_running_out),
        cmocka_unit_test(test_deep_compression_is_bounded),
        cmocka_unit_test(test_255_octets_and_no_more),
        cmocka_unit_test(test_text_of_any_octets),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_equality_and_folding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
