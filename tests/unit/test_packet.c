/* SPDX-License-Identifier: MIT */
/* Every link layer and encapsulation around one UDP datagram of four bytes. The vectors were
 * decoded with tshark. */
#include "dissectors/packet/packet.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define INNER_4 "45000020 00010000 40110000 c0000201 c6336402 d4310d96 000c0000 74657374"
#define INNER_6                                                                                    \
    "60000000 000c1140 20010db8000000000000000000000001 20010db8000000000000000000000002"          \
    "d4310d96 000c0000 74657374"
#define MAC "020000000002 020000000001 "
/* An outer IPv4 header of this total length (4 hex digits) and protocol (2). */
#define OUTER(length, protocol)                                                                    \
    MAC "0800 4500" length "00010000 40" protocol "0000 0a000001 0a000002 "
#define OUTER_UDP(length, port, udp_length) OUTER(length, "11") "c350" port udp_length "0000 "

struct vector {
    const char *name;
    uint32_t link_type;
    uint8_t encapsulations;
    const char *hex;
    size_t padding;
};

static const struct vector vectors[] = {
    {"ethernet", LINK_TYPE_ETHERNET, 0, MAC "0800" INNER_4, 0},
    {"ethernet, padded", LINK_TYPE_ETHERNET, 0,
     MAC "0800" INNER_4 "00000000000000000000000000000000", 16},
    {"ethernet, IPv6", LINK_TYPE_ETHERNET, 0, MAC "86dd" INNER_6, 0},
    {"802.3 with LLC/SNAP", LINK_TYPE_ETHERNET, 0, MAC "0028 aaaa03 000000 0800" INNER_4, 0},
    {"802.1Q", LINK_TYPE_ETHERNET, ENCAPSULATION_VLAN, MAC "8100 0064 0800" INNER_4, 0},
    {"802.1ad", LINK_TYPE_ETHERNET, ENCAPSULATION_VLAN, MAC "88a8 0064 8100 00c8 0800" INNER_4, 0},
    {"QinQ 0x9100", LINK_TYPE_ETHERNET, ENCAPSULATION_VLAN, MAC "9100 0064 8100 00c8 86dd" INNER_6,
     0},
    {"PPPoE", LINK_TYPE_ETHERNET, ENCAPSULATION_PPPOE, MAC "8864 1100 0001 0022 0021" INNER_4, 0},
    {"MPLS", LINK_TYPE_ETHERNET, ENCAPSULATION_MPLS, MAC "8847 00064040 000c8140" INNER_4, 0},
    {"MPLS, IPv6", LINK_TYPE_ETHERNET, ENCAPSULATION_MPLS, MAC "8847 00064140" INNER_6, 0},
    {"MPLS pseudowire", LINK_TYPE_ETHERNET, ENCAPSULATION_MPLS,
     MAC "8847 00064140 00000000" MAC "0800" INNER_4, 0},
    {"MPLS pseudowire without control word", LINK_TYPE_ETHERNET, ENCAPSULATION_MPLS,
     MAC "8847 00064140" MAC "0800" INNER_4, 0},
    {"SLL", LINK_TYPE_LINUX_SLL, 0, "0000 0001 0006 020000000001 0000 0800" INNER_4, 0},
    {"SLL2", LINK_TYPE_LINUX_SLL2, 0, "0800 0000 00000002 0001 00 06 020000000001 0000" INNER_4, 0},
    {"loopback, little-endian", LINK_TYPE_NULL, 0, "02000000" INNER_4, 0},
    {"loopback, big-endian", LINK_TYPE_NULL, 0, "00000002" INNER_4, 0},
    {"loopback, IPv6 of Darwin", LINK_TYPE_NULL, 0, "1e000000" INNER_6, 0},
    {"loopback, network order", LINK_TYPE_LOOP, 0, "00000018" INNER_6, 0},
    {"raw IPv4", LINK_TYPE_RAW, 0, INNER_4, 0},
    {"raw IPv6", LINK_TYPE_RAW, 0, INNER_6, 0},
    {"IPv4", LINK_TYPE_IPV4, 0, INNER_4, 0},
    {"IPv6", LINK_TYPE_IPV6, 0, INNER_6, 0},
    {"PPP", LINK_TYPE_PPP, 0, "ff03 0021" INNER_4, 0},
    {"PPP without address and control", LINK_TYPE_PPP, 0, "0021" INNER_4, 0},
    {"PPP with a short protocol", LINK_TYPE_PPP, 0, "57" INNER_6, 0},
    {"PPP in HDLC framing", LINK_TYPE_PPP_HDLC, 0, "ff03 0057" INNER_6, 0},
    {"Cisco HDLC", LINK_TYPE_PPP_HDLC, 0, "0f00 0800" INNER_4, 0},
    {"PPPoE without ethernet", LINK_TYPE_PPP_ETHER, ENCAPSULATION_PPPOE,
     "1100 0001 0022 0021" INNER_4, 0},
    {"IP in IP", LINK_TYPE_ETHERNET, ENCAPSULATION_IP_IN_IP, OUTER("0034", "04") INNER_4, 0},
    {"IPv6 in IPv4", LINK_TYPE_ETHERNET, ENCAPSULATION_IP_IN_IP, OUTER("0048", "29") INNER_6, 0},
    {"GRE", LINK_TYPE_ETHERNET, ENCAPSULATION_GRE, OUTER("0038", "2f") "0000 0800" INNER_4, 0},
    {"GRE with checksum, key, sequence", LINK_TYPE_ETHERNET, ENCAPSULATION_GRE,
     OUTER("0058", "2f") "b000 86dd 00000000 00000007 00000001" INNER_6, 0},
    {"GRE, transparent ethernet", LINK_TYPE_ETHERNET, ENCAPSULATION_GRE,
     OUTER("004a", "2f") "2000 6558 00000100" MAC "0800" INNER_4, 0},
    {"PPTP", LINK_TYPE_ETHERNET, ENCAPSULATION_GRE,
     OUTER("0048", "2f") "3081 880b 0024 0001 00000001 00000000 ff030021" INNER_4, 0},
    {"ERSPAN type II", LINK_TYPE_ETHERNET, ENCAPSULATION_GRE,
     OUTER("0052", "2f") "1000 88be 00000001 10010001 00000000" MAC "0800" INNER_4, 0},
    {"VXLAN", LINK_TYPE_ETHERNET, ENCAPSULATION_VXLAN,
     OUTER_UDP("0052", "12b5", "003e") "08000000 00002a00" MAC "0800" INNER_4, 0},
    {"GTP-U", LINK_TYPE_ETHERNET, ENCAPSULATION_GTP,
     OUTER_UDP("0044", "0868", "0030") "30ff 0020 00000001" INNER_4, 0},
    {"GTP-U with an extension header", LINK_TYPE_ETHERNET, ENCAPSULATION_GTP,
     OUTER_UDP("004c", "0868", "0038") "34ff 0028 00000001 0000 00 85 01100900" INNER_4, 0},
};

