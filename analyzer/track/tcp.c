/* SPDX-License-Identifier: MIT */
#include "analyzer/track/tcp.h"

#include "analyzer/limits.h"
#include "analyzer/track/tcp_step.h"

/* A SYN that waits for its answer. */
struct waiting_connection {
    struct record_id connection;
    int64_t since;
};

static void release_connection(void *context, void *record)
{
    struct connections *connections = context;
    struct connection *connection = record;
    stream_stop(&connections->streams, &connection->side[0].stream);
    stream_stop(&connections->streams, &connection->side[1].stream);
}

static bool has_ended(const void *record)
{
    const struct connection *connection = record;
    return connection->state >= CONNECTION_CLOSED;
}

int connections_init(struct connections *connections, uint32_t megabytes)
{
    *connections = (struct connections){0};
    if (streams_init(&connections->streams, megabytes) != 0)
        return -1;
    if (table_init(&connections->table, limit_for(LIMIT_CONNECTIONS, megabytes),
                   sizeof(struct connection), 0) != 0 ||
        table_init(&connections->waiting, limit_for(LIMIT_CONNECTIONS_WAITING, megabytes),
                   sizeof(struct waiting_connection), 0) != 0 ||
        encounters_init(&connections->established, limit_for(LIMIT_ENCOUNTERS, megabytes)) != 0) {
        connections_free(connections);
        return -1;
    }
    connections->table.is_spent = has_ended;
    table_give_second_chance(&connections->table);
    table_foresee_more(&connections->table, offsetof(struct connection, asked));
    connections->table.release = release_connection;
    connections->table.release_context = connections;
    return 0;
}

void connections_free(struct connections *connections)
{
    table_free(&connections->table);
    table_free(&connections->waiting);
    encounters_free(&connections->established);
    streams_free(&connections->streams);
}

struct connection *connections_of(const struct connections *connections, const struct flow *flow)
{
    return table_at(&connections->table, flow->connection);
}

void tcp_wait(struct connections *connections, struct connection *connection)
{
    bool created;
    struct waiting_connection *waiting = table_at(&connections->waiting, connection->waiting);
    if (waiting == NULL)
        waiting = table_add(&connections->waiting, NULL, &created);
    else
        table_touch(&connections->waiting, waiting);
    waiting->connection = table_id(&connections->table, connection);
    waiting->since = connection->opened;
    connection->waiting = table_id(&connections->waiting, waiting);
}

void tcp_stop_waiting(struct connections *connections, const struct connection *connection)
{
    struct waiting_connection *waiting = table_at(&connections->waiting, connection->waiting);
    if (waiting != NULL)
        table_remove(&connections->waiting, waiting);
}

static struct tcp_mark mark_of(const struct tcp_step *step)
{
    return (struct tcp_mark){.frame = step->sighting->frame,
                             .time = step->sighting->time,
                             .input = step->sighting->input,
                             .flags = step->packet->tcp.flags,
                             .from = (uint8_t)step->from};
}

static void mark(struct tcp_step *step)
{
    struct connection *connection = step->connection;
    const struct tcp_side *side = &connection->side[step->from];
    int64_t time = step->sighting->time;
    if (side->zero_since == time)
        connection->closed_window[step->from] = mark_of(step);
    if (side->unacknowledged_since == time && step->packet->payload_length > 0)
        connection->unacknowledged[step->from] = mark_of(step);
}

