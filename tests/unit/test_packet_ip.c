/* SPDX-License-Identifier: MIT */
/* IPv4 and IPv6 headers, UDP, TCP and ICMP errors. The vectors were decoded with tshark. */
#include "dissectors/packet/packet.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define V4_ADDRESSES "c0000201 c6336402 "
#define V6_ADDRESSES "20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define UDP          "d4310d96 000c0000 74657374"
#define SYN_SEGMENT                                                                                \
    "45000040 00014000 40060000" V4_ADDRESSES "c350 01bb 01020304 00000000 b002 faf0 0000 0000"    \
    "020405b4 01 030307 0101 080a 00000001 00000000 0402 0000"
#define DATA_SEGMENT                                                                               \
    "4500002c 00014000 40060000" V4_ADDRESSES                                                      \
    "c350 01bb 01020304 0a0b0c0d 5018 0200 0000 0000 74657374"
/* A router answers 192.0.2.1; 2001:db8::9 answers 2001:db8::1. */
#define ICMP_V4(length) "4500" length "00010000 40010000 0a000001 c0000201 "
#define ICMP_V6(length)                                                                            \
    "60000000" length "3a40 20010db8000000000000000000000009 20010db8000000000000000000000001 "

enum { FRAME_MAX = 512 };

/* A decoded packet whose views live as long as the exact copy that they point into. */
struct decoded {
    enum dissect_status status;
    struct packet packet;
    struct bytes copy;
};

static struct decoded decode(struct bytes frame, size_t wire_length)
{
    struct decoded d = {.copy = exact_copy(frame)};
    d.status = packet_decode(&d.packet, LINK_TYPE_RAW, d.copy, wire_length);
    return d;
}

static struct decoded decode_hex(const char *hex)
{
    uint8_t buffer[FRAME_MAX];
    struct bytes frame = from_hex(hex, buffer, sizeof buffer);
    return decode(frame, frame.length);
}

static void drop(struct decoded *d)
{
    free((void *)(uintptr_t)d->copy.data);
}

static enum dissect_status status_of(const char *hex)
{
    struct decoded d = decode_hex(hex);
    drop(&d);
    return d.status;
}

static void check_address(const struct transport_address *address, const char *expected)
{
    char text[TRANSPORT_ADDRESS_TEXT];
    assert_string_equal(transport_address_text(address, text), expected);
}

static void test_headers_before_udp(void **state)
{
    (void)state;
    static const char *const vectors[] = {
        "46000024 00010000 40110000" V4_ADDRESSES "94040000" UDP,
        "60000000 0014 00 40" V6_ADDRESSES "1100050200000100" UDP,
        "60000000 0024 00 40" V6_ADDRESSES "3c00050200000100 2b00010400000000 1100000000000000" UDP,
        "60000000 0024 33 40" V6_ADDRESSES "1104000000000001 00000001 000000000000000000000000" UDP,
        "60000000 0014 87 40" V6_ADDRESSES "1100000000000000" UDP,
        "60000000 0014 2c 40" V6_ADDRESSES "1100000012345678" UDP, /* an atomic fragment */
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct decoded d = decode_hex(vectors[i]);
        assert_int_equal(d.status, DISSECT_OK);
        assert_int_equal(d.packet.protocol, IP_PROTOCOL_UDP);
        assert_int_equal(d.packet.source.port, 54321);
        assert_int_equal(d.packet.destination.port, 3478);
        assert_false(d.packet.fragment.is_fragment);
        assert_true(bytes_equal(d.packet.payload, bytes_of("test", 4)));
        drop(&d);
    }
}

static void test_headers_that_contradict_themselves(void **state)
{
    (void)state;
    static const char *const vectors[] = {
        "44000020 00010000 40110000" V4_ADDRESSES UDP, /* header of 16 bytes */
        "4600001c 00010000 40110000" V4_ADDRESSES UDP, /* UDP header cut by the total length */
        "45000013 00010000 40110000" V4_ADDRESSES UDP, /* total length under the header's */
        "45000020 00010000 40110000" V4_ADDRESSES "d4310d96 0007 0000 74657374",
        "45000020 00010000 40110000" V4_ADDRESSES "d4310d96 000d 0000 74657374",
        "45000020 00010000 40110000" V4_ADDRESSES "d4310d96 0000 0000 74657374",
        "45000028 00010000 40060000" V4_ADDRESSES "c350 01bb 01020304 00000000 4002 0000 00000000",
        "45000028 00010000 40060000" V4_ADDRESSES "c350 01bb 01020304 00000000 6002 0000 00000000",
        "60000000 0014 00 40" V6_ADDRESSES "1102050200000100" UDP, /* options beyond the packet */
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        print_message("%zu\n", i);
        assert_int_equal(status_of(vectors[i]), DISSECT_MALFORMED);
    }
}

