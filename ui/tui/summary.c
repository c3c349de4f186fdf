/* SPDX-License-Identifier: MIT */
#include "ui/tui/summary_parts.h"

#include "dissectors/dns/message.h"
#include "dissectors/http/address.h"
#include "dissectors/http/message.h"
#include "dissectors/rtp/header.h"
#include "ui/tui/packet_flow.h"

#include <stdarg.h>
#include <stdio.h>

struct summary *summary_add(struct summarizer *summarizer, enum evidence_protocol protocol,
                            struct bytes bytes)
{
    if (summarizer->count == SUMMARIES_MOST)
        return NULL;
    struct summary *summary = &summarizer->summaries[summarizer->count++];
    *summary = (struct summary){
        .evidence = {.time = summarizer->stored->time,
                     .frame = summarizer->stored->frame,
                     .input = summarizer->stored->input,
                     .protocol = (uint8_t)protocol,
                     .source = summarizer->packet->source,
                     .destination = summarizer->packet->destination},
        .offset = bytes.length > 0 ? (size_t)(bytes.data - summarizer->base) : 0,
        .transport = summarizer->packet->protocol,
    };
    return summary;
}

void summary_append(struct summary *summary, const char *format, ...)
{
    size_t used = strlen(summary->label), separator = used > 0 ? 2 : 0;
    va_list arguments;
    if (used + separator + 1 >= sizeof summary->label)
        return;
    memcpy(summary->label + used, ", ", separator);
    va_start(arguments, format);
    vsnprintf(summary->label + used + separator, sizeof summary->label - used - separator, format,
              arguments);
    va_end(arguments);
}

void summary_bytes(struct summary *summary, size_t count)
{
    summary_append(summary, count == 1 ? "%zu byte" : "%zu bytes", count);
}

static bool summarize_dns(struct summarizer *summarizer, struct bytes bytes)
{
    struct dns_message message;
    enum dissect_status status = dns_decode(&message, bytes, summarizer->packet->cut);
    struct summary *summary =
        status == DISSECT_NOT_MINE ? NULL : summary_add(summarizer, EVIDENCE_DNS, bytes);
    if (summary == NULL)
        return status != DISSECT_NOT_MINE;
    summary->evidence.kind = message.question.type;
    summary->evidence.id[0] = (uint8_t)(message.id >> 8);
    summary->evidence.id[1] = (uint8_t)message.id;
    summary->evidence.flags |= message.response ? EVIDENCE_RESPONSE : 0;
    summary->evidence.code = message.response ? message.rcode : 0;
    dns_name_text(&message.question.name, summary->evidence.detail, EVIDENCE_DETAIL);
    evidence_summary(&summary->evidence, summary->label, sizeof summary->label);
    if (message.response && message.rcode == DNS_NOERROR && !message.truncated)
        summary_append(summary,
                       message.counts[DNS_SECTION_ANSWER] == 1 ? "%u record" : "%u records",
                       message.counts[DNS_SECTION_ANSWER]);
    if (message.truncated)
        summary_append(summary, "truncated");
    return true;
}

static bool is_dns(const struct summarizer *summarizer, struct bytes bytes)
{
    unsigned from;
    const struct packet *packet = summarizer->packet;
    const struct flow *flow = packet_flow(summarizer->engine, packet, &from);
    if (flow != NULL && flow->content != CONTENT_UNKNOWN)
        return flow->content == CONTENT_DNS;
    return packet->source.port == 53 || packet->destination.port == 53 ||
           dns_recognize(bytes, packet->cut) != DISSECT_NOT_MINE;
}

static void summarize_datagram(struct summarizer *summarizer)
{
    struct bytes payload = summarizer->packet->payload;
    enum datagram_kind kind = datagram_classify(payload);
    if (is_dns(summarizer, payload) && summarize_dns(summarizer, payload))
        return;
    if (kind == DATAGRAM_STUN && summarize_stun(summarizer, payload, NULL) > 0)
        return;
    if (kind == DATAGRAM_TURN_CHANNEL && summarize_channel_data(summarizer, payload, false) > 0)
        return;
    if (kind == DATAGRAM_DTLS && summarize_dtls(summarizer, payload, NULL) > 0)
        return;
    struct summary *summary = summary_add(summarizer, EVIDENCE_NONE, payload);
    if (summary == NULL)
        return;
    summary->minor = true;
    summary_append(summary, "%s", kind == DATAGRAM_QUIC ? "QUIC" : "UDP");
    summary_bytes(summary, summarizer->packet->payload_length);
}

static void summarize_flags(struct summarizer *summarizer)
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
    const struct packet *packet = summarizer->packet;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((packet->tcp.flags & rows[i].mask) != rows[i].value)
            continue;
        struct summary *summary = summary_add(summarizer, EVIDENCE_TCP, bytes_of(NULL, 0));
        if (summary == NULL)
            return;
        summary->evidence.kind = packet->tcp.flags;
        summary_append(summary, "%s, port %u", rows[i].label,
                       packet->tcp.flags & TCP_ACK && !(packet->tcp.flags & TCP_FIN)
                           ? packet->source.port
                           : packet->destination.port);
        return;
    }
}

