/* SPDX-License-Identifier: MIT */
#include "analyzer/track/handshakes.h"
#include "dissectors/tls/names.h"
#include "dissectors/tls/record.h"
#include "tests/support/hex.h"
#include "tests/support/quic_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* One connection of a client with a server, fed segment by segment. */
struct bench {
    struct flows flows;
    struct handshakes handshakes;
    struct event_queue events;
    struct transport_address ends[2]; /* client, server */
    int64_t time;
    uint64_t frame;
    uint8_t protocol;
    size_t segment; /* bytes at a time; 0: all at once */
    struct {
        uint8_t bytes[65536];
        size_t length;
        bool done;
    } pending[2];
};

static struct bench *bench_new(uint8_t protocol)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    assert_int_equal(flows_init(&bench->flows, 16), 0);
    assert_int_equal(handshakes_init(&bench->handshakes, LIMIT_MEMORY), 0);
    assert_true(ip_address_parse(&bench->ends[0].ip, "192.0.2.10"));
    assert_true(ip_address_parse(&bench->ends[1].ip, "192.0.2.1"));
    bench->ends[0].port = 50000;
    bench->ends[1].port = 443;
    bench->time = 1000 * SECONDS;
    bench->protocol = protocol;
    return bench;
}

static void bench_free(struct bench *bench)
{
    assert_int_equal(bench->events.lost, 0);
    handshakes_free(&bench->handshakes);
    flows_free(&bench->flows);
    free(bench);
}

/* A packet from the client (0) or the server (1), ten milliseconds after the one before. */
static struct sighting packet_from(struct bench *bench, unsigned end)
{
    struct sighting sighting = {.time = bench->time += 10 * MILLISECONDS, .frame = ++bench->frame};
    sighting.flow = flows_note(&bench->flows, &bench->ends[end], &bench->ends[1 - end],
                               bench->protocol, FLOW_OUTER, &sighting.from);
    sighting.flow_id = table_id(&bench->flows.table, sighting.flow);
    return sighting;
}

static void push(struct bench *bench, unsigned end, struct bytes part)
{
    memcpy(bench->pending[end].bytes + bench->pending[end].length, part.data, part.length);
    bench->pending[end].length += part.length;
    struct sighting sighting = packet_from(bench, end);
    struct bytes unread =
        exact_copy(bytes_of(bench->pending[end].bytes, bench->pending[end].length));
    enum handshakes_wish wish;
    size_t used = handshakes_stream(&bench->handshakes, &sighting, unread, &wish, &bench->events);
    assert_true(used <= unread.length);
    memmove(bench->pending[end].bytes, bench->pending[end].bytes + used, unread.length - used);
    bench->pending[end].length -= used;
    bench->pending[end].done = wish == HANDSHAKES_DONE;
    free((void *)unread.data);
}

static void send_bytes(struct bench *bench, unsigned end, struct bytes bytes)
{
    size_t size = bench->segment != 0 ? bench->segment : bytes.length;
    for (size_t at = 0; at < bytes.length && !bench->pending[end].done; at += size)
        push(bench, end, bytes_first(bytes_from(bytes, at), size));
}

static void send_hex(struct bench *bench, unsigned end, const char *hex)
{
    uint8_t buffer[2048];
    send_bytes(bench, end, from_hex(hex, buffer, sizeof buffer));
}

static void send_datagram(struct bench *bench, unsigned end, const char *hex)
{
    uint8_t buffer[2048];
    struct bytes copy = exact_copy(from_hex(hex, buffer, sizeof buffer));
    struct sighting sighting = packet_from(bench, end);
    handshakes_datagram(&bench->handshakes, &sighting, copy, &bench->events);
    free((void *)copy.data);
}

static void close_from(struct bench *bench, unsigned end, bool reset)
{
    struct sighting sighting = packet_from(bench, end);
    handshakes_closed(&bench->handshakes, &sighting, reset, &bench->events);
}

static const struct handshake *latest(struct bench *bench)
{
    struct sighting sighting = packet_from(bench, 0);
    const struct handshake *handshake = handshakes_of(&bench->handshakes, sighting.flow);
    assert_non_null(handshake);
    return handshake;
}

static size_t count(const struct bench *bench, enum event_kind kind)
{
    size_t found = 0;
    for (size_t i = 0; i < bench->events.count; i++)
        found += bench->events.items[i].kind == kind;
    return found;
}

static const struct event *last_event(const struct bench *bench)
{
    assert_true(bench->events.count > 0);
    return &bench->events.items[bench->events.count - 1];
}

