/* SPDX-License-Identifier: MIT */
/* What the tracker of HTTP shares between the versions of the protocol: bytes of one direction on
 * their way to exchanges. For analyzer/track/exchange*.c alone. */
#ifndef TURNSCOPE_ANALYZER_TRACK_EXCHANGE_STEP_H
#define TURNSCOPE_ANALYZER_TRACK_EXCHANGE_STEP_H

#include "analyzer/track/exchanges.h"

enum { EXCHANGE_SIDES = 2 };

struct exchange_side {
    struct http_body body;
    uint32_t messages; /* requests, or final responses, so far */
    size_t waiting;    /* bytes of a head whose end is not among them */
    bool ended;        /* cannot be followed any more */
};

/* A connection in the clear and one inside its TLS are two flows; ports are used again. */
struct connection_key {
    struct record_id flow;
    struct record_id connection;
};

struct http_connection {
    struct connection_key key;
    uint32_t number; /* counted */
    uint8_t version; /* 0: not known yet */
    bool is_tunnel;
    struct exchange_side sides[EXCHANGE_SIDES]; /* [i]: sent by endpoint[i] of the flow */
};

struct http2_connection {
    struct connection_key key;
    struct http2_reader readers[EXCHANGE_SIDES];
};

/* One call of exchanges_take. */
struct exchange_step {
    struct exchanges *exchanges;
    struct http_connection *connection;
    struct http2_connection *http2; /* NULL: HTTP/1.1 */
    const struct sighting *sighting;
    struct event_queue *events;
    bool decrypted;
};

static inline struct exchange_side *exchange_step_side(const struct exchange_step *step)
{
    return &step->connection->sides[step->sighting->from];
}

/* The exchange with this number, made when there is none. Who asks whom is known from the first of
 * its messages that is in the capture. */
struct exchange *exchange_step_at(const struct exchange_step *step, uint32_t number,
                                  bool from_client);
/* NULL when there is none. */
struct exchange *exchange_step_find(const struct exchange_step *step, uint32_t number);

/* Its request, or its final answer, is whole. */
void exchange_step_asked(const struct exchange_step *step, struct exchange *exchange);
void exchange_step_answered(const struct exchange_step *step, struct exchange *exchange);

/* How many of the unread bytes are done with; 0: more are needed. */
size_t exchange_step_http1(const struct exchange_step *step, struct bytes unread);
size_t exchange_step_http2(struct exchange_step *step, struct bytes unread);

#endif
