/* SPDX-License-Identifier: MIT */
/* Tunnels above IP: IP in IP (RFC 2003, RFC 4213), GRE (RFC 2784, 2890, 2637), VXLAN (RFC 7348),
 * GTP-U (3GPP TS 29.281). */
#include "dissectors/packet/layers.h"

enum gre_flag {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000, /* RFC 1701, withdrawn */
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACKNOWLEDGMENT = 0x0080, /* version 1 */
    GRE_VERSION = 0x0007,
};

enum gre_protocol {
    GRE_TRANSPARENT_ETHERNET = 0x6558,
    GRE_PPP = 0x880b,
    GRE_ERSPAN = 0x88be, /* draft-foschiano-erspan: a switch's mirrored frames */
};

enum { VXLAN_PORT = 4789, VXLAN_VALID_ID = 0x08000000, GTP_USER_PORT = 2152 };

/* Goes on inside; back to the packet around the tunnel when that finds no IP packet. */
static enum dissect_status follow(struct walk *walk, enum encapsulation encapsulation,
                                  enum dissect_status (*inside)(struct walk *walk))
{
    struct packet around = *walk->packet;
    *walk->packet = (struct packet){.encapsulations = around.encapsulations};
    enum dissect_status status = DISSECT_NOT_MINE;
    if (walk_enter(walk, encapsulation))
        status = inside(walk);
    if (status == DISSECT_OK || status == DISSECT_CUT_SHORT)
        return status;
    *walk->packet = around;
    return DISSECT_OK;
}

enum dissect_status decode_ip_in_ip(struct walk *walk)
{
    walk_payload(walk);
    return follow(walk, ENCAPSULATION_IP_IN_IP, decode_ip);
}

static enum dissect_status decode_gre_payload(struct walk *walk, uint16_t flags, uint16_t type)
{
    switch (type) {
    case GRE_TRANSPARENT_ETHERNET:
        return decode_ethernet(walk);
    case GRE_PPP:
        return decode_ppp(walk);
    case GRE_ERSPAN: /* type I has neither sequence number nor header of its own, type II both */
        cursor_skip(&walk->c, flags & GRE_SEQUENCE ? 8 : 0);
        return decode_ethernet(walk);
    default:
        return decode_ethertype(walk, type);
    }
}

/* RFC 2637 section 4.1: in version 1 the key is the payload length and a call ID. */
static void read_enhanced_key(struct cursor *c, size_t *payload_length)
{
    *payload_length = cursor_u16(c);
    cursor_skip(c, 2);
}

static enum dissect_status decode_gre_header(struct walk *walk)
{
    struct cursor *c = &walk->c;
    uint16_t flags = cursor_u16(c);
    uint16_t type = cursor_u16(c);
    size_t payload_length = SIZE_MAX;
    if (flags & GRE_ROUTING || (flags & GRE_VERSION) > 1)
        return DISSECT_NOT_MINE;
    bool enhanced = (flags & GRE_VERSION) == 1;
    cursor_skip(c, flags & GRE_CHECKSUM ? 4 : 0);
    if (flags & GRE_KEY && enhanced)
        read_enhanced_key(c, &payload_length);
    else
        cursor_skip(c, flags & GRE_KEY ? 4 : 0);
    cursor_skip(c, flags & GRE_SEQUENCE ? 4 : 0);
    cursor_skip(c, enhanced && flags & GRE_ACKNOWLEDGMENT ? 4 : 0);
    if (c->failed)
        return walk_short(walk);
    if (payload_length < walk_length(walk))
        walk_bound(walk, payload_length);
    return decode_gre_payload(walk, flags, type);
}

enum dissect_status decode_gre(struct walk *walk)
{
    walk_payload(walk);
    return follow(walk, ENCAPSULATION_GRE, decode_gre_header);
}

/* RFC 7348 section 5: flags with the I bit alone, the network identifier, a reserved octet. */
static enum dissect_status decode_vxlan(struct walk *walk)
{
    uint32_t flags = cursor_u32(&walk->c);
    uint32_t identifier = cursor_u32(&walk->c);
    if (walk->c.failed)
        return walk_short(walk);
    if (flags != VXLAN_VALID_ID || (identifier & 0xff) != 0)
        return DISSECT_NOT_MINE;
    return decode_ethernet(walk);
}

/* Lengths of GTP-U extension headers count 4 octets; the last octet is the type of the next. */
static void skip_gtp_extensions(struct cursor *c)
{
    cursor_skip(c, 3);
    while (cursor_u8(c) != 0)
        cursor_skip(c, (size_t)cursor_u8(c) * 4 - 2);
}

/* TS 29.281 section 5.1: version 1, GTP; message type; length; tunnel ID; options. */
static enum dissect_status decode_gtp_user(struct walk *walk)
{
    enum { VERSION_AND_TYPE = 0xf0, VERSION_1_GTP = 0x30, EXTENSION = 4, OPTIONS = 7, T_PDU = 255 };
    uint8_t flags = cursor_u8(&walk->c);
    uint8_t message = cursor_u8(&walk->c);
    uint16_t length = cursor_u16(&walk->c);
    cursor_skip(&walk->c, 4);
    if (walk->c.failed)
        return walk_short(walk);
    if ((flags & VERSION_AND_TYPE) != VERSION_1_GTP || message != T_PDU ||
        length > walk_length(walk))
        return DISSECT_NOT_MINE;
    walk_bound(walk, length);
    if (flags & EXTENSION)
        skip_gtp_extensions(&walk->c);
    else
        cursor_skip(&walk->c, flags & OPTIONS ? 4 : 0);
    return decode_ip(walk);
}

enum dissect_status decode_udp_tunnel(struct walk *walk)
{
    if (walk->packet->destination.port == VXLAN_PORT)
        return follow(walk, ENCAPSULATION_VXLAN, decode_vxlan);
    if (walk->packet->destination.port == GTP_USER_PORT)
        return follow(walk, ENCAPSULATION_GTP, decode_gtp_user);
    return DISSECT_OK;
}
