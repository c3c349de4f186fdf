/* SPDX-License-Identifier: MIT */
/* QUIC packets as they stand on the wire: versions 1 (RFC 9000 17), 2 (RFC 9369) and draft 29. A
 * datagram holds one or more. Long header of an Initial packet:
 *
 *   0        1        5                                                            pn offset
 * +--------+--- ... ---+----+------+----+------+-------+-------+--------+---------- ... ---+
 * |1 1 T T |  version  | L  | DCID | L  | SCID | L (i) | token | length | packet no., data  |
 * +--------+--- ... ---+----+------+----+------+-------+-------+--------+---------- ... ---+
 */
#ifndef TURNSCOPE_DISSECTORS_QUIC_PACKET_H
#define TURNSCOPE_DISSECTORS_QUIC_PACKET_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"

/* The first bit of a packet tells the form of its header; the one beside it, "fixed", says nothing,
 * for it may be negotiated away (RFC 9287). */
enum { QUIC_LONG_HEADER = 0x80, QUIC_CONNECTION_ID_MAXIMUM = 20 };

#define QUIC_VERSION_1        0x00000001u
#define QUIC_VERSION_2        0x6b3343cfu
#define QUIC_VERSION_DRAFT_29 0xff00001du /* the last draft, in use until 2021 */

enum quic_packet_type {
    QUIC_INITIAL,
    QUIC_ZERO_RTT,
    QUIC_HANDSHAKE,
    QUIC_RETRY,
    QUIC_VERSION_NEGOTIATION,
    QUIC_ONE_RTT, /* a short header */
};

struct quic_packet {
    enum quic_packet_type type;
    uint32_t version; /* 0 of a version negotiation and of a short header */
    struct bytes destination_id;
    struct bytes source_id; /* empty of a short header, whose destination ID is unknown too */
    struct bytes token;     /* Initial, Retry */
    struct bytes versions;  /* version negotiation: 32 bits each */
    struct bytes raw;       /* the packet; where protection is to be removed from it: */
    size_t number_offset;   /* of the packet number. 0: nothing is protected */
};

/* Takes the next packet off *datagram, which moves past it. `cut`: the snaplen cut the datagram.
 * OK: the packet is whole. CUT_SHORT (only when `cut`): what was captured of it is set. NOT_MINE:
 * no packet of a known version begins here (a datagram may end in padding). MALFORMED: lengths go
 * beyond the datagram. A short header takes all that is left; since nearly any byte may begin one,
 * believe it only on a flow where long headers were seen. */
enum dissect_status quic_packet_next(struct quic_packet *packet, struct bytes *datagram, bool cut);

/* A variable-length integer (RFC 9000 16). */
uint64_t quic_varint(struct cursor *c);

/* The next `length` bytes, a varint's value: as cursor_take, but the number may be larger than any
 * size_t. */
struct bytes quic_take(struct cursor *c, uint64_t length);

/* "QUIC 1", "QUIC 2"; NULL when unknown. */
const char *quic_version_name(uint32_t version);

#endif
