/* SPDX-License-Identifier: MIT */
#include "analyzer/limits.h"
#include "analyzer/track/tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { CLIENT, SERVER, CLIENT_NUMBER = 1000, SERVER_NUMBER = 500000 };

static struct flows flows;
static struct connections connections;
static struct event_queue events;
static const uint8_t data[65536];
static int64_t now;
static uint64_t frame;
static uint8_t ttl[2];
static uint16_t window;

static int set_up(void **state)
{
    (void)state;
    now = 1000 * SECONDS;
    frame = 0;
    ttl[CLIENT] = 64;
    ttl[SERVER] = 55;
    window = 65535;
    events = (struct event_queue){0};
    return flows_init(&flows, 16) != 0 || connections_init(&connections, LIMIT_MEMORY) != 0 ? -1
                                                                                            : 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(events.lost, 0);
    connections_free(&connections);
    flows_free(&flows);
    return 0;
}

/* The client has the higher address: it is endpoint 1 of the flow. */
static struct transport_address address_of(unsigned who)
{
    struct transport_address address = {.ip = {.family = 4, .octets = {192, 0, 2, 1}}, .port = 443};
    if (who == CLIENT) {
        address.ip.octets[0] = 198;
        address.port = 50000;
    }
    return address;
}

static struct sighting sighting_of(unsigned from)
{
    struct transport_address source = address_of(from);
    struct transport_address destination = address_of(1 - from);
    struct sighting sighting = {.time = now, .frame = ++frame};
    sighting.flow =
        flows_note(&flows, &source, &destination, IP_PROTOCOL_TCP, FLOW_OUTER, &sighting.from);
    sighting.flow_id = table_id(&flows.table, sighting.flow);
    return sighting;
}

/* `from` sends a segment; `sequence` and `acknowledgment` count from the SYNs. Queued events stay.
 */
static struct connection *say(unsigned from, unsigned flags, uint32_t sequence,
                              uint32_t acknowledgment, size_t length)
{
    struct packet packet = {.protocol = IP_PROTOCOL_TCP, .ttl = ttl[from]};
    struct sighting sighting = sighting_of(from);
    packet.source = address_of(from);
    packet.destination = address_of(1 - from);
    packet.tcp.flags = (uint8_t)flags;
    packet.tcp.sequence = sequence + (from == CLIENT ? CLIENT_NUMBER : SERVER_NUMBER);
    packet.tcp.acknowledgment = acknowledgment + (from == CLIENT ? SERVER_NUMBER : CLIENT_NUMBER);
    packet.tcp.window = window;
    packet.tcp.window_scale = -1;
    packet.payload = bytes_of(data, length);
    packet.payload_length = length;
    struct connection *connection = connections_note(&connections, &packet, &sighting, &events);
    struct stream *stream = &connection->side[sighting.from].stream;
    stream_consume(&connections.streams, stream, stream_peek(&connections.streams, stream).length);
    stream_keep(&connections.streams, stream);
    return connection;
}

static struct connection *open_connection(void)
{
    say(CLIENT, TCP_SYN, 0, 0, 0);
    now += 20 * MILLISECONDS;
    say(SERVER, TCP_SYN | TCP_ACK, 0, 1, 0);
    now += 20 * MILLISECONDS;
    struct connection *connection = say(CLIENT, TCP_ACK, 1, 1, 0);
    now += 20 * MILLISECONDS;
    return connection;
}

/* The only event in the queue, which is emptied. */
static struct event take_event(enum event_kind kind)
{
    struct transport_address client = address_of(CLIENT);
    assert_int_equal(events.count, 1);
    assert_int_equal(events.items[0].kind, kind);
    assert_true(transport_address_equal(&events.items[0].client, &client));
    assert_int_equal(events.items[0].protocol, IP_PROTOCOL_TCP);
    assert_non_null(events.items[0].connection);
    events.count = 0;
    return events.items[0];
}

