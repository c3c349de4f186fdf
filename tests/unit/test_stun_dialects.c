/* SPDX-License-Identifier: MIT */
#include "dissectors/stun/message.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t buffer[2048];

#define CLASSIC_ID "9429ef88294dd52632c72931cb8dbb4c"

static const char classic_request[] = "00010008" CLASSIC_ID "00030004 00000000";
static const char classic_response[] = "0101000c" CLASSIC_ID "00010008 0001d70a ac103fe0";

/* A refused Allocate as Skype's relays send it: no padding, the header's cookie, an odd length. */
static const char ms_turn_error[] = "0113002b 2112a442 b2343f6e67f41d58acba639f"
                                    "000f0004 72c64bc6"
                                    "00090007 00000401 4e6f21"
                                    "00140006 0011223344ff"
                                    "0015000a 22727463 6d656469 6122";
/* Without it: Data Indication. */
static const char ms_turn_data[] = "01150020" CLASSIC_ID "000f0004 72c64bc6"
                                   "00120008 0001d70a ac103fe0"
                                   "00130008 3132333435363738";

static enum dissect_status decode(struct stun_message *message, const char *hex)
{
    return stun_decode(message, from_hex(hex, buffer, sizeof buffer), false);
}

static void assert_text(const struct stun_message *message, uint16_t type, const char *text)
{
    assert_true(bytes_equal(stun_value(message, type), bytes_of(text, strlen(text))));
}

static void assert_address(const struct stun_message *message, uint16_t type, const char *expected)
{
    struct transport_address address;
    char text[TRANSPORT_ADDRESS_TEXT];
    assert_true(stun_address(message, type, &address));
    assert_string_equal(transport_address_text(&address, text), expected);
}

static void test_classic(void **state)
{
    (void)state;
    struct stun_message message;
    uint8_t id[16];
    from_hex(CLASSIC_ID, id, sizeof id);
    assert_int_equal(decode(&message, classic_request), DISSECT_OK);
    assert_int_equal(message.dialect, STUN_DIALECT_CLASSIC);
    assert_int_equal(message.method, STUN_BINDING);
    assert_int_equal(message.class, STUN_REQUEST);
    assert_memory_equal(message.transaction_id, id, sizeof id);
    assert_int_equal(decode(&message, classic_response), DISSECT_OK);
    assert_int_equal(message.class, STUN_SUCCESS);
    assert_address(&message, STUN_MAPPED_ADDRESS, "172.16.63.224:55050");
    assert_int_equal(decode(&message, "00010000" CLASSIC_ID), DISSECT_OK);
    assert_int_equal(message.attribute_count, 0);
}

/* The mask of XOR-MAPPED-ADDRESS is the transaction ID where there is no cookie. */
static void test_classic_xor_mapped_address(void **state)
{
    (void)state;
    struct stun_message message;
    assert_int_equal(decode(&message, "0101000c" CLASSIC_ID "80200008 00014323 3839d068"),
                     DISSECT_OK);
    assert_address(&message, STUN_XOR_MAPPED_ADDRESS, "172.16.63.224:55050");
}

static void test_classic_must_fit(void **state)
{
    (void)state;
    struct stun_message message;
    static const char *const strangers[] = {
        "00010008" CLASSIC_ID "00030004 00000000 00",       /* a byte too many */
        "00010008" CLASSIC_ID "00030004 000000",            /* a byte too few */
        "00010008" CLASSIC_ID "77770004 00000000",          /* unknown attribute */
        "00010008" CLASSIC_ID "00030005 00000000",          /* beyond the message */
        "00010008" CLASSIC_ID "00030000 00010000",          /* wrong size */
        "00030008" CLASSIC_ID "00190004 11000000",          /* Allocate has the cookie */
        "00040008" CLASSIC_ID "000d0004 00000000",          /* so has Refresh */
        "00110008" CLASSIC_ID "00030004 00000000",          /* RFC 3489 has no indications */
        "00010006" CLASSIC_ID "00030002 0000",              /* no multiple of 4 */
        "01010000" CLASSIC_ID,                              /* a response that says nothing */
        "00010000 00000000 00000000 00000000 00000000",     /* zeros */
        "4001000c" CLASSIC_ID "00010008 0001d70a ac103fe0", /* first two bits */
        "01150010" CLASSIC_ID "000d0004 00000000 000f0004 72c64bc6", /* MAGIC-COOKIE not first */
    };
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        assert_int_equal(decode(&message, strangers[i]), DISSECT_NOT_MINE);
}

