/* SPDX-License-Identifier: MIT */
#include "analyzer/content_relayed.h"

#include "analyzer/content.h"
#include "analyzer/track/allocation_use.h"

/* Data that a relay hands on. */
struct relayed {
    const struct allocation *allocation;
    const struct transport_address *peer;
    bool to_peer;
    struct bytes payload;
    size_t length; /* on the wire */
};

/* The flow between client and peer. */
static void see_flow(struct trackers *trackers, struct sighting *inner,
                     const struct relayed *relayed)
{
    const struct transport_address *client = &relayed->allocation->client, *peer = relayed->peer;
    inner->flow =
        flows_note(&trackers->flows, relayed->to_peer ? client : peer,
                   relayed->to_peer ? peer : client, IP_PROTOCOL_UDP, FLOW_RELAYED, &inner->from);
    inner->flow_id = table_id(&trackers->flows.table, inner->flow);
}

/* The same on a channel, which keeps it in mind: then no address is compared. */
static void see_flow_of_channel(struct trackers *trackers, struct sighting *inner,
                                const struct relayed *relayed, struct channel *channel)
{
    struct flow *known = table_at(&trackers->flows.table, channel->flow);
    if (known == NULL) {
        see_flow(trackers, inner, relayed);
        channel->flow = inner->flow_id;
        channel->client_index = (uint8_t)(relayed->to_peer ? inner->from : 1 - inner->from);
        return;
    }
    inner->from = relayed->to_peer ? channel->client_index : 1u - channel->client_index;
    inner->flow = known;
    inner->flow_id = channel->flow;
    flows_note_again(&trackers->flows, known, inner->from);
}

static void take(struct trackers *trackers, const struct sighting *inner,
                 const struct relayed *relayed, const struct event_handler *handler)
{
    paths_on(&trackers->paths, inner, relayed->to_peer ? inner->from : 1 - inner->from,
             table_id(&trackers->stun.allocations.table, relayed->allocation));
    content_datagram(trackers, inner, relayed->payload, relayed->length, handler);
}

static void take_from_channel(struct trackers *trackers, const struct sighting *sighting,
                              struct channel *channel, const struct channel_data *data,
                              const struct event_handler *handler)
{
    const struct allocation *allocation = allocations_note_channel_data(
        &trackers->stun.allocations, sighting, channel, data->length, &trackers->events);
    struct relayed relayed = {.allocation = allocation,
                              .peer = &channel->peer,
                              .to_peer = allocation_by_client(allocation, sighting),
                              .payload = data->data,
                              .length = data->length};
    trackers_conclude(trackers, handler);
    struct sighting inner = *sighting;
    see_flow_of_channel(trackers, &inner, &relayed, channel);
    take(trackers, &inner, &relayed, handler);
}

/* What RFC 7983 has a client and its peer send each other. */
static bool is_of_call(struct bytes data)
{
    uint8_t first = data.length > 0 ? data.data[0] : UINT8_MAX;
    struct cursor c = cursor_of(bytes_from(data, 4));
    if (first <= STUN_FIRST_BYTE_MAXIMUM)
        return cursor_u32(&c) == STUN_MAGIC_COOKIE;
    return (first >= 20 && first <= 63) || (first >= 128 && first <= 191);
}

/* `length`: on the wire. */
static bool is_exact_channel_data(struct bytes payload, size_t length)
{
    enum { HEADER = 4, FIRST_CHANNEL = 0x4000, LAST_CHANNEL = 0x4FFF /* RFC 8656 section 12 */ };
    struct cursor c = cursor_of(payload);
    uint16_t number = cursor_u16(&c);
    size_t whole = HEADER + (size_t)cursor_u16(&c), padded = (whole + 3) & ~(size_t)3;
    return !c.failed && number >= FIRST_CHANNEL && number <= LAST_CHANNEL &&
           (length == whole || length == padded) && is_of_call(cursor_rest(&c));
}

static bool is_at_turn_port(const struct allocations *allocations, const struct flow *flow)
{
    const struct transport_address *ends = flow->key.endpoint;
    return allocations_port_rank(allocations, ends[0].port) > 0 ||
           allocations_port_rank(allocations, ends[1].port) > 0;
}

bool content_may_be_channels(const struct trackers *trackers, const struct sighting *sighting,
                             struct bytes payload, size_t length)
{
    enum { ENOUGH_EACH_WAY = 3 };
    struct flow *flow = sighting->flow;
    if (flow->content != CONTENT_UNKNOWN || flow->no_channels || flow->key.layer != FLOW_OUTER ||
        !is_at_turn_port(&trackers->stun.allocations, flow))
        return false;
    flow->no_channels = !is_exact_channel_data(payload, length);
    if (!flow->no_channels && flow->packets[0] >= ENOUGH_EACH_WAY &&
        flow->packets[1] >= ENOUGH_EACH_WAY)
        flow->content = CONTENT_STUN;
    return !flow->no_channels;
}

/* Only on a flow that carries STUN: a quarter of all DNS packets look like ChannelData. */
size_t content_channel_data(struct trackers *trackers, const struct sighting *sighting,
                            struct bytes payload, bool stream, const struct event_handler *handler)
{
    struct channel_data data;
    if (sighting->flow->content != CONTENT_STUN || sighting->flow->key.layer == FLOW_RELAYED)
        return 0;
    enum dissect_status status = channel_data_decode(&data, payload, stream, sighting->cut);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT)
        return 0;
    struct channel *channel =
        allocations_channel(&trackers->stun.allocations, sighting, data.number, &trackers->events);
    if (channel != NULL)
        take_from_channel(trackers, sighting, channel, &data, handler);
    else
        trackers_conclude(trackers, handler);
    return data.consumed;
}

void content_indication(struct trackers *trackers, const struct stun_message *message,
                        const struct sighting *sighting, const struct event_handler *handler)
{
    struct transport_address peer;
    struct bytes data = stun_value(message, STUN_DATA_ATTRIBUTE);
    bool to_peer = message->method == STUN_SEND;
    if ((!to_peer && message->method != STUN_DATA) ||
        !stun_address(message, STUN_XOR_PEER_ADDRESS, &peer))
        return;
    struct relayed relayed = {
        .peer = &peer, .to_peer = to_peer, .payload = data, .length = data.length};
    relayed.allocation = allocations_note_data(&trackers->stun.allocations, sighting, to_peer,
                                               &peer, data.length, &trackers->events);
    trackers_conclude(trackers, handler);
    struct sighting inner = *sighting;
    see_flow(trackers, &inner, &relayed);
    take(trackers, &inner, &relayed, handler);
}
