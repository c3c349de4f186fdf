/* SPDX-License-Identifier: MIT */
/* TCP connections (RFC 9293): how they open, what they lose, who ends them. Facts only. */
#ifndef TURNSCOPE_ANALYZER_TRACK_TCP_H
#define TURNSCOPE_ANALYZER_TRACK_TCP_H

#include "analyzer/event.h"
#include "analyzer/flow/streams.h"
#include "analyzer/sighting.h"
#include "analyzer/track/encounters.h"

enum connection_state {
    CONNECTION_UNSEEN,      /* the capture began later */
    CONNECTION_OPENING,     /* SYN */
    CONNECTION_ANSWERED,    /* SYN-ACK */
    CONNECTION_ESTABLISHED, /* data, or an acknowledgment of the SYN-ACK */
    CONNECTION_CLOSING,     /* FIN from one side */
    CONNECTION_CLOSED,      /* FIN from both */
    CONNECTION_REFUSED,     /* the SYN was answered by RST, or by an ICMP error */
    CONNECTION_RESET,       /* RST later on */
    CONNECTION_UNANSWERED,  /* repeated SYNs and nothing from the other side */
    CONNECTION_ABANDONED,   /* the client took its SYN back with RST */
};

/* A segment that is sent again and again. */
struct tcp_repetition {
    uint32_t sequence;
    uint32_t length;
    uint16_t count; /* 0: none */
    int64_t first;  /* nanoseconds; of the first repetition */
    int64_t last;
};

/* What one endpoint of a connection sent. */
struct tcp_side {
    struct stream stream;
    bool seen;
    bool initial_known; /* its SYN was seen, or what acknowledges it */
    bool fin;
    uint8_t ttl;                   /* of its SYN or SYN-ACK, else of its first packet */
    int8_t window_scale;           /* as its SYN says; -1: not offered or not seen */
    uint16_t maximum_segment_size; /* as its SYN says; 0: not seen */
    uint16_t syns;                 /* SYN or SYN-ACK transmissions */
    uint32_t initial;              /* sequence number of the SYN */
    uint32_t next;                 /* after the last byte that it sent */
    uint32_t latest;               /* sequence number of its latest segment with data */
    uint32_t acknowledged;         /* up to here the other side has it */
    uint32_t largest_acknowledged; /* length of the longest segment known to have got through */
    uint32_t candidate_length;     /* of a longer one that may, and where it ends */
    uint32_t candidate_end;
    uint32_t
        missing_from; /* bytes that the capture has not seen: what fills them is no repetition */
    uint32_t missing_to;
    uint32_t segments;        /* with new data */
    uint32_t retransmissions; /* segments with data, all of it sent before */
    struct tcp_repetition repetition;
    uint32_t zero_windows; /* times that it closed its window */
    bool stall_reported;
    int64_t zero_since; /* nanoseconds; 0: its window is open */
    int64_t longest_zero;
    int64_t unacknowledged_since; /* the other side has been silent about new data since */
    int64_t last;                 /* its latest packet */
};

/* A packet to come back to. */
struct tcp_mark {
    uint64_t frame; /* 0: none */
    int64_t time;
    uint16_t input;
    uint8_t flags; /* of the segment */
    uint8_t from;  /* index of the endpoint that sent it */
};

/* Times are nanoseconds since the epoch; 0: not seen. */
struct connection {
    struct record_id flow;
    struct record_id waiting; /* while its SYN waits for an answer */
    struct transport_address endpoint[2];
    uint8_t state;     /* enum connection_state */
    uint8_t client;    /* index of the endpoint that asked; a guess unless start_seen */
    bool start_seen;   /* SYN or SYN-ACK */
    bool black_hole;   /* full-sized segments are lost while the other side is heard */
    uint8_t ended_by;  /* index of the endpoint that sent the first RST or FIN */
    uint8_t reset_by;  /* index of the endpoint that sent the first RST */
    uint8_t reset_ttl; /* of the first RST */
    uint16_t resets;   /* RSTs in all */
    uint32_t path_mtu; /* from an ICMP error about one of its packets; 0: none */
    int64_t opened;    /* the first SYN */
    int64_t answered;  /* the first SYN-ACK */
    int64_t established;
    int64_t ended;                     /* the first RST or FIN */
    struct tcp_side side[2];           /* [i]: sent by endpoint[i] */
    struct tcp_mark unacknowledged[2]; /* [i]: endpoint[i]'s oldest data that is not acknowledged */
    struct tcp_mark closed_window[2];  /* [i]: where endpoint[i] closed its window */
    /* Up to here each segment looks at all of it. */
    struct evidence asked; /* the first SYN */
};

struct connections {
    struct table table;
    struct table waiting; /* connections whose SYN waits for an answer, oldest first */
    struct encounters established;
    struct streams streams;
};

/* 0, or -1 when memory is short. */
int connections_init(struct connections *connections, uint32_t megabytes);
void connections_free(struct connections *connections);

/* Takes in a TCP segment: the record of its connection, made when it is new, with the payload
 * pushed to the stream of its sender. Read that stream before the next call (streams.h).
 * A SYN of a new connection on the same five-tuple makes a new record; then the flow's content,
 * attempts and handshake are cleared. flow->connection and, when the SYN tells, flow->initiator are
 * set. Events: EVENT_TCP_*. */
struct connection *connections_note(struct connections *connections, const struct packet *packet,
                                    const struct sighting *sighting, struct event_queue *events);

/* An ICMP error that quotes a segment of this flow; `evidence` is of the error. It ends a
 * connection that is opening (EVENT_TCP_REFUSED with `icmp` set), or tells the path MTU. */
void connections_note_icmp(struct connections *connections, const struct flow *flow,
                           const struct icmp_error *icmp, const struct evidence *evidence,
                           struct event_queue *events);

/* The latest connection of a flow, or NULL. */
struct connection *connections_of(const struct connections *connections, const struct flow *flow);

/* EVENT_TCP_NO_ANSWER for SYNs that were repeated, and not answered for LIMIT_CONNECT_WAIT. True
 * when it must be called again after the queue was emptied. */
bool connections_expire(struct connections *connections, int64_t now, struct event_queue *events);

/* The same at the end of the capture, after LIMIT_SILENCE. */
bool connections_end(struct connections *connections, int64_t now, struct event_queue *events);

/* Whether this client had a connection to this server established at `since` or later. */
bool connections_established(const struct connections *connections, const struct ip_address *client,
                             const struct transport_address *server, int64_t since);

/* By how many hops the way of the first RST differed from that of its sender's SYN or SYN-ACK; 0
 * when either was not seen. */
unsigned connection_reset_distance(const struct connection *connection);

static inline bool connection_seen_both_ways(const struct connection *connection)
{
    return connection->side[0].seen && connection->side[1].seen;
}

/* Voice sends fifty packets a second, and RTCP at least comes back; pages and downloads do not send
 * so steadily both ways. Whatever is inside, for LIMIT_MEDIA_WAIT at least. */
bool connection_looks_like_call(const struct connection *connection);

#endif