static void test_ms_turn(void **state)
{
    (void)state;
    struct stun_message message;
    unsigned code;
    struct bytes reason;
    assert_int_equal(decode(&message, ms_turn_error), DISSECT_OK);
    assert_int_equal(message.dialect, STUN_DIALECT_MS_TURN);
    assert_int_equal(message.method, STUN_ALLOCATE);
    assert_int_equal(message.class, STUN_ERROR);
    assert_int_equal(message.attribute_count, 4);
    assert_true(stun_error_code(&message, &code, &reason));
    assert_int_equal(code, 401);
    assert_int_equal(stun_value(&message, STUN_NONCE).length, 6);
    assert_text(&message, STUN_REALM, "\"rtcmedia\"");
    assert_int_equal(message.attributes[3].offset, 49);
}

static void test_ms_turn_methods(void **state)
{
    (void)state;
    struct stun_message message;
    assert_int_equal(decode(&message, ms_turn_data), DISSECT_OK);
    assert_int_equal(message.dialect, STUN_DIALECT_MS_TURN);
    assert_int_equal(message.type, 0x0115);
    assert_int_equal(message.method, STUN_DATA);
    assert_int_equal(message.class, STUN_INDICATION);
    assert_address(&message, STUN_XOR_PEER_ADDRESS, "172.16.63.224:55050");
    assert_text(&message, STUN_DATA_ATTRIBUTE, "12345678");

    assert_int_equal(decode(&message, "00040014" CLASSIC_ID "000f0004 72c64bc6"
                                      "00110008 0001d70a ac103fe0"),
                     DISSECT_OK);
    assert_int_equal(message.method, STUN_SEND);
    assert_int_equal(message.class, STUN_REQUEST);
    assert_address(&message, STUN_XOR_PEER_ADDRESS, "172.16.63.224:55050");

    assert_int_equal(decode(&message, "01060008 2112a442 010203040506070809000102"
                                      "000f0004 72c64bc6"),
                     DISSECT_OK);
    assert_int_equal(message.method, STUN_MS_SET_ACTIVE_DESTINATION);
    assert_int_equal(message.class, STUN_SUCCESS);

    assert_int_equal(decode(&message, "00040008 2112a442 010203040506070809000102"
                                      "000d0004 00000000"),
                     DISSECT_OK);
    assert_int_equal(message.method, STUN_REFRESH);
}

static void test_ms_turn_addresses(void **state)
{
    (void)state;
    struct stun_message message;
    assert_int_equal(decode(&message, "01030020 2112a442 222fefc7f3924bd1b99727e4"
                                      "000f0004 72c64bc6 00010008 00010d98 3472fa8d"
                                      "80200008 0001c1d5 71a76a0a"),
                     DISSECT_OK);
    assert_address(&message, STUN_XOR_RELAYED_ADDRESS, "52.114.250.141:3480");
    assert_address(&message, STUN_XOR_MAPPED_ADDRESS, "80.181.206.72:57543");
}

static bool is_readable(enum dissect_status status)
{
    return status == DISSECT_OK || status == DISSECT_CUT_SHORT || status == DISSECT_MALFORMED;
}

static void decode_exactly(struct bytes bytes, bool cut, enum dissect_status *status)
{
    struct stun_message message;
    struct bytes copy = exact_copy(bytes);
    *status = stun_decode(&message, copy, cut);
    for (size_t i = 0; is_readable(*status) && i < message.attribute_count; i++)
        assert_true(message.attributes[i].value.length <= copy.length);
    if (is_readable(*status))
        (void)stun_fingerprint(&message);
    free((void *)(uintptr_t)copy.data);
}

