/* SPDX-License-Identifier: MIT */
/* NAT mappings: which public address a client's socket is seen under, by which server. */
#ifndef TURNSCOPE_ANALYZER_TRACK_MAPPINGS_H
#define TURNSCOPE_ANALYZER_TRACK_MAPPINGS_H

#include "analyzer/event.h"
#include "analyzer/flow/table.h"
#include "analyzer/track/transactions.h"

struct mapping {
    struct transport_address client; /* the key: the socket as the capture sees it */
    struct transport_address server; /* the first that reported one */
    struct transport_address mapped;
    bool differs; /* another server reported another one */
    struct evidence evidence;
};

struct mappings {
    struct table table;
};

int mappings_init(struct mappings *mappings, uint32_t capacity);
void mappings_free(struct mappings *mappings);

/* A success response that carries a mapped address. Events: EVENT_STUN_MAPPING_CHANGED (the same
 * server reports another one than before), EVENT_STUN_MAPPING_DIFFERS (another server does; once).
 * A server that sees the client's own address is on its side of the NAT and says nothing of it. */
void mappings_note(struct mappings *mappings, const struct transaction *transaction,
                   const struct transport_address *mapped, struct event_queue *events);

#endif
