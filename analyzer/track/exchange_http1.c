/* SPDX-License-Identifier: MIT */
/* HTTP/1.1: answers come in the order of the requests (RFC 9112 9.3.2). */
#include "analyzer/track/exchange_step.h"
#include "analyzer/track/http_fields.h"

static void take_request(const struct exchange_step *step, const struct http_message *message)
{
    struct exchange_side *side = exchange_step_side(step);
    struct exchange *exchange = exchange_step_at(step, ++side->messages, true);
    http_copy_request(exchange, message);
    exchange_step_asked(step, exchange);
    side->body = http_body_of(message, false);
}

/* 1xx are not final, but for 101, which ends HTTP on the connection (RFC 9110 15.2). */
static void take_response(const struct exchange_step *step, const struct http_message *message)
{
    struct exchange_side *side = exchange_step_side(step);
    if (message->status < 200 && message->status != 101)
        return;
    struct exchange *exchange = exchange_step_at(step, ++side->messages, false);
    bool connects = strcmp(exchange->method, "CONNECT") == 0 && message->status / 100 == 2;
    http_copy_response(exchange, message);
    exchange_step_answered(step, exchange);
    step->connection->is_tunnel |= message->status == 101 || connects;
    side->body = http_body_of(message, connects || strcmp(exchange->method, "HEAD") == 0);
}

/* A head that comes in many pieces is read when it begins, to see whether it is one, and when it is
 * whole: else each of its bytes would be looked at once a piece. */
static bool is_worth_reading(struct exchange_side *side, struct bytes unread)
{
    enum { BEGINNING = 64 };
    bool whole = http_head_ends(unread, side->waiting) || unread.length >= HTTP_HEAD_MAXIMUM;
    bool begins = side->waiting < BEGINNING;
    side->waiting = whole ? 0 : unread.length;
    return whole || begins;
}

size_t exchange_step_http1(const struct exchange_step *step, struct bytes unread)
{
    struct exchange_side *side = exchange_step_side(step);
    struct http_message message;
    if (side->body.kind != HTTP_BODY_NONE)
        return http_body_take(&side->body, unread);
    /* RFC 9112 2.2: empty lines in front of a message are passed over. */
    if (unread.data[0] == '\r' || unread.data[0] == '\n')
        return 1;
    if (!is_worth_reading(side, unread))
        return 0;
    enum dissect_status status = http_decode(&message, unread);
    if (status == DISSECT_INCOMPLETE)
        return 0;
    side->waiting = 0;
    if (status != DISSECT_OK) {
        side->ended = true;
        return unread.length;
    }
    if (message.is_response)
        take_response(step, &message);
    else
        take_request(step, &message);
    return message.head_length;
}