static void assert_state(struct bench *bench, const char *state)
{
    assert_string_equal(handshake_state_name(latest(bench)), state);
}

/* The certificates are made by tests/data/certificates/make.sh. */
static struct bytes load(const char *name, uint8_t *buffer, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/data/certificates/%s.der", SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(buffer, 1, size, file);
    fclose(file);
    return bytes_of(buffer, length);
}

static void put(uint8_t **at, size_t value, unsigned octets)
{
    while (octets-- > 0)
        *(*at)++ = (uint8_t)(value >> (8 * octets));
}

/* A Certificate message of TLS 1.2 in records of at most `record` bytes. */
static struct bytes certificate_flight(const char *const *names, size_t count_of, size_t record,
                                       uint8_t *flight)
{
    static uint8_t message[16384];
    uint8_t *at = message + 7;
    for (size_t i = 0; i < count_of; i++) {
        struct bytes der = load(names[i], at + 3, 8192);
        put(&at, der.length, 3);
        at += der.length;
    }
    size_t length = (size_t)(at - message);
    at = message;
    put(&at, TLS_CERTIFICATE, 1);
    put(&at, length - 4, 3);
    put(&at, length - 7, 3);
    uint8_t *out = flight;
    for (size_t done = 0; done < length;) {
        size_t part = length - done < record ? length - done : record;
        put(&out, TLS_HANDSHAKE, 1);
        put(&out, TLS_1_2, 2);
        put(&out, part, 2);
        memcpy(out, message + done, part);
        out += part;
        done += part;
    }
    return bytes_of(flight, (size_t)(out - flight));
}

enum { CLIENT, SERVER };

#define RANDOM_1 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define RANDOM_2 "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"

/* TLS 1.2: SNI join.example.org, ALPN h2 and http/1.1, session ID abcd. */
static const char hello_1_2[] =
    "16 0301 005e 01 00005a 0303" RANDOM_1 "02 abcd 0004 c02f 009c 01 00 002b"
    "0000 0015 0013 00 0010 6a6f696e2e6578616d706c652e6f7267"
    "0010 000e 000c 02 6832 08 687474702f312e31";
static const char server_hello_1_2[] =
    "16 0303 0039 02 000035 0303" RANDOM_2 "00 c02f 00 000d 0010 0005 0003 02 6832 ff01 0000";
static const char resumed_server_hello_1_2[] =
    "16 0303 002c 02 000028 0303" RANDOM_2 "02 abcd c02f 00";
static const char certificate_request[] = "16 0303 000f 0d 00000b 01 40 0002 0401 0003 0001 30";
static const char server_hello_done[] = "16 0303 0004 0e 000000";
static const char empty_client_certificate[] = "16 0303 0007 0b 000003 000000";
static const char client_key_exchange[] = "16 0303 0007 10 000003 02 aabb";
static const char change_cipher_spec[] = "14 0303 0001 01";
static const char finished[] = "16 0303 0018 a1a2a3a4a5a6a7a8b1b2b3b4b5b6b7b8c1c2c3c4c5c6c7c8";
static const char fatal_unknown_ca[] = "15 0303 0002 02 30";

/* TLS 1.3 with one x25519 key share. */
static const char hello_1_3[] = "16 0301 0062 01 00005e 0303" RANDOM_1 "00 0002 1301 01 00 0033"
                                "0000 0015 0013 00 0010 6a6f696e2e6578616d706c652e6f7267"
                                "002b 0003 02 0304 0033 000b 0009 001d 0005 0102030405 0012 0000";
static const char server_hello_1_3[] =
    "16 0303 003b 02 000037 0303" RANDOM_2 "00 1301 00 000f 002b 0002 0304 0033 0005 001d 0001 07";
static const char encrypted_flight[] = "17 0303 0020 "
                                       "000102030405060708090a0b0c0d0e0f"
                                       "101112131415161718191a1b1c1d1e1f";
/* Two bytes, content type, tag. */
static const char encrypted_alert[] = "17 0303 0013 000102030405060708090a0b0c0d0e0f101112";

static void send_certificate(struct bench *bench)
{
    static uint8_t flight[20000];
    send_bytes(bench, SERVER,
               certificate_flight((const char *[]){"server", "intermediate"}, 2, 500, flight));
}

static void start_1_2(struct bench *bench)
{
    send_hex(bench, CLIENT, hello_1_2);
    send_hex(bench, SERVER, server_hello_1_2);
    send_certificate(bench);
    send_hex(bench, SERVER, certificate_request);
    send_hex(bench, SERVER, server_hello_done);
}

