/* SPDX-License-Identifier: MIT */
#include "analyzer/evictions.h"

#include "analyzer/engine.h"
#include "analyzer/limits.h"

#include <stddef.h>

static const char *const names[EVICTION_KINDS] = {
    [EVICTED_FLOWS] = "flows",
    [EVICTED_STREAMS] = "streams",
    [EVICTED_TRANSACTIONS] = "transactions",
    [EVICTED_ALLOCATIONS] = "allocations",
    [EVICTED_CONNECTIONS] = "connections",
    [EVICTED_HANDSHAKES] = "handshakes",
    [EVICTED_CERTIFICATES] = "certificates",
    [EVICTED_SESSIONS] = "sessions",
    [EVICTED_EXCHANGES] = "exchanges",
    [EVICTED_LOOKUPS] = "lookups",
    [EVICTED_NAMES] = "names",
    [EVICTED_PATHS] = "paths",
    [EVICTED_MAPPINGS] = "mappings",
    [EVICTED_FRAGMENTS] = "fragments",
    [EVICTED_HOSTS] = "hosts",
    [EVICTED_ATTEMPTS] = "attempts",
};

/* One row a table of the engine. */
static const struct {
    enum eviction_kind kind;
    size_t table;
} tables[] = {
    {EVICTED_FLOWS, offsetof(struct engine, trackers.flows.table)},
    {EVICTED_TRANSACTIONS, offsetof(struct engine, trackers.stun.transactions.table)},
    {EVICTED_ALLOCATIONS, offsetof(struct engine, trackers.stun.allocations.table)},
    {EVICTED_ALLOCATIONS, offsetof(struct engine, trackers.stun.allocations.waiting)},
    {EVICTED_ALLOCATIONS, offsetof(struct engine, trackers.stun.allocations.relations)},
    {EVICTED_ALLOCATIONS, offsetof(struct engine, trackers.stun.allocations.servers.table)},
    {EVICTED_CONNECTIONS, offsetof(struct engine, trackers.connections.table)},
    {EVICTED_CONNECTIONS, offsetof(struct engine, trackers.connections.waiting)},
    {EVICTED_CONNECTIONS, offsetof(struct engine, trackers.connections.established.table)},
    {EVICTED_HANDSHAKES, offsetof(struct engine, trackers.handshakes.table)},
    {EVICTED_HANDSHAKES, offsetof(struct engine, trackers.handshakes.collectors)},
    {EVICTED_HANDSHAKES, offsetof(struct engine, trackers.handshakes.waiting)},
    {EVICTED_HANDSHAKES, offsetof(struct engine, trackers.handshakes.established.table)},
    {EVICTED_CERTIFICATES, offsetof(struct engine, trackers.handshakes.chains)},
    {EVICTED_CERTIFICATES, offsetof(struct engine, trackers.handshakes.issuers.table)},
    {EVICTED_SESSIONS, offsetof(struct engine, trackers.decryption.sessions.table)},
    {EVICTED_SESSIONS, offsetof(struct engine, trackers.decryption.contents)},
    {EVICTED_EXCHANGES, offsetof(struct engine, trackers.exchanges.table)},
    {EVICTED_EXCHANGES, offsetof(struct engine, trackers.exchanges.connections)},
    {EVICTED_EXCHANGES, offsetof(struct engine, trackers.exchanges.http2)},
    {EVICTED_EXCHANGES, offsetof(struct engine, trackers.exchanges.proxies)},
    {EVICTED_LOOKUPS, offsetof(struct engine, trackers.lookups.table)},
    {EVICTED_LOOKUPS, offsetof(struct engine, trackers.lookups.tries)},
    {EVICTED_NAMES, offsetof(struct engine, trackers.lookups.names.table)},
    {EVICTED_PATHS, offsetof(struct engine, trackers.paths.table)},
    {EVICTED_PATHS, offsetof(struct engine, trackers.paths.searches)},
    {EVICTED_MAPPINGS, offsetof(struct engine, trackers.stun.mappings.table)},
    {EVICTED_FRAGMENTS, offsetof(struct engine, trackers.fragments.datagrams)},
    {EVICTED_HOSTS, offsetof(struct engine, trackers.hosts.table)},
    {EVICTED_ATTEMPTS, offsetof(struct engine, attempts.table)},
    {EVICTED_ATTEMPTS, offsetof(struct engine, attempts.current)},
};

enum { TABLES = sizeof tables / sizeof tables[0] };

static struct table *table_in(struct engine *engine, size_t row)
{
    return (struct table *)(void *)((char *)engine + tables[row].table);
}

void evictions_count(struct engine *engine)
{
    uint64_t *counts = engine->evictions.counts;
    engine->evictions = (struct evictions){0};
    counts[EVICTED_STREAMS] = engine->trackers.connections.streams.buffers.evicted;
    counts[EVICTED_FRAGMENTS] = engine->trackers.fragments.buffers.evicted;
    for (size_t i = 0; i < TABLES; i++) {
        uint64_t evicted = table_in(engine, i)->evicted;
        if (evicted > counts[tables[i].kind])
            counts[tables[i].kind] = evicted;
    }
}

void evictions_tell_time(struct engine *engine, int64_t now)
{
    uint32_t ticks = (uint32_t)(now / LIMIT_TICK);
    engine->trackers.connections.streams.buffers.now = ticks;
    engine->trackers.fragments.buffers.now = ticks;
    for (size_t i = 0; i < TABLES; i++)
        table_in(engine, i)->now = ticks;
}

uint64_t evictions_total(const struct evictions *evictions)
{
    uint64_t total = 0;
    for (size_t i = 0; i < EVICTION_KINDS; i++)
        total += evictions->counts[i];
    return total;
}

const char *eviction_name(enum eviction_kind kind)
{
    return names[kind];
}
