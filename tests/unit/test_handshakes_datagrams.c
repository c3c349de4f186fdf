/* SPDX-License-Identifier: MIT */
/* Handshakes of DTLS and QUIC. */
#include "dissectors/tls/record.h"
#include "tests/support/handshake_bench.h"
#include "tests/support/hex.h"
#include "tests/support/quic_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define DATAGRAM_HELLO(number)                                                                     \
    "16 fefd 0000 00000000000" number " 003f 01 000033 000" number " 000000 000033"                \
    "fefd" RANDOM_1 "00 00 0002 c02b 01 00 0007 000e 0003 0000 00"

static void test_datagram_handshake(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_UDP);
    bench_send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    assert_int_equal(bench_latest(bench)->protocol, HANDSHAKE_DTLS);
    assert_true(bench_latest(bench)->offers_srtp);
    bench->time += SECONDS;
    bench_send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    bench->time -= 20 * MILLISECONDS; /* the same packet, captured twice */
    bench_send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    assert_int_equal(bench_latest(bench)->hello_transmissions, 2);
    bench_send_datagram(bench, SERVER,
                        "16 feff 0000 000000000000 0011 03 000005 0000 000000 000005 feff 02 c1c2");
    assert_int_equal(bench_latest(bench)->hello_verify_requests, 1);
    bench_send_datagram(bench, CLIENT, DATAGRAM_HELLO("1"));
    assert_int_equal(bench_latest(bench)->hello_transmissions, 2);
    bench_send_datagram(bench, SERVER,
                        "16 fefd 0000 000000000001 0032 02 000026 0001 000000 000026 fefd" RANDOM_2
                        "00 c02b 00");
    assert_int_equal(bench_latest(bench)->version, DTLS_1_2);
    bench_send_datagram(
        bench, CLIENT, "14 fefd 0000 000000000003 0001 01 16 fefd 0001 000000000000 0004 aabbccdd");
    bench_assert_state(bench, "incomplete");
    bench_send_datagram(
        bench, SERVER, "14 fefd 0000 000000000005 0001 01 16 fefd 0001 000000000000 0004 aabbccdd");
    bench_assert_state(bench, "established");
    assert_int_equal(bench->events.count, 2);
    assert_int_equal(bench_last_event(bench)->protocol, IP_PROTOCOL_UDP);
    bench_free(bench);
}

/* The certificate of DTLS is seen and not looked at. */
static void test_datagram_certificate_is_not_judged(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_UDP);
    bench_send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    bench_send_datagram(
        bench, SERVER,
        "16 fefd 0000 000000000002 0013 0b 000007 0002 000000 000007 000004 000001 30");
    assert_true(bench_latest(bench)->certificate_message_seen);
    assert_false(bench_latest(bench)->certificate_visible);
    assert_int_equal(bench_count(bench, EVENT_TLS_CERTIFICATE), 0);
    bench_free(bench);
}

static void test_datagram_fragments(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_UDP);
    bench_send_datagram(bench, CLIENT,
                        "16 fefd 0000 000000000000 0034 01 000033 0000 000000 000028"
                        "fefd" RANDOM_1 "00 00 0002 c02b");
    assert_int_equal(bench->events.count, 0);
    bench_send_datagram(bench, CLIENT,
                        "16 fefd 0000 000000000001 0017 01 000033 0000 000028 00000b"
                        "01 00 0007 000e 0003 0000 00");
    assert_int_equal(bench_last_event(bench)->kind, EVENT_TLS_HELLO);
    assert_true(bench_latest(bench)->offers_srtp);
    assert_int_equal(bench_latest(bench)->hello_transmissions, 1);
    assert_int_equal(bench->handshakes.collectors.used, 0);
    bench_free(bench);
}

static void test_datagram_new_random_is_a_new_handshake(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_UDP);
    bench_send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    bench_send_datagram(bench, SERVER, "15 fefd 0000 000000000000 0002 02 28");
    bench_assert_state(bench, "server-rejected");
    bench_send_datagram(bench, CLIENT,
                        "16 fefd 0000 000000000000 003f 01 000033 0000 000000 000033"
                        "fefd" RANDOM_2 "00 00 0002 c02b 01 00 0007 000e 0003 0000 00");
    bench_assert_state(bench, "incomplete");
    assert_int_equal(bench->handshakes.table.used, 2);
    assert_int_equal(bench_count(bench, EVENT_TLS_HELLO), 2);
    bench_free(bench);
}

