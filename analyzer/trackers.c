/* SPDX-License-Identifier: MIT */
#include "analyzer/trackers.h"

#include "analyzer/limits.h"

int trackers_init(struct trackers *trackers, const struct credentials *credentials)
{
    *trackers = (struct trackers){0};
    if (flows_init(&trackers->flows, LIMIT_FLOWS) == 0 &&
        hosts_init(&trackers->hosts, LIMIT_HOSTS) == 0 &&
        stun_tracker_init(&trackers->stun, credentials) == 0)
        return 0;
    trackers_free(trackers);
    return -1;
}

void trackers_free(struct trackers *trackers)
{
    flows_free(&trackers->flows);
    hosts_free(&trackers->hosts);
    stun_tracker_free(&trackers->stun);
}

static void note_cut(struct trackers *trackers, const struct evidence *evidence)
{
    if (trackers->observed.cut_messages++ == 0)
        trackers->observed.first_cut = *evidence;
}

/* One STUN message at the start of `payload`: how many bytes it took, 0 when it is none. */
static size_t take_stun(struct trackers *trackers, const struct sighting *sighting,
                        struct bytes payload)
{
    struct stun_message *message = &trackers->message;
    enum dissect_status status = stun_decode(message, payload, sighting->cut);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT && status != DISSECT_MALFORMED)
        return 0;
    sighting->flow->content = CONTENT_STUN;
    if (status == DISSECT_CUT_SHORT) {
        struct evidence evidence = evidence_of_stun(message, sighting);
        note_cut(trackers, &evidence);
    }
    stun_tracker_note(&trackers->stun, message, sighting, &trackers->events);
    return message->raw.length;
}

static size_t take_channel_data(struct trackers *trackers, const struct sighting *sighting,
                                struct bytes payload, bool stream)
{
    struct channel_data data;
    enum dissect_status status = channel_data_decode(&data, payload, stream, sighting->cut);
    if (sighting->flow->content != CONTENT_STUN ||
        (status != DISSECT_OK && status != DISSECT_CUT_SHORT))
        return 0;
    const struct channel *channel =
        allocations_channel(&trackers->stun.allocations, sighting, data.number, &trackers->events);
    const struct allocation *allocation =
        allocations_of(&trackers->stun.allocations, sighting->flow_id);
    if (channel == NULL || allocation == NULL)
        return data.consumed;
    bool to_peer = transport_address_equal(sighting_source(sighting), &allocation->client);
    allocations_note_data(&trackers->stun.allocations, sighting, to_peer, &channel->peer,
                          data.length, &trackers->events);
    return data.consumed;
}

static size_t take_message(struct trackers *trackers, const struct sighting *sighting,
                           struct bytes payload, bool stream)
{
    if (payload.length == 0)
        return 0;
    if (payload.data[0] < 4)
        return take_stun(trackers, sighting, payload);
    if (payload.data[0] >= 64 && payload.data[0] < 128)
        return take_channel_data(trackers, sighting, payload, stream);
    return 0;
}

static void take_datagram(struct trackers *trackers, const struct sighting *sighting,
                          struct bytes payload, const struct event_handler *handler)
{
    if (take_message(trackers, sighting, payload, false) > 0)
        handler->handle(handler->context);
}

static void take_segment(struct trackers *trackers, const struct sighting *sighting,
                         struct bytes payload, const struct event_handler *handler)
{
    size_t taken;
    while ((taken = take_message(trackers, sighting, payload, true)) > 0) {
        handler->handle(handler->context);
        payload = bytes_from(payload, taken);
    }
}

static struct sighting see(struct trackers *trackers, const struct packet *packet,
                           const struct place *place)
{
    struct sighting sighting = {
        .time = place->time, .frame = place->frame, .input = place->input, .cut = packet->cut};
    sighting.flow =
        flows_note(&trackers->flows, &packet->source, &packet->destination, packet->protocol,
                   FLOW_OUTER, place->time, packet->payload_length, &sighting.from);
    sighting.flow_id = table_id(&trackers->flows.table, sighting.flow);
    sighting.flow->ttl[sighting.from] = packet->ttl;
    if (sighting.flow->packets[sighting.from] == 1)
        hosts_note(&trackers->hosts, sighting.flow, sighting.from);
    return sighting;
}

/* An ICMP error belongs to the flow of the packet that it quotes. */
static void take_icmp(struct trackers *trackers, const struct packet *packet,
                      const struct place *place, const struct event_handler *handler)
{
    const struct icmp_error *icmp = &packet->icmp;
    struct sighting sighting = {
        .time = place->time, .frame = place->frame, .input = place->input, .cut = true};
    sighting.flow = flows_find(&trackers->flows, &icmp->source, &icmp->destination, icmp->protocol,
                               FLOW_OUTER, &sighting.from);
    if (sighting.flow == NULL)
        return;
    sighting.flow_id = table_id(&trackers->flows.table, sighting.flow);
    stun_tracker_note_icmp(&trackers->stun, icmp, &sighting, &packet->source, &trackers->events);
    handler->handle(handler->context);
}

void trackers_packet(struct trackers *trackers, const struct packet *packet,
                     const struct place *place, const struct event_handler *handler)
{
    if (packet->is_icmp_error) {
        take_icmp(trackers, packet, place, handler);
        return;
    }
    if (packet->protocol != IP_PROTOCOL_UDP && packet->protocol != IP_PROTOCOL_TCP)
        return;
    struct sighting sighting = see(trackers, packet, place);
    if (packet->protocol == IP_PROTOCOL_UDP)
        take_datagram(trackers, &sighting, packet->payload, handler);
    else
        take_segment(trackers, &sighting, packet->payload, handler);
}
