/* SPDX-License-Identifier: MIT */
/* Handshakes up to TLS 1.2, and how any of them ends. */
#include "dissectors/tls/record.h"
#include "tests/support/handshake_bench.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void check_1_2(struct handshake_bench *bench)
{
    const struct handshake *handshake = bench_latest(bench);
    assert_string_equal(handshake->server_name, "join.example.org");
    assert_int_equal(handshake->alpn_count, 2);
    assert_string_equal(handshake->alpn[1], "http/1.1");
    assert_string_equal(handshake->alpn_selected, "h2");
    assert_int_equal(handshake->version, TLS_1_2);
    assert_int_equal(handshake->offered_version, TLS_1_2);
    assert_int_equal(handshake->cipher_suite, 0xc02f);
    assert_true(transport_address_equal(&handshake->client, &bench->ends[0]));
    assert_true(transport_address_equal(&handshake->server, &bench->ends[1]));
    assert_true(handshake->client_certificate_requested);
    assert_true(handshake->certificate_visible);
    assert_false(handshake->resumed);
    assert_true(handshake->offers_resumption);
    const struct certificate_chain *chain = handshakes_chain(&bench->handshakes, handshake);
    assert_non_null(chain);
    assert_int_equal(chain->kept, 2);
    assert_true(chain->signatures_valid);
    assert_string_equal(chain->certificates[0].common_name, "cmsweb.example.com");
    assert_string_equal(handshake->certificate.detail,
                        "CN=cmsweb.example.com,OU=Conferencing,O=Example");
    assert_int_equal(handshake->certificate.kind, TLS_CERTIFICATE);
}

/* Whatever the segments, the facts are the same. */
static void test_full_handshake_in_any_segments(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 5, 6, 7, 64, 499, 1460};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
        bench->segment = sizes[i];
        bench_start_1_2(bench);
        check_1_2(bench);
        bench_assert_state(bench, "incomplete");
        bench_send(bench, CLIENT, empty_client_certificate);
        bench_send(bench, CLIENT, client_key_exchange);
        bench_send(bench, CLIENT, change_cipher_spec);
        bench_send(bench, CLIENT, finished);
        bench_assert_state(bench, "incomplete");
        bench_send(bench, SERVER, change_cipher_spec);
        bench_send(bench, SERVER, finished);
        bench_assert_state(bench, "established");
        assert_true(bench->pending[SERVER].done);
        assert_true(bench_latest(bench)->client_certificate_empty);
        assert_false(bench_latest(bench)->client_certificate_sent);
        assert_int_equal(bench->events.count, 3);
        assert_int_equal(bench->events.items[0].kind, EVENT_TLS_HELLO);
        assert_int_equal(bench->events.items[1].kind, EVENT_TLS_CERTIFICATE);
        assert_int_equal(bench->events.items[2].kind, EVENT_TLS_ESTABLISHED);
        assert_int_equal(bench->handshakes.collectors.used, 0);
        assert_int_equal(bench->handshakes.waiting.used, 0);
        bench_close(bench, SERVER, true);
        bench_assert_state(bench, "established");
        assert_int_equal(bench->events.count, 3);
        bench_free(bench);
    }
}

static void test_client_rejects(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_start_1_2(bench);
    bench_send(bench, CLIENT, fatal_unknown_ca);
    bench_assert_state(bench, "client-rejected");
    const struct handshake *handshake = bench_latest(bench);
    assert_true(handshake->alert.seen);
    assert_false(handshake->alert.inferred);
    assert_int_equal(handshake->alert.from, HANDSHAKE_CLIENT);
    assert_int_equal(handshake->alert.level, TLS_ALERT_FATAL);
    assert_int_equal(handshake->alert.description, TLS_ALERT_UNKNOWN_CA);
    const struct event *event = bench_last_event(bench);
    assert_int_equal(event->kind, EVENT_TLS_ALERT);
    assert_int_equal(event->evidence.code, TLS_ALERT_UNKNOWN_CA);
    char text[128];
    assert_string_equal(evidence_summary(&event->evidence, text, sizeof text),
                        "Alert fatal unknown_ca");
    bench_close(bench, CLIENT, false);
    bench_assert_state(bench, "client-rejected");
    assert_int_equal(bench_count(bench, EVENT_TLS_ENDED), 0);
    bench_free(bench);
}

/* The server does not trust the client's certificate: its alert is in the clear, for it has not
 * changed its cipher yet. */
