/* SPDX-License-Identifier: MIT */
#include "ui/tui/hear_parts.h"

#include "dissectors/dns/message.h"
#include "dissectors/http/address.h"
#include "dissectors/http/message.h"
#include "dissectors/rtp/header.h"

#include <stdarg.h>
#include <stdio.h>

struct heard *hearing_add(struct hearing *hearing, enum evidence_protocol protocol,
                          struct bytes bytes)
{
    if (hearing->count == HEARD_MOST)
        return NULL;
    struct heard *heard = &hearing->heard[hearing->count++];
    *heard = (struct heard){
        .evidence = {.time = hearing->stored->time,
                     .frame = hearing->stored->frame,
                     .input = hearing->stored->input,
                     .protocol = (uint8_t)protocol,
                     .source = hearing->packet->source,
                     .destination = hearing->packet->destination},
        .offset = bytes.length > 0 ? (size_t)(bytes.data - hearing->base) : 0,
        .transport = hearing->packet->protocol,
    };
    return heard;
}

void heard_append(struct heard *heard, const char *format, ...)
{
    size_t used = strlen(heard->label), separator = used > 0 ? 2 : 0;
    va_list arguments;
    if (used + separator + 1 >= sizeof heard->label)
        return;
    memcpy(heard->label + used, ", ", separator);
    va_start(arguments, format);
    vsnprintf(heard->label + used + separator, sizeof heard->label - used - separator, format,
              arguments);
    va_end(arguments);
}

void heard_bytes(struct heard *heard, size_t count)
{
    heard_append(heard, count == 1 ? "%zu byte" : "%zu bytes", count);
}

static bool hear_dns(struct hearing *hearing, struct bytes bytes)
{
    struct dns_message message;
    enum dissect_status status = dns_decode(&message, bytes, hearing->packet->cut);
    struct heard *heard =
        status == DISSECT_NOT_MINE ? NULL : hearing_add(hearing, EVIDENCE_DNS, bytes);
    if (heard == NULL)
        return status != DISSECT_NOT_MINE;
    heard->evidence.kind = message.question.type;
    heard->evidence.id[0] = (uint8_t)(message.id >> 8);
    heard->evidence.id[1] = (uint8_t)message.id;
    heard->evidence.flags |= message.response ? EVIDENCE_RESPONSE : 0;
    heard->evidence.code = message.response ? message.rcode : 0;
    dns_name_text(&message.question.name, heard->evidence.detail, EVIDENCE_DETAIL);
    evidence_summary(&heard->evidence, heard->label, sizeof heard->label);
    if (message.response && message.rcode == DNS_NOERROR && !message.truncated)
        heard_append(heard, message.counts[DNS_SECTION_ANSWER] == 1 ? "%u record" : "%u records",
                     message.counts[DNS_SECTION_ANSWER]);
    if (message.truncated)
        heard_append(heard, "truncated");
    return true;
}

static bool is_dns(const struct hearing *hearing, struct bytes bytes)
{
    unsigned from;
    const struct packet *packet = hearing->packet;
    const struct flow *flow = flows_find(&hearing->engine->trackers.flows, &packet->source,
                                         &packet->destination, packet->protocol, FLOW_OUTER, &from);
    if (flow != NULL && flow->content != CONTENT_UNKNOWN)
        return flow->content == CONTENT_DNS;
    return packet->source.port == 53 || packet->destination.port == 53 ||
           dns_recognize(bytes, packet->cut) != DISSECT_NOT_MINE;
}

static void hear_datagram(struct hearing *hearing)
{
    struct bytes payload = hearing->packet->payload;
    enum datagram_kind kind = datagram_classify(payload);
    if (is_dns(hearing, payload) && hear_dns(hearing, payload))
        return;
    if (kind == DATAGRAM_STUN && hear_stun(hearing, payload, NULL) > 0)
        return;
    if (kind == DATAGRAM_TURN_CHANNEL && hear_channel_data(hearing, payload, false) > 0)
        return;
    if (kind == DATAGRAM_DTLS && hear_dtls(hearing, payload, NULL) > 0)
        return;
    struct heard *heard = hearing_add(hearing, EVIDENCE_NONE, payload);
    if (heard == NULL)
        return;
    heard->minor = true;
    heard_append(heard, "%s", kind == DATAGRAM_QUIC ? "QUIC" : "UDP");
    heard_bytes(heard, hearing->packet->payload_length);
}

static void hear_flags(struct hearing *hearing)
{
    static const struct {
        uint8_t mask, value;
        const char *label;
    } rows[] = {
        {TCP_RST, TCP_RST, "TCP reset"},
        {TCP_SYN | TCP_ACK, TCP_SYN, "TCP SYN"},
        {TCP_SYN | TCP_ACK, TCP_SYN | TCP_ACK, "TCP SYN, ACK"},
        {TCP_FIN, TCP_FIN, "TCP FIN"},
    };
    const struct packet *packet = hearing->packet;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((packet->tcp.flags & rows[i].mask) != rows[i].value)
            continue;
        struct heard *heard = hearing_add(hearing, EVIDENCE_TCP, bytes_of(NULL, 0));
        if (heard == NULL)
            return;
        heard->evidence.kind = packet->tcp.flags;
        heard_append(heard, "%s, port %u", rows[i].label,
                     packet->tcp.flags & TCP_ACK && !(packet->tcp.flags & TCP_FIN)
                         ? packet->source.port
                         : packet->destination.port);
        return;
    }
}

