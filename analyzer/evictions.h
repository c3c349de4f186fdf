/* SPDX-License-Identifier: MIT */
/* What the analysis forgot before its time, for want of room, by what it was.
 *
 * Tables give up what was not used for longest (flow/table.h), buffers what was not written to.
 * What had come to its end, or was silent for LIMIT_RECORD_IDLE, is not counted. */
#ifndef TURNSCOPE_ANALYZER_EVICTIONS_H
#define TURNSCOPE_ANALYZER_EVICTIONS_H

#include <stdint.h>

enum eviction_kind {
    EVICTED_FLOWS,
    EVICTED_STREAMS, /* bytes of TCP that waited for more */
    EVICTED_TRANSACTIONS,
    EVICTED_ALLOCATIONS,
    EVICTED_CONNECTIONS,
    EVICTED_HANDSHAKES,
    EVICTED_CERTIFICATES,
    EVICTED_SESSIONS, /* whose records were being decrypted */
    EVICTED_EXCHANGES,
    EVICTED_LOOKUPS,
    EVICTED_NAMES, /* of addresses */
    EVICTED_PATHS,
    EVICTED_MAPPINGS,
    EVICTED_FRAGMENTS,
    EVICTED_HOSTS,
    EVICTED_ATTEMPTS,
    EVICTION_KINDS
};

/* What is of one kind stands in several tables: it counts how many records the one that had to
 * forget most has lost. */
struct evictions {
    uint64_t counts[EVICTION_KINDS];
};

struct engine;

/* Brings the engine's counts up to date. */
void evictions_count(struct engine *engine);

/* Tells every table and buffer what time it is, nanoseconds since the epoch. */
void evictions_tell_time(struct engine *engine, int64_t now);

/* Of all kinds together, as of the latest evictions_count. */
uint64_t evictions_total(const struct evictions *evictions);

/* "flows", "streams", ... as the diagnosis document names them. */
const char *eviction_name(enum eviction_kind kind);

#endif
