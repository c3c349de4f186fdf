/* SPDX-License-Identifier: MIT */
#include "dissectors/quic/frame.h"
#include "dissectors/quic/packet.h"
#include "tests/support/hex.h"
#include "tests/support/quic_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* RFC 9000 appendix A.1. */
static void test_variable_length_integers(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        uint64_t value;
    } rows[] = {{"c2197c5eff14e88c", UINT64_C(151288809941952652)},
                {"9d7f3e7d", 494878333},
                {"7bbd", 15293},
                {"25", 37},
                {"4025", 37}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t buffer[8];
        struct cursor c = cursor_of(from_hex(rows[i].hex, buffer, sizeof buffer));
        assert_true(quic_varint(&c) == rows[i].value);
        assert_false(c.failed);
        assert_int_equal(cursor_left(&c), 0);
    }
}

static void test_client_initial(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        uint32_t version;
    } rows[] = {{quic_version_1_client, QUIC_VERSION_1}, {quic_version_2_client, QUIC_VERSION_2}};
    for (size_t i = 0; i < 2; i++) {
        uint8_t buffer[1300];
        uint8_t id[8];
        struct bytes datagram = from_hex(rows[i].hex, buffer, sizeof buffer);
        struct quic_packet packet;
        assert_int_equal(quic_packet_next(&packet, &datagram, false), DISSECT_OK);
        assert_int_equal(packet.type, QUIC_INITIAL);
        assert_int_equal(packet.version, rows[i].version);
        assert_true(
            bytes_equal(packet.destination_id, from_hex("8394c8f03e515708", id, sizeof id)));
        assert_int_equal(packet.source_id.length, 0);
        assert_int_equal(packet.token.length, 0);
        assert_int_equal(packet.number_offset, 18);
        assert_int_equal(packet.raw.length, 1200);
        assert_int_equal(datagram.length, 0);
        assert_int_equal(quic_packet_next(&packet, &datagram, false), DISSECT_NOT_MINE);
    }
    assert_string_equal(quic_version_name(QUIC_VERSION_2), "QUIC 2");
    assert_null(quic_version_name(0x0a0a0a0a));
}

/* The types of version 1 in order, and those of version 2. */
static void test_packet_types(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum quic_packet_type type;
    } rows[] = {
        {"d0 00000001 01aa 00 04 00000000", QUIC_ZERO_RTT},
        {"e0 00000001 01aa 00 04 00000000", QUIC_HANDSHAKE},
        {"f0 00000001 01aa 00 746f6b 00000000000000000000000000000000", QUIC_RETRY},
        {"e0 6b3343cf 01aa 00 04 00000000", QUIC_ZERO_RTT},
        {"f0 6b3343cf 01aa 00 04 00000000", QUIC_HANDSHAKE},
        {"c0 6b3343cf 01aa 00 746f6b 00000000000000000000000000000000", QUIC_RETRY},
        {"80 00000000 01aa 01bb 00000001 6b3343cf", QUIC_VERSION_NEGOTIATION},
        {"40 0102030405060708", QUIC_ONE_RTT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t buffer[64];
        struct bytes datagram = from_hex(rows[i].hex, buffer, sizeof buffer);
        struct quic_packet packet;
        assert_int_equal(quic_packet_next(&packet, &datagram, false), DISSECT_OK);
        assert_int_equal(packet.type, rows[i].type);
        assert_int_equal(datagram.length, 0);
        if (packet.type == QUIC_RETRY)
            assert_true(bytes_equal(packet.token, bytes_of("tok", 3)));
        if (packet.type == QUIC_VERSION_NEGOTIATION)
            assert_int_equal(packet.versions.length, 8);
    }
}

static void test_several_packets_and_padding(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes datagram =
        from_hex("c0 00000001 01aa 00 00 04 00000000 e0 00000001 01aa 00 02 0000 0000 0000", buffer,
                 sizeof buffer);
    struct quic_packet packet;
    assert_int_equal(quic_packet_next(&packet, &datagram, false), DISSECT_OK);
    assert_int_equal(packet.type, QUIC_INITIAL);
    assert_int_equal(quic_packet_next(&packet, &datagram, false), DISSECT_OK);
    assert_int_equal(packet.type, QUIC_HANDSHAKE);
    assert_int_equal(quic_packet_next(&packet, &datagram, false), DISSECT_NOT_MINE);
    assert_int_equal(datagram.length, 4);
}

static void test_other_protocols(void **state)
{
    (void)state;
    static const char *const others[] = {
        "", "0001 0000 2112a442", "c0 0a0a0a0a 01aa 00 00 01 00",
        "c0 00000001 15 000102030405060708090a0b0c0d0e0f1011121314 00 00 00"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        uint8_t buffer[64];
        struct bytes datagram = from_hex(others[i], buffer, sizeof buffer);
        struct quic_packet packet;
        assert_int_equal(quic_packet_next(&packet, &datagram, false), DISSECT_NOT_MINE);
    }
}

static void test_every_truncation(void **state)
{
    (void)state;
    uint8_t buffer[256];
    struct bytes whole = from_hex(quic_version_1_server, buffer, sizeof buffer);
    for (size_t length = 1; length < whole.length; length++) {
        struct bytes part = exact_copy(bytes_first(whole, length));
        struct bytes datagram = part;
        struct quic_packet packet;
        assert_int_equal(quic_packet_next(&packet, &datagram, false), DISSECT_MALFORMED);
        datagram = part;
        assert_int_equal(quic_packet_next(&packet, &datagram, true), DISSECT_CUT_SHORT);
        assert_int_equal(datagram.length, 0);
        free((void *)part.data);
    }
}