enum { VECTORS = sizeof vectors / sizeof vectors[0], FRAME_MAX = 256 };

static enum dissect_status decode(struct packet *packet, uint32_t link_type, struct bytes frame,
                                  size_t wire_length)
{
    struct bytes copy = exact_copy(frame);
    enum dissect_status status = packet_decode(packet, link_type, copy, wire_length);
    free((void *)(uintptr_t)copy.data);
    return status;
}

static enum dissect_status decode_hex(struct packet *packet, uint32_t link_type, const char *hex)
{
    uint8_t buffer[FRAME_MAX];
    struct bytes frame = from_hex(hex, buffer, sizeof buffer);
    return decode(packet, link_type, frame, frame.length);
}

static void check_addresses(const struct packet *packet)
{
    char text[TRANSPORT_ADDRESS_TEXT];
    bool v4 = packet->source.ip.family == 4;
    assert_string_equal(transport_address_text(&packet->source, text),
                        v4 ? "192.0.2.1:54321" : "[2001:db8::1]:54321");
    assert_string_equal(transport_address_text(&packet->destination, text),
                        v4 ? "198.51.100.2:3478" : "[2001:db8::2]:3478");
}

static void test_every_encapsulation(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        uint8_t buffer[FRAME_MAX];
        struct packet packet;
        struct bytes frame = from_hex(vectors[i].hex, buffer, sizeof buffer);
        print_message("%s\n", vectors[i].name);
        assert_int_equal(packet_decode(&packet, vectors[i].link_type, frame, frame.length),
                         DISSECT_OK);
        assert_int_equal(packet.protocol, IP_PROTOCOL_UDP);
        assert_int_equal(packet.ttl, 64);
        assert_int_equal(packet.encapsulations, vectors[i].encapsulations);
        assert_false(packet.cut);
        assert_int_equal(packet.payload_length, 4);
        assert_true(bytes_equal(packet.payload, bytes_of("test", 4)));
        check_addresses(&packet);
    }
}