/* 17 options headers of 8 bytes: nothing sends that, and following them has an end. */
static void test_extension_headers_are_bounded(void **state)
{
    (void)state;
    uint8_t buffer[FRAME_MAX];
    struct bytes head = from_hex("60000000 0094 3c 40" V6_ADDRESSES, buffer, sizeof buffer);
    memset(buffer + head.length, 0, 17 * 8);
    for (size_t i = 0; i < 17; i++)
        buffer[head.length + i * 8] = i == 16 ? IP_PROTOCOL_UDP : 60;
    size_t length = head.length + 17 * 8;
    length += from_hex(UDP, buffer + length, sizeof buffer - length).length;
    struct decoded d = decode(bytes_of(buffer, length), length);
    assert_int_equal(d.status, DISSECT_MALFORMED);
    drop(&d);
}

/* Segmentation offload: the length is the network card's to fill in. */
static void test_no_length_in_the_ip_header(void **state)
{
    (void)state;
    struct decoded d = decode_hex("45000000 00010000 40110000" V4_ADDRESSES UDP);
    assert_int_equal(d.status, DISSECT_OK);
    assert_int_equal(d.packet.payload_length, 4);
    drop(&d);
    d = decode_hex("60000000 0000 11 40" V6_ADDRESSES "d4310d96 00000000 74657374");
    assert_int_equal(d.status, DISSECT_OK);
    assert_int_equal(d.packet.payload_length, 4);
    drop(&d);
}

static void test_tcp(void **state)
{
    (void)state;
    struct decoded d = decode_hex(SYN_SEGMENT);
    assert_int_equal(d.status, DISSECT_OK);
    assert_int_equal(d.packet.tcp.flags, TCP_SYN);
    assert_int_equal(d.packet.tcp.sequence, 0x01020304);
    assert_int_equal(d.packet.tcp.window, 0xfaf0);
    assert_int_equal(d.packet.tcp.maximum_segment_size, 1460);
    assert_int_equal(d.packet.tcp.window_scale, 7);
    assert_int_equal(d.packet.payload_length, 0);
    drop(&d);
    d = decode_hex(DATA_SEGMENT);
    assert_int_equal(d.status, DISSECT_OK);
    assert_int_equal(d.packet.tcp.flags, TCP_PSH | TCP_ACK);
    assert_int_equal(d.packet.tcp.acknowledgment, 0x0a0b0c0d);
    assert_int_equal(d.packet.tcp.maximum_segment_size, 0);
    assert_int_equal(d.packet.tcp.window_scale, -1);
    assert_true(bytes_equal(d.packet.payload, bytes_of("test", 4)));
    drop(&d);
}

static void test_tcp_options_of_a_liar(void **state)
{
    (void)state;
    static const char *const options[] = {
        "00 0405b4 00000000", /* ended at once */
        "02 ff05b4 00000000", /* beyond the header */
        "02 0005b4 00000000", /* length 0 would never end */
        "02 03 05b4 03020000",
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        uint8_t buffer[FRAME_MAX];
        struct bytes head = from_hex("45000030 00014000 40060000" V4_ADDRESSES
                                     "c350 01bb 01020304 00000000 7002 faf0 0000 0000",
                                     buffer, sizeof buffer);
        struct bytes tail = from_hex(options[i], buffer + head.length, 8);
        struct decoded d =
            decode(bytes_of(buffer, head.length + tail.length), head.length + tail.length);
        assert_int_equal(d.status, DISSECT_OK);
        assert_int_equal(d.packet.tcp.maximum_segment_size, 0);
        assert_int_equal(d.packet.tcp.window_scale, -1);
        drop(&d);
    }
}

/* A snaplen that leaves the fixed header but not all options still gives a segment. */
static void test_tcp_truncations(void **state)
{
    (void)state;
    uint8_t buffer[FRAME_MAX];
    struct bytes frame = from_hex(SYN_SEGMENT, buffer, sizeof buffer);
    for (size_t length = 0; length < frame.length; length++) {
        struct decoded d = decode(bytes_first(frame, length), frame.length);
        assert_int_equal(d.status, DISSECT_CUT_SHORT);
        assert_true(d.packet.cut);
        assert_int_equal(d.packet.protocol, length < 40 ? 0 : IP_PROTOCOL_TCP);
        assert_int_equal(d.packet.tcp.maximum_segment_size, length < 44 ? 0 : 1460);
        assert_int_equal(d.packet.payload_length, 0);
        drop(&d);
        d = decode(bytes_first(frame, length), length);
        assert_int_equal(d.status, length < 20 ? DISSECT_MALFORMED : DISSECT_CUT_SHORT);
        drop(&d);
    }
}

