/* SPDX-License-Identifier: MIT */
#include "analyzer/trackers.h"

#include "analyzer/content.h"
#include "analyzer/content_retained.h"
#include "analyzer/content_stream.h"
#include "analyzer/limits.h"

int trackers_init(struct trackers *trackers, const struct credentials *credentials,
                  struct keylog_source *keylog, uint32_t megabytes)
{
    *trackers = (struct trackers){0};
    if (flows_init(&trackers->flows, limit_for(LIMIT_FLOWS, megabytes)) == 0 &&
        hosts_init(&trackers->hosts, limit_for(LIMIT_HOSTS, megabytes)) == 0 &&
        fragments_init(&trackers->fragments, megabytes) == 0 &&
        stun_tracker_init(&trackers->stun, credentials, megabytes) == 0 &&
        lookups_init(&trackers->lookups, megabytes) == 0 &&
        connections_init(&trackers->connections, megabytes) == 0 &&
        handshakes_init(&trackers->handshakes, megabytes) == 0 &&
        decryption_init(&trackers->decryption, keylog, &trackers->connections.streams, megabytes) ==
            0 &&
        exchanges_init(&trackers->exchanges, megabytes) == 0 &&
        log_lines_init(&trackers->log) == 0 && paths_init(&trackers->paths, megabytes) == 0)
        return 0;
    trackers_free(trackers);
    return -1;
}

void trackers_free(struct trackers *trackers)
{
    flows_free(&trackers->flows);
    hosts_free(&trackers->hosts);
    fragments_free(&trackers->fragments);
    stun_tracker_free(&trackers->stun);
    lookups_free(&trackers->lookups);
    decryption_free(&trackers->decryption);
    connections_free(&trackers->connections);
    handshakes_free(&trackers->handshakes);
    exchanges_free(&trackers->exchanges);
    log_lines_free(&trackers->log);
    paths_free(&trackers->paths);
}

/* A flow is seen in this direction for the first time. */
static void note_direction(struct trackers *trackers, const struct sighting *sighting)
{
    struct observed *observed = &trackers->observed;
    hosts_note(&trackers->hosts, sighting->flow, sighting->from);
    if (sighting->flow->packets[1 - sighting->from] > 0) {
        observed->flows_one_way--;
        observed->flows_both_ways++;
    } else if (!ip_address_is_multicast(&sighting_destination(sighting)->ip)) {
        observed->flows_one_way++;
    }
}

void trackers_foresee_flow(const struct trackers *trackers, const struct arrival *arrival)
{
    __builtin_prefetch(arrival->packet.payload.data);
    if (arrival->has_flow)
        flows_foresee(&trackers->flows, &arrival->search);
}

void trackers_find_flow(const struct trackers *trackers, struct arrival *arrival)
{
    if (arrival->has_flow)
        arrival->flow = flows_foresee_record(&trackers->flows, &arrival->search);
    __builtin_prefetch(arrival->packet.payload.data);
}

void trackers_find_state(const struct trackers *trackers, const struct arrival *arrival)
{
    const struct flow *flow = arrival->flow;
    if (flow == NULL)
        return;
    table_foresee_at(&trackers->stun.allocations.table, flow->allocation);
    transactions_foresee(&trackers->stun.transactions, flow, table_id(&trackers->flows.table, flow),
                         arrival->packet.payload);
    table_foresee_at(&trackers->lookups.tries, flow->query);
    table_foresee_at(&trackers->connections.table, flow->connection);
    table_foresee_at(&trackers->handshakes.table, flow->handshake);
    table_foresee_at(&trackers->paths.table, flow->path);
}

static void see(struct trackers *trackers, const struct arrival *arrival, struct sighting *sighting)
{
    const struct place *place = &arrival->place;
    const struct five_tuple tuple = arrival_tuple(arrival);
    struct flow *flow = flows_note_found(&trackers->flows, &tuple, &arrival->search, arrival->flow);
    *sighting = (struct sighting){.time = place->time,
                                  .frame = place->frame,
                                  .input = place->input,
                                  .flow = flow,
                                  .flow_id = table_id(&trackers->flows.table, flow),
                                  .from = arrival->search.from,
                                  .cut = arrival->packet.cut};
    flow->ttl[sighting->from] = arrival->packet.ttl;
    if (flow->packets[sighting->from] == 1)
        note_direction(trackers, sighting);
}

/* It went the other way than the packet that it quotes. */
static void note_told(struct trackers *trackers, const struct sighting *sighting)
{
    if (sighting->flow->packets[sighting->from] == 0)
        return;
    trackers->observed.told_by_icmp++;
    hosts_note_told(&trackers->hosts, &sighting_source(sighting)->ip);
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
    note_told(trackers, &sighting);
    stun_tracker_note_icmp(&trackers->stun, icmp, &sighting, &packet->source, &trackers->events);
    struct evidence seen = evidence_of(&sighting, EVIDENCE_ICMP);
    seen.source = packet->source;
    seen.destination = packet->destination;
    seen.kind = icmp->type;
    seen.code = icmp->code;
    allocations_note_icmp(&trackers->stun.allocations, icmp, &sighting, &seen, &trackers->events);
    lookups_note_icmp(&trackers->lookups, icmp, &seen);
    connections_note_icmp(&trackers->connections, sighting.flow, icmp, &seen, &trackers->events);
    trackers_conclude(trackers, handler);
}

