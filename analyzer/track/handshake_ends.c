/* SPDX-License-Identifier: MIT */
/* How a handshake comes to its end: established, refused, closed, or in silence. */
#include "analyzer/track/handshake_step.h"

static void stop_waiting(struct handshakes *handshakes, const struct handshake *handshake)
{
    struct handshake_waiting *waiting = table_at(&handshakes->waiting, handshake->waiting);
    if (waiting != NULL)
        table_remove(&handshakes->waiting, waiting);
}

void handshake_wait(const struct handshake_step *step)
{
    struct table *table = &step->handshakes->waiting;
    struct handshake *handshake = step->handshake;
    bool created;
    if (handshake_is_concluded(handshake))
        return;
    struct handshake_waiting *waiting = table_at(table, handshake->waiting);
    if (waiting == NULL)
        waiting = table_add(table, NULL, &created);
    else
        table_touch(table, waiting);
    waiting->handshake = table_id(&step->handshakes->table, handshake);
    waiting->since = step->sighting->time;
    handshake->waiting = table_id(table, waiting);
}

void handshake_note_progress(const struct handshake_step *step)
{
    struct handshake *handshake = step->handshake;
    if (step->side == HANDSHAKE_SERVER)
        handshake->answered = true;
    else if (!handshake->answered)
        handshake->one_sided = true;
    handshake_wait(step);
}

static struct event *add_event(struct event_queue *events, enum event_kind kind, int64_t time,
                               const struct handshake *handshake)
{
    struct event *event = event_add(events, kind, time);
    event->client = handshake->client;
    event->server = handshake->server;
    event->protocol = handshake->protocol == HANDSHAKE_TLS ? IP_PROTOCOL_TCP : IP_PROTOCOL_UDP;
    event->handshake = handshake;
    return event;
}

void handshake_tell(const struct handshake_step *step, enum event_kind kind,
                    const struct evidence *evidence)
{
    struct event *event = add_event(step->events, kind, step->sighting->time, step->handshake);
    event->evidence = *evidence;
    event->flow = step->sighting->flow;
}

static void conclude(struct handshakes *handshakes, struct handshake *handshake,
                     enum handshake_state state, const struct evidence *evidence)
{
    handshake->state = (uint8_t)state;
    handshake->conclusion = *evidence;
    stop_waiting(handshakes, handshake);
}

static void note_established(struct handshakes *handshakes, struct handshake *handshake,
                             int64_t time)
{
    handshake->established_time = time;
    encounters_note(&handshakes->established, &handshake->client.ip, &handshake->server, time);
}

void handshake_establish(const struct handshake_step *step)
{
    if (handshake_is_concluded(step->handshake))
        return;
    struct evidence evidence = handshake_evidence(step, EVIDENCE_TLS_RECORD | TLS_APPLICATION_DATA);
    note_established(step->handshakes, step->handshake, step->sighting->time);
    conclude(step->handshakes, step->handshake, HANDSHAKE_ESTABLISHED, &evidence);
    handshake_tell(step, EVENT_TLS_ESTABLISHED, &evidence);
}

void handshake_note_finished(const struct handshake_step *step)
{
    struct handshake *handshake = step->handshake;
    handshake_stream_of(step)->finished = true;
    handshake_note_progress(step);
    if (handshake->stream[0].finished && handshake->stream[1].finished)
        handshake_establish(step);
}

/* RFC 8446 6.2: the level says nothing any more; only these two do not end a handshake. */
static bool is_fatal(const struct handshake *handshake, const struct tls_alert *alert)
{
    enum { USER_CANCELED = 90 };
    if (handshake_is_version_1_3(handshake))
        return alert->description != TLS_ALERT_CLOSE_NOTIFY && alert->description != USER_CANCELED;
    return alert->level == TLS_ALERT_FATAL;
}

static enum handshake_state rejected_by(enum handshake_side side)
{
    return side == HANDSHAKE_CLIENT ? HANDSHAKE_CLIENT_REJECTED : HANDSHAKE_SERVER_REJECTED;
}