/* Without what may hold secrets. */
static void summarize_target(struct summary *summary, const struct http_message *message)
{
    const struct http_address parts = http_address_split(message->target);
    summary_append(summary, "HTTP %.*s %.*s%.*s%.*s", (int)message->method.length,
                   (const char *)message->method.data, (int)parts.scheme.length,
                   (const char *)parts.scheme.data, (int)parts.authority.length,
                   (const char *)parts.authority.data, (int)parts.path.length,
                   (const char *)parts.path.data);
}

static size_t summarize_http(struct summarizer *summarizer, struct bytes bytes)
{
    struct http_message message;
    enum dissect_status status = http_decode(&message, bytes);
    struct summary *summary = status == DISSECT_OK || status == DISSECT_INCOMPLETE
                                  ? summary_add(summarizer, EVIDENCE_HTTP, bytes)
                                  : NULL;
    if (summary == NULL)
        return 0;
    summary->evidence.code = message.status;
    if (message.is_response)
        summary_append(summary, "HTTP %u %.*s", message.status, (int)message.reason.length,
                       (const char *)message.reason.data);
    else
        summarize_target(summary, &message);
    return bytes.length;
}

static size_t summarize_stream_dns(struct summarizer *summarizer, struct bytes bytes)
{
    struct bytes message;
    size_t consumed;
    const struct packet *packet = summarizer->packet;
    if ((packet->source.port != 53 && packet->destination.port != 53) ||
        dns_stream_message(bytes, packet->cut, &message, &consumed) != DISSECT_OK)
        return 0;
    return summarize_dns(summarizer, message) ? consumed : 0;
}

static size_t summarize_stream_message(struct summarizer *summarizer, struct bytes bytes)
{
    enum datagram_kind kind = datagram_classify(bytes);
    size_t taken = summarize_stream_dns(summarizer, bytes);
    if (taken == 0 && kind == DATAGRAM_STUN)
        taken = summarize_stun(summarizer, bytes, NULL);
    if (taken == 0 && kind == DATAGRAM_TURN_CHANNEL)
        taken = summarize_channel_data(summarizer, bytes, true);
    if (taken == 0)
        taken = summarize_tls(summarizer, bytes);
    return taken > 0 ? taken : summarize_http(summarizer, bytes);
}

static void summarize_segment(struct summarizer *summarizer)
{
    struct bytes rest = summarizer->packet->payload;
    size_t taken = 0;
    summarize_flags(summarizer);
    while (rest.length > 0 && summarizer->count < SUMMARIES_MOST &&
           (taken = summarize_stream_message(summarizer, rest)) > 0)
        rest = bytes_from(rest, taken);
    if (rest.length == 0 || taken > 0)
        return;
    struct summary *summary = summary_add(summarizer, EVIDENCE_TCP, rest);
    if (summary != NULL) {
        summary->minor = true;
        summary_append(summary, "TCP");
        summary_bytes(summary, rest.length);
    }
}

static void summarize_icmp(struct summarizer *summarizer)
{
    struct summary *summary = summary_add(summarizer, EVIDENCE_ICMP, summarizer->packet->payload);
    summary->quoted[0] = summarizer->packet->icmp.source;
    summary->quoted[1] = summarizer->packet->icmp.destination;
    summary->transport = summarizer->packet->icmp.protocol;
    summary->evidence.kind = summarizer->packet->icmp.type;
    summary->evidence.code = summarizer->packet->icmp.code;
    evidence_summary(&summary->evidence, summary->label, sizeof summary->label);
}

size_t summarize(const struct stored_packet *stored, const struct bytes *payload,
                 const struct engine *engine, struct summary summaries[SUMMARIES_MOST])
{
    struct packet packet;
    const uint8_t *base =
        stored->assembled.length > 0 ? stored->assembled.data : stored->bytes.data;
    struct summarizer summarizer = {stored, engine, &packet, base, summaries, 0};
    if (!stored_packet_decode(stored, &packet))
        return 0;
    if (payload != NULL) {
        packet.payload = *payload;
        packet.payload_length = payload->length;
        summarizer.base = payload->data;
    }
    if (packet.is_icmp_error)
        summarize_icmp(&summarizer);
    else if (packet.fragment.is_fragment)
        summary_append(summary_add(&summarizer, EVIDENCE_NONE, packet.payload),
                       "IP fragment, %zu bytes from %u", packet.payload.length,
                       packet.fragment.offset);
    else if (packet.protocol == IP_PROTOCOL_TCP)
        summarize_segment(&summarizer);
    else if (packet.protocol == IP_PROTOCOL_UDP)
        summarize_datagram(&summarizer);
    return summarizer.count;
}
