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

static struct bytes bytes_of_text(const char *text)
{
    return bytes_of(text, strlen(text));
}

static enum dissect_status decode(struct stun_message *message, const char *hex)
{
    return stun_decode(message, from_hex(hex, buffer, sizeof buffer), false);
}

static void assert_text(const struct stun_message *message, uint16_t type, const char *text)
{
    assert_true(bytes_equal(stun_value(message, type), bytes_of_text(text)));
}

static void assert_number(const struct stun_message *message, uint16_t type, uint64_t expected)
{
    uint64_t number = 0;
    assert_true(stun_number(message, type, &number));
    assert_int_equal(number, expected);
}

static void assert_address(const struct stun_message *message, uint16_t type, const char *expected)
{
    struct transport_address address;
    char text[TRANSPORT_ADDRESS_TEXT];
    assert_true(stun_address(message, type, &address));
    assert_string_equal(transport_address_text(&address, text), expected);
}

static void assert_transaction_id(const struct stun_message *message, const char *hex)
{
    uint8_t id[STUN_TRANSACTION_ID_LENGTH] = {0};
    from_hex(hex, id, sizeof id);
    assert_memory_equal(message->transaction_id, id, sizeof id);
}

static void assert_types(const struct stun_message *message, const uint16_t *types, size_t count)
{
    assert_int_equal(message->attribute_count, count);
    assert_int_equal(message->attributes_seen, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(message->attributes[i].type, types[i]);
        assert_int_equal(message->attributes[i].status, DISSECT_OK);
    }
}

static void test_rfc5769_request(void **state)
{
    (void)state;
    static const uint16_t types[] = {STUN_SOFTWARE, STUN_PRIORITY,          STUN_ICE_CONTROLLED,
                                     STUN_USERNAME, STUN_MESSAGE_INTEGRITY, STUN_FINGERPRINT};
    struct stun_message message;
    assert_int_equal(decode(&message, rfc5769_request), DISSECT_OK);
    assert_int_equal(message.raw.length, 108);
    assert_int_equal(message.length, 88);
    assert_int_equal(message.type, 0x0001);
    assert_int_equal(message.method, STUN_BINDING);
    assert_int_equal(message.class, STUN_REQUEST);
    assert_int_equal(message.dialect, STUN_DIALECT_RFC8489);
    assert_transaction_id(&message, "b7e7a701bc34d686fa87dfae");
    assert_types(&message, types, 6);
    assert_int_equal(message.attributes[1].offset, 40);
    assert_int_equal(message.attributes[3].length, 9);
    assert_text(&message, STUN_SOFTWARE, "STUN test client");
    assert_number(&message, STUN_PRIORITY, 0x6e0001ff);
    assert_number(&message, STUN_ICE_CONTROLLED, UINT64_C(0x932ff9b151263b36));
    assert_text(&message, STUN_USERNAME, "evtj:h6vY");
    assert_int_equal(stun_value(&message, STUN_MESSAGE_INTEGRITY).length, 20);
    assert_number(&message, STUN_FINGERPRINT, 0xe57a3bcf);
    assert_int_equal(stun_fingerprint(&message), STUN_FINGERPRINT_CORRECT);
    assert_false(message.malformed_attribute);
    assert_null(stun_find(&message, STUN_REALM));
    assert_null(stun_value(&message, STUN_REALM).data);
}