static void test_open_and_close(void **state)
{
    (void)state;
    struct connection *connection = open_connection();
    struct event event = take_event(EVENT_TCP_ESTABLISHED);
    assert_int_equal(event.evidence.frame, 3);
    assert_int_equal(event.evidence.kind, TCP_ACK);
    assert_int_equal(connection->answered - connection->opened, 20 * MILLISECONDS);
    assert_int_equal(connection->asked.frame, 1);
    assert_int_equal(connection->client, 1);
    assert_true(connection->start_seen);
    say(CLIENT, TCP_ACK | TCP_PSH, 1, 1, 100);
    say(SERVER, TCP_ACK | TCP_PSH, 1, 101, 200);
    assert_int_equal(events.count, 0);
    say(SERVER, TCP_ACK | TCP_FIN, 201, 101, 0);
    take_event(EVENT_TCP_CLOSED);
    assert_int_equal(connection->ended_by, 0);
    assert_int_equal(connection->state, CONNECTION_CLOSING);
    say(CLIENT, TCP_ACK | TCP_FIN, 101, 202, 0);
    assert_int_equal(connection->state, CONNECTION_CLOSED);
    say(CLIENT, TCP_RST, 102, 0, 0);
    assert_int_equal(connection->state, CONNECTION_CLOSED);
    assert_int_equal(events.count, 0);
}

static void test_streams_start_after_the_syn(void **state)
{
    (void)state;
    struct connection *connection = open_connection();
    say(CLIENT, TCP_ACK, 101, 1, 100); /* ahead of a missing segment */
    assert_int_equal(connection->side[1].stream.assembly.held, 100);
    say(CLIENT, TCP_ACK, 1, 1, 100);
    assert_int_equal(connection->side[1].stream.sequence, CLIENT_NUMBER + 201);
    say(SERVER, TCP_ACK, 1, 201, 50);
    assert_int_equal(connection->side[0].stream.sequence, SERVER_NUMBER + 51);
    assert_int_equal(connection->side[0].stream.gaps + connection->side[1].stream.gaps, 0);
}

static void test_no_answer(void **state)
{
    (void)state;
    struct connection *connection = say(CLIENT, TCP_SYN, 0, 0, 0);
    now += 1 * SECONDS;
    say(CLIENT, TCP_SYN, 0, 0, 0);
    say(CLIENT, TCP_SYN, 0, 0, 0); /* captured twice */
    assert_int_equal(connection->side[1].syns, 2);
    assert_false(connections_expire(&connections, now + 5 * SECONDS, &events));
    assert_int_equal(events.count, 0);
    assert_false(connections_expire(&connections, now + LIMIT_CONNECT_WAIT, &events));
    struct event event = take_event(EVENT_TCP_NO_ANSWER);
    assert_int_equal(event.evidence.frame, 1);
    assert_int_equal(connection->state, CONNECTION_UNANSWERED);
    assert_false(connections_expire(&connections, now + 60 * SECONDS, &events));
    assert_int_equal(events.count, 0);
}

static void test_one_syn_proves_nothing(void **state)
{
    (void)state;
    say(CLIENT, TCP_SYN, 0, 0, 0);
    connections_expire(&connections, now + 60 * SECONDS, &events);
    connections_end(&connections, now + 60 * SECONDS, &events);
    assert_int_equal(events.count, 0);
}

static void test_no_answer_at_the_end(void **state)
{
    (void)state;
    say(CLIENT, TCP_SYN, 0, 0, 0);
    now += 1 * SECONDS;
    say(CLIENT, TCP_SYN, 0, 0, 0);
    connections_end(&connections, now, &events);
    assert_int_equal(events.count, 0);
    connections_end(&connections, now + LIMIT_SILENCE, &events);
    take_event(EVENT_TCP_NO_ANSWER);
}

