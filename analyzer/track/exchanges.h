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
        struct record_id flow;
        uint32_t number;     /* HTTP/2: the stream; HTTP/1.1: counted from 1 */
        uint32_t connection; /* counted: ports are used again */
    } key;
    struct transport_address client; /* who asked */
    struct transport_address server;
    uint8_t version;        /* 1 or 2 */
    bool decrypted;         /* came out of TLS */
    bool asks_websocket;    /* wants the connection as a WebSocket (RFC 6455, RFC 8441) */
    bool websocket_refused; /* and did not get it */
    bool answered;
    uint16_t status; /* of the final answer; 0: none yet */
    char method[LIMIT_METHOD];
    char
        authority[LIMIT_AUTHORITY]; /* the host that was asked for, with a port where one is said */
    char path[LIMIT_PATH];          /* up to the query */
    char reason[LIMIT_REASON];      /* HTTP/1.1 */
    char location[LIMIT_LOCATION];  /* where the answer sends the client, up to the query */
    char software[LIMIT_SOFTWARE];  /* of the server */
    struct evidence request;        /* frame 0: not in the capture */
    struct evidence response;
};

struct exchanges {
    struct table table; /* of struct exchange */
    struct table connections;
    struct table http2; /* what HTTP/2 connections need beside that */
    uint32_t connections_seen;
};

int exchanges_init(struct exchanges *exchanges);
void exchanges_free(struct exchanges *exchanges);

/* Whether HTTP begins here. INCOMPLETE, NOT_MINE: as decoders answer. */
enum dissect_status exchanges_recognize(struct bytes unread);

/* Unread bytes of one direction of a connection. How many are done with; 0: more are needed. May
 * stop early because the event queue is full: when something was taken, handle the events and call
 * again with the rest. Stops for good where a tunnel begins. Adds EVENT_HTTP_RESPONSE for each
 * final answer. */
size_t exchanges_take(struct exchanges *exchanges, const struct sighting *sighting,
                      struct bytes unread, bool decrypted, struct event_queue *events);

/* What follows is no HTTP any more: a CONNECT succeeded, or the connection became a WebSocket. */
bool exchanges_is_tunnel(const struct exchanges *exchanges, struct record_id flow);

/* The connection has ended: its ports may be used by another one. */
void exchanges_forget(struct exchanges *exchanges, struct record_id flow);

/* Bytes are missing in this direction: messages cannot be told apart any more. */
void exchanges_lost(struct exchanges *exchanges, const struct sighting *sighting);

#endif