static void test_fragments(void **state)
{
    (void)state;
    struct decoded d = decode_hex("45000024 00072000 40110000" V4_ADDRESSES UDP "00000000");
    assert_int_equal(d.status, DISSECT_OK);
    assert_true(d.packet.fragment.is_fragment && d.packet.fragment.more_fragments);
    assert_int_equal(d.packet.fragment.identification, 7);
    assert_int_equal(d.packet.fragment.offset, 0);
    assert_int_equal(d.packet.source.port, 0);
    assert_int_equal(d.packet.payload_length, 16);
    drop(&d);
    d = decode_hex("45000018 00070002 40110000" V4_ADDRESSES "01020304");
    assert_true(d.packet.fragment.is_fragment && !d.packet.fragment.more_fragments);
    assert_int_equal(d.packet.fragment.offset, 16);
    assert_int_equal(d.packet.payload_length, 4);
    drop(&d);
    d = decode_hex("60000000 0010 2c 40" V6_ADDRESSES "11000059 12345678 0102030405060708");
    assert_int_equal(d.status, DISSECT_OK);
    assert_true(d.packet.fragment.is_fragment && d.packet.fragment.more_fragments);
    assert_int_equal(d.packet.fragment.identification, 0x12345678);
    assert_int_equal(d.packet.fragment.offset, 88);
    assert_int_equal(d.packet.protocol, IP_PROTOCOL_UDP);
    assert_int_equal(d.packet.payload_length, 8);
    drop(&d);
}

static void test_a_payload_put_together(void **state)
{
    (void)state;
    uint8_t buffer[FRAME_MAX];
    struct packet packet = {.protocol = IP_PROTOCOL_UDP, .source.ip.family = 4, .cut = true};
    packet.fragment.is_fragment = true;
    struct bytes payload = from_hex(UDP, buffer, sizeof buffer);
    assert_int_equal(packet_decode_transport(&packet, payload, 12), DISSECT_OK);
    assert_false(packet.cut || packet.fragment.is_fragment);
    assert_int_equal(packet.destination.port, 3478);
    assert_true(bytes_equal(packet.payload, bytes_of("test", 4)));
    struct bytes head = bytes_first(payload, 10);
    assert_int_equal(packet_decode_transport(&packet, head, 12), DISSECT_CUT_SHORT);
    assert_int_equal(packet.payload_length, 4);
    assert_int_equal(packet.payload.length, 2);
}

struct icmp_vector {
    const char *hex;
    uint8_t type;
    uint8_t code;
    uint32_t mtu;
    uint8_t quoted_protocol;
    const char *quoted_source;
    const char *quoted_destination;
    size_t quoted_payload;
};

static const struct icmp_vector icmp_vectors[] = {
    {ICMP_V4("003c") "0303 0000 00000000 45000020 00010000 40110000" V4_ADDRESSES UDP, 3, 3, 0, 17,
     "192.0.2.1:54321", "198.51.100.2:3478", 4},
    {ICMP_V4("0038") "0304 0000 00000578 450005dc 00014000 40060000" V4_ADDRESSES
                     "c350 01bb 01020304",
     3, 4, 1400, 6, "192.0.2.1:50000", "198.51.100.2:443", 0},
    {ICMP_V4("003c") "0501 0000 0a000007 45000020 00010000 40110000" V4_ADDRESSES UDP, 5, 1, 0, 17,
     "192.0.2.1:54321", "198.51.100.2:3478", 4},
    {ICMP_V4("0038") "0b00 0000 00000000 450005dc 00010003 40110000" V4_ADDRESSES
                     "c350 01bb 01020304", /* a later fragment has no ports */
     11, 0, 0, 17, "192.0.2.1:0", "198.51.100.2:0", 8},
    {ICMP_V6("004f") "0200 0000 00000500 60000000 04d8 2c40" V6_ADDRESSES
                     "06000001 00000007 c350 01bb 01020304 00000000 5010 0200 0000 0000 78797a",
     2, 0, 1280, 6, "[2001:db8::1]:50000", "[2001:db8::2]:443", 3},
    {ICMP_V6("0044") "0104 0000 00000000 60000000 0014 0040" V6_ADDRESSES "1100050200000100" UDP, 1,
     4, 0, 17, "[2001:db8::1]:54321", "[2001:db8::2]:3478", 4},
};

