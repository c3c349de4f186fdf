/* SPDX-License-Identifier: MIT */
/* Between the files summary*.c: the summary of a packet while it is made. */
#ifndef TURNSCOPE_UI_TUI_SUMMARY_PARTS_H
#define TURNSCOPE_UI_TUI_SUMMARY_PARTS_H

#include "ui/tui/summary.h"

struct summarizer {
    const struct stored_packet *stored;
    const struct engine *engine;
    const struct packet *packet;
    const uint8_t *base;       /* what offsets count from */
    struct summary *summaries; /* room for SUMMARIES_MOST */
    size_t count;
};

/* A new row about `bytes` between the packet's addresses; NULL when there is no room. */
struct summary *summary_add(struct summarizer *summarizer, enum evidence_protocol protocol,
                            struct bytes bytes);

/* Appends to a row's label, with ", " behind what is there. */
void summary_append(struct summary *summary, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends "1 byte", "2 bytes" in the same way. */
void summary_bytes(struct summary *summary, size_t count);

/* Each takes what begins `bytes` and returns how many of them, 0 when it is something else.
 * `relayed`: client and peer of data that came through a relay, sender first; NULL: none. */
size_t summarize_stun(struct summarizer *summarizer, struct bytes bytes,
                      const struct transport_address relayed[2]);
size_t summarize_channel_data(struct summarizer *summarizer, struct bytes bytes, bool stream);
size_t summarize_dtls(struct summarizer *summarizer, struct bytes bytes,
                      const struct transport_address relayed[2]);
size_t summarize_tls(struct summarizer *summarizer, struct bytes bytes);

/* What client and peer say to each other. */
void summarize_relayed(struct summarizer *summarizer, struct bytes bytes,
                       const struct transport_address relayed[2]);

#endif
