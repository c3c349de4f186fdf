/* SPDX-License-Identifier: MIT */
#include "tests/support/handshake_bench.h"

#include "dissectors/tls/record.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* TLS 1.2: SNI join.example.org, ALPN h2 and http/1.1, session ID abcd. */
const char hello_1_2[] = "16 0301 005e 01 00005a 0303" RANDOM_1 "02 abcd 0004 c02f 009c 01 00 002b"
                         "0000 0015 0013 00 0010 6a6f696e2e6578616d706c652e6f7267"
                         "0010 000e 000c 02 6832 08 687474702f312e31";
const char server_hello_1_2[] =
    "16 0303 0039 02 000035 0303" RANDOM_2 "00 c02f 00 000d 0010 0005 0003 02 6832 ff01 0000";
const char resumed_server_hello_1_2[] = "16 0303 002c 02 000028 0303" RANDOM_2 "02 abcd c02f 00";
const char certificate_request[] = "16 0303 000f 0d 00000b 01 40 0002 0401 0003 0001 30";
const char server_hello_done[] = "16 0303 0004 0e 000000";
const char empty_client_certificate[] = "16 0303 0007 0b 000003 000000";
const char client_key_exchange[] = "16 0303 0007 10 000003 02 aabb";
const char change_cipher_spec[] = "14 0303 0001 01";
const char finished[] = "16 0303 0018 a1a2a3a4a5a6a7a8b1b2b3b4b5b6b7b8c1c2c3c4c5c6c7c8";
const char fatal_unknown_ca[] = "15 0303 0002 02 30";

/* TLS 1.3 with one x25519 key share. */
const char hello_1_3[] = "16 0301 0062 01 00005e 0303" RANDOM_1 "00 0002 1301 01 00 0033"
                         "0000 0015 0013 00 0010 6a6f696e2e6578616d706c652e6f7267"
                         "002b 0003 02 0304 0033 000b 0009 001d 0005 0102030405 0012 0000";
const char server_hello_1_3[] =
    "16 0303 003b 02 000037 0303" RANDOM_2 "00 1301 00 000f 002b 0002 0304 0033 0005 001d 0001 07";
const char encrypted_flight[] = "17 0303 0020 "
                                "000102030405060708090a0b0c0d0e0f"
                                "101112131415161718191a1b1c1d1e1f";
/* Two bytes, content type, tag. */
const char encrypted_alert[] = "17 0303 0013 000102030405060708090a0b0c0d0e0f101112";

