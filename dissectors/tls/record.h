/* SPDX-License-Identifier: MIT */
/* TLS records: SSL 3.0 to TLS 1.3 (RFC 6101 5.2, RFC 5246 6.2, RFC 8446 5).
 *
 *   0        1                 3                 5
 * +--------+--------+--------+--------+--------+---------------
 * |  type  |     version     |     length      |  fragment ...
 * +--------+--------+--------+--------+--------+---------------
 */
#ifndef TURNSCOPE_DISSECTORS_TLS_RECORD_H
#define TURNSCOPE_DISSECTORS_TLS_RECORD_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"

enum {
    TLS_RECORD_HEADER_LENGTH = 5,
    /* 2^14 and what compression and protection may add (RFC 5246 6.2.3). */
    TLS_FRAGMENT_MAXIMUM = 16384 + 2048,
};

enum tls_content_type {
    TLS_CHANGE_CIPHER_SPEC = 20,
    TLS_ALERT = 21,
    TLS_HANDSHAKE = 22,
    TLS_APPLICATION_DATA = 23,
    TLS_HEARTBEAT = 24,
};

enum tls_version {
    SSL_2_0 = 0x0002,
    SSL_3_0 = 0x0300,
    TLS_1_0 = 0x0301,
    TLS_1_1 = 0x0302,
    TLS_1_2 = 0x0303,
    TLS_1_3 = 0x0304,
    DTLS_1_0 = 0xfeff,
    DTLS_1_2 = 0xfefd,
    DTLS_1_3 = 0xfefc,
};

/* TLS 1.3, DTLS 1.3, and the drafts that browsers used: 0x7f00 and the draft's number, and those of
 * Facebook with 0xfb00. */
static inline bool tls_version_is_1_3(uint16_t version)
{
    return version == TLS_1_3 || version == DTLS_1_3 || version >> 8 == 0x7f ||
           version >> 8 == 0xfb;
}

struct tls_record {
    uint8_t type;     /* enum tls_content_type */
    uint16_t version; /* as the record says; since TLS 1.3 it says 1.2, or 1.0 of a ClientHello */
    uint16_t length;  /* of the fragment, as the record says */
    struct bytes fragment; /* what of it is there; all of it when the status is OK */
};

/* Reads the record at the start of a stream's unread bytes. OK: it is whole and takes
 * TLS_RECORD_HEADER_LENGTH + length bytes. INCOMPLETE: more bytes are needed; when at least
 * TLS_RECORD_HEADER_LENGTH bytes were there, the header is set and `fragment` is the part that has
 * come. NOT_MINE: no TLS record begins here (told from as few bytes as suffice). MALFORMED: a TLS
 * header with a length that TLS forbids. */
enum dissect_status tls_record_read(struct tls_record *record, struct bytes stream);

enum tls_alert_level { TLS_ALERT_WARNING = 1, TLS_ALERT_FATAL = 2 };

enum tls_alert_description {
    TLS_ALERT_CLOSE_NOTIFY = 0,
    TLS_ALERT_HANDSHAKE_FAILURE = 40,
    TLS_ALERT_BAD_CERTIFICATE = 42,
    TLS_ALERT_UNSUPPORTED_CERTIFICATE = 43,
    TLS_ALERT_CERTIFICATE_REVOKED = 44,
    TLS_ALERT_CERTIFICATE_EXPIRED = 45,
    TLS_ALERT_CERTIFICATE_UNKNOWN = 46,
    TLS_ALERT_ILLEGAL_PARAMETER = 47,
    TLS_ALERT_UNKNOWN_CA = 48,
    TLS_ALERT_PROTOCOL_VERSION = 70,
    TLS_ALERT_INSUFFICIENT_SECURITY = 71,
    TLS_ALERT_INTERNAL_ERROR = 80,
    TLS_ALERT_INAPPROPRIATE_FALLBACK = 86,
    TLS_ALERT_USER_CANCELED = 90,
    TLS_ALERT_UNRECOGNIZED_NAME = 112,
    TLS_ALERT_CERTIFICATE_REQUIRED = 116,
    TLS_ALERT_NO_APPLICATION_PROTOCOL = 120,
};

struct tls_alert {
    uint8_t level;       /* enum tls_alert_level */
    uint8_t description; /* enum tls_alert_description, others by number */
};

/* Reads the fragment of an alert record. NOT_MINE: it does not look like an alert in the clear, so
 * it is an encrypted one. (RFC 8446 6: the alert is exactly two bytes.) */
enum dissect_status tls_alert_decode(struct tls_alert *alert, struct bytes fragment);

#endif