/* A capture of one direction: the client goes on as if it had been answered. */
static void test_one_direction_only(void **state)
{
    (void)state;
    say(CLIENT, TCP_SYN, 0, 0, 0);
    now += 1 * SECONDS;
    say(CLIENT, TCP_SYN, 0, 0, 0);
    struct connection *connection = say(CLIENT, TCP_ACK, 1, 1, 0);
    take_event(EVENT_TCP_ESTABLISHED);
    assert_false(connection_seen_both_ways(connection));
    connections_end(&connections, now + 60 * SECONDS, &events);
    assert_int_equal(events.count, 0);
}

static void test_only_the_server_is_seen(void **state)
{
    (void)state;
    say(SERVER, TCP_SYN | TCP_ACK, 0, 1, 0);
    struct connection *connection = say(SERVER, TCP_ACK, 1, 101, 10);
    take_event(EVENT_TCP_ESTABLISHED);
    assert_int_equal(connection->client, 1);
    assert_int_equal(connection->state, CONNECTION_ESTABLISHED);
}

static void test_refused(void **state)
{
    (void)state;
    struct connection *connection = say(CLIENT, TCP_SYN, 0, 0, 0);
    say(SERVER, TCP_RST | TCP_ACK, 0, 1, 0);
    struct event event = take_event(EVENT_TCP_REFUSED);
    assert_int_equal(event.evidence.frame, 2);
    assert_int_equal(connection->reset_by, 0);
    assert_int_equal(connection_reset_distance(connection), 0);
    say(CLIENT, TCP_SYN, 0, 0, 0); /* Windows tries twice more */
    say(SERVER, TCP_RST | TCP_ACK, 0, 1, 0);
    assert_int_equal(events.count, 0);
    assert_int_equal(connection->state, CONNECTION_REFUSED);
    assert_int_equal(connection->resets, 2);
}

static void test_refused_by_icmp(void **state)
{
    (void)state;
    struct connection *connection = say(CLIENT, TCP_SYN, 0, 0, 0);
    struct sighting sighting = sighting_of(CLIENT);
    struct icmp_error icmp = {.type = 3, .code = 13, .protocol = IP_PROTOCOL_TCP};
    struct evidence evidence = {.time = now, .frame = 77, .protocol = EVIDENCE_ICMP};
    icmp.source = address_of(CLIENT);
    icmp.destination = address_of(SERVER);
    connections_note_icmp(&connections, sighting.flow, &icmp, &evidence, &events);
    struct event event = take_event(EVENT_TCP_REFUSED);
    assert_ptr_equal(event.icmp, &icmp);
    assert_int_equal(event.evidence.frame, 77);
    assert_int_equal(connection->state, CONNECTION_REFUSED);
    icmp = (struct icmp_error){.type = 3, .code = 4, .mtu = 1400};
    connections_note_icmp(&connections, sighting.flow, &icmp, &evidence, &events);
    assert_int_equal(connection->path_mtu, 1400);
    assert_int_equal(events.count, 0);
}

static void test_reset_from_elsewhere(void **state)
{
    (void)state;
    struct connection *connection = open_connection();
    events.count = 0;
    say(CLIENT, TCP_ACK, 1, 1, 200);
    ttl[SERVER] = 61;
    say(SERVER, TCP_RST, 1, 0, 0);
    take_event(EVENT_TCP_RESET);
    assert_int_equal(connection->reset_by, 0);
    assert_int_equal(connection_reset_distance(connection), 6);
    say(SERVER, TCP_RST, 1, 0, 0);
    assert_int_equal(events.count, 0);
}

/* A browser opens more connections than it needs. */
static void test_abandoned(void **state)
{
    (void)state;
    say(CLIENT, TCP_SYN, 0, 0, 0);
    say(SERVER, TCP_SYN | TCP_ACK, 0, 1, 0);
    struct connection *connection = say(CLIENT, TCP_RST, 1, 0, 0);
    assert_int_equal(connection->state, CONNECTION_ABANDONED);
    assert_int_equal(events.count, 0);
}

