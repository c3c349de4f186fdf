/* SPDX-License-Identifier: MIT */
#include "dissectors/dns/message.h"

enum { PORT_DNS = 53, PORT_MULTICAST_DNS = 5353, PORT_LLMNR = 5355 };

enum flag {
    FLAG_RESPONSE = 0x8000,
    FLAG_AUTHORITATIVE = 0x0400,
    FLAG_TRUNCATED = 0x0200,
    FLAG_RECURSION_DESIRED = 0x0100,
    FLAG_RECURSION_AVAILABLE = 0x0080,
    FLAG_RESERVED = 0x0040,
    FLAG_AUTHENTIC_DATA = 0x0020,
    FLAG_CHECKING_DISABLED = 0x0010,
};

static void read_flags(struct dns_message *message, uint16_t flags)
{
    message->response = flags & FLAG_RESPONSE;
    message->opcode = flags >> 11 & 0xF;
    message->authoritative = flags & FLAG_AUTHORITATIVE;
    message->truncated = flags & FLAG_TRUNCATED;
    message->recursion_desired = flags & FLAG_RECURSION_DESIRED;
    message->recursion_available = flags & FLAG_RECURSION_AVAILABLE;
    message->reserved = flags & FLAG_RESERVED;
    message->authentic_data = flags & FLAG_AUTHENTIC_DATA;
    message->checking_disabled = flags & FLAG_CHECKING_DISABLED;
    message->rcode = flags & 0xF;
}

struct dns_walk dns_walk(const struct dns_message *message)
{
    struct dns_walk walk = {
        .message = message->raw,
        .at = cursor_of(bytes_from(message->raw, DNS_HEADER_LENGTH)),
        .cut = message->cut,
        .status = DISSECT_OK,
    };
    memcpy(walk.left, message->counts, sizeof walk.left);
    return walk;
}

/* Ends the walk; running out is the snaplen's fault only when it cut the packet. */
static bool stop(struct dns_walk *walk, enum dissect_status status)
{
    bool ours = status == DISSECT_CUT_SHORT && walk->cut;
    walk->status = ours ? DISSECT_CUT_SHORT : DISSECT_MALFORMED;
    walk->section = DNS_SECTIONS;
    return false;
}

/* Whether another entry comes, in a section up to `last`; takes it off the count. */
static bool enter(struct dns_walk *walk, unsigned last)
{
    while (walk->section <= last && walk->section < DNS_SECTIONS && walk->left[walk->section] == 0)
        walk->section++;
    if (walk->section > last)
        return false;
    walk->left[walk->section]--;
    return true;
}

bool dns_question_next(struct dns_walk *walk, struct dns_question *question)
{
    if (walk->section != DNS_SECTION_QUESTION || !enter(walk, DNS_SECTION_QUESTION))
        return false;
    enum dissect_status status = dns_name_read(&question->name, walk->message, &walk->at);
    if (status != DISSECT_OK)
        return stop(walk, status);
    question->type = cursor_u16(&walk->at);
    question->class = cursor_u16(&walk->at);
    return !walk->at.failed || stop(walk, DISSECT_CUT_SHORT);
}

/* The data, as far as it is there: a record cut in its data still has a name and a type. */
static void read_data(struct dns_walk *walk, struct dns_record *record)
{
    record->status = DISSECT_OK;
    if (cursor_left(&walk->at) < record->length) {
        stop(walk, DISSECT_CUT_SHORT);
        record->status = walk->status;
        record->data = cursor_take(&walk->at, cursor_left(&walk->at));
        return;
    }
    record->data = cursor_take(&walk->at, record->length);
}

static void pass_over_questions(struct dns_walk *walk)
{
    struct dns_question passed_over;
    while (dns_question_next(walk, &passed_over))
        ;
}

