/* SPDX-License-Identifier: MIT */
/* One packet as evidence: enough to say what it was and to find it again in Wireshark, small enough
 * to be kept by the hundred. */
#ifndef TURNSCOPE_ANALYZER_EVIDENCE_H
#define TURNSCOPE_ANALYZER_EVIDENCE_H

#include "dissectors/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum evidence_protocol {
    EVIDENCE_NONE,
    EVIDENCE_STUN,
    EVIDENCE_CHANNEL_DATA,
    EVIDENCE_ICMP,
    EVIDENCE_DNS,
    EVIDENCE_TCP,
    EVIDENCE_TLS,
    EVIDENCE_DTLS,
    EVIDENCE_QUIC,
    EVIDENCE_HTTP,
    EVIDENCE_RTP,
    EVIDENCE_LOG, /* a line of the CMS event log: frame is the line number */
};

/* What stood in a STUN message, for its summary. */
enum evidence_flag {
    EVIDENCE_HAS_USERNAME = 1,
    EVIDENCE_HAS_NONCE = 2,
    EVIDENCE_HAS_INTEGRITY = 4,
    EVIDENCE_RETRANSMISSION = 8,
    EVIDENCE_RESPONSE = 16,
    EVIDENCE_CLASSIC = 32,   /* STUN without the magic cookie */
    EVIDENCE_RELAYED = 64,   /* inside ChannelData or a Send/Data indication */
    EVIDENCE_HAS_PEER = 128, /* `peer` is set and not `detail` */
};

enum {
    EVIDENCE_DETAIL = 64,
    EVIDENCE_TLS_RECORD = 0x100, /* in `kind` of TLS: no handshake message, but a record's type */
};

/* Whom a TURN request is about: it matters more than whose it is. */
struct evidence_peer {
    struct transport_address address;
    bool any_port; /* of the address: a permission */
    bool others;   /* more than this one */
};

struct evidence {
    int64_t time;   /* nanoseconds since the epoch */
    uint64_t frame; /* from 1; 0: no evidence */
    uint16_t input;
    uint8_t protocol; /* enum evidence_protocol */
    uint8_t flags;    /* enum evidence_flag */
    uint16_t
        kind; /* STUN: message type; DNS: query type; TLS: handshake type; TCP: flags; ICMP: type */
    uint16_t
        code; /* STUN: error code; DNS: rcode; TLS: alert description; ICMP: code; HTTP: status */
    uint8_t id[16]; /* STUN: transaction ID; DNS: ID in the first two octets; TLS: alert level */
    struct transport_address source;
    struct transport_address destination;
    union {
        char detail[EVIDENCE_DETAIL]; /* a DNS name, an SNI, a user: raw bytes of a stranger, cut */
        struct evidence_peer peer;
    };
};

/* Copies at most EVIDENCE_DETAIL - 1 bytes; the rest is cut. Bytes stay as they are (NUL becomes
 * '?'): whoever prints escapes. */
void evidence_set_detail(struct evidence *evidence, struct bytes text);

/* One line of plain words ("Allocate Error Response 431", "DNS answer A cmsweb.octavio.com"), cut
 * at `size`. The result still holds bytes from the packet: escape it for where it goes. */
const char *evidence_summary(const struct evidence *evidence, char *text, size_t size);

/* Whether it asks for an answer: a STUN request, a DNS query, a TCP SYN. */
bool evidence_is_request(const struct evidence *evidence);

/* "STUN", "DNS", ... */
const char *evidence_protocol_name(const struct evidence *evidence);

/* A Wireshark display filter that selects this packet's exchange, such as "stun.id == 01:02:...".
 */
const char *evidence_display_filter(const struct evidence *evidence, char *text, size_t size);

#endif
