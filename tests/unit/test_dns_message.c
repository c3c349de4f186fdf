/* SPDX-License-Identifier: MIT */
#include "dissectors/dns/message.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* www.example.com A?, with an OPT record: 1232 octets, DO. */
static const char query[] = "abcd 0120 0001 0000 0000 0001"
                            "03777777 076578616d706c65 03636f6d 00 0001 0001"
                            "00 0029 04d0 00 00 8000 0000";

/* Its answer: CNAME web.example.com, A 192.0.2.1 and 192.0.2.2, NS in the authority section, and in
 * the additional one an OPT with an option. */
static const char answer[] = "abcd 85b0 0001 0003 0001 0001"
                             "03777777 076578616d706c65 03636f6d 00 0001 0001"
                             "c00c 0005 0001 0000003c 0006 03776562 c010"
                             "c02d 0001 0001 0000012c 0004 c0000201"
                             "c02d 0001 0001 0000012c 0004 c0000202"
                             "c010 0002 0001 00015180 0005 026e73 c010"
                             "00 0029 1000 00 00 8000 0008 000a 0004 01020304";

/* NXDOMAIN with an SOA; BADVERS through the OPT record; an mDNS query with two questions. */
static const char nxdomain[] = "0001 8183 0001 0000 0001 0000"
                               "016e 076578616d706c65 00 001c 0001"
                               "c00e 0006 0001 00000e10 001a"
                               "026e73 c00e 00 00000001 00000002 00000003 00000004 00000005";
static const char bad_version[] = "0002 8000 0000 0000 0000 0001 00 0029 0200 01 01 0000 0000";
static const char multicast[] = "0000 0000 0002 0000 0000 0000"
                                "0161 056c6f63616c 00 0001 8001  0162 c00e 001c 0001";

static const char *const vectors[] = {query, answer, nxdomain, bad_version, multicast};
enum { VECTORS = sizeof vectors / sizeof vectors[0] };

static enum dissect_status decode_hex(struct dns_message *message, const char *hex)
{
    static uint8_t buffer[2048];
    return dns_decode(message, from_hex(hex, buffer, sizeof buffer), false);
}

static void assert_name(const struct dns_name *name, const char *expected)
{
    char text[DNS_NAME_TEXT];
    assert_string_equal(dns_name_text(name, text, sizeof text), expected);
}

static void test_query(void **state)
{
    (void)state;
    struct dns_message message;
    assert_int_equal(decode_hex(&message, query), DISSECT_OK);
    assert_int_equal(message.id, 0xabcd);
    assert_false(message.response);
    assert_true(message.recursion_desired);
    assert_true(message.authentic_data);
    assert_false(message.checking_disabled);
    assert_false(message.authoritative);
    assert_false(message.truncated);
    assert_int_equal(message.opcode, DNS_QUERY);
    assert_name(&message.question.name, "www.example.com");
    assert_int_equal(message.question.type, DNS_A);
    assert_int_equal(message.question.class, DNS_IN);
    assert_true(message.edns.present);
    assert_true(message.edns.dnssec_ok);
    assert_int_equal(message.edns.payload_size, 1232);
    assert_int_equal(message.edns.version, 0);
    assert_int_equal(message.raw.length, 44);
}

static void test_answer(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum dns_section section;
        uint16_t type;
        uint32_t ttl;
        size_t length;
    } expected[] = {
        {"www.example.com", DNS_SECTION_ANSWER, DNS_CNAME, 60, 6},
        {"web.example.com", DNS_SECTION_ANSWER, DNS_A, 300, 4},
        {"web.example.com", DNS_SECTION_ANSWER, DNS_A, 300, 4},
        {"example.com", DNS_SECTION_AUTHORITY, DNS_NS, 86400, 5},
        {".", DNS_SECTION_ADDITIONAL, DNS_OPT, 0x8000, 8},
    };
    struct dns_message message;
    struct dns_record record;
    assert_int_equal(decode_hex(&message, answer), DISSECT_OK);
    assert_true(message.response);
    assert_true(message.authoritative);
    assert_true(message.recursion_available);
    assert_true(message.checking_disabled);
    assert_int_equal(message.rcode, DNS_NOERROR);
    assert_int_equal(message.counts[DNS_SECTION_ANSWER], 3);
    struct dns_walk walk = dns_walk(&message);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(dns_record_next(&walk, &record));
        assert_name(&record.name, expected[i].name);
        assert_int_equal(record.section, expected[i].section);
        assert_int_equal(record.type, expected[i].type);
        assert_int_equal(record.ttl, expected[i].ttl);
        assert_int_equal(record.length, expected[i].length);
        assert_int_equal(record.data.length, expected[i].length);
        assert_int_equal(record.status, DISSECT_OK);
    }
    assert_false(dns_record_next(&walk, &record));
    assert_int_equal(walk.status, DISSECT_OK);
}

