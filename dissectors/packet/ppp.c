/* SPDX-License-Identifier: MIT */
/* PPP (RFC 1661), PPP and Cisco HDLC framing (RFC 1662), PPPoE sessions (RFC 2516). */
#include "dissectors/packet/layers.h"

enum ppp_protocol {
    PPP_IPV4 = 0x0021,
    PPP_IPV6 = 0x0057, /* RFC 5072 */
};

enum {
    ALL_STATIONS_UNNUMBERED = 0xff03,
    CISCO_UNICAST = 0x0f00,
    CISCO_MULTICAST = 0x8f00,
};

/* RFC 1661 section 6.5: a first octet that is odd is a compressed protocol field. */
static uint16_t read_protocol(struct cursor *c)
{
    uint16_t first = cursor_u8(c);
    if (first & 1)
        return first;
    return (uint16_t)(first << 8 | cursor_u8(c));
}

/* RFC 1661 section 6.6: address and control field may be left out. */
enum dissect_status decode_ppp(struct walk *walk)
{
    struct cursor ahead = walk->c;
    uint16_t address_control = cursor_u16(&ahead);
    if (ahead.failed)
        return walk_short(walk);
    if (address_control == ALL_STATIONS_UNNUMBERED)
        walk->c = ahead;
    uint16_t protocol = read_protocol(&walk->c);
    if (walk->c.failed)
        return walk_short(walk);
    if (protocol == PPP_IPV4)
        return decode_ipv4(walk);
    return protocol == PPP_IPV6 ? decode_ipv6(walk) : DISSECT_NOT_MINE;
}

enum dissect_status decode_ppp_hdlc(struct walk *walk)
{
    struct cursor ahead = walk->c;
    uint16_t address_control = cursor_u16(&ahead);
    if (address_control != CISCO_UNICAST && address_control != CISCO_MULTICAST)
        return decode_ppp(walk);
    walk->c = ahead;
    uint16_t type = cursor_u16(&walk->c);
    return walk->c.failed ? walk_short(walk) : decode_ethertype(walk, type);
}

/* Version and type, code 0 for a session, session ID, length of the PPP frame. */
enum dissect_status decode_pppoe_session(struct walk *walk)
{
    enum { VERSION_1_TYPE_1_SESSION = 0x1100 };
    if (!walk_enter(walk, ENCAPSULATION_PPPOE))
        return DISSECT_NOT_MINE;
    uint16_t version_type_code = cursor_u16(&walk->c);
    cursor_skip(&walk->c, 2);
    uint16_t length = cursor_u16(&walk->c);
    if (walk->c.failed)
        return walk_short(walk);
    if (version_type_code != VERSION_1_TYPE_1_SESSION)
        return DISSECT_NOT_MINE;
    if (length > walk_length(walk))
        return DISSECT_MALFORMED;
    walk_bound(walk, length);
    return decode_ppp(walk);
}