static void check_1_2(struct bench *bench)
{
    const struct handshake *handshake = latest(bench);
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
        struct bench *bench = bench_new(IP_PROTOCOL_TCP);
        bench->segment = sizes[i];
        start_1_2(bench);
        check_1_2(bench);
        assert_state(bench, "incomplete");
        send_hex(bench, CLIENT, empty_client_certificate);
        send_hex(bench, CLIENT, client_key_exchange);
        send_hex(bench, CLIENT, change_cipher_spec);
        send_hex(bench, CLIENT, finished);
        assert_state(bench, "incomplete");
        send_hex(bench, SERVER, change_cipher_spec);
        send_hex(bench, SERVER, finished);
        assert_state(bench, "established");
        assert_true(bench->pending[SERVER].done);
        assert_true(latest(bench)->client_certificate_empty);
        assert_false(latest(bench)->client_certificate_sent);
        assert_int_equal(bench->events.count, 3);
        assert_int_equal(bench->events.items[0].kind, EVENT_TLS_HELLO);
        assert_int_equal(bench->events.items[1].kind, EVENT_TLS_CERTIFICATE);
        assert_int_equal(bench->events.items[2].kind, EVENT_TLS_ESTABLISHED);
        assert_int_equal(bench->handshakes.collectors.used, 0);
        assert_int_equal(bench->handshakes.waiting.used, 0);
        close_from(bench, SERVER, true);
        assert_state(bench, "established");
        assert_int_equal(bench->events.count, 3);
        bench_free(bench);
    }
}

static void test_client_rejects(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    start_1_2(bench);
    send_hex(bench, CLIENT, fatal_unknown_ca);
    assert_state(bench, "client-rejected");
    const struct handshake *handshake = latest(bench);
    assert_true(handshake->alert.seen);
    assert_false(handshake->alert.inferred);
    assert_int_equal(handshake->alert.from, HANDSHAKE_CLIENT);
    assert_int_equal(handshake->alert.level, TLS_ALERT_FATAL);
    assert_int_equal(handshake->alert.description, TLS_ALERT_UNKNOWN_CA);
    const struct event *event = last_event(bench);
    assert_int_equal(event->kind, EVENT_TLS_ALERT);
    assert_int_equal(event->evidence.code, TLS_ALERT_UNKNOWN_CA);
    char text[128];
    assert_string_equal(evidence_summary(&event->evidence, text, sizeof text),
                        "Alert fatal unknown_ca");
    close_from(bench, CLIENT, false);
    assert_state(bench, "client-rejected");
    assert_int_equal(count(bench, EVENT_TLS_ENDED), 0);
    bench_free(bench);
}

/* The server does not trust the client's certificate: its alert is in the clear, for it has not
 * changed its cipher yet. */
static void test_server_rejects_client_certificate(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    static uint8_t flight[4096];
    start_1_2(bench);
    send_bytes(bench, CLIENT, certificate_flight((const char *[]){"client"}, 1, 16384, flight));
    send_hex(bench, CLIENT, client_key_exchange);
    send_hex(bench, CLIENT, change_cipher_spec);
    send_hex(bench, CLIENT, finished);
    send_hex(bench, SERVER, fatal_unknown_ca);
    assert_state(bench, "server-rejected");
    assert_true(latest(bench)->client_certificate_sent);
    assert_int_equal(latest(bench)->alert.from, HANDSHAKE_SERVER);
    assert_int_equal(count(bench, EVENT_TLS_CERTIFICATE), 1);
    bench_free(bench);
}

static void test_resumption(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    send_hex(bench, CLIENT, hello_1_2);
    send_hex(bench, SERVER, resumed_server_hello_1_2);
    send_hex(bench, SERVER, change_cipher_spec);
    send_hex(bench, SERVER, finished);
    send_hex(bench, CLIENT, change_cipher_spec);
    send_hex(bench, CLIENT, finished);
    assert_state(bench, "established");
    assert_true(latest(bench)->resumed);
    assert_false(latest(bench)->certificate_message_seen);
    bench_free(bench);
}

static void test_warning_is_not_the_end(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    send_hex(bench, CLIENT, hello_1_2);
    send_hex(bench, SERVER, "15 0303 0002 01 70");
    assert_state(bench, "incomplete");
    assert_int_equal(last_event(bench)->kind, EVENT_TLS_ALERT);
    assert_int_equal(latest(bench)->alert.description, TLS_ALERT_UNRECOGNIZED_NAME);
    send_hex(bench, SERVER, resumed_server_hello_1_2);
    send_hex(bench, SERVER, change_cipher_spec);
    send_hex(bench, SERVER, finished);
    send_hex(bench, CLIENT, change_cipher_spec);
    send_hex(bench, CLIENT, finished);
    assert_state(bench, "established");
    bench_free(bench);
}

