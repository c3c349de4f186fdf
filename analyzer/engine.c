/* SPDX-License-Identifier: MIT */
#include "analyzer/engine.h"

#include "analyzer/crypto/prepare.h"
#include "analyzer/diagnose/profile.h"
#include "analyzer/diagnose/scope.h"
#include "analyzer/limits.h"

#include <stdlib.h>

/* Over DTLS either end of a path may be the client: the call is the one's that the path is of. */
static void ascribe_to_path(const struct trackers *trackers, struct event *event)
{
    const struct handshake *handshake = event->handshake;
    if (handshake == NULL || handshake->protocol != HANDSHAKE_DTLS)
        return;
    const struct flow *flow = table_at(&trackers->flows.table, handshake->flow);
    event->path = flow != NULL ? paths_of(&trackers->paths, flow) : NULL;
    if (event->path == NULL)
        return;
    event->client = event->path->client;
    event->server = event->path->peer;
}

/* What the step before this one reported goes on to the call attempts and to the rules. */
static void conclude(void *context)
{
    struct engine *engine = context;
    struct event_queue *events = &engine->trackers.events;
    for (size_t i = 0; i < events->count; i++) {
        if (events->items[i].kind == EVENT_CAPTURE_ENDED) /* its rules look at attempts */
            attempts_settle(&engine->attempts);
        ascribe_to_path(&engine->trackers, &events->items[i]);
        if (scope_event(&engine->state, &events->items[i]))
            attempts_note(&engine->attempts, &events->items[i]);
        rules_apply(&engine->rules, &events->items[i], &engine->state, &engine->findings);
    }
    events->count = 0;
}

static struct event_handler to_conclusions(struct engine *engine)
{
    return (struct event_handler){conclude, engine};
}

static void take(struct engine *engine, const struct arrival *arrival,
                 const struct event_handler *handler)
{
    int64_t time = arrival->place.time, last = engine->trackers.observed.last;
    if (last != 0 && time - last > LIMIT_PAUSE)
        trackers_pause(&engine->trackers, handler);
    engine_tick(engine, time);
    observed_note(&engine->trackers.observed, time, arrival->place.input, &arrival->packet,
                  arrival->status);
    if (arrival->status == DISSECT_OK || arrival->status == DISSECT_CUT_SHORT)
        trackers_arrive(&engine->trackers, arrival, handler);
}

/* So many packets' time each step comes after the first one, for each packet: enough for memory to
 * come, and not so much that it has gone again. An index before the first packet wraps round to one
 * beyond the last. */
void engine_arrivals(struct engine *engine, struct arrival *arrivals, size_t count)
{
    enum { FLOW_AFTER = 8, STATE_AFTER = 12, TURN_AFTER = 16 };
    const struct trackers *trackers = &engine->trackers;
    struct event_handler handler = to_conclusions(engine);
    for (size_t i = 0; i < count + TURN_AFTER; i++) {
        if (i < count)
            trackers_foresee_flow(trackers, &arrivals[i]);
        if (i - FLOW_AFTER < count)
            trackers_find_flow(trackers, &arrivals[i - FLOW_AFTER]);
        if (i - STATE_AFTER < count)
            trackers_find_state(trackers, &arrivals[i - STATE_AFTER]);
        if (i - TURN_AFTER < count)
            take(engine, &arrivals[i - TURN_AFTER], &handler);
    }
}

void engine_packet(struct engine *engine, const struct captured_packet *captured)
{
    struct arrival arrival;
    struct event_handler handler = to_conclusions(engine);
    arrival_decode(&arrival, captured, &engine->trackers.flows.table.hash);
    take(engine, &arrival, &handler);
}

void engine_tick(struct engine *engine, int64_t now)
{
    if (now - engine->ticked < LIMIT_TICK)
        return;
    struct event_handler handler = to_conclusions(engine);
    engine->ticked = now;
    evictions_tell_time(engine, now);
    evictions_count(engine);
    trackers_expire(&engine->trackers, now, &handler);
}