static void test_every_truncation(void **state)
{
    (void)state;
    static const char *const classic[] = {classic_request, classic_response, ms_turn_data};
    enum dissect_status status;
    for (size_t i = 0; i < sizeof classic / sizeof *classic; i++) {
        struct bytes vector = from_hex(classic[i], buffer, sizeof buffer);
        for (size_t length = 0; length < vector.length; length++) {
            decode_exactly(bytes_first(vector, length), false, &status);
            bool could_get_a_cookie = length > 0 && length <= 4;
            assert_int_equal(status, could_get_a_cookie ? DISSECT_INCOMPLETE : DISSECT_NOT_MINE);
            decode_exactly(bytes_first(vector, length), true, &status);
            bool enough = length >= STUN_HEADER_LENGTH + (i == 2 ? 8 : 4);
            assert_int_equal(status, enough ? DISSECT_CUT_SHORT : DISSECT_NOT_MINE);
        }
    }
    struct bytes vector = from_hex(ms_turn_error, buffer, sizeof buffer);
    for (size_t length = 28; length < vector.length; length++) {
        decode_exactly(bytes_first(vector, length), true, &status);
        assert_int_equal(status, DISSECT_CUT_SHORT);
    }
}

static uint32_t xorshift(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Random bytes whose first two bits look like STUN's. */
static void test_noise(void **state)
{
    (void)state;
    uint32_t seed = 0x5eed;
    for (unsigned round = 0; round < 50000; round++) {
        size_t length = STUN_HEADER_LENGTH + xorshift(&seed) % 100;
        for (size_t i = 0; i < length; i++)
            buffer[i] = (uint8_t)xorshift(&seed);
        buffer[0] &= 0x01;
        if (round % 2 == 0) {
            buffer[2] = 0;
            buffer[3] = (uint8_t)(length - STUN_HEADER_LENGTH);
        }
        struct stun_message message;
        assert_int_equal(stun_decode(&message, bytes_of(buffer, length), false), DISSECT_NOT_MINE);
        assert_int_equal(stun_decode(&message, bytes_of(buffer, length), true), DISSECT_NOT_MINE);
    }
}

/* Other protocols of the same hosts. The DNS messages have the IDs 0x0001 and 0x0101. */
static void test_neighbours(void **state)
{
    (void)state;
    static const char *const neighbours[] = {
        "00010100 00010000 00000000 03777777 07657861 6d706c65 03636f6d 00 0001 0001",
        ("01018180 00010001 00000000 03777777 07657861 6d706c65 03636f6d 00 0001 0001"
         "c00c 0001 0001 00000e10 0004 c0000201"),
        "80606d2c 0a1b2c3d 11223344 d5d5d5d5 d5d5d5d5 d5d5d5d5 d5d5d5d5",
        "81c90007 11223344 55667788 00000000 00000000 00000000 00000000 00000000",
        "16feff00 00000000 00000000 36010000 2a000000 00000000 2afefd",
        "1603010200 010001fc 0303 00112233445566778899aabbccddeeff",
        "474554202f20485454502f312e310d0a486f73743a20780d0a0d0a",
        "c3000000 01088394 c8f03e51 57080000 449e7b9a ec34d1b1 c98dd768",
        "0d0a0d0a",
        "0800006a 2112a442 a6674f75 f0ad2c00 1315b34e 40000002 0000", /* a messenger's own */
        "00000000 00000000 00000000 00000000 00000000 00000000",
    };
    struct stun_message message;
    for (size_t i = 0; i < sizeof neighbours / sizeof *neighbours; i++) {
        struct bytes bytes = from_hex(neighbours[i], buffer, sizeof buffer);
        assert_int_equal(stun_decode(&message, bytes, false), DISSECT_NOT_MINE);
        assert_int_equal(stun_decode(&message, bytes, true), DISSECT_NOT_MINE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classic),          cmocka_unit_test(test_classic_xor_mapped_address),
        cmocka_unit_test(test_classic_must_fit), cmocka_unit_test(test_ms_turn),
        cmocka_unit_test(test_ms_turn_methods),  cmocka_unit_test(test_ms_turn_addresses),
        cmocka_unit_test(test_every_truncation), cmocka_unit_test(test_noise),
        cmocka_unit_test(test_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
