/* SPDX-License-Identifier: MIT */
#include "dissectors/dtls/handshake.h"
#include "dissectors/dtls/record.h"
#include "dissectors/tls/hello.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* A ClientHello in two fragments and the HelloVerifyRequest, as OpenSSL sends them. */
static const char first_fragment[] =
    "16 fefd 0000 000000000000 00d7 01 00011f 0000 000000 0000cb"
    "fefd06ac4343e701fd74cac15bdb8d0fb735dca354f8e4cc1e65944f8d443a1af9b2000000a0c030c02cc028c024c0"
    "14c00a00a500a300a1009f006b006a0069006800390038003700360088008700860085c032c02ec02ac026c00fc005"
    "009d003d00350084c02fc02bc027c023c013c00900a400a200a0009e00670040003f003e0033003200310030009a00"
    "99009800970045004400430042c031c02dc029c025c00ec004009c003c002f009600410007c012c008001600130010"
    "000dc00dc003000a00ff0100005500";
static const char second_fragment[] =
    "16 fefd 0000 000000000001 0060 01 00011f 0000 0000cb 000054"
    "0b000403000102000a001c001a00170019001c001b0018001a0016000e000d000b000c0009000a00230000000d0020"
    "001e060106020603050105020503040104020403030103020303020102020203000f000101";
static const char hello_verify_request[] =
    "16 feff 0000 000000000000 0023 03 000017 0000 000000 000017"
    "feff144c281da5216e0bcdc6d35770176ee12f676baa9b";

static struct dtls_handshake handshake_in(struct bytes datagram)
{
    struct dtls_record record;
    struct dtls_handshake handshake;
    assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_OK);
    assert_int_equal(record.type, TLS_HANDSHAKE);
    assert_int_equal(datagram.length, 0);
    struct bytes fragment = record.fragment;
    assert_int_equal(dtls_handshake_next(&handshake, &fragment, false), DISSECT_OK);
    assert_int_equal(dtls_handshake_next(&(struct dtls_handshake){0}, &fragment, false),
                     DISSECT_NOT_MINE);
    return handshake;
}

static void test_client_hello_from_fragments(void **state)
{
    (void)state;
    uint8_t one[256];
    uint8_t two[256];
    struct dtls_handshake first = handshake_in(from_hex(first_fragment, one, sizeof one));
    struct dtls_handshake second = handshake_in(from_hex(second_fragment, two, sizeof two));
    assert_false(dtls_handshake_is_whole(&first));
    assert_int_equal(second.fragment_offset, 203);
    uint8_t kept[512];
    struct dtls_collector collector = {.buffer = kept, .capacity = sizeof kept};
    struct tls_handshake message;
    struct tls_client_hello hello;
    assert_int_equal(dtls_collector_take(&collector, &first, &message), DISSECT_INCOMPLETE);
    assert_int_equal(tls_client_hello_decode(&hello, &message, true), DISSECT_CUT_SHORT);
    assert_int_equal(hello.cipher_suites.length, 160);
    assert_int_equal(dtls_collector_take(&collector, &second, &message), DISSECT_OK);
    assert_int_equal(tls_client_hello_decode(&hello, &message, true), DISSECT_OK);
    assert_int_equal(hello.legacy_version, DTLS_1_2);
    assert_int_equal(hello.cookie.length, 0);
    assert_int_equal(hello.supported_groups.length, 26);
    assert_int_equal(hello.signature_algorithms.length, 30);
    assert_int_equal(hello.extension_count, 5);
}

static void test_fragments_out_of_order_or_repeated(void **state)
{
    (void)state;
    uint8_t one[256];
    uint8_t two[256];
    struct dtls_handshake first = handshake_in(from_hex(first_fragment, one, sizeof one));
    struct dtls_handshake second = handshake_in(from_hex(second_fragment, two, sizeof two));
    uint8_t kept[512];
    struct dtls_collector collector = {.buffer = kept, .capacity = sizeof kept};
    struct tls_handshake message;
    assert_int_equal(dtls_collector_take(&collector, &second, &message), DISSECT_INCOMPLETE);
    assert_int_equal(message.body.length, 0);
    assert_int_equal(dtls_collector_take(&collector, &first, &message), DISSECT_INCOMPLETE);
    assert_int_equal(dtls_collector_take(&collector, &first, &message), DISSECT_INCOMPLETE);
    assert_int_equal(message.body.length, 203);
    assert_int_equal(dtls_collector_take(&collector, &second, &message), DISSECT_OK);
    first.number = 1;
    assert_int_equal(dtls_collector_take(&collector, &first, &message), DISSECT_INCOMPLETE);
    assert_int_equal(message.body.length, 203);
}

static void test_small_collector(void **state)
{
    (void)state;
    uint8_t one[256];
    uint8_t two[256];
    struct dtls_handshake first = handshake_in(from_hex(first_fragment, one, sizeof one));
    struct dtls_handshake second = handshake_in(from_hex(second_fragment, two, sizeof two));
    uint8_t kept[210];
    struct dtls_collector collector = {.buffer = kept, .capacity = sizeof kept};
    struct tls_handshake message;
    assert_int_equal(dtls_collector_take(&collector, &first, &message), DISSECT_INCOMPLETE);
    assert_int_equal(dtls_collector_take(&collector, &second, &message), DISSECT_OK);
    assert_int_equal(message.body.length, 210);
    assert_int_equal(message.body.data[209], 2);
    assert_true(tls_handshake_is_cut(&message));
}