static void test_server_rejects_client_certificate(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_start_1_2(bench);
    bench_send_certificates(bench, CLIENT, (const char *[]){"client"}, 1, 16384);
    bench_send(bench, CLIENT, client_key_exchange);
    bench_send(bench, CLIENT, change_cipher_spec);
    bench_send(bench, CLIENT, finished);
    bench_send(bench, SERVER, fatal_unknown_ca);
    bench_assert_state(bench, "server-rejected");
    assert_true(bench_latest(bench)->client_certificate_sent);
    assert_int_equal(bench_latest(bench)->alert.from, HANDSHAKE_SERVER);
    assert_int_equal(bench_count(bench, EVENT_TLS_CERTIFICATE), 1);
    bench_free(bench);
}

static void test_resumption(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_send(bench, CLIENT, hello_1_2);
    bench_send(bench, SERVER, resumed_server_hello_1_2);
    bench_send(bench, SERVER, change_cipher_spec);
    bench_send(bench, SERVER, finished);
    bench_send(bench, CLIENT, change_cipher_spec);
    bench_send(bench, CLIENT, finished);
    bench_assert_state(bench, "established");
    assert_true(bench_latest(bench)->resumed);
    assert_false(bench_latest(bench)->certificate_message_seen);
    bench_free(bench);
}

static void test_warning_is_not_the_end(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_send(bench, CLIENT, hello_1_2);
    bench_send(bench, SERVER, "15 0303 0002 01 70");
    bench_assert_state(bench, "incomplete");
    assert_int_equal(bench_last_event(bench)->kind, EVENT_TLS_ALERT);
    assert_int_equal(bench_latest(bench)->alert.description, TLS_ALERT_UNRECOGNIZED_NAME);
    bench_send(bench, SERVER, resumed_server_hello_1_2);
    bench_send(bench, SERVER, change_cipher_spec);
    bench_send(bench, SERVER, finished);
    bench_send(bench, CLIENT, change_cipher_spec);
    bench_send(bench, CLIENT, finished);
    bench_assert_state(bench, "established");
    bench_free(bench);
}

static void test_answer_is_not_tls(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    static const char answer[] = "HTTP/1.1 400 Bad Request\r\n";
    bench_send(bench, CLIENT, hello_1_2);
    bench_send_bytes(bench, SERVER, bytes_of(answer, sizeof answer - 1));
    bench_assert_state(bench, "server-rejected");
    assert_true(bench_latest(bench)->answered_otherwise);
    assert_int_equal(bench_last_event(bench)->kind, EVENT_TLS_ENDED);
    assert_string_equal(bench_last_event(bench)->evidence.detail, "HTTP/1.1 400 Bad Request");
    bench_free(bench);
}