static void start_1_3(struct bench *bench)
{
    send_hex(bench, CLIENT, hello_1_3);
    send_hex(bench, SERVER, server_hello_1_3);
    send_hex(bench, SERVER, change_cipher_spec);
    send_hex(bench, SERVER, encrypted_flight);
}

static void test_1_3_established(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    start_1_3(bench);
    const struct handshake *handshake = latest(bench);
    assert_int_equal(handshake->version, TLS_1_3);
    assert_int_equal(handshake->key_share, 29);
    assert_int_equal(handshake->group, 29);
    assert_false(handshake->resumed);
    assert_false(handshake->certificate_message_seen);
    send_hex(bench, CLIENT, change_cipher_spec);
    send_hex(bench, CLIENT, encrypted_flight);
    assert_state(bench, "incomplete");
    send_hex(bench, SERVER, encrypted_flight);
    assert_state(bench, "established");
    assert_int_equal(bench->events.count, 2);
    bench_free(bench);
}

/* A client that closes after its Finished: a port check, or the capture misses the server. */
static void test_1_3_closed_after_the_client_finished(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    start_1_3(bench);
    send_hex(bench, CLIENT, encrypted_flight);
    close_from(bench, CLIENT, false);
    assert_state(bench, "established");
    bench_free(bench);
}

static void test_1_3_client_rejects(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    start_1_3(bench);
    send_hex(bench, CLIENT, change_cipher_spec);
    send_hex(bench, CLIENT, encrypted_alert);
    assert_state(bench, "client-rejected");
    const struct handshake *handshake = latest(bench);
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
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    start_1_3(bench);
    send_hex(bench, CLIENT, fatal_unknown_ca);
    assert_state(bench, "client-rejected");
    assert_false(latest(bench)->alert.inferred);
    bench_free(bench);
}

static void test_1_3_server_rejects_client_certificate(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    start_1_3(bench);
    send_hex(bench, CLIENT, encrypted_flight);
    send_hex(bench, SERVER, encrypted_alert);
    assert_state(bench, "incomplete");
    uint64_t frame = bench->frame - 1;
    close_from(bench, SERVER, false);
    assert_state(bench, "server-rejected");
    assert_true(latest(bench)->alert.inferred);
    assert_int_equal(last_event(bench)->kind, EVENT_TLS_ALERT);
    assert_int_equal(last_event(bench)->evidence.frame, frame);
    bench_free(bench);
}

/* An alert-sized record that more records follow was none. */
static void test_1_3_short_record_is_data(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    start_1_3(bench);
    send_hex(bench, CLIENT, encrypted_flight);
    send_hex(bench, SERVER, encrypted_alert);
    send_hex(bench, SERVER, encrypted_alert);
    assert_state(bench, "established");
    bench_free(bench);
}

static void test_hello_retry(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    send_hex(bench, CLIENT, hello_1_3);
    send_hex(bench, SERVER,
             "16 0303 0038 02 000034 0303"
             "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
             "00 1301 00 000c 002b 0002 0304 0033 0002 0017");
    assert_true(latest(bench)->hello_retry);
    assert_false(latest(bench)->server_hello_seen);
    send_hex(bench, CLIENT, change_cipher_spec);
    send_hex(bench, CLIENT, hello_1_3);
    send_hex(bench, SERVER, server_hello_1_3);
    send_hex(bench, SERVER, encrypted_flight);
    send_hex(bench, CLIENT, encrypted_flight);
    send_hex(bench, SERVER, encrypted_flight);
    assert_state(bench, "established");
    assert_int_equal(count(bench, EVENT_TLS_HELLO), 1);
    bench_free(bench);
}

static void test_answer_is_not_tls(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    static const char answer[] = "HTTP/1.1 400 Bad Request\r\n";
    send_hex(bench, CLIENT, hello_1_2);
    send_bytes(bench, SERVER, bytes_of(answer, sizeof answer - 1));
    assert_state(bench, "server-rejected");
    assert_true(latest(bench)->answered_otherwise);
    assert_int_equal(last_event(bench)->kind, EVENT_TLS_ENDED);
    assert_string_equal(last_event(bench)->evidence.detail, "HTTP/1.1 400 Bad Request");
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
        struct bench *bench = bench_new(IP_PROTOCOL_TCP);
        send_hex(bench, CLIENT, hello_1_2);
        close_from(bench, rows[i].end, rows[i].reset);
        assert_state(bench, rows[i].state);
        assert_int_equal(last_event(bench)->kind, EVENT_TLS_ENDED);
        assert_int_equal(latest(bench)->ended_by, rows[i].end);
        close_from(bench, 1 - rows[i].end, true);
        assert_int_equal(bench->events.count, 2);
        bench_free(bench);
    }
}

