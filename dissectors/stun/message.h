/* SPDX-License-Identifier: MIT */
/* STUN and TURN messages.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN Message Type     |         Message Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Magic Cookie                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Transaction ID (96 bits)                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * RFC 8489 (STUN), RFC 8656 (TURN), RFC 5389, 5766, 3489 (before them), 6062 (TCP relay), 8445
 * (ICE), 5780 (NAT discovery), 8016 (mobility), 7635 (third-party authorization), MS-TURN. */
#ifndef TURNSCOPE_DISSECTORS_STUN_MESSAGE_H
#define TURNSCOPE_DISSECTORS_STUN_MESSAGE_H

#include "dissectors/address.h"
#include "dissectors/status.h"

enum { STUN_HEADER_LENGTH = 20, STUN_TRANSACTION_ID_LENGTH = 16, STUN_ATTRIBUTES_KEPT = 32 };
#define STUN_MAGIC_COOKIE 0x2112A442u

enum stun_class {
    STUN_REQUEST = 0,
    STUN_INDICATION = 1,
    STUN_SUCCESS = 2,
    STUN_ERROR = 3,
};

enum stun_method {
    STUN_BINDING = 0x001,
    STUN_SHARED_SECRET = 0x002, /* RFC 3489 */
    STUN_ALLOCATE = 0x003,
    STUN_REFRESH = 0x004,
    STUN_SEND = 0x006,
    STUN_DATA = 0x007,
    STUN_CREATE_PERMISSION = 0x008,
    STUN_CHANNEL_BIND = 0x009,
    STUN_CONNECT = 0x00A, /* RFC 6062 */
    STUN_CONNECTION_BIND = 0x00B,
    STUN_CONNECTION_ATTEMPT = 0x00C,
    STUN_GOOG_PING = 0x080,
};

enum stun_attribute_type {
    STUN_MAPPED_ADDRESS = 0x0001,
    STUN_RESPONSE_ADDRESS = 0x0002, /* RFC 3489 */
    STUN_CHANGE_REQUEST = 0x0003,   /* RFC 3489, RFC 5780 */
    STUN_SOURCE_ADDRESS = 0x0004,   /* RFC 3489 */
    STUN_CHANGED_ADDRESS = 0x0005,  /* RFC 3489 */
    STUN_USERNAME = 0x0006,
    STUN_PASSWORD = 0x0007, /* RFC 3489 */
    STUN_MESSAGE_INTEGRITY = 0x0008,
    STUN_ERROR_CODE = 0x0009,
    STUN_UNKNOWN_ATTRIBUTES = 0x000A,
    STUN_REFLECTED_FROM = 0x000B, /* RFC 3489 */
    STUN_CHANNEL_NUMBER = 0x000C,
    STUN_LIFETIME = 0x000D,
    STUN_XOR_PEER_ADDRESS = 0x0012,
    STUN_DATA_ATTRIBUTE = 0x0013,
    STUN_REALM = 0x0014,
    STUN_NONCE = 0x0015,
    STUN_XOR_RELAYED_ADDRESS = 0x0016,
    STUN_REQUESTED_ADDRESS_FAMILY = 0x0017,
    STUN_EVEN_PORT = 0x0018,
    STUN_REQUESTED_TRANSPORT = 0x0019,
    STUN_DONT_FRAGMENT = 0x001A,
    STUN_ACCESS_TOKEN = 0x001B, /* RFC 7635 */
    STUN_MESSAGE_INTEGRITY_SHA256 = 0x001C,
    STUN_PASSWORD_ALGORITHM = 0x001D,
    STUN_USERHASH = 0x001E,
    STUN_XOR_MAPPED_ADDRESS = 0x0020,
    STUN_RESERVATION_TOKEN = 0x0022,
    STUN_PRIORITY = 0x0024,
    STUN_USE_CANDIDATE = 0x0025,
    STUN_PADDING = 0x0026,
    STUN_RESPONSE_PORT = 0x0027,
    STUN_CONNECTION_ID = 0x002A,
    STUN_ADDITIONAL_ADDRESS_FAMILY = 0x8000,
    STUN_ADDRESS_ERROR_CODE = 0x8001,
    STUN_PASSWORD_ALGORITHMS = 0x8002,
    STUN_ALTERNATE_DOMAIN = 0x8003,
    STUN_ICMP = 0x8004,
    STUN_SOFTWARE = 0x8022,
    STUN_ALTERNATE_SERVER = 0x8023,
    STUN_TRANSACTION_TRANSMIT_COUNTER = 0x8025,
    STUN_CACHE_TIMEOUT = 0x8027,
    STUN_FINGERPRINT = 0x8028,
    STUN_ICE_CONTROLLED = 0x8029,
    STUN_ICE_CONTROLLING = 0x802A,
    STUN_RESPONSE_ORIGIN = 0x802B,
    STUN_OTHER_ADDRESS = 0x802C,
    STUN_ECN_CHECK = 0x802D,
    STUN_THIRD_PARTY_AUTHORIZATION = 0x802E,
    STUN_MOBILITY_TICKET = 0x8030,
};

/* The same numbers mean different things in these families of messages. */
enum stun_dialect {
    STUN_DIALECT_RFC8489, /* the magic cookie is there */
    STUN_DIALECT_CLASSIC, /* RFC 3489: no cookie, 128-bit transaction ID */
    STUN_DIALECT_MS_TURN, /* MAGIC-COOKIE attribute 0x000F; REALM and NONCE numbers swapped */
};

