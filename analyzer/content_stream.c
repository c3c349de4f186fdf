/* SPDX-License-Identifier: MIT */
#include "analyzer/content_stream.h"

#include "analyzer/content.h"
#include "analyzer/content_tls.h"
#include "dissectors/tls/hello.h"
#include "dissectors/tls/record.h"
#include "dissectors/xmpp/tag.h"

/* Bytes after which a stream that nobody has recognised is not waited for any longer. */
enum { ENOUGH_TO_TELL = 64 };

/* What a reader has to say beside the bytes it took. */
struct reading {
    struct trackers *trackers;
    const struct sighting *sighting;
    const struct event_handler *handler;
    bool done; /* nothing more is of use in this direction */
};

static bool is_dns(const struct sighting *sighting)
{
    return sighting_source(sighting)->port == 53 || sighting_destination(sighting)->port == 53;
}

static enum dissect_status recognise_stun(struct bytes stream, const struct sighting *sighting)
{
    struct stun_message message;
    struct cursor c = cursor_of(stream);
    (void)sighting;
    if (stream.data[0] > 3)
        return DISSECT_NOT_MINE;
    cursor_skip(&c, 4);
    uint32_t cookie = cursor_u32(&c);
    if (c.failed)
        return DISSECT_INCOMPLETE;
    return cookie == STUN_MAGIC_COOKIE ? DISSECT_OK : stun_decode(&message, stream, false);
}

/* DNS over TCP (RFC 7766) has nothing that marks it but its port. */
static enum dissect_status recognise_dns(struct bytes stream, const struct sighting *sighting)
{
    (void)stream;
    return is_dns(sighting) ? DISSECT_OK : DISSECT_NOT_MINE;
}

/* Records, or a ClientHello in the form of SSL 2.0. */
static enum dissect_status recognise_tls(struct bytes stream, const struct sighting *sighting)
{
    struct tls_record record;
    struct tls_client_hello hello;
    size_t length;
    size_t header = TLS_RECORD_HEADER_LENGTH;
    (void)sighting;
    enum dissect_status status = tls_record_read(&record, stream);
    if (status == DISSECT_NOT_MINE) {
        status = tls_ssl2_client_hello_decode(&hello, stream, &length);
        header = TLS_SSL2_HEADER_LENGTH;
    }
    return status == DISSECT_INCOMPLETE && stream.length >= header ? DISSECT_OK : status;
}

/* A head takes more than one segment as soon as there are cookies: where this much of it is like
 * HTTP, the rest is waited for. */
static enum dissect_status recognise_http(struct bytes stream, const struct sighting *sighting)
{
    (void)sighting;
    enum dissect_status status = exchanges_recognize(stream);
    return status == DISSECT_INCOMPLETE && stream.length >= ENOUGH_TO_TELL ? DISSECT_OK : status;
}

static enum dissect_status recognise_xmpp(struct bytes stream, const struct sighting *sighting)
{
    (void)sighting;
    return xmpp_recognise(stream);
}

/* Where the capture lost some of the stream, the next segment may begin a message again. */
static size_t read_stun(struct reading *reading, struct bytes unread)
{
    size_t length;
    size_t taken =
        content_stream_message(reading->trackers, reading->sighting, unread, reading->handler);
    if (taken == 0 && stun_frame_length(unread, &length) == DISSECT_NOT_MINE)
        return unread.length;
    return taken;
}

/* RFC 4571: two octets of length before each datagram, as ICE over TCP has it (RFC 6544). */
enum { FRAME_HEADER = 2, STUN_HEADER = 20 };

/* It begins with a connectivity check: a STUN message that fills its frame. */
static enum dissect_status recognise_framed(struct bytes stream, const struct sighting *sighting)
{
    struct cursor c = cursor_of(stream);
    (void)sighting;
    uint16_t length = cursor_u16(&c);
    uint16_t type = cursor_u16(&c);
    uint16_t body = cursor_u16(&c);
    if (!c.failed && (type > 0x3fff || length != body + STUN_HEADER))
        return DISSECT_NOT_MINE;
    uint32_t cookie = cursor_u32(&c);
    if (c.failed)
        return DISSECT_INCOMPLETE;
    return cookie == STUN_MAGIC_COOKIE ? DISSECT_OK : DISSECT_NOT_MINE;
}

