/* SPDX-License-Identifier: MIT */
#include "analyzer/track/tcp_step.h"

#include "analyzer/limits.h"

/* Serial number arithmetic (RFC 1982): how far `a` is ahead of `b`. */
static int32_t ahead(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* Of repeated segments the first unacknowledged one counts: it is the one that the sender's timer
 * repeats. A sender that tries shorter ones starts at the same number. */
static void note_repetition(struct tcp_side *side, uint32_t sequence, uint32_t length, int64_t time)
{
    struct tcp_repetition *repetition = &side->repetition;
    side->retransmissions++;
    if (repetition->count == 0 || ahead(sequence, repetition->sequence) < 0) {
        *repetition = (struct tcp_repetition){
            .sequence = sequence, .length = length, .count = 1, .first = time, .last = time};
    } else if (repetition->sequence == sequence && time - repetition->last >= LIMIT_DUPLICATE) {
        repetition->length = length;
        repetition->last = time;
        if (repetition->count < UINT16_MAX)
            repetition->count++;
    }
}

static void note_new_data(struct tcp_side *side, uint32_t end, uint32_t length, int64_t time)
{
    side->segments++;
    if (side->acknowledged == side->next)
        side->unacknowledged_since = time;
    if (length <= side->candidate_length)
        return;
    side->candidate_length = length;
    side->candidate_end = end;
}

/* A keep-alive repeats the last byte, or none (RFC 9293 section 3.8.4). */
static bool is_keep_alive(const struct tcp_side *side, uint32_t sequence, uint32_t length)
{
    return length <= 1 && sequence == side->next - 1;
}

/* Whether these bytes come late rather than again. */
static bool fills_hole(struct tcp_side *side, uint32_t sequence, uint32_t end)
{
    if (ahead(sequence, side->missing_from) < 0 || ahead(end, side->missing_to) > 0)
        return false;
    if (sequence == side->missing_from)
        side->missing_from = end;
    return true;
}

static void note_data(struct tcp_side *side, uint32_t sequence, uint32_t length, int64_t time)
{
    uint32_t end = sequence + length;
    bool captured_twice = side->latest == sequence && time - side->last < LIMIT_DUPLICATE;
    side->latest = sequence;
    if (captured_twice || is_keep_alive(side, sequence, length))
        return;
    if (ahead(sequence, side->next) > 0) {
        side->missing_from = side->next;
        side->missing_to = sequence;
    }
    if (ahead(end, side->next) > 0)
        note_new_data(side, end, length, time);
    else if (!fills_hole(side, sequence, end))
        note_repetition(side, sequence, length, time);
}

void tcp_side_note_segment(struct tcp_side *side, const struct packet *packet, int64_t time)
{
    const struct tcp_header *tcp = &packet->tcp;
    uint32_t length = (uint32_t)packet->payload_length;
    uint32_t start = tcp->sequence + (tcp->flags & TCP_SYN ? 1 : 0);
    uint32_t end = start + length + (tcp->flags & TCP_FIN ? 1 : 0);
    if (tcp->flags & TCP_RST) /* its number may be anything */
        return;
    if (!side->seen)
        side->next = side->acknowledged = start;
    if (length > 0)
        note_data(side, start, length, time);
    if (ahead(end, side->next) > 0)
        side->next = end;
}

void tcp_side_note_acknowledgment(struct tcp_side *side, uint32_t acknowledgment, int64_t time)
{
    if (!side->seen || ahead(acknowledgment, side->acknowledged) <= 0)
        return;
    side->acknowledged = acknowledgment;
    side->unacknowledged_since = time;
    if (side->repetition.count > 0 && ahead(acknowledgment, side->repetition.sequence) > 0)
        side->repetition.count = 0;
    if (side->candidate_length == 0 || ahead(acknowledgment, side->candidate_end) < 0)
        return;
    if (side->candidate_length > side->largest_acknowledged)
        side->largest_acknowledged = side->candidate_length;
    side->candidate_length = 0;
}

bool tcp_side_is_stalled(struct tcp_side *side, int64_t time)
{
    if (side->zero_since == 0)
        return false;
    if (time - side->zero_since > side->longest_zero)
        side->longest_zero = time - side->zero_since;
    if (side->stall_reported || time - side->zero_since <= LIMIT_STALL)
        return false;
    side->stall_reported = true;
    return true;
}

void tcp_side_note_window(struct tcp_side *side, const struct packet *packet, int64_t time)
{
    bool means_it = (packet->tcp.flags & (TCP_ACK | TCP_SYN | TCP_RST)) == TCP_ACK;
    if (!means_it || (packet->tcp.window == 0) == (side->zero_since != 0))
        return;
    side->zero_windows += packet->tcp.window == 0;
    side->zero_since = packet->tcp.window == 0 ? time : 0;
    side->stall_reported = false;
}

bool tcp_side_is_black_hole(const struct tcp_side *side, const struct tcp_side *other)
{
    return side->repetition.count >= LIMIT_BLACK_HOLE_REPETITIONS &&
           side->repetition.length > LIMIT_SAFE_SEGMENT &&
           side->repetition.length > side->largest_acknowledged &&
           other->last > side->unacknowledged_since;
}