struct stun_attribute {
    uint16_t type;
    uint16_t length;            /* as sent, without padding */
    uint16_t offset;            /* of the attribute's header, from the start of the message */
    struct bytes value;         /* exactly `length` bytes, or less when cut or malformed */
    enum dissect_status status; /* OK, CUT_SHORT, or MALFORMED (length or content is wrong) */
};

struct stun_message {
    struct bytes raw; /* header and attributes, no more than the header's length says */
    uint16_t type;
    uint16_t method; /* enum stun_method */
    enum stun_class class;
    enum stun_dialect dialect;
    uint16_t length; /* of the attributes, as the header says */
    /* RFC 8489: 12 bytes, then zeros; classic: 16 bytes. */
    uint8_t transaction_id[STUN_TRANSACTION_ID_LENGTH];
    /* In the order sent, duplicates kept; those beyond STUN_ATTRIBUTES_KEPT are only counted. */
    struct stun_attribute attributes[STUN_ATTRIBUTES_KEPT];
    size_t attribute_count;
    size_t attributes_seen;
    bool malformed_attribute; /* at least one attribute has status MALFORMED */
};

/* Decodes one message at the start of `bytes`.
 * OK: *message is filled; message->raw.length bytes were consumed (what follows is not part of it).
 * CUT_SHORT (only when `cut`): as OK, but the capture ends inside the message.
 * INCOMPLETE: fewer bytes than the header says, and not `cut`.
 * NOT_MINE: not STUN. A message without the cookie is taken for classic STUN only when its method
 * is one of RFC 3489 (or MS-TURN's) and its attributes fill it exactly. MALFORMED: has the cookie,
 * but its length or attributes contradict themselves; what could be read is filled in. */
enum dissect_status stun_decode(struct stun_message *message, struct bytes bytes, bool cut);

/* The first attribute of this type; those after MESSAGE-INTEGRITY count too, except that
 * RFC 8489 section 14.5 lets only MESSAGE-INTEGRITY-SHA256 and FINGERPRINT follow it: others there
 * are passed over. NULL when there is none. `type` is an RFC 8489 number: with MS-TURN messages
 * STUN_REALM and STUN_NONCE are looked up under their swapped numbers. */
const struct stun_attribute *stun_find(const struct stun_message *message, uint16_t type);

/* The value of the first attribute of this type; an empty view (data NULL) when there is none. */
struct bytes stun_value(const struct stun_message *message, uint16_t type);

/* Addresses: MAPPED-ADDRESS and its kind, and the XOR- kind, told apart by the attribute's type.
 * False when the attribute is absent, cut or malformed. */
bool stun_address(const struct stun_message *message, uint16_t type,
                  struct transport_address *address);
/* The same for an attribute in hand (a message may carry several XOR-PEER-ADDRESS). */
bool stun_attribute_address(const struct stun_message *message,
                            const struct stun_attribute *attribute,
                            struct transport_address *address);

/* ERROR-CODE: 300-699 in *code, the reason phrase (any bytes!) in *reason. */
bool stun_error_code(const struct stun_message *message, unsigned *code, struct bytes *reason);

/* Attributes whose value is a number: LIFETIME (seconds), CHANNEL-NUMBER, REQUESTED-TRANSPORT
 * (protocol number), REQUESTED-ADDRESS-FAMILY (1: IPv4, 2: IPv6), PRIORITY, CONNECTION-ID,
 * FINGERPRINT, ... : big-endian, 1, 2, 4 or 8 bytes as the attribute's table row says. */
bool stun_number(const struct stun_message *message, uint16_t type, uint64_t *number);

enum stun_fingerprint {
    STUN_FINGERPRINT_ABSENT,
    STUN_FINGERPRINT_CORRECT,
    STUN_FINGERPRINT_WRONG,
    STUN_FINGERPRINT_UNKNOWN, /* the capture cut the message */
};
/* RFC 8489 section 14.7: CRC-32 of the message up to the attribute, xor 0x5354554E. */
enum stun_fingerprint stun_fingerprint(const struct stun_message *message);

/* "Allocate", "Allocate Error Response" for whole messages, "USERNAME", "Integrity Check Failure".
 * The names of methods, attributes and error codes: NULL when unknown. */
const char *stun_method_name(uint16_t method);
const char *stun_class_name(enum stun_class class);
const char *stun_attribute_name(uint16_t type);
const char *stun_error_name(unsigned code);

/* TURN framing (RFC 8656 section 12, RFC 4571 is not used): ChannelData.
 *
 * +-------------------------------+-------------------------------+
 * |         Channel Number        |            Length             |
 * +-------------------------------+-------------------------------+
 * |                       Application Data                        | */
struct channel_data {
    uint16_t number; /* 0x4000-0x7FFF: RFC 5766's range, wider than RFC 8656's */
    uint16_t length; /* as the header says */
    struct bytes data;
    size_t consumed; /* header, data and (on a stream) padding */
};
/* Only for a flow on which STUN was seen: RFC 7983's first byte alone does not identify it.
 * `stream`: padded to a multiple of 4. OK, INCOMPLETE (or CUT_SHORT when `cut`), NOT_MINE. On a
 * datagram up to 3 bytes of padding may follow; more bytes than that make it NOT_MINE. */
enum dissect_status channel_data_decode(struct channel_data *channel, struct bytes bytes,
                                        bool stream, bool cut);

#endif
