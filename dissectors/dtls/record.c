/* SPDX-License-Identifier: MIT */
#include "dissectors/dtls/record.h"

/* RFC 9147 4: bits of the unified header's first byte. */
enum {
    UNIFIED_MASK = 0xe0,
    UNIFIED = 0x20,
    HAS_CONNECTION_ID = 0x10,
    LONG_SEQUENCE = 0x08,
    HAS_LENGTH = 0x04,
    EPOCH = 0x03,
};

/* 0x0100: what OpenSSL before 0.9.8f sent, and Cisco's AnyConnect still does. */
static bool is_dtls_version(uint16_t version)
{
    return version == DTLS_1_0 || version == DTLS_1_2 || version == DTLS_1_3 || version == 0x0100;
}

/* Gives the record the next `length` bytes, or as many as the capture has. */
static enum dissect_status take_fragment(struct dtls_record *record, struct cursor *c,
                                         size_t length, bool cut)
{
    record->fragment = bytes_first(cursor_rest(c), length);
    cursor_skip(c, length);
    if (!c->failed)
        return DISSECT_OK;
    return cut ? DISSECT_CUT_SHORT : DISSECT_MALFORMED;
}

static enum dissect_status read_unified(struct dtls_record *record, struct cursor *c, bool cut)
{
    uint8_t flags = cursor_u8(c);
    record->is_unified = true;
    record->epoch = flags & EPOCH;
    if ((flags & HAS_CONNECTION_ID) != 0)
        return take_fragment(record, c, cursor_left(c), cut);
    record->sequence = (flags & LONG_SEQUENCE) != 0 ? cursor_u16(c) : cursor_u8(c);
    size_t length = (flags & HAS_LENGTH) != 0 ? cursor_u16(c) : cursor_left(c);
    /* RFC 9147 4.2.3: a record has at least the 16 bytes that its number is encrypted with. */
    if (!c->failed && length < 16)
        return DISSECT_NOT_MINE;
    return take_fragment(record, c, length, cut);
}

static enum dissect_status read_plain(struct dtls_record *record, struct cursor *c, bool cut)
{
    record->type = cursor_u8(c);
    record->version = cursor_u16(c);
    if (record->type < TLS_CHANGE_CIPHER_SPEC || record->type > DTLS_ACK ||
        (!c->failed && !is_dtls_version(record->version)))
        return DISSECT_NOT_MINE;
    record->epoch = cursor_u16(c);
    record->sequence = (uint64_t)cursor_u16(c) << 32;
    record->sequence |= cursor_u32(c);
    if (record->type == DTLS_TLS12_CID)
        return take_fragment(record, c, cursor_left(c), cut);
    return take_fragment(record, c, cursor_u16(c), cut);
}

enum dissect_status dtls_record_next(struct dtls_record *record, struct bytes *datagram, bool cut)
{
    struct cursor c = cursor_of(*datagram);
    *record = (struct dtls_record){0};
    if (cursor_left(&c) == 0)
        return DISSECT_NOT_MINE;
    bool unified = (c.at[0] & UNIFIED_MASK) == UNIFIED;
    enum dissect_status status =
        unified ? read_unified(record, &c, cut) : read_plain(record, &c, cut);
    if (status != DISSECT_NOT_MINE)
        *datagram = cursor_rest(&c);
    return status;
}
