/* SPDX-License-Identifier: MIT */
/* UDP (RFC 768) and TCP (RFC 9293) with the options of a SYN. */
#include "dissectors/packet/layers.h"

enum { PROTOCOL_GRE = 47, UDP_HEADER = 8, TCP_HEADER = 20 };

enum tcp_option {
    TCP_OPTION_END = 0,
    TCP_OPTION_NOTHING = 1,
    TCP_OPTION_MAXIMUM_SEGMENT_SIZE = 2,
    TCP_OPTION_WINDOW_SCALE = 3,
};

enum { WINDOW_SCALE_MAX = 14 }; /* RFC 7323 section 2.3 */

static void read_ports(struct packet *packet, struct bytes header)
{
    packet->source.port = bytes_u16(header, 0);
    packet->destination.port = bytes_u16(header, 2);
}

static enum dissect_status decode_udp(struct walk *walk)
{
    struct bytes header = cursor_take(&walk->c, UDP_HEADER);
    if (walk->c.failed)
        return walk_short(walk);
    read_ports(walk->packet, header);
    size_t length = bytes_u16(header, 4);
    if (length == 0 && walk->unbounded) /* RFC 2675 section 4 */
        length = UDP_HEADER + walk_length(walk);
    if (length < UDP_HEADER || length - UDP_HEADER > walk_length(walk))
        return DISSECT_MALFORMED;
    walk_bound(walk, length - UDP_HEADER);
    walk_payload(walk);
    return decode_udp_tunnel(walk);
}

/* A list that contradicts itself ends there: what was read before it holds. */
static void read_options(struct cursor options, struct tcp_header *tcp)
{
    while (!options.failed && cursor_left(&options) > 0) {
        uint8_t kind = cursor_u8(&options);
        if (kind == TCP_OPTION_END)
            return;
        if (kind == TCP_OPTION_NOTHING)
            continue;
        uint8_t length = cursor_u8(&options);
        if (length < 2)
            return;
        struct cursor value = cursor_sub(&options, length - 2u);
        if (value.failed)
            return;
        if (kind == TCP_OPTION_MAXIMUM_SEGMENT_SIZE && length == 4)
            tcp->maximum_segment_size = cursor_u16(&value);
        uint8_t shift = kind == TCP_OPTION_WINDOW_SCALE && length == 3 ? cursor_u8(&value) : 0;
        if (kind == TCP_OPTION_WINDOW_SCALE && length == 3)
            tcp->window_scale = (int8_t)(shift < WINDOW_SCALE_MAX ? shift : WINDOW_SCALE_MAX);
    }
}

/* Options that the snaplen cut take nothing from the header: it is all in the fixed part. */
static enum dissect_status skip_options(struct walk *walk, size_t length)
{
    struct packet *packet = walk->packet;
    if (length > walk_length(walk))
        return DISSECT_MALFORMED;
    size_t captured = cursor_left(&walk->c) < length ? cursor_left(&walk->c) : length;
    struct cursor options = cursor_sub(&walk->c, captured);
    walk->missing -= length - captured;
    if (packet->tcp.flags & TCP_SYN)
        read_options(options, &packet->tcp);
    walk_payload(walk);
    packet->cut |= captured < length;
    return DISSECT_OK;
}

static enum dissect_status decode_tcp(struct walk *walk)
{
    struct tcp_header *tcp = &walk->packet->tcp;
    struct bytes header = cursor_take(&walk->c, TCP_HEADER);
    if (walk->c.failed)
        return walk_short(walk);
    read_ports(walk->packet, header);
    tcp->sequence = bytes_u32(header, 4);
    tcp->acknowledgment = bytes_u32(header, 8);
    tcp->flags = bytes_u8(header, 13) & 0x3f;
    tcp->window = bytes_u16(header, 14);
    tcp->maximum_segment_size = 0;
    tcp->window_scale = -1;
    size_t length = (size_t)(bytes_u8(header, 12) >> 4) * 4;
    return length < TCP_HEADER ? DISSECT_MALFORMED : skip_options(walk, length - TCP_HEADER);
}

enum dissect_status decode_transport(struct walk *walk, uint8_t protocol)
{
    unsigned family = walk->packet->source.ip.family;
    switch (protocol) {
    case IP_PROTOCOL_UDP:
        return decode_udp(walk);
    case IP_PROTOCOL_TCP:
        return decode_tcp(walk);
    case IP_PROTOCOL_ICMP:
        return family == 4 ? decode_icmp(walk) : walk_payload(walk);
    case IP_PROTOCOL_ICMPV6:
        return family == 6 ? decode_icmp(walk) : walk_payload(walk);
    case PROTOCOL_GRE:
        return decode_gre(walk);
    default:
        return walk_payload(walk);
    }
}