static void test_rcodes(void **state)
{
    (void)state;
    struct dns_message message;
    assert_int_equal(decode_hex(&message, nxdomain), DISSECT_OK);
    assert_int_equal(message.rcode, DNS_NXDOMAIN);
    assert_false(message.edns.present);
    assert_int_equal(decode_hex(&message, bad_version), DISSECT_OK);
    assert_int_equal(message.rcode, DNS_BADVERS);
    assert_int_equal(message.edns.version, 1);
    assert_int_equal(message.question.name.length, 0);
}

static void test_several_questions(void **state)
{
    (void)state;
    struct dns_message message;
    struct dns_question question;
    struct dns_record record;
    assert_int_equal(decode_hex(&message, multicast), DISSECT_OK);
    struct dns_walk walk = dns_walk(&message);
    assert_true(dns_question_next(&walk, &question));
    assert_name(&question.name, "a.local");
    assert_int_equal(question.class, DNS_MULTICAST_CLASS_FLAG | DNS_IN);
    assert_true(dns_question_next(&walk, &question));
    assert_name(&question.name, "b.local");
    assert_int_equal(question.type, DNS_AAAA);
    assert_false(dns_question_next(&walk, &question));
    assert_false(dns_question_next(&walk, &question));
    assert_false(dns_record_next(&walk, &record));
    assert_int_equal(walk.status, DISSECT_OK);
}

/* Walks to the end; the answer must agree with dns_decode's. */
static void assert_walk_agrees(const struct dns_message *message, enum dissect_status status)
{
    struct dns_walk walk = dns_walk(message);
    struct dns_record record;
    while (dns_record_next(&walk, &record))
        assert_true(record.data.length <= record.length);
    assert_int_equal(walk.status, status);
    assert_false(dns_record_next(&walk, &record));
}

static void test_every_truncation(void **state)
{
    (void)state;
    uint8_t buffer[2048];
    struct dns_message message;
    for (size_t v = 0; v < VECTORS; v++) {
        struct bytes whole = from_hex(vectors[v], buffer, sizeof buffer);
        for (size_t length = 0; length < whole.length; length++) {
            struct bytes copy = exact_copy(bytes_first(whole, length));
            assert_int_equal(dns_decode(&message, copy, true), DISSECT_CUT_SHORT);
            if (length >= DNS_HEADER_LENGTH)
                assert_walk_agrees(&message, DISSECT_CUT_SHORT);
            bool no_header = length < DNS_HEADER_LENGTH;
            enum dissect_status expected = no_header ? DISSECT_NOT_MINE : DISSECT_MALFORMED;
            assert_int_equal(dns_decode(&message, copy, false), expected);
            if (!no_header)
                assert_walk_agrees(&message, DISSECT_MALFORMED);
            free((void *)(uintptr_t)copy.data);
        }
        struct bytes copy = exact_copy(whole);
        assert_int_equal(dns_decode(&message, copy, true), DISSECT_OK);
        free((void *)(uintptr_t)copy.data);
    }
}

/* The name, type and length of a record whose data was cut are still worth having. */
static void test_cut_in_data(void **state)
{
    (void)state;
    uint8_t buffer[2048];
    struct dns_message message;
    struct dns_record record;
    struct bytes whole = from_hex(answer, buffer, sizeof buffer);
    assert_int_equal(dns_decode(&message, bytes_first(whole, 33 + 18 + 14), true),
                     DISSECT_CUT_SHORT);
    assert_name(&message.question.name, "www.example.com");
    struct dns_walk walk = dns_walk(&message);
    assert_true(dns_record_next(&walk, &record));
    assert_int_equal(record.status, DISSECT_OK);
    assert_true(dns_record_next(&walk, &record));
    assert_name(&record.name, "web.example.com");
    assert_int_equal(record.status, DISSECT_CUT_SHORT);
    assert_int_equal(record.length, 4);
    assert_int_equal(record.data.length, 2);
    assert_false(dns_record_next(&walk, &record));
}

