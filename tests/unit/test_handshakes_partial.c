/* SPDX-License-Identifier: MIT */
/* Handshakes of which the capture lacks a part. */
#include "tests/support/handshake_bench.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A snaplen of 96 bytes leaves the beginning of the hello; the stream stays in step. */
static void test_gap_within_the_hello(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    uint8_t buffer[256];
    struct bytes hello = from_hex(hello_1_2, buffer, sizeof buffer);
    bench_send_bytes(bench, CLIENT, bytes_first(hello, 82));
    struct sighting sighting = bench_packet(bench, CLIENT);
    assert_int_equal(bench->events.count, 0);
    assert_int_equal(
        handshakes_gap(&bench->handshakes, &sighting, hello.length - 82, &bench->events),
        HANDSHAKES_WANT_MORE);
    assert_int_equal(bench_last_event(bench)->kind, EVENT_TLS_HELLO);
    assert_true(bench_latest(bench)->hello_cut);
    assert_string_equal(bench_latest(bench)->server_name, "join.example.org");
    assert_int_equal(bench_latest(bench)->alpn_count, 0);
    bench_send(bench, SERVER, server_hello_1_2);
    bench_send(bench, CLIENT, fatal_unknown_ca);
    bench_assert_state(bench, "client-rejected");
    bench_free(bench);
}

static void test_gap_of_unknown_length(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_send(bench, CLIENT, hello_1_2);
    bench_send(bench, SERVER, server_hello_1_2);
    struct sighting sighting = bench_packet(bench, SERVER);
    assert_int_equal(handshakes_gap(&bench->handshakes, &sighting, SIZE_MAX, &bench->events),
                     HANDSHAKES_DONE);
    bench_send(bench, CLIENT, fatal_unknown_ca);
    bench_assert_state(bench, "client-rejected");
    bench_free(bench);
}

static void test_capture_begins_later(void **state)
{
    (void)state;
    static const char *const starts[] = {encrypted_flight, finished,  change_cipher_spec,
                                         "00000000",       "802e 04", fatal_unknown_ca};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
        bench_send(bench, CLIENT, starts[i]);
        assert_true(bench->pending[CLIENT].done);
        assert_int_equal(bench->handshakes.table.used, 0);
        bench_free(bench);
    }
}

/* Only what the client sends is in the capture: it went on, so it was answered. */
static void test_client_alone(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_send(bench, CLIENT, hello_1_2);
    bench_send(bench, CLIENT, client_key_exchange);
    bench_send(bench, CLIENT, change_cipher_spec);
    bench_send(bench, CLIENT, finished);
    bench_send(bench, CLIENT, encrypted_flight);
    assert_false(handshakes_end(&bench->handshakes, bench->time + SECONDS * 60, &bench->events));
    bench_close(bench, CLIENT, true);
    bench_assert_state(bench, "incomplete");
    assert_int_equal(bench->events.count, 1);
    bench_free(bench);
}

/* Of a snaplen of 54 only the record's and the message's header are left. */
static void test_hello_cut_to_its_header(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    uint8_t buffer[256];
    struct bytes hello = from_hex(hello_1_2, buffer, sizeof buffer);
    bench_send_bytes(bench, CLIENT, bytes_first(hello, 9));
    struct sighting sighting = bench_packet(bench, CLIENT);
    (void)handshakes_gap(&bench->handshakes, &sighting, hello.length - 9, &bench->events);
    assert_int_equal(bench_last_event(bench)->kind, EVENT_TLS_HELLO);
    assert_true(bench_latest(bench)->hello_cut);
    assert_string_equal(bench_latest(bench)->server_name, "");
    sighting = bench_packet(bench, SERVER);
    (void)handshakes_gap(&bench->handshakes, &sighting, SIZE_MAX, &bench->events);
    bench_close(bench, SERVER, true);
    bench_assert_state(bench, "incomplete");
    assert_int_equal(bench->events.count, 1);
    bench_free(bench);
}

/* Only what the server sends is in the capture. */
static void test_one_sided(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_send(bench, SERVER, server_hello_1_2);
    bench_send_certificates(bench, SERVER, (const char *[]){"server", "intermediate"}, 2, 500);
    const struct handshake *handshake = bench_latest(bench);
    assert_true(transport_address_equal(&handshake->server, &bench->ends[1]));
    assert_true(handshake->certificate_visible);
    assert_false(handshake->hello_seen);
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gap_within_the_hello),
        cmocka_unit_test(test_gap_of_unknown_length),
        cmocka_unit_test(test_capture_begins_later),
        cmocka_unit_test(test_client_alone),
        cmocka_unit_test(test_hello_cut_to_its_header),
        cmocka_unit_test(test_one_sided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
