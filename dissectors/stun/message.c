/* SPDX-License-Identifier: MIT */
#include "dissectors/stun/message.h"

#include "dissectors/stun/attributes.h"

enum { ATTRIBUTE_HEADER_LENGTH = 4, COOKIE_END = 8 };

/* RFC 3489 section 11.1. */
static const uint16_t classic_types[] = {0x0001, 0x0101, 0x0111, 0x0002, 0x0102, 0x0112};

/* [MS-TURN] 2.2.1: types whose bits mean another method in RFC 8656. */
static const struct {
    uint16_t type;
    uint16_t method;
    enum stun_class class;
} ms_turn_types[] = {
    {0x0003, STUN_ALLOCATE, STUN_REQUEST},
    {0x0103, STUN_ALLOCATE, STUN_SUCCESS},
    {0x0113, STUN_ALLOCATE, STUN_ERROR},
    {0x0004, STUN_SEND, STUN_REQUEST},
    {0x0104, STUN_SEND, STUN_SUCCESS},
    {0x0114, STUN_SEND, STUN_ERROR},
    {0x0115, STUN_DATA, STUN_INDICATION},
    {0x0006, STUN_MS_SET_ACTIVE_DESTINATION, STUN_REQUEST},
    {0x0106, STUN_MS_SET_ACTIVE_DESTINATION, STUN_SUCCESS},
    {0x0116, STUN_MS_SET_ACTIVE_DESTINATION, STUN_ERROR},
};

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

enum stun_class stun_type_class(uint16_t type)
{
    return (enum stun_class)((type >> 7 & 2) | (type >> 4 & 1));
}

uint16_t stun_type_method(uint16_t type)
{
    return (uint16_t)((type & 0x000F) | (type & 0x00E0) >> 1 | (type & 0x3E00) >> 2);
}

/* The walk over the attributes of one message. */
struct walk {
    struct stun_message *message;
    struct bytes rest;  /* what was captured of the attributes still to come: `left` at most */
    size_t left;        /* how many bytes of them there are, as the header says */
    uint16_t integrity; /* type of the message integrity attribute that was met; 0: none */
    bool overrun;       /* an attribute goes beyond the message */
    bool unknown;       /* an attribute has no row in the table */
};

/* `room`: bytes of the message behind the attribute's header. */
static enum dissect_status status_of(struct walk *walk, const struct stun_attribute *attribute,
                                     size_t room)
{
    const struct stun_attribute_row *row =
        stun_attribute_row(walk->message->dialect, attribute->type);
    walk->unknown |= row == NULL;
    if (attribute->length > room) {
        walk->overrun = true;
        return DISSECT_MALFORMED;
    }
    if (attribute->value.length < attribute->length)
        return stun_attribute_fits(row, attribute->length) ? DISSECT_CUT_SHORT : DISSECT_MALFORMED;
    return stun_attribute_is_well_formed(row, attribute->value) ? DISSECT_OK : DISSECT_MALFORMED;
}

/* RFC 8489 section 9: what may follow the message integrity attribute `last`. */
static bool may_follow(uint16_t last, uint16_t type)
{
    if (last == 0 || type == STUN_FINGERPRINT)
        return true;
    return last == STUN_MESSAGE_INTEGRITY && type == STUN_MESSAGE_INTEGRITY_SHA256;
}

static void keep(struct walk *walk, struct stun_attribute *attribute)
{
    struct stun_message *message = walk->message;
    unsigned bucket = attribute->type % 64;
    size_t index = message->attribute_count++;
    attribute->passed_over = !may_follow(walk->integrity, attribute->type);
    if (attribute->passed_over)
        return;
    if ((message->attribute_types >> bucket & 1) == 0)
        message->first_of[bucket] = (uint8_t)index;
    message->attribute_types |= UINT64_C(1) << bucket;
    if (attribute->type == STUN_MESSAGE_INTEGRITY ||
        attribute->type == STUN_MESSAGE_INTEGRITY_SHA256)
        walk->integrity = attribute->type;
}

/* To behind the attribute and its padding. */
static void step_over(struct walk *walk, const struct stun_attribute *attribute)
{
    size_t length = (size_t)ATTRIBUTE_HEADER_LENGTH + attribute->length;
    if (walk->message->dialect != STUN_DIALECT_MS_TURN)
        length = (length + 3) & ~(size_t)3;
    walk->rest = bytes_from(walk->rest, length);
    walk->left = length < walk->left ? walk->left - length : 0;
}

/* False at the end of the message, of the capture, or where an attribute goes beyond either. */
static bool next_attribute(struct walk *walk)
{
    struct stun_message *message = walk->message;
    struct stun_attribute *attribute = &message->attributes[message->attribute_count];
    struct cursor c = cursor_of(walk->rest);
    if (walk->left < ATTRIBUTE_HEADER_LENGTH) {
        walk->overrun |= walk->left > 0;
        return false;
    }
    if (cursor_left(&c) < ATTRIBUTE_HEADER_LENGTH)
        return false;
    size_t room = walk->left - ATTRIBUTE_HEADER_LENGTH;
    attribute->offset = (uint32_t)(c.at - message->raw.data);
    attribute->type = cursor_u16(&c);
    attribute->length = cursor_u16(&c);
    attribute->value = bytes_first(cursor_rest(&c), attribute->length);
    attribute->status = status_of(walk, attribute, room);
    message->malformed_attribute |= attribute->status == DISSECT_MALFORMED;
    message->attributes_seen++;
    if (message->attribute_count < STUN_ATTRIBUTES_KEPT)
        keep(walk, attribute);
    step_over(walk, attribute);
    return attribute->value.length == attribute->length;
}

