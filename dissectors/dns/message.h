/* SPDX-License-Identifier: MIT */
/* DNS messages: header, questions and resource records.
 *
 *   0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
 * +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 * |                      ID                       |
 * +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 * |QR|   Opcode  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |
 * +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 * |  QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT (4 x 16)  |
 *
 * RFC 1035, 4035 (AD, CD), 6891 (EDNS), 7766 (TCP), 2136 (UPDATE), 6762 (mDNS), 4795 (LLMNR).
 * mDNS and LLMNR share the format: in mDNS the top bit of a class is a flag of its own. NetBIOS
 * names (RFC 1002, port 137) are not decoded here. */
#ifndef TURNSCOPE_DISSECTORS_DNS_MESSAGE_H
#define TURNSCOPE_DISSECTORS_DNS_MESSAGE_H

#include "dissectors/dns/name.h"

enum { DNS_HEADER_LENGTH = 12 };

enum dns_type {
    DNS_A = 1,
    DNS_NS = 2,
    DNS_CNAME = 5,
    DNS_SOA = 6,
    DNS_PTR = 12,
    DNS_MX = 15,
    DNS_TXT = 16,
    DNS_AAAA = 28,
    DNS_SRV = 33,   /* RFC 2782 */
    DNS_DNAME = 39, /* RFC 6672 */
    DNS_OPT = 41,   /* RFC 6891 */
    DNS_SVCB = 64,  /* RFC 9460 */
    DNS_HTTPS = 65,
    DNS_ANY = 255,
};

enum dns_class { DNS_IN = 1, DNS_CH = 3, DNS_HS = 4, DNS_CLASS_NONE = 254, DNS_CLASS_ANY = 255 };

/* mDNS (RFC 6762 sections 5.4 and 10.2): "unicast response, please" in a question, cache-flush in a
 * record. */
enum { DNS_MULTICAST_CLASS_FLAG = 0x8000 };

enum dns_opcode { DNS_QUERY = 0, DNS_STATUS = 2, DNS_NOTIFY = 4, DNS_UPDATE = 5 };

enum dns_rcode {
    DNS_NOERROR = 0,
    DNS_FORMERR = 1,
    DNS_SERVFAIL = 2,
    DNS_NXDOMAIN = 3,
    DNS_NOTIMP = 4,
    DNS_REFUSED = 5,
    DNS_BADVERS = 16,
};

enum dns_section {
    DNS_SECTION_QUESTION,
    DNS_SECTION_ANSWER,
    DNS_SECTION_AUTHORITY,
    DNS_SECTION_ADDITIONAL,
    DNS_SECTIONS,
};

/* Who speaks the format: a silent mDNS or LLMNR query is no fault. */
enum dns_variant { DNS_UNICAST, DNS_MULTICAST, DNS_LLMNR };

struct dns_question {
    uint16_t type;  /* enum dns_type */
    uint16_t class; /* enum dns_class */
    struct dns_name name;
};

/* EDNS(0): what the OPT record says (RFC 6891 section 6.1). */
struct dns_edns {
    bool present;
    bool dnssec_ok;
    uint8_t version;
    uint16_t payload_size; /* UDP payload the sender takes, in bytes */
};

/* A walk through the questions, then the records, of one message. */
struct dns_walk {
    struct bytes message;
    struct cursor at;
    unsigned section; /* enum dns_section of what comes next */
    uint16_t left[DNS_SECTIONS];
    bool cut;
    enum dissect_status status; /* why it ended: OK, CUT_SHORT or MALFORMED */
};