/* Whatever is seen of a cut packet is right: it is never taken for a whole one, nor for garbage. */
static void check_cut(const struct vector *vector, struct bytes frame, size_t length)
{
    struct packet packet;
    enum dissect_status status =
        decode(&packet, vector->link_type, bytes_first(frame, length), frame.length);
    assert_int_equal(status, DISSECT_CUT_SHORT);
    assert_true(packet.cut);
    size_t captured_payload = length + 4 > frame.length ? length + 4 - frame.length : 0;
    assert_int_equal(packet.payload.length, captured_payload);
    assert_int_equal(packet.protocol, length + 4 >= frame.length ? IP_PROTOCOL_UDP : 0);
    if (packet.protocol == 0)
        return;
    assert_int_equal(packet.payload_length, 4);
    check_addresses(&packet);
}

/* The capture file takes the frame for whole: only the IP header can tell that it is not. */
static void check_short(const struct vector *vector, struct bytes frame, size_t length)
{
    struct packet packet;
    enum dissect_status status =
        decode(&packet, vector->link_type, bytes_first(frame, length), length);
    assert_true(status == DISSECT_CUT_SHORT || status == DISSECT_MALFORMED);
    if (status == DISSECT_CUT_SHORT && packet.protocol != 0)
        check_addresses(&packet);
}

static void test_every_truncation(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        uint8_t buffer[FRAME_MAX];
        struct bytes frame = from_hex(vectors[i].hex, buffer, sizeof buffer);
        frame.length -= vectors[i].padding;
        for (size_t length = 0; length < frame.length; length++) {
            check_cut(&vectors[i], frame, length);
            check_short(&vectors[i], frame, length);
        }
    }
}

/* Every byte of every vector turned into every other one: no read outside, no endless loop. */
static void test_every_byte_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        uint8_t buffer[FRAME_MAX];
        struct bytes frame = from_hex(vectors[i].hex, buffer, sizeof buffer);
        struct bytes copy = exact_copy(frame);
        uint8_t *changed = (uint8_t *)(uintptr_t)copy.data;
        for (size_t at = 0; at < frame.length * 256; at++) {
            struct packet packet;
            changed[at / 256] = (uint8_t)at;
            packet_decode(&packet, vectors[i].link_type, copy, copy.length);
            assert_true(packet.payload.length <= frame.length);
            assert_true(packet.payload.length <= packet.payload_length);
            changed[at / 256] = frame.data[at / 256];
        }
        free(changed);
    }
}

static void test_no_ip_inside(void **state)
{
    (void)state;
    struct packet packet;
    const char *arp = MAC "0806 00010800060400010200000000010a000001000000000000 0a000002";
    assert_int_equal(decode_hex(&packet, LINK_TYPE_ETHERNET, arp), DISSECT_NOT_MINE);
    const char *spanning_tree = MAC "0026 424203 0000 00 00 00 8000";
    assert_int_equal(decode_hex(&packet, LINK_TYPE_ETHERNET, spanning_tree), DISSECT_NOT_MINE);
    const char *pppoe_discovery = MAC "8863 1109 0000 0004 01010000";
    assert_int_equal(decode_hex(&packet, LINK_TYPE_ETHERNET, pppoe_discovery), DISSECT_NOT_MINE);
    const char *lcp_echo = MAC "8864 1100 0001 000a c021 0901 0008 00000000";
    assert_int_equal(decode_hex(&packet, LINK_TYPE_ETHERNET, lcp_echo), DISSECT_NOT_MINE);
    assert_int_equal(decode_hex(&packet, 147, INNER_4), DISSECT_NOT_MINE);
}

static void test_nesting_is_bounded(void **state)
{
    (void)state;
    struct packet packet;
    const char *eight = MAC "8100 0001 8100 0001 8100 0001 8100 0001"
                            "8100 0001 8100 0001 8100 0001 8100 0001 0800" INNER_4;
    assert_int_equal(decode_hex(&packet, LINK_TYPE_ETHERNET, eight), DISSECT_OK);
    const char *nine = MAC "8100 0001 8100 0001 8100 0001 8100 0001 8100 0001"
                           "8100 0001 8100 0001 8100 0001 8100 0001 0800" INNER_4;
    assert_int_equal(decode_hex(&packet, LINK_TYPE_ETHERNET, nine), DISSECT_NOT_MINE);
}

