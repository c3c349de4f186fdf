/* SPDX-License-Identifier: MIT */
#include "dissectors/http/message.h"

#include <strings.h>

/* RFC 9110 9.3, RFC 5789; PRI begins HTTP/2 (RFC 9113 3.4). */
static const char *const methods[] = {"GET", "POST",   "HEAD",  "CONNECT", "OPTIONS",
                                      "PUT", "DELETE", "PATCH", "TRACE",   "PRI"};

static bool text_is(struct bytes bytes, const char *text)
{
    return bytes.length == strlen(text) &&
           strncasecmp((const char *)bytes.data, text, bytes.length) == 0;
}

/* Whether the stream begins with `text`, or can still become it. */
static bool may_begin(struct bytes stream, const char *text)
{
    size_t length = strlen(text);
    return memcmp(stream.data, text, stream.length < length ? stream.length : length) == 0;
}

static bool may_be_request(struct bytes stream)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        size_t length = strlen(methods[i]);
        if (may_begin(stream, methods[i]) &&
            (stream.length <= length || stream.data[length] == ' '))
            return true;
    }
    return false;
}

/* Takes the text up to `end`; false when it is not there, and the cursor stays. */
static bool take_until(struct cursor *c, uint8_t end, struct bytes *text)
{
    const uint8_t *found = memchr(c->at, end, cursor_left(c));
    if (found == NULL)
        return false;
    *text = cursor_take(c, (size_t)(found - c->at));
    cursor_skip(c, 1);
    return true;
}

/* RFC 9112 2.2: a line may end with LF alone. */
static bool take_line(struct cursor *c, struct bytes *line)
{
    if (!take_until(c, '\n', line))
        return false;
    if (line->length > 0 && line->data[line->length - 1] == '\r')
        line->length--;
    return true;
}

static bool read_version(struct http_message *message, struct bytes version)
{
    static const char prefix[] = "HTTP/";
    if (version.length != 8 || memcmp(version.data, prefix, 5) != 0 || version.data[6] != '.' ||
        version.data[7] < '0' || version.data[7] > '9')
        return false;
    message->minor_version = (uint8_t)(version.data[7] - '0');
    return version.data[5] == '1' || version.data[5] == '2';
}

static bool read_status(struct http_message *message, struct bytes digits)
{
    if (digits.length != 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        message->status = (uint16_t)(message->status * 10 + (digits.data[i] - '0'));
    }
    return message->status >= 100;
}

static bool read_status_line(struct http_message *message, struct cursor *line)
{
    struct bytes version;
    struct bytes digits;
    if (!take_until(line, ' ', &version) || !read_version(message, version))
        return false;
    if (!take_until(line, ' ', &digits))
        digits = cursor_take(line, cursor_left(line));
    message->reason = cursor_rest(line);
    return read_status(message, digits);
}

static bool read_request_line(struct http_message *message, struct cursor *line)
{
    return take_until(line, ' ', &message->method) && take_until(line, ' ', &message->target) &&
           read_version(message, cursor_rest(line));
}

static struct bytes trimmed(struct bytes text)
{
    while (text.length > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = bytes_of(text.data + 1, text.length - 1);
    while (text.length > 0 &&
           (text.data[text.length - 1] == ' ' || text.data[text.length - 1] == '\t'))
        text.length--;
    return text;
}

/* RFC 9110 8.6: digits, which repeated fields repeat. What contradicts itself is no length. */
static void read_content_length(struct http_message *message, struct bytes digits)
{
    uint64_t length = 0;
    for (size_t i = 0; i < digits.length; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9' || length > UINT64_MAX / 100)
            return;
        length = length * 10 + (unsigned)(digits.data[i] - '0');
    }
    message->content_length = length;
    message->has_content_length = digits.length > 0;
}

/* RFC 9112 6.3: "chunked" is the last one where the message says its own end. */
static bool ends_with_chunked(struct bytes codings)
{
    static const char chunked[] = "chunked";
    size_t length = sizeof chunked - 1;
    return codings.length >= length &&
           text_is(bytes_from(codings, codings.length - length), chunked);
}

static void read_field(struct http_message *message, struct bytes line)
{
    struct cursor c = cursor_of(line);
    struct bytes name;
    if (!take_until(&c, ':', &name))
        return;
    struct bytes value = trimmed(cursor_rest(&c));
    if (text_is(name, "host"))
        message->host = value;
    else if (text_is(name, "location"))
        message->location = value;
    else if (text_is(name, "server"))
        message->server = value;
    else if (text_is(name, "proxy-authenticate"))
        message->proxy_authenticate = value;
    else if (text_is(name, "proxy-authorization"))
        message->has_proxy_authorization = true;
    else if (text_is(name, "upgrade"))
        message->upgrade = value;
    else if (text_is(name, "content-length"))
        read_content_length(message, value);
    else if (text_is(name, "transfer-encoding"))
        message->is_chunked = ends_with_chunked(value);
}

/* After the start line: fields up to the empty line. */
static enum dissect_status read_fields(struct http_message *message, struct cursor *c,
                                       struct bytes stream)
{
    struct bytes line;
    while (take_line(c, &line)) {
        if (line.length == 0) {
            message->head_length = (size_t)(c->at - stream.data);
            return DISSECT_OK;
        }
        read_field(message, line);
    }
    return stream.length >= HTTP_HEAD_MAXIMUM ? DISSECT_MALFORMED : DISSECT_INCOMPLETE;
}

enum dissect_status http_decode(struct http_message *message, struct bytes stream)
{
    *message = (struct http_message){0};
    if (stream.length == 0)
        return DISSECT_INCOMPLETE;
    stream = bytes_first(stream, HTTP_HEAD_MAXIMUM);
    message->is_response = may_begin(stream, "HTTP/");
    if (!message->is_response && !may_be_request(stream))
        return DISSECT_NOT_MINE;
    struct cursor c = cursor_of(stream);
    struct bytes line;
    if (!take_line(&c, &line))
        return stream.length >= HTTP_HEAD_MAXIMUM ? DISSECT_MALFORMED : DISSECT_INCOMPLETE;
    struct cursor start = cursor_of(line);
    bool good = message->is_response ? read_status_line(message, &start)
                                     : read_request_line(message, &start);
    return good ? read_fields(message, &c, stream) : DISSECT_MALFORMED;
}

static bool is_empty_line(struct bytes rest)
{
    return (rest.length >= 1 && rest.data[0] == '\n') ||
           (rest.length >= 2 && rest.data[0] == '\r' && rest.data[1] == '\n');
}

bool http_head_ends(struct bytes stream, size_t seen)
{
    enum { END = 2 }; /* bytes of it that may be among the seen ones */
    const uint8_t *line;
    struct bytes rest = bytes_from(stream, seen > END ? seen - END : 0);
    while (rest.length > 0 && (line = memchr(rest.data, '\n', rest.length)) != NULL) {
        rest = bytes_from(rest, (size_t)(line - rest.data) + 1);
        if (is_empty_line(rest))
            return true;
    }
    return false;
}