static void test_closed_before_established(void **state)
{
    (void)state;
    static const struct {
        unsigned end;
        bool reset;
        const char *state;
    } rows[] = {{SERVER, true, "reset"},
                {SERVER, false, "reset"},
                {CLIENT, true, "reset"},
                {CLIENT, false, "incomplete"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
        bench_send(bench, CLIENT, hello_1_2);
        bench_close(bench, rows[i].end, rows[i].reset);
        bench_assert_state(bench, rows[i].state);
        assert_int_equal(bench_last_event(bench)->kind, EVENT_TLS_ENDED);
        assert_int_equal(bench_latest(bench)->ended_by, rows[i].end);
        bench_close(bench, 1 - rows[i].end, true);
        assert_int_equal(bench->events.count, 2);
        bench_free(bench);
    }
}

static void test_unanswered(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_send(bench, CLIENT, hello_1_2);
    assert_false(handshakes_expire(&bench->handshakes, bench->time + LIMIT_HANDSHAKE_WAIT - 1,
                                   &bench->events));
    assert_int_equal(bench->events.count, 1);
    assert_false(
        handshakes_expire(&bench->handshakes, bench->time + LIMIT_HANDSHAKE_WAIT, &bench->events));
    assert_int_equal(bench_last_event(bench)->kind, EVENT_TLS_ENDED);
    assert_int_equal(bench_last_event(bench)->evidence.frame, 0);
    bench_assert_state(bench, "unanswered");
    /* Late, but not lost. */
    bench_send(bench, SERVER, resumed_server_hello_1_2);
    bench_send(bench, SERVER, change_cipher_spec);
    bench_send(bench, SERVER, finished);
    bench_send(bench, CLIENT, change_cipher_spec);
    bench_send(bench, CLIENT, finished);
    bench_assert_state(bench, "established");
    bench_free(bench);
}

static void test_end_of_capture(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench_send(bench, CLIENT, hello_1_2);
    assert_false(handshakes_end(&bench->handshakes, bench->time + SECONDS, &bench->events));
    bench_assert_state(bench, "incomplete");
    assert_false(handshakes_end(&bench->handshakes, bench->time + LIMIT_SILENCE, &bench->events));
    bench_assert_state(bench, "unanswered");
    bench_free(bench);
    bench = bench_new(IP_PROTOCOL_TCP);
    bench_start_1_3(bench);
    bench_send(bench, CLIENT, encrypted_flight);
    assert_false(handshakes_end(&bench->handshakes, bench->time, &bench->events));
    bench_assert_state(bench, "established");
    bench_free(bench);
}

static void test_many_expire_in_slices(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    for (unsigned i = 0; i < 100; i++) {
        memset(bench->pending, 0, sizeof bench->pending);
        bench->ends[0].port = (uint16_t)(50000 + i);
        bench_send(bench, CLIENT, hello_1_2);
        bench->events.count = 0;
    }
    size_t ended = 0;
    bool again = true;
    while (again) {
        again = handshakes_expire(&bench->handshakes, bench->time + 20 * SECONDS, &bench->events);
        ended += bench_count(bench, EVENT_TLS_ENDED);
        bench->events.count = 0;
    }
    assert_int_equal(ended, 100);
    bench_free(bench);
}

static void test_ssl2_form(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench->segment = 5;
    bench_send(bench, CLIENT,
               "801f 01 0301 0006 0000 0010 010080 00002f 000102030405060708090a0b0c0d0e0f");
    assert_int_equal(bench_latest(bench)->offered_version, TLS_1_0);
    assert_int_equal(bench_latest(bench)->cipher_suites_offered, 2);
    bench_send(bench, SERVER, "16 0301 002a 02 000026 0301" RANDOM_2 "00 002f 00");
    bench_send(bench, CLIENT, client_key_exchange);
    bench_send(bench, CLIENT, change_cipher_spec);
    bench_send(bench, CLIENT, finished);
    bench_send(bench, SERVER, change_cipher_spec);
    bench_send(bench, SERVER, finished);
    bench_assert_state(bench, "established");
    bench_free(bench);
}

static void test_chain_is_kept_once(void **state)
{
    (void)state;
    struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
    for (unsigned i = 0; i < 5; i++) {
        memset(bench->pending, 0, sizeof bench->pending);
        bench->ends[0].port = (uint16_t)(50000 + i);
        bench_start_1_2(bench);
        assert_non_null(handshakes_chain(&bench->handshakes, bench_latest(bench)));
    }
    assert_int_equal(bench->handshakes.chains.used, 1);
    assert_int_equal(bench->handshakes.table.used, 5);
    const struct handshake *each = handshakes_next(&bench->handshakes, NULL);
    for (unsigned i = 1; i <= 5; i++, each = handshakes_next(&bench->handshakes, each))
        assert_int_equal(each->number, i);
    assert_null(each);
    bench_free(bench);
}

/* Every byte of a whole exchange may be wrong. */
static void test_every_byte_wrong(void **state)
{
    (void)state;
    uint8_t client[512];
    uint8_t server[512];
    struct bytes hello = from_hex(hello_1_2, client, sizeof client);
    struct bytes answer = from_hex(server_hello_1_2, server, sizeof server);
    for (size_t i = 0; i < hello.length + answer.length; i++) {
        uint8_t *wrong = i < hello.length ? &client[i] : &server[i - hello.length];
        struct handshake_bench *bench = bench_new(IP_PROTOCOL_TCP);
        *wrong ^= 0xff;
        bench_send_bytes(bench, CLIENT, hello);
        bench_send_bytes(bench, SERVER, answer);
        bench_send(bench, SERVER, server_hello_done);
        bench_close(bench, SERVER, true);
        *wrong ^= 0xff;
        bench_free(bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_handshake_in_any_segments),
        cmocka_unit_test(test_client_rejects),
        cmocka_unit_test(test_server_rejects_client_certificate),
        cmocka_unit_test(test_resumption),
        cmocka_unit_test(test_warning_is_not_the_end),
        cmocka_unit_test(test_answer_is_not_tls),
        cmocka_unit_test(test_closed_before_established),
        cmocka_unit_test(test_unanswered),
        cmocka_unit_test(test_end_of_capture),
        cmocka_unit_test(test_many_expire_in_slices),
        cmocka_unit_test(test_ssl2_form),
        cmocka_unit_test(test_chain_is_kept_once),
        cmocka_unit_test(test_every_byte_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
