/* SPDX-License-Identifier: MIT */
/* All trackers together: one packet goes in, events come out. */
#ifndef TURNSCOPE_ANALYZER_TRACKERS_H
#define TURNSCOPE_ANALYZER_TRACKERS_H

#include "analyzer/arrival.h"
#include "analyzer/event.h"
#include "analyzer/flow/fragments.h"
#include "analyzer/flow/hosts.h"
#include "analyzer/log/log_lines.h"
#include "analyzer/observed.h"
#include "analyzer/sighting.h"
#include "analyzer/track/decryption.h"
#include "analyzer/track/exchanges.h"
#include "analyzer/track/handshakes.h"
#include "analyzer/track/lookups.h"
#include "analyzer/track/paths.h"
#include "analyzer/track/stun.h"
#include "analyzer/track/tcp.h"

struct trackers {
    struct observed observed;
    struct flows flows;
    struct hosts hosts;
    struct fragments fragments;
    struct stun_tracker stun;
    struct lookups lookups;
    struct connections connections;
    struct handshakes handshakes;
    struct decryption decryption;
    struct exchanges exchanges;
    struct log_lines log;
    struct paths paths;
    struct event_queue events;
    /* The STUN message in hand, one a layer: events point to it until they are handled. */
    struct stun_message messages[FLOW_LAYERS];
};

/* Empties the event queue. */
struct event_handler {
    void (*handle)(void *context);
    void *context;
};

/* After each message, for a packet may hold many: what there is to be handled. */
static inline void trackers_conclude(const struct trackers *trackers,
                                     const struct event_handler *handler)
{
    if (trackers->events.count > 0)
        handler->handle(handler->context);
}

/* 0, or -1 when memory is short. `credentials` and `keylog` may be NULL; they outlive the trackers.
 */
int trackers_init(struct trackers *trackers, const struct credentials *credentials,
                  struct keylog_source *keylog, uint32_t megabytes);
void trackers_free(struct trackers *trackers);

/* The steps of a packet, in this order and some packets' time apart; only the last is needed.
 * Looking things up in memory takes longer than all else: what each of them looks at, the one
 * before it has asked for, while others are at work. */
void trackers_foresee_flow(const struct trackers *trackers, const struct arrival *arrival);
void trackers_find_flow(const struct trackers *trackers, struct arrival *arrival);
void trackers_find_state(const struct trackers *trackers, const struct arrival *arrival);
void trackers_arrive(struct trackers *trackers, const struct arrival *arrival,
                     const struct event_handler *handler);

/* All of it at once.
 * Counts the packet on its flow and gives its payload, or its ICMP error, to the tracker it belongs
 * to; a fragment waits for the others. */
void trackers_packet(struct trackers *trackers, const struct packet *packet,
                     const struct place *place, const struct event_handler *handler);

/* Reports absences up to `now`. */
void trackers_expire(struct trackers *trackers, int64_t now, const struct event_handler *handler);

/* The capture shows nothing for longer than LIMIT_PAUSE after `observed.last`: it was paused, or
 * files of different times were joined. Reports what was absent by then; what else was waited for
 * is forgotten, for its answer may have come in between. */
void trackers_pause(struct trackers *trackers, const struct event_handler *handler);

/* Reports what is absent when the capture ends; the last event is EVENT_CAPTURE_ENDED. */
void trackers_end(struct trackers *trackers, const struct event_handler *handler);

#endif
