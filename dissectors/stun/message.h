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
 * (ICE), 5780 (NAT discovery), 8016 (mobility), 7635 (third-party authorization), [MS-TURN]. */
#ifndef TURNSCOPE_DISSECTORS_STUN_MESSAGE_H
#define TURNSCOPE_DISSECTORS_STUN_MESSAGE_H

#include "dissectors/address.h"
#include "dissectors/status.h"

enum {
    STUN_HEADER_LENGTH = 20,
    STUN_TRANSACTION_ID_LENGTH = 16,
    STUN_ATTRIBUTES_KEPT = 32,
    STUN_FIRST_BYTE_MAXIMUM = 3, /* RFC 7983: no method from 0x100 on can be assigned */
};
#define STUN_MAGIC_COOKIE 0x2112A442u
#define STUN_MS_MAGIC_COOKIE                                                                       \
    0x72C64BC6u /* value of the MAGIC-COOKIE attribute, [MS-TURN] 2.2.2.8 */

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
    /* [MS-TURN] uses Refresh's and Send's type bits for other methods; its Send Request and Data
     * Indication are given as STUN_SEND and STUN_DATA. This one has no equal: its number lies
     * outside the 12 bits of a message type. */
    STUN_MS_SET_ACTIVE_DESTINATION = 0x1006,
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
    STUN_MS_ALTERNATE_SERVER = 0x000E,
    STUN_MAGIC_COOKIE_ATTRIBUTE = 0x000F, /* [MS-TURN] */
    STUN_BANDWIDTH = 0x0010,              /* RFC 5766's drafts, [MS-TURN] */
    STUN_DESTINATION_ADDRESS = 0x0011,    /* RFC 5766's drafts, [MS-TURN] */
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
    STUN_OLD_XOR_MAPPED_ADDRESS = 0x8020, /* RFC 5389's drafts, [MS-TURN] */
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
    STUN_GOOG_NETWORK_INFO = 0xC057,
    STUN_GOOG_MESSAGE_INTEGRITY_32 = 0xC060,
};

/* The same numbers mean different things in these families of messages. */
enum stun_dialect {
    STUN_DIALECT_RFC8489, /* the magic cookie is there */
    STUN_DIALECT_CLASSIC, /* RFC 3489: no cookie, 128-bit transaction ID */
    /* First attribute MAGIC-COOKIE, with or without the header's cookie; attributes are not padded,
     * REALM and NONCE have each other's number, MESSAGE-INTEGRITY may be HMAC-SHA256. */
    STUN_DIALECT_MS_TURN,
};

struct stun_attribute {
    uint16_t type;
    uint16_t length;            /* as sent, without padding */
    uint32_t offset;            /* of the attribute's header, from the start of the message */
    struct bytes value;         /* exactly `length` bytes, or less when cut or malformed */
    enum dissect_status status; /* OK, CUT_SHORT, or MALFORMED (length or content is wrong) */
    bool passed_over;           /* stands where RFC 8489 section 9 does not let it count */
};

struct stun_message {
    struct bytes raw; /* header and attributes, no more than the header's length says */
    uint16_t type;    /* as sent */
    uint16_t method;  /* enum stun_method, or an unknown number */
    enum stun_class class;
    enum stun_dialect dialect;
    uint16_t length; /* of the attributes, as the header says */
    /* With the header's cookie 12 bytes, then zeros; without it 16 bytes. */
    uint8_t transaction_id[STUN_TRANSACTION_ID_LENGTH];
    /* In the order sent, duplicates kept; those beyond STUN_ATTRIBUTES_KEPT are only counted, and
     * decoded into the place behind the last. */
    struct stun_attribute attributes[STUN_ATTRIBUTES_KEPT + 1];
    size_t attribute_count;
    size_t attributes_seen;
    /* Bit (type mod 64) is set for each type that counts: most look-ups are for what is not there.
     */
    uint64_t attribute_types;
    uint8_t first_of[64];     /* then, index of the first one with that (type mod 64) */
    bool malformed_attribute; /* at least one attribute has status MALFORMED */
};

/* Decodes one message at the start of `bytes`. *message is filled for OK, CUT_SHORT and MALFORMED,
 * and not to be read otherwise.
 * OK: message->raw.length bytes were consumed (what follows is not part of it). An attribute whose
 * content is wrong (a FINGERPRINT of 3 bytes) has its own status and sets `malformed_attribute`.
 * CUT_SHORT (only when `cut`): as OK, but the capture ends inside the attributes. A cut inside the
 * header, which leaves no transaction ID, is NOT_MINE.
 * INCOMPLETE: fewer bytes than the header says, and not `cut`. For a datagram: its sender is wrong.
 * NOT_MINE: not STUN. A message without the cookie is taken for classic STUN only when its type
 * is one of RFC 3489 (or [MS-TURN]'s) and known attributes fill it, and it `bytes`, exactly.
 * MALFORMED: has the cookie, but its length is no multiple of 4 or an attribute goes beyond it; the
 * attributes up to there are filled in. */
enum dissect_status stun_decode(struct stun_message *message, struct bytes bytes, bool cut);

/* Class and method bits of an RFC 8489 message type (figure 3 of section 5). */
enum stun_class stun_type_class(uint16_t type);
uint16_t stun_type_method(uint16_t type);

/* Whether the capture holds less of the message than its header says. */
static inline bool stun_is_cut(const struct stun_message *message)
{
    return message->raw.length < (size_t)STUN_HEADER_LENGTH + message->length;
}

