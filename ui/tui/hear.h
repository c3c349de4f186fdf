/* SPDX-License-Identifier: MIT */
/* What a stored packet says: its messages, one row of the ladder each. A message that goes on in
 * the next segment is heard where it begins. */
#ifndef TURNSCOPE_UI_TUI_HEAR_H
#define TURNSCOPE_UI_TUI_HEAR_H

#include "ui/tui/packets.h"

enum { HEARD_LABEL = 160, HEARD_MOST = 16 };

struct heard {
    struct evidence evidence; /* addresses: of client and peer when it came through a relay */
    size_t offset; /* of the message in the payload that was given, else in the stored packet */
    struct transport_address
        quoted[2];           /* of an ICMP error: from and to of the packet it is about */
    uint8_t transport;       /* enum ip_protocol */
    bool minor;              /* nothing that signals: data, acknowledgments */
    char label[HEARD_LABEL]; /* holds bytes from the packet: escape it */
};

/* The messages of the packet, at most HEARD_MOST; the rest is left out. How many. `payload`: what
 * is looked at instead of the payload of its TCP segment (spanning.h); NULL: that itself. */
size_t hear(const struct stored_packet *stored, const struct bytes *payload,
            const struct engine *engine, struct heard heard[HEARD_MOST]);

#endif
