/* SPDX-License-Identifier: MIT */
/* DTLS records: 1.0 (RFC 4347 4.1), 1.2 (RFC 6347 4.1), 1.3 (RFC 9147 4). A datagram holds one or
 * more of them.
 *
 *   0        1                 3                 5                                 11
 * +--------+--------+--------+--------+--------+--------+--- ... ---+--------+--------+----------
 * |  type  |     version     |      epoch      |  sequence number (48 bits)  |     length ...
 * +--------+--------+--------+--------+--------+--------+--- ... ---+--------+--------+----------
 *
 * Encrypted records of DTLS 1.3 begin with the unified header instead: 001CSLEE, then connection
 * ID, 8 or 16 bits of sequence number, and length, each as the flags say. */
#ifndef TURNSCOPE_DISSECTORS_DTLS_RECORD_H
#define TURNSCOPE_DISSECTORS_DTLS_RECORD_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"
#include "dissectors/tls/record.h"

enum { DTLS_RECORD_HEADER_LENGTH = 13 };

/* Beside those of TLS. */
enum dtls_content_type {
    DTLS_TLS12_CID = 25, /* RFC 9146: encrypted, with a connection ID of a length agreed before */
    DTLS_ACK = 26,       /* RFC 9147 7 */
};

struct dtls_record {
    bool is_unified;   /* DTLS 1.3's header: what follows is encrypted, its type unknown */
    uint8_t type;      /* enum tls_content_type, enum dtls_content_type; 0 when is_unified */
    uint16_t version;  /* as the record says; 0 when is_unified */
    uint16_t epoch;    /* 0: in the clear. Of a unified header only the low two bits */
    uint64_t sequence; /* as sent: 48 bits, or encrypted 8 or 16 bits of a unified header */
    struct bytes fragment;
};

/* Takes the next record off *datagram, which moves past it. `cut`: the snaplen cut the datagram.
 * OK: the record is whole. CUT_SHORT (only when `cut`): `fragment` is what was captured, *datagram
 * is used up. NOT_MINE: no DTLS record begins here. MALFORMED: a DTLS header whose length goes
 * beyond the datagram. A unified header with a connection ID takes all that is left, for the length
 * of the ID is not in the packet. */
enum dissect_status dtls_record_next(struct dtls_record *record, struct bytes *datagram, bool cut);

#endif
