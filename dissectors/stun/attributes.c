/* SPDX-License-Identifier: MIT */
/* The registry "STUN Attributes" of IANA, what RFC 3489 and the drafts of RFC 5389 and RFC 5766 had
 * before it, and the Microsoft extensions [MS-TURN], [MS-ICE2] and [MS-TURNBWM]. */
#include "dissectors/stun/attributes.h"

enum { ANY_LENGTH = UINT16_MAX };

/* The columns after the name: shape, bytes of a number, least and greatest length. */
#define OPAQUE(minimum, maximum)        STUN_SHAPE_OPAQUE, 0, minimum, maximum
#define DIGEST(minimum, maximum)        STUN_SHAPE_DIGEST, 0, minimum, maximum
#define TEXT                            STUN_SHAPE_TEXT, 0, 0, ANY_LENGTH
#define EMPTY                           STUN_SHAPE_EMPTY, 0, 0, 0
#define NUMBER(width, minimum, maximum) STUN_SHAPE_NUMBER, width, minimum, maximum
#define ADDRESS                         STUN_SHAPE_ADDRESS, 0, 8, 20
#define XOR_ADDRESS                     STUN_SHAPE_XOR_ADDRESS, 0, 8, 20

/* Each table is indexed by type minus the first type of its range. */
enum { OPTIONAL_FIRST = 0x8000, VENDOR_FIRST = 0xC000 };

static const struct stun_attribute_row required[] = {
    [STUN_MAPPED_ADDRESS] = {"MAPPED-ADDRESS", ADDRESS},
    [STUN_RESPONSE_ADDRESS] = {"RESPONSE-ADDRESS", ADDRESS},
    [STUN_CHANGE_REQUEST] = {"CHANGE-REQUEST", NUMBER(4, 4, 4)},
    [STUN_SOURCE_ADDRESS] = {"SOURCE-ADDRESS", ADDRESS},
    [STUN_CHANGED_ADDRESS] = {"CHANGED-ADDRESS", ADDRESS},
    [STUN_USERNAME] = {"USERNAME", TEXT},
    [STUN_PASSWORD] = {"PASSWORD", TEXT},
    [STUN_MESSAGE_INTEGRITY] = {"MESSAGE-INTEGRITY", DIGEST(20, 20)},
    [STUN_ERROR_CODE] = {"ERROR-CODE", STUN_SHAPE_ERROR_CODE, 0, 4, ANY_LENGTH},
    [STUN_UNKNOWN_ATTRIBUTES] = {"UNKNOWN-ATTRIBUTES", STUN_SHAPE_TYPE_LIST, 0, 0, ANY_LENGTH},
    [STUN_REFLECTED_FROM] = {"REFLECTED-FROM", ADDRESS},
    [STUN_CHANNEL_NUMBER] = {"CHANNEL-NUMBER", NUMBER(2, 4, 4)},
    [STUN_LIFETIME] = {"LIFETIME", NUMBER(4, 4, 4)},
    [STUN_MS_ALTERNATE_SERVER] = {"ALTERNATE-SERVER", ADDRESS},
    [STUN_MAGIC_COOKIE_ATTRIBUTE] = {"MAGIC-COOKIE", NUMBER(4, 4, 4)},
    [STUN_BANDWIDTH] = {"BANDWIDTH", NUMBER(4, 4, 4)},
    [STUN_DESTINATION_ADDRESS] = {"DESTINATION-ADDRESS", ADDRESS},
    [STUN_XOR_PEER_ADDRESS] = {"XOR-PEER-ADDRESS", XOR_ADDRESS},
    [STUN_DATA_ATTRIBUTE] = {"DATA", OPAQUE(0, ANY_LENGTH)},
    [STUN_REALM] = {"REALM", TEXT},
    [STUN_NONCE] = {"NONCE", TEXT},
    [STUN_XOR_RELAYED_ADDRESS] = {"XOR-RELAYED-ADDRESS", XOR_ADDRESS},
    [STUN_REQUESTED_ADDRESS_FAMILY] = {"REQUESTED-ADDRESS-FAMILY", NUMBER(1, 4, 4)},
    [STUN_EVEN_PORT] = {"EVEN-PORT", NUMBER(1, 1, 4)},
    [STUN_REQUESTED_TRANSPORT] = {"REQUESTED-TRANSPORT", NUMBER(1, 4, 4)},
    [STUN_DONT_FRAGMENT] = {"DONT-FRAGMENT", EMPTY},
    [STUN_ACCESS_TOKEN] = {"ACCESS-TOKEN", OPAQUE(0, ANY_LENGTH)},
    [STUN_MESSAGE_INTEGRITY_SHA256] = {"MESSAGE-INTEGRITY-SHA256", DIGEST(16, 32)},
    [STUN_PASSWORD_ALGORITHM] = {"PASSWORD-ALGORITHM", NUMBER(2, 4, ANY_LENGTH)},
    [STUN_USERHASH] = {"USERHASH", OPAQUE(32, 32)},
    [STUN_XOR_MAPPED_ADDRESS] = {"XOR-MAPPED-ADDRESS", XOR_ADDRESS},
    [0x0021] = {"TIMER-VAL", OPAQUE(0, ANY_LENGTH)}, /* RFC 5766's drafts; XOR-ONLY in RFC 5389's */
    [STUN_RESERVATION_TOKEN] = {"RESERVATION-TOKEN", NUMBER(8, 8, 8)},
    [STUN_PRIORITY] = {"PRIORITY", NUMBER(4, 4, 4)},
    [STUN_USE_CANDIDATE] = {"USE-CANDIDATE", EMPTY},
    [STUN_PADDING] = {"PADDING", OPAQUE(0, ANY_LENGTH)},
    [STUN_RESPONSE_PORT] = {"RESPONSE-PORT", NUMBER(2, 2, 4)},
    [0x0028] = {"XOR-REFLECTED-FROM", XOR_ADDRESS}, /* RFC 5780's drafts */
    [STUN_CONNECTION_ID] = {"CONNECTION-ID", NUMBER(4, 4, 4)},
    [0x0030] = {"LEGACY-ICMP", OPAQUE(4, 4)}, /* RFC 5766's drafts */
};

