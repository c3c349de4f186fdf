/* SPDX-License-Identifier: MIT */
/* Ethernet II and IEEE 802.3 with LLC/SNAP, and what an EtherType leads to: VLAN tags (IEEE
 * 802.1Q), PPPoE sessions (RFC 2516), MPLS (RFC 3032). */
#include "dissectors/packet/layers.h"

enum ethertype {
    ETHERTYPE_LENGTH_MAX = 1500, /* up to here it is the length of an 802.3 frame */
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_MPLS_UPSTREAM = 0x8848, /* RFC 5332 */
    ETHERTYPE_PPPOE_SESSION = 0x8864,
    ETHERTYPE_SERVICE_VLAN = 0x88a8,
    ETHERTYPE_QINQ = 0x9100, /* before 802.1ad, still sold */
};

enum { MAC_ADDRESSES = 12, LLC_SNAP = 0xaaaa, LLC_UNNUMBERED = 3 };

static enum dissect_status decode_llc(struct walk *walk, uint16_t length)
{
    if (length < walk_length(walk))
        walk_bound(walk, length);
    uint16_t service_points = cursor_u16(&walk->c);
    uint8_t control = cursor_u8(&walk->c);
    if (walk->c.failed)
        return walk_short(walk);
    if (service_points != LLC_SNAP || control != LLC_UNNUMBERED)
        return DISSECT_NOT_MINE;
    cursor_skip(&walk->c, 3);
    uint16_t type = cursor_u16(&walk->c);
    if (walk->c.failed)
        return walk_short(walk);
    return type <= ETHERTYPE_LENGTH_MAX ? DISSECT_NOT_MINE : decode_ethertype(walk, type);
}

/* RFC 3032 names no payload type: an IP packet shows by its version. Otherwise it is an Ethernet
 * pseudowire (RFC 4448), whose control word is zero unless it numbers the frames. */
static enum dissect_status decode_mpls_payload(struct walk *walk)
{
    struct cursor ahead = walk->c;
    uint32_t first = cursor_u32(&ahead);
    if (ahead.failed)
        return walk_short(walk);
    if (first >> 28 == 4 || first >> 28 == 6)
        return decode_ip(walk);
    cursor_skip(&walk->c, first == 0 ? 4 : 0);
    return decode_ethernet(walk);
}

static enum dissect_status decode_mpls(struct walk *walk)
{
    enum { BOTTOM_OF_STACK = 0x100 };
    if (!walk_enter(walk, ENCAPSULATION_MPLS))
        return DISSECT_NOT_MINE;
    while (!(cursor_u32(&walk->c) & BOTTOM_OF_STACK))
        if (walk->c.failed)
            return walk_short(walk);
    return decode_mpls_payload(walk);
}

static bool is_vlan_tag(uint16_t type)
{
    return type == ETHERTYPE_VLAN || type == ETHERTYPE_SERVICE_VLAN || type == ETHERTYPE_QINQ;
}

enum dissect_status decode_ethertype(struct walk *walk, uint16_t type)
{
    while (is_vlan_tag(type)) {
        if (!walk_enter(walk, ENCAPSULATION_VLAN))
            return DISSECT_NOT_MINE;
        cursor_skip(&walk->c, 2);
        type = cursor_u16(&walk->c);
    }
    if (walk->c.failed)
        return walk_short(walk);
    if (type <= ETHERTYPE_LENGTH_MAX)
        return decode_llc(walk, type);
    switch (type) {
    case ETHERTYPE_IPV4:
        return decode_ipv4(walk);
    case ETHERTYPE_IPV6:
        return decode_ipv6(walk);
    case ETHERTYPE_PPPOE_SESSION:
        return decode_pppoe_session(walk);
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_UPSTREAM:
        return decode_mpls(walk);
    default:
        return DISSECT_NOT_MINE;
    }
}

enum dissect_status decode_ethernet(struct walk *walk)
{
    cursor_skip(&walk->c, MAC_ADDRESSES);
    uint16_t type = cursor_u16(&walk->c);
    return walk->c.failed ? walk_short(walk) : decode_ethertype(walk, type);
}