static void test_rfc5769_responses(void **state)
{
    (void)state;
    static const uint16_t types[] = {STUN_SOFTWARE, STUN_XOR_MAPPED_ADDRESS, STUN_MESSAGE_INTEGRITY,
                                     STUN_FINGERPRINT};
    struct stun_message message;
    assert_int_equal(decode(&message, rfc5769_ipv4_response), DISSECT_OK);
    assert_int_equal(message.class, STUN_SUCCESS);
    assert_int_equal(message.method, STUN_BINDING);
    assert_types(&message, types, 4);
    assert_text(&message, STUN_SOFTWARE, "test vector");
    assert_address(&message, STUN_XOR_MAPPED_ADDRESS, "192.0.2.1:32853");
    assert_int_equal(stun_fingerprint(&message), STUN_FINGERPRINT_CORRECT);

    assert_int_equal(decode(&message, rfc5769_ipv6_response), DISSECT_OK);
    assert_types(&message, types, 4);
    assert_address(&message, STUN_XOR_MAPPED_ADDRESS,
                   "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
    assert_int_equal(stun_fingerprint(&message), STUN_FINGERPRINT_CORRECT);
}

static void test_long_term_requests(void **state)
{
    (void)state;
    static const uint16_t types[] = {STUN_USERNAME, STUN_NONCE, STUN_REALM, STUN_MESSAGE_INTEGRITY};
    static const uint16_t sha256_types[] = {STUN_USERHASH, STUN_NONCE, STUN_REALM,
                                            STUN_PASSWORD_ALGORITHM, STUN_MESSAGE_INTEGRITY_SHA256};
    struct stun_message message;
    assert_int_equal(decode(&message, rfc5769_long_term_request), DISSECT_OK);
    assert_types(&message, types, 4);
    assert_transaction_id(&message, "78ad3433c6ad72c029da412e");
    assert_text(&message, STUN_USERNAME, RFC5769_LONG_TERM_USERNAME);
    assert_text(&message, STUN_NONCE, "f//499k954d6OL34oL9FSTvy64sA");
    assert_text(&message, STUN_REALM, "example.org");
    assert_int_equal(stun_fingerprint(&message), STUN_FINGERPRINT_ABSENT);

    assert_int_equal(decode(&message, rfc8489_sha256_request), DISSECT_OK);
    assert_types(&message, sha256_types, 5);
    assert_text(&message, STUN_NONCE, "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA");
    assert_text(&message, STUN_REALM, "example.org");
    assert_number(&message, STUN_PASSWORD_ALGORITHM, 2);
    assert_int_equal(stun_value(&message, STUN_USERHASH).length, 32);
    assert_int_equal(stun_value(&message, STUN_MESSAGE_INTEGRITY_SHA256).length, 32);
}

/* Everything that reads a decoded message, so that AddressSanitizer sees where it reads. */
static void call_accessors(const struct stun_message *message)
{
    struct transport_address address;
    uint64_t number;
    unsigned code;
    struct bytes reason;
    for (size_t i = 0; i < message->attribute_count; i++) {
        uint16_t type = message->attributes[i].type;
        struct bytes value = message->attributes[i].value;
        assert_true(value.length <= message->attributes[i].length);
        assert_true(value.length == 0 ||
                    value.data + value.length <= message->raw.data + message->raw.length);
        (void)stun_attribute_address(message, &message->attributes[i], &address);
        (void)stun_address(message, type, &address);
        (void)stun_number(message, type, &number);
        (void)stun_value(message, type);
    }
    (void)stun_error_code(message, &code, &reason);
    (void)stun_fingerprint(message);
}

static void assert_truncation(struct bytes vector, size_t length, bool cut)
{
    struct stun_message message;
    struct bytes copy = exact_copy(bytes_first(vector, length));
    enum dissect_status status = stun_decode(&message, copy, cut);
    bool named = false;
    if (length == 0 || (cut && length < STUN_HEADER_LENGTH))
        assert_int_equal(status, DISSECT_NOT_MINE);
    else
        assert_int_equal(status, cut ? DISSECT_CUT_SHORT : DISSECT_INCOMPLETE);
    if (status == DISSECT_CUT_SHORT) {
        call_accessors(&message);
        assert_int_equal(message.raw.length, length);
        assert_true(stun_is_cut(&message));
        assert_false(message.malformed_attribute);
        named = stun_find(&message, STUN_FINGERPRINT) != NULL;
        assert_int_equal(stun_fingerprint(&message), STUN_FINGERPRINT_UNKNOWN);
    }
    assert_true(!named || length > vector.length - 8);
    free((void *)(uintptr_t)copy.data);
}

static void test_every_truncation(void **state)
{
    (void)state;
    const char *const vectors[] = {rfc5769_request, rfc5769_ipv4_response, rfc5769_ipv6_response,
                                   rfc5769_long_term_request, rfc8489_sha256_request};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct bytes vector = from_hex(vectors[i], buffer, sizeof buffer);
        for (size_t length = 0; length < vector.length; length++) {
            assert_truncation(vector, length, false);
            assert_truncation(vector, length, true);
        }
    }
}