/* Without what may hold secrets. */
static void hear_target(struct heard *heard, const struct http_message *message)
{
    const struct http_address parts = http_address_split(message->target);
    heard_append(heard, "HTTP %.*s %.*s%.*s%.*s", (int)message->method.length,
                 (const char *)message->method.data, (int)parts.scheme.length,
                 (const char *)parts.scheme.data, (int)parts.authority.length,
                 (const char *)parts.authority.data, (int)parts.path.length,
                 (const char *)parts.path.data);
}

static size_t hear_http(struct hearing *hearing, struct bytes bytes)
{
    struct http_message message;
    enum dissect_status status = http_decode(&message, bytes);
    struct heard *heard = status == DISSECT_OK || status == DISSECT_INCOMPLETE
                              ? hearing_add(hearing, EVIDENCE_HTTP, bytes)
                              : NULL;
    if (heard == NULL)
        return 0;
    heard->evidence.code = message.status;
    if (message.is_response)
        heard_append(heard, "HTTP %u %.*s", message.status, (int)message.reason.length,
                     (const char *)message.reason.data);
    else
        hear_target(heard, &message);
    return bytes.length;
}

static size_t hear_stream_dns(struct hearing *hearing, struct bytes bytes)
{
    struct bytes message;
    size_t consumed;
    const struct packet *packet = hearing->packet;
    if ((packet->source.port != 53 && packet->destination.port != 53) ||
        dns_stream_message(bytes, packet->cut, &message, &consumed) != DISSECT_OK)
        return 0;
    return hear_dns(hearing, message) ? consumed : 0;
}

static size_t hear_stream_message(struct hearing *hearing, struct bytes bytes)
{
    enum datagram_kind kind = datagram_classify(bytes);
    size_t taken = hear_stream_dns(hearing, bytes);
    if (taken == 0 && kind == DATAGRAM_STUN)
        taken = hear_stun(hearing, bytes, NULL);
    if (taken == 0 && kind == DATAGRAM_TURN_CHANNEL)
        taken = hear_channel_data(hearing, bytes, true);
    if (taken == 0)
        taken = hear_tls(hearing, bytes);
    return taken > 0 ? taken : hear_http(hearing, bytes);
}

static void hear_segment(struct hearing *hearing)
{
    struct bytes rest = hearing->packet->payload;
    size_t taken = 0;
    hear_flags(hearing);
    while (rest.length > 0 && hearing->count < HEARD_MOST &&
           (taken = hear_stream_message(hearing, rest)) > 0)
        rest = bytes_from(rest, taken);
    if (rest.length == 0 || taken > 0)
        return;
    struct heard *heard = hearing_add(hearing, EVIDENCE_TCP, rest);
    if (heard != NULL) {
        heard->minor = true;
        heard_append(heard, "TCP");
        heard_bytes(heard, rest.length);
    }
}

static void hear_icmp(struct hearing *hearing)
{
    struct heard *heard = hearing_add(hearing, EVIDENCE_ICMP, hearing->packet->payload);
    heard->quoted[0] = hearing->packet->icmp.source;
    heard->quoted[1] = hearing->packet->icmp.destination;
    heard->transport = hearing->packet->icmp.protocol;
    heard->evidence.kind = hearing->packet->icmp.type;
    heard->evidence.code = hearing->packet->icmp.code;
    evidence_summary(&heard->evidence, heard->label, sizeof heard->label);
}

size_t hear(const struct stored_packet *stored, const struct bytes *payload,
            const struct engine *engine, struct heard heard[HEARD_MOST])
{
    struct packet packet;
    const uint8_t *base =
        stored->assembled.length > 0 ? stored->assembled.data : stored->bytes.data;
    struct hearing hearing = {stored, engine, &packet, base, heard, 0};
    if (!stored_packet_decode(stored, &packet))
        return 0;
    if (payload != NULL) {
        packet.payload = *payload;
        packet.payload_length = payload->length;
        hearing.base = payload->data;
    }
    if (packet.is_icmp_error)
        hear_icmp(&hearing);
    else if (packet.fragment.is_fragment)
        heard_append(hearing_add(&hearing, EVIDENCE_NONE, packet.payload),
                     "IP fragment, %zu bytes from %u", packet.payload.length,
                     packet.fragment.offset);
    else if (packet.protocol == IP_PROTOCOL_TCP)
        hear_segment(&hearing);
    else if (packet.protocol == IP_PROTOCOL_UDP)
        hear_datagram(&hearing);
    return hearing.count;
}