static void test_trailing_bytes(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct dns_message message;
    struct bytes whole = from_hex(query, buffer, sizeof buffer);
    buffer[whole.length] = 0xFF;
    assert_int_equal(dns_decode(&message, bytes_of(buffer, whole.length + 1), false), DISSECT_OK);
    assert_int_equal(message.trailing, 1);
    assert_int_equal(message.raw.length, whole.length);
    assert_int_equal(dns_recognize(bytes_of(buffer, whole.length + 1), false), DISSECT_NOT_MINE);
}

static void test_counts_that_lie(void **state)
{
    (void)state;
    struct dns_message message;
    assert_int_equal(decode_hex(&message, "0001 0100 ffff ffff ffff ffff"), DISSECT_MALFORMED);
    assert_int_equal(decode_hex(&message, "0001 8180 0000 0001 0000 0000"), DISSECT_MALFORMED);
    assert_int_equal(decode_hex(&message, "0001 0000 0001 0000 0000 0000 c00c 0001 0001"),
                     DISSECT_MALFORMED);
    assert_int_equal(message.question.name.length, 0);
    /* Only the snaplen makes an end CUT_SHORT; a loop stays the sender's fault. */
    uint8_t buffer[64];
    struct bytes loop = from_hex("0001 0000 0001 0000 0000 0000 c00c", buffer, sizeof buffer);
    assert_int_equal(dns_decode(&message, loop, true), DISSECT_MALFORMED);
}

static void test_recognize(void **state)
{
    (void)state;
    uint8_t buffer[2048];
    const char *mine[] = {query, answer, nxdomain};
    for (size_t v = 0; v < sizeof mine / sizeof mine[0]; v++) {
        struct bytes whole = from_hex(mine[v], buffer, sizeof buffer);
        assert_int_equal(dns_recognize(whole, false), DISSECT_OK);
        for (size_t length = 0; length < whole.length; length++) {
            struct bytes copy = exact_copy(bytes_first(whole, length));
            assert_int_equal(dns_recognize(copy, false), DISSECT_NOT_MINE);
            assert_int_not_equal(dns_recognize(copy, true), DISSECT_MALFORMED);
            free((void *)(uintptr_t)copy.data);
        }
        assert_int_equal(dns_recognize(bytes_first(whole, 20), true), DISSECT_CUT_SHORT);
        assert_int_equal(dns_recognize(bytes_first(whole, 40), true), DISSECT_OK);
    }
}

static void test_noise_is_not_dns(void **state)
{
    (void)state;
    static const char *const noise[] = {
        /* STUN Binding request, ChannelData, DTLS, RTP, QUIC */
        "0001 0000 2112 a442 0102 0304 0506 0708 090a 0b0c",
        "4000 0010 0001 0000 0000 0000 0000 0001 0001 0000",
        "16 fefd 0000 0000 0000 0000 0031 01 000025 0000",
        "8060 0001 0000 0000 0000 0001 0102 0304 0506 0708",
        "c0 00000001 08 0001020304050607 00 00 449e",
        /* NetBIOS name query for "*", and its node status request */
        "0102 0010 0001 0000 0000 0000 20 434b4141414141414141414141414141"
        "4141414141414141414141414141 4141 00 0020 0001",
        "0102 0000 0001 0000 0000 0000 20 434b4141414141414141414141414141"
        "4141414141414141414141414141 4141 00 0021 0001",
        /* opcode, Z, two questions, a query with an answer, with an rcode; type and class 0 */
        "0001 2900 0001 0000 0000 0000 016100 0001 0001",
        "0001 0140 0001 0000 0000 0000 016100 0001 0001",
        "0001 0100 0002 0000 0000 0000 016100 0001 0001 016100 0001 0001",
        "0001 0100 0001 0001 0000 0000 016100 0001 0001 00 0001 0001 00000000 0004 01020304",
        "0001 0103 0001 0000 0000 0000 016100 0001 0001",
        "0001 0100 0001 0000 0000 0000 016100 0000 0001",
        "0001 0100 0001 0000 0000 0000 016100 0001 0000",
    };
    uint8_t buffer[256];
    for (size_t i = 0; i < sizeof noise / sizeof noise[0]; i++)
        assert_int_equal(dns_recognize(from_hex(noise[i], buffer, sizeof buffer), false),
                         DISSECT_NOT_MINE);
    /* The same shape as the last eight, with nothing wrong. */
    const char *good = "0001 0100 0001 0000 0000 0000 016100 0001 0001";
    assert_int_equal(dns_recognize(from_hex(good, buffer, sizeof buffer), false), DISSECT_OK);
}