/* What RFC 7983 lets through on a path; else the framing is lost, and the next segment may begin a
 * frame again. */
static bool is_on_a_path(uint8_t first)
{
    return first < 64 || (first >= 128 && first < 192);
}

static size_t read_framed(struct reading *reading, struct bytes unread)
{
    struct cursor c = cursor_of(unread);
    size_t length = cursor_u16(&c);
    struct bytes datagram = cursor_take(&c, length);
    if (!is_on_a_path(bytes_u8(unread, FRAME_HEADER)))
        return unread.length;
    if (c.failed)
        return 0;
    reading->sighting->flow->framed = true;
    content_datagram(reading->trackers, reading->sighting, datagram, length, reading->handler);
    return FRAME_HEADER + length;
}

static size_t read_dns(struct reading *reading, struct bytes unread)
{
    return content_stream_dns(reading->trackers, reading->sighting, unread, reading->handler);
}

static size_t read_tls(struct reading *reading, struct bytes unread)
{
    return content_tls(reading->trackers, reading->sighting, unread, reading->handler,
                       &reading->done);
}

/* Behind a CONNECT that succeeded comes something else. */
static size_t read_http(struct reading *reading, struct bytes unread)
{
    struct trackers *trackers = reading->trackers;
    bool decrypted = reading->sighting->flow->key.layer == FLOW_DECRYPTED;
    size_t taken = exchanges_take(&trackers->exchanges, reading->sighting, unread, decrypted,
                                  &trackers->events);
    trackers_conclude(trackers, reading->handler);
    if (exchanges_ended(&trackers->exchanges, reading->sighting))
        reading->sighting->flow->content = CONTENT_UNKNOWN;
    return taken;
}

/* After <proceed/> both directions go on in TLS (RFC 6120 section 5.4.3). */
static size_t read_xmpp(struct reading *reading, struct bytes unread)
{
    struct xmpp_tag tag;
    struct bytes rest = unread;
    struct flow *flow = reading->sighting->flow;
    if (recognise_tls(unread, reading->sighting) == DISSECT_OK) {
        flow->content = CONTENT_TLS;
        return 0;
    }
    enum dissect_status status;
    while ((status = xmpp_tag_next(&tag, &rest)) == DISSECT_OK)
        if (tag.kind == XMPP_PROCEED)
            flow->content = CONTENT_TLS;
    return status == DISSECT_MALFORMED ? unread.length : unread.length - rest.length;
}

/* One row a content: how a stream of it begins and who reads it. The first row that recognises the
 * bytes counts. */
static const struct content_row {
    enum flow_content content;
    enum dissect_status (*recognise)(struct bytes stream, const struct sighting *sighting);
    size_t (*read)(struct reading *reading, struct bytes unread);
} rows[] = {
    {CONTENT_STUN, recognise_stun, read_stun}, {CONTENT_FRAMED, recognise_framed, read_framed},
    {CONTENT_TLS, recognise_tls, read_tls},    {CONTENT_DNS, recognise_dns, read_dns},
    {CONTENT_XMPP, recognise_xmpp, read_xmpp}, {CONTENT_HTTP, recognise_http, read_http},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

/* UNKNOWN while more bytes may tell. */
static enum flow_content recognise(struct bytes unread, const struct sighting *sighting)
{
    bool undecided = false;
    for (size_t i = 0; i < ROWS; i++) {
        enum dissect_status status = rows[i].recognise(unread, sighting);
        if (status == DISSECT_OK)
            return rows[i].content;
        undecided |= status == DISSECT_INCOMPLETE;
    }
    return undecided && unread.length < ENOUGH_TO_TELL ? CONTENT_UNKNOWN : CONTENT_OTHER;
}

static const struct content_row *row_of(const struct flow *flow)
{
    enum flow_content content = flow->framed ? CONTENT_FRAMED : (enum flow_content)flow->content;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].content == content)
            return &rows[i];
    return NULL;
}

