/* SPDX-License-Identifier: MIT */
#include "dissectors/quic/packet.h"

#include "dissectors/names.h"

static const struct id_name versions[] = {
    {QUIC_VERSION_1, "QUIC 1"},
    {QUIC_VERSION_2, "QUIC 2"},
    {QUIC_VERSION_DRAFT_29, "QUIC draft 29"},
};

const char *quic_version_name(uint32_t version)
{
    return ID_NAME(versions, version);
}

uint64_t quic_varint(struct cursor *c)
{
    uint64_t value = cursor_u8(c);
    unsigned following = (1u << (value >> 6)) - 1;
    value &= 0x3f;
    while (following-- > 0)
        value = value << 8 | cursor_u8(c);
    return value;
}

struct bytes quic_take(struct cursor *c, uint64_t length)
{
    return cursor_take(c, length > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)length);
}

/* RFC 9369 3.2: version 2 numbers the types differently. */
static enum quic_packet_type long_type(uint8_t first, uint32_t version)
{
    static const enum quic_packet_type types[] = {QUIC_INITIAL, QUIC_ZERO_RTT, QUIC_HANDSHAKE,
                                                  QUIC_RETRY};
    static const enum quic_packet_type types_2[] = {QUIC_RETRY, QUIC_INITIAL, QUIC_ZERO_RTT,
                                                    QUIC_HANDSHAKE};
    unsigned bits = first >> 4 & 3;
    return version == QUIC_VERSION_2 ? types_2[bits] : types[bits];
}

static bool is_connection_id(struct bytes id)
{
    return id.length <= QUIC_CONNECTION_ID_MAXIMUM;
}

static void read_version_negotiation(struct quic_packet *packet, struct cursor *c)
{
    packet->type = QUIC_VERSION_NEGOTIATION;
    packet->versions = cursor_take(c, cursor_left(c) / 4 * 4);
    cursor_skip(c, cursor_left(c));
}

/* What follows the connection IDs, up to the end of the packet. */
static void read_body(struct quic_packet *packet, struct cursor *c, const uint8_t *start)
{
    if (packet->type == QUIC_RETRY) {
        size_t tag = cursor_left(c) < 16 ? cursor_left(c) : 16;
        packet->token = cursor_take(c, cursor_left(c) - tag);
        cursor_skip(c, 16);
        return;
    }
    if (packet->type == QUIC_INITIAL)
        packet->token = quic_take(c, quic_varint(c));
    uint64_t length = quic_varint(c);
    packet->number_offset = c->failed ? 0 : (size_t)(c->at - start);
    (void)quic_take(c, length);
}

/* False: not one of ours. */
static bool read_long(struct quic_packet *packet, struct cursor *c)
{
    const uint8_t *start = c->at;
    uint8_t first = cursor_u8(c);
    packet->version = cursor_u32(c);
    if (!c->failed && packet->version != 0 && quic_version_name(packet->version) == NULL)
        return false;
    packet->destination_id = cursor_take(c, cursor_u8(c));
    packet->source_id = cursor_take(c, cursor_u8(c));
    if (!is_connection_id(packet->destination_id) || !is_connection_id(packet->source_id))
        return false;
    packet->type = long_type(first, packet->version);
    if (!c->failed && packet->version == 0)
        read_version_negotiation(packet, c);
    else if (!c->failed)
        read_body(packet, c, start);
    return true;
}

enum dissect_status quic_packet_next(struct quic_packet *packet, struct bytes *datagram, bool cut)
{
    struct cursor c = cursor_of(*datagram);
    *packet = (struct quic_packet){0};
    if (cursor_left(&c) == 0)
        return DISSECT_NOT_MINE;
    uint8_t first = c.at[0];
    if ((first & QUIC_LONG_HEADER) != 0) {
        if (!read_long(packet, &c))
            return DISSECT_NOT_MINE;
    } else if (first != 0) {
        packet->type = QUIC_ONE_RTT;
        cursor_skip(&c, cursor_left(&c));
    } else {
        return DISSECT_NOT_MINE;
    }
    struct bytes rest = cursor_rest(&c);
    packet->raw = bytes_first(*datagram, datagram->length - rest.length);
    *datagram = rest;
    if (c.failed)
        return cut ? DISSECT_CUT_SHORT : DISSECT_MALFORMED;
    return DISSECT_OK;
}
