/* SPDX-License-Identifier: MIT */
/* HTTP requests and what was answered to them, in the clear or decrypted: HTTP/1.1 (RFC 9112) and
 * HTTP/2 (RFC 9113). Bodies, cookies, credentials and the query parts of addresses are not kept. */
#ifndef TURNSCOPE_ANALYZER_TRACK_EXCHANGES_H
#define TURNSCOPE_ANALYZER_TRACK_EXCHANGES_H

#include "analyzer/event.h"
#include "analyzer/http/http2.h"
#include "analyzer/limits.h"
#include "analyzer/sighting.h"
#include "dissectors/http/body.h"

struct exchange {
    struct exchange_key {
        uint32_t connection; /* counted */
        uint32_t number;     /* HTTP/2: the stream; HTTP/1.1: counted from 1 */
    } key;
    struct transport_address client; /* who asked */
    struct transport_address server;
    uint8_t version; /* 1 or 2 */
    bool decrypted;  /* came out of TLS */
    bool has_proxy_credentials;
    bool asks_websocket;    /* wants the connection as a WebSocket (RFC 6455, RFC 8441) */
    bool websocket_refused; /* and did not get it */
    bool answered;
    uint16_t status; /* of the final answer; 0: none yet */
    char method[LIMIT_METHOD];
    char
        authority[LIMIT_AUTHORITY]; /* the host that was asked for, with a port where one is said */
    char path[LIMIT_PATH];          /* up to its parameters or the query */
    char reason[LIMIT_REASON];      /* HTTP/1.1 */
    char location[LIMIT_LOCATION];  /* where the answer sends the client, up to the query */
    char software[LIMIT_SOFTWARE];  /* of the server */
    struct evidence request;        /* frame 0: not in the capture */
    struct evidence response;
};

/* How a client fares with its web proxy, which CONNECT requests go to. */
struct proxy_use {
    struct proxy_use_key {
        struct ip_address client;
        struct transport_address proxy;
    } key;
    bool worked;    /* a CONNECT succeeded at some time */
    bool came_back; /* a CONNECT brought credentials, or may have; its own answer tells the rest */
    bool insists;   /* after a 407 it came again without any */
    uint64_t challenges;   /* 407 to a CONNECT that brought no credentials */
    struct exchange first; /* of those */
    int64_t latest;        /* of those; nanoseconds since the epoch */
};

struct exchanges {
    struct table table; /* of struct exchange */
    struct table connections;
    struct table http2;   /* what HTTP/2 connections need beside that */
    struct table proxies; /* of struct proxy_use */
    uint32_t connections_seen;
};

int exchanges_init(struct exchanges *exchanges, uint32_t megabytes);
void exchanges_free(struct exchanges *exchanges);

/* Whether this client got through this web proxy, to whatever server. */
bool exchanges_through_proxy(const struct exchanges *exchanges, const struct ip_address *client,
                             const struct transport_address *proxy);

/* In the order in which they were asked or answered last; NULL starts, NULL ends. */
const struct exchange *exchanges_next(const struct exchanges *exchanges,
                                      const struct exchange *previous);

/* Whether HTTP begins here. INCOMPLETE, NOT_MINE: as decoders answer. */
enum dissect_status exchanges_recognize(struct bytes unread);

/* Unread bytes of one direction of a connection. How many are done with; 0: more are needed. May
 * stop early because the event queue is full: when something was taken, handle the events and call
 * again with the rest. Stops for good where a tunnel begins. Adds EVENT_HTTP_RESPONSE for each
 * final answer. */
size_t exchanges_take(struct exchanges *exchanges, const struct sighting *sighting,
                      struct bytes unread, bool decrypted, struct event_queue *events);

/* Whether HTTP has ended on this connection: a CONNECT succeeded, or it became a WebSocket. It is
 * forgotten then; what follows is something else. */
bool exchanges_ended(struct exchanges *exchanges, const struct sighting *sighting);

/* The connection of the sighting's flow was closed: its messages need not be followed any more. */
void exchanges_forget(struct exchanges *exchanges, const struct sighting *sighting);

/* `missing` bytes of this direction will never come (SIZE_MAX: nobody knows how many). False: the
 * messages behind them cannot be told apart. */
bool exchanges_gap(struct exchanges *exchanges, const struct sighting *sighting, size_t missing);

#endif