static void test_unanswered(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    send_hex(bench, CLIENT, hello_1_2);
    assert_false(handshakes_expire(&bench->handshakes, bench->time + LIMIT_HANDSHAKE_WAIT - 1,
                                   &bench->events));
    assert_int_equal(bench->events.count, 1);
    assert_false(
        handshakes_expire(&bench->handshakes, bench->time + LIMIT_HANDSHAKE_WAIT, &bench->events));
    assert_int_equal(last_event(bench)->kind, EVENT_TLS_ENDED);
    assert_int_equal(last_event(bench)->evidence.frame, 0);
    assert_state(bench, "unanswered");
    /* Late, but not lost. */
    send_hex(bench, SERVER, resumed_server_hello_1_2);
    send_hex(bench, SERVER, change_cipher_spec);
    send_hex(bench, SERVER, finished);
    send_hex(bench, CLIENT, change_cipher_spec);
    send_hex(bench, CLIENT, finished);
    assert_state(bench, "established");
    bench_free(bench);
}

static void test_end_of_capture(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    send_hex(bench, CLIENT, hello_1_2);
    assert_false(handshakes_end(&bench->handshakes, bench->time + SECONDS, &bench->events));
    assert_state(bench, "incomplete");
    assert_false(handshakes_end(&bench->handshakes, bench->time + LIMIT_SILENCE, &bench->events));
    assert_state(bench, "unanswered");
    bench_free(bench);
    bench = bench_new(IP_PROTOCOL_TCP);
    start_1_3(bench);
    send_hex(bench, CLIENT, encrypted_flight);
    assert_false(handshakes_end(&bench->handshakes, bench->time, &bench->events));
    assert_state(bench, "established");
    bench_free(bench);
}

static void test_many_expire_in_slices(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    for (unsigned i = 0; i < 100; i++) {
        memset(bench->pending, 0, sizeof bench->pending);
        bench->ends[0].port = (uint16_t)(50000 + i);
        send_hex(bench, CLIENT, hello_1_2);
        bench->events.count = 0;
    }
    size_t ended = 0;
    bool again = true;
    while (again) {
        again = handshakes_expire(&bench->handshakes, bench->time + 20 * SECONDS, &bench->events);
        ended += count(bench, EVENT_TLS_ENDED);
        bench->events.count = 0;
    }
    assert_int_equal(ended, 100);
    bench_free(bench);
}

/* A snaplen of 96 bytes leaves the beginning of the hello; the stream stays in step. */
static void test_gap_within_the_hello(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    uint8_t buffer[256];
    struct bytes hello = from_hex(hello_1_2, buffer, sizeof buffer);
    send_bytes(bench, CLIENT, bytes_first(hello, 82));
    struct sighting sighting = packet_from(bench, CLIENT);
    assert_int_equal(bench->events.count, 0);
    assert_int_equal(
        handshakes_gap(&bench->handshakes, &sighting, hello.length - 82, &bench->events),
        HANDSHAKES_WANT_MORE);
    assert_int_equal(last_event(bench)->kind, EVENT_TLS_HELLO);
    assert_true(latest(bench)->hello_cut);
    assert_string_equal(latest(bench)->server_name, "join.example.org");
    assert_int_equal(latest(bench)->alpn_count, 0);
    send_hex(bench, SERVER, server_hello_1_2);
    send_hex(bench, CLIENT, fatal_unknown_ca);
    assert_state(bench, "client-rejected");
    bench_free(bench);
}

static void test_gap_of_unknown_length(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    send_hex(bench, CLIENT, hello_1_2);
    send_hex(bench, SERVER, server_hello_1_2);
    struct sighting sighting = packet_from(bench, SERVER);
    assert_int_equal(handshakes_gap(&bench->handshakes, &sighting, SIZE_MAX, &bench->events),
                     HANDSHAKES_DONE);
    send_hex(bench, CLIENT, fatal_unknown_ca);
    assert_state(bench, "client-rejected");
    bench_free(bench);
}

