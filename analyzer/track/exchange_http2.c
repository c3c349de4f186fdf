/* SPDX-License-Identifier: MIT */
/* HTTP/2: an exchange is a stream (RFC 9113 5). */
#include "analyzer/track/exchange_step.h"
#include "analyzer/track/http_fields.h"

/* RFC 9113 5.1.1. */
static bool is_client_stream(uint32_t stream)
{
    return stream % 2 == 1;
}

/* Pseudo-fields tell requests (":method") from responses (":status"); trailers have neither. */
static void take_field(void *context, uint32_t stream, struct bytes name, struct bytes value)
{
    const struct exchange_step *step = context;
    enum http_field field = http_field_of(name);
    if (field == HTTP_FIELD_OTHER || !is_client_stream(stream))
        return;
    struct exchange *exchange = exchange_step_at(step, stream, http_field_is_request(field));
    if (!exchange->answered)
        http_copy_field(exchange, field, value);
}

static void end_head(void *context, uint32_t stream)
{
    const struct exchange_step *step = context;
    struct exchange *exchange = exchange_step_find(step, stream);
    if (exchange == NULL || exchange->answered)
        return;
    if (exchange->status == 0 && exchange->request.frame == 0)
        exchange_step_asked(step, exchange);
    else if (exchange->status >= 200)
        exchange_step_answered(step, exchange);
}

static void allow_table_size(void *context, uint32_t size)
{
    const struct exchange_step *step = context;
    http2_allow_table_size(&step->http2->readers[1 - step->sighting->from], size);
}

size_t exchange_step_http2(struct exchange_step *step, struct bytes unread)
{
    const struct http2_sink sink = {step, take_field, end_head, allow_table_size};
    struct http2_reader *reader = &step->http2->readers[step->sighting->from];
    size_t taken = http2_take(reader, unread, &sink);
    exchange_step_side(step)->ended |= reader->ended;
    return taken;
}
