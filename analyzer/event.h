/* SPDX-License-Identifier: MIT */
/* Facts that trackers report and rules read.
 *
 * A tracker never judges: it says what happened ("the transaction was answered with 431") or what
 * did not ("nothing came back for 39.5 s") and goes on. The engine takes the events of each step
 * out of the queue and shows them to the call attempts and to the rules. Data goes one way. */
#ifndef TURNSCOPE_ANALYZER_EVENT_H
#define TURNSCOPE_ANALYZER_EVENT_H

#include "analyzer/evidence.h"

enum event_kind {
    EVENT_NONE,
    /* track/transactions: `transaction`, and `allocation` for TURN methods */
    EVENT_STUN_REQUEST,     /* first transmission of a request */
    EVENT_STUN_SUCCEEDED,   /* a success response, which `message` is */
    EVENT_STUN_CHALLENGED,  /* a 401 to a request without credentials: part of the way in */
    EVENT_STUN_REFUSED,     /* any other error response */
    EVENT_STUN_UNANSWERED,  /* the time-out passed, or the capture ended after it could have come */
    EVENT_STUN_UNREACHABLE, /* an ICMP error quotes the request */
    EVENT_STUN_MALFORMED,   /* `message` has the cookie and contradicts itself */
    EVENT_STUN_MAPPING_CHANGED, /* a server reports another mapped address than before */
    EVENT_STUN_MAPPING_DIFFERS, /* two servers report different ones for the same socket */
    EVENT_STUN_FINGERPRINT,     /* FINGERPRINT is wrong and the packet was not cut */
    /* track/allocations: `allocation` */
    EVENT_TURN_ABANDONED,          /* challenged, and the client never came back */
    EVENT_TURN_DATA_EXPIRED,       /* traffic after the lifetime without a Refresh */
    EVENT_TURN_CHANNEL_EXPIRED,    /* ChannelData later than 600 s after the last ChannelBind */
    EVENT_TURN_CHANNEL_UNBOUND,    /* ChannelData on a number that was never bound */
    EVENT_TURN_PERMISSION_MISSING, /* data to a peer without permission */
    EVENT_TURN_UNREACHABLE,        /* an ICMP error quotes data on a working allocation: `icmp` */
    /* track/lookups: `lookup` */
    EVENT_DNS_ANSWERED,
    EVENT_DNS_UNANSWERED,
    /* flow/streams, track/tcp: `connection` */
    EVENT_TCP_ESTABLISHED,
    EVENT_TCP_NO_ANSWER,  /* SYNs without any answer */
    EVENT_TCP_REFUSED,    /* SYN answered by RST */
    EVENT_TCP_RESET,      /* RST on an established connection */
    EVENT_TCP_CLOSED,     /* FIN */
    EVENT_TCP_STALLED,    /* zero window for more than 3 s */
    EVENT_TCP_BLACK_HOLE, /* large segments are lost, small ones pass */
    /* track/handshakes: `handshake` */
    EVENT_TLS_HELLO,       /* ClientHello complete */
    EVENT_TLS_CERTIFICATE, /* the server's Certificate message complete */
    EVENT_TLS_ALERT,
    EVENT_TLS_ESTABLISHED,
    EVENT_TLS_ENDED, /* reset, closed or unanswered before it was established */
    /* track/ice, track/media: `relay` of a flow between client and peer */
    EVENT_ICE_CONNECTED,
    EVENT_ICE_NO_CONNECTIVITY,
    EVENT_ICE_CONSENT_LOST,
    EVENT_ICE_CONSENT_KEPT, /* after that: what it does shows that it had consent all the time */
    EVENT_MEDIA_STARTED,
    EVENT_MEDIA_ONE_WAY,
    EVENT_MEDIA_NONE,
    /* HTTP or XMPP in the clear (or decrypted): `exchange` */
    EVENT_HTTP_RESPONSE,
    EVENT_LOG_LINE,      /* the CMS event log tells of a failure: `log` */
    EVENT_CAPTURE_ENDED, /* the last one: what a whole capture did not show */
    EVENT_KINDS
};

struct stun_message;
struct transaction;
struct allocation;
struct lookup;
struct connection;
struct handshake;
struct path;
struct flow;
struct icmp_error;
struct exchange;
struct cms_log_entry;

/* The pointers lead to a tracker's records and to the packet in hand. They are valid until the
 * engine's next step; a rule copies what it keeps. Those that an event kind does not name are NULL.
 */
struct event {
    enum event_kind kind;
    int64_t time;                    /* nanoseconds since the epoch */
    struct evidence evidence;        /* the packet that showed it; frame 0 when it is an absence */
    struct transport_address client; /* whom it concerns: asked, connected, allocated */
    struct transport_address server; /* whom it asked */
    uint8_t protocol;                /* enum ip_protocol between them */
    bool inside_tls;                 /* and TLS or DTLS on it, which was decrypted */
    const struct flow *flow;
    const struct transaction *transaction;
    const struct allocation *allocation;
    const struct stun_message *message;
    const struct icmp_error *icmp;
    const struct lookup *lookup;
    const struct connection *connection;
    const struct handshake *handshake;
    const struct path *path;
    const struct exchange *exchange;
    const struct cms_log_entry *log;
    /* One before it that it contradicts or follows from; mostly there is none, and only its frame
     * is 0. */
    struct evidence earlier;
};

enum { EVENT_QUEUE_LENGTH = 32 };

/* The events of one step. A tracker adds; the engine takes all of them out after each message and
 * after each slice of an expiry. */
struct event_queue {
    struct event items[EVENT_QUEUE_LENGTH];
    size_t count;
    uint64_t
        lost; /* events that found the queue full: stays 0 while callers honour event_queue_full */
};

/* A new event of this kind, all else zero or empty, for the caller to fill in. Never NULL: in a
 * full queue the last one is overwritten and counted as lost. */
struct event *event_add(struct event_queue *queue, enum event_kind kind, int64_t time);

/* Room for fewer than 4 more: an expiry loop returns and is called again. */
static inline bool event_queue_full(const struct event_queue *queue)
{
    return queue->count + 4 > EVENT_QUEUE_LENGTH;
}

#endif
