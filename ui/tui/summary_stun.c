/* SPDX-License-Identifier: MIT */
#include "ui/tui/summary_parts.h"

#include "dissectors/rtp/header.h"
#include "dissectors/stun/message.h"
#include "ui/tui/packet_flow.h"

static struct evidence evidence_between(const struct summarizer *summarizer,
                                        const struct stun_message *message,
                                        const struct transport_address relayed[2])
{
    struct flow flow = {.key = {.layer = relayed != NULL ? FLOW_RELAYED : FLOW_OUTER}};
    struct sighting sighting = {.time = summarizer->stored->time,
                                .frame = summarizer->stored->frame,
                                .input = summarizer->stored->input,
                                .flow = &flow};
    flow.key.endpoint[0] = relayed != NULL ? relayed[0] : summarizer->packet->source;
    flow.key.endpoint[1] = relayed != NULL ? relayed[1] : summarizer->packet->destination;
    return evidence_of_stun(message, &sighting);
}

/* Send and Data indications: what they carry says more than that they carry it. */
static bool summarize_indication(struct summarizer *summarizer, const struct stun_message *message)
{
    struct transport_address peer, ends[2];
    bool to_peer = message->method == STUN_SEND;
    struct bytes data = stun_value(message, STUN_DATA_ATTRIBUTE);
    if (message->class != STUN_INDICATION || (!to_peer && message->method != STUN_DATA) ||
        data.length == 0 || !stun_address(message, STUN_XOR_PEER_ADDRESS, &peer))
        return false;
    ends[0] = to_peer ? summarizer->packet->source : peer;
    ends[1] = to_peer ? peer : summarizer->packet->destination;
    summarize_relayed(summarizer, data, ends);
    return true;
}

/* As few words as say it: an arrow is short. */
static void append_words(struct summary *summary, const struct stun_message *message)
{
    const struct evidence *e = &summary->evidence;
    const char *method = stun_method_name(message->method);
    const char *error = e->code != 0 ? stun_error_name(e->code) : NULL;
    if (method == NULL)
        summary_append(summary, "STUN method 0x%03x %s", message->method,
                       stun_class_name(message->class));
    else if (message->class == STUN_ERROR)
        summary_append(summary, "%s Error %u %s", method, e->code, error != NULL ? error : "");
    else
        summary_append(summary, "%s %s", method, stun_class_name(message->class));
    if (message->class == STUN_REQUEST && e->flags & EVIDENCE_HAS_INTEGRITY)
        summary_append(summary, "signed");
    else if (message->class == STUN_REQUEST && message->method == STUN_ALLOCATE)
        summary_append(summary, "no credentials");
}

size_t summarize_stun(struct summarizer *summarizer, struct bytes bytes,
                      const struct transport_address relayed[2])
{
    struct stun_message message;
    enum dissect_status status = stun_decode(&message, bytes, summarizer->packet->cut);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT && status != DISSECT_MALFORMED)
        return 0;
    if (relayed == NULL && summarize_indication(summarizer, &message))
        return message.raw.length;
    struct summary *summary = summary_add(summarizer, EVIDENCE_STUN, message.raw);
    if (summary == NULL)
        return message.raw.length;
    summary->evidence = evidence_between(summarizer, &message, relayed);
    append_words(summary, &message);
    if (stun_find(&message, STUN_USE_CANDIDATE) != NULL)
        summary_append(summary, "nominates");
    if (status == DISSECT_MALFORMED || message.malformed_attribute)
        summary_append(summary, "malformed");
    return message.raw.length;
}

size_t summarize_channel_data(struct summarizer *summarizer, struct bytes bytes, bool stream)
{
    struct channel_data data;
    const struct packet *packet = summarizer->packet;
    enum dissect_status status = channel_data_decode(&data, bytes, stream, packet->cut);
    const struct allocation *allocation = packet_allocation(summarizer->engine, packet);
    if (allocation == NULL || (status != DISSECT_OK && status != DISSECT_CUT_SHORT))
        return 0;
    bool to_peer = transport_address_equal(&packet->source, &allocation->client);
    size_t index = allocation_channel(allocation, data.number);
    if (index < allocation->channels_kept) {
        const struct channel *channel = &allocation->channels[index];
        const struct transport_address ends[2] = {to_peer ? allocation->client : channel->peer,
                                                  to_peer ? channel->peer : allocation->client};
        summarize_relayed(summarizer, data.data, ends);
        return data.consumed;
    }
    struct summary *summary =
        summary_add(summarizer, EVIDENCE_CHANNEL_DATA, bytes_first(bytes, data.consumed));
    if (summary != NULL) {
        summary->evidence.kind = data.number;
        summary_append(summary, "ChannelData 0x%04x, unknown channel", data.number);
        summary_bytes(summary, data.length);
    }
    return data.consumed;
}

static void summarize_media(struct summarizer *summarizer, struct bytes bytes,
                            const struct transport_address relayed[2])
{
    struct rtp_header rtp;
    bool is_rtp = datagram_classify(bytes) == DATAGRAM_RTP_OR_RTCP &&
                  rtp_decode(&rtp, bytes, summarizer->packet->cut) == DISSECT_OK;
    struct summary *summary = summary_add(summarizer, is_rtp ? EVIDENCE_RTP : EVIDENCE_NONE, bytes);
    if (summary == NULL)
        return;
    summary->minor = !is_rtp;
    summary->evidence.source = relayed[0];
    summary->evidence.destination = relayed[1];
    summary->evidence.flags |= EVIDENCE_RELAYED;
    if (is_rtp)
        summary_append(summary, "RTP payload type %u, sequence %u", rtp.payload_type, rtp.sequence);
    else if (datagram_classify(bytes) == DATAGRAM_RTP_OR_RTCP)
        summary_append(summary, "RTCP");
    if (!is_rtp)
        summary_bytes(summary, bytes.length);
}

void summarize_relayed(struct summarizer *summarizer, struct bytes bytes,
                       const struct transport_address relayed[2])
{
    enum datagram_kind kind = datagram_classify(bytes);
    if (kind == DATAGRAM_STUN && summarize_stun(summarizer, bytes, relayed) > 0)
        return;
    if (kind == DATAGRAM_DTLS && summarize_dtls(summarizer, bytes, relayed) > 0)
        return;
    summarize_media(summarizer, bytes, relayed);
}
