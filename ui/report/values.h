/* SPDX-License-Identifier: MIT */
/* JSON values of the analyzer's types. */
#ifndef TURNSCOPE_UI_REPORT_VALUES_H
#define TURNSCOPE_UI_REPORT_VALUES_H

#include "analyzer/evidence.h"

#include <jansson.h>

/* Puts the value, whose reference is taken, into the object. jansson fails only when memory is
 * short: the value is then missing, and json_memory.h knows. */
void value_put(json_t *object, const char *key, json_t *value);
void value_put_count(json_t *object, const char *key, uint64_t count);

/* How many of a list that is in the order of latest activity are left out, the oldest, so that at
 * most `room` remain. */
static inline size_t value_omitted(size_t count, size_t room)
{
    return count > room ? count - room : 0;
}

/* A stranger's string, escaped; null when it is empty. */
json_t *value_text(const char *text);
/* RFC 3339; null for 0. */
json_t *value_time(int64_t time);
/* "10.0.0.1:3478"; null when there is none. Without a port: the address alone. */
json_t *value_address(const struct transport_address *address);
json_t *value_ip(const struct ip_address *address);
/* Milliseconds with microsecond resolution. */
json_t *value_milliseconds(int64_t duration);
/* One of our own constant strings, or null. */
json_t *value_constant(const char *text);
/* "udp", "tcp", "dtls", "tls", or null. */
json_t *value_transport(uint8_t protocol, bool inside_tls);

#endif
