/* SPDX-License-Identifier: MIT */
/* Between tcp.c, tcp_states.c and tcp_side.c: one segment on its way through the tracker. */
#ifndef TURNSCOPE_ANALYZER_TRACK_TCP_STEP_H
#define TURNSCOPE_ANALYZER_TRACK_TCP_STEP_H

#include "analyzer/track/tcp.h"

/* The segment in hand. */
struct tcp_step {
    struct connections *connections;
    struct connection *connection;
    const struct packet *packet;
    const struct sighting *sighting;
    struct event_queue *events;
    unsigned from;
};

/* The SYN may still be answered; a refusal is taken back by a SYN-ACK, for clients try again. */
static inline bool tcp_is_before_answer(const struct connection *connection)
{
    return connection->state == CONNECTION_OPENING || connection->state == CONNECTION_UNANSWERED ||
           connection->state == CONNECTION_REFUSED;
}

/* Adds an event about a connection; the caller adds the evidence. */
struct event *tcp_report(const struct connection *connection, enum event_kind kind, int64_t time,
                         struct event_queue *events);

/* Adds an event that the segment in hand shows; it began with the packet of the mark, which is
 * `earlier` evidence. */
void tcp_report_trouble(const struct tcp_step *step, enum event_kind kind,
                        const struct tcp_mark *began);

/* A SYN waits for its answer from `opened` on. */
void tcp_wait(struct connections *connections, struct connection *connection);
void tcp_stop_waiting(struct connections *connections, const struct connection *connection);

/* SYN, FIN, RST and the first acknowledgment: what state the connection is in. */
void tcp_note_flags(struct tcp_step *step);

/* A segment that this side sent; call before `seen` and `last` are updated. */
void tcp_side_note_segment(struct tcp_side *side, const struct packet *packet, int64_t time);

/* The other side acknowledged everything in front of this number. */
void tcp_side_note_acknowledgment(struct tcp_side *side, uint32_t acknowledgment, int64_t time);

/* The window of this side has been closed for more than LIMIT_STALL; told once each time. */
bool tcp_side_is_stalled(struct tcp_side *side, int64_t time);

/* The window that this side announces; call after tcp_side_is_stalled. */
void tcp_side_note_window(struct tcp_side *side, const struct packet *packet, int64_t time);

/* Large segments of this side are repeated in vain, though `other` is heard. */
bool tcp_side_is_black_hole(const struct tcp_side *side, const struct tcp_side *other);

#endif