void handshake_note_alert(const struct handshake_step *step, const struct tls_alert *alert)
{
    enum { NO_CERTIFICATE = 41 }; /* SSL 3.0's way to say it */
    struct handshake *handshake = step->handshake;
    bool explains = handshake->alert.inferred && handshake->alert.from == (uint8_t)step->side;
    if (handshake_is_concluded(handshake) && !explains)
        return;
    struct evidence evidence = handshake_evidence(step, EVIDENCE_TLS_RECORD | TLS_ALERT);
    evidence.code = alert->description;
    evidence.id[0] = alert->level;
    handshake->answered |= step->side == HANDSHAKE_SERVER;
    if (alert->description == NO_CERTIFICATE && step->side == HANDSHAKE_CLIENT)
        handshake->client_certificate_empty = true;
    handshake->alert = (struct handshake_alert){.seen = true,
                                                .from = (uint8_t)step->side,
                                                .level = alert->level,
                                                .description = alert->description};
    handshake->alert_evidence = evidence;
    if (is_fatal(handshake, alert))
        conclude(step->handshakes, handshake, rejected_by(step->side), &evidence);
    handshake_tell(step, EVENT_TLS_ALERT, &evidence);
}

/* Only from now on is the hidden alert believed to be one; `alert_evidence` is its packet. */
static void reject_by_hidden_alert(struct handshakes *handshakes, struct handshake *handshake,
                                   enum handshake_side side, int64_t now,
                                   struct event_queue *events)
{
    handshake->alert =
        (struct handshake_alert){.seen = true, .inferred = true, .from = (uint8_t)side};
    conclude(handshakes, handshake, rejected_by(side), &handshake->alert_evidence);
    add_event(events, EVENT_TLS_ALERT, now, handshake)->evidence = handshake->alert_evidence;
}

void handshake_note_hidden_alert(const struct handshake_step *step)
{
    if (handshake_is_concluded(step->handshake))
        return;
    step->handshake->alert_evidence = handshake_evidence(step, EVIDENCE_TLS_RECORD | TLS_ALERT);
    reject_by_hidden_alert(step->handshakes, step->handshake, step->side, step->sighting->time,
                           step->events);
}

/* RFC 8446 5.2: two bytes, the content type, and the tag; no padding in any known stack. */
static bool is_alert_length(const struct handshake *handshake, size_t length)
{
    enum { AES_128_CCM_8 = 0x1305 };
    return length == 3u + (handshake->cipher_suite == AES_128_CCM_8 ? 8 : 16);
}

/* A Finished is at least twice as long as an alert, so a first record of the client with an alert's
 * length is one, unless it may be early data. */
static void note_encrypted_by_client(const struct handshake_step *step, size_t length)
{
    struct handshake *handshake = step->handshake;
    struct handshake_stream *stream = handshake_stream_of(step);
    if (stream->finished)
        return;
    if (is_alert_length(handshake, length) && !handshake->offers_early_data) {
        handshake_note_hidden_alert(step);
        return;
    }
    stream->finished = true;
    handshake_note_progress(step);
}

/* What the server says after the client's Finished: a session ticket or data confirms it. An alert
 * alone may refuse the client's certificate; its connection's end will tell. */
static void note_encrypted_by_server(const struct handshake_step *step, size_t length)
{
    struct handshake *handshake = step->handshake;
    struct handshake_stream *stream = handshake_stream_of(step);
    handshake_note_progress(step);
    if (!handshake->stream[handshake->client_index].finished)
        return;
    if (stream->after_client++ > 0 || !is_alert_length(handshake, length))
        handshake_establish(step);
    else
        handshake->alert_evidence = handshake_evidence(step, EVIDENCE_TLS_RECORD | TLS_ALERT);
}

void handshake_note_encrypted(const struct handshake_step *step, size_t length)
{
    if (handshake_is_concluded(step->handshake))
        return;
    if (step->side == HANDSHAKE_CLIENT)
        note_encrypted_by_client(step, length);
    else
        note_encrypted_by_server(step, length);
}

/* What comes behind it may be anybody's. */
static struct bytes first_line(struct bytes text)
{
    size_t length = 0;
    while (length < text.length && text.data[length] != '\r' && text.data[length] != '\n')
        length++;
    return bytes_first(text, length);
}

void handshake_note_other_answer(const struct handshake_step *step, struct bytes answer)
{
    struct handshake *handshake = step->handshake;
    if (handshake_is_concluded(handshake))
        return;
    struct evidence evidence = handshake_evidence(step, EVIDENCE_TLS_RECORD);
    evidence_set_detail(&evidence, first_line(answer));
    handshake->answered = handshake->answered_otherwise = true;
    conclude(step->handshakes, handshake, HANDSHAKE_SERVER_REJECTED, &evidence);
    handshake_tell(step, EVENT_TLS_ENDED, &evidence);
}

/* In TLS 1.3 the client has done its part, and how the server took it is hidden. */
static bool client_has_finished(const struct handshake *handshake)
{
    return handshake_is_version_1_3(handshake) &&
           handshake->stream[handshake->client_index].finished;
}

