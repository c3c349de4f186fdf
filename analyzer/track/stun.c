/* SPDX-License-Identifier: MIT */
#include "analyzer/track/stun.h"

#include "analyzer/crypto/integrity.h"
#include "analyzer/limits.h"

int stun_tracker_init(struct stun_tracker *tracker, const struct credentials *credentials,
                      uint32_t megabytes)
{
    *tracker = (struct stun_tracker){.credentials = credentials};
    if (credentials != NULL)
        tracker->integrity = integrity_new();
    if ((credentials == NULL || tracker->integrity != NULL) &&
        transactions_init(&tracker->transactions, limit_for(LIMIT_TRANSACTIONS, megabytes)) == 0 &&
        allocations_init(&tracker->allocations, limit_for(LIMIT_ALLOCATIONS, megabytes)) == 0 &&
        mappings_init(&tracker->mappings, limit_for(LIMIT_MAPPINGS, megabytes)) == 0)
        return 0;
    stun_tracker_free(tracker);
    return -1;
}

void stun_tracker_free(struct stun_tracker *tracker)
{
    transactions_free(&tracker->transactions);
    allocations_free(&tracker->allocations);
    mappings_free(&tracker->mappings);
    integrity_free(tracker->integrity);
    tracker->integrity = NULL;
}

static void count_class(struct stun_statistics *statistics, const struct stun_message *message)
{
    statistics->messages++;
    if (message->class == STUN_REQUEST)
        statistics->requests++;
    else if (message->class == STUN_INDICATION)
        statistics->indications++;
    else
        statistics->responses++;
}

static void count_step(struct stun_statistics *statistics, const struct transaction *transaction,
                       enum transaction_step step)
{
    if (step == TRANSACTION_STEP_REPEAT)
        statistics->retransmissions++;
    if (step == TRANSACTION_STEP_DUPLICATE)
        statistics->duplicates++;
    if (step == TRANSACTION_STEP_REQUEST && transaction->method == STUN_ALLOCATE)
        statistics->allocate_requests++;
    if (step != TRANSACTION_STEP_ANSWER)
        return;
    if (transaction->error_code != 0 && transaction->error_code < STUN_ERROR_CODES)
        statistics->errors[transaction->error_code]++;
    if (!transaction->request_seen)
        statistics->unasked++;
    if (transaction->request_seen && transaction->transmissions == 1)
        round_trips_add(&statistics->round_trips, transaction->answered - transaction->first_sent);
}

static struct event *add_event(struct event_queue *events, enum event_kind kind, int64_t time,
                               const struct transaction *transaction,
                               const struct allocation *allocation)
{
    struct event *event = event_add(events, kind, time);
    event->client = transaction->client;
    event->server = transaction->server;
    event->protocol = transaction->protocol;
    event->inside_tls = transaction->inside_tls;
    event->transaction = transaction;
    event->allocation = allocation;
    return event;
}

static enum event_kind kind_of_answer(const struct transaction *transaction)
{
    if (transaction->state == TRANSACTION_SUCCEEDED)
        return EVENT_STUN_SUCCEEDED;
    return transaction->error_code == 401 && !transaction->has_integrity ? EVENT_STUN_CHALLENGED
                                                                         : EVENT_STUN_REFUSED;
}

static void report_step(const struct stun_message *message, const struct sighting *sighting,
                        const struct transaction *transaction, enum transaction_step step,
                        const struct allocation *allocation, struct event_queue *events)
{
    bool answer = step == TRANSACTION_STEP_ANSWER;
    if (!answer && step != TRANSACTION_STEP_REQUEST)
        return;
    enum event_kind kind = answer ? kind_of_answer(transaction) : EVENT_STUN_REQUEST;
    struct event *event = add_event(events, kind, sighting->time, transaction, allocation);
    event->evidence = answer ? transaction->response : transaction->request;
    event->message = message;
    event->flow = sighting->flow;
}

static bool has_wrong_fingerprint(const struct stun_message *message)
{
    return stun_find(message, STUN_FINGERPRINT) != NULL &&
           stun_fingerprint(message) == STUN_FINGERPRINT_WRONG;
}

/* What is wrong with the message itself, whatever it says. */
static void report_damage(struct stun_tracker *tracker, const struct stun_message *message,
                          const struct sighting *sighting, struct event_queue *events)
{
    bool malformed = message->malformed_attribute;
    if (malformed)
        tracker->statistics.malformed++;
    if (!malformed && (sighting->cut || !has_wrong_fingerprint(message)))
        return;
    struct event *event = event_add(
        events, malformed ? EVENT_STUN_MALFORMED : EVENT_STUN_FINGERPRINT, sighting->time);
    event->evidence = evidence_of_stun(message, sighting);
    event->client = *sighting_source(sighting);
    event->server = *sighting_destination(sighting);
    event->protocol = sighting->flow->key.protocol;
    event->inside_tls = sighting->flow->key.layer == FLOW_DECRYPTED;
    event->message = message;
    event->flow = sighting->flow;
}