/* Sequence numbers, acknowledgments and windows. */
static void note_transfer(struct tcp_step *step)
{
    struct connection *connection = step->connection;
    const struct packet *packet = step->packet;
    struct tcp_side *side = &connection->side[step->from];
    struct tcp_side *other = &connection->side[1 - step->from];
    int64_t time = step->sighting->time;
    if (tcp_side_is_stalled(side, time))
        tcp_report_trouble(step, EVENT_TCP_STALLED, &connection->closed_window[step->from]);
    if (tcp_side_is_stalled(other, time))
        tcp_report_trouble(step, EVENT_TCP_STALLED, &connection->closed_window[1 - step->from]);
    tcp_side_note_window(side, packet, time);
    tcp_side_note_segment(side, packet, time);
    if (packet->tcp.flags & TCP_ACK && !(packet->tcp.flags & TCP_RST)) {
        tcp_side_note_acknowledgment(other, packet->tcp.acknowledgment, time);
        stream_note_acknowledgment(&other->stream, packet->tcp.acknowledgment);
    }
    mark(step);
    if (connection->black_hole || !tcp_side_is_black_hole(side, other))
        return;
    connection->black_hole = true;
    tcp_report_trouble(step, EVENT_TCP_BLACK_HOLE, &connection->unacknowledged[step->from]);
}

static void push_payload(struct tcp_step *step)
{
    const struct packet *packet = step->packet;
    bool syn = packet->tcp.flags & TCP_SYN;
    if (packet->payload_length == 0 || packet->tcp.flags & TCP_RST)
        return;
    stream_push(&step->connections->streams, &step->connection->side[step->from].stream,
                packet->tcp.sequence + (syn ? 1 : 0), packet->payload, packet->payload_length,
                step->sighting->time);
}

/* A SYN with another number than the one known, or on a connection whose beginning was not seen, is
 * a new connection; while the old one is opening, its client tries again. A SYN-ACK alone makes a
 * new one only when the old one is past that. */
static bool begins_anew(const struct connection *connection, const struct packet *packet,
                        unsigned from)
{
    const struct tcp_side *side = &connection->side[from];
    if (!(packet->tcp.flags & TCP_SYN) || packet->tcp.flags & TCP_RST)
        return false;
    if (side->initial_known && side->initial == packet->tcp.sequence)
        return false;
    if (packet->tcp.flags & TCP_ACK)
        return !tcp_is_before_answer(connection) && connection->state != CONNECTION_ANSWERED;
    return connection->state != CONNECTION_OPENING && connection->state != CONNECTION_UNANSWERED;
}

static struct connection *begin(struct connections *connections, const struct sighting *sighting)
{
    bool created;
    struct connection *connection = table_add(&connections->table, NULL, &created);
    connection->flow = sighting->flow_id;
    memcpy(connection->endpoint, sighting->flow->key.endpoint, sizeof connection->endpoint);
    connection->client = sighting->flow->initiator;
    connection->side[0].window_scale = connection->side[1].window_scale = -1;
    sighting->flow->connection = table_id(&connections->table, connection);
    return connection;
}

static void forget(struct connections *connections, struct connection *connection,
                   struct flow *flow)
{
    tcp_stop_waiting(connections, connection);
    table_remove(&connections->table, connection);
    flow->content = CONTENT_UNKNOWN;
    flow->framed = false;
    flow->attempts = 0;
    flow->handshake = (struct record_id){0};
}

static struct connection *connection_for(struct connections *connections,
                                         const struct packet *packet,
                                         const struct sighting *sighting)
{
    struct connection *connection = connections_of(connections, sighting->flow);
    if (connection != NULL && begins_anew(connection, packet, sighting->from)) {
        forget(connections, connection, sighting->flow);
        connection = NULL;
    }
    if (connection == NULL)
        return begin(connections, sighting);
    table_touch(&connections->table, connection);
    return connection;
}

struct connection *connections_note(struct connections *connections, const struct packet *packet,
                                    const struct sighting *sighting, struct event_queue *events)
{
    struct tcp_step step = {.connections = connections,
                            .connection = connection_for(connections, packet, sighting),
                            .packet = packet,
                            .sighting = sighting,
                            .events = events,
                            .from = sighting->from};
    struct tcp_side *side = &step.connection->side[step.from];
    tcp_note_flags(&step);
    note_transfer(&step);
    push_payload(&step);
    if (!side->seen || packet->tcp.flags & TCP_SYN)
        side->ttl = packet->ttl;
    side->seen = true;
    side->last = sighting->time;
    sighting->flow->ended = has_ended(step.connection);
    return step.connection;
}

