/* SPDX-License-Identifier: MIT */
#include "ui/tui/hear_parts.h"

#include "dissectors/rtp/header.h"
#include "dissectors/stun/message.h"

static struct evidence evidence_between(const struct hearing *hearing,
                                        const struct stun_message *message,
                                        const struct transport_address relayed[2])
{
    struct flow flow = {.key = {.layer = relayed != NULL ? FLOW_RELAYED : FLOW_OUTER}};
    struct sighting sighting = {.time = hearing->stored->time,
                                .frame = hearing->stored->frame,
                                .input = hearing->stored->input,
                                .flow = &flow};
    flow.key.endpoint[0] = relayed != NULL ? relayed[0] : hearing->packet->source;
    flow.key.endpoint[1] = relayed != NULL ? relayed[1] : hearing->packet->destination;
    return evidence_of_stun(message, &sighting);
}

/* Send and Data indications: what they carry says more than that they carry it. */
static bool hear_indication(struct hearing *hearing, const struct stun_message *message)
{
    struct transport_address peer, ends[2];
    bool to_peer = message->method == STUN_SEND;
    struct bytes data = stun_value(message, STUN_DATA_ATTRIBUTE);
    if (message->class != STUN_INDICATION || (!to_peer && message->method != STUN_DATA) ||
        data.length == 0 || !stun_address(message, STUN_XOR_PEER_ADDRESS, &peer))
        return false;
    ends[0] = to_peer ? hearing->packet->source : peer;
    ends[1] = to_peer ? peer : hearing->packet->destination;
    hear_relayed(hearing, data, ends);
    return true;
}

/* As few words as say it: an arrow is short. */
static void append_words(struct heard *heard, const struct stun_message *message)
{
    const struct evidence *e = &heard->evidence;
    const char *method = stun_method_name(message->method);
    const char *error = e->code != 0 ? stun_error_name(e->code) : NULL;
    if (method == NULL)
        heard_append(heard, "STUN method 0x%03x %s", message->method,
                     stun_class_name(message->class));
    else if (message->class == STUN_ERROR)
        heard_append(heard, "%s Error %u %s", method, e->code, error != NULL ? error : "");
    else
        heard_append(heard, "%s %s", method, stun_class_name(message->class));
    if (message->class == STUN_REQUEST && e->flags & EVIDENCE_HAS_INTEGRITY)
        heard_append(heard, "signed");
    else if (message->class == STUN_REQUEST && message->method == STUN_ALLOCATE)
        heard_append(heard, "no credentials");
}

size_t hear_stun(struct hearing *hearing, struct bytes bytes,
                 const struct transport_address relayed[2])
{
    struct stun_message message;
    enum dissect_status status = stun_decode(&message, bytes, hearing->packet->cut);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT && status != DISSECT_MALFORMED)
        return 0;
    if (relayed == NULL && hear_indication(hearing, &message))
        return message.raw.length;
    struct heard *heard = hearing_add(hearing, EVIDENCE_STUN, message.raw);
    if (heard == NULL)
        return message.raw.length;
    heard->evidence = evidence_between(hearing, &message, relayed);
    append_words(heard, &message);
    if (stun_find(&message, STUN_USE_CANDIDATE) != NULL)
        heard_append(heard, "nominates");
    if (status == DISSECT_MALFORMED || message.malformed_attribute)
        heard_append(heard, "malformed");
    return message.raw.length;
}

/* The allocation that the packet belongs to, and whether its client sent it. */
static const struct allocation *allocation_of(const struct hearing *hearing, bool *to_peer)
{
    unsigned from;
    const struct trackers *trackers = &hearing->engine->trackers;
    const struct packet *packet = hearing->packet;
    const struct flow *flow = flows_find(&trackers->flows, &packet->source, &packet->destination,
                                         packet->protocol, FLOW_OUTER, &from);
    const struct allocation *allocation =
        flow != NULL ? table_at(&trackers->stun.allocations.table, flow->allocation) : NULL;
    if (allocation != NULL)
        *to_peer = transport_address_equal(&packet->source, &allocation->client);
    return allocation;
}

size_t hear_channel_data(struct hearing *hearing, struct bytes bytes, bool stream)
{
    struct channel_data data;
    bool to_peer = false;
    enum dissect_status status = channel_data_decode(&data, bytes, stream, hearing->packet->cut);
    const struct allocation *allocation = allocation_of(hearing, &to_peer);
    if (allocation == NULL || (status != DISSECT_OK && status != DISSECT_CUT_SHORT))
        return 0;
    size_t index = allocation_channel(allocation, data.number);
    if (index < allocation->channels_kept) {
        const struct channel *channel = &allocation->channels[index];
        const struct transport_address ends[2] = {to_peer ? allocation->client : channel->peer,
                                                  to_peer ? channel->peer : allocation->client};
        hear_relayed(hearing, data.data, ends);
        return data.consumed;
    }
    struct heard *heard =
        hearing_add(hearing, EVIDENCE_CHANNEL_DATA, bytes_first(bytes, data.consumed));
    if (heard != NULL) {
        heard->evidence.kind = data.number;
        heard_append(heard, "ChannelData 0x%04x, unknown channel", data.number);
        heard_bytes(heard, data.length);
    }
    return data.consumed;
}

static void hear_media(struct hearing *hearing, struct bytes bytes,
                       const struct transport_address relayed[2])
{
    struct rtp_header rtp;
    bool is_rtp = datagram_classify(bytes) == DATAGRAM_RTP_OR_RTCP &&
                  rtp_decode(&rtp, bytes, hearing->packet->cut) == DISSECT_OK;
    struct heard *heard = hearing_add(hearing, is_rtp ? EVIDENCE_RTP : EVIDENCE_NONE, bytes);
    if (heard == NULL)
        return;
    heard->minor = !is_rtp;
    heard->evidence.source = relayed[0];
    heard->evidence.destination = relayed[1];
    heard->evidence.flags |= EVIDENCE_RELAYED;
    if (is_rtp)
        heard_append(heard, "RTP payload type %u, sequence %u", rtp.payload_type, rtp.sequence);
    else if (datagram_classify(bytes) == DATAGRAM_RTP_OR_RTCP)
        heard_append(heard, "RTCP");
    if (!is_rtp)
        heard_bytes(heard, bytes.length);
}

void hear_relayed(struct hearing *hearing, struct bytes bytes,
                  const struct transport_address relayed[2])
{
    enum datagram_kind kind = datagram_classify(bytes);
    if (kind == DATAGRAM_STUN && hear_stun(hearing, bytes, relayed) > 0)
        return;
    if (kind == DATAGRAM_DTLS && hear_dtls(hearing, bytes, relayed) > 0)
        return;
    hear_media(hearing, bytes, relayed);
}
