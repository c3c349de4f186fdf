/* SPDX-License-Identifier: MIT */
/* What the parts of the lookup tracker share. For track/ alone. */
#ifndef TURNSCOPE_ANALYZER_TRACK_LOOKUP_STEP_H
#define TURNSCOPE_ANALYZER_TRACK_LOOKUP_STEP_H

#include "analyzer/track/lookups.h"

/* A query whose time to be answered runs; the oldest first. */
struct lookup_try {
    struct lookup_try_key {
        struct transport_address client;
        struct transport_address server;
        uint16_t id;
        uint8_t protocol;
        uint8_t reserved;
    } key;
    struct record_id lookup;
    int64_t sent;
    bool answered;
};

/* A message and what is said of its packet in one place. */
struct lookup_step {
    struct lookups *lookups;
    const struct dns_message *message;
    const struct sighting *sighting;
    struct event_queue *events;
    const struct transport_address *client;
    const struct transport_address *server;
    struct lookup_try_key sent;
};

/* What it asks, as lookups are told apart by it. */
struct lookup_question {
    struct lookup_key key;
    uint32_t hash;        /* of the key */
    struct dns_name name; /* in small letters */
};

/* Does to the lookups what a query means, and what a response. */
void lookup_note_query(const struct lookup_step *step);
void lookup_note_response(const struct lookup_step *step);

/* What the message asks; its lookup's place in memory is on its way then. */
void lookup_read_question(const struct lookup_step *step, struct lookup_question *question);

/* The lookup of this question, made when it is new. */
struct lookup *lookup_of_question(const struct lookup_step *step,
                                  const struct lookup_question *question, bool *created);

/* Of a name in small letters, as lookup_key holds it. */
uint64_t lookup_name_hash(const struct lookups *lookups, const struct dns_name *name);

/* It is asked for the first time, or anew after it was settled. */
void lookup_begin_round(struct lookup *lookup, const struct lookup_step *step);

/* The evidence that the message is, of a lookup that knows by now what it answers. */
void lookup_note_evidence(struct evidence *evidence, const struct lookup_step *step,
                          const struct lookup *lookup);

/* Adds an event about the lookup. */
void lookup_report(struct event_queue *events, enum event_kind kind, const struct lookup *lookup,
                   int64_t time);

/* One more, as far as it goes. */
static inline void lookup_count(uint16_t *counter)
{
    if (*counter < UINT16_MAX)
        ++*counter;
}

#endif