static void test_stream(void **state)
{
    (void)state;
    uint8_t buffer[2048];
    struct bytes stream = from_hex("000c 0001 8000 0000 0000 0000 0000 ffff 00", buffer, 2048);
    struct bytes message;
    size_t consumed;
    for (size_t length = 0; length < 14; length++) {
        struct bytes copy = exact_copy(bytes_first(stream, length));
        assert_int_equal(dns_stream_message(copy, false, &message, &consumed), DISSECT_INCOMPLETE);
        assert_int_equal(consumed, 0);
        assert_int_equal(dns_stream_message(copy, true, &message, &consumed), DISSECT_CUT_SHORT);
        assert_int_equal(message.length, length > 2 ? length - 2 : 0);
        free((void *)(uintptr_t)copy.data);
    }
    assert_int_equal(dns_stream_message(stream, false, &message, &consumed), DISSECT_OK);
    assert_int_equal(message.length, 12);
    assert_ptr_equal(message.data, stream.data + 2);
    assert_int_equal(consumed, 14);
    assert_int_equal(dns_stream_message(bytes_from(stream, 14), false, &message, &consumed),
                     DISSECT_INCOMPLETE);
    stream = from_hex("000b 00", buffer, sizeof buffer);
    assert_int_equal(dns_stream_message(stream, false, &message, &consumed), DISSECT_NOT_MINE);
}

static void test_variants(void **state)
{
    (void)state;
    assert_int_equal(dns_variant_of(40000, 53), DNS_UNICAST);
    assert_int_equal(dns_variant_of(53, 5353), DNS_UNICAST);
    assert_int_equal(dns_variant_of(5353, 5353), DNS_MULTICAST);
    assert_int_equal(dns_variant_of(5353, 40000), DNS_MULTICAST);
    assert_int_equal(dns_variant_of(40000, 5355), DNS_LLMNR);
    assert_int_equal(dns_variant_of(40000, 5300), DNS_UNICAST);
}

static void test_constant_names(void **state)
{
    (void)state;
    char text[DNS_TYPE_TEXT];
    assert_string_equal(dns_type_name(DNS_A), "A");
    assert_string_equal(dns_type_name(DNS_SRV), "SRV");
    assert_string_equal(dns_type_name(DNS_HTTPS), "HTTPS");
    assert_string_equal(dns_type_name(DNS_ANY), "ANY");
    assert_string_equal(dns_type_name(257), "CAA");
    assert_null(dns_type_name(0));
    assert_string_equal(dns_type_text(DNS_AAAA, text), "AAAA");
    assert_string_equal(dns_type_text(65280, text), "TYPE65280");
    assert_string_equal(dns_rcode_name(DNS_NXDOMAIN), "NXDOMAIN");
    assert_string_equal(dns_rcode_name(DNS_REFUSED), "REFUSED");
    assert_null(dns_rcode_name(12));
    assert_string_equal(dns_opcode_name(DNS_UPDATE), "UPDATE");
    assert_null(dns_opcode_name(3));
    assert_string_equal(dns_class_name(DNS_IN), "IN");
    assert_null(dns_class_name(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_rcodes),
        cmocka_unit_test(test_several_questions),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_cut_in_data),
        cmocka_unit_test(test_trailing_bytes),
        cmocka_unit_test(test_counts_that_lie),
        cmocka_unit_test(test_recognize),
        cmocka_unit_test(test_noise_is_not_dns),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_variants),
        cmocka_unit_test(test_constant_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
