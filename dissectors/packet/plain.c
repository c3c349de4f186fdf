/* SPDX-License-Identifier: MIT */
/* What nearly every captured frame is, in one step: Ethernet without tags, IPv4 without options in
 * one piece, UDP or TCP, captured whole. It comes out as it would layer by layer, in a fifth of the
 * time; whatever is different in any way is left to the layers. */
#include "dissectors/packet/layers.h"

enum {
    ETHERNET_HEADER = 14,
    IPV4_HEADER = 20,
    ETHERTYPE_IPV4 = 0x0800,
    VERSION_4_NO_OPTIONS = 0x45,
    MORE_FRAGMENTS_OR_OFFSET = 0x3fff,
};

static bool is_plain(struct bytes ethernet, struct bytes ip, size_t left)
{
    uint8_t protocol = bytes_u8(ip, 9);
    size_t total = bytes_u16(ip, 2);
    return bytes_u16(ethernet, 12) == ETHERTYPE_IPV4 && bytes_u8(ip, 0) == VERSION_4_NO_OPTIONS &&
           (bytes_u16(ip, 6) & MORE_FRAGMENTS_OR_OFFSET) == 0 && total >= IPV4_HEADER &&
           total <= left && (protocol == IP_PROTOCOL_UDP || protocol == IP_PROTOCOL_TCP);
}

/* Part by part: a whole address is put together somewhere else, and to read it back in other pieces
 * than it was written in takes as long as all the rest. */
static void set_v4(struct ip_address *cleared, const uint8_t octets[4])
{
    cleared->family = 4;
    memcpy(cleared->octets, octets, 4);
}

bool decode_plain(struct packet *packet, struct bytes frame, enum dissect_status *status)
{
    if (frame.length < ETHERNET_HEADER + IPV4_HEADER)
        return false;
    struct bytes ethernet = bytes_of(frame.data, ETHERNET_HEADER);
    struct bytes ip = bytes_of(frame.data + ETHERNET_HEADER, IPV4_HEADER);
    if (!is_plain(ethernet, ip, frame.length - ETHERNET_HEADER))
        return false;
    set_v4(&packet->source.ip, ip.data + 12);
    set_v4(&packet->destination.ip, ip.data + 16);
    packet->ttl = bytes_u8(ip, 8);
    packet->protocol = bytes_u8(ip, 9);
    packet->fragment.identification = bytes_u16(ip, 4);
    struct walk walk = {.packet = packet,
                        .c = {.at = ip.data + IPV4_HEADER, .end = ip.data + bytes_u16(ip, 2)}};
    *status = decode_transport(&walk, packet->protocol);
    return true;
}