static void test_capture_begins_later(void **state)
{
    (void)state;
    static const char *const starts[] = {encrypted_flight, finished,  change_cipher_spec,
                                         "00000000",       "802e 04", fatal_unknown_ca};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct bench *bench = bench_new(IP_PROTOCOL_TCP);
        send_hex(bench, CLIENT, starts[i]);
        assert_true(bench->pending[CLIENT].done);
        assert_int_equal(bench->handshakes.table.used, 0);
        bench_free(bench);
    }
}

/* Only what the client sends is in the capture: it went on, so it was answered. */
static void test_client_alone(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    send_hex(bench, CLIENT, hello_1_2);
    send_hex(bench, CLIENT, client_key_exchange);
    send_hex(bench, CLIENT, change_cipher_spec);
    send_hex(bench, CLIENT, finished);
    send_hex(bench, CLIENT, encrypted_flight);
    assert_false(handshakes_end(&bench->handshakes, bench->time + SECONDS * 60, &bench->events));
    close_from(bench, CLIENT, true);
    assert_state(bench, "incomplete");
    assert_int_equal(bench->events.count, 1);
    bench_free(bench);
}

/* Of a snaplen of 54 only the record's and the message's header are left. */
static void test_hello_cut_to_its_header(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    uint8_t buffer[256];
    struct bytes hello = from_hex(hello_1_2, buffer, sizeof buffer);
    send_bytes(bench, CLIENT, bytes_first(hello, 9));
    struct sighting sighting = packet_from(bench, CLIENT);
    (void)handshakes_gap(&bench->handshakes, &sighting, hello.length - 9, &bench->events);
    assert_int_equal(last_event(bench)->kind, EVENT_TLS_HELLO);
    assert_true(latest(bench)->hello_cut);
    assert_string_equal(latest(bench)->server_name, "");
    sighting = packet_from(bench, SERVER);
    (void)handshakes_gap(&bench->handshakes, &sighting, SIZE_MAX, &bench->events);
    close_from(bench, SERVER, true);
    assert_state(bench, "incomplete");
    assert_int_equal(bench->events.count, 1);
    bench_free(bench);
}

/* Only what the server sends is in the capture. */
static void test_one_sided(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    send_hex(bench, SERVER, server_hello_1_2);
    send_certificate(bench);
    const struct handshake *handshake = latest(bench);
    assert_true(transport_address_equal(&handshake->server, &bench->ends[1]));
    assert_true(handshake->certificate_visible);
    assert_false(handshake->hello_seen);
    bench_free(bench);
}

static void test_ssl2_form(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    bench->segment = 5;
    send_hex(bench, CLIENT,
             "801f 01 0301 0006 0000 0010 010080 00002f 000102030405060708090a0b0c0d0e0f");
    assert_int_equal(latest(bench)->offered_version, TLS_1_0);
    assert_int_equal(latest(bench)->cipher_suites_offered, 2);
    send_hex(bench, SERVER, "16 0301 002a 02 000026 0301" RANDOM_2 "00 002f 00");
    send_hex(bench, CLIENT, client_key_exchange);
    send_hex(bench, CLIENT, change_cipher_spec);
    send_hex(bench, CLIENT, finished);
    send_hex(bench, SERVER, change_cipher_spec);
    send_hex(bench, SERVER, finished);
    assert_state(bench, "established");
    bench_free(bench);
}

#define DATAGRAM_HELLO(number)                                                                     \
    "16 fefd 0000 00000000000" number " 003f 01 000033 000" number " 000000 000033"                \
    "fefd" RANDOM_1 "00 00 0002 c02b 01 00 0007 000e 0003 0000 00"

static void test_datagram_handshake(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_UDP);
    send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    assert_int_equal(latest(bench)->protocol, HANDSHAKE_DTLS);
    assert_true(latest(bench)->offers_srtp);
    bench->time += SECONDS;
    send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    bench->time -= 20 * MILLISECONDS; /* the same packet, captured twice */
    send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    assert_int_equal(latest(bench)->hello_transmissions, 2);
    send_datagram(bench, SERVER,
                  "16 feff 0000 000000000000 0011 03 000005 0000 000000 000005 feff 02 c1c2");
    assert_int_equal(latest(bench)->hello_verify_requests, 1);
    send_datagram(bench, CLIENT, DATAGRAM_HELLO("1"));
    assert_int_equal(latest(bench)->hello_transmissions, 2);
    send_datagram(bench, SERVER,
                  "16 fefd 0000 000000000001 0032 02 000026 0001 000000 000026 fefd" RANDOM_2
                  "00 c02b 00");
    assert_int_equal(latest(bench)->version, DTLS_1_2);
    send_datagram(bench, CLIENT,
                  "14 fefd 0000 000000000003 0001 01 16 fefd 0001 000000000000 0004 aabbccdd");
    assert_state(bench, "incomplete");
    send_datagram(bench, SERVER,
                  "14 fefd 0000 000000000005 0001 01 16 fefd 0001 000000000000 0004 aabbccdd");
    assert_state(bench, "established");
    assert_int_equal(bench->events.count, 2);
    assert_int_equal(last_event(bench)->protocol, IP_PROTOCOL_UDP);
    bench_free(bench);
}