struct handshake_bench *bench_new(uint8_t protocol)
{
    struct handshake_bench *bench = calloc(1, sizeof *bench);
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

void bench_free(struct handshake_bench *bench)
{
    assert_int_equal(bench->events.lost, 0);
    handshakes_free(&bench->handshakes);
    flows_free(&bench->flows);
    free(bench);
}

struct sighting bench_packet(struct handshake_bench *bench, unsigned end)
{
    struct sighting sighting = {.time = bench->time += 10 * MILLISECONDS, .frame = ++bench->frame};
    sighting.flow = flows_note(&bench->flows, &bench->ends[end], &bench->ends[1 - end],
                               bench->protocol, FLOW_OUTER, &sighting.from);
    sighting.flow_id = table_id(&bench->flows.table, sighting.flow);
    return sighting;
}

static void push(struct handshake_bench *bench, unsigned end, struct bytes part)
{
    memcpy(bench->pending[end].bytes + bench->pending[end].length, part.data, part.length);
    bench->pending[end].length += part.length;
    struct sighting sighting = bench_packet(bench, end);
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

void bench_send_bytes(struct handshake_bench *bench, unsigned end, struct bytes bytes)
{
    size_t size = bench->segment != 0 ? bench->segment : bytes.length;
    for (size_t at = 0; at < bytes.length && !bench->pending[end].done; at += size)
        push(bench, end, bytes_first(bytes_from(bytes, at), size));
}

void bench_send(struct handshake_bench *bench, unsigned end, const char *hex)
{
    uint8_t buffer[2048];
    bench_send_bytes(bench, end, from_hex(hex, buffer, sizeof buffer));
}

void bench_send_datagram(struct handshake_bench *bench, unsigned end, const char *hex)
{
    uint8_t buffer[2048];
    struct bytes copy = exact_copy(from_hex(hex, buffer, sizeof buffer));
    struct sighting sighting = bench_packet(bench, end);
    handshakes_datagram(&bench->handshakes, &sighting, copy, &bench->events);
    free((void *)copy.data);
}

void bench_close(struct handshake_bench *bench, unsigned end, bool reset)
{
    struct sighting sighting = bench_packet(bench, end);
    handshakes_closed(&bench->handshakes, &sighting, reset, &bench->events);
}

const struct handshake *bench_latest(struct handshake_bench *bench)
{
    struct sighting sighting = bench_packet(bench, 0);
    const struct handshake *handshake = handshakes_of(&bench->handshakes, sighting.flow);
    assert_non_null(handshake);
    return handshake;
}

size_t bench_count(const struct handshake_bench *bench, enum event_kind kind)
{
    size_t found = 0;
    for (size_t i = 0; i < bench->events.count; i++)
        found += bench->events.items[i].kind == kind;
    return found;
}

const struct event *bench_last_event(const struct handshake_bench *bench)
{
    assert_true(bench->events.count > 0);
    return &bench->events.items[bench->events.count - 1];
}

void bench_assert_state(struct handshake_bench *bench, const char *state)
{
    assert_string_equal(handshake_state_name(bench_latest(bench)), state);
}

struct bytes bench_load_certificate(const char *name, uint8_t *buffer, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/data/certificates/%s.der", SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(buffer, 1, size, file);
    fclose(file);
    return bytes_of(buffer, length);
}

void bench_put(uint8_t **at, size_t value, unsigned octets)
{
    while (octets-- > 0)
        *(*at)++ = (uint8_t)(value >> (8 * octets));
}

/* A Certificate message of TLS 1.2 in records of at most `record` bytes. */
static struct bytes certificate_flight(const char *const *names, size_t count, size_t record,
                                       uint8_t *flight)
{
    static uint8_t message[16384];
    uint8_t *at = message + 7;
    for (size_t i = 0; i < count; i++) {
        struct bytes der = bench_load_certificate(names[i], at + 3, 8192);
        bench_put(&at, der.length, 3);
        at += der.length;
    }
    size_t length = (size_t)(at - message);
    at = message;
    bench_put(&at, TLS_CERTIFICATE, 1);
    bench_put(&at, length - 4, 3);
    bench_put(&at, length - 7, 3);
    uint8_t *out = flight;
    for (size_t done = 0; done < length;) {
        size_t part = length - done < record ? length - done : record;
        bench_put(&out, TLS_HANDSHAKE, 1);
        bench_put(&out, TLS_1_2, 2);
        bench_put(&out, part, 2);
        memcpy(out, message + done, part);
        out += part;
        done += part;
    }
    return bytes_of(flight, (size_t)(out - flight));
}

void bench_send_certificates(struct handshake_bench *bench, unsigned end, const char *const *names,
                             size_t count, size_t record)
{
    static uint8_t flight[20000];
    bench_send_bytes(bench, end, certificate_flight(names, count, record, flight));
}

void bench_start_1_2(struct handshake_bench *bench)
{
    bench_send(bench, CLIENT, hello_1_2);
    bench_send(bench, SERVER, server_hello_1_2);
    bench_send_certificates(bench, SERVER, (const char *[]){"server", "intermediate"}, 2, 500);
    bench_send(bench, SERVER, certificate_request);
    bench_send(bench, SERVER, server_hello_done);
}

void bench_start_1_3(struct handshake_bench *bench)
{
    bench_send(bench, CLIENT, hello_1_3);
    bench_send(bench, SERVER, server_hello_1_3);
    bench_send(bench, SERVER, change_cipher_spec);
    bench_send(bench, SERVER, encrypted_flight);
}
