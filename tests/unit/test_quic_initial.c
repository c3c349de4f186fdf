/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/quic_initial.h"
#include "dissectors/quic/frame.h"
#include "dissectors/tls/hello.h"
#include "tests/support/hex.h"
#include "tests/support/quic_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint8_t client_id[] = {0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08};

static void assert_hex(const uint8_t *bytes, size_t length, const char *hex)
{
    uint8_t expected[64];
    assert_int_equal(from_hex(hex, expected, sizeof expected).length, length);
    assert_memory_equal(bytes, expected, length);
}

/* RFC 9001 A.1. */
static void test_keys_of_version_1(void **state)
{
    (void)state;
    struct quic_keys keys;
    struct bytes id = bytes_of(client_id, sizeof client_id);
    assert_true(quic_initial_keys(&keys, QUIC_VERSION_1, id, true));
    assert_hex(keys.key, 16, "1f369613dd76d5467730efcbe3b1a22d");
    assert_hex(keys.iv, 12, "fa044b2f42a3fd3b46fb255c");
    assert_hex(keys.header, 16, "9f50449e04a0e810283a1e9933adedd2");
    assert_true(quic_initial_keys(&keys, QUIC_VERSION_1, id, false));
    assert_hex(keys.key, 16, "cf3a5331653c364c88f0f379b6067e37");
    assert_hex(keys.iv, 12, "0ac1493ca1905853b0bba03e");
    assert_hex(keys.header, 16, "c206b8d9b9f0f37644430b490eeaa314");
}

/* RFC 9369 A.1. */
static void test_keys_of_version_2(void **state)
{
    (void)state;
    struct quic_keys keys;
    struct bytes id = bytes_of(client_id, sizeof client_id);
    assert_true(quic_initial_keys(&keys, QUIC_VERSION_2, id, false));
    assert_hex(keys.key, 16, "82db637861d55e1d011f19ea71d5d2a7");
    assert_hex(keys.iv, 12, "dd13c276499c0249d3310652");
    assert_hex(keys.header, 16, "edf6d05c83121201b436e16877593c3a");
    assert_false(quic_initial_keys(&keys, 0x0a0a0a0a, id, false));
}

static bool open_hex(const char *hex, bool of_client, uint8_t *plaintext, struct bytes *payload)
{
    uint8_t buffer[1300];
    struct bytes copy = exact_copy(from_hex(hex, buffer, sizeof buffer));
    struct bytes datagram = copy;
    struct quic_packet packet;
    struct quic_keys keys;
    assert_int_equal(quic_packet_next(&packet, &datagram, false), DISSECT_OK);
    assert_true(
        quic_initial_keys(&keys, packet.version, bytes_of(client_id, sizeof client_id), of_client));
    bool good = quic_initial_open(&keys, &packet, plaintext, payload);
    free((void *)copy.data);
    return good;
}

static void test_client_initial(void **state)
{
    (void)state;
    static const char *const vectors[] = {quic_version_1_client, quic_version_2_client};
    for (size_t i = 0; i < 2; i++) {
        uint8_t plaintext[QUIC_INITIAL_MAXIMUM];
        struct bytes payload;
        struct quic_frame frame;
        assert_true(open_hex(vectors[i], true, plaintext, &payload));
        assert_int_equal(payload.length, 1162);
        assert_int_equal(quic_frame_next(&frame, &payload), DISSECT_OK);
        assert_int_equal(frame.type, QUIC_CRYPTO);
        struct tls_handshake message;
        struct tls_client_hello hello;
        assert_int_equal(tls_handshake_next(&message, &frame.data), DISSECT_OK);
        assert_int_equal(tls_client_hello_decode(&hello, &message, false), DISSECT_OK);
        assert_true(bytes_equal(hello.server_name, bytes_of("example.com", 11)));
        assert_true(hello.has_quic_transport_parameters);
        struct cursor alpn = cursor_of(hello.alpn);
        struct bytes name;
        assert_true(tls_alpn_next(&alpn, &name));
        assert_true(bytes_equal(name, bytes_of("alpn", 4)));
        assert_int_equal(quic_frame_next(&frame, &payload), DISSECT_OK);
        assert_int_equal(frame.type, QUIC_PADDING);
        assert_int_equal(payload.length, 0);
    }
}

static void test_server_initial(void **state)
{
    (void)state;
    static const char *const vectors[] = {quic_version_1_server, quic_version_2_server};
    for (size_t i = 0; i < 2; i++) {
        uint8_t plaintext[QUIC_INITIAL_MAXIMUM];
        struct bytes payload;
        assert_true(open_hex(vectors[i], false, plaintext, &payload));
        assert_int_equal(payload.length, 99);
        assert_hex(payload.data, 16, "02000000000600405a020000560303ee");
        assert_false(open_hex(vectors[i], true, plaintext, &payload));
        assert_int_equal(payload.length, 0);
    }
}

/* Nothing but the whole packet as it was sealed is opened. */
static void test_every_byte_wrong_and_every_truncation(void **state)
{
    (void)state;
    uint8_t buffer[256];
    struct bytes whole = from_hex(quic_version_1_server, buffer, sizeof buffer);
    struct quic_keys keys;
    uint8_t plaintext[QUIC_INITIAL_MAXIMUM];
    struct bytes payload;
    struct quic_packet packet;
    assert_true(
        quic_initial_keys(&keys, QUIC_VERSION_1, bytes_of(client_id, sizeof client_id), false));
    for (size_t i = 0; i < whole.length; i++) {
        buffer[i] ^= 0x01;
        struct bytes datagram = whole;
        if (quic_packet_next(&packet, &datagram, false) == DISSECT_OK)
            assert_false(quic_initial_open(&keys, &packet, plaintext, &payload));
        buffer[i] ^= 0x01;
        struct bytes part = exact_copy(bytes_first(whole, i));
        datagram = part;
        if (quic_packet_next(&packet, &datagram, true) == DISSECT_CUT_SHORT)
            assert_false(quic_initial_open(&keys, &packet, plaintext, &payload));
        free((void *)part.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_version_1),
        cmocka_unit_test(test_keys_of_version_2),
        cmocka_unit_test(test_client_initial),
        cmocka_unit_test(test_server_initial),
        cmocka_unit_test(test_every_byte_wrong_and_every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