static void test_cut_attribute_keeps_what_was_captured(void **state)
{
    (void)state;
    struct stun_message message;
    struct bytes vector = from_hex(rfc5769_long_term_request, buffer, sizeof buffer);
    assert_int_equal(stun_decode(&message, bytes_first(vector, 34), true), DISSECT_CUT_SHORT);
    const struct stun_attribute *username = stun_find(&message, STUN_USERNAME);
    assert_non_null(username);
    assert_int_equal(username->status, DISSECT_CUT_SHORT);
    assert_int_equal(username->length, 18);
    assert_int_equal(username->value.length, 10);
    assert_null(stun_value(&message, STUN_USERNAME).data);
}

static void test_bytes_after_the_message(void **state)
{
    (void)state;
    struct stun_message message;
    struct bytes vector = from_hex(rfc5769_request, buffer, sizeof buffer);
    vector.length += 5;
    assert_int_equal(stun_decode(&message, vector, false), DISSECT_OK);
    assert_int_equal(message.raw.length, 108);
    assert_int_equal(stun_decode(&message, vector, true), DISSECT_OK);
}

#define HEADER "2112a442 0102030405060708090a0b0c"

static void test_malformed_lengths(void **state)
{
    (void)state;
    struct stun_message message;
    /* The header's length is no multiple of 4. */
    assert_int_equal(decode(&message, "00010007" HEADER "00060003 616263"), DISSECT_MALFORMED);
    assert_text(&message, STUN_USERNAME, "abc");
    /* An attribute goes beyond the message, with and without bytes behind it. */
    assert_int_equal(decode(&message, "0001000c" HEADER "80220000 00060005 61626364"),
                     DISSECT_MALFORMED);
    assert_int_equal(decode(&message, "0001000c" HEADER "80220000 00060005 61626364 65000000"),
                     DISSECT_MALFORMED);
    assert_int_equal(message.attribute_count, 2);
    assert_int_equal(message.attributes[0].status, DISSECT_OK);
    assert_int_equal(message.attributes[1].status, DISSECT_MALFORMED);
    assert_int_equal(message.attributes[1].value.length, 4);
    assert_true(message.malformed_attribute);
    assert_null(stun_value(&message, STUN_USERNAME).data);
    assert_int_equal(decode(&message, "00010004" HEADER "0006ffff"), DISSECT_MALFORMED);
    /* The capture ends before the fault, or after it. */
    struct bytes bytes = from_hex("0001000c" HEADER "80220000 00060009 61", buffer, sizeof buffer);
    assert_int_equal(stun_decode(&message, bytes, true), DISSECT_MALFORMED);
    assert_int_equal(stun_decode(&message, bytes_first(bytes, 24), true), DISSECT_CUT_SHORT);
}

static void assert_content(const char *attribute, enum dissect_status expected)
{
    struct stun_message message;
    uint8_t value[64];
    struct bytes bytes = from_hex(attribute, value, sizeof value);
    struct bytes header = from_hex("01110000" HEADER, buffer, sizeof buffer);
    memcpy(buffer + header.length, bytes.data, bytes.length);
    buffer[3] = (uint8_t)bytes.length;
    header.length += bytes.length;
    assert_int_equal(stun_decode(&message, header, false), DISSECT_OK);
    assert_int_equal(message.attribute_count, 1);
    assert_int_equal(message.attributes[0].status, expected);
    assert_int_equal(message.malformed_attribute, expected == DISSECT_MALFORMED);
    call_accessors(&message);
}