static void walk_attributes(struct walk *walk)
{
    struct stun_message *message = walk->message;
    message->attribute_count = 0;
    message->attributes_seen = 0;
    message->attribute_types = 0;
    message->malformed_attribute = false;
    walk->rest = bytes_from(message->raw, STUN_HEADER_LENGTH);
    walk->left = message->length;
    while (next_attribute(walk))
        continue;
}

/* [MS-TURN] 2.2.2: the Magic Cookie attribute is the first one of every message. */
static bool starts_with_ms_cookie(struct bytes raw)
{
    struct cursor c = cursor_of(bytes_from(raw, STUN_HEADER_LENGTH));
    return cursor_u16(&c) == STUN_MAGIC_COOKIE_ATTRIBUTE && cursor_u16(&c) == 4 &&
           cursor_u32(&c) == STUN_MS_MAGIC_COOKIE;
}

static bool set_ms_turn_type(struct stun_message *message)
{
    for (size_t i = 0; i < COUNT(ms_turn_types); i++) {
        if (ms_turn_types[i].type != message->type)
            continue;
        message->method = ms_turn_types[i].method;
        message->class = ms_turn_types[i].class;
        return true;
    }
    return false;
}

static bool is_classic_type(uint16_t type)
{
    for (size_t i = 0; i < COUNT(classic_types); i++)
        if (classic_types[i] == type)
            return true;
    return false;
}

static void read_header(struct stun_message *message, struct bytes bytes)
{
    struct cursor c = cursor_of(bytes);
    message->type = cursor_u16(&c);
    message->length = cursor_u16(&c);
    message->method = stun_type_method(message->type);
    message->class = stun_type_class(message->type);
    message->raw = bytes_first(bytes, (size_t)STUN_HEADER_LENGTH + message->length);
}

static enum dissect_status decode_with_cookie(struct stun_message *message, bool cut)
{
    struct walk walk = {.message = message};
    if (stun_is_cut(message) && !cut)
        return DISSECT_INCOMPLETE;
    memcpy(message->transaction_id, message->raw.data + COOKIE_END, 12);
    memset(message->transaction_id + 12, 0, 4);
    message->dialect = STUN_DIALECT_RFC8489;
    if (starts_with_ms_cookie(message->raw)) {
        message->dialect = STUN_DIALECT_MS_TURN;
        (void)set_ms_turn_type(message);
    }
    walk_attributes(&walk);
    bool padded = message->length % 4 == 0 || message->dialect == STUN_DIALECT_MS_TURN;
    if (walk.overrun || !padded)
        return DISSECT_MALFORMED;
    return stun_is_cut(message) ? DISSECT_CUT_SHORT : DISSECT_OK;
}

static bool has_transaction_id(const struct stun_message *message)
{
    static const uint8_t zero[STUN_TRANSACTION_ID_LENGTH];
    return memcmp(message->transaction_id, zero, sizeof zero) != 0;
}

/* Without the cookie everything else has to fit, or any datagram that starts with 0x0001 would be
 * STUN. `exact`: the message ends where the bytes do, as far as they were captured. */
static enum dissect_status decode_without_cookie(struct stun_message *message, bool exact)
{
    struct walk walk = {.message = message};
    bool ms_turn = starts_with_ms_cookie(message->raw) && set_ms_turn_type(message);
    message->dialect = ms_turn ? STUN_DIALECT_MS_TURN : STUN_DIALECT_CLASSIC;
    if (!exact || (!ms_turn && (!is_classic_type(message->type) || message->length % 4 != 0)))
        return DISSECT_NOT_MINE;
    memcpy(message->transaction_id, message->raw.data + 4, STUN_TRANSACTION_ID_LENGTH);
    walk_attributes(&walk);
    if (walk.overrun || walk.unknown || message->malformed_attribute)
        return DISSECT_NOT_MINE;
    bool bare_request = message->class == STUN_REQUEST && has_transaction_id(message);
    if (message->attributes_seen == 0 && (stun_is_cut(message) || !bare_request))
        return DISSECT_NOT_MINE;
    return stun_is_cut(message) ? DISSECT_CUT_SHORT : DISSECT_OK;
}

/* Fewer bytes than a header: is it the start of one? */
static enum dissect_status decode_start(struct bytes bytes, bool cut)
{
    static const uint8_t cookie[4] = {0x21, 0x12, 0xA4, 0x42};
    struct bytes seen = bytes_from(bytes, 4);
    if (cut)
        return DISSECT_NOT_MINE;
    if (!bytes_equal(bytes_first(seen, 4), bytes_of(cookie, seen.length < 4 ? seen.length : 4)))
        return DISSECT_NOT_MINE;
    return DISSECT_INCOMPLETE;
}

enum dissect_status stun_decode(struct stun_message *message, struct bytes bytes, bool cut)
{
    if (bytes.length == 0 || bytes.data[0] > STUN_FIRST_BYTE_MAXIMUM)
        return DISSECT_NOT_MINE;
    if (bytes.length < STUN_HEADER_LENGTH)
        return decode_start(bytes, cut);
    read_header(message, bytes);
    struct cursor c = cursor_of(bytes_from(bytes, 4));
    if (cursor_u32(&c) == STUN_MAGIC_COOKIE)
        return decode_with_cookie(message, cut);
    size_t whole = (size_t)STUN_HEADER_LENGTH + message->length;
    return decode_without_cookie(message, cut ? bytes.length < whole : bytes.length == whole);
}
