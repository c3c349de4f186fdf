/* SPDX-License-Identifier: MIT */
#include "analyzer/track/attempts.h"

#include "analyzer/limits.h"
#include "analyzer/track/allocations.h"
#include "analyzer/track/exchanges.h"
#include "analyzer/track/handshakes.h"
#include "analyzer/track/lookups.h"
#include "analyzer/track/transactions.h"

#include <stdio.h>

struct client_entry {
    struct ip_address client;
    struct record_id attempt;
};

const char *moment_summary(const struct moment *moment, char *text, size_t size)
{
    const struct evidence *evidence = &moment->evidence;
    char summary[256];
    if (evidence->frame == 0)
        snprintf(text, size, "no answer");
    else if (moment->state == STEP_FAILED && evidence_is_request(evidence))
        snprintf(text, size, "no answer to %s",
                 evidence_summary(evidence, summary, sizeof summary));
    else
        evidence_summary(evidence, text, size);
    return text;
}

/* Its timeline goes with it. */
static void release(void *context, void *record)
{
    struct attempts *attempts = context;
    timeline_release(&attempts->moments, &((const struct attempt *)record)->timeline);
}

int attempts_init(struct attempts *attempts, uint32_t megabytes)
{
    attempts->next_number = 1;
    if (timeline_pool_init(&attempts->moments, megabytes) != 0 ||
        table_init(&attempts->table, limit_for(LIMIT_ATTEMPTS, megabytes), sizeof(struct attempt),
                   0) != 0 ||
        table_init(&attempts->current, limit_for(LIMIT_CLIENTS, megabytes),
                   sizeof(struct client_entry), sizeof(struct ip_address)) != 0) {
        attempts_free(attempts);
        return -1;
    }
    table_give_second_chance(&attempts->current);
    table_foresee_more(&attempts->current, sizeof(struct client_entry));
    table_foresee_more(&attempts->table, sizeof(struct attempt));
    attempts->table.release = release;
    attempts->table.release_context = attempts;
    return 0;
}

void attempts_free(struct attempts *attempts)
{
    table_free(&attempts->table);
    table_free(&attempts->current);
    timeline_pool_free(&attempts->moments);
}

/* What an event says about a step; ATTEMPT_STEPS: nothing. */
struct showing {
    enum attempt_step step;
    enum step_state state;
};

static void refine_transaction(struct showing *showing, const struct event *event)
{
    enum { STALE_NONCE = 438 /* the end of a nonce's life is no end of anything else */ };
    uint16_t method = event->transaction->method;
    if (method == STUN_CREATE_PERMISSION || method == STUN_CHANNEL_BIND)
        showing->step = STEP_PERMISSION;
    else if (method != STUN_ALLOCATE)
        showing->step = ATTEMPT_STEPS;
    if (event->kind == EVENT_STUN_REFUSED && event->transaction->error_code == STALE_NONCE)
        showing->state = STEP_TRIED;
}

static void refine_lookup(struct showing *showing, const struct event *event)
{
    const struct lookup *lookup = event->lookup;
    bool final = event->kind == EVENT_DNS_ANSWERED || !lookup->capture_ended;
    if (lookup->key.type != DNS_A && lookup->key.type != DNS_AAAA)
        showing->step = ATTEMPT_STEPS;
    if (lookup->address_count > 0)
        showing->state = STEP_WORKED;
    else if (lookup->key.type == DNS_A && final)
        showing->state = STEP_FAILED; /* a missing AAAA beside a good A is normal */
}

/* Tunnels and sensors speak DTLS, too. */
static bool is_of_call(const struct event *event)
{
    return event->path != NULL || event->handshake->offers_srtp;
}

static void refine_handshake(struct showing *showing, const struct event *event)
{
    const struct handshake *handshake = event->handshake;
    if (handshake->protocol == HANDSHAKE_DTLS)
        showing->step = is_of_call(event) ? STEP_DTLS : ATTEMPT_STEPS;
    if (event->kind == EVENT_TLS_ALERT && handshake->alert.level == 2 &&
        handshake->state != HANDSHAKE_ESTABLISHED)
        showing->state = STEP_FAILED;
    if (showing->state == STEP_FAILED && handshake->protocol == HANDSHAKE_QUIC)
        showing->state = STEP_TRIED; /* it falls back to TCP */
}

