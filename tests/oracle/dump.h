/* SPDX-License-Identifier: MIT */
/* What our decoders say of each packet of a capture, as lines of JSON, to be compared with what
 * another program says of it. One file a protocol, one row in dump.c's table. */
#ifndef TURNSCOPE_TESTS_ORACLE_DUMP_H
#define TURNSCOPE_TESTS_ORACLE_DUMP_H

#include "dissectors/packet/packet.h"

#include <jansson.h>

/* One packet whose transport payload is whole or cut by the snaplen. */
typedef void dump_packet(uint64_t frame, const struct packet *packet);

dump_packet dump_dns;
dump_packet dump_dtls;
dump_packet dump_quic;
dump_packet dump_rtp;
dump_packet dump_stun;
dump_packet dump_tls;

/* Prints {"frame": frame, "status": "ok", ...} with the members of `fields`, which is freed. */
void dump_line(uint64_t frame, enum dissect_status status, json_t *fields);

#endif
