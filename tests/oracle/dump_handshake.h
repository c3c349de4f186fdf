/* SPDX-License-Identifier: MIT */
/* TLS handshake messages as JSON: members are named as tshark's fields are, without their "tls." or
 * "dtls.", and hold all values of a packet in order. */
#ifndef TURNSCOPE_TESTS_ORACLE_DUMP_HANDSHAKE_H
#define TURNSCOPE_TESTS_ORACLE_DUMP_HANDSHAKE_H

#include "dissectors/tls/handshake.h"

#include <jansson.h>

/* Appends a value to the list `name` of `fields`; the list is made when it is new. */
void dump_value(json_t *fields, const char *name, json_t *value);
void dump_number(json_t *fields, const char *name, uint64_t number);
void dump_hex(json_t *fields, const char *name, struct bytes bytes);

/* What one message says. `version` is the negotiated one, which a ServerHello sets. */
void dump_handshake(json_t *fields, const struct tls_handshake *message, bool is_datagram,
                    uint16_t *version);

/* The contents of an alert record; nothing when it is encrypted. */
void dump_alert(json_t *fields, struct bytes fragment);

#endif
