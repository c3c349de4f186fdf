/* SPDX-License-Identifier: MIT */
/* Which flows are found to carry TLS or QUIC, and how their ends are noted. */
#include "analyzer/content.h"
#include "analyzer/trackers.h"
#include "tests/support/hex.h"
#include "tests/support/quic_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct scene {
    struct trackers trackers;
    struct event_handler handler;
    struct transport_address ends[2]; /* client, server */
    uint64_t frame;
    unsigned ended; /* EVENT_TLS_ENDED so far */
    unsigned hellos;
};

static void handle(void *context)
{
    struct scene *scene = context;
    for (size_t i = 0; i < scene->trackers.events.count; i++) {
        scene->ended += scene->trackers.events.items[i].kind == EVENT_TLS_ENDED;
        scene->hellos += scene->trackers.events.items[i].kind == EVENT_TLS_HELLO;
    }
    scene->trackers.events.count = 0;
}

static struct scene *new_scene(void)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    assert_int_equal(trackers_init(&scene->trackers, NULL, NULL, LIMIT_MEMORY), 0);
    assert_true(ip_address_parse(&scene->ends[0].ip, "192.0.2.10"));
    assert_true(ip_address_parse(&scene->ends[1].ip, "192.0.2.1"));
    scene->ends[0].port = 50000;
    scene->ends[1].port = 443;
    scene->handler = (struct event_handler){handle, scene};
    return scene;
}

static void free_scene(struct scene *scene)
{
    trackers_free(&scene->trackers);
    free(scene);
}

static void show(struct scene *scene, struct packet *packet, unsigned end, const char *hex)
{
    uint8_t buffer[2048];
    struct bytes payload = exact_copy(from_hex(hex, buffer, sizeof buffer));
    struct place place = {.time = (int64_t)++scene->frame * MILLISECONDS + SECONDS,
                          .frame = scene->frame};
    packet->source = scene->ends[end];
    packet->destination = scene->ends[1 - end];
    packet->payload = payload;
    packet->payload_length = payload.length;
    trackers_packet(&scene->trackers, packet, &place, &scene->handler);
    free((void *)payload.data);
}

static void datagram(struct scene *scene, unsigned end, const char *hex)
{
    struct packet packet = {.protocol = IP_PROTOCOL_UDP};
    show(scene, &packet, end, hex);
}

static void segment(struct scene *scene, unsigned end, uint32_t sequence, uint8_t flags,
                    const char *hex)
{
    struct packet packet = {.protocol = IP_PROTOCOL_TCP,
                            .tcp = {.sequence = sequence, .flags = flags, .window = 1000}};
    show(scene, &packet, end, hex);
}

static const struct flow *flow_of(struct scene *scene, uint8_t protocol)
{
    unsigned from;
    const struct flow *flow = flows_find(&scene->trackers.flows, &scene->ends[0], &scene->ends[1],
                                         protocol, FLOW_OUTER, &from);
    assert_non_null(flow);
    return flow;
}

static const struct handshake *handshake_of(struct scene *scene, uint8_t protocol)
{
    const struct handshake *handshake =
        handshakes_of(&scene->trackers.handshakes, flow_of(scene, protocol));
    assert_non_null(handshake);
    return handshake;
}

enum { CLIENT, SERVER };

static void test_quic(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    datagram(scene, CLIENT, quic_version_1_client);
    datagram(scene, SERVER, quic_version_1_server);
    assert_int_equal(flow_of(scene, IP_PROTOCOL_UDP)->content, CONTENT_QUIC);
    assert_int_equal(scene->hellos, 1);
    const struct handshake *handshake = handshake_of(scene, IP_PROTOCOL_UDP);
    assert_int_equal(handshake->protocol, HANDSHAKE_QUIC);
    assert_string_equal(handshake->server_name, "example.com");
    assert_true(handshake->server_hello_seen);
    free_scene(scene);
}

/* Version negotiation is all zeros where DNS has its flags: what comes first is DNS. */
static void test_dns_that_looks_like_version_negotiation(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    scene->ends[1].port = 53;
    datagram(scene, CLIENT, "c000 0000 0001 0000 0000 0000 0161 00 0001 0001");
    assert_int_equal(flow_of(scene, IP_PROTOCOL_UDP)->content, CONTENT_DNS);
    free_scene(scene);
}

#define RANDOM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
static const char hello[] = "16 0301 002d 01 000029 0303" RANDOM "00 0002 c02f 01 00";

static void open_connection(struct scene *scene)
{
    segment(scene, CLIENT, 999, TCP_SYN, "");
    segment(scene, SERVER, 1999, TCP_SYN | TCP_ACK, "");
}

/* The server closed, but what it sent before comes only now: it was no silent refusal. */
static void test_fin_that_overtakes_data(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    open_connection(scene);
    segment(scene, CLIENT, 1000, TCP_ACK, hello);
    assert_string_equal(handshake_state_name(handshake_of(scene, IP_PROTOCOL_TCP)), "incomplete");
    segment(scene, SERVER, 2004, TCP_FIN | TCP_ACK, "");
    assert_int_equal(scene->ended, 0);
    segment(scene, SERVER, 2000, TCP_ACK, "48545450");
    const struct handshake *handshake = handshake_of(scene, IP_PROTOCOL_TCP);
    assert_true(handshake->answered_otherwise);
    assert_string_equal(handshake_state_name(handshake), "server-rejected");
    free_scene(scene);
}

static void test_fin_in_order(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    open_connection(scene);
    segment(scene, CLIENT, 1000, TCP_ACK, hello);
    segment(scene, SERVER, 2000, TCP_FIN | TCP_ACK, "");
    assert_int_equal(scene->ended, 1);
    assert_string_equal(handshake_state_name(handshake_of(scene, IP_PROTOCOL_TCP)), "reset");
    free_scene(scene);
}

static void test_hello_in_the_form_of_ssl2(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    open_connection(scene);
    segment(scene, CLIENT, 1000, TCP_ACK, "801f 01 0301 0006 0000 0010 0100");
    segment(scene, CLIENT, 1013, TCP_ACK, "80 00002f 000102030405060708090a0b0c0d0e0f");
    assert_int_equal(flow_of(scene, IP_PROTOCOL_TCP)->content, CONTENT_TLS);
    assert_int_equal(scene->hellos, 1);
    free_scene(scene);
}

/* A new connection on the same ports begins a new handshake. */
static void test_ports_used_again(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    open_connection(scene);
    segment(scene, CLIENT, 1000, TCP_ACK, hello);
    segment(scene, SERVER, 2000, TCP_RST | TCP_ACK, "");
    segment(scene, CLIENT, 70000, TCP_SYN, "");
    segment(scene, SERVER, 80000, TCP_SYN | TCP_ACK, "");
    segment(scene, CLIENT, 70001, TCP_ACK, hello);
    assert_int_equal(scene->hellos, 2);
    assert_int_equal(scene->trackers.handshakes.table.used, 2);
    free_scene(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quic),
        cmocka_unit_test(test_dns_that_looks_like_version_negotiation),
        cmocka_unit_test(test_fin_that_overtakes_data),
        cmocka_unit_test(test_fin_in_order),
        cmocka_unit_test(test_hello_in_the_form_of_ssl2),
        cmocka_unit_test(test_ports_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
