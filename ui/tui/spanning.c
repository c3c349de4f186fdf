/* SPDX-License-Identifier: MIT */
#include "ui/tui/spanning.h"

#include "dissectors/http/message.h"
#include "dissectors/stun/message.h"
#include "dissectors/tls/record.h"
#include "ui/tui/packet_flow.h"

enum {
    SCANNED = 512, /* packets that are looked through for the next segment */
    DNS_LENGTH = 2,
};

static enum flow_content content_of(const struct engine *engine, const struct packet *packet)
{
    unsigned from;
    const struct flow *flow = packet_flow(engine, packet, &from);
    if (flow != NULL && flow->content != CONTENT_UNKNOWN)
        return flow->content;
    return packet->source.port == 53 || packet->destination.port == 53 ? CONTENT_DNS : CONTENT_TLS;
}

/* Application data are passed over: how much of them comes says nothing. */
static size_t tls_length(struct bytes bytes)
{
    struct tls_record record;
    enum dissect_status status = tls_record_read(&record, bytes);
    if (status != DISSECT_OK && status != DISSECT_INCOMPLETE)
        return 0;
    if (bytes.length < TLS_RECORD_HEADER_LENGTH)
        return TLS_RECORD_HEADER_LENGTH;
    return record.type == TLS_APPLICATION_DATA ? 0 : TLS_RECORD_HEADER_LENGTH + record.length;
}

static size_t stun_length(struct bytes bytes)
{
    size_t length;
    enum dissect_status status = stun_frame_length(bytes, &length);
    if (status == DISSECT_INCOMPLETE)
        return bytes.length + 1;
    return status == DISSECT_OK ? length : 0;
}

static size_t dns_length(struct bytes bytes)
{
    struct cursor c = cursor_of(bytes);
    size_t length = cursor_u16(&c);
    return bytes.length < DNS_LENGTH ? DNS_LENGTH : DNS_LENGTH + length;
}

static size_t http_length(struct bytes bytes)
{
    struct http_message message;
    return http_decode(&message, bytes) == DISSECT_INCOMPLETE ? bytes.length + SPANNING_BYTES : 0;
}

/* Of the message at the start: more than there is when it goes on; 0: nobody can tell. */
static size_t message_length(enum flow_content content, struct bytes bytes)
{
    switch (content) {
    case CONTENT_STUN:
        return stun_length(bytes);
    case CONTENT_DNS:
        return dns_length(bytes);
    case CONTENT_HTTP:
        return http_length(bytes);
    case CONTENT_TLS:
        return tls_length(bytes);
    default:
        return 0;
    }
}

static void add(struct spanning *spanning, struct bytes bytes, uint64_t frame)
{
    bytes = bytes_first(bytes, SPANNING_BYTES - spanning->length);
    memcpy(spanning->bytes + spanning->length, bytes.data, bytes.length);
    spanning->length += bytes.length;
    spanning->end += (uint32_t)bytes.length;
    spanning->segments++;
    spanning->last_frame = frame;
}

/* Adds at most `most` bytes of the segment that goes on where the gathered ones end. */
static bool add_next(struct spanning *spanning, const struct packets *packets,
                     const struct stored_packet *first, size_t most)
{
    const struct stored_packet *stored = first;
    for (int i = 0; i < SCANNED && (stored = packets_next(packets, stored)) != NULL; i++) {
        struct packet packet;
        if (stored->protocol != IP_PROTOCOL_TCP ||
            !transport_address_equal(&stored->source, &first->source) ||
            !transport_address_equal(&stored->destination, &first->destination) ||
            !stored_packet_decode(stored, &packet))
            continue;
        uint32_t known = spanning->end - packet.tcp.sequence;
        if (known >= packet.payload.length)
            continue;
        add(spanning, bytes_first(bytes_from(packet.payload, known), most), stored->frame);
        return true;
    }
    return false;
}

bool spanning_gather(struct spanning *spanning, const struct packets *packets,
                     const struct engine *engine, const struct stored_packet *first, size_t skip)
{
    struct packet packet;
    size_t at = 0;
    if (!stored_packet_decode(first, &packet) || packet.protocol != IP_PROTOCOL_TCP ||
        packet.fragment.is_fragment || packet.payload.length <= skip)
        return false;
    enum flow_content content = content_of(engine, &packet);
    spanning->length = spanning->segments = 0;
    spanning->end = packet.tcp.sequence + (uint32_t)skip;
    add(spanning, bytes_from(packet.payload, skip), first->frame);
    while (at < spanning->length && !packet.cut) {
        struct bytes rest = bytes_of(spanning->bytes + at, spanning->length - at);
        size_t length = message_length(content, rest);
        if (length <= rest.length)
            at += length;
        if (length == 0 || spanning->length == SPANNING_BYTES ||
            (length > rest.length && !add_next(spanning, packets, first, length - rest.length)))
            break;
    }
    return true;
}

struct stored_packet spanning_whole(struct spanning *spanning, const struct packets *packets,
                                    const struct engine *engine, const struct stored_packet *first,
                                    size_t skip)
{
    struct stored_packet whole = *first;
    if (spanning_gather(spanning, packets, engine, first, skip) &&
        (skip > 0 || spanning->segments > 1)) {
        whole.assembled = bytes_of(spanning->bytes, spanning->length);
        whole.segments = spanning->segments;
    }
    return whole;
}

static struct spanning_stream *stream_of(struct spanning_streams *streams,
                                         const struct stored_packet *stored)
{
    for (size_t i = 0; i < SPANNING_STREAMS; i++) {
        struct spanning_stream *stream = &streams->streams[i];
        if (stream->is_used && transport_address_equal(&stream->source, &stored->source) &&
            transport_address_equal(&stream->destination, &stored->destination))
            return stream;
    }
    return NULL;
}

/* Whether sequence number `a` comes after `b` (RFC 9293 section 3.4). */
static bool is_after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) > 0;
}

size_t spanning_skip(struct spanning_streams *streams, const struct stored_packet *stored,
                     const struct packet *packet)
{
    struct spanning_stream *stream = stream_of(streams, stored);
    uint32_t start = packet->tcp.sequence, end = start + (uint32_t)packet->payload.length;
    if (stream == NULL || !is_after(end, stream->seen))
        return 0;
    stream->seen = end;
    if (!is_after(stream->end, start))
        return 0;
    size_t known = stream->end - start;
    return known < packet->payload.length ? known : packet->payload.length;
}

void spanning_note(struct spanning_streams *streams, const struct stored_packet *stored,
                   const struct packet *packet, const struct spanning *spanning)
{
    struct spanning_stream *stream = stream_of(streams, stored);
    if (stream == NULL)
        stream = &streams->streams[streams->next++ % SPANNING_STREAMS];
    *stream =
        (struct spanning_stream){.source = stored->source,
                                 .destination = stored->destination,
                                 .seen = packet->tcp.sequence + (uint32_t)packet->payload.length,
                                 .end = spanning->end,
                                 .is_used = true};
}
