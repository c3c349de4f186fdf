/* SPDX-License-Identifier: MIT */
#include "analyzer/track/http_fields.h"

#include "analyzer/text.h"
#include "dissectors/http/address.h"
#include "dissectors/http/names.h"

#include <stdio.h>
#include <strings.h>

static const struct {
    const char *name;
    enum http_field field;
} fields[] = {
    {":method", HTTP_FIELD_METHOD},     {":authority", HTTP_FIELD_AUTHORITY},
    {"host", HTTP_FIELD_AUTHORITY},     {":path", HTTP_FIELD_PATH},
    {":protocol", HTTP_FIELD_PROTOCOL}, {":status", HTTP_FIELD_STATUS},
    {"location", HTTP_FIELD_LOCATION},  {"server", HTTP_FIELD_SERVER},
};

static struct bytes text_bytes(const char *text)
{
    return bytes_of(text, strlen(text));
}

enum http_field http_field_of(struct bytes name)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (bytes_equal(name, text_bytes(fields[i].name)))
            return fields[i].field;
    return HTTP_FIELD_OTHER;
}

static void copy_target(struct exchange *exchange, struct bytes target)
{
    const struct http_address parts = http_address_split(target);
    if (parts.authority.length > 0)
        text_copy(exchange->authority, sizeof exchange->authority, parts.authority);
    text_copy(exchange->path, sizeof exchange->path, parts.path);
}

static void append(char *to, size_t size, struct bytes from)
{
    size_t used = strlen(to);
    text_copy(to + used, size - used, from);
}

static void copy_location(struct exchange *exchange, struct bytes location)
{
    const struct http_address parts = http_address_split(location);
    exchange->location[0] = '\0';
    append(exchange->location, sizeof exchange->location, parts.scheme);
    append(exchange->location, sizeof exchange->location, parts.authority);
    append(exchange->location, sizeof exchange->location, parts.path);
}

static bool is_websocket(struct bytes protocol)
{
    return protocol.length == 9 && strncasecmp((const char *)protocol.data, "websocket", 9) == 0;
}

static void copy_authority(struct exchange *exchange, struct bytes authority)
{
    if (exchange->authority[0] == '\0')
        text_copy(exchange->authority, sizeof exchange->authority, http_without_user(authority));
}

/* RFC 9113 8.3.2: three digits. */
static uint16_t status_of(struct bytes digits)
{
    unsigned status = 0;
    for (size_t i = 0; i < digits.length; i++) {
        if (digits.length != 3 || digits.data[i] < '0' || digits.data[i] > '9')
            return 0;
        status = status * 10 + (unsigned)(digits.data[i] - '0');
    }
    return (uint16_t)status;
}

void http_copy_field(struct exchange *exchange, enum http_field field, struct bytes value)
{
    switch (field) {
    case HTTP_FIELD_METHOD:
        text_copy(exchange->method, sizeof exchange->method, value);
        break;
    case HTTP_FIELD_AUTHORITY:
        copy_authority(exchange, value);
        break;
    case HTTP_FIELD_PATH:
        copy_target(exchange, value);
        break;
    case HTTP_FIELD_PROTOCOL:
        exchange->asks_websocket = is_websocket(value);
        break;
    case HTTP_FIELD_STATUS:
        exchange->status = status_of(value);
        break;
    case HTTP_FIELD_LOCATION:
        copy_location(exchange, value);
        break;
    case HTTP_FIELD_SERVER:
        text_copy(exchange->software, sizeof exchange->software, value);
        break;
    case HTTP_FIELD_OTHER:
        break;
    }
}

void http_copy_request(struct exchange *exchange, const struct http_message *message)
{
    text_copy(exchange->method, sizeof exchange->method, message->method);
    if (strcmp(exchange->method, "CONNECT") == 0)
        copy_authority(exchange, message->target);
    else
        copy_target(exchange, message->target);
    copy_authority(exchange, message->host);
    exchange->asks_websocket = is_websocket(message->upgrade);
    exchange->has_proxy_credentials = message->has_proxy_authorization;
}

void http_copy_response(struct exchange *exchange, const struct http_message *message)
{
    exchange->status = message->status;
    text_copy(exchange->reason, sizeof exchange->reason, message->reason);
    text_copy(exchange->software, sizeof exchange->software, message->server);
    copy_location(exchange, message->location);
}

/* Texts of strangers in one line; what does not fit is cut. */
static void describe(struct evidence *evidence, const char *first, const char *second,
                     const char *third)
{
    char *line = evidence->detail;
    text_copy(line, EVIDENCE_DETAIL, text_bytes(first));
    append(line, EVIDENCE_DETAIL, text_bytes(" "));
    append(line, EVIDENCE_DETAIL, text_bytes(second));
    append(line, EVIDENCE_DETAIL, text_bytes(third));
}

void http_describe_request(struct exchange *exchange)
{
    describe(&exchange->request, exchange->method, exchange->authority, exchange->path);
}

void http_describe_answer(struct exchange *exchange)
{
    char status[8];
    const char *name = http_status_name(exchange->status);
    bool has_websocket =
        exchange->status == 101 || (exchange->version == 2 && exchange->status / 100 == 2);
    exchange->websocket_refused = exchange->asks_websocket && !has_websocket;
    (void)snprintf(status, sizeof status, "%u", exchange->status);
    describe(&exchange->response, status,
             exchange->reason[0] != '\0' || name == NULL ? exchange->reason : name, "");
}