static const struct stun_attribute_row optional[] = {
    [STUN_ADDITIONAL_ADDRESS_FAMILY - OPTIONAL_FIRST] = {"ADDITIONAL-ADDRESS-FAMILY",
                                                         NUMBER(1, 4, 4)},
    [STUN_ADDRESS_ERROR_CODE - OPTIONAL_FIRST] = {"ADDRESS-ERROR-CODE", OPAQUE(4, ANY_LENGTH)},
    [STUN_PASSWORD_ALGORITHMS - OPTIONAL_FIRST] = {"PASSWORD-ALGORITHMS", OPAQUE(4, ANY_LENGTH)},
    [STUN_ALTERNATE_DOMAIN - OPTIONAL_FIRST] = {"ALTERNATE-DOMAIN", TEXT},
    [STUN_ICMP - OPTIONAL_FIRST] = {"ICMP", OPAQUE(8, 8)},
    [0x8006 - OPTIONAL_FIRST] = {"MS-TURN-8006", OPAQUE(0, ANY_LENGTH)}, /* unnamed in [MS-TURN] */
    [0x8008 - OPTIONAL_FIRST] = {"MS-VERSION", NUMBER(4, 4, 4)},
    [STUN_OLD_XOR_MAPPED_ADDRESS - OPTIONAL_FIRST] = {"XOR-MAPPED-ADDRESS", XOR_ADDRESS},
    [STUN_SOFTWARE - OPTIONAL_FIRST] = {"SOFTWARE", TEXT},
    [STUN_ALTERNATE_SERVER - OPTIONAL_FIRST] = {"ALTERNATE-SERVER", ADDRESS},
    [STUN_TRANSACTION_TRANSMIT_COUNTER -
        OPTIONAL_FIRST] = {"TRANSACTION-TRANSMIT-COUNTER", NUMBER(4, 4, 4)},
    [STUN_CACHE_TIMEOUT - OPTIONAL_FIRST] = {"CACHE-TIMEOUT", NUMBER(4, 4, 4)},
    [STUN_FINGERPRINT - OPTIONAL_FIRST] = {"FINGERPRINT", NUMBER(4, 4, 4)},
    [STUN_ICE_CONTROLLED - OPTIONAL_FIRST] = {"ICE-CONTROLLED", NUMBER(8, 8, 8)},
    [STUN_ICE_CONTROLLING - OPTIONAL_FIRST] = {"ICE-CONTROLLING", NUMBER(8, 8, 8)},
    [STUN_RESPONSE_ORIGIN - OPTIONAL_FIRST] = {"RESPONSE-ORIGIN", ADDRESS},
    [STUN_OTHER_ADDRESS - OPTIONAL_FIRST] = {"OTHER-ADDRESS", ADDRESS},
    [STUN_ECN_CHECK - OPTIONAL_FIRST] = {"ECN-CHECK", NUMBER(4, 4, 4)},
    [STUN_THIRD_PARTY_AUTHORIZATION - OPTIONAL_FIRST] = {"THIRD-PARTY-AUTHORIZATION", TEXT},
    [STUN_MOBILITY_TICKET - OPTIONAL_FIRST] = {"MOBILITY-TICKET", OPAQUE(0, ANY_LENGTH)},
    [0x8032 - OPTIONAL_FIRST] = {"MS-ALTERNATE-HOST-NAME", TEXT},
    [0x8037 - OPTIONAL_FIRST] = {"MS-APP-ID", NUMBER(4, 4, ANY_LENGTH)},
    [0x8039 - OPTIONAL_FIRST] = {"MS-SECURE-TAG", OPAQUE(0, ANY_LENGTH)},
    [0x8050 - OPTIONAL_FIRST] = {"MS-SEQUENCE-NUMBER", OPAQUE(4, 24)},
    [0x8054 - OPTIONAL_FIRST] = {"MS-CANDIDATE-IDENTIFIER", TEXT},
    [0x8055 - OPTIONAL_FIRST] = {"MS-SERVICE-QUALITY", NUMBER(4, 4, 4)},
    [0x8056 - OPTIONAL_FIRST] = {"MS-BANDWIDTH-ADMISSION-CONTROL", OPAQUE(0, ANY_LENGTH)},
    [0x8057 - OPTIONAL_FIRST] = {"MS-BANDWIDTH-RESERVATION-ID", OPAQUE(0, ANY_LENGTH)},
    [0x8058 - OPTIONAL_FIRST] = {"MS-BANDWIDTH-RESERVATION-AMOUNT", OPAQUE(0, ANY_LENGTH)},
    [0x8059 - OPTIONAL_FIRST] = {"MS-REMOTE-SITE-ADDRESS", OPAQUE(0, ANY_LENGTH)},
    [0x805A - OPTIONAL_FIRST] = {"MS-REMOTE-RELAY-SITE-ADDRESS", OPAQUE(0, ANY_LENGTH)},
    [0x805B - OPTIONAL_FIRST] = {"MS-LOCAL-SITE-ADDRESS", OPAQUE(0, ANY_LENGTH)},
    [0x805C - OPTIONAL_FIRST] = {"MS-LOCAL-RELAY-SITE-ADDRESS", OPAQUE(0, ANY_LENGTH)},
    [0x805D - OPTIONAL_FIRST] = {"MS-REMOTE-SITE-ADDRESS-RESPONSE", OPAQUE(0, ANY_LENGTH)},
    [0x805E - OPTIONAL_FIRST] = {"MS-REMOTE-RELAY-SITE-ADDRESS-RESPONSE", OPAQUE(0, ANY_LENGTH)},
    [0x805F - OPTIONAL_FIRST] = {"MS-LOCAL-SITE-ADDRESS-RESPONSE", OPAQUE(0, ANY_LENGTH)},
    [0x8060 - OPTIONAL_FIRST] = {"MS-LOCAL-RELAY-SITE-ADDRESS-RESPONSE", OPAQUE(0, ANY_LENGTH)},
    [0x8061 - OPTIONAL_FIRST] = {"MS-SIP-DIALOG-ID", OPAQUE(0, ANY_LENGTH)},
    [0x8062 - OPTIONAL_FIRST] = {"MS-SIP-CALL-ID", OPAQUE(0, ANY_LENGTH)},
    [0x8068 - OPTIONAL_FIRST] = {"MS-LOCATION-PROFILE", OPAQUE(0, ANY_LENGTH)},
    [0x8070 - OPTIONAL_FIRST] = {"MS-IMPLEMENTATION-VERSION", NUMBER(4, 4, 4)},
    [0x8090 - OPTIONAL_FIRST] = {"MS-ALTERNATE-MAPPED-ADDRESS", XOR_ADDRESS},
    [0x8095 - OPTIONAL_FIRST] = {"MS-MULTIPLEXED-TURN-SESSION-ID", OPAQUE(8, 8)},
};