/* Reads what is there; the bytes that were taken. */
static size_t read_unread(struct reading *reading, struct bytes unread)
{
    struct flow *flow = reading->sighting->flow;
    if (unread.length == 0)
        return 0;
    if (flow->content == CONTENT_UNKNOWN)
        flow->content = (uint8_t)recognise(unread, reading->sighting);
    const struct content_row *row = row_of(flow);
    if (row == NULL) {
        reading->done = flow->content != CONTENT_UNKNOWN;
        return 0;
    }
    uint8_t content = flow->content;
    size_t taken = row->read(reading, unread);
    return taken == 0 && flow->content != content ? read_unread(reading, unread) : taken;
}

static void skip_gap(struct reading *reading, size_t missing)
{
    struct trackers *trackers = reading->trackers;
    const struct sighting *sighting = reading->sighting;
    if (missing == 0)
        return;
    if (sighting->flow->content == CONTENT_TLS)
        content_tls_gap(trackers, sighting, missing, reading->handler, &reading->done);
    else if (sighting->flow->content == CONTENT_STUN)
        allocations_note_gap(&trackers->stun.allocations, sighting->flow);
    else if (sighting->flow->content == CONTENT_HTTP)
        reading->done = !exchanges_gap(&trackers->exchanges, sighting, missing);
}

void content_stream(struct trackers *trackers, const struct sighting *sighting,
                    struct stream *stream, const struct event_handler *handler)
{
    struct reading reading = {trackers, sighting, handler, false};
    struct streams *streams = &trackers->connections.streams;
    size_t taken;
    skip_gap(&reading, stream_gap(stream));
    while (!reading.done && (taken = read_unread(&reading, stream_peek(streams, stream))) > 0)
        stream_consume(streams, stream, taken);
    if (reading.done)
        stream_stop(streams, stream);
    else
        stream_keep(streams, stream);
}

/* A FIN that overtook data is no end yet. */
static bool is_in_order(const struct trackers *trackers, const struct stream *stream,
                        const struct packet *packet)
{
    uint32_t end = packet->tcp.sequence + (uint32_t)packet->payload_length;
    size_t unread = stream_peek(&trackers->connections.streams, stream).length;
    uint32_t known = stream->sequence + (uint32_t)unread + stream->lost;
    return stream->state != STREAM_OPEN || (int32_t)(end - known) <= 0;
}

/* The connection ends in this direction, or altogether. Nothing more will come behind a FIN: the
 * memory is free for others. After an RST more may come, for anybody can forge one. */
static void note_end(struct trackers *trackers, const struct packet *packet,
                     struct connection *connection, const struct sighting *sighting,
                     const struct event_handler *handler)
{
    struct stream *own = &connection->side[sighting->from].stream;
    const struct stream *other = &connection->side[1 - sighting->from].stream;
    bool reset = packet->tcp.flags & TCP_RST;
    bool finished = (packet->tcp.flags & TCP_FIN) != 0 && is_in_order(trackers, own, packet);
    if ((reset || finished) && sighting->flow->content == CONTENT_TLS) {
        handshakes_closed(&trackers->handshakes, sighting, reset, &trackers->events);
        trackers_conclude(trackers, handler);
    }
    if (!finished)
        return;
    stream_stop(&trackers->connections.streams, own);
    if (other->state == STREAM_STOPPED && sighting->flow->content == CONTENT_HTTP)
        exchanges_forget(&trackers->exchanges, sighting);
}

void content_segment(struct trackers *trackers, const struct packet *packet,
                     const struct sighting *sighting, const struct event_handler *handler)
{
    struct connection *connection =
        connections_note(&trackers->connections, packet, sighting, &trackers->events);
    struct stream *stream = &connection->side[sighting->from].stream;
    struct sighting seen = *sighting;
    trackers_conclude(trackers, handler);
    seen.cut = stream_is_cut(stream);
    if (stream_has_news(stream))
        content_stream(trackers, &seen, stream, handler);
    if (packet->tcp.flags & (TCP_FIN | TCP_RST))
        note_end(trackers, packet, connection, &seen, handler);
}