static void test_content_of_one_attribute(void **state)
{
    (void)state;
    assert_content("000d0004 00000258", DISSECT_OK);
    assert_content("000d0003 00000200", DISSECT_MALFORMED);
    assert_content("00200008 0001a147 e112a643", DISSECT_OK);
    assert_content("00200008 0002a147 e112a643", DISSECT_MALFORMED);
    assert_content("00200008 0003a147 e112a643", DISSECT_MALFORMED);
    assert_content("00200000", DISSECT_MALFORMED);
    assert_content("00090004 00000401", DISSECT_OK);
    assert_content("00090004 00000201", DISSECT_MALFORMED);
    assert_content("00090004 00000464", DISSECT_MALFORMED);
    assert_content("00090003 00000400", DISSECT_MALFORMED);
    assert_content("000a0002 00190000", DISSECT_OK);
    assert_content("000a0003 00190000", DISSECT_MALFORMED);
    assert_content("00250000", DISSECT_OK);
    assert_content("00250001 00000000", DISSECT_MALFORMED);
    assert_content("00080010 00112233445566778899aabbccddeeff", DISSECT_MALFORMED);
    assert_content("001c0010 00112233445566778899aabbccddeeff", DISSECT_OK);
    assert_content("001c000f 00112233445566778899aabbccddee00", DISSECT_MALFORMED);
    assert_content("001c0011 00112233445566778899aabbccddeeff 11000000", DISSECT_MALFORMED);
    assert_content("7fff0003 00112200", DISSECT_OK);
}

static void test_error_code_and_numbers(void **state)
{
    (void)state;
    struct stun_message message;
    unsigned code = 0;
    struct bytes reason;
    assert_int_equal(decode(&message,
                            "0113001c" HEADER "00090010 0000041f 77726f6e 67206b65 792e2e2e"
                            "000c0004 40000000"),
                     DISSECT_OK);
    assert_int_equal(message.method, STUN_ALLOCATE);
    assert_int_equal(message.class, STUN_ERROR);
    assert_true(stun_error_code(&message, &code, &reason));
    assert_int_equal(code, 431);
    assert_true(bytes_equal(reason, bytes_of_text("wrong key...")));
    assert_number(&message, STUN_CHANNEL_NUMBER, 0x4000);
    uint64_t number;
    assert_false(stun_number(&message, STUN_ERROR_CODE, &number));
    assert_int_equal(decode(&message, "00030008" HEADER "00190004 11000000"), DISSECT_OK);
    assert_number(&message, STUN_REQUESTED_TRANSPORT, 17);
    assert_false(stun_error_code(&message, &code, &reason));
}

static void test_duplicates_and_order(void **state)
{
    (void)state;
    struct stun_message message;
    struct transport_address address;
    char text[TRANSPORT_ADDRESS_TEXT];
    assert_int_equal(decode(&message, "00080018" HEADER "00120008 0001a147 e112a643"
                                      "00120008 0001a146 e112a640"),
                     DISSECT_OK);
    assert_int_equal(message.attribute_count, 2);
    assert_address(&message, STUN_XOR_PEER_ADDRESS, "192.0.2.1:32853");
    assert_true(stun_attribute_address(&message, &message.attributes[1], &address));
    assert_string_equal(transport_address_text(&address, text), "192.0.2.2:32852");
}

#define SHA1_INTEGRITY   "00080014 00000000 00000000 00000000 00000000 00000000 "
#define SHA256_INTEGRITY "001c0010 00000000 00000000 00000000 00000000 "

