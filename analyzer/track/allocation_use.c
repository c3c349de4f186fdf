/* SPDX-License-Identifier: MIT */
#include "analyzer/track/allocation_use.h"

#include "analyzer/track/allocation_step.h"

enum { REGISTERED_PORT = 3478, EXPRESSWAY_LAST_PORT = 3483, HTTPS_PORT = 443 };

static bool is_of_site(const struct turn_ports *ports, uint16_t port)
{
    for (size_t i = 0; i < ports->count; i++)
        if (port >= ports->ranges[i].first && port <= ports->ranges[i].last)
            return true;
    return false;
}

unsigned allocations_port_rank(const struct allocations *allocations, uint16_t port)
{
    if (port == REGISTERED_PORT || is_of_site(&allocations->site_ports, port))
        return 2;
    return (port > REGISTERED_PORT && port <= EXPRESSWAY_LAST_PORT) || port == HTTPS_PORT;
}

static struct event *add_misuse(struct event_queue *events, enum event_kind kind,
                                const struct sighting *sighting, struct allocation *a)
{
    struct event *event = allocation_event(events, kind, sighting->time, a);
    event->evidence = evidence_of(sighting, EVIDENCE_CHANNEL_DATA);
    event->flow = sighting->flow;
    if (a->misused.frame == 0)
        a->misused = event->evidence;
    event->earlier = a->misused;
    return event;
}

static bool permission_asked(const struct permission *permission, int64_t now)
{
    int64_t latest =
        permission->asked > permission->granted ? permission->asked : permission->granted;
    return latest != 0 && now - latest <= LIMIT_PERMISSION_LIFETIME;
}

/* A datagram to a peer that the client has not asked a permission for in 300 s: the server drops
 * it. Judged only when the capture holds the allocation's start. */
static void check_permission(struct allocation *a, const struct transport_address *peer,
                             const struct sighting *sighting, struct event_queue *events)
{
    struct permission *permission = allocation_permission(a, &peer->ip);
    if (permission == NULL || permission_asked(permission, sighting->time))
        return;
    if (permission->sent_without++ == 0)
        permission->missing_since = sighting->time;
    if (a->ever_allocated && !a->peers_incomplete)
        add_misuse(events, EVENT_TURN_PERMISSION_MISSING, sighting, a);
}

/* One datagram more; whether there are enough, for long enough, to rule out a lost renewal. */
static bool lapse_counts(struct lapse *lapse, int64_t now)
{
    if (lapse->datagrams++ == 0)
        lapse->since = now;
    return lapse->datagrams >= LIMIT_LAPSE_DATAGRAMS && now - lapse->since >= LIMIT_LAPSE;
}

static void check_lifetime(struct allocation *a, const struct sighting *sighting,
                           struct event_queue *events)
{
    int64_t renewed = a->refresh_asked > a->refreshed ? a->refresh_asked : a->refreshed;
    if (!a->ever_allocated || a->state != ALLOCATION_ALLOCATED ||
        sighting->time - renewed <= (int64_t)a->lifetime * SECONDS)
        return;
    if (a->misused.frame == 0)
        a->misused = evidence_of(sighting, EVIDENCE_CHANNEL_DATA);
    if (!lapse_counts(&a->expired, sighting->time))
        return;
    a->state = ALLOCATION_EXPIRED;
    add_misuse(events, EVENT_TURN_DATA_EXPIRED, sighting, a);
}

static void count_to_peer(struct allocation *a, const struct transport_address *peer, size_t length,
                          const struct sighting *sighting, struct event_queue *events)
{
    a->to_peer_bytes += length;
    a->to_peer_packets++;
    check_lifetime(a, sighting, events);
    check_permission(a, peer, sighting, events);
}

static void count_from_peer(struct allocation *a, const struct transport_address *peer,
                            size_t length, int64_t time)
{
    a->from_peer_bytes += length;
    a->from_peer_packets++;
    a->heard = time;
    allocation_note_alive(a, time);
    struct permission *permission = allocation_permission(a, &peer->ip);
    if (permission != NULL)
        permission->received++;
}

