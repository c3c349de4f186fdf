/* SPDX-License-Identifier: MIT */
#include "dissectors/stun/message.h"
#include "tests/support/hex.h"
#include "tests/support/stun_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t buffer[1024];

static enum dissect_status decode(struct channel_data *channel, const char *hex, bool stream)
{
    return channel_data_decode(channel, from_hex(hex, buffer, sizeof buffer), stream, false);
}

static void test_datagram(void **state)
{
    (void)state;
    struct channel_data channel;
    assert_int_equal(decode(&channel, "40000005 0102030405", false), DISSECT_OK);
    assert_int_equal(channel.number, 0x4000);
    assert_int_equal(channel.length, 5);
    assert_int_equal(channel.data.length, 5);
    assert_int_equal(channel.data.data[4], 5);
    assert_int_equal(channel.consumed, 9);
    assert_int_equal(decode(&channel, "40000005 0102030405 000000", false), DISSECT_OK);
    assert_int_equal(channel.data.length, 5);
    assert_int_equal(decode(&channel, "40000005 0102030405 00000000", false), DISSECT_NOT_MINE);
    assert_int_equal(decode(&channel, "40000005 01020304", false), DISSECT_INCOMPLETE);
    assert_int_equal(decode(&channel, "7fff0000", false), DISSECT_OK);
    assert_int_equal(channel.number, 0x7FFF);
    assert_int_equal(channel.data.length, 0);
    assert_int_equal(decode(&channel, "80000000", false), DISSECT_NOT_MINE);
    assert_int_equal(decode(&channel, "3fff0000", false), DISSECT_NOT_MINE);
}

static void test_stream(void **state)
{
    (void)state;
    struct channel_data channel;
    assert_int_equal(decode(&channel, "4001 0005 0102030405 000000 4001", true), DISSECT_OK);
    assert_int_equal(channel.data.length, 5);
    assert_int_equal(channel.consumed, 12);
    assert_int_equal(decode(&channel, "4001 0005 0102030405 0000", true), DISSECT_INCOMPLETE);
    assert_int_equal(decode(&channel, "4001 0004 01020304 ffffffffff", true), DISSECT_OK);
    assert_int_equal(channel.consumed, 8);
}

static void test_every_truncation(void **state)
{
    (void)state;
    struct channel_data channel;
    struct bytes vector = from_hex("40010006 010203040506 0000", buffer, sizeof buffer);
    for (size_t length = 0; length < vector.length; length++)
        for (unsigned mode = 0; mode < 4; mode++) {
            bool stream = mode & 1, cut = mode & 2;
            struct bytes copy = exact_copy(bytes_first(vector, length));
            enum dissect_status expected = cut ? DISSECT_CUT_SHORT : DISSECT_INCOMPLETE;
            if (length == 0 || (cut && length < 4))
                expected = DISSECT_NOT_MINE;
            else if (!stream && length >= 10)
                expected = DISSECT_OK;
            assert_int_equal(channel_data_decode(&channel, copy, stream, cut), expected);
            if (expected == DISSECT_CUT_SHORT)
                assert_int_equal(channel.data.length, length - 4 < 6 ? length - 4 : 6);
            free((void *)(uintptr_t)copy.data);
        }
}

static void assert_frame(const char *hex, enum dissect_status status, size_t expected)
{
    struct bytes copy = exact_copy(from_hex(hex, buffer, sizeof buffer));
    size_t length = 0;
    assert_int_equal(stun_frame_length(copy, &length), status);
    assert_int_equal(length, expected);
    free((void *)(uintptr_t)copy.data);
}

static void test_frame_length(void **state)
{
    (void)state;
    assert_frame("", DISSECT_INCOMPLETE, 0);
    assert_frame("00", DISSECT_INCOMPLETE, 0);
    assert_frame("00010058 2112a4", DISSECT_INCOMPLETE, 0);
    assert_frame("00010058 2112a442", DISSECT_OK, 108);
    assert_frame("00010058 2112a443", DISSECT_NOT_MINE, 0);
    assert_frame("00010057 2112a442", DISSECT_NOT_MINE, 0);
    assert_frame("0001fffc 2112a442", DISSECT_OK, 65552);
    assert_frame("400000", DISSECT_INCOMPLETE, 0);
    assert_frame("40000000", DISSECT_OK, 4);
    assert_frame("40000001", DISSECT_OK, 8);
    assert_frame("40000004", DISSECT_OK, 8);
    assert_frame("7fffffff", DISSECT_OK, 65540);
    assert_frame("04", DISSECT_NOT_MINE, 0);
    assert_frame("8000", DISSECT_NOT_MINE, 0);
    assert_frame("16030100 c8010000", DISSECT_NOT_MINE, 0);
    assert_frame("ff", DISSECT_NOT_MINE, 0);
}

/* One segment with two messages and two ChannelData, cut apart again. */
static void test_several_in_one_segment(void **state)
{
    (void)state;
    static const size_t expected[] = {108, 12, 80, 4};
    struct bytes rest = from_hex(rfc5769_request, buffer, sizeof buffer);
    rest.length += from_hex("40000005 0102030405 000000", buffer + rest.length, 64).length;
    rest.length += from_hex(rfc5769_ipv4_response, buffer + rest.length, 256).length;
    rest.length += from_hex("40010000", buffer + rest.length, 64).length;
    for (size_t i = 0; i < 4; i++) {
        size_t length = 0;
        assert_int_equal(stun_frame_length(rest, &length), DISSECT_OK);
        assert_int_equal(length, expected[i]);
        struct stun_message message;
        struct channel_data channel;
        enum dissect_status status = i % 2 == 0 ? stun_decode(&message, rest, false)
                                                : channel_data_decode(&channel, rest, true, false);
        assert_int_equal(status, DISSECT_OK);
        assert_int_equal(i % 2 == 0 ? message.raw.length : channel.consumed, length);
        rest = bytes_from(rest, length);
    }
    assert_int_equal(rest.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_datagram),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_frame_length),
        cmocka_unit_test(test_several_in_one_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
