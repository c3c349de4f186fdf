/* SPDX-License-Identifier: MIT */
/* Handshakes of TLS 1.3, most of which is encrypted. */
#include "dissectors/tls/record.h"
#include "tests/support/handshake_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_1_3_established(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_start_1_3(bench);
    const struct handshake *handshake = bench_latest(bench);
    assert_int_equal(handshake->version, TLS_1_3);
    assert_int_equal(handshake->key_share, 29);
    assert_int_equal(handshake->group, 29);
    assert_false(handshake->resumed);
    assert_false(handshake->certificate_message_seen);
    bench_send(bench, CLIENT, change_cipher_spec);
    bench_send(bench, CLIENT, encrypted_flight);
    bench_assert_state(bench, "incomplete");
    bench_send(bench, SERVER, encrypted_flight);
    bench_assert_state(bench, "established");
    assert_int_equal(bench->events.count, 2);
    bench_free(bench);
}

/* A client that closes after its Finished: a port check, or the capture misses the server. */
static void test_1_3_closed_after_the_client_finished(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_start_1_3(bench);
    bench_send(bench, CLIENT, encrypted_flight);
    bench_close(bench, CLIENT, false);
    bench_assert_state(bench, "established");
    bench_free(bench);
}

static void test_1_3_client_rejects(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_start_1_3(bench);
    bench_send(bench, CLIENT, change_cipher_spec);
    bench_send(bench, CLIENT, encrypted_alert);
    bench_assert_state(bench, "client-rejected");
    const struct handshake *handshake = bench_latest(bench);
    assert_true(handshake->alert.inferred);
    assert_int_equal(handshake->alert.from, HANDSHAKE_CLIENT);
    char text[128];
    assert_string_equal(evidence_summary(&handshake->alert_evidence, text, sizeof text),
                        "Alert, encrypted");
    bench_free(bench);
}

/* The alert of a client that has no keys yet is in the clear. */
static void test_1_3_alert_in_the_clear(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_start_1_3(bench);
    bench_send(bench, CLIENT, fatal_unknown_ca);
    bench_assert_state(bench, "client-rejected");
    assert_false(bench_latest(bench)->alert.inferred);
    bench_free(bench);
}

static void test_1_3_server_rejects_client_certificate(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_start_1_3(bench);
    bench_send(bench, CLIENT, encrypted_flight);
    bench_send(bench, SERVER, encrypted_alert);
    bench_assert_state(bench, "incomplete");
    uint64_t frame = bench->frame - 1;
    bench_close(bench, SERVER, false);
    bench_assert_state(bench, "server-rejected");
    assert_true(bench_latest(bench)->alert.inferred);
    assert_int_equal(bench_last_event(bench)->kind, EVENT_TLS_ALERT);
    assert_int_equal(bench_last_event(bench)->evidence.frame, frame);
    bench_free(bench);
}

/* An alert-sized record that more records follow was none. */
static void test_1_3_short_record_is_data(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_start_1_3(bench);
    bench_send(bench, CLIENT, encrypted_flight);
    bench_send(bench, SERVER, encrypted_alert);
    bench_send(bench, SERVER, encrypted_alert);
    bench_assert_state(bench, "established");
    bench_free(bench);
}

static void test_hello_retry(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_send(bench, CLIENT, hello_1_3);
    bench_send(bench, SERVER,
               "16 0303 0038 02 000034 0303"
               "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
               "00 1301 00 000c 002b 0002 0304 0033 0002 0017");
    assert_true(bench_latest(bench)->hello_retry);
    assert_false(bench_latest(bench)->server_hello_seen);
    bench_send(bench, CLIENT, change_cipher_spec);
    bench_send(bench, CLIENT, hello_1_3);
    bench_send(bench, SERVER, server_hello_1_3);
    bench_send(bench, SERVER, encrypted_flight);
    bench_send(bench, CLIENT, encrypted_flight);
    bench_send(bench, SERVER, encrypted_flight);
    bench_assert_state(bench, "established");
    assert_int_equal(bench_count(bench, EVENT_TLS_HELLO), 1);
    bench_free(bench);
}

/* With a key log the certificate of TLS 1.3 becomes visible. */
static void test_decrypted_certificate(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    static uint8_t body[4096] = {0};
    bench_start_1_3(bench);
    struct bytes der = bench_load_certificate("default", body + 7, sizeof body - 16);
    uint8_t *at = body + 1;
    bench_put(&at, der.length + 5, 3);
    bench_put(&at, der.length, 3);
    uint8_t header[] = {TLS_CERTIFICATE, 0, 0, 0};
    at = header + 1;
    bench_put(&at, 9 + der.length, 3);
    struct sighting sighting = bench_packet(bench, SERVER);
    handshakes_decrypted(&bench->handshakes, &sighting, TLS_HANDSHAKE,
                         bytes_of(header, sizeof header), &bench->events);
    handshakes_decrypted(&bench->handshakes, &sighting, TLS_HANDSHAKE,
                         bytes_of(body, 9 + der.length), &bench->events);
    assert_true(bench_latest(bench)->certificate_visible);
    assert_int_equal(bench_last_event(bench)->kind, EVENT_TLS_CERTIFICATE);
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_1_3_established),
        cmocka_unit_test(test_1_3_closed_after_the_client_finished),
        cmocka_unit_test(test_1_3_client_rejects),
        cmocka_unit_test(test_1_3_alert_in_the_clear),
        cmocka_unit_test(test_1_3_server_rejects_client_certificate),
        cmocka_unit_test(test_1_3_short_record_is_data),
        cmocka_unit_test(test_hello_retry),
        cmocka_unit_test(test_decrypted_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
