/* SPDX-License-Identifier: MIT */
/* All trackers together, and the way a payload finds its own: by its bytes, never by its port alone
 * (RFC 7983, magic cookie, record headers). Once known, the flow remembers it. */
#ifndef TURNSCOPE_ANALYZER_TRACKERS_H
#define TURNSCOPE_ANALYZER_TRACKERS_H

#include "analyzer/diagnose/state.h"
#include "analyzer/event.h"
#include "analyzer/flow/flow.h"
#include "analyzer/flow/hosts.h"
#include "analyzer/sighting.h"
#include "analyzer/track/stun.h"

struct trackers {
    struct flows flows;
    struct hosts hosts;
    struct stun_tracker stun;
    struct observed observed;
    struct event_queue events;
    struct stun_message message; /* in hand: events point to it until they are handled */
};

/* Where a packet was seen. */
struct place {
    int64_t time;
    uint64_t frame;
    uint16_t input;
};

/* Empties the event queue: called after each message, for a packet may hold many. */
struct event_handler {
    void (*handle)(void *context);
    void *context;
};

/* 0, or -1 when memory is short. */
int trackers_init(struct trackers *trackers, const struct credentials *credentials);
void trackers_free(struct trackers *trackers);

/* Counts the packet on its flow and gives its payload, or its ICMP error, to the tracker it belongs
 * to. */
void trackers_packet(struct trackers *trackers, const struct packet *packet,
                     const struct place *place, const struct event_handler *handler);

#endif