static const struct stun_attribute_row vendor[] = {
    [0xC000 - VENDOR_FIRST] = {"CISCO-STUN-FLOWDATA", OPAQUE(0, ANY_LENGTH)},
    [0xC001 - VENDOR_FIRST] = {"ENF-FLOW-DESCRIPTION", OPAQUE(0, ANY_LENGTH)},
    [0xC002 - VENDOR_FIRST] = {"ENF-NETWORK-STATUS", OPAQUE(0, ANY_LENGTH)},
    [0xC003 - VENDOR_FIRST] = {"CISCO-WEBEX-FLOW-INFO", OPAQUE(0, ANY_LENGTH)},
    [0xC056 - VENDOR_FIRST] = {"CITRIX-TRANSACTION-ID", OPAQUE(0, ANY_LENGTH)},
    [STUN_GOOG_NETWORK_INFO - VENDOR_FIRST] = {"GOOG-NETWORK-INFO", NUMBER(4, 4, 4)},
    [0xC058 - VENDOR_FIRST] = {"GOOG-LAST-ICE-CHECK-RECEIVED", OPAQUE(0, ANY_LENGTH)},
    [0xC059 - VENDOR_FIRST] = {"GOOG-MISC-INFO", OPAQUE(0, ANY_LENGTH)},
    [0xC05A - VENDOR_FIRST] = {"GOOG-OBSOLETE-1", OPAQUE(0, ANY_LENGTH)},
    [0xC05B - VENDOR_FIRST] = {"GOOG-CONNECTION-ID", OPAQUE(0, ANY_LENGTH)},
    [0xC05C - VENDOR_FIRST] = {"GOOG-DELTA", OPAQUE(0, ANY_LENGTH)},
    [0xC05D - VENDOR_FIRST] = {"GOOG-DELTA-ACK", OPAQUE(0, ANY_LENGTH)},
    [0xC05E - VENDOR_FIRST] = {"GOOG-DELTA-SYNC-REQ", OPAQUE(0, ANY_LENGTH)},
    [STUN_GOOG_MESSAGE_INTEGRITY_32 - VENDOR_FIRST] = {"GOOG-MESSAGE-INTEGRITY-32", OPAQUE(4, 4)},
};

