/* SPDX-License-Identifier: MIT */
/* The messages of a stored packet in a few words, one row of the ladder each. A message that goes
 * on in the next segment belongs to the packet in which it begins. */
#ifndef TURNSCOPE_UI_TUI_SUMMARY_H
#define TURNSCOPE_UI_TUI_SUMMARY_H

#include "ui/tui/packets.h"

enum { SUMMARY_LABEL = 160, SUMMARIES_MOST = 16 };

/* Of one message. */
struct summary {
    struct evidence evidence; /* addresses: of client and peer when it came through a relay */
    size_t offset; /* of the message in the payload that was given, else in the stored packet */
    /* Of an ICMP error: source and destination of the packet that it quotes. */
    struct transport_address quoted[2];
    uint8_t transport;         /* enum ip_protocol */
    bool minor;                /* nothing that signals: data, acknowledgments */
    char label[SUMMARY_LABEL]; /* holds bytes from the packet: escape it */
};

/* Fills in a summary of each of the packet's messages, at most SUMMARIES_MOST; how many. `payload`:
 * what is looked at instead of the payload of its TCP segment (spanning.h); NULL: that itself. */
size_t summarize(const struct stored_packet *stored, const struct bytes *payload,
                 const struct engine *engine, struct summary summaries[SUMMARIES_MOST]);

#endif