void engine_log_line(struct engine *engine, const struct cms_log_entry *entry)
{
    log_lines_add(&engine->trackers.log, entry);
}

void engine_log_end(struct engine *engine, uint64_t lines, size_t input)
{
    engine->trackers.log.input = (uint16_t)input;
    engine->trackers.log.lines = lines;
}

void engine_drops(struct engine *engine, uint64_t dropped)
{
    engine->trackers.observed.dropped = dropped;
}

static void guess_vantage(struct engine *engine)
{
    engine->guessed_at = engine->trackers.observed.packets;
    hosts_settle(&engine->trackers.hosts);
    if (engine->vantage.basis != VANTAGE_BY_OPTION)
        engine->vantage = vantage_guess(&engine->trackers.hosts, engine->state.profile,
                                        &engine->trackers.stun.allocations);
}

/* All hosts are looked at for it: only after the capture has grown by a part is that worth while.
 */
static bool has_grown(const struct engine *engine)
{
    enum { PART = 8 };
    uint64_t packets = engine->trackers.observed.packets;
    return packets - engine->guessed_at > engine->guessed_at / PART;
}

void engine_end(struct engine *engine)
{
    struct event_handler handler = to_conclusions(engine);
    guess_vantage(engine);
    evictions_count(engine);
    trackers_end(&engine->trackers, &handler);
}

void engine_settle(struct engine *engine)
{
    attempts_settle(&engine->attempts);
}

void engine_verdict(struct engine *engine, struct verdict *verdict)
{
    if (has_grown(engine))
        guess_vantage(engine);
    engine_settle(engine);
    verdict_conclude(verdict, &engine->findings, &engine->state);
}

static void tell_turn_ports(struct turn_ports *ports, const struct profile *profile)
{
    for (size_t i = 0; profile != NULL && i < profile->turn.udp_port.count; i++)
        if (ports->count < LIMIT_TURN_PORTS)
            ports->ranges[ports->count++] = (struct turn_port_range){
                profile->turn.udp_port.items[i].first, profile->turn.udp_port.items[i].last};
}

static int engine_init(struct engine *engine, const struct engine_options *options)
{
    uint32_t megabytes = options->memory != 0 ? options->memory : LIMIT_MEMORY;
    if (trackers_init(&engine->trackers, options->credentials, options->keylog, megabytes) != 0 ||
        attempts_init(&engine->attempts, megabytes) != 0 || findings_init(&engine->findings) != 0)
        return -1;
    tell_turn_ports(&engine->trackers.stun.allocations.site_ports, options->profile);
    rule_index_build(&engine->rules, options->profile != NULL);
    if (options->log_offset != NULL)
        log_lines_set_shift(&engine->trackers.log, *options->log_offset);
    if (options->vantage != VANTAGE_UNKNOWN)
        engine->vantage = (struct vantage){options->vantage, VANTAGE_BY_OPTION};
    engine->state = (struct state){.profile = options->profile,
                                   .vantage = &engine->vantage,
                                   .observed = &engine->trackers.observed,
                                   .flows = &engine->trackers.flows,
                                   .hosts = &engine->trackers.hosts,
                                   .stun = &engine->trackers.stun,
                                   .lookups = &engine->trackers.lookups,
                                   .connections = &engine->trackers.connections,
                                   .handshakes = &engine->trackers.handshakes,
                                   .exchanges = &engine->trackers.exchanges,
                                   .log = &engine->trackers.log,
                                   .paths = &engine->trackers.paths,
                                   .attempts = &engine->attempts,
                                   .evictions = &engine->evictions};
    return 0;
}

struct engine *engine_new(const struct engine_options *options)
{
    struct engine *engine = calloc(1, sizeof *engine);
    crypto_prepare();
    if (engine == NULL || engine_init(engine, options) == 0)
        return engine;
    engine_free(engine);
    return NULL;
}

void engine_free(struct engine *engine)
{
    if (engine == NULL)
        return;
    trackers_free(&engine->trackers);
    attempts_free(&engine->attempts);
    findings_free(&engine->findings);
    free(engine);
}