/* The certificate of DTLS is seen and not looked at. */
static void test_datagram_certificate_is_not_judged(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_UDP);
    send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    send_datagram(bench, SERVER,
                  "16 fefd 0000 000000000002 0013 0b 000007 0002 000000 000007 000004 000001 30");
    assert_true(latest(bench)->certificate_message_seen);
    assert_false(latest(bench)->certificate_visible);
    assert_int_equal(count(bench, EVENT_TLS_CERTIFICATE), 0);
    bench_free(bench);
}

static void test_datagram_fragments(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_UDP);
    send_datagram(bench, CLIENT,
                  "16 fefd 0000 000000000000 0034 01 000033 0000 000000 000028"
                  "fefd" RANDOM_1 "00 00 0002 c02b");
    assert_int_equal(bench->events.count, 0);
    send_datagram(bench, CLIENT,
                  "16 fefd 0000 000000000001 0017 01 000033 0000 000028 00000b"
                  "01 00 0007 000e 0003 0000 00");
    assert_int_equal(last_event(bench)->kind, EVENT_TLS_HELLO);
    assert_true(latest(bench)->offers_srtp);
    assert_int_equal(latest(bench)->hello_transmissions, 1);
    assert_int_equal(bench->handshakes.collectors.used, 0);
    bench_free(bench);
}

static void test_datagram_new_random_is_a_new_handshake(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_UDP);
    send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    send_datagram(bench, SERVER, "15 fefd 0000 000000000000 0002 02 28");
    assert_state(bench, "server-rejected");
    send_datagram(bench, CLIENT,
                  "16 fefd 0000 000000000000 003f 01 000033 0000 000000 000033"
                  "fefd" RANDOM_2 "00 00 0002 c02b 01 00 0007 000e 0003 0000 00");
    assert_state(bench, "incomplete");
    assert_int_equal(bench->handshakes.table.used, 2);
    assert_int_equal(count(bench, EVENT_TLS_HELLO), 2);
    bench_free(bench);
}

static void test_datagram_version_1_3(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_UDP);
    static const char encrypted[] =
        "2e 0001 0020 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    send_datagram(bench, CLIENT, DATAGRAM_HELLO("0"));
    send_datagram(bench, SERVER,
                  "16 fefd 0000 000000000001 003a 02 00002e 0000 000000 00002e fefd" RANDOM_2
                  "00 1301 00 0006 002b 0002 fefc");
    assert_int_equal(latest(bench)->version, DTLS_1_3);
    send_datagram(bench, SERVER, encrypted);
    assert_state(bench, "incomplete");
    send_datagram(bench, CLIENT, encrypted);
    send_datagram(bench, SERVER, encrypted);
    assert_state(bench, "established");
    bench_free(bench);
}

static bool send_quic(struct bench *bench, unsigned end, const char *hex)
{
    uint8_t buffer[2048];
    struct bytes copy = exact_copy(from_hex(hex, buffer, sizeof buffer));
    struct sighting sighting = packet_from(bench, end);
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
    struct bench *bench = bench_new(IP_PROTOCOL_UDP);
    assert_false(send_quic(bench, CLIENT, one_rtt));
    assert_false(send_quic(bench, CLIENT, "0001 0000 2112a442"));
    assert_true(send_quic(bench, CLIENT, quic_version_1_client));
    const struct handshake *handshake = latest(bench);
    assert_int_equal(handshake->protocol, HANDSHAKE_QUIC);
    assert_string_equal(handshake->server_name, "example.com");
    assert_string_equal(handshake->alpn[0], "alpn");
    assert_int_equal(handshake->quic_version, QUIC_VERSION_1);
    assert_int_equal(last_event(bench)->evidence.protocol, EVIDENCE_QUIC);
    assert_true(send_quic(bench, SERVER, quic_version_1_server));
    assert_int_equal(handshake->cipher_suite, 0x1301);
    assert_int_equal(handshake->version, TLS_1_3);
    assert_true(send_quic(bench, SERVER, one_rtt));
    assert_true(send_quic(bench, CLIENT, one_rtt));
    assert_state(bench, "incomplete");
    assert_true(send_quic(bench, SERVER, one_rtt));
    assert_state(bench, "established");
    assert_int_equal(bench->events.count, 2);
    assert_int_equal(bench->handshakes.collectors.used, 0);
    bench_free(bench);
}