static void check_icmp(const struct packet *packet, const struct icmp_vector *expected)
{
    assert_true(packet->is_icmp_error);
    assert_int_equal(packet->icmp.type, expected->type);
    assert_int_equal(packet->icmp.code, expected->code);
    assert_int_equal(packet->icmp.mtu, expected->mtu);
    assert_int_equal(packet->icmp.protocol, expected->quoted_protocol);
    check_address(&packet->icmp.source, expected->quoted_source);
    check_address(&packet->icmp.destination, expected->quoted_destination);
    bool v4 = packet->source.ip.family == 4;
    check_address(&packet->source, v4 ? "10.0.0.1:0" : "[2001:db8::9]:0");
    check_address(&packet->destination, v4 ? "192.0.2.1:0" : "[2001:db8::1]:0");
}

static void test_icmp_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof icmp_vectors / sizeof icmp_vectors[0]; i++) {
        struct decoded d = decode_hex(icmp_vectors[i].hex);
        assert_int_equal(d.status, DISSECT_OK);
        check_icmp(&d.packet, &icmp_vectors[i]);
        assert_int_equal(d.packet.icmp.payload.length, icmp_vectors[i].quoted_payload);
        drop(&d);
    }
}

/* A cut quote is as good as what there is of it: ports or nothing. */
static void test_icmp_truncations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof icmp_vectors / sizeof icmp_vectors[0]; i++) {
        uint8_t buffer[FRAME_MAX];
        struct bytes frame = from_hex(icmp_vectors[i].hex, buffer, sizeof buffer);
        for (size_t length = 0; length < frame.length; length++) {
            struct decoded d = decode(bytes_first(frame, length), frame.length);
            assert_int_equal(d.status, DISSECT_CUT_SHORT);
            if (d.packet.is_icmp_error && d.packet.icmp.protocol != 0)
                check_icmp(&d.packet, &icmp_vectors[i]);
            drop(&d);
        }
    }
}

/* RFC 4884: the quote is padded to the length given; an extension object follows. */
static void test_icmp_extensions(void **state)
{
    (void)state;
    uint8_t buffer[FRAME_MAX] = {0};
    struct bytes head =
        from_hex(ICMP_V4("00a8") "0b00 0000 00200000 45000400 00010000 40110000" V4_ADDRESSES
                                 "d4310d96 03ec0000 74657374",
                 buffer, sizeof buffer);
    assert_int_equal(head.length, 28 + 32);
    from_hex("2000 0000 0008 0101 00010140", buffer + 28 + 128, 12);
    struct decoded d = decode(bytes_of(buffer, 168), 168);
    assert_int_equal(d.status, DISSECT_OK);
    assert_int_equal(d.packet.icmp.protocol, IP_PROTOCOL_UDP);
    check_address(&d.packet.icmp.destination, "198.51.100.2:3478");
    assert_int_equal(d.packet.icmp.payload.length, 128 - 28);
    assert_memory_equal(d.packet.icmp.payload.data, "test", 4);
    drop(&d);
}

static void test_icmp_that_is_no_error(void **state)
{
    (void)state;
    struct decoded d = decode_hex(ICMP_V4("001c") "0800 0000 00010001");
    assert_int_equal(d.status, DISSECT_OK);
    assert_false(d.packet.is_icmp_error);
    assert_int_equal(d.packet.payload_length, 8);
    assert_int_equal(d.packet.payload.data[0], 8);
    drop(&d);
    d = decode_hex(ICMP_V4("001c") "0303 0000 00000000");
    assert_true(d.packet.is_icmp_error);
    assert_int_equal(d.packet.icmp.protocol, 0);
    drop(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers_before_udp),
        cmocka_unit_test(test_headers_that_contradict_themselves),
        cmocka_unit_test(test_extension_headers_are_bounded),
        cmocka_unit_test(test_no_length_in_the_ip_header),
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_tcp_options_of_a_liar),
        cmocka_unit_test(test_tcp_truncations),
        cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_a_payload_put_together),
        cmocka_unit_test(test_icmp_errors),
        cmocka_unit_test(test_icmp_truncations),
        cmocka_unit_test(test_icmp_extensions),
        cmocka_unit_test(test_icmp_that_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
