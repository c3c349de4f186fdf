/* SPDX-License-Identifier: MIT */
/* Domain names (RFC 1035 sections 3.1, 4.1.4 and 5.1, RFC 4343).
 *
 * A name may hold any octets, dots and NUL included: it is kept as the labels of the wire. Its text
 * is for eyes and reports only. */
#ifndef TURNSCOPE_DISSECTORS_DNS_NAME_H
#define TURNSCOPE_DISSECTORS_DNS_NAME_H

#include "dissectors/bytes.h"
#include "dissectors/status.h"

/* RFC 1035 section 2.3.4; the longest text is 250 escaped octets in four labels, with its NUL. */
enum { DNS_LABEL_MAX = 63, DNS_NAME_MAX = 255, DNS_NAME_TEXT = 1004 };

/* Uncompressed labels, the root's zero octet included. length 0: no name. */
struct dns_name {
    uint8_t length;
    uint8_t octets[DNS_NAME_MAX];
};

/* Reads a name at `c`, which lies inside `message` (from the DNS header on), and leaves `c` behind
 * it. Compression pointers are followed, strictly backwards and never into the header.
 * OK; CUT_SHORT: `c` ran out; MALFORMED: a label type other than 0 and 3, a pointer that does not
 * lead backwards, more than 255 octets. The name is empty unless OK. */
enum dissect_status dns_name_read(struct dns_name *name, struct bytes message, struct cursor *c);

/* Copies a name without what follows it in its array, which is mostly the greater part. */
static inline void dns_name_copy(struct dns_name *to, const struct dns_name *from)
{
    memcpy(to, from, 1 + (size_t)from->length);
}

/* Equal but for the case of ASCII letters (RFC 4343). */
bool dns_name_equal(const struct dns_name *a, const struct dns_name *b);

/* Makes ASCII letters small, so that equal names have equal octets. */
void dns_name_fold(struct dns_name *name);

/* Presentation format without the final dot ("." for the root, "" for no name): other than
 * printable ASCII as \DDD, and the characters that mean something in a zone file behind a
 * backslash. Cut before the label octet that does not fit `size`. Returns `text`. */
const char *dns_name_text(const struct dns_name *name, char *text, size_t size);

/* The reverse; a final dot may be there. False (and no name) when `text` is none. */
bool dns_name_parse(struct dns_name *name, const char *text);

#endif