bool dns_record_next(struct dns_walk *walk, struct dns_record *record)
{
    if (walk->section == DNS_SECTION_QUESTION)
        pass_over_questions(walk);
    if (!enter(walk, DNS_SECTION_ADDITIONAL))
        return false;
    record->section = (enum dns_section)walk->section;
    record->message = walk->message;
    enum dissect_status status = dns_name_read(&record->name, walk->message, &walk->at);
    if (status != DISSECT_OK)
        return stop(walk, status);
    record->type = cursor_u16(&walk->at);
    record->class = cursor_u16(&walk->at);
    record->ttl = cursor_u32(&walk->at);
    record->length = cursor_u16(&walk->at);
    if (walk->at.failed)
        return stop(walk, DISSECT_CUT_SHORT);
    read_data(walk, record);
    return true;
}

/* RFC 6891 section 6.1.3: the TTL of an OPT record is extended rcode, version, DO and zeros. */
static void read_edns(struct dns_message *message, const struct dns_record *record)
{
    bool second = message->edns.present;
    if (second || record->type != DNS_OPT || record->section != DNS_SECTION_ADDITIONAL)
        return;
    message->edns.present = true;
    message->edns.payload_size = record->class;
    message->edns.version = record->ttl >> 16 & 0xFF;
    message->edns.dnssec_ok = record->ttl & 0x8000;
    message->rcode = (uint16_t)(message->rcode | record->ttl >> 24 << 4);
}

/* All zero but for the octets of the question's name, which are many. */
static void begin(struct dns_message *message, struct bytes bytes, bool cut)
{
    memset(message, 0, offsetof(struct dns_message, question.name.octets));
    message->raw = bytes;
    message->cut = cut;
}

enum dissect_status dns_decode(struct dns_message *message, struct bytes bytes, bool cut)
{
    begin(message, bytes, cut);
    if (bytes.length < DNS_HEADER_LENGTH)
        return cut ? DISSECT_CUT_SHORT : DISSECT_NOT_MINE;
    struct cursor header = cursor_of(bytes);
    message->id = cursor_u16(&header);
    read_flags(message, cursor_u16(&header));
    for (unsigned section = 0; section < DNS_SECTIONS; section++)
        message->counts[section] = cursor_u16(&header);
    struct dns_walk walk = dns_walk(message);
    if (!dns_question_next(&walk, &message->question))
        message->question = (struct dns_question){0};
    pass_over_questions(&walk);
    message->records = walk;
    struct dns_record record;
    while (dns_record_next(&walk, &record))
        read_edns(message, &record);
    message->trailing = walk.status == DISSECT_OK ? cursor_left(&walk.at) : 0;
    message->raw.length -= message->trailing;
    return walk.status;
}

enum dissect_status dns_stream_message(struct bytes stream, bool cut, struct bytes *message,
                                       size_t *consumed)
{
    struct cursor c = cursor_of(stream);
    uint16_t length = cursor_u16(&c);
    *message = bytes_of(NULL, 0);
    *consumed = 0;
    if (!c.failed && length < DNS_HEADER_LENGTH)
        return DISSECT_NOT_MINE;
    if (c.failed || cursor_left(&c) < length) {
        *message = cursor_rest(&c);
        *consumed = cut ? stream.length : 0;
        return cut ? DISSECT_CUT_SHORT : DISSECT_INCOMPLETE;
    }
    *message = cursor_take(&c, length);
    *consumed = 2 + (size_t)length;
    return DISSECT_OK;
}

enum dns_variant dns_variant_of(uint16_t source_port, uint16_t destination_port)
{
    if (source_port == PORT_DNS || destination_port == PORT_DNS)
        return DNS_UNICAST;
    if (source_port == PORT_MULTICAST_DNS || destination_port == PORT_MULTICAST_DNS)
        return DNS_MULTICAST;
    if (source_port == PORT_LLMNR || destination_port == PORT_LLMNR)
        return DNS_LLMNR;
    return DNS_UNICAST;
}
