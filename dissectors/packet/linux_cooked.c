/* SPDX-License-Identifier: MIT */
/* Linux "cooked" captures: interface "any", and interfaces without a link-layer header.
 * https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and LINKTYPE_LINUX_SLL2.html */
#include "dissectors/packet/layers.h"

/* Packet type, ARPHRD_ type, address length, address (8), protocol. */
enum dissect_status decode_linux_cooked(struct walk *walk)
{
    cursor_skip(&walk->c, 14);
    uint16_t protocol = cursor_u16(&walk->c);
    return walk->c.failed ? walk_short(walk) : decode_ethertype(walk, protocol);
}

/* Protocol, then reserved (2), interface index (4), ARPHRD_ type (2), packet type, address length,
 * address (8). */
enum dissect_status decode_linux_cooked_v2(struct walk *walk)
{
    uint16_t protocol = cursor_u16(&walk->c);
    cursor_skip(&walk->c, 18);
    return walk->c.failed ? walk_short(walk) : decode_ethertype(walk, protocol);
}
