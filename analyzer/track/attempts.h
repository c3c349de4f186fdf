/* SPDX-License-Identifier: MIT */
/* Call attempts: what one client does to get in, in the order it happens: lookups, connections,
 * handshakes, allocations, permissions, connectivity checks, media. What runs in parallel, is
 * retried or falls back to another transport is one attempt; a step that works in the end has not
 * failed. */
#ifndef TURNSCOPE_ANALYZER_TRACK_ATTEMPTS_H
#define TURNSCOPE_ANALYZER_TRACK_ATTEMPTS_H

#include "analyzer/event.h"
#include "analyzer/flow/table.h"
#include "analyzer/track/timeline.h"

/* In the order in which a client takes them: the earliest broken one is the cause of the rest. */
enum attempt_step {
    STEP_DNS,
    STEP_TCP,
    STEP_TLS,
    STEP_HTTP,
    STEP_TURN,
    STEP_PERMISSION,
    STEP_ICE,
    STEP_DTLS,
    STEP_MEDIA,
    ATTEMPT_STEPS
};

enum step_state {
    STEP_UNSEEN,
    STEP_TRIED,
    STEP_FAILED,
    STEP_WORKED,
};

enum attempt_outcome {
    ATTEMPT_INCOMPLETE, /* neither is shown */
    ATTEMPT_FAILED,
    ATTEMPT_CONNECTED, /* media, a DTLS association or a connectivity check both ways */
};

/* Two cache lines, with what its table puts before it, up to `steps`: most events need no more. */
struct attempt {
    uint32_t number; /* 1, 2, ... in the order they began */
    struct ip_address client;
    uint8_t states[ATTEMPT_STEPS]; /* enum step_state; WORKED stays */
    int64_t last;                  /* nanoseconds since the epoch */
    struct timeline timeline;
    struct record_id previous; /* attempt of this client */
    int64_t first;
    struct {
        int64_t first;
        int64_t worked; /* first success; 0: none */
    } steps[ATTEMPT_STEPS];
};

/* What an event said, on its way to its client's attempt: the memory that it needs is asked for
 * when it comes, and a dozen notes later it is there. */
struct attempt_note {
    bool waits;
    bool starts_over; /* it begins another attempt when the client was idle */
    uint32_t hash;    /* of the client; the newest note has none yet */
    struct ip_address client;
    struct record_id entry; /* the client's; none before it was looked up */
    struct moment moment;
};

enum { ATTEMPT_NOTES = 16 };

struct attempts {
    struct table table;
    struct table current; /* client -> its latest attempt */
    struct timeline_pool moments;
    struct attempt_note notes[ATTEMPT_NOTES];
    uint32_t next_note; /* the oldest one, and the place of the next */
    uint32_t next_number;
    bool leave_the_machine; /* some client's address is none of loopback */
};

/* What the moment showed, in a line; like evidence_summary, but a request that failed was not
 * answered. */
const char *moment_summary(const struct moment *moment, char *text, size_t size);

int attempts_init(struct attempts *attempts, uint32_t megabytes);
void attempts_free(struct attempts *attempts);

/* Joins the event to its client's attempt, some events later. Events that are no part of one are
 * passed over. A client that was idle for LIMIT_ATTEMPT_IDLE and starts over (a lookup, a
 * connection, an Allocate) begins a new attempt. */
void attempts_note(struct attempts *attempts, const struct event *event);

/* Joins all that waits: before anybody looks at attempts. */
void attempts_settle(struct attempts *attempts);

/* The client's latest attempt, or NULL. */
const struct attempt *attempts_of(const struct attempts *attempts, const struct ip_address *client);

/* The same client's attempt before this one, as far as it is known; NULL: none. */
const struct attempt *attempts_before(const struct attempts *attempts,
                                      const struct attempt *attempt);

/* Oldest activity first; NULL starts, NULL ends. What programs of one machine say to each other is
 * passed over where there are other clients, unless TURN is part of it. */
const struct attempt *attempts_next(const struct attempts *attempts,
                                    const struct attempt *previous);

/* When media, DTLS or a connectivity check first worked (nanoseconds since the epoch); 0: never. */
int64_t attempt_connected_at(const struct attempt *attempt);

/* "dns", "tcp", ... as the diagnosis document names it. */
const char *attempt_step_name(enum attempt_step step);
const char *attempt_outcome_name(enum attempt_outcome outcome);

#endif