/* [MS-TURN] 2.2.2: where it departs from the tables above. */
static const struct {
    uint16_t type;
    struct stun_attribute_row row;
} ms_turn[] = {
    {STUN_MESSAGE_INTEGRITY, {"MESSAGE-INTEGRITY", DIGEST(20, 32)}}, /* SHA-1, or SHA-256 */
    {STUN_XOR_PEER_ADDRESS, {"REMOTE-ADDRESS", ADDRESS}},
    {STUN_NONCE, {"REALM", TEXT}},
    {STUN_REALM, {"NONCE", OPAQUE(0, ANY_LENGTH)}},
};

static const struct stun_attribute_row *row_at(const struct stun_attribute_row *rows, size_t count,
                                               size_t index)
{
    return index < count && rows[index].name != NULL ? &rows[index] : NULL;
}

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

const struct stun_attribute_row *stun_attribute_row(enum stun_dialect dialect, uint16_t type)
{
    if (dialect == STUN_DIALECT_MS_TURN)
        for (size_t i = 0; i < COUNT(ms_turn); i++)
            if (ms_turn[i].type == type)
                return &ms_turn[i].row;
    if (type >= VENDOR_FIRST)
        return row_at(vendor, COUNT(vendor), (size_t)type - VENDOR_FIRST);
    if (type >= OPTIONAL_FIRST)
        return row_at(optional, COUNT(optional), (size_t)type - OPTIONAL_FIRST);
    return row_at(required, COUNT(required), type);
}

unsigned stun_error_code_of(struct bytes value)
{
    struct cursor c = cursor_of(value);
    unsigned class = cursor_u24(&c) & 7;
    unsigned number = cursor_u8(&c);
    if (c.failed || class < 3 || class > 6 || number > 99)
        return 0;
    return class * 100 + number;
}

/* RFC 8489 section 14.1: one byte of zeros, the family, a port, 4 or 16 bytes. */
static bool address_is_well_formed(struct bytes value)
{
    return (value.data[1] == 1 && value.length == 8) || (value.data[1] == 2 && value.length == 20);
}

bool stun_attribute_fits(const struct stun_attribute_row *row, uint16_t length)
{
    return row == NULL || (length >= row->minimum && length <= row->maximum);
}

bool stun_attribute_is_well_formed(const struct stun_attribute_row *row, struct bytes value)
{
    if (row == NULL)
        return true;
    if (!stun_attribute_fits(row, (uint16_t)value.length))
        return false;
    switch ((enum stun_shape)row->shape) {
    case STUN_SHAPE_ADDRESS:
    case STUN_SHAPE_XOR_ADDRESS:
        return address_is_well_formed(value);
    case STUN_SHAPE_ERROR_CODE:
        return stun_error_code_of(value) != 0;
    case STUN_SHAPE_TYPE_LIST:
        return value.length % 2 == 0;
    case STUN_SHAPE_DIGEST:
        return value.length % 4 == 0;
    case STUN_SHAPE_OPAQUE:
    case STUN_SHAPE_TEXT:
    case STUN_SHAPE_EMPTY:
    case STUN_SHAPE_NUMBER:
        break;
    }
    return true;
}
