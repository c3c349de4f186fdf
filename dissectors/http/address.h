/* SPDX-License-Identifier: MIT */
/* An address (RFC 3986) without what may hold secrets: user information, parameters, query and
 * fragment (RFC 9110 17.9, RFC 3986 7.5). */
#ifndef TURNSCOPE_DISSECTORS_HTTP_ADDRESS_H
#define TURNSCOPE_DISSECTORS_HTTP_ADDRESS_H

#include "dissectors/bytes.h"

/* In this order, one behind the other, they make the address that may be shown. */
struct http_address {
    struct bytes scheme;    /* "https://"; empty of an address that is not absolute */
    struct bytes authority; /* host and port; empty likewise */
    struct bytes path;      /* or the authority that a CONNECT asks for */
};

/* Splits the target of a request or the value of a Location. Views point into `address`. */
struct http_address http_address_split(struct bytes address);

/* "host:port" of "user:password@host:port". */
struct bytes http_without_user(struct bytes authority);

#endif
