/* SPDX-License-Identifier: MIT */
/* RTP and RTCP: the headers of each datagram that has the form of one. */
#include "dissectors/rtp/header.h"
#include "tests/oracle/dump.h"

static void dump_rtcp(uint64_t frame, const struct packet *packet)
{
    struct rtcp_header header;
    enum dissect_status status = rtcp_decode(&header, packet->payload, packet->cut);
    if (status != DISSECT_NOT_MINE)
        dump_line(frame, status,
                  json_pack("{s:[i],s:[i],s:[I]}", "rtcp.pt", header.type, "rtcp.length",
                            (int)(header.length / 4 - 1), "rtcp.senderssrc",
                            (json_int_t)header.ssrc));
}

void dump_rtp(uint64_t frame, const struct packet *packet)
{
    struct rtp_header header;
    if (packet->protocol != IP_PROTOCOL_UDP)
        return;
    enum dissect_status status = rtp_decode(&header, packet->payload, packet->cut);
    if (status != DISSECT_NOT_MINE)
        dump_line(frame, status,
                  json_pack("{s:[i],s:[i],s:[I],s:[I],s:[i],s:[i]}", "rtp.p_type",
                            header.payload_type, "rtp.seq", header.sequence, "rtp.timestamp",
                            (json_int_t)header.timestamp, "rtp.ssrc", (json_int_t)header.ssrc,
                            "rtp.cc", header.csrc_count, "rtp.marker", header.marker));
    else
        dump_rtcp(frame, packet);
}