/* And all that the server said since has the length of an alert. */
static bool server_has_refused(const struct handshake *handshake)
{
    return client_has_finished(handshake) &&
           handshake->stream[1 - handshake->client_index].after_client == 1;
}

/* Whether both directions are in the capture, without a gap: otherwise a handshake that seems not
 * to have come to its end may well have. */
static bool is_observed(const struct handshake *handshake)
{
    return handshake->hello_seen && !handshake->one_sided && !handshake->stream[0].blind &&
           !handshake->stream[1].blind;
}

static void note_refused(const struct handshake_step *step, bool reset)
{
    /* A client that closes has lost interest; whoever else ends it refuses it. */
    bool refused = reset || step->side == HANDSHAKE_SERVER;
    struct evidence evidence = evidence_of(step->sighting, EVIDENCE_TCP);
    evidence.kind = reset ? TCP_RST : TCP_FIN;
    conclude(step->handshakes, step->handshake, refused ? HANDSHAKE_RESET : HANDSHAKE_INCOMPLETE,
             &evidence);
    handshake_tell(step, EVENT_TLS_ENDED, &evidence);
}

void handshakes_closed(struct handshakes *handshakes, const struct sighting *sighting, bool reset,
                       struct event_queue *events)
{
    struct handshake_step step = handshake_step_of(handshakes, sighting, events);
    struct handshake *handshake = step.handshake;
    if (handshake == NULL || handshake->ended != 0)
        return;
    handshake->ended = sighting->time;
    handshake->ended_by = (uint8_t)step.side;
    handshake->ended_by_reset = reset;
    if (handshake_is_concluded(handshake))
        return;
    if (server_has_refused(handshake))
        reject_by_hidden_alert(handshakes, handshake, HANDSHAKE_SERVER, sighting->time, events);
    else if (client_has_finished(handshake) && !(reset && step.side == HANDSHAKE_SERVER))
        handshake_establish(&step);
    else if (is_observed(handshake))
        note_refused(&step, reset);
}

/* Nothing went on for long enough. */
static void give_up(struct handshakes *handshakes, struct handshake *handshake, int64_t now,
                    struct event_queue *events)
{
    enum event_kind kind = EVENT_TLS_ENDED;
    if (server_has_refused(handshake)) {
        reject_by_hidden_alert(handshakes, handshake, HANDSHAKE_SERVER, now, events);
        return;
    }
    if (client_has_finished(handshake)) {
        handshake->state = HANDSHAKE_ESTABLISHED;
        note_established(handshakes, handshake, handshake->last);
        kind = EVENT_TLS_ESTABLISHED;
    } else if (!is_observed(handshake)) {
        return;
    } else if (!handshake->answered) {
        handshake->state = HANDSHAKE_UNANSWERED;
    }
    add_event(events, kind, now, handshake);
}

/* True: the queue is full, and this one still waits. */
static bool give_up_waiting(struct handshakes *handshakes, struct handshake_waiting *waiting,
                            int64_t now, struct event_queue *events)
{
    if (event_queue_full(events))
        return true;
    struct handshake *handshake = table_at(&handshakes->table, waiting->handshake);
    table_remove(&handshakes->waiting, waiting);
    if (handshake != NULL && !handshake_is_concluded(handshake))
        give_up(handshakes, handshake, now, events);
    return false;
}

bool handshakes_expire(struct handshakes *handshakes, int64_t now, struct event_queue *events)
{
    struct handshake_waiting *waiting;
    while ((waiting = table_oldest(&handshakes->waiting)) != NULL &&
           now - waiting->since >= LIMIT_HANDSHAKE_WAIT)
        if (give_up_waiting(handshakes, waiting, now, events))
            return true;
    return false;
}

bool handshakes_end(struct handshakes *handshakes, int64_t now, struct event_queue *events)
{
    struct handshake_waiting *next;
    for (struct handshake_waiting *waiting = table_oldest(&handshakes->waiting); waiting != NULL;
         waiting = next) {
        next = table_newer(&handshakes->waiting, waiting);
        const struct handshake *handshake = table_at(&handshakes->table, waiting->handshake);
        bool silent = now - waiting->since >= LIMIT_SILENCE;
        if (handshake != NULL && handshake->protocol == HANDSHAKE_DTLS &&
            handshake->hello_time != 0)
            silent |= now - handshake->hello_time >= LIMIT_HANDSHAKE_WAIT; /* it only repeats */
        if (handshake != NULL && !silent && !client_has_finished(handshake))
            continue;
        if (give_up_waiting(handshakes, waiting, now, events))
            return true;
    }
    return false;
}