static bool is_hard_error(const struct connection *connection, const struct icmp_error *icmp)
{
    uint8_t unreachable = icmp->source.ip.family == 6 ? 1 : 3; /* RFC 4443, RFC 792 */
    return icmp->type == unreachable && connection->state == CONNECTION_OPENING &&
           transport_address_equal(&icmp->source, &connection->endpoint[connection->client]);
}

void connections_note_icmp(struct connections *connections, const struct flow *flow,
                           const struct icmp_error *icmp, const struct evidence *evidence,
                           struct event_queue *events)
{
    struct connection *connection = connections_of(connections, flow);
    if (connection == NULL)
        return;
    if (icmp->mtu != 0) {
        connection->path_mtu = icmp->mtu;
        return;
    }
    if (!is_hard_error(connection, icmp))
        return;
    connection->state = CONNECTION_REFUSED;
    connection->ended = evidence->time;
    connection->ended_by = 1 - connection->client;
    tcp_stop_waiting(connections, connection);
    struct event *event = tcp_report(connection, EVENT_TCP_REFUSED, evidence->time, events);
    event->evidence = *evidence;
    event->flow = flow;
    event->icmp = icmp;
}

/* One SYN proves nothing: a browser races several addresses and drops the losers. */
static void conclude_waiting(struct connections *connections, struct waiting_connection *waiting,
                             int64_t now, struct event_queue *events)
{
    struct connection *connection = table_at(&connections->table, waiting->connection);
    table_remove(&connections->waiting, waiting);
    if (connection == NULL || connection->state != CONNECTION_OPENING ||
        connection->side[connection->client].syns < LIMIT_CONNECT_TRIES ||
        connection->side[1 - connection->client].seen)
        return;
    connection->state = CONNECTION_UNANSWERED;
    struct event *event = tcp_report(connection, EVENT_TCP_NO_ANSWER, now, events);
    event->evidence = connection->asked;
}

static bool conclude_older(struct connections *connections, int64_t since, int64_t now,
                           struct event_queue *events)
{
    struct waiting_connection *oldest;
    while ((oldest = table_oldest(&connections->waiting)) != NULL && oldest->since <= since) {
        if (event_queue_full(events))
            return true;
        conclude_waiting(connections, oldest, now, events);
    }
    return false;
}

bool connections_expire(struct connections *connections, int64_t now, struct event_queue *events)
{
    return conclude_older(connections, now - LIMIT_CONNECT_WAIT, now, events);
}

bool connections_end(struct connections *connections, int64_t now, struct event_queue *events)
{
    return conclude_older(connections, now - LIMIT_SILENCE, now, events);
}

unsigned connection_reset_distance(const struct connection *connection)
{
    const struct tcp_side *side = &connection->side[connection->reset_by];
    if (connection->resets == 0 || side->syns == 0)
        return 0;
    return connection->reset_ttl > side->ttl ? (unsigned)(connection->reset_ttl - side->ttl)
                                             : (unsigned)(side->ttl - connection->reset_ttl);
}

bool connections_established(const struct connections *connections, const struct ip_address *client,
                             const struct transport_address *server, int64_t since)
{
    int64_t last = encounters_last(&connections->established, client, server);
    return last != 0 && last >= since;
}

bool connection_looks_like_call(const struct connection *connection)
{
    enum { A_SECOND = 5 };
    int64_t last[2] = {connection->side[0].last, connection->side[1].last};
    int64_t seconds = ((last[0] < last[1] ? last[0] : last[1]) - connection->established) / SECONDS;
    uint32_t fewer = connection->side[0].segments < connection->side[1].segments
                         ? connection->side[0].segments
                         : connection->side[1].segments;
    return connection->established != 0 && seconds >= LIMIT_MEDIA_WAIT / SECONDS &&
           fewer >= (uint64_t)seconds * A_SECOND;
}