/* A length of 2^62 - 1. */
static void test_endless_packet(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes datagram = from_hex("c0 00000001 01aa 00 00 ffffffffffffffff 0000", buffer, 64);
    struct quic_packet packet;
    assert_int_equal(quic_packet_next(&packet, &datagram, false), DISSECT_MALFORMED);
}

/* The payload of RFC 9001 A.3, then padding, a ping, an ECN-ACK with a range and a close with alert
 * 40. */
static const char frames[] =
    "02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a12"
    "00130100002e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a00"
    "2b00020304 000000 01 03 0a 00 01 02 03 04 05 06 07 1c 4128 06 03 6e6f21";

static void test_frames(void **state)
{
    (void)state;
    uint8_t buffer[256];
    struct bytes payload = from_hex(frames, buffer, sizeof buffer);
    struct quic_frame frame;
    assert_int_equal(quic_frame_next(&frame, &payload), DISSECT_OK);
    assert_int_equal(frame.type, QUIC_ACK);
    assert_int_equal(quic_frame_next(&frame, &payload), DISSECT_OK);
    assert_int_equal(frame.type, QUIC_CRYPTO);
    assert_int_equal(frame.offset, 0);
    assert_int_equal(frame.data.length, 90);
    assert_int_equal(frame.data.data[0], 2);
    assert_int_equal(quic_frame_next(&frame, &payload), DISSECT_OK);
    assert_int_equal(frame.type, QUIC_PADDING);
    assert_int_equal(quic_frame_next(&frame, &payload), DISSECT_OK);
    assert_int_equal(frame.type, QUIC_PING);
    assert_int_equal(quic_frame_next(&frame, &payload), DISSECT_OK);
    assert_int_equal(frame.type, QUIC_ACK_ECN);
    assert_int_equal(quic_frame_next(&frame, &payload), DISSECT_OK);
    assert_int_equal(frame.type, QUIC_CONNECTION_CLOSE);
    assert_int_equal(frame.error_code, QUIC_CRYPTO_ERROR + 40);
    assert_int_equal(frame.data.length, 3);
    assert_int_equal(quic_frame_next(&frame, &payload), DISSECT_NOT_MINE);
}

static void test_frames_every_truncation(void **state)
{
    (void)state;
    uint8_t buffer[256];
    struct bytes whole = from_hex(frames, buffer, sizeof buffer);
    for (size_t length = 0; length < whole.length; length++) {
        struct bytes part = exact_copy(bytes_first(whole, length));
        struct bytes payload = part;
        struct quic_frame frame;
        enum dissect_status status;
        size_t found = 0;
        while ((status = quic_frame_next(&frame, &payload)) == DISSECT_OK)
            found++;
        assert_true(found < 6);
        assert_int_equal(payload.length, 0);
        free((void *)part.data);
    }
}

static void test_foreign_frames(void **state)
{
    (void)state;
    static const char *const payloads[] = {"1f", "40 20", "06 00 05 00", "06 00 ffffffffffffffff",
                                           "02 00 00 ffffffffffffffff 00"};
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        uint8_t buffer[64];
        struct bytes payload = from_hex(payloads[i], buffer, sizeof buffer);
        struct quic_frame frame;
        assert_int_equal(quic_frame_next(&frame, &payload), DISSECT_MALFORMED);
    }
}

static void add(struct quic_crypto *crypto, uint64_t offset, const char *text)
{
    quic_crypto_add(crypto, offset, bytes_of(text, strlen(text)));
}

static void test_crypto_in_any_order(void **state)
{
    (void)state;
    uint8_t buffer[16];
    struct quic_crypto crypto = {.buffer = buffer, .capacity = sizeof buffer};
    add(&crypto, 8, "ij");
    assert_int_equal(quic_crypto_ready(&crypto).length, 0);
    add(&crypto, 4, "ef");
    add(&crypto, 0, "abc");
    assert_int_equal(quic_crypto_ready(&crypto).length, 3);
    assert_int_equal(crypto.count, 3);
    add(&crypto, 2, "cde");
    assert_int_equal(quic_crypto_ready(&crypto).length, 6);
    add(&crypto, 5, "fghi");
    assert_int_equal(crypto.count, 1);
    assert_true(bytes_equal(quic_crypto_ready(&crypto), bytes_of("abcdefghij", 10)));
    add(&crypto, 10, "klmnopqrstuv");
    assert_int_equal(quic_crypto_ready(&crypto).length, 16);
    add(&crypto, 16, "x");
    add(&crypto, UINT64_C(1) << 40, "x");
    assert_true(bytes_equal(quic_crypto_ready(&crypto), bytes_of("abcdefghijklmnop", 16)));
}

static void test_crypto_in_too_many_pieces(void **state)
{
    (void)state;
    uint8_t buffer[256];
    struct quic_crypto crypto = {.buffer = buffer, .capacity = sizeof buffer};
    for (unsigned i = 1; i < 128; i++)
        add(&crypto, 2 * i, "x");
    assert_int_equal(crypto.count, QUIC_CRYPTO_RANGES);
    /* What was dropped comes again, as QUIC repeats what is not acknowledged. */
    for (unsigned i = 0; i < 512; i++)
        add(&crypto, i % 256, "y");
    assert_int_equal(quic_crypto_ready(&crypto).length, 256);
    assert_int_equal(crypto.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_variable_length_integers),
        cmocka_unit_test(test_client_initial),
        cmocka_unit_test(test_packet_types),
        cmocka_unit_test(test_several_packets_and_padding),
        cmocka_unit_test(test_other_protocols),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_endless_packet),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_frames_every_truncation),
        cmocka_unit_test(test_foreign_frames),
        cmocka_unit_test(test_crypto_in_any_order),
        cmocka_unit_test(test_crypto_in_too_many_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
