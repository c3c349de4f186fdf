/* SPDX-License-Identifier: MIT */
/* The STUN tracker: every STUN message goes through here to its transaction and its allocation, and
 * is counted. */
#ifndef TURNSCOPE_ANALYZER_TRACK_STUN_H
#define TURNSCOPE_ANALYZER_TRACK_STUN_H

#include "analyzer/track/allocations.h"
#include "analyzer/track/mappings.h"
#include "analyzer/track/round_trips.h"
#include "analyzer/track/transactions.h"

enum { STUN_ERROR_CODES = 700 };

struct stun_statistics {
    uint64_t messages;
    uint64_t requests;
    uint64_t responses;
    uint64_t indications;
    uint64_t retransmissions;
    uint64_t duplicates; /* the same packet captured twice */
    uint64_t unanswered;
    uint64_t unasked; /* responses whose request the capture does not hold */
    uint64_t malformed;
    uint64_t allocate_requests;
    uint32_t errors[STUN_ERROR_CODES]; /* by error code */
    struct round_trips round_trips;
};

struct credentials;
struct integrity;

struct stun_tracker {
    struct transactions transactions;
    struct allocations allocations;
    struct mappings mappings;
    struct stun_statistics statistics;
    const struct credentials *credentials; /* to verify MESSAGE-INTEGRITY with; NULL: none */
    struct integrity *integrity;           /* NULL when there are no credentials */
};

/* 0, or -1 when memory is short. */
int stun_tracker_init(struct stun_tracker *tracker, const struct credentials *credentials,
                      uint32_t megabytes);
void stun_tracker_free(struct stun_tracker *tracker);

/* Asks for the memory that stun_tracker_note will look at, when `payload` turns out to be a
 * message: to be called before it is decoded. */
void stun_tracker_foresee(const struct stun_tracker *tracker, const struct sighting *sighting,
                          struct bytes payload);

/* One decoded message. Events: EVENT_STUN_REQUEST, EVENT_STUN_SUCCEEDED, EVENT_STUN_CHALLENGED,
 * EVENT_STUN_REFUSED, EVENT_STUN_FINGERPRINT, EVENT_STUN_MALFORMED, and those of the allocations.
 * What it did to its transaction. */
enum transaction_step stun_tracker_note(struct stun_tracker *tracker,
                                        const struct stun_message *message,
                                        const struct sighting *sighting,
                                        struct event_queue *events);

/* An ICMP error that quotes a datagram of `flow`, sent by its endpoint `from`. A request that got
 * no answer is then unreachable: EVENT_STUN_UNREACHABLE. */
void stun_tracker_note_icmp(struct stun_tracker *tracker, const struct icmp_error *icmp,
                            const struct sighting *sighting, const struct transport_address *sender,
                            struct event_queue *events);

/* Absences up to `now`: EVENT_STUN_UNANSWERED, EVENT_TURN_ABANDONED. Fills the queue at most; true
 * when it must be called again after the queue was emptied. */
bool stun_tracker_expire(struct stun_tracker *tracker, int64_t now, struct event_queue *events);

/* The same at the end of the capture, for what had enough time to be answered. *position is NULL at
 * the first call. */
bool stun_tracker_end(struct stun_tracker *tracker, const struct transaction **position,
                      int64_t now, struct event_queue *events);

/* Nothing that is waited for now will be judged: the capture did not show whether it came. */
void stun_tracker_forget(struct stun_tracker *tracker);

#endif