/* The server signs its answers with the same key; it names neither user nor realm in them. */
static void verify(const struct stun_tracker *tracker, const struct stun_message *message,
                   struct transaction *transaction, enum transaction_step step)
{
    if (tracker->integrity == NULL || !transaction->has_integrity)
        return;
    const struct allocation *allocation =
        table_at(&tracker->allocations.table, transaction->allocation);
    if (step == TRANSACTION_STEP_REQUEST) {
        transaction->integrity =
            (uint8_t)integrity_check(tracker->integrity, message, tracker->credentials, NULL);
    } else if (step == TRANSACTION_STEP_ANSWER && allocation != NULL) {
        struct integrity_context context = {
            bytes_of(allocation->username, strlen(allocation->username)),
            bytes_of(allocation->realm, strlen(allocation->realm))};
        transaction->response_integrity =
            (uint8_t)integrity_check(tracker->integrity, message, tracker->credentials, &context);
    }
}

static void note_mapping(struct stun_tracker *tracker, const struct stun_message *message,
                         const struct transaction *transaction, enum transaction_step step,
                         const struct sighting *sighting, struct event_queue *events)
{
    struct transport_address mapped;
    /* Behind a relay a peer sees the relayed address: that is no NAT. */
    if (step == TRANSACTION_STEP_ANSWER && message->class == STUN_SUCCESS &&
        sighting->flow->key.layer != FLOW_RELAYED &&
        stun_address(message, STUN_XOR_MAPPED_ADDRESS, &mapped))
        mappings_note(&tracker->mappings, transaction, &mapped, events);
}

/* What could be known ahead of the packet's turn has been asked for by then (trackers.h). */
void stun_tracker_foresee(const struct stun_tracker *tracker, const struct sighting *sighting,
                          struct bytes payload)
{
    const struct flow *flow = sighting->flow;
    if (flow->transaction.generation == 0)
        transactions_foresee(&tracker->transactions, flow, sighting->flow_id, payload);
    allocations_foresee(&tracker->allocations, sighting);
}

enum transaction_step stun_tracker_note(struct stun_tracker *tracker,
                                        const struct stun_message *message,
                                        const struct sighting *sighting, struct event_queue *events)
{
    enum transaction_step step;
    count_class(&tracker->statistics, message);
    report_damage(tracker, message, sighting, events);
    struct transaction *transaction =
        transactions_note(&tracker->transactions, message, sighting, &step);
    allocations_note_message(&tracker->allocations, sighting);
    if (transaction == NULL)
        return step;
    verify(tracker, message, transaction, step);
    count_step(&tracker->statistics, transaction, step);
    const struct allocation *allocation =
        allocations_note(&tracker->allocations, message, transaction, step, sighting);
    report_step(message, sighting, transaction, step, allocation, events);
    note_mapping(tracker, message, transaction, step, sighting, events);
    return step;
}

void stun_tracker_note_icmp(struct stun_tracker *tracker, const struct icmp_error *icmp,
                            const struct sighting *sighting, const struct transport_address *sender,
                            struct event_queue *events)
{
    struct transaction *transaction =
        transactions_quoted(&tracker->transactions, sighting, icmp->payload);
    if (transaction == NULL || transaction->state != TRANSACTION_PENDING)
        return;
    transaction->state = TRANSACTION_UNREACHABLE;
    transaction->response = evidence_of(sighting, EVIDENCE_ICMP);
    transaction->response.source = *sender;
    transaction->response.kind = icmp->type;
    transaction->response.code = icmp->code;
    allocations_note_silence(&tracker->allocations, transaction);
    struct event *event = add_event(events, EVENT_STUN_UNREACHABLE, sighting->time, transaction,
                                    table_at(&tracker->allocations.table, transaction->allocation));
    event->evidence = transaction->response;
    event->icmp = icmp;
    event->flow = sighting->flow;
}

static void report_silence(struct stun_tracker *tracker, const struct transaction *transaction,
                           int64_t now, struct event_queue *events)
{
    tracker->statistics.unanswered++;
    allocations_note_silence(&tracker->allocations, transaction);
    struct event *event = add_event(events, EVENT_STUN_UNANSWERED, now, transaction,
                                    table_at(&tracker->allocations.table, transaction->allocation));
    event->evidence = transaction->request;
}

bool stun_tracker_expire(struct stun_tracker *tracker, int64_t now, struct event_queue *events)
{
    struct transaction *expired;
    while (!event_queue_full(events) &&
           (expired = transactions_expire(&tracker->transactions, now)) != NULL)
        if (expired->state == TRANSACTION_UNANSWERED)
            report_silence(tracker, expired, now, events);
    allocations_expire(&tracker->allocations, now, events);
    return event_queue_full(events);
}

bool stun_tracker_end(struct stun_tracker *tracker, const struct transaction **position,
                      int64_t now, struct event_queue *events)
{
    while (!event_queue_full(events)) {
        const struct transaction *silent = transactions_end(&tracker->transactions, *position, now);
        if (silent == NULL)
            return false;
        *position = silent;
        report_silence(tracker, silent, now, events);
    }
    return true;
}

static void empty(struct table *table)
{
    void *record;
    while ((record = table_oldest(table)) != NULL)
        table_remove(table, record);
}

void stun_tracker_forget(struct stun_tracker *tracker)
{
    empty(&tracker->transactions.table);
    empty(&tracker->allocations.waiting);
}
