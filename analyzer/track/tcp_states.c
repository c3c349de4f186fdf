/* SPDX-License-Identifier: MIT */
#include "analyzer/track/tcp_step.h"

#include "analyzer/limits.h"

struct event *tcp_report(const struct connection *connection, enum event_kind kind, int64_t time,
                         struct event_queue *events)
{
    struct event *event = event_add(events, kind, time);
    event->client = connection->endpoint[connection->client];
    event->server = connection->endpoint[1 - connection->client];
    event->protocol = IP_PROTOCOL_TCP;
    event->connection = connection;
    return event;
}

static struct evidence evidence_of_segment(const struct tcp_step *step)
{
    struct evidence evidence = evidence_of(step->sighting, EVIDENCE_TCP);
    evidence.kind = step->packet->tcp.flags;
    return evidence;
}

/* Adds an event that the segment in hand shows. */
static void report_segment(const struct tcp_step *step, enum event_kind kind)
{
    struct event *event = tcp_report(step->connection, kind, step->sighting->time, step->events);
    event->evidence = evidence_of_segment(step);
    event->flow = step->sighting->flow;
    if (kind == EVENT_TCP_ESTABLISHED)
        evidence_set_detail(&event->evidence, bytes_of("connection established", 22));
}

void tcp_report_trouble(const struct tcp_step *step, enum event_kind kind,
                        const struct tcp_mark *began)
{
    const struct connection *connection = step->connection;
    struct event *event = tcp_report(connection, kind, step->sighting->time, step->events);
    event->evidence = evidence_of_segment(step);
    event->flow = step->sighting->flow;
    if (began->frame == 0)
        return;
    event->earlier = event->evidence;
    event->earlier.frame = began->frame;
    event->earlier.time = began->time;
    event->earlier.input = began->input;
    event->earlier.kind = began->flags;
    event->earlier.source = connection->endpoint[began->from];
    event->earlier.destination = connection->endpoint[1 - began->from];
}

static bool captured_twice(const struct tcp_step *step)
{
    const struct tcp_side *side = &step->connection->side[step->from];
    return side->seen && step->sighting->time - side->last < LIMIT_DUPLICATE;
}

static void count(uint16_t *counter)
{
    if (*counter < UINT16_MAX)
        (*counter)++;
}

/* SYN or SYN-ACK: the byte after it is the first of the stream. */
static void note_start(struct tcp_step *step, unsigned client)
{
    struct tcp_side *side = &step->connection->side[step->from];
    const struct tcp_header *tcp = &step->packet->tcp;
    bool again = side->initial_known && side->initial == tcp->sequence;
    if (!again || side->syns == 0 || !captured_twice(step))
        count(&side->syns);
    if (!again) {
        stream_stop(&step->connections->streams, &side->stream);
        side->stream = (struct stream){0};
        stream_start(&side->stream, tcp->sequence + 1);
        side->next = side->acknowledged = tcp->sequence + 1;
    }
    side->initial = tcp->sequence;
    side->initial_known = true;
    side->maximum_segment_size = tcp->maximum_segment_size;
    side->window_scale = tcp->window_scale;
    step->connection->client = (uint8_t)client;
    step->connection->start_seen = true;
    step->sighting->flow->initiator = (uint8_t)client;
}

static void note_syn(struct tcp_step *step)
{
    struct connection *connection = step->connection;
    note_start(step, step->from);
    if (connection->opened == 0) {
        connection->opened = step->sighting->time;
        connection->asked = evidence_of_segment(step);
    }
    if (connection->state != CONNECTION_UNSEEN)
        return;
    connection->state = CONNECTION_OPENING;
    tcp_wait(step->connections, connection);
}

