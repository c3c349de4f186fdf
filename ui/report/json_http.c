/* SPDX-License-Identifier: MIT */
#include "ui/report/json_http.h"

#include "ui/report/values.h"

/* Where a message stands; null when it is not in the capture. */
static json_t *place_value(const struct evidence *evidence)
{
    json_t *value = json_object();
    if (evidence->frame == 0) {
        json_decref(value);
        return json_null();
    }
    value_put_count(value, "input", evidence->input);
    value_put_count(value, "frame", evidence->frame);
    value_put(value, "time", value_time(evidence->time));
    return value;
}

static json_t *status_value(const struct exchange *exchange)
{
    return exchange->answered && exchange->status != 0 ? json_integer(exchange->status)
                                                       : json_null();
}

/* Null: no WebSocket was asked for, or it is not answered yet. */
static json_t *websocket_value(const struct exchange *exchange)
{
    if (!exchange->asks_websocket || !exchange->answered)
        return json_null();
    return json_string(exchange->websocket_refused ? "refused" : "opened");
}

static json_t *exchange_value(const struct exchange *exchange)
{
    json_t *value = json_object();
    value_put(value, "client", value_address(&exchange->client));
    value_put(value, "server", value_address(&exchange->server));
    value_put(value, "transport", value_transport(IP_PROTOCOL_TCP, exchange->decrypted));
    value_put(value, "version", json_string(exchange->version == 2 ? "HTTP/2" : "HTTP/1"));
    value_put(value, "method", value_text(exchange->method));
    value_put(value, "authority", value_text(exchange->authority));
    value_put(value, "path", value_text(exchange->path));
    value_put(value, "status", status_value(exchange));
    value_put(value, "reason", value_text(exchange->reason));
    value_put(value, "location", value_text(exchange->location));
    value_put(value, "software", value_text(exchange->software));
    value_put(value, "websocket", websocket_value(exchange));
    value_put(value, "request", place_value(&exchange->request));
    value_put(value, "response", place_value(&exchange->response));
    return value;
}

json_t *value_http(const struct exchanges *exchanges)
{
    json_t *list = json_array();
    json_t *value = json_object();
    const struct exchange *exchange = NULL;
    json_int_t omitted = 0;
    while ((exchange = exchanges_next(exchanges, exchange)) != NULL) {
        if (json_array_size(list) < LIMIT_REPORTED_EXCHANGES)
            (void)json_array_append_new(list, exchange_value(exchange));
        else
            omitted++;
    }
    value_put(value, "exchanges", list);
    if (omitted > 0)
        value_put(value, "omitted", json_integer(omitted));
    return value;
}
