/* SPDX-License-Identifier: MIT */
/* Packets kept for the dashboard, the summaries of their messages, and their trees of fields. */
#include "tests/support/hex.h"
#include "ui/tui/spanning.h"
#include "ui/tui/summary.h"
#include "ui/tui/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct scene {
    struct capture *capture;
    struct engine *engine;
    struct packets *packets;
};

static void open_scene(struct scene *scene, const char *sample, size_t bytes, size_t entries)
{
    char path[512], error[CAPTURE_ERROR_TEXT];
    const char *paths[] = {path};
    const struct engine_options options = {0};
    struct captured_packet packet;
    (void)snprintf(path, sizeof path, SAMPLES_DIR "/%s/capture.pcap", sample);
    scene->capture = capture_open_files(paths, 1, NULL, error);
    scene->engine = engine_new(&options);
    scene->packets = packets_new(bytes, entries);
    assert_non_null(scene->capture);
    assert_non_null(scene->engine);
    assert_non_null(scene->packets);
    while (capture_next(scene->capture, &packet) == 1) {
        engine_packet(scene->engine, &packet);
        packets_note(scene->packets, &packet, scene->engine);
    }
}

static void close_scene(struct scene *scene)
{
    packets_free(scene->packets);
    engine_free(scene->engine);
    capture_close(scene->capture);
}

static void open_whole(struct scene *scene, const char *sample)
{
    open_scene(scene, sample, PACKETS_BYTES, PACKETS_ENTRIES);
}

/* Row `index` of a frame. */
static struct summary summary_at(const struct scene *scene, uint64_t frame, size_t index)
{
    struct summary summaries[SUMMARIES_MOST];
    const struct stored_packet *stored = packets_find(scene->packets, 0, frame);
    assert_non_null(stored);
    assert_true(summarize(stored, NULL, scene->engine, summaries) > index);
    return summaries[index];
}

/* Frames, types and codes as tshark prints them in the sample's README. */
static void test_the_guides_exchange(void **state)
{
    (void)state;
    static const struct {
        uint64_t frame;
        const char *label;
    } rows[] = {
        {1, "DNS query A cmsweb.octavio.com"},
        {1454, "Allocate Request, no credentials"},
        {1455, "Allocate Error 401 Unauthenticated"},
        {1458, "Allocate Request, signed"},
        {1462, "Allocate Error 431 Integrity Check Failure"},
    };
    struct scene scene;
    open_whole(&scene, "case4-431");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct summary summary = summary_at(&scene, rows[i].frame, 0);
        assert_string_equal(summary.label, rows[i].label);
        assert_int_equal(summary.evidence.frame, rows[i].frame);
    }
    close_scene(&scene);
}

static void test_through_the_relay(void **state)
{
    (void)state;
    struct scene scene;
    const struct stored_packet *stored = NULL;
    size_t checks = 0, media = 0, client_hellos = 0;
    open_whole(&scene, "healthy");
    while ((stored = packets_next(scene.packets, stored)) != NULL) {
        struct summary summaries[SUMMARIES_MOST];
        size_t count = summarize(stored, NULL, scene.engine, summaries);
        for (size_t i = 0; i < count; i++) {
            bool relayed = summaries[i].evidence.flags & EVIDENCE_RELAYED;
            checks += relayed && strncmp(summaries[i].label, "Binding Request", 15) == 0;
            media += relayed && summaries[i].evidence.protocol == EVIDENCE_RTP;
            client_hellos += relayed && strcmp(summaries[i].label, "ClientHello") == 0;
            if (relayed)
                assert_false(transport_address_equal(&summaries[i].evidence.source,
                                                     &summaries[i].evidence.destination));
        }
    }
    /* tshark -Y 'stun.type == 1': three; of the media the first two of each side. */
    assert_int_equal(checks, 3);
    assert_int_equal(media, 2 * PACKETS_MEDIA);
    assert_int_equal(client_hellos, 1);
    close_scene(&scene);
}

