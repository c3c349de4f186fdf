/* SPDX-License-Identifier: MIT */
/* ICMP (RFC 792) and ICMPv6 (RFC 4443): errors and the packet that they quote. */
#include "dissectors/packet/layers.h"

enum icmp_type {
    ICMP_DESTINATION_UNREACHABLE = 3,
    ICMP_SOURCE_QUENCH = 4,
    ICMP_REDIRECT = 5,
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAMETER_PROBLEM = 12,
};

enum { ICMP_FRAGMENTATION_NEEDED = 4 }; /* code of destination unreachable */

enum icmpv6_type {
    ICMPV6_DESTINATION_UNREACHABLE = 1,
    ICMPV6_PACKET_TOO_BIG = 2,
    ICMPV6_TIME_EXCEEDED = 3,
    ICMPV6_PARAMETER_PROBLEM = 4,
};

/* RFC 4884 section 3: a quote that extensions follow is padded to this at least. */
enum { EXTENDED_QUOTE_MINIMUM = 128 };

static bool is_error(uint8_t type, unsigned family)
{
    if (family == 6)
        return type >= ICMPV6_DESTINATION_UNREACHABLE && type <= ICMPV6_PARAMETER_PROBLEM;
    return type == ICMP_DESTINATION_UNREACHABLE || type == ICMP_SOURCE_QUENCH ||
           type == ICMP_REDIRECT || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER_PROBLEM;
}

static uint32_t next_hop_mtu(const struct icmp_error *error, unsigned family, uint32_t rest)
{
    if (family == 6)
        return error->type == ICMPV6_PACKET_TOO_BIG ? rest : 0;
    if (error->type == ICMP_DESTINATION_UNREACHABLE && error->code == ICMP_FRAGMENTATION_NEEDED)
        return rest & 0xffff; /* RFC 1191 section 4 */
    return 0;
}

/* The length of the quote that RFC 4884 section 4 lets the second word give; 0: not given. */
static size_t quote_length(uint8_t type, unsigned family, uint32_t rest)
{
    if (family == 6) {
        bool extended = type == ICMPV6_DESTINATION_UNREACHABLE || type == ICMPV6_TIME_EXCEEDED;
        return extended ? (size_t)(rest >> 24) * 8 : 0;
    }
    bool extended = type == ICMP_DESTINATION_UNREACHABLE || type == ICMP_TIME_EXCEEDED ||
                    type == ICMP_PARAMETER_PROBLEM;
    return extended ? (size_t)(rest >> 16 & 0xff) * 4 : 0;
}

static struct bytes quoted_udp_payload(struct cursor *c)
{
    size_t length = cursor_u16(c);
    cursor_skip(c, 2);
    struct bytes payload = cursor_rest(c);
    return length >= 8 ? bytes_first(payload, length - 8) : payload;
}

/* Behind the ports stand the sequence and acknowledgment numbers, then the length of the header. */
static struct bytes quoted_tcp_payload(struct cursor *c)
{
    cursor_skip(c, 8);
    size_t header = (size_t)(cursor_u8(c) >> 4) * 4;
    if (header < 20)
        return bytes_of(NULL, 0);
    cursor_skip(c, header - 13);
    return cursor_rest(c);
}

static void read_quoted_transport(struct walk *quote, struct icmp_error *error, uint8_t protocol)
{
    error->payload = cursor_rest(&quote->c);
    if (quote->packet->fragment.offset != 0 ||
        (protocol != IP_PROTOCOL_UDP && protocol != IP_PROTOCOL_TCP))
        return;
    uint16_t source = cursor_u16(&quote->c);
    uint16_t destination = cursor_u16(&quote->c);
    if (quote->c.failed) {
        error->protocol = 0;
        return;
    }
    error->source.port = source;
    error->destination.port = destination;
    error->payload =
        protocol == IP_PROTOCOL_UDP ? quoted_udp_payload(&quote->c) : quoted_tcp_payload(&quote->c);
}

static void read_quote(struct walk *walk, size_t length)
{
    struct icmp_error *error = &walk->packet->icmp;
    struct packet quoted = {0};
    struct walk quote = {.packet = &quoted, .c = cursor_of(cursor_rest(&walk->c))};
    if (length >= EXTENDED_QUOTE_MINIMUM)
        quote.c = cursor_of(bytes_first(cursor_rest(&walk->c), length));
    uint8_t protocol;
    if (read_ip_headers(&quote, &protocol) != DISSECT_OK)
        return;
    error->protocol = protocol;
    error->source = quoted.source;
    error->destination = quoted.destination;
    read_quoted_transport(&quote, error, protocol);
}

/* The payload of the packet is the message from its type octet on. */
enum dissect_status decode_icmp(struct walk *walk)
{
    unsigned family = walk->packet->source.ip.family;
    struct icmp_error error = {0};
    walk_payload(walk);
    error.type = cursor_u8(&walk->c);
    error.code = cursor_u8(&walk->c);
    cursor_skip(&walk->c, 2);
    if (walk->c.failed)
        return walk_short(walk);
    if (!is_error(error.type, family))
        return DISSECT_OK;
    uint32_t rest = cursor_u32(&walk->c);
    if (walk->c.failed)
        return walk_short(walk);
    error.mtu = next_hop_mtu(&error, family, rest);
    walk->packet->is_icmp_error = true;
    walk->packet->icmp = error;
    read_quote(walk, quote_length(error.type, family, rest));
    return DISSECT_OK;
}
