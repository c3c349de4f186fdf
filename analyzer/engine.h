/* SPDX-License-Identifier: MIT */
/* The straight line: a captured packet in, findings and a verdict out. */
#ifndef TURNSCOPE_ANALYZER_ENGINE_H
#define TURNSCOPE_ANALYZER_ENGINE_H

#include "analyzer/crypto/credentials.h"
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/verdict.h"
#include "analyzer/evictions.h"
#include "analyzer/trackers.h"

struct engine_options {
    const struct profile *profile;         /* NULL: nothing is compared with a site */
    const struct credentials *credentials; /* NULL: MESSAGE-INTEGRITY is not verified */
    struct keylog_source *keylog;          /* NULL: nothing is decrypted */
    const int64_t *log_offset;  /* from the CMS event log's clock to packet time, nanoseconds; NULL:
                                   estimated */
    enum vantage_value vantage; /* VANTAGE_UNKNOWN: guess */
    uint32_t memory;            /* that the tables share, MB; 0: LIMIT_MEMORY */
};

struct engine {
    struct trackers trackers;
    struct attempts attempts;
    struct findings findings;
    struct rule_index rules;
    struct vantage vantage;
    uint64_t guessed_at; /* packets when that was guessed */
    struct evictions evictions;
    struct state state; /* what rules may see of all this */
    int64_t ticked;     /* packet time of the latest expiry */
};

/* NULL when memory is short. From then on, the engine opens no file. The options' pointers are
 * borrowed until engine_free. */
struct engine *engine_new(const struct engine_options *options);
void engine_free(struct engine *engine);

/* One packet, in the order of capture. */
void engine_packet(struct engine *engine, const struct captured_packet *captured);

/* The same for several at once, decoded already with engine->trackers.flows.table.hash: faster, for
 * while one is at work the memory that the next ones will look at is on its way. */
void engine_arrivals(struct engine *engine, struct arrival *arrivals, size_t count);

/* A line of the CMS event log, in the order of the log. What it tells is concluded at the end. */
void engine_log_line(struct engine *engine, const struct cms_log_entry *entry);
/* The log has been read; it had so many lines of any kind. `input` is what evidence of its lines
 * names as its input: the number of the capture's. */
void engine_log_end(struct engine *engine, uint64_t lines, size_t input);

/* Time goes on without packets (live): absences up to `now`, nanoseconds of packet time. */
void engine_tick(struct engine *engine, int64_t now);

/* So many packets were dropped before they could be analysed, as far as is known by now. */
void engine_drops(struct engine *engine, uint64_t dropped);

/* No more packets will come: what has been waited for long enough is absent. Call once. */
void engine_end(struct engine *engine);

/* Joins to the attempts what still waits for it: before anybody looks at them while packets come.
 */
void engine_settle(struct engine *engine);

/* The verdict on what was seen so far, settled. May be called at any time, and again. */
void engine_verdict(struct engine *engine, struct verdict *verdict);

#endif