static void test_five_tuple_used_again(void **state)
{
    (void)state;
    struct connection *connection = open_connection();
    struct record_id first = table_id(&connections.table, connection);
    say(CLIENT, TCP_ACK | TCP_FIN, 1, 1, 0);
    events.count = 0;
    struct sighting sighting = sighting_of(CLIENT);
    sighting.flow->content = CONTENT_TLS;
    say(CLIENT, TCP_SYN, 70000, 0, 0);
    assert_null(table_at(&connections.table, first));
    assert_int_equal(sighting.flow->content, CONTENT_UNKNOWN);
    say(SERVER, TCP_SYN | TCP_ACK, 90000, 70001, 0);
    connection = say(CLIENT, TCP_ACK, 70001, 90001, 100);
    take_event(EVENT_TCP_ESTABLISHED);
    assert_int_equal(connection->side[1].stream.sequence, CLIENT_NUMBER + 70101);
    assert_int_equal(connection->ended, 0);
}

static void test_capture_began_later(void **state)
{
    (void)state;
    say(SERVER, TCP_ACK, 777, 1, 100);
    struct connection *connection = say(CLIENT, TCP_ACK, 1, 877, 0);
    assert_int_equal(connection->state, CONNECTION_UNSEEN);
    assert_int_equal(events.count, 0);
    say(SERVER, TCP_RST | TCP_ACK, 877, 1, 0);
    assert_int_equal(events.count, 1);
    assert_int_equal(events.items[0].kind, EVENT_TCP_RESET);
}

static void test_a_lone_reset_says_nothing(void **state)
{
    (void)state;
    say(SERVER, TCP_RST, 1, 0, 0);
    assert_int_equal(events.count, 0);
}

static void test_stall(void **state)
{
    (void)state;
    struct connection *connection = open_connection();
    events.count = 0;
    window = 0;
    say(SERVER, TCP_ACK, 1, 1, 0);
    now += 2 * SECONDS;
    say(CLIENT, TCP_ACK, 0, 1, 0);
    window = 0;
    now += 1500 * MILLISECONDS;
    say(SERVER, TCP_ACK, 1, 1, 0);
    take_event(EVENT_TCP_STALLED);
    now += 1 * SECONDS;
    window = 1000;
    say(SERVER, TCP_ACK, 1, 1, 0);
    assert_int_equal(events.count, 0);
    assert_int_equal(connection->side[0].longest_zero, 4500 * MILLISECONDS);
    assert_int_equal(connection->side[0].zero_windows, 1);
    assert_int_equal(connection->side[0].zero_since, 0);
}

static void test_a_short_stall_is_none(void **state)
{
    (void)state;
    open_connection();
    events.count = 0;
    window = 0;
    say(SERVER, TCP_ACK, 1, 1, 0);
    now += 2 * SECONDS;
    window = 1000;
    say(SERVER, TCP_ACK, 1, 1, 0);
    now += 20 * SECONDS;
    say(SERVER, TCP_ACK, 1, 1, 0);
    assert_int_equal(events.count, 0);
}

/* The server's flight: two full segments and a small one. Only the small one gets through. */
static void test_black_hole(void **state)
{
    (void)state;
    struct connection *connection = open_connection();
    events.count = 0;
    say(CLIENT, TCP_ACK, 1, 1, 300);
    now += 20 * MILLISECONDS;
    say(SERVER, TCP_ACK, 1, 301, 1400);
    say(SERVER, TCP_ACK, 1401, 301, 1400);
    say(SERVER, TCP_ACK, 2801, 301, 200);
    now += 20 * MILLISECONDS;
    say(CLIENT, TCP_ACK, 301, 1, 0);
    for (unsigned i = 0; i < 2; i++) {
        now += (INT64_C(300) << i) * MILLISECONDS;
        say(SERVER, TCP_ACK, 1, 301, 1400);
        say(SERVER, TCP_ACK, 1, 301, 1400); /* captured twice */
    }
    assert_int_equal(connection->side[0].retransmissions, 2);
    assert_int_equal(events.count, 0);
    now += 1200 * MILLISECONDS;
    say(SERVER, TCP_ACK, 1, 301, 1400);
    take_event(EVENT_TCP_BLACK_HOLE);
    assert_true(connection->black_hole);
}

