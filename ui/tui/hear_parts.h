/* SPDX-License-Identifier: MIT */
/* Between hear.c, hear_stun.c and hear_tls.c: one packet on its way to rows. */
#ifndef TURNSCOPE_UI_TUI_HEAR_PARTS_H
#define TURNSCOPE_UI_TUI_HEAR_PARTS_H

#include "ui/tui/hear.h"

struct hearing {
    const struct stored_packet *stored;
    const struct engine *engine;
    const struct packet *packet;
    const uint8_t *base; /* what offsets count from */
    struct heard *heard; /* room for HEARD_MOST */
    size_t count;
};

/* A new row about `bytes` between the packet's addresses; NULL when there is no room. */
struct heard *hearing_add(struct hearing *hearing, enum evidence_protocol protocol,
                          struct bytes bytes);

/* Appends to a row's label, with ", " behind what is there. */
void heard_append(struct heard *heard, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends "1 byte", "2 bytes" in the same way. */
void heard_bytes(struct heard *heard, size_t count);

/* Each takes what begins `bytes` and returns how many of them, 0 when it is something else.
 * `relayed`: client and peer of data that came through a relay, sender first; NULL: none. */
size_t hear_stun(struct hearing *hearing, struct bytes bytes,
                 const struct transport_address relayed[2]);
size_t hear_channel_data(struct hearing *hearing, struct bytes bytes, bool stream);
size_t hear_dtls(struct hearing *hearing, struct bytes bytes,
                 const struct transport_address relayed[2]);
size_t hear_tls(struct hearing *hearing, struct bytes bytes);

/* What client and peer say to each other. */
void hear_relayed(struct hearing *hearing, struct bytes bytes,
                  const struct transport_address relayed[2]);

#endif