struct dns_message {
    struct bytes raw; /* from the header to the end of the last record, or to what was decoded */
    uint16_t id;
    uint8_t opcode;                /* enum dns_opcode */
    bool response;                 /* QR */
    bool authoritative;            /* AA; LLMNR: C, conflict */
    bool truncated;                /* TC */
    bool recursion_desired;        /* RD; LLMNR: T, tentative */
    bool recursion_available;      /* RA */
    bool reserved;                 /* Z: must be zero */
    bool authentic_data;           /* AD */
    bool checking_disabled;        /* CD */
    uint16_t rcode;                /* enum dns_rcode; with the OPT record's upper eight bits */
    uint16_t counts[DNS_SECTIONS]; /* as the header says, by enum dns_section */
    struct dns_edns edns;
    struct dns_walk records;      /* behind the questions: to begin a walk with */
    size_t trailing;              /* bytes after the last record */
    bool cut;                     /* as told to dns_decode */
    struct dns_question question; /* the first; name.length 0 when there is none */
};

struct dns_record {
    struct dns_name name;
    enum dns_section section;
    uint16_t type;
    uint16_t class;             /* OPT: UDP payload size */
    uint32_t ttl;               /* seconds; OPT: extended rcode, version and flags */
    uint16_t length;            /* of the data, as sent */
    struct bytes data;          /* `length` bytes, or fewer when status is not OK */
    enum dissect_status status; /* OK; the data is CUT_SHORT or, not cut by us, MALFORMED */
    struct bytes message;       /* what compressed names in the data point into */
};

/* Decodes the message that `bytes` (one UDP payload, or one message of a stream) holds.
 * OK: the whole message was walked through and holds together; the contents of records are checked
 * by the functions of record.h. Bytes after it are counted in `trailing`.
 * CUT_SHORT (only when `cut`): the capture ends inside; the parts before are valid.
 * NOT_MINE: shorter than a header and not cut. MALFORMED: sections, names or lengths contradict
 * themselves; what could be read is there. Ports decide who calls this; where they do not,
 * ask dns_recognize first. */
enum dissect_status dns_decode(struct dns_message *message, struct bytes bytes, bool cut);

/* Whether these bytes are very probably one whole DNS query or its response, whatever the port:
 * every field plausible, one question of a known type, all sections fill the bytes exactly. OK or
 * NOT_MINE; CUT_SHORT when the header is plausible and the cut hides the question. NetBIOS and
 * messages other than standard queries are NOT_MINE (a damaged NetBIOS name may still look like
 * DNS: leave port 137 out). */
enum dissect_status dns_recognize(struct bytes bytes, bool cut);

/* DNS over TCP (RFC 1035 section 4.2.2): the first message of `stream`, behind its two octets of
 * length. OK: *message is its view and *consumed the bytes to move on. INCOMPLETE: more bytes are
 * needed; CUT_SHORT when `cut`, and *message is what was captured of it. NOT_MINE: shorter than a
 * header. */
enum dissect_status dns_stream_message(struct bytes stream, bool cut, struct bytes *message,
                                       size_t *consumed);

/* By the ports of RFC 6762 (5353) and RFC 4795 (5355); 53 at either end overrules them. */
enum dns_variant dns_variant_of(uint16_t source_port, uint16_t destination_port);

/* A walk from the beginning. Of the records alone: begin with a copy of message->records. */
struct dns_walk dns_walk(const struct dns_message *message);

/* Fills the next question; false after the last one. */
bool dns_question_next(struct dns_walk *walk, struct dns_question *question);

/* Fills the next record, of any section, passing over questions that were not read; false after the
 * last one. A record whose data is incomplete is the last. */
bool dns_record_next(struct dns_walk *walk, struct dns_record *record);

/* "AAAA", "NXDOMAIN", "QUERY", "IN": NULL when unknown. */
const char *dns_type_name(uint16_t type);
const char *dns_rcode_name(uint16_t rcode);
const char *dns_opcode_name(uint8_t opcode);
const char *dns_class_name(uint16_t class);

/* Of a type without a name: "TYPE65280" (RFC 3597 5). Returns `text`. */
enum { DNS_TYPE_TEXT = 16 };
char *dns_type_text(uint16_t type, char text[DNS_TYPE_TEXT]);

#endif
