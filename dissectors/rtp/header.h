/* SPDX-License-Identifier: MIT */
/* What shares a UDP port with STUN (RFC 7983, RFC 9443), and the headers of RTP (RFC 3550 5.1) and
 * RTCP (RFC 3550 6.4, RFC 5761). */
#ifndef TURNSCOPE_DISSECTORS_RTP_HEADER_H
#define TURNSCOPE_DISSECTORS_RTP_HEADER_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"

enum datagram_kind {
    DATAGRAM_UNKNOWN,
    DATAGRAM_STUN,
    DATAGRAM_ZRTP,
    DATAGRAM_DTLS,
    DATAGRAM_TURN_CHANNEL,
    DATAGRAM_QUIC, /* a long header; short headers look like TURN channels or RTP */
    DATAGRAM_RTP_OR_RTCP,
};

/* RFC 9443: by the first byte alone. Only for a flow known to carry STUN: elsewhere any protocol
 * may have any first byte. */
enum datagram_kind datagram_classify(struct bytes datagram);

struct rtp_header {
    uint8_t payload_type;
    bool marker;
    bool padding;
    bool extension;
    uint8_t csrc_count;
    uint16_t sequence;
    uint32_t timestamp;
    uint32_t ssrc;
    size_t header_length; /* with CSRCs and extension: where the payload begins */
};

/* OK, NOT_MINE (another version, or a payload type that is RTCP's), CUT_SHORT (when `cut`) or
 * MALFORMED (its own header does not fit the datagram). */
enum dissect_status rtp_decode(struct rtp_header *header, struct bytes datagram, bool cut);

struct rtcp_header {
    uint8_t count; /* of report blocks, sources, or a feedback format */
    uint8_t type;  /* 200 sender report, 201 receiver report, 202-207 */
    size_t length; /* of this packet of the compound, in bytes */
    uint32_t ssrc; /* of the sender; 0 when the packet has none */
};

/* The first packet of a compound. RFC 5761 4: types 192-223 are RTCP. Otherwise as rtp_decode.
 * SRTCP encrypts what follows the sender's SSRC and appends to the compound. */
enum dissect_status rtcp_decode(struct rtcp_header *header, struct bytes datagram, bool cut);

/* "SR", "RR", "SDES", ...; NULL when unknown. */
const char *rtcp_type_name(uint8_t type);

#endif