/* Pages ask for a dozen things, icons among them, that need not be there. */
static void refine_http(struct showing *showing, const struct event *event)
{
    uint16_t status = event->exchange->status;
    bool connects = strcmp(event->exchange->method, "CONNECT") == 0;
    if (status < 400)
        showing->state = STEP_WORKED;
    else if (status == 400 || status >= 500 || (connects && status != 407))
        showing->state = STEP_FAILED;
}

/* One row an event kind that is part of an attempt: what it shows, as far as the kind tells. */
static const struct {
    struct showing showing; /* STEP_UNSEEN: the kind is no part */
    void (*refine)(struct showing *showing, const struct event *event);
} rows[EVENT_KINDS] = {
    [EVENT_STUN_REQUEST] = {{STEP_TURN, STEP_TRIED}, refine_transaction},
    [EVENT_STUN_SUCCEEDED] = {{STEP_TURN, STEP_WORKED}, refine_transaction},
    [EVENT_STUN_CHALLENGED] = {{STEP_TURN, STEP_TRIED}, refine_transaction},
    [EVENT_STUN_REFUSED] = {{STEP_TURN, STEP_FAILED}, refine_transaction},
    [EVENT_STUN_UNANSWERED] = {{STEP_TURN, STEP_FAILED}, refine_transaction},
    [EVENT_STUN_UNREACHABLE] = {{STEP_TURN, STEP_FAILED}, refine_transaction},
    [EVENT_TURN_ABANDONED] = {{STEP_TURN, STEP_FAILED}, NULL},
    [EVENT_DNS_ANSWERED] = {{STEP_DNS, STEP_TRIED}, refine_lookup},
    [EVENT_DNS_UNANSWERED] = {{STEP_DNS, STEP_TRIED}, refine_lookup},
    [EVENT_TCP_ESTABLISHED] = {{STEP_TCP, STEP_WORKED}, NULL},
    [EVENT_TCP_NO_ANSWER] = {{STEP_TCP, STEP_FAILED}, NULL},
    [EVENT_TCP_REFUSED] = {{STEP_TCP, STEP_FAILED}, NULL},
    [EVENT_TCP_RESET] = {{STEP_TCP, STEP_TRIED}, NULL}, /* browsers drop speculative connections */
    [EVENT_TLS_HELLO] = {{STEP_TLS, STEP_TRIED}, refine_handshake},
    [EVENT_TLS_CERTIFICATE] = {{STEP_TLS, STEP_TRIED}, refine_handshake},
    [EVENT_TLS_ALERT] = {{STEP_TLS, STEP_TRIED}, refine_handshake},
    [EVENT_TLS_ESTABLISHED] = {{STEP_TLS, STEP_WORKED}, refine_handshake},
    [EVENT_TLS_ENDED] = {{STEP_TLS, STEP_FAILED}, refine_handshake},
    [EVENT_HTTP_RESPONSE] = {{STEP_HTTP, STEP_TRIED}, refine_http},
    [EVENT_ICE_CONNECTED] = {{STEP_ICE, STEP_WORKED}, NULL},
    [EVENT_ICE_NO_CONNECTIVITY] = {{STEP_ICE, STEP_FAILED}, NULL},
    [EVENT_ICE_CONSENT_LOST] = {{STEP_ICE, STEP_FAILED}, NULL},
    [EVENT_MEDIA_STARTED] = {{STEP_MEDIA, STEP_WORKED}, NULL},
    [EVENT_MEDIA_ONE_WAY] = {{STEP_MEDIA, STEP_FAILED}, NULL},
    [EVENT_MEDIA_NONE] = {{STEP_MEDIA, STEP_FAILED}, NULL},
};