/* The same Initial again is no new handshake; silence follows. */
static void test_quic_unanswered(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_UDP);
    assert_true(send_quic(bench, CLIENT, quic_version_2_client));
    assert_true(send_quic(bench, CLIENT, quic_version_2_client));
    assert_int_equal(bench->handshakes.table.used, 1);
    assert_int_equal(bench->events.count, 1);
    (void)handshakes_expire(&bench->handshakes, bench->time + LIMIT_HANDSHAKE_WAIT, &bench->events);
    assert_state(bench, "unanswered");
    bench_free(bench);
}

/* With a key log the certificate of TLS 1.3 becomes visible. */
static void test_decrypted_certificate(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    static uint8_t body[4096] = {0};
    start_1_3(bench);
    struct bytes der = load("default", body + 7, sizeof body - 16);
    uint8_t *at = body + 1;
    put(&at, der.length + 5, 3);
    put(&at, der.length, 3);
    uint8_t header[] = {TLS_CERTIFICATE, 0, 0, 0};
    at = header + 1;
    put(&at, 9 + der.length, 3);
    struct sighting sighting = packet_from(bench, SERVER);
    handshakes_decrypted(&bench->handshakes, &sighting, TLS_HANDSHAKE,
                         bytes_of(header, sizeof header), &bench->events);
    handshakes_decrypted(&bench->handshakes, &sighting, TLS_HANDSHAKE,
                         bytes_of(body, 9 + der.length), &bench->events);
    assert_true(latest(bench)->certificate_visible);
    assert_int_equal(last_event(bench)->kind, EVENT_TLS_CERTIFICATE);
    bench_free(bench);
}

static void test_chain_is_kept_once(void **state)
{
    (void)state;
    struct bench *bench = bench_new(IP_PROTOCOL_TCP);
    for (unsigned i = 0; i < 5; i++) {
        memset(bench->pending, 0, sizeof bench->pending);
        bench->ends[0].port = (uint16_t)(50000 + i);
        start_1_2(bench);
        assert_non_null(handshakes_chain(&bench->handshakes, latest(bench)));
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
        struct bench *bench = bench_new(IP_PROTOCOL_TCP);
        *wrong ^= 0xff;
        send_bytes(bench, CLIENT, hello);
        send_bytes(bench, SERVER, answer);
        send_hex(bench, SERVER, server_hello_done);
        close_from(bench, SERVER, true);
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
        cmocka_unit_test(test_1_3_established),
        cmocka_unit_test(test_1_3_closed_after_the_client_finished),
        cmocka_unit_test(test_1_3_client_rejects),
        cmocka_unit_test(test_1_3_alert_in_the_clear),
        cmocka_unit_test(test_1_3_server_rejects_client_certificate),
        cmocka_unit_test(test_1_3_short_record_is_data),
        cmocka_unit_test(test_hello_retry),
        cmocka_unit_test(test_answer_is_not_tls),
        cmocka_unit_test(test_closed_before_established),
        cmocka_unit_test(test_unanswered),
        cmocka_unit_test(test_end_of_capture),
        cmocka_unit_test(test_many_expire_in_slices),
        cmocka_unit_test(test_gap_within_the_hello),
        cmocka_unit_test(test_gap_of_unknown_length),
        cmocka_unit_test(test_capture_begins_later),
        cmocka_unit_test(test_client_alone),
        cmocka_unit_test(test_hello_cut_to_its_header),
        cmocka_unit_test(test_one_sided),
        cmocka_unit_test(test_ssl2_form),
        cmocka_unit_test(test_datagram_handshake),
        cmocka_unit_test(test_datagram_certificate_is_not_judged),
        cmocka_unit_test(test_datagram_fragments),
        cmocka_unit_test(test_datagram_new_random_is_a_new_handshake),
        cmocka_unit_test(test_datagram_version_1_3),
        cmocka_unit_test(test_quic_handshake),
        cmocka_unit_test(test_quic_unanswered),
        cmocka_unit_test(test_decrypted_certificate),
        cmocka_unit_test(test_chain_is_kept_once),
        cmocka_unit_test(test_every_byte_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