static void test_datagram_version_1_3(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_UDP);
    static const char encrypted[] =
        "2e 0001 0020 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    bench_send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    bench_send_datagram(bench, SERVER,
                        "16 fefd 0000 000000000001 003a 02 00002e 0000 000000 00002e fefd" RANDOM_2
                        "00 1301 00 0006 002b 0002 fefc");
    assert_int_equal(bench_latest(bench)->version, DTLS_1_3);
    bench_send_datagram(bench, SERVER, encrypted);
    bench_assert_state(bench, "incomplete");
    bench_send_datagram(bench, CLIENT, encrypted);
    bench_send_datagram(bench, SERVER, encrypted);
    bench_assert_state(bench, "established");
    bench_free(bench);
}

static bool send_quic(struct handshake_bench *bench, unsigned end, const char *hex)
{
    uint8_t buffer[2048];
    struct bytes copy = exact_copy(from_hex(hex, buffer, sizeof buffer));
    struct sighting sighting = bench_packet(bench, end);
    struct bytes datagram = copy;
    struct quic_packet packet;
    bool ours = false;
    while (quic_packet_next(&packet, &datagram, false) == DISSECT_OK)
        ours |= handshakes_quic(&bench->handshakes, &sighting, &packet, &bench->events);
    free((void *)copy.data);
    return ours;
}

static void test_quic_handshake(void **state)
{
    (void)state;
    static const char one_rtt[] = "4b 000102030405060708090a0b0c0d0e0f1011";
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_UDP);
    assert_false(send_quic(bench, CLIENT, one_rtt));
    assert_false(send_quic(bench, CLIENT, "0001 0000 2112a442"));
    assert_true(send_quic(bench, CLIENT, quic_version_1_client));
    const struct handshake *handshake = bench_latest(bench);
    assert_int_equal(handshake->protocol, HANDSHAKE_QUIC);
    assert_string_equal(handshake->server_name, "example.com");
    assert_string_equal(handshake->alpn[0], "alpn");
    assert_int_equal(handshake->quic_version, QUIC_VERSION_1);
    assert_int_equal(bench_last_event(bench)->evidence.protocol, EVIDENCE_QUIC);
    assert_true(send_quic(bench, SERVER, quic_version_1_server));
    assert_int_equal(handshake->cipher_suite, 0x1301);
    assert_int_equal(handshake->version, TLS_1_3);
    assert_true(send_quic(bench, SERVER, one_rtt));
    assert_true(send_quic(bench, CLIENT, one_rtt));
    bench_assert_state(bench, "incomplete");
    assert_true(send_quic(bench, SERVER, one_rtt));
    bench_assert_state(bench, "established");
    assert_int_equal(bench->events.count, 2);
    assert_int_equal(bench->handshakes.collectors.used, 0);
    bench_free(bench);
}

/* The same Initial again is no new handshake; silence follows. */
static void test_quic_unanswered(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_UDP);
    assert_true(send_quic(bench, CLIENT, quic_version_2_client));
    assert_true(send_quic(bench, CLIENT, quic_version_2_client));
    assert_int_equal(bench->handshakes.table.used, 1);
    assert_int_equal(bench->events.count, 1);
    (void)handshakes_expire(&bench->handshakes, bench->time + LIMIT_HANDSHAKE_WAIT, &bench->events);
    bench_assert_state(bench, "unanswered");
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_datagram_handshake),
        cmocka_unit_test(test_datagram_certificate_is_not_judged),
        cmocka_unit_test(test_datagram_fragments),
        cmocka_unit_test(test_datagram_new_random_is_a_new_handshake),
        cmocka_unit_test(test_datagram_version_1_3),
        cmocka_unit_test(test_quic_handshake),
        cmocka_unit_test(test_quic_unanswered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