/* The same as stun_find, for any dialect and whether it is there or not. */
const struct stun_attribute *stun_find_in_dialect(const struct stun_message *message,
                                                  uint16_t type);

/* The first attribute of this type, whatever its status. Those after MESSAGE-INTEGRITY count too,
 * except that RFC 8489 section 9 lets only MESSAGE-INTEGRITY-SHA256 and FINGERPRINT follow it (and
 * FINGERPRINT alone follow MESSAGE-INTEGRITY-SHA256): others there are passed over. NULL when there
 * is none; of a cut message that proves nothing. `type` is an RFC 8489 number: in the other
 * dialects REALM, NONCE, ALTERNATE-SERVER, XOR-MAPPED-, XOR-RELAYED- and XOR-PEER-ADDRESS are found
 * under the numbers that those dialects give them. */
static inline const struct stun_attribute *stun_find(const struct stun_message *message,
                                                     uint16_t type)
{
    bool absent = message->dialect == STUN_DIALECT_RFC8489 &&
                  (message->attribute_types >> type % 64 & 1) == 0;
    return absent ? NULL : stun_find_in_dialect(message, type);
}

/* The value of that attribute when all of it was captured; an empty view (data NULL) when there is
 * none, or it is cut or malformed. */
static inline struct bytes stun_value(const struct stun_message *message, uint16_t type)
{
    const struct stun_attribute *attribute = stun_find(message, type);
    return attribute != NULL && attribute->status == DISSECT_OK ? attribute->value
                                                                : bytes_of(NULL, 0);
}

/* Addresses: MAPPED-ADDRESS and its kind, and the XOR- kind (RFC 8489 section 14.2), told apart by
 * the attribute's type. False when it is no address, or cut or malformed. A message may carry
 * several XOR-PEER-ADDRESS. */
bool stun_attribute_address(const struct stun_message *message,
                            const struct stun_attribute *attribute,
                            struct transport_address *address);

/* That of the first attribute of this type; false also when there is none. */
static inline bool stun_address(const struct stun_message *message, uint16_t type,
                                struct transport_address *address)
{
    const struct stun_attribute *attribute = stun_find(message, type);
    return attribute != NULL && stun_attribute_address(message, attribute, address);
}

/* ERROR-CODE: 300-699 in *code, the reason phrase (any bytes!) in *reason. */
bool stun_error_code(const struct stun_message *message, unsigned *code, struct bytes *reason);

/* Attributes whose value is a number: LIFETIME (seconds), CHANNEL-NUMBER, REQUESTED-TRANSPORT
 * (protocol number), REQUESTED-ADDRESS-FAMILY (1: IPv4, 2: IPv6), PRIORITY, CONNECTION-ID,
 * FINGERPRINT, PASSWORD-ALGORITHM (1: MD5, 2: SHA-256), ... : big-endian, 1, 2, 4 or 8 bytes as the
 * attribute's table row says. False when it is absent, cut, malformed or no number. */
bool stun_number(const struct stun_message *message, uint16_t type, uint64_t *number);

enum stun_fingerprint {
    STUN_FINGERPRINT_ABSENT,
    STUN_FINGERPRINT_CORRECT,
    STUN_FINGERPRINT_WRONG,
    STUN_FINGERPRINT_UNKNOWN, /* the capture cut the message, or it has too many attributes */
};
/* RFC 8489 section 14.7: CRC-32 of the message up to the attribute, xor 0x5354554E. */
enum stun_fingerprint stun_fingerprint(const struct stun_message *message);

/* "Allocate", "Error Response", "USERNAME", "Integrity Check Failure": the standard's names, static
 * text. Those of methods, attributes and error codes: NULL when unknown. */
const char *stun_method_name(uint16_t method);
const char *stun_class_name(enum stun_class class);
const char *stun_attribute_name(uint16_t type); /* as RFC 8489 numbers them */
const char *stun_attribute_name_in(enum stun_dialect dialect, uint16_t type);
const char *stun_error_name(unsigned code);

/* ChannelData (RFC 8656 section 12).
 *
 * +-------------------------------+-------------------------------+
 * |         Channel Number        |            Length             |
 * +-------------------------------+-------------------------------+
 * |                       Application Data                        | */
struct channel_data {
    uint16_t number; /* 0x4000-0x7FFF: RFC 5766's range, wider than RFC 8656's */
    uint16_t length; /* as the header says */
    struct bytes data;
    size_t consumed; /* header, data and (on a stream) padding, as far as captured */
};
/* Only for a flow on which STUN was seen: RFC 7983's first byte alone does not identify it.
 * `stream`: padded to a multiple of 4. OK, INCOMPLETE (or CUT_SHORT when `cut`: data is what was
 * captured), NOT_MINE. On a datagram up to 3 bytes of padding may follow; more bytes than that make
 * it NOT_MINE. *channel is filled for OK and CUT_SHORT. */
enum dissect_status channel_data_decode(struct channel_data *channel, struct bytes bytes,
                                        bool stream, bool cut);

/* Framing on a stream (RFC 8489 section 6.2.2, RFC 8656 section 12.5): the length in bytes of the
 * STUN message or ChannelData, with its padding, at the start of `stream`, so that it can be cut
 * off there and the rest asked again. OK: *length is set, and may be more than is there yet.
 * INCOMPLETE: 8 bytes (4 of ChannelData) are needed to tell. NOT_MINE: neither of the two; the
 * stream has another content or lost its framing. RFC 4571 framing (ICE over TCP) is not this. */
enum dissect_status stun_frame_length(struct bytes stream, size_t *length);

#endif
