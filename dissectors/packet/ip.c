/* SPDX-License-Identifier: MIT */
/* IPv4 (RFC 791), IPv6 (RFC 8200) with its extension headers, AH (RFC 4302). */
#include "dissectors/packet/layers.h"

enum {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_IPV4 = 4,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_AUTHENTICATION = 51,
    PROTOCOL_DESTINATION_OPTIONS = 60,
    PROTOCOL_MOBILITY = 135, /* RFC 6275 */
    PROTOCOL_HOST_IDENTITY = 139,
    PROTOCOL_SHIM6 = 140,
};

enum { IPV4_HEADER = 20 };

/* Each header is at most once (or twice) in a packet: RFC 8200 section 4.1. */
enum { EXTENSION_HEADERS_LIMIT = 16 };

static void read_addresses_v6(struct walk *walk)
{
    struct packet *packet = walk->packet;
    packet->source = (struct transport_address){.ip = ip_address_read(&walk->c, 6)};
    packet->destination = (struct transport_address){.ip = ip_address_read(&walk->c, 6)};
}

/* Both addresses of an IPv4 header. */
static void read_addresses_v4(struct packet *packet, struct bytes header)
{
    packet->source = (struct transport_address){.ip = ip_address_v4(header.data + 12)};
    packet->destination = (struct transport_address){.ip = ip_address_v4(header.data + 16)};
}

static void read_fragment_v4(struct ip_fragment *fragment, uint16_t identification, uint16_t field)
{
    fragment->identification = identification;
    fragment->more_fragments = field & 0x2000;
    fragment->offset = (field & 0x1fffu) * 8;
    fragment->is_fragment = fragment->more_fragments || fragment->offset != 0;
}

/* RFC 791 section 3.1. Total length 0: the network card had yet to cut the segment up. */
static enum dissect_status read_ipv4_header(struct walk *walk, uint8_t *protocol)
{
    struct cursor *c = &walk->c;
    struct bytes fixed = cursor_take(c, IPV4_HEADER);
    if (c->failed)
        return walk_short(walk);
    size_t length = (size_t)(bytes_u8(fixed, 0) & 0xf) * 4, total = bytes_u16(fixed, 2);
    *protocol = bytes_u8(fixed, 9);
    walk->packet->ttl = bytes_u8(fixed, 8);
    read_addresses_v4(walk->packet, fixed);
    if (bytes_u8(fixed, 0) >> 4 != 4 || length < IPV4_HEADER || (total != 0 && total < length))
        return DISSECT_MALFORMED;
    read_fragment_v4(&walk->packet->fragment, bytes_u16(fixed, 4), bytes_u16(fixed, 6));
    walk->unbounded = total == 0;
    if (total != 0)
        walk_bound(walk, total - IPV4_HEADER);
    cursor_skip(c, length - IPV4_HEADER);
    return c->failed ? walk_short(walk) : DISSECT_OK;
}

/* RFC 8200 section 3. Payload length 0: a jumbogram (RFC 2675), or segmentation offload. */
static enum dissect_status read_ipv6_header(struct walk *walk, uint8_t *protocol)
{
    struct cursor *c = &walk->c;
    uint32_t version = cursor_u32(c) >> 28;
    size_t length = cursor_u16(c);
    *protocol = cursor_u8(c);
    walk->packet->ttl = cursor_u8(c);
    read_addresses_v6(walk);
    if (c->failed)
        return walk_short(walk);
    if (version != 6)
        return DISSECT_MALFORMED;
    walk->packet->fragment = (struct ip_fragment){0};
    walk->unbounded = length == 0;
    if (length != 0)
        walk_bound(walk, length);
    return DISSECT_OK;
}

/* RFC 8200 section 4.5. A fragment that is the whole packet (RFC 6946) is none. */
static void read_fragment_v6(struct cursor *c, struct ip_fragment *fragment)
{
    cursor_skip(c, 1);
    uint16_t field = cursor_u16(c);
    fragment->identification = cursor_u32(c);
    fragment->more_fragments = field & 1;
    fragment->offset = field & 0xfff8u;
    fragment->is_fragment = fragment->more_fragments || fragment->offset != 0;
}

static bool is_extension_header(uint8_t protocol, unsigned family)
{
    switch (protocol) {
    case PROTOCOL_AUTHENTICATION:
        return true;
    case PROTOCOL_HOP_BY_HOP:
    case PROTOCOL_ROUTING:
    case PROTOCOL_FRAGMENT:
    case PROTOCOL_DESTINATION_OPTIONS:
    case PROTOCOL_MOBILITY:
    case PROTOCOL_HOST_IDENTITY:
    case PROTOCOL_SHIM6:
        return family == 6;
    default:
        return false;
    }
}

static void skip_extension_header(struct walk *walk, uint8_t *protocol)
{
    uint8_t kind = *protocol;
    *protocol = cursor_u8(&walk->c);
    if (kind == PROTOCOL_FRAGMENT) {
        read_fragment_v6(&walk->c, &walk->packet->fragment);
        return;
    }
    size_t length = cursor_u8(&walk->c);
    cursor_skip(&walk->c, kind == PROTOCOL_AUTHENTICATION ? length * 4 + 6 : length * 8 + 6);
}

/* Stops at a fragment: the rest is only known when it is put together. */
static enum dissect_status skip_extension_headers(struct walk *walk, uint8_t *protocol)
{
    unsigned family = walk->packet->source.ip.family;
    for (unsigned i = 0; i < EXTENSION_HEADERS_LIMIT; i++) {
        if (walk->packet->fragment.is_fragment || !is_extension_header(*protocol, family))
            return DISSECT_OK;
        skip_extension_header(walk, protocol);
        if (walk->c.failed)
            return walk_short(walk);
    }
    return DISSECT_MALFORMED;
}

static unsigned ip_version(const struct walk *walk)
{
    struct cursor ahead = walk->c;
    return cursor_u8(&ahead) >> 4;
}

enum dissect_status read_ip_headers(struct walk *walk, uint8_t *protocol)
{
    enum dissect_status status =
        ip_version(walk) == 6 ? read_ipv6_header(walk, protocol) : read_ipv4_header(walk, protocol);
    return status == DISSECT_OK ? skip_extension_headers(walk, protocol) : status;
}

enum dissect_status decode_ip_payload(struct walk *walk, uint8_t protocol)
{
    enum dissect_status status = skip_extension_headers(walk, &protocol);
    if (status != DISSECT_OK)
        return status;
    walk->packet->protocol = protocol;
    if (walk->packet->fragment.is_fragment)
        return walk_payload(walk);
    if (protocol == PROTOCOL_IPV4 || protocol == PROTOCOL_IPV6)
        return decode_ip_in_ip(walk);
    return decode_transport(walk, protocol);
}

enum dissect_status decode_ipv4(struct walk *walk)
{
    uint8_t protocol;
    enum dissect_status status = read_ipv4_header(walk, &protocol);
    return status == DISSECT_OK ? decode_ip_payload(walk, protocol) : status;
}

enum dissect_status decode_ipv6(struct walk *walk)
{
    uint8_t protocol;
    enum dissect_status status = read_ipv6_header(walk, &protocol);
    return status == DISSECT_OK ? decode_ip_payload(walk, protocol) : status;
}

enum dissect_status decode_ip(struct walk *walk)
{
    unsigned version = ip_version(walk);
    if (cursor_left(&walk->c) == 0)
        return walk_short(walk);
    if (version == 4)
        return decode_ipv4(walk);
    return version == 6 ? decode_ipv6(walk) : DISSECT_NOT_MINE;
}