/* The same, but nothing comes back at all: the client is gone. Or a segment of that size went
 * through before: then the size is not why. */
static void test_losses_that_are_no_black_hole(void **state)
{
    (void)state;
    open_connection();
    events.count = 0;
    say(SERVER, TCP_ACK, 1, 1, 1400);
    for (unsigned i = 0; i < 5; i++) {
        now += 1 * SECONDS;
        say(SERVER, TCP_ACK, 1, 1, 1400);
    }
    assert_int_equal(events.count, 0);
    say(CLIENT, TCP_ACK, 1, 1401, 0);
    now += 1 * SECONDS;
    say(SERVER, TCP_ACK, 1401, 1, 1400);
    for (unsigned i = 0; i < 5; i++) {
        now += 1 * SECONDS;
        say(SERVER, TCP_ACK, 1401, 1, 1400);
        say(CLIENT, TCP_ACK, 1, 1401, 0);
    }
    assert_int_equal(events.count, 0);
}

static void test_keep_alives_are_no_retransmissions(void **state)
{
    (void)state;
    struct connection *connection = open_connection();
    say(CLIENT, TCP_ACK, 1, 1, 100);
    for (unsigned i = 0; i < 5; i++) {
        now += 45 * SECONDS;
        say(CLIENT, TCP_ACK, 100, 1, i % 2);
        say(SERVER, TCP_ACK, 1, 101, 0);
    }
    assert_int_equal(connection->side[1].retransmissions, 0);
    assert_int_equal(connection->side[1].stream.gaps, 0);
}

/* A segment overtaken by others was not sent twice. */
static void test_late_is_not_again(void **state)
{
    (void)state;
    struct connection *connection = open_connection();
    say(CLIENT, TCP_ACK, 201, 1, 100);
    say(CLIENT, TCP_ACK, 1, 1, 100);
    say(CLIENT, TCP_ACK, 101, 1, 100);
    assert_int_equal(connection->side[1].retransmissions, 0);
    now += 1 * SECONDS;
    say(CLIENT, TCP_ACK, 101, 1, 100);
    say(CLIENT, TCP_ACK, 1, 1, 100);
    assert_int_equal(connection->side[1].retransmissions, 2);
}

static void test_summary(void **state)
{
    (void)state;
    char text[64];
    struct evidence evidence = {.protocol = EVIDENCE_TCP, .kind = TCP_SYN | TCP_ACK};
    assert_string_equal(evidence_summary(&evidence, text, sizeof text), "TCP SYN, ACK");
    assert_string_equal(evidence_summary(&evidence, text, 7), "TCP SY");
}

#define TCP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TCP_TEST(test_open_and_close),
        TCP_TEST(test_streams_start_after_the_syn),
        TCP_TEST(test_no_answer),
        TCP_TEST(test_one_syn_proves_nothing),
        TCP_TEST(test_no_answer_at_the_end),
        TCP_TEST(test_one_direction_only),
        TCP_TEST(test_only_the_server_is_seen),
        TCP_TEST(test_refused),
        TCP_TEST(test_refused_by_icmp),
        TCP_TEST(test_reset_from_elsewhere),
        TCP_TEST(test_abandoned),
        TCP_TEST(test_five_tuple_used_again),
        TCP_TEST(test_capture_began_later),
        TCP_TEST(test_a_lone_reset_says_nothing),
        TCP_TEST(test_stall),
        TCP_TEST(test_a_short_stall_is_none),
        TCP_TEST(test_black_hole),
        TCP_TEST(test_losses_that_are_no_black_hole),
        TCP_TEST(test_keep_alives_are_no_retransmissions),
        TCP_TEST(test_late_is_not_again),
        cmocka_unit_test(test_summary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
