/* SPDX-License-Identifier: MIT */
/* From a captured frame to a transport payload: link layer, tunnels, IPv4/IPv6, UDP/TCP/ICMP.
 *
 * The innermost IP packet is the one reported: a TURN client behind PPPoE, VLAN tags, MPLS, GRE or
 * VXLAN is still a TURN client. What lies between is peeled off and only remembered as a flag. */
#ifndef TURNSCOPE_DISSECTORS_PACKET_PACKET_H
#define TURNSCOPE_DISSECTORS_PACKET_PACKET_H

#include "dissectors/address.h"
#include "dissectors/status.h"

/* LINKTYPE_ values of the tcpdump.org registry (not DLT_, which differ between systems). */
enum link_type {
    LINK_TYPE_NULL = 0,
    LINK_TYPE_ETHERNET = 1,
    LINK_TYPE_PPP = 9,
    LINK_TYPE_PPP_HDLC = 50,
    LINK_TYPE_PPP_ETHER = 51,
    LINK_TYPE_RAW = 101,
    LINK_TYPE_LOOP = 108,
    LINK_TYPE_LINUX_SLL = 113,
    LINK_TYPE_IPV4 = 228,
    LINK_TYPE_IPV6 = 229,
    LINK_TYPE_LINUX_SLL2 = 276,
};

enum ip_protocol {
    IP_PROTOCOL_ICMP = 1,
    IP_PROTOCOL_TCP = 6,
    IP_PROTOCOL_UDP = 17,
    IP_PROTOCOL_ICMPV6 = 58,
};

/* What was peeled off on the way to the innermost IP packet (a set). */
enum encapsulation {
    ENCAPSULATION_VLAN = 1,
    ENCAPSULATION_PPPOE = 2,
    ENCAPSULATION_MPLS = 4,
    ENCAPSULATION_GRE = 8,
    ENCAPSULATION_VXLAN = 16,
    ENCAPSULATION_IP_IN_IP = 32,
    ENCAPSULATION_GTP = 64,
};

enum tcp_flag {
    TCP_FIN = 1,
    TCP_SYN = 2,
    TCP_RST = 4,
    TCP_PSH = 8,
    TCP_ACK = 16,
    TCP_URG = 32,
};

struct tcp_header {
    uint32_t sequence;
    uint32_t acknowledgment;
    uint16_t window; /* as sent, not scaled */
    uint8_t flags;   /* enum tcp_flag */
    /* Options of a SYN or SYN-ACK; 0 and -1 when absent. */
    uint16_t maximum_segment_size;
    int8_t window_scale;
};

/* An ICMP or ICMPv6 error, with the head of the packet that caused it (RFC 792, RFC 4443). */
struct icmp_error {
    uint8_t type;
    uint8_t code;
    uint32_t mtu; /* next-hop MTU of 3/4 (RFC 1191) and of ICMPv6 type 2; else 0 */
    /* The quoted packet: sender and receiver as it was sent. protocol 0: nothing usable quoted (an
     * IP header cut short, or UDP or TCP without its ports). */
    uint8_t protocol;
    struct transport_address source;
    struct transport_address destination;
    struct bytes payload; /* quoted transport payload, often only the first bytes */
};

struct ip_fragment {
    bool is_fragment;    /* offset != 0 or more fragments follow; if not, the rest is of no use */
    bool more_fragments; /* MF */
    uint32_t identification;
    uint32_t offset; /* bytes */
};

struct packet {
    struct transport_address source; /* ports 0 where the transport has none (or a fragment) */
    struct transport_address destination;
    uint8_t protocol; /* enum ip_protocol of the innermost packet, others by number */
    uint8_t ttl;      /* or hop limit */
    uint8_t encapsulations;
    struct ip_fragment fragment;
    bool is_icmp_error;
    /* The transport payload (of a fragment, and of a protocol without an own row above: the IP
     * payload; of ICMP: the message from its type on). `payload.length` bytes of `payload_length`
     * on the wire, as IP and UDP headers give it, were captured. */
    struct bytes payload;
    size_t payload_length;
    /* Less was captured of the innermost packet than its IP header announces. Mostly the snaplen;
     * a mirror port that truncates does not tell the capture file. */
    bool cut;
    struct tcp_header tcp;  /* valid when protocol is TCP; else anything */
    struct icmp_error icmp; /* valid when is_icmp_error; else anything */
};

/* Decodes one captured frame of `link_type`; `wire_length` is its length before the snaplen cut.
 * OK: addresses, protocol and payload are set. CUT_SHORT: as OK, but the cut hides part of the
 * payload, or of the headers (then protocol is 0, and addresses are set when their header was
 * whole). NOT_MINE: no IP inside (ARP, LLDP, ...). MALFORMED: headers contradict themselves. Views
 * point into `frame`. */
enum dissect_status packet_decode(struct packet *packet, uint32_t link_type, struct bytes frame,
                                  size_t wire_length);

/* Decodes an IP payload put together from fragments, of `wire_length` bytes of which `ip_payload`
 * is the head that was captured: fills ports, tcp, icmp and payload of `packet`, whose addresses
 * and protocol are already set, and clears its fragment. Returns what packet_decode does. A tunnel
 * in it is followed; then the addresses are those of the packet inside. */
enum dissect_status packet_decode_transport(struct packet *packet, struct bytes ip_payload,
                                            size_t wire_length);

/* Whether packet_decode knows this LINKTYPE_ value. */
bool link_type_supported(uint32_t link_type);

/* "EN10MB", "LINUX_SLL2", ...: libpcap's name of the link type; "LINKTYPE_<n>" has no row: NULL. */
const char *link_type_name(uint32_t link_type);

#endif
