/* SPDX-License-Identifier: MIT */
#include "dissectors/rtp/header.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_first_bytes(void **state)
{
    (void)state;
    static const struct {
        uint8_t byte;
        enum datagram_kind kind;
    } rows[] = {
        {0, DATAGRAM_STUN},          {3, DATAGRAM_STUN},          {4, DATAGRAM_UNKNOWN},
        {16, DATAGRAM_ZRTP},         {20, DATAGRAM_DTLS},         {63, DATAGRAM_DTLS},
        {64, DATAGRAM_TURN_CHANNEL}, {79, DATAGRAM_TURN_CHANNEL}, {80, DATAGRAM_UNKNOWN},
        {128, DATAGRAM_RTP_OR_RTCP}, {191, DATAGRAM_RTP_OR_RTCP}, {192, DATAGRAM_QUIC},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(datagram_classify(bytes_of(&rows[i].byte, 1)), rows[i].kind);
    assert_int_equal(datagram_classify(bytes_of(NULL, 0)), DATAGRAM_UNKNOWN);
}

/* Version 2, two CSRCs, a one-byte-header extension of one word (RFC 8285), marker, type 111. */
static const char rtp[] = "92 ef 1234 00000064 deadbeef 00000001 00000002 bede 0001 10 aa 00 00";

static void test_rtp(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes whole = from_hex(rtp, buffer, sizeof buffer);
    struct rtp_header header;
    assert_int_equal(rtp_decode(&header, whole, false), DISSECT_OK);
    assert_int_equal(header.payload_type, 111);
    assert_true(header.marker);
    assert_true(header.extension);
    assert_false(header.padding);
    assert_int_equal(header.csrc_count, 2);
    assert_int_equal(header.sequence, 0x1234);
    assert_int_equal(header.timestamp, 100);
    assert_int_equal(header.ssrc, 0xdeadbeef);
    assert_int_equal(header.header_length, 28);
    struct rtcp_header rtcp;
    assert_int_equal(rtcp_decode(&rtcp, whole, false), DISSECT_NOT_MINE);
    buffer[0] = 0x52;
    assert_int_equal(rtp_decode(&header, whole, false), DISSECT_NOT_MINE);
}

/* An empty receiver report, then the SRTCP trailer. */
static const char rtcp_hex[] = "80 c9 0001 cafebabe 80000001";

static void test_rtcp(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes whole = from_hex(rtcp_hex, buffer, sizeof buffer);
    struct rtcp_header header;
    assert_int_equal(rtcp_decode(&header, whole, false), DISSECT_OK);
    assert_string_equal(rtcp_type_name(header.type), "RR");
    assert_int_equal(header.count, 0);
    assert_int_equal(header.length, 8);
    assert_int_equal(header.ssrc, 0xcafebabe);
    struct rtp_header rtp_header;
    assert_int_equal(rtp_decode(&rtp_header, whole, false), DISSECT_NOT_MINE);
}

static void test_every_truncation(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes whole = from_hex(rtp, buffer, sizeof buffer);
    struct rtp_header header;
    struct rtcp_header rtcp;
    for (size_t length = 1; length < whole.length; length++) {
        struct bytes part = exact_copy(bytes_first(whole, length));
        assert_int_equal(rtp_decode(&header, part, true), DISSECT_CUT_SHORT);
        assert_int_equal(rtp_decode(&header, part, false), DISSECT_MALFORMED);
        free((void *)part.data);
    }
    whole = from_hex(rtcp_hex, buffer, sizeof buffer);
    for (size_t length = 1; length < 8; length++) {
        struct bytes part = exact_copy(bytes_first(whole, length));
        assert_int_equal(rtcp_decode(&rtcp, part, true), DISSECT_CUT_SHORT);
        assert_int_equal(rtcp_decode(&rtcp, part, false), DISSECT_MALFORMED);
        free((void *)part.data);
    }
    assert_int_equal(rtp_decode(&header, bytes_of(NULL, 0), false), DISSECT_NOT_MINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_bytes),
        cmocka_unit_test(test_rtp),
        cmocka_unit_test(test_rtcp),
        cmocka_unit_test(test_every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
