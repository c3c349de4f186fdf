/* SPDX-License-Identifier: MIT */
#include "dissectors/tls/certificate.h"
#include "dissectors/tls/handshake.h"
#include "dissectors/tls/record.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* ServerHelloDone, then a Finished with twelve bytes. */
static const char two_messages[] = "0e000000 1400000c 000102030405060708090a0b";

static void test_two_messages_in_one_record(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes rest = from_hex(two_messages, buffer, sizeof buffer);
    struct tls_handshake message;
    assert_int_equal(tls_handshake_next(&message, &rest), DISSECT_OK);
    assert_int_equal(message.type, TLS_SERVER_HELLO_DONE);
    assert_int_equal(message.length, 0);
    assert_int_equal(tls_handshake_next(&message, &rest), DISSECT_OK);
    assert_int_equal(message.type, TLS_FINISHED);
    assert_int_equal(message.body.length, 12);
    assert_int_equal(rest.length, 0);
    assert_int_equal(tls_handshake_next(&message, &rest), DISSECT_INCOMPLETE);
}

static void check_second(const struct tls_handshake *message)
{
    static const uint8_t body[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    assert_int_equal(message->type, TLS_FINISHED);
    assert_int_equal(message->length, 12);
    assert_true(bytes_equal(message->body, bytes_of(body, sizeof body)));
}

/* Records of `size` bytes each, whatever the borders of the messages are. */
static void test_every_segmentation(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes whole = from_hex(two_messages, buffer, sizeof buffer);
    for (size_t size = 1; size <= whole.length; size++) {
        uint8_t *kept = malloc(16);
        struct tls_collector collector = {.buffer = kept, .capacity = 16};
        unsigned found = 0;
        for (size_t at = 0; at < whole.length; at += size) {
            struct bytes record = exact_copy(bytes_first(bytes_from(whole, at), size));
            struct bytes fragment = record;
            struct tls_handshake message;
            while (tls_collector_take(&collector, &fragment, &message) == DISSECT_OK)
                if (found++ == 1)
                    check_second(&message);
            assert_int_equal(fragment.length == 0 || collector.seen == 0, 1);
            free((void *)record.data);
        }
        assert_int_equal(found, 2);
        free(kept);
    }
}

static void test_message_larger_than_the_buffer(void **state)
{
    (void)state;
    uint8_t kept[6];
    uint8_t buffer[64];
    struct tls_collector collector = {.buffer = kept, .capacity = sizeof kept};
    struct tls_handshake message;
    struct bytes first = from_hex("1400000c 000102", buffer, sizeof buffer);
    assert_int_equal(tls_collector_take(&collector, &first, &message), DISSECT_INCOMPLETE);
    assert_true(tls_collector_peek(&collector, &message));
    assert_int_equal(message.body.length, 2);
    struct bytes second = from_hex("030405060708090a0b 0e", buffer, sizeof buffer);
    assert_int_equal(tls_collector_take(&collector, &second, &message), DISSECT_OK);
    assert_int_equal(message.length, 12);
    assert_int_equal(message.body.length, 2);
    assert_int_equal(message.body.data[1], 1);
    assert_true(tls_handshake_is_cut(&message));
    assert_int_equal(second.length, 1);
}

static void test_nothing_to_peek_at(void **state)
{
    (void)state;
    uint8_t kept[16];
    struct tls_collector collector = {.buffer = kept, .capacity = sizeof kept};
    struct tls_handshake message;
    assert_false(tls_collector_peek(&collector, &message));
    uint8_t three[] = {11, 0, 0};
    struct bytes fragment = bytes_of(three, sizeof three);
    assert_int_equal(tls_collector_take(&collector, &fragment, &message), DISSECT_INCOMPLETE);
    assert_false(tls_collector_peek(&collector, &message));
}

static struct tls_handshake message_of(struct bytes whole)
{
    struct tls_handshake message;
    (void)tls_handshake_next(&message, &whole);
    return message;
}

static enum dissect_status decode_chain(struct tls_certificate *certificate, const char *hex,
                                        uint16_t version)
{
    uint8_t buffer[128];
    struct tls_handshake message = message_of(from_hex(hex, buffer, sizeof buffer));
    return tls_certificate_decode(certificate, &message, version);
}

static void test_certificate_layouts(void **state)
{
    (void)state;
    struct tls_certificate certificate;
    assert_int_equal(decode_chain(&certificate, "0b00000d 00000a 000003 303132 000001 40", TLS_1_2),
                     DISSECT_OK);
    assert_int_equal(certificate.count, 2);
    assert_int_equal(certificate.kept, 2);
    assert_int_equal(certificate.chain[0].length, 3);
    assert_int_equal(certificate.chain[1].length, 1);
    assert_int_equal(decode_chain(&certificate,
                                  "0b000011 01aa 00000c 000001 30 0002 0505 000000 0000",
                                  TLS_1_3) == DISSECT_MALFORMED,
                     1);
    assert_int_equal(
        decode_chain(&certificate, "0b00000d 01aa 000008 000001 30 0002 0505", TLS_1_3),
        DISSECT_OK);
    assert_int_equal(certificate.count, 1);
    assert_int_equal(decode_chain(&certificate, "0b000003 000000", TLS_1_2), DISSECT_OK);
    assert_int_equal(certificate.count, 0);
}

static void test_certificate_too_many(void **state)
{
    (void)state;
    uint8_t body[3 + 4 * 20] = {0, 0, 4 * 20};
    for (size_t i = 3; i < sizeof body; i += 4) {
        body[i + 2] = 1;
        body[i + 3] = (uint8_t)i;
    }
    struct tls_handshake message = {
        .type = TLS_CERTIFICATE, .length = sizeof body, .body = bytes_of(body, sizeof body)};
    struct tls_certificate certificate;
    assert_int_equal(tls_certificate_decode(&certificate, &message, TLS_1_2), DISSECT_OK);
    assert_int_equal(certificate.count, 20);
    assert_int_equal(certificate.kept, TLS_CERTIFICATES_KEPT);
}

/* What the buffer cut yields the certificates before the cut; what the sender cut is his fault. */
static void test_certificate_every_truncation(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes body = from_hex("00000a 000003 303132 000001 40", buffer, sizeof buffer);
    for (size_t length = 0; length < body.length; length++) {
        struct bytes part = exact_copy(bytes_first(body, length));
        struct tls_handshake message = {
            .type = TLS_CERTIFICATE, .length = (uint32_t)body.length, .body = part};
        struct tls_certificate certificate;
        assert_int_equal(tls_certificate_decode(&certificate, &message, TLS_1_2),
                         DISSECT_CUT_SHORT);
        assert_int_equal(certificate.count, length >= 9 ? 1 : 0);
        message.length = (uint32_t)length;
        assert_int_equal(tls_certificate_decode(&certificate, &message, TLS_1_2),
                         DISSECT_MALFORMED);
        free((void *)part.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_messages_in_one_record),
        cmocka_unit_test(test_every_segmentation),
        cmocka_unit_test(test_message_larger_than_the_buffer),
        cmocka_unit_test(test_nothing_to_peek_at),
        cmocka_unit_test(test_certificate_layouts),
        cmocka_unit_test(test_certificate_too_many),
        cmocka_unit_test(test_certificate_every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
