/* SPDX-License-Identifier: MIT */
/* Telling DNS from noise on a port that says nothing. */
#include "dissectors/dns/message.h"

/* A query carries at most an OPT and a signature (RFC 6891, RFC 8945). */
enum { QUERY_ADDITIONAL_MAX = 2, HEADER_RCODE_MAX = 10 };
enum { NETBIOS_NAME = 32, NETBIOS_STATUS = 33, NETBIOS_LABEL = 32 };

/* The fixed twelve octets alone refuse nearly all noise: this runs on every stray datagram. */
static bool plausible_header(struct bytes bytes)
{
    struct cursor c = cursor_of(bytes);
    cursor_skip(&c, 2);
    uint16_t flags = cursor_u16(&c);
    uint16_t questions = cursor_u16(&c);
    uint16_t answers = cursor_u16(&c);
    uint16_t authorities = cursor_u16(&c);
    uint16_t additional = cursor_u16(&c);
    bool standard_query = (flags & 0x7840) == 0; /* opcode 0, Z 0 */
    if (c.failed || !standard_query || questions != 1)
        return false;
    if (flags & 0x8000)
        return (flags & 0xF) <= HEADER_RCODE_MAX;
    bool bare = (flags & 0x068F) == 0; /* no AA, TC, RA, rcode */
    return bare && answers == 0 && authorities == 0 && additional <= QUERY_ADDITIONAL_MAX;
}

/* RFC 1001 section 14.1: NetBIOS names are one label of 32 octets (and a scope). DNS gave their
 * type NB to NIMLOC, which nobody uses, and NBSTAT to SRV, whose names begin with an underscore. */
static bool is_netbios(const struct dns_question *question)
{
    const uint8_t *first = question->name.octets;
    bool netbios_label = first[0] == NETBIOS_LABEL && first[1] != '_';
    return question->type == NETBIOS_NAME || (question->type == NETBIOS_STATUS && netbios_label);
}

static bool plausible_question(const struct dns_question *question)
{
    bool class_known = dns_class_name(question->class) != NULL;
    bool type_known = dns_type_name(question->type) != NULL;
    return class_known && type_known && !is_netbios(question);
}

enum dissect_status dns_recognize(struct bytes bytes, bool cut)
{
    struct dns_message message;
    if (!plausible_header(bytes))
        return DISSECT_NOT_MINE;
    enum dissect_status status = dns_decode(&message, bytes, cut);
    bool question_hidden = status == DISSECT_CUT_SHORT && message.question.name.length == 0;
    if (question_hidden)
        return DISSECT_CUT_SHORT;
    bool whole = status == DISSECT_OK || status == DISSECT_CUT_SHORT;
    if (!whole || message.trailing > 0 || !plausible_question(&message.question))
        return DISSECT_NOT_MINE;
    return DISSECT_OK;
}
