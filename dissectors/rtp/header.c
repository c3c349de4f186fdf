/* SPDX-License-Identifier: MIT */
#include "dissectors/rtp/header.h"

#include "dissectors/names.h"

static const struct id_name rtcp_types[] = {
    {192, "FIR"}, {193, "NACK"}, {195, "IJ"},    {200, "SR"},   {201, "RR"}, {202, "SDES"},
    {203, "BYE"}, {204, "APP"},  {205, "RTPFB"}, {206, "PSFB"}, {207, "XR"},
};

static const struct {
    uint8_t first;
    uint8_t last;
    enum datagram_kind kind;
} first_bytes[] = {
    {0, 3, DATAGRAM_STUN},           {16, 19, DATAGRAM_ZRTP},          {20, 63, DATAGRAM_DTLS},
    {64, 79, DATAGRAM_TURN_CHANNEL}, {128, 191, DATAGRAM_RTP_OR_RTCP}, {192, 255, DATAGRAM_QUIC},
};

enum datagram_kind datagram_classify(struct bytes datagram)
{
    if (datagram.length == 0)
        return DATAGRAM_UNKNOWN;
    uint8_t byte = datagram.data[0];
    for (size_t i = 0; i < sizeof first_bytes / sizeof first_bytes[0]; i++)
        if (byte >= first_bytes[i].first && byte <= first_bytes[i].last)
            return first_bytes[i].kind;
    return DATAGRAM_UNKNOWN;
}

static enum dissect_status status_of(const struct cursor *c, bool cut)
{
    if (!c->failed)
        return DISSECT_OK;
    return cut ? DISSECT_CUT_SHORT : DISSECT_MALFORMED;
}

/* Both begin with version 2 and a byte that tells them apart (RFC 5761 4). */
static bool begins_as(struct bytes datagram, bool rtcp)
{
    if (datagram.length < 1 || datagram.data[0] >> 6 != 2)
        return false;
    if (datagram.length < 2)
        return true;
    return (datagram.data[1] >= 192 && datagram.data[1] <= 223) == rtcp;
}

enum dissect_status rtp_decode(struct rtp_header *header, struct bytes datagram, bool cut)
{
    *header = (struct rtp_header){0};
    if (!begins_as(datagram, false))
        return DISSECT_NOT_MINE;
    struct cursor c = cursor_of(datagram);
    uint8_t flags = cursor_u8(&c);
    uint8_t type = cursor_u8(&c);
    header->padding = (flags & 0x20) != 0;
    header->extension = (flags & 0x10) != 0;
    header->csrc_count = flags & 0x0f;
    header->marker = (type & 0x80) != 0;
    header->payload_type = type & 0x7f;
    header->sequence = cursor_u16(&c);
    header->timestamp = cursor_u32(&c);
    header->ssrc = cursor_u32(&c);
    cursor_skip(&c, (size_t)4 * header->csrc_count);
    if (header->extension) {
        cursor_skip(&c, 2);
        cursor_skip(&c, (size_t)4 * cursor_u16(&c));
    }
    header->header_length = datagram.length - cursor_left(&c);
    return status_of(&c, cut);
}

enum dissect_status rtcp_decode(struct rtcp_header *header, struct bytes datagram, bool cut)
{
    *header = (struct rtcp_header){0};
    if (!begins_as(datagram, true))
        return DISSECT_NOT_MINE;
    struct cursor c = cursor_of(datagram);
    header->count = cursor_u8(&c) & 0x1f;
    header->type = cursor_u8(&c);
    size_t words = cursor_u16(&c);
    header->length = 4 * (words + 1);
    struct cursor rest = cursor_sub(&c, 4 * words);
    if (words > 0)
        header->ssrc = cursor_u32(&rest);
    return status_of(&c, cut);
}

const char *rtcp_type_name(uint8_t type)
{
    return ID_NAME(rtcp_types, type);
}
