/* SPDX-License-Identifier: MIT */
/* What is kept of an HTTP message in its exchange, and what is left out: parameters,
 * queries, fragments and user information of addresses may hold secrets (RFC 9110 17.9, RFC 3986
 * 7.5). */
#ifndef TURNSCOPE_ANALYZER_TRACK_HTTP_FIELDS_H
#define TURNSCOPE_ANALYZER_TRACK_HTTP_FIELDS_H

#include "analyzer/track/exchanges.h"

/* Fields of HTTP/2 that are kept. */
enum http_field {
    HTTP_FIELD_OTHER,
    HTTP_FIELD_METHOD,
    HTTP_FIELD_AUTHORITY,
    HTTP_FIELD_PATH,
    HTTP_FIELD_PROTOCOL, /* of an extended CONNECT (RFC 8441) */
    HTTP_FIELD_STATUS,
    HTTP_FIELD_LOCATION,
    HTTP_FIELD_SERVER,
};

enum http_field http_field_of(struct bytes name);

/* Whether only requests have it; the others only responses do. */
static inline bool http_field_is_request(enum http_field field)
{
    return field >= HTTP_FIELD_METHOD && field <= HTTP_FIELD_PROTOCOL;
}

void http_copy_field(struct exchange *exchange, enum http_field field, struct bytes value);
void http_copy_request(struct exchange *exchange, const struct http_message *message);
void http_copy_response(struct exchange *exchange, const struct http_message *message);

/* Fill in the detail of the evidence: "GET cmsweb.octavio.com/", "400 Bad Request". */
void http_describe_request(struct exchange *exchange);
void http_describe_answer(struct exchange *exchange);

#endif
