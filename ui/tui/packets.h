/* SPDX-License-Identifier: MIT */
/* The latest signalling packets, kept whole in bounded memory: the engine keeps only evidence, the
 * ladder and the message view show packets. Media are passed over but for the first few. */
#ifndef TURNSCOPE_UI_TUI_PACKETS_H
#define TURNSCOPE_UI_TUI_PACKETS_H

#include "analyzer/engine.h"

enum {
    PACKETS_BYTES = 8 << 20,
    PACKETS_ENTRIES = 32768,
    PACKETS_FIRST = 4, /* of each direction of a flow, kept whatever they are */
    PACKETS_MEDIA = 2, /* of each direction between a client and a peer */
};

struct stored_packet {
    uint64_t sequence; /* 1, 2, ... in the order stored */
    int64_t time;      /* nanoseconds since the epoch */
    uint64_t frame;
    size_t wire_length;
    uint32_t link_type;
    uint16_t input;
    uint8_t protocol; /* enum ip_protocol of the innermost packet */
    struct transport_address source;
    struct transport_address destination;
    struct bytes bytes;     /* the frame as captured */
    struct bytes assembled; /* of the last fragment of a datagram: its whole transport payload; of a
                             * copy, what its segment begins */
    unsigned segments;      /* from which that was put together */
};

struct packets;

/* NULL when memory is short. */
struct packets *packets_new(size_t bytes, size_t entries);
void packets_free(struct packets *packets);
void packets_clear(struct packets *packets);

/* Keeps a copy of the packet, which the engine has just seen, unless it is media; the oldest
 * packets go when there is no room. Without an engine, whatever it is. */
void packets_note(struct packets *packets, const struct captured_packet *captured,
                  const struct engine *engine);

/* In the order stored: NULL starts, NULL ends. Valid until the next packets_note. */
const struct stored_packet *packets_next(const struct packets *packets,
                                         const struct stored_packet *previous);

/* NULL when it is not (or no longer) there. */
const struct stored_packet *packets_find(const struct packets *packets, uint16_t input,
                                         uint64_t frame);

/* Decodes it anew. False when there is nothing but a link layer in it. */
bool stored_packet_decode(const struct stored_packet *stored, struct packet *packet);

#endif