/* The refusal comes in two fragments: the second one shows it whole. */
static void test_fragments_are_put_together(void **state)
{
    (void)state;
    struct scene scene;
    const struct stored_packet *stored = NULL;
    bool refused = false;
    open_whole(&scene, "case4-431-fragments");
    while ((stored = packets_next(scene.packets, stored)) != NULL) {
        struct summary summaries[SUMMARIES_MOST];
        size_t count = summarize(stored, NULL, scene.engine, summaries);
        for (size_t i = 0; i < count; i++)
            refused |= strncmp(summaries[i].label, "Allocate Error 431", 18) == 0;
    }
    assert_true(refused);
    close_scene(&scene);
}

/* tshark puts the ServerHello of frame 8 together in frame 9, from 1460 and 741 bytes. */
static void test_messages_span_segments(void **state)
{
    (void)state;
    enum { FIRST = 8, SECOND = 9, LENGTH = 1460 + 741 };
    struct scene scene;
    struct summary summaries[SUMMARIES_MOST];
    static struct spanning spanning;
    static struct spanning_streams streams;
    struct packet packet;
    open_whole(&scene, "turn-tcp-segments");
    const struct stored_packet *first = packets_find(scene.packets, 0, FIRST);
    const struct stored_packet *second = packets_find(scene.packets, 0, SECOND);
    assert_true(spanning_gather(&spanning, scene.packets, scene.engine, first, 0));
    assert_int_equal(spanning.segments, 2);
    assert_int_equal(spanning.length, LENGTH);
    assert_int_equal(spanning.last_frame, SECOND);
    struct bytes payload = bytes_of(spanning.bytes, spanning.length);
    assert_int_equal(summarize(first, &payload, scene.engine, summaries), 1);
    assert_string_equal(summaries[0].label,
                        "ServerHello, Certificate, ServerKeyExchange, ServerHelloDone");
    assert_int_equal(summaries[0].offset, 0);

    assert_true(stored_packet_decode(first, &packet));
    assert_int_equal(spanning_skip(&streams, first, &packet), 0);
    spanning_note(&streams, first, &packet, &spanning);
    assert_true(stored_packet_decode(second, &packet));
    assert_int_equal(spanning_skip(&streams, second, &packet), packet.payload.length);
    assert_int_equal(spanning_skip(&streams, second, &packet), 0); /* sent again */
    assert_false(
        spanning_gather(&spanning, scene.packets, scene.engine, second, packet.payload.length));
    close_scene(&scene);
}

/* What has not come, or is not kept any more, is left open. */
static void test_what_spans_is_missing(void **state)
{
    (void)state;
    struct scene scene;
    static struct spanning spanning;
    open_whole(&scene, "turn-tcp-segments");
    const struct stored_packet *first = packets_find(scene.packets, 0, 8);
    struct packets *alone = packets_new(8192, 4);
    struct captured_packet packet = {.time = first->time,
                                     .frame = first->frame,
                                     .link_type = first->link_type,
                                     .bytes = first->bytes,
                                     .wire_length = first->wire_length};
    assert_non_null(alone);
    packets_note(alone, &packet, scene.engine);
    assert_true(spanning_gather(&spanning, alone, scene.engine, packets_find(alone, 0, 8), 0));
    assert_int_equal(spanning.segments, 1);
    assert_int_equal(spanning.length, 1460);
    packets_free(alone);
    close_scene(&scene);
}

static void test_the_oldest_packets_go(void **state)
{
    (void)state;
    struct scene scene;
    uint64_t before = 0;
    size_t count = 0;
    const struct stored_packet *stored = NULL;
    open_scene(&scene, "healthy", 2000, 16);
    while ((stored = packets_next(scene.packets, stored)) != NULL) {
        struct packet packet;
        assert_true(stored->sequence > before);
        assert_true(stored_packet_decode(stored, &packet));
        assert_true(transport_address_equal(&packet.source, &stored->source));
        before = stored->sequence;
        count++;
    }
    assert_true(count > 0 && count <= 16);
    assert_null(packets_find(scene.packets, 0, 1));
    packets_clear(scene.packets);
    assert_null(packets_next(scene.packets, NULL));
    close_scene(&scene);
}