static void test_hello_verify_request(void **state)
{
    (void)state;
    uint8_t buffer[256];
    struct dtls_handshake handshake =
        handshake_in(from_hex(hello_verify_request, buffer, sizeof buffer));
    assert_true(dtls_handshake_is_whole(&handshake));
    struct tls_handshake message = dtls_handshake_message(&handshake);
    assert_int_equal(message.type, TLS_HELLO_VERIFY_REQUEST);
    assert_int_equal(message.body.length, 23); /* version, and a cookie of 20 bytes */
}

/* ChangeCipherSpec of epoch 0, then an encrypted record of epoch 1. */
static void test_several_records(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes datagram =
        from_hex("14 fefd 0000 000000000005 0001 01 16 fefd 0001 000000000000 0003 aabbcc", buffer,
                 sizeof buffer);
    struct dtls_record record;
    assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_OK);
    assert_int_equal(record.type, TLS_CHANGE_CIPHER_SPEC);
    assert_int_equal(record.sequence, 5);
    assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_OK);
    assert_int_equal(record.type, TLS_HANDSHAKE);
    assert_int_equal(record.epoch, 1);
    assert_int_equal(record.fragment.length, 3);
    assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_NOT_MINE);
}

static void test_alert(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes datagram = from_hex("15 fefd 0000 000000000002 0002 02 28", buffer, sizeof buffer);
    struct dtls_record record;
    struct tls_alert alert;
    assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_OK);
    assert_int_equal(record.type, TLS_ALERT);
    assert_int_equal(tls_alert_decode(&alert, record.fragment), DISSECT_OK);
    assert_int_equal(alert.description, TLS_ALERT_HANDSHAKE_FAILURE);
}

static void test_unified_header(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct dtls_record record;
    struct bytes datagram = from_hex("2e 1234 0010 000102030405060708090a0b0c0d0e0f"
                                     "22 99 000102030405060708090a0b0c0d0e0f10",
                                     buffer, sizeof buffer);
    assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_OK);
    assert_true(record.is_unified);
    assert_int_equal(record.epoch, 2);
    assert_int_equal(record.sequence, 0x1234);
    assert_int_equal(record.fragment.length, 16);
    assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_OK);
    assert_int_equal(record.sequence, 0x99);
    assert_int_equal(record.fragment.length, 17);
    assert_int_equal(datagram.length, 0);
    datagram = from_hex("2e 1234 000f 000102030405060708090a0b0c0d0e0f", buffer, sizeof buffer);
    assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_NOT_MINE);
    datagram = from_hex("3f 01020304050607", buffer, sizeof buffer);
    assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_OK);
    assert_int_equal(record.fragment.length, 7);
}

/* STUN, RTP, TLS over UDP's first bytes, an unknown version. */
static void test_other_protocols(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "0001 0000 2112a442 000000000000000000000000",
                                         "8060 0001 00000000 00000000",
                                         "16 0303 0000 000000000000 0000",
                                         "16 fe00 0000 000000000000 0000",
                                         "1b fefd 0000"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        uint8_t buffer[64];
        struct bytes datagram = from_hex(others[i], buffer, sizeof buffer);
        struct dtls_record record;
        assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_NOT_MINE);
    }
}

static void test_every_truncation(void **state)
{
    (void)state;
    uint8_t buffer[256];
    struct bytes whole = from_hex(first_fragment, buffer, sizeof buffer);
    for (size_t length = 1; length < whole.length; length++) {
        struct bytes part = exact_copy(bytes_first(whole, length));
        struct bytes datagram = part;
        struct dtls_record record;
        assert_int_equal(dtls_record_next(&record, &datagram, false), DISSECT_MALFORMED);
        datagram = part;
        assert_int_equal(dtls_record_next(&record, &datagram, true), DISSECT_CUT_SHORT);
        assert_int_equal(datagram.length, 0);
        struct bytes fragment = record.fragment;
        struct dtls_handshake handshake;
        if (length > DTLS_RECORD_HEADER_LENGTH)
            assert_int_equal(dtls_handshake_next(&handshake, &fragment, true), DISSECT_CUT_SHORT);
        free((void *)part.data);
    }
}

static void test_contradicting_fragment(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes fragment = from_hex("01 000004 0000 000002 000003 010203", buffer, sizeof buffer);
    struct dtls_handshake handshake;
    assert_int_equal(dtls_handshake_next(&handshake, &fragment, false), DISSECT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_hello_from_fragments),
        cmocka_unit_test(test_fragments_out_of_order_or_repeated),
        cmocka_unit_test(test_small_collector),
        cmocka_unit_test(test_hello_verify_request),
        cmocka_unit_test(test_several_records),
        cmocka_unit_test(test_alert),
        cmocka_unit_test(test_unified_header),
        cmocka_unit_test(test_other_protocols),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_contradicting_fragment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