static bool starts_over(const struct event *event)
{
    if (event->kind == EVENT_STUN_REQUEST)
        return event->transaction->method == STUN_ALLOCATE && !event->transaction->has_integrity;
    return event->kind == EVENT_DNS_ANSWERED || event->kind == EVENT_TCP_ESTABLISHED ||
           event->kind == EVENT_TLS_HELLO;
}

static struct attempt *begin(struct attempts *attempts, struct client_entry *entry, int64_t time)
{
    bool created;
    struct attempt *attempt = table_add(&attempts->table, NULL, &created);
    attempt->number = attempts->next_number++;
    attempt->client = entry->client;
    attempts->leave_the_machine |= !ip_address_is_loopback(&entry->client);
    attempt->first = attempt->last = time;
    attempt->previous = entry->attempt;
    entry->attempt = table_id(&attempts->table, attempt);
    return attempt;
}

static struct client_entry *entry_for(struct attempts *attempts, struct attempt_note *note)
{
    bool created;
    struct client_entry *entry = table_at(&attempts->current, note->entry);
    if (entry != NULL)
        return entry;
    entry = table_add_hashed(&attempts->current, &note->client, note->hash, &created);
    note->entry = table_id(&attempts->current, entry);
    return entry;
}

static struct attempt *attempt_for(struct attempts *attempts, struct attempt_note *note)
{
    int64_t time = note->moment.evidence.time;
    struct client_entry *entry = entry_for(attempts, note);
    struct attempt *attempt = table_at(&attempts->table, entry->attempt);
    if (attempt == NULL || (time - attempt->last > LIMIT_ATTEMPT_IDLE && note->starts_over))
        return begin(attempts, entry, time);
    table_touch(&attempts->table, attempt);
    return attempt;
}

static void note_step(struct attempt *attempt, const struct moment *moment)
{
    uint8_t *state = &attempt->states[moment->step];
    int64_t time = moment->evidence.time;
    attempt->last = time;
    if (moment->state <= *state)
        return;
    if (*state == STEP_UNSEEN)
        attempt->steps[moment->step].first = time;
    if (moment->state == STEP_WORKED)
        attempt->steps[moment->step].worked = time;
    *state = moment->state;
}

/* The next attempt to be evicted was not looked at for long: it is asked for one eviction ahead. */
static void evict(struct attempts *attempts)
{
    table_evict(&attempts->table);
    const struct attempt *oldest = table_oldest(&attempts->table);
    __builtin_prefetch(oldest, 1);
    __builtin_prefetch(&oldest->timeline, 1);
}

static void join(struct attempts *attempts, struct attempt_note *note)
{
    struct attempt *attempt = attempt_for(attempts, note);
    note_step(attempt, &note->moment);
    while (!timeline_has_room(&attempts->moments, &attempt->timeline))
        evict(attempts); /* the oldest ones; this one is the newest */
    timeline_add(&attempts->moments, &attempt->timeline, &note->moment);
}

/* The note that will be the oldest one after so many others. */
static struct attempt_note *note_after(struct attempts *attempts, uint32_t others)
{
    struct attempt_note *note = &attempts->notes[(attempts->next_note + others) % ATTEMPT_NOTES];
    return note->waits ? note : NULL;
}

static void foresee_entry(struct attempts *attempts, struct attempt_note *note)
{
    note->hash = table_hash(&attempts->current, &note->client);
    table_foresee(&attempts->current, note->hash);
}

static void foresee_moment(const struct attempts *attempts, const struct attempt_note *note)
{
    const struct client_entry *entry = table_at(&attempts->current, note->entry);
    const struct attempt *attempt =
        entry != NULL ? table_at(&attempts->table, entry->attempt) : NULL;
    if (attempt != NULL)
        timeline_foresee(&attempts->moments, &attempt->timeline);
}

/* Each note asks for what lies a step farther when it is a part of the queue older: the index, the
 * client's entry, the attempt that the entry leads to, and the end of its timeline. The index only
 * with the next note: a client that was just written cannot be read at once. */