static void note_syn_ack(struct tcp_step *step)
{
    struct connection *connection = step->connection;
    struct tcp_side *client = &connection->side[1 - step->from];
    note_start(step, 1 - step->from);
    if (!client->initial_known) {
        client->initial = step->packet->tcp.acknowledgment - 1;
        client->initial_known = true;
        stream_start(&client->stream, step->packet->tcp.acknowledgment);
    }
    if (connection->state != CONNECTION_UNSEEN && !tcp_is_before_answer(connection))
        return;
    connection->state = CONNECTION_ANSWERED;
    connection->ended = 0;
    connection->answered = step->sighting->time;
    tcp_stop_waiting(step->connections, connection);
}

/* An acknowledgment from the client, or data from either side, shows that the other end is open
 * even if the capture lacks the SYN-ACK. */
static void note_established(struct tcp_step *step)
{
    struct connection *connection = step->connection;
    bool shows = step->from == connection->client || step->packet->payload_length > 0;
    if (connection->state != CONNECTION_ANSWERED && !(tcp_is_before_answer(connection) && shows))
        return;
    connection->state = CONNECTION_ESTABLISHED;
    connection->established = step->sighting->time;
    encounters_note(&step->connections->established, &connection->endpoint[connection->client].ip,
                    &connection->endpoint[1 - connection->client], connection->established);
    tcp_stop_waiting(step->connections, connection);
    report_segment(step, EVENT_TCP_ESTABLISHED);
}

static void note_end(struct tcp_step *step, enum connection_state state)
{
    struct connection *connection = step->connection;
    tcp_stop_waiting(step->connections, connection);
    connection->state = (uint8_t)state;
    if (connection->ended != 0)
        return;
    connection->ended = step->sighting->time;
    connection->ended_by = (uint8_t)step->from;
}

static void note_fin(struct tcp_step *step)
{
    struct connection *connection = step->connection;
    connection->side[step->from].fin = true;
    if (connection->ended != 0) {
        if (connection->state == CONNECTION_CLOSING && connection->side[1 - step->from].fin)
            connection->state = CONNECTION_CLOSED;
        return;
    }
    note_end(step, CONNECTION_CLOSING);
    report_segment(step, EVENT_TCP_CLOSED);
}

/* After a FIN an RST only cuts short what was ending anyway, and before the connection is
 * established it may be the client that changed its mind. */
static enum connection_state state_after_reset(const struct connection *connection, bool by_client)
{
    switch (connection->state) {
    case CONNECTION_OPENING:
    case CONNECTION_UNANSWERED:
        return by_client ? CONNECTION_ABANDONED : CONNECTION_REFUSED;
    case CONNECTION_ANSWERED:
        return by_client ? CONNECTION_ABANDONED : CONNECTION_RESET;
    case CONNECTION_ESTABLISHED:
        return CONNECTION_RESET;
    case CONNECTION_UNSEEN:
        return connection->side[0].seen || connection->side[1].seen ? CONNECTION_RESET
                                                                    : CONNECTION_UNSEEN;
    default:
        return connection->state;
    }
}

static void note_reset(struct tcp_step *step)
{
    struct connection *connection = step->connection;
    enum connection_state after = state_after_reset(connection, step->from == connection->client);
    count(&connection->resets);
    if (connection->resets > 1)
        return;
    connection->reset_by = (uint8_t)step->from;
    connection->reset_ttl = step->packet->ttl;
    if (after == connection->state)
        return;
    note_end(step, after);
    if (after == CONNECTION_REFUSED)
        report_segment(step, EVENT_TCP_REFUSED);
    if (after == CONNECTION_RESET)
        report_segment(step, EVENT_TCP_RESET);
}

void tcp_note_flags(struct tcp_step *step)
{
    unsigned flags = step->packet->tcp.flags;
    if (flags & TCP_RST) {
        note_reset(step);
        return;
    }
    if (flags & TCP_SYN) {
        if (flags & TCP_ACK)
            note_syn_ack(step);
        else
            note_syn(step);
        return;
    }
    if (flags & TCP_ACK)
        note_established(step);
    if (flags & TCP_FIN)
        note_fin(step);
}
