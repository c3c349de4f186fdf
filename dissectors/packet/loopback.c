/* SPDX-License-Identifier: MIT */
/* BSD loopback: an address family in the byte order of the capturing host (NULL) or of the network
 * (LOOP). https://www.tcpdump.org/linktypes.html */
#include "dissectors/packet/layers.h"

enum address_family {
    FAMILY_INET = 2,
    FAMILY_INET6_LINUX = 10,
    FAMILY_INET6_NETBSD = 24, /* and OpenBSD */
    FAMILY_INET6_FREEBSD = 28,
    FAMILY_INET6_DARWIN = 30,
};

/* A family is a small number: one that is not was written in the other byte order. */
static uint32_t read_family(struct cursor *c)
{
    uint32_t family = cursor_u32(c);
    return family < 0x10000 ? family : family >> 24 | (family >> 8 & 0xff00);
}

enum dissect_status decode_loopback(struct walk *walk)
{
    uint32_t family = read_family(&walk->c);
    if (walk->c.failed)
        return walk_short(walk);
    switch (family) {
    case FAMILY_INET:
        return decode_ipv4(walk);
    case FAMILY_INET6_LINUX:
    case FAMILY_INET6_NETBSD:
    case FAMILY_INET6_FREEBSD:
    case FAMILY_INET6_DARWIN:
        return decode_ipv6(walk);
    default:
        return DISSECT_NOT_MINE;
    }
}