static void look_ahead(struct attempts *attempts)
{
    enum { INDEX = ATTEMPT_NOTES - 2, ENTRY = 10, ATTEMPT = 4, MOMENT = 1 };
    struct attempt_note *note = note_after(attempts, INDEX);
    if (note != NULL)
        foresee_entry(attempts, note);
    if ((note = note_after(attempts, ENTRY)) != NULL)
        (void)table_foresee_record(&attempts->current, note->hash);
    if ((note = note_after(attempts, ATTEMPT)) != NULL)
        table_foresee_at(&attempts->table, entry_for(attempts, note)->attempt);
    if ((note = note_after(attempts, MOMENT)) != NULL)
        foresee_moment(attempts, note);
}

static void put(struct attempts *attempts, const struct event *event, struct showing showing)
{
    struct attempt_note *note = &attempts->notes[attempts->next_note++ % ATTEMPT_NOTES];
    if (note->waits)
        join(attempts, note);
    note->waits = true;
    note->starts_over = starts_over(event);
    note->client = event->client.ip;
    note->entry = (struct record_id){0};
    note->moment.evidence = event->evidence;
    note->moment.evidence.time = event->time;
    note->moment.step = (uint8_t)showing.step;
    note->moment.state = (uint8_t)showing.state;
    look_ahead(attempts);
}

void attempts_note(struct attempts *attempts, const struct event *event)
{
    struct showing showing = rows[event->kind].showing;
    if (showing.state == STEP_UNSEEN || event->client.ip.family == 0)
        return;
    if (rows[event->kind].refine != NULL)
        rows[event->kind].refine(&showing, event);
    if (showing.step != ATTEMPT_STEPS)
        put(attempts, event, showing);
}

void attempts_settle(struct attempts *attempts)
{
    for (uint32_t i = 0; i < ATTEMPT_NOTES; i++) {
        struct attempt_note *note = &attempts->notes[(attempts->next_note + i) % ATTEMPT_NOTES];
        if (!note->waits)
            continue;
        foresee_entry(attempts, note); /* the newest one has not come to that */
        join(attempts, note);
        note->waits = false;
    }
}

const struct attempt *attempts_of(const struct attempts *attempts, const struct ip_address *client)
{
    const struct client_entry *entry = table_find(&attempts->current, client);
    return entry == NULL ? NULL : table_at(&attempts->table, entry->attempt);
}

const struct attempt *attempts_before(const struct attempts *attempts,
                                      const struct attempt *attempt)
{
    return table_at(&attempts->table, attempt->previous);
}

static bool is_within_machine(const struct attempts *attempts, const struct attempt *attempt)
{
    return attempts->leave_the_machine && ip_address_is_loopback(&attempt->client) &&
           attempt->states[STEP_TURN] == STEP_UNSEEN;
}

const struct attempt *attempts_next(const struct attempts *attempts, const struct attempt *previous)
{
    const struct attempt *next = previous;
    do {
        next = next == NULL ? table_oldest(&attempts->table) : table_newer(&attempts->table, next);
    } while (next != NULL && is_within_machine(attempts, next));
    return next;
}

int64_t attempt_connected_at(const struct attempt *attempt)
{
    static const enum attempt_step connecting[] = {STEP_ICE, STEP_DTLS, STEP_MEDIA};
    int64_t earliest = 0;
    for (size_t i = 0; i < sizeof connecting / sizeof connecting[0]; i++) {
        int64_t worked = attempt->steps[connecting[i]].worked;
        if (worked != 0 && (earliest == 0 || worked < earliest))
            earliest = worked;
    }
    return earliest;
}

const char *attempt_step_name(enum attempt_step step)
{
    static const char *const names[] = {"dns",        "tcp", "tls",  "http", "turn",
                                        "permission", "ice", "dtls", "media"};
    return names[step];
}

const char *attempt_outcome_name(enum attempt_outcome outcome)
{
    static const char *const names[] = {"incomplete", "failed", "connected"};
    return names[outcome];
}
