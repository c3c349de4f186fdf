/* SPDX-License-Identifier: MIT */
/* Between the files of this folder: the way inwards through one frame.
 *
 * A layer reads its header from the walk, bounds the walk to what its length field says, and hands
 * it to the layer inside. */
#ifndef TURNSCOPE_DISSECTORS_PACKET_LAYERS_H
#define TURNSCOPE_DISSECTORS_PACKET_LAYERS_H

#include "dissectors/packet/packet.h"

struct walk {
    struct packet *packet;
    struct cursor c; /* the captured bytes of this layer, from its first unread one */
    size_t missing;  /* bytes of this layer that follow them on the wire but were not captured */
    unsigned depth;  /* encapsulations entered so far */
    bool unbounded;  /* the IP header gives no length (segmentation offload, jumbogram) */
};

/* Deeper nesting than this is nobody's network; the limit bounds the recursion. */
enum { NESTING_LIMIT = 8 };

/* Bytes of this layer still unread, on the wire. */
static inline size_t walk_length(const struct walk *walk)
{
    return cursor_left(&walk->c) + walk->missing;
}

/* Lets the layer end `length` bytes from here: what lies behind is padding or a trailer. A length
 * beyond the frame means that somebody cut the frame: a mirror port does not say so in the capture
 * file. */
static inline void walk_bound(struct walk *walk, size_t length)
{
    size_t left = cursor_left(&walk->c);
    walk->missing = length > left ? length - left : 0;
    if (length < left)
        walk->c.end = walk->c.at + length;
}

/* What it means that a header could not be read whole. */
static inline enum dissect_status walk_short(const struct walk *walk)
{
    return walk->missing > 0 ? DISSECT_CUT_SHORT : DISSECT_MALFORMED;
}

/* Notes an encapsulation; false when there are too many. */
static inline bool walk_enter(struct walk *walk, enum encapsulation encapsulation)
{
    walk->packet->encapsulations |= (uint8_t)encapsulation;
    return ++walk->depth <= NESTING_LIMIT;
}

/* All the rest is the payload of the packet. */
static inline enum dissect_status walk_payload(struct walk *walk)
{
    walk->packet->payload = cursor_rest(&walk->c);
    walk->packet->payload_length = walk_length(walk);
    walk->packet->cut = walk->missing > 0;
    return DISSECT_OK;
}

/* Each decodes one layer and all that it holds. CUT_SHORT: a header is cut (a cut payload is OK
 * with packet->cut set). */
enum dissect_status decode_ethernet(struct walk *walk);
enum dissect_status decode_ethertype(struct walk *walk, uint16_t type);
enum dissect_status decode_linux_cooked(struct walk *walk);
enum dissect_status decode_linux_cooked_v2(struct walk *walk);
enum dissect_status decode_loopback(struct walk *walk);
enum dissect_status decode_ppp(struct walk *walk);
enum dissect_status decode_ppp_hdlc(struct walk *walk);
enum dissect_status decode_pppoe_session(struct walk *walk);
enum dissect_status decode_ip(struct walk *walk);
enum dissect_status decode_ipv4(struct walk *walk);
enum dissect_status decode_ipv6(struct walk *walk);
enum dissect_status decode_ip_payload(struct walk *walk, uint8_t protocol);
enum dissect_status decode_transport(struct walk *walk, uint8_t protocol);
enum dissect_status decode_icmp(struct walk *walk);

/* Decodes an Ethernet frame that has nothing special about it; else false, and nothing is done. */
bool decode_plain(struct packet *packet, struct bytes frame, enum dissect_status *status);

/* Tunnels. Where one leads to no IP packet, the packet around it is the innermost one. */
enum dissect_status decode_gre(struct walk *walk);
enum dissect_status decode_ip_in_ip(struct walk *walk);
enum dissect_status decode_udp_tunnel(struct walk *walk);

/* Reads an IP header of either version and the extension headers: addresses, TTL and fragment of
 * the packet; *protocol is what follows. The walk is bounded to the IP payload. */
enum dissect_status read_ip_headers(struct walk *walk, uint8_t *protocol);

#endif