static void test_attributes_after_integrity(void **state)
{
    (void)state;
    struct stun_message message;
    assert_int_equal(decode(&message, "00010044" HEADER "80220004 61626364" SHA1_INTEGRITY
                                      "000d0004 00000001" SHA256_INTEGRITY "80280004 00000000"),
                     DISSECT_OK);
    assert_int_equal(message.attribute_count, 5);
    assert_non_null(stun_find(&message, STUN_SOFTWARE));
    assert_non_null(stun_find(&message, STUN_MESSAGE_INTEGRITY));
    assert_null(stun_find(&message, STUN_LIFETIME));
    assert_non_null(stun_find(&message, STUN_MESSAGE_INTEGRITY_SHA256));
    assert_non_null(stun_find(&message, STUN_FINGERPRINT));
    assert_int_equal(stun_fingerprint(&message), STUN_FINGERPRINT_WRONG);

    assert_int_equal(decode(&message, "0001003c" HEADER SHA256_INTEGRITY SHA1_INTEGRITY
                                      "80220004 61626364 80280004 00000000"),
                     DISSECT_OK);
    assert_null(stun_find(&message, STUN_MESSAGE_INTEGRITY));
    assert_null(stun_find(&message, STUN_SOFTWARE));
    assert_non_null(stun_find(&message, STUN_FINGERPRINT));
}

static void test_more_attributes_than_are_kept(void **state)
{
    (void)state;
    struct stun_message message;
    enum { COUNT = 40 };
    from_hex("000100a0" HEADER, buffer, sizeof buffer);
    memset(buffer + STUN_HEADER_LENGTH, 0, COUNT * 4);
    for (size_t i = 0; i < COUNT; i++)
        buffer[STUN_HEADER_LENGTH + i * 4 + 1] = (uint8_t)(i == COUNT - 1 ? 0x25 : 0x1A);
    assert_int_equal(stun_decode(&message, bytes_of(buffer, 180), false), DISSECT_OK);
    assert_int_equal(message.attribute_count, STUN_ATTRIBUTES_KEPT);
    assert_int_equal(message.attributes_seen, COUNT);
    assert_int_equal(stun_fingerprint(&message), STUN_FINGERPRINT_UNKNOWN);
}

static void test_type_bits(void **state)
{
    (void)state;
    assert_int_equal(stun_type_method(0x0200), STUN_GOOG_PING);
    assert_int_equal(stun_type_class(0x0300), STUN_SUCCESS);
    assert_int_equal(stun_type_method(0x0300), STUN_GOOG_PING);
    assert_int_equal(stun_type_method(0x3EEF), 0xFFF);
    assert_int_equal(stun_type_class(0x3EEF), STUN_REQUEST);
    assert_int_equal(stun_type_class(0x0016), STUN_INDICATION);
    assert_int_equal(stun_type_method(0x0016), STUN_SEND);
    assert_int_equal(stun_type_class(0x0118), STUN_ERROR);
    assert_int_equal(stun_type_method(0x0118), STUN_CREATE_PERMISSION);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(stun_method_name(STUN_ALLOCATE), "Allocate");
    assert_null(stun_method_name(0x0FF));
    assert_string_equal(stun_class_name(STUN_ERROR), "Error Response");
    assert_string_equal(stun_attribute_name(STUN_USERNAME), "USERNAME");
    assert_string_equal(stun_attribute_name(STUN_REALM), "REALM");
    assert_string_equal(stun_attribute_name_in(STUN_DIALECT_MS_TURN, STUN_REALM), "NONCE");
    assert_string_equal(stun_attribute_name(0xC057), "GOOG-NETWORK-INFO");
    assert_null(stun_attribute_name(0x0000));
    assert_null(stun_attribute_name(0x7FFF));
    assert_null(stun_attribute_name(0x8005));
    assert_null(stun_attribute_name(0xFFFF));
    assert_string_equal(stun_error_name(431), "Integrity Check Failure");
    assert_string_equal(stun_error_name(486), "Allocation Quota Reached");
    assert_null(stun_error_name(499));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc5769_request),
        cmocka_unit_test(test_rfc5769_responses),
        cmocka_unit_test(test_long_term_requests),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_cut_attribute_keeps_what_was_captured),
        cmocka_unit_test(test_bytes_after_the_message),
        cmocka_unit_test(test_malformed_lengths),
        cmocka_unit_test(test_content_of_one_attribute),
        cmocka_unit_test(test_error_code_and_numbers),
        cmocka_unit_test(test_duplicates_and_order),
        cmocka_unit_test(test_attributes_after_integrity),
        cmocka_unit_test(test_more_attributes_than_are_kept),
        cmocka_unit_test(test_type_bits),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