static const struct tree_node *node_of(const struct tree *tree, const char *label)
{
    for (size_t i = 0; i < tree->count; i++)
        if (strcmp(tree->nodes[i].label, label) == 0)
            return &tree->nodes[i];
    fail_msg("no node %s", label);
    return NULL;
}

/* Offsets as in a hex dump of frame 1462: the UDP payload begins at 42, and the attributes follow
 * each other behind 20 bytes of header. */
static void test_the_tree_of_the_refusal(void **state)
{
    (void)state;
    static const struct {
        const char *label, *value;
        size_t offset, length;
    } rows[] = {
        {"STUN", "Allocate Error Response", 42, 220},
        {"Type", "0x0113", 42, 2},
        {"Transaction ID", "e66d4dbb8c5c543c3f283e0c", 50, 12},
        {"USERNAME", "turnuser", 62, 12},
        {"ERROR-CODE", "431 Integrity Check Failure", 158, 31},
        {"SOFTWARE", "Cisco Expressway-E X8.9.2 TURN relay", 190, 40},
        {"FINGERPRINT", "0x23d03d29", 254, 8},
    };
    static struct tree tree;
    struct scene scene;
    open_whole(&scene, "case4-431");
    tree_of_packet(&tree, packets_find(scene.packets, 0, 1462), scene.engine);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct tree_node *node = node_of(&tree, rows[i].label);
        assert_string_equal(node->value, rows[i].value);
        assert_int_equal(node->offset, rows[i].offset);
        assert_int_equal(node->length, rows[i].length);
    }
    assert_string_equal(tree.nodes[tree.message].label, "STUN");
    close_scene(&scene);
}

/* Each node is at most one deeper than the one before and stays inside the packet. */
static void check_tree(const struct tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        assert_true(node->depth <= (i > 0 ? tree->nodes[i - 1].depth + 1 : 0));
        assert_true(node->offset + node->length <= tree->bytes.length);
    }
    assert_true(tree->message < tree->count);
}

/* Every packet of the samples that have every protocol, cut at every length. */
static void test_packets_cut_anywhere(void **state)
{
    (void)state;
    static const char *const samples[] = {
        "healthy",
        "tls-self-signed",
        "hostile-text",
        "dns-srv-missing",
        "turn-tcp-segments",
        "icmp-filtered",
        "classic-binding",
        "http-bad-request",
        "sha256-credentials",
        "ipv6",
    };
    static struct tree tree;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct scene scene;
        const struct stored_packet *stored = NULL;
        open_whole(&scene, samples[i]);
        while ((stored = packets_next(scene.packets, stored)) != NULL) {
            for (size_t length = 0; length <= stored->bytes.length; length++) {
                struct summary summaries[SUMMARIES_MOST];
                struct stored_packet cut = *stored;
                cut.bytes = exact_copy(bytes_first(stored->bytes, length));
                (void)summarize(&cut, NULL, scene.engine, summaries);
                tree_of_packet(&tree, &cut, scene.engine);
                check_tree(&tree);
                free((void *)(uintptr_t)cut.bytes.data);
            }
        }
        close_scene(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_guides_exchange),
        cmocka_unit_test(test_through_the_relay),
        cmocka_unit_test(test_fragments_are_put_together),
        cmocka_unit_test(test_messages_span_segments),
        cmocka_unit_test(test_what_spans_is_missing),
        cmocka_unit_test(test_the_oldest_packets_go),
        cmocka_unit_test(test_the_tree_of_the_refusal),
        cmocka_unit_test(test_packets_cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