static void count_data(struct allocation *a, const struct sighting *sighting, bool to_peer,
                       const struct transport_address *peer, size_t length,
                       struct event_queue *events)
{
    if (to_peer)
        count_to_peer(a, peer, length, sighting, events);
    else
        count_from_peer(a, peer, length, sighting->time);
}

struct allocation *allocations_note_data(struct allocations *allocations,
                                         const struct sighting *sighting, bool to_peer,
                                         const struct transport_address *peer, size_t length,
                                         struct event_queue *events)
{
    const struct transport_address *source = sighting_source(sighting);
    const struct transport_address *destination = sighting_destination(sighting);
    struct allocation *a = allocation_on(allocations, sighting, to_peer ? source : destination,
                                         to_peer ? destination : source);
    count_data(a, sighting, to_peer, peer, length, events);
    return a;
}

struct allocation *allocations_note_channel_data(struct allocations *allocations,
                                                 const struct sighting *sighting,
                                                 const struct channel *channel, size_t length,
                                                 struct event_queue *events)
{
    struct allocation *a = allocations_of(allocations, sighting->flow);
    table_touch(&allocations->table, a);
    a->last = sighting->time;
    count_data(a, sighting, allocation_by_client(a, sighting), &channel->peer, length, events);
    return a;
}

/* A renewal whose answer the capture lacks may have worked. */
static bool channel_is_expired(const struct channel *channel, int64_t now)
{
    int64_t latest = channel->asked > channel->bound ? channel->asked : channel->bound;
    return channel->bound != 0 && now - latest > LIMIT_CHANNEL_LIFETIME;
}

/* That the server uses it after its end shows a renewal which the capture does not hold. */
static void use_channel(struct allocation *a, struct channel *channel,
                        const struct sighting *sighting, struct event_queue *events)
{
    if (!allocation_by_client(a, sighting)) {
        if (channel_is_expired(channel, sighting->time - LIMIT_LAPSE_SLACK)) {
            channel->bound = sighting->time;
            a->channel_expired = (struct lapse){0};
        }
    } else if (!a->peers_incomplete && channel_is_expired(channel, sighting->time) &&
               lapse_counts(&a->channel_expired, sighting->time)) {
        add_misuse(events, EVENT_TURN_CHANNEL_EXPIRED, sighting, a)->evidence.kind =
            channel->number;
    }
}

/* The capture began when the channel was bound long since: the server is the end at whose port TURN
 * is offered. NULL: neither has such a port. */
static struct allocation *begin_unseen(struct allocations *allocations,
                                       const struct sighting *sighting)
{
    const struct transport_address *source = sighting_source(sighting);
    const struct transport_address *destination = sighting_destination(sighting);
    unsigned by_source = allocations_port_rank(allocations, source->port);
    unsigned by_destination = allocations_port_rank(allocations, destination->port);
    if (by_source == 0 && by_destination == 0)
        return NULL;
    return by_source >= by_destination
               ? allocation_begin(allocations, sighting, destination, source)
               : allocation_begin(allocations, sighting, source, destination);
}

/* A server sends on bound channels only: else the capture missed the binding. */
static void note_unbound(struct allocation *a, uint16_t number, const struct sighting *sighting,
                         struct event_queue *events)
{
    bool by_server = !allocation_by_client(a, sighting);
    a->last = sighting->time;
    if (by_server)
        a->heard = sighting->time;
    a->peers_incomplete |= by_server;
    a->unbound_datagrams++;
    if (a->ever_allocated && !a->peers_incomplete)
        add_misuse(events, EVENT_TURN_CHANNEL_UNBOUND, sighting, a)->evidence.kind = number;
}

struct channel *allocations_channel(struct allocations *allocations,
                                    const struct sighting *sighting, uint16_t number,
                                    struct event_queue *events)
{
    struct allocation *a = allocations_of(allocations, sighting->flow);
    if (a == NULL && (a = begin_unseen(allocations, sighting)) == NULL)
        return NULL;
    size_t index = allocation_channel(a, number);
    if (index == a->channels_kept) {
        note_unbound(a, number, sighting, events);
        return NULL;
    }
    use_channel(a, &a->channels[index], sighting, events);
    return &a->channels[index];
}
