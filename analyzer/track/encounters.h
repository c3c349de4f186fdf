/* SPDX-License-Identifier: MIT */
/* Which servers a client had to do with, and when last: answers in one look-up what else would take
 * a walk through all that is known of connections, handshakes or allocations. */
#ifndef TURNSCOPE_ANALYZER_TRACK_ENCOUNTERS_H
#define TURNSCOPE_ANALYZER_TRACK_ENCOUNTERS_H

#include "analyzer/flow/table_queue.h"
#include "dissectors/address.h"

struct encounters {
    struct table table;
    struct table_queue queue; /* of times */
};

/* 0, or -1 when memory is short. */
int encounters_init(struct encounters *encounters, uint32_t capacity);
void encounters_free(struct encounters *encounters);

/* `server` may be any address that the caller will ask for again: all zero for "any server", a port
 * of 0 for "any port". `time`: nanoseconds since the epoch. */
void encounters_note(struct encounters *encounters, const struct ip_address *client,
                     const struct transport_address *server, int64_t time);

/* The latest time noted; 0: never. */
int64_t encounters_last(const struct encounters *encounters, const struct ip_address *client,
                        const struct transport_address *server);

#endif
