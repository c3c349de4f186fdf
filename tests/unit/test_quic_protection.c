/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/quic_protection.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { AES_256 = 0x1302, CHACHA20 = 0x1303, CCM_8 = 0x1305, NUMBER = 654360564 };

/* RFC 9001 A.5. */
static const char secret_hex[] = "9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b";
static const char packet_hex[] = "4cfe4189655e5cd55c41f69080575d7999c25a5bfb";

static void assert_hex(const uint8_t *bytes, size_t length, const char *hex)
{
    uint8_t expected[64];
    assert_int_equal(from_hex(hex, expected, sizeof expected).length, length);
    assert_memory_equal(bytes, expected, length);
}

static struct quic_keys chacha20_keys(void)
{
    uint8_t buffer[32];
    struct quic_keys keys;
    struct bytes secret = from_hex(secret_hex, buffer, sizeof buffer);
    assert_true(quic_keys_derive(&keys, QUIC_VERSION_1, tls_suite_find(CHACHA20), secret));
    return keys;
}

static void test_keys(void **state)
{
    (void)state;
    uint8_t secret[32];
    struct quic_keys keys = chacha20_keys();
    assert_hex(keys.key, 32, "c6d98ff3441c3fe1b2182094f69caa2ed4b716b65488960a7a984979fb23e1c8");
    assert_hex(keys.iv, 12, "e0459b3474bdd0e44a41c144");
    assert_hex(keys.header, 32, "25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4");
    (void)from_hex(secret_hex, secret, sizeof secret);
    assert_true(quic_next_secret(QUIC_VERSION_1, tls_suite_find(CHACHA20), secret));
    assert_hex(secret, 32, "1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9");
}

static void test_keys_that_do_not_fit(void **state)
{
    (void)state;
    uint8_t secret[32] = {0};
    struct quic_keys keys;
    struct bytes view = bytes_of(secret, sizeof secret);
    assert_false(quic_keys_derive(&keys, QUIC_VERSION_1, tls_suite_find(AES_256), view));
    assert_false(quic_keys_derive(&keys, QUIC_VERSION_1, tls_suite_find(CCM_8), view));
    assert_false(quic_keys_derive(&keys, QUIC_VERSION_1, NULL, view));
    assert_false(quic_keys_derive(&keys, 0x0a0a0a0a, tls_suite_find(CHACHA20), view));
}

static bool open_packet(struct bytes raw, uint64_t expected, struct quic_header *header,
                        uint8_t *payload, size_t *length)
{
    const struct quic_keys keys = chacha20_keys();
    const struct quic_packet packet = {.type = QUIC_ONE_RTT, .raw = raw, .number_offset = 1};
    struct quic_protection protection = {0};
    assert_true(quic_protection_set(&protection, tls_suite_find(CHACHA20), &keys, false));
    bool good = quic_protection_header(&protection, &packet, expected, header) &&
                quic_protection_open(&protection, &packet, header, payload, length);
    quic_protection_free(&protection);
    return good;
}

static void test_short_header(void **state)
{
    (void)state;
    uint8_t buffer[32];
    uint8_t payload[32] = {0};
    size_t length = 0;
    struct quic_header header = {0};
    struct bytes raw = from_hex(packet_hex, buffer, sizeof buffer);
    assert_true(open_packet(raw, NUMBER, &header, payload, &length));
    assert_hex(header.bytes, header.length, "4200bff4");
    assert_int_equal(header.number, NUMBER);
    assert_false(header.key_phase);
    assert_int_equal(length, 1);
    assert_int_equal(payload[0], 1);
}

/* RFC 9000 A.3: three bytes tell a number that is within 2^23 of the expected one. */
static void test_packet_number_around_the_expected_one(void **state)
{
    (void)state;
    static const struct {
        int64_t expected;
        bool opens;
    } rows[] = {
        {NUMBER + (1 << 23) - 1, true},
        {NUMBER - (1 << 23) + 1, true},
        {NUMBER + (1 << 23) + 1, false},
        {NUMBER - (1 << 23) - 1, false},
        {0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t buffer[32];
        uint8_t payload[32];
        size_t length;
        struct quic_header header;
        struct bytes raw = from_hex(packet_hex, buffer, sizeof buffer);
        assert_int_equal(open_packet(raw, (uint64_t)rows[i].expected, &header, payload, &length),
                         rows[i].opens);
    }
}

static void test_every_byte_wrong_and_every_truncation(void **state)
{
    (void)state;
    uint8_t buffer[32];
    uint8_t payload[32];
    size_t length;
    struct quic_header header;
    struct bytes raw = from_hex(packet_hex, buffer, sizeof buffer);
    for (size_t i = 0; i < raw.length; i++) {
        buffer[i] ^= 0x01;
        assert_false(open_packet(raw, NUMBER, &header, payload, &length));
        buffer[i] ^= 0x01;
        struct bytes part = exact_copy(bytes_first(raw, i));
        assert_false(open_packet(part, NUMBER, &header, payload, &length));
        free((void *)part.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_keys_that_do_not_fit),
        cmocka_unit_test(test_short_header),
        cmocka_unit_test(test_packet_number_around_the_expected_one),
        cmocka_unit_test(test_every_byte_wrong_and_every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