/* What a tunnel carries may be none of ours: then the packet around it is. */
static void test_a_tunnel_that_leads_nowhere(void **state)
{
    (void)state;
    struct packet packet;
    const char *gre_keepalive = OUTER("0018", "2f") "0000 0000";
    assert_int_equal(decode_hex(&packet, LINK_TYPE_ETHERNET, gre_keepalive), DISSECT_OK);
    assert_int_equal(packet.protocol, 47);
    assert_int_equal(packet.payload_length, 4);
    const char *vxlan_port_only = OUTER_UDP("0020", "12b5", "000c") "74657374";
    assert_int_equal(decode_hex(&packet, LINK_TYPE_ETHERNET, vxlan_port_only), DISSECT_OK);
    assert_int_equal(packet.protocol, IP_PROTOCOL_UDP);
    assert_int_equal(packet.destination.port, 4789);
    assert_int_equal(packet.encapsulations, 0);
    assert_int_equal(packet.payload_length, 4);
    const char *gtp_echo = OUTER_UDP("0028", "0868", "0014") "3201 0004 00000000 00010000";
    assert_int_equal(decode_hex(&packet, LINK_TYPE_ETHERNET, gtp_echo), DISSECT_OK);
    assert_int_equal(packet.destination.port, 2152);
    assert_int_equal(packet.encapsulations, 0);
}

/* The same IPv4 packet in Ethernet, which is decoded in one step where it can be, and without. */
static void check_same(struct bytes frame, size_t wire_length)
{
    enum { ETHERNET_HEADER = 14 };
    struct packet in_ethernet = {0}, alone = {0}; /* padding is compared, too */
    enum dissect_status status =
        packet_decode(&in_ethernet, LINK_TYPE_ETHERNET, frame, wire_length);
    assert_int_equal(status, packet_decode(&alone, LINK_TYPE_IPV4,
                                           bytes_of(frame.data + ETHERNET_HEADER,
                                                    frame.length - ETHERNET_HEADER),
                                           wire_length - ETHERNET_HEADER));
    assert_memory_equal(&in_ethernet, &alone, offsetof(struct packet, tcp));
    if (status != DISSECT_MALFORMED && alone.protocol == IP_PROTOCOL_TCP)
        assert_memory_equal(&in_ethernet.tcp, &alone.tcp, sizeof alone.tcp);
}

static void test_one_step_is_as_layer_by_layer(void **state)
{
    (void)state;
    static const char *const frames[] = {
        MAC "0800" INNER_4 "0000",
        OUTER_UDP("0052", "12b5", "003e") "08000000 00002a00" MAC "0800" INNER_4,
        OUTER("0030", "06") "d4310d96 00000001 00000002 70020400 00000000 020405b4 01030307 0000",
    };
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        uint8_t buffer[FRAME_MAX];
        struct bytes frame = from_hex(frames[i], buffer, sizeof buffer);
        for (size_t length = 14; length <= frame.length; length++) {
            check_same(bytes_first(frame, length), length);
            check_same(bytes_first(frame, length), frame.length);
        }
        for (size_t at = 14 * 256; at < frame.length * 256; at++) {
            uint8_t kept = buffer[at / 256];
            buffer[at / 256] = (uint8_t)at;
            check_same(frame, frame.length);
            buffer[at / 256] = kept;
        }
    }
}

static void test_link_type_names(void **state)
{
    (void)state;
    assert_string_equal(link_type_name(LINK_TYPE_ETHERNET), "EN10MB");
    assert_string_equal(link_type_name(LINK_TYPE_LINUX_SLL2), "LINUX_SLL2");
    assert_null(link_type_name(147));
    assert_true(link_type_supported(LINK_TYPE_PPP_ETHER));
    assert_false(link_type_supported(147));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_encapsulation),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_every_byte_changed),
        cmocka_unit_test(test_no_ip_inside),
        cmocka_unit_test(test_nesting_is_bounded),
        cmocka_unit_test(test_a_tunnel_that_leads_nowhere),
        cmocka_unit_test(test_one_step_is_as_layer_by_layer),
        cmocka_unit_test(test_link_type_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