/* What acknowledges was answered, or answers, though the capture has nothing of the other side. */
static void note_acknowledgment(struct trackers *trackers, const struct sighting *sighting,
                                uint8_t flags)
{
    if (sighting->flow->packets[1 - sighting->from] == 0 &&
        (flags & (TCP_ACK | TCP_RST)) == TCP_ACK)
        trackers->observed.one_way_answers++;
}

static void take_transport(struct trackers *trackers, const struct arrival *arrival,
                           const struct event_handler *handler)
{
    const struct packet *packet = &arrival->packet;
    struct sighting sighting;
    if (packet->is_icmp_error) {
        take_icmp(trackers, packet, &arrival->place, handler);
    } else if (packet->protocol == IP_PROTOCOL_UDP) {
        see(trackers, arrival, &sighting);
        content_datagram(trackers, &sighting, packet->payload, packet->payload_length, handler);
    } else if (packet->protocol == IP_PROTOCOL_TCP) {
        see(trackers, arrival, &sighting);
        note_acknowledgment(trackers, &sighting, packet->tcp.flags);
        content_segment(trackers, packet, &sighting, handler);
    }
}

static void take_fragment(struct trackers *trackers, const struct arrival *fragment,
                          const struct event_handler *handler)
{
    struct arrival whole = {.place = fragment->place};
    enum dissect_status status;
    if (fragments_add(&trackers->fragments, &fragment->packet, fragment->place.time, &whole.packet,
                      &status) != FRAGMENT_WHOLE ||
        (status != DISSECT_OK && status != DISSECT_CUT_SHORT))
        return;
    arrival_search(&whole, &trackers->flows.table.hash);
    take_transport(trackers, &whole, handler);
}

void trackers_arrive(struct trackers *trackers, const struct arrival *arrival,
                     const struct event_handler *handler)
{
    if (arrival->packet.fragment.is_fragment)
        take_fragment(trackers, arrival, handler);
    else
        take_transport(trackers, arrival, handler);
}

void trackers_packet(struct trackers *trackers, const struct packet *packet,
                     const struct place *place, const struct event_handler *handler)
{
    struct arrival arrival = {.packet = *packet, .place = *place};
    arrival_search(&arrival, &trackers->flows.table.hash);
    trackers_arrive(trackers, &arrival, handler);
}

void trackers_expire(struct trackers *trackers, int64_t now, const struct event_handler *handler)
{
    bool more;
    fragments_expire(&trackers->fragments, now);
    content_retained_look(trackers, now, false, handler);
    do {
        more = stun_tracker_expire(&trackers->stun, now, &trackers->events);
        trackers_conclude(trackers, handler);
        more |= lookups_expire(&trackers->lookups, now, &trackers->events);
        trackers_conclude(trackers, handler);
        more |= connections_expire(&trackers->connections, now, &trackers->events);
        trackers_conclude(trackers, handler);
        more |= handshakes_expire(&trackers->handshakes, now, &trackers->events);
        trackers_conclude(trackers, handler);
        more |= paths_expire(&trackers->paths, now, &trackers->events);
        trackers_conclude(trackers, handler);
    } while (more);
}

/* What waits for an answer at `now`, the time of the last packet. */
static void end_waiting(struct trackers *trackers, int64_t now, const struct event_handler *handler)
{
    const struct transaction *transaction = NULL;
    while (lookups_end(&trackers->lookups, now, &trackers->events))
        trackers_conclude(trackers, handler);
    trackers_conclude(trackers, handler);
    while (connections_end(&trackers->connections, now, &trackers->events))
        trackers_conclude(trackers, handler);
    trackers_conclude(trackers, handler);
    while (handshakes_end(&trackers->handshakes, now, &trackers->events))
        trackers_conclude(trackers, handler);
    trackers_conclude(trackers, handler);
    while (stun_tracker_end(&trackers->stun, &transaction, now, &trackers->events))
        trackers_conclude(trackers, handler);
    trackers_conclude(trackers, handler);
    while (paths_end_searches(&trackers->paths, now, &trackers->events))
        trackers_conclude(trackers, handler);
    trackers_conclude(trackers, handler);
}

void trackers_pause(struct trackers *trackers, const struct event_handler *handler)
{
    end_waiting(trackers, trackers->observed.last, handler);
    stun_tracker_forget(&trackers->stun);
}

void trackers_end(struct trackers *trackers, const struct event_handler *handler)
{
    int64_t now = trackers->observed.last;
    const struct path *path = NULL;
    content_retained_look(trackers, now, true, handler);
    end_waiting(trackers, now, handler);
    while (paths_end(&trackers->paths, &path, now, &trackers->events))
        trackers_conclude(trackers, handler);
    trackers_conclude(trackers, handler);
    log_lines_fit(&trackers->log, trackers->observed.first, now);
    while (log_lines_tell(&trackers->log, &trackers->events))
        trackers_conclude(trackers, handler);
    trackers_conclude(trackers, handler);
    event_add(&trackers->events, EVENT_CAPTURE_ENDED, now);
    trackers_conclude(trackers, handler);
}
