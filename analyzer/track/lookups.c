/* SPDX-License-Identifier: MIT */
#include "analyzer/track/lookups.h"

#include "analyzer/flow/siphash.h"
#include "analyzer/track/lookup_answer.h"
#include "analyzer/track/lookup_text.h"

/* A query whose time to be answered runs; the oldest first. */
struct
try {
    struct try_key {
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
struct note {
    struct lookups *lookups;
    const struct dns_message *message;
    const struct sighting *sighting;
    struct event_queue *events;
    const struct transport_address *client;
    const struct transport_address *server;
    struct try_key sent;
};

/* What it asks, as lookups are told apart by it. */
struct question {
    struct lookup_key key;
    uint32_t hash;        /* of the key */
    struct dns_name name; /* in small letters */
};

static bool is_settled(const void *record)
{
    const struct lookup *lookup = record;
    return lookup->state != LOOKUP_PENDING;
}

static bool is_answered(const void *record)
{
    const struct try *try = record;
    return try->answered;
}

int lookups_init(struct lookups *lookups, uint32_t megabytes)
{
    *lookups = (struct lookups){0};
    bool good = table_init(&lookups->table, limit_for(LIMIT_LOOKUPS, megabytes),
                           sizeof(struct lookup), sizeof(struct lookup_key)) == 0 &&
                table_init(&lookups->tries, limit_for(LIMIT_LOOKUP_TRIES, megabytes),
                           sizeof(struct try), sizeof(struct try_key)) == 0 &&
                names_init(&lookups->names, limit_for(LIMIT_NAMED_ADDRESSES, megabytes)) == 0;
    table_clear_only(&lookups->table, offsetof(struct lookup, name));
    lookups->table.is_spent = is_settled;
    lookups->tries.is_spent = is_answered;
    if (!good)
        lookups_free(lookups);
    return good ? 0 : -1;
}

void lookups_free(struct lookups *lookups)
{
    table_free(&lookups->table);
    table_free(&lookups->tries);
    names_free(&lookups->names);
}

static struct try_key try_key(const struct transport_address *client,
                              const struct transport_address *server, uint16_t id, uint8_t protocol)
{
    return (struct try_key){.client = *client, .server = *server, .id = id, .protocol = protocol};
}

/* The query of this ID between these two: mostly the latest of the flow. Then nothing is looked up.
 */
static struct try *answered_try(const struct note *note)
{
    const struct table *tries = &note->lookups->tries;
    struct try *latest = table_at(tries, note->sighting->flow->query);
    if (latest != NULL && memcmp(&latest->key, &note->sent, sizeof note->sent) == 0)
        return latest;
    return table_find(tries, &note->sent);
}

/* `name` in small letters. */
static uint64_t name_hash(const struct lookups *lookups, const struct dns_name *name)
{
    return name->length > 0 ? siphash(lookups->table.text_key, name->octets, name->length) | 1 : 0;
}

static void read_question(const struct note *note, struct question *question)
{
    const struct dns_question *asked = &note->message->question;
    struct lookups *lookups = note->lookups;
    dns_name_copy(&question->name, &asked->name);
    dns_name_fold(&question->name);
    question->key = (struct lookup_key){.client = note->client->ip,
                                        .type = asked->type,
                                        .class = asked->class,
                                        .name_hash = name_hash(lookups, &question->name)};
    question->hash = table_hash(&lookups->table, &question->key);
    table_foresee(&lookups->table, question->hash);
}

static struct lookup *lookup_of(const struct note *note, const struct question *question,
                                bool *created)
{
    struct lookup *lookup =
        table_add_hashed(&note->lookups->table, &question->key, question->hash, created);
    if (*created)
        dns_name_copy(&lookup->name, &question->name);
    return lookup;
}

static void count(uint16_t *counter)
{
    if (*counter < UINT16_MAX)
        ++*counter;
}

/* What a query asks for nearly nobody wants to know in words. */
static void note_evidence(struct evidence *evidence, const struct note *note,
                          const struct lookup *lookup)
{
    *evidence = evidence_of(note->sighting, EVIDENCE_DNS);
    evidence->kind = lookup->key.type;
    evidence->id[0] = (uint8_t)(note->message->id >> 8);
    evidence->id[1] = (uint8_t)note->message->id;
    if (!note->message->response)
        return;
    evidence->flags |= EVIDENCE_RESPONSE;
    evidence->code = note->message->rcode;
    lookup_text(lookup, true, evidence->detail, sizeof evidence->detail);
}

/* What the settled round before said. */
static void forget_round(struct lookup *lookup)
{
    uint16_t rounds = lookup->rounds;
    int64_t resolved = lookup->resolved;
    memset((char *)lookup + sizeof lookup->key, 0,
           offsetof(struct lookup, name) - sizeof lookup->key);
    lookup->rounds = rounds;
    lookup->resolved = resolved;
}

static void begin_round(struct lookup *lookup, const struct note *note)
{
    if (lookup->rounds > 0)
        forget_round(lookup);
    lookup->round_trip = -1;
    count(&lookup->rounds);
    lookup->client = *note->client;
    lookup->server = *note->server;
    lookup->protocol = note->sighting->flow->key.protocol;
}

static void note_try(struct lookup *lookup, const struct note *note)
{
    int64_t time = note->sighting->time;
    note_evidence(lookup->tries == 0 ? &lookup->query : &lookup->latest_query, note, lookup);
    if (lookup->tries == 0) {
        lookup->query_seen = true;
        lookup->first_sent = time;
    } else {
        note->lookups->statistics.retries++;
    }
    count(&lookup->tries);
    lookup->last_sent = time;
    if (!ip_address_equal(&lookup->server.ip, &note->server->ip))
        lookup->several_servers = true;
    lookup->server = *note->server;
    lookup->protocol = note->sighting->flow->key.protocol;
    lookup->asked_over_tcp |= lookup->protocol == IP_PROTOCOL_TCP;
}

/* The query waits as it was sent: this one is it once more. */
static bool is_sent_again(const struct note *note, const struct try *earlier,
                          const struct lookup *lookup)
{
    return earlier != NULL && !earlier->answered &&
           table_at(&note->lookups->table, earlier->lookup) == lookup;
}

static void add_try(const struct note *note, uint32_t hash, const struct lookup *lookup)
{
    struct lookups *lookups = note->lookups;
    bool created;
    struct try *try = table_add_hashed(&lookups->tries, &note->sent, hash, &created);
    try->lookup = table_id(&lookups->table, lookup);
    try->sent = note->sighting->time;
    try->answered = false;
    note->sighting->flow->query = table_id(&lookups->tries, try);
}

static void note_query(const struct note *note)
{
    bool created;
    struct question question;
    struct lookups *lookups = note->lookups;
    uint32_t hash = table_hash(&lookups->tries, &note->sent);
    table_foresee(&lookups->tries, hash);
    read_question(note, &question);
    struct lookup *lookup = lookup_of(note, &question, &created);
    const struct try *earlier = table_find_hashed(&lookups->tries, &note->sent, hash);
    bool again = is_sent_again(note, earlier, lookup);
    /* The same packet captured twice: nobody asks again that soon without an answer. Right after a
     * REFUSED they do (glibc's next server is often the same one). */
    if (again && note->sighting->time - earlier->sent < LIMIT_DUPLICATE) {
        count(&lookup->duplicates);
        lookups->statistics.duplicates++;
        return;
    }
    lookups->statistics.queries++;
    if (created || lookup->state != LOOKUP_PENDING)
        begin_round(lookup, note);
    else if (again)
        count(&lookup->repeats);
    note_try(lookup, note);
    add_try(note, hash, lookup);
}

static void report(struct event_queue *events, enum event_kind kind, const struct lookup *lookup,
                   int64_t time)
{
    struct event *event = event_add(events, kind, time);
    event->client = lookup->client;
    event->server = lookup->server;
    event->protocol = lookup->protocol;
    event->lookup = lookup;
    event->evidence = lookup->answer;
    if (kind == EVENT_DNS_ANSWERED)
        return;
    event->evidence = lookup->query;
    lookup_text(lookup, true, event->evidence.detail, sizeof event->evidence.detail);
}

/* Whether clients are content with this answer and do not ask again. */
static bool settles(const struct dns_message *message)
{
    bool says_something = message->rcode == DNS_NOERROR || message->rcode == DNS_NXDOMAIN;
    return says_something && !message->truncated;
}

static void take_answer(struct lookup *lookup, const struct note *note, const struct try *try)
{
    bool settled = settles(note->message);
    int64_t time = note->sighting->time;
    if (lookup_has_answer(lookup) && !lookup->answered_again) {
        lookup->first_answer = lookup->answer;
        lookup->answered_again = true;
    }
    lookup_read_answer(lookup, note->message, &note->lookups->names, &note->client->ip, time);
    count(&lookup->answers);
    if (!settled && !note->message->truncated)
        count(&lookup->failures);
    lookup->answered = time;
    if (lookup->rcode == DNS_NOERROR && lookup->records > 0 && !lookup->truncated)
        lookup->resolved = time;
    lookup->round_trip = try != NULL ? time - try->sent : -1;
    lookup->server = *note->server;
    lookup->protocol = note->sighting->flow->key.protocol;
    note_evidence(&lookup->answer, note, lookup);
    bool may_ask_again = lookup->state == LOOKUP_PENDING && lookup->tries > 0;
    if (!settled && may_ask_again)
        return;
    lookup->state = LOOKUP_ANSWERED;
    report(note->events, EVENT_DNS_ANSWERED, lookup, time);
}

static bool asks_this(const struct lookup *lookup, const struct dns_question *question)
{
    return question->name.length == 0 ||
           (lookup->key.type == question->type && lookup->key.class == question->class &&
            dns_name_equal(&lookup->name, &question->name));
}

/* By the question, also when the capture holds no query (it began later, or holds one direction
 * only). */
static struct lookup *lookup_asked(const struct note *note)
{
    bool created;
    struct question question;
    read_question(note, &question);
    struct lookup *lookup = lookup_of(note, &question, &created);
    bool answered_anew = !lookup->query_seen && lookup->state == LOOKUP_ANSWERED &&
                         note->sighting->time - lookup->answered >= LIMIT_DUPLICATE;
    if (created || answered_anew)
        begin_round(lookup, note);
    return lookup;
}

/* The lookup that this response answers: by the query it answers; failing that by its question. */
static struct lookup *answered_lookup(const struct note *note, const struct try *try)
{
    const struct dns_question *question = &note->message->question;
    struct lookup *lookup = try == NULL ? NULL : table_at(&note->lookups->table, try->lookup);
    if (lookup != NULL && asks_this(lookup, question))
        return lookup;
    return question->name.length > 0 ? lookup_asked(note) : NULL;
}

/* Another ID, port or server than any query that waits: no client takes such a response. */
static bool answers_no_query(const struct lookup *lookup, const struct try *try)
{
    return lookup->state == LOOKUP_PENDING && lookup->tries > 0 && try == NULL;
}

/* Clients that ask several servers at once take the one that knows the name. */
static bool is_better(const struct lookup *lookup, const struct note *note, const struct try *try)
{
    return lookup->records == 0 && try != NULL && !try->answered &&
           note->message->rcode == DNS_NOERROR && note->message->counts[DNS_SECTION_ANSWER] > 0;
}

static void note_response(const struct note *note)
{
    struct lookups *lookups = note->lookups;
    struct try *try = answered_try(note);
    struct lookup *lookup = answered_lookup(note, try);
    lookups->statistics.responses++;
    if (lookup != NULL && try != NULL && table_at(&lookups->table, try->lookup) != lookup)
        try = NULL;
    if (lookup == NULL || answers_no_query(lookup, try)) {
        lookups->statistics.unmatched++;
        return;
    }
    /* Captured twice, late or forged: the client goes by the first. */
    bool settled = lookup->state == LOOKUP_ANSWERED && !is_better(lookup, note, try);
    if (settled || (try != NULL && try->answered)) {
        count(&lookup->answers);
        lookup_learn_names(&lookups->names, note->message, &note->client->ip, note->sighting->time);
    } else {
        take_answer(lookup, note, try);
    }
    if (try != NULL)
        try->answered = true;
}

/* mDNS and LLMNR (RFC 6762, RFC 4795): a silence there is no fault, an answer is for everyone. */
static void note_multicast(const struct note *note)
{
    note->lookups->statistics.multicast++;
    if (note->message->response)
        lookup_learn_names(&note->lookups->names, note->message, NULL, note->sighting->time);
}

void lookups_note(struct lookups *lookups, const struct dns_message *message,
                  const struct sighting *sighting, struct event_queue *events)
{
    const struct transport_address *source = sighting_source(sighting);
    const struct transport_address *destination = sighting_destination(sighting);
    const struct transport_address *client = message->response ? destination : source;
    const struct transport_address *server = message->response ? source : destination;
    const struct note note = {
        .lookups = lookups,
        .message = message,
        .sighting = sighting,
        .events = events,
        .client = client,
        .server = server,
        .sent = try_key(client, server, message->id, sighting->flow->key.protocol),
    };
    if (message->raw.length < DNS_HEADER_LENGTH || message->opcode != DNS_QUERY)
        return;
    if (dns_variant_of(source->port, destination->port) != DNS_UNICAST)
        note_multicast(&note);
    else if (message->response)
        note_response(&note);
    else if (message->question.name.length > 0)
        note_query(&note);
}

void lookups_note_icmp(struct lookups *lookups, const struct icmp_error *icmp,
                       const struct evidence *seen)
{
    struct cursor quoted = cursor_of(icmp->payload);
    uint16_t id = cursor_u16(&quoted);
    if (quoted.failed || icmp->protocol != IP_PROTOCOL_UDP)
        return;
    struct try_key key = try_key(&icmp->source, &icmp->destination, id, icmp->protocol);
    const struct try *try = table_find(&lookups->tries, &key);
    struct lookup *lookup = try == NULL ? NULL : table_at(&lookups->table, try->lookup);
    if (lookup == NULL || lookup->state != LOOKUP_PENDING)
        return;
    lookup->unreachable = true;
    lookup->icmp_type = icmp->type;
    lookup->icmp_code = icmp->code;
    if (lookup->answers == 0)
        lookup->answer = *seen;
}

/* Nobody asks again: what came, if anything, is the answer. */
static void conclude(struct lookup *lookup, int64_t now, struct event_queue *events)
{
    bool answered = lookup->answers > 0;
    int64_t due = lookup->last_sent + LIMIT_LOOKUP_WAIT;
    lookup->capture_ended = due > now;
    lookup->state = answered ? LOOKUP_ANSWERED : LOOKUP_UNANSWERED;
    report(events, answered ? EVENT_DNS_ANSWERED : EVENT_DNS_UNANSWERED, lookup,
           due < now ? due : now);
}

bool lookups_expire(struct lookups *lookups, int64_t now, struct event_queue *events)
{
    struct try *try;
    while ((try = table_oldest(&lookups->tries)) != NULL && now - try->sent >= LIMIT_LOOKUP_WAIT) {
        if (event_queue_full(events))
            return true;
        struct lookup *lookup = table_at(&lookups->table, try->lookup);
        int64_t sent = try->sent;
        table_remove(&lookups->tries, try);
        if (lookup != NULL && lookup->state == LOOKUP_PENDING && lookup->last_sent <= sent)
            conclude(lookup, now, events);
    }
    return false;
}

bool lookups_end(struct lookups *lookups, int64_t now, struct event_queue *events)
{
    struct lookup *lookup = table_oldest(&lookups->table);
    for (; lookup != NULL; lookup = table_newer(&lookups->table, lookup)) {
        if (lookup->state != LOOKUP_PENDING)
            continue;
        if (event_queue_full(events))
            return true;
        conclude(lookup, now, events);
    }
    return false;
}

const struct lookup *lookups_find(const struct lookups *lookups, const struct ip_address *client,
                                  const struct dns_name *name, uint16_t type)
{
    struct dns_name small;
    dns_name_copy(&small, name);
    dns_name_fold(&small);
    struct lookup_key key = {
        .client = *client, .type = type, .class = DNS_IN, .name_hash = name_hash(lookups, &small)};
    return table_find(&lookups->table, &key);
}

const struct lookup *lookups_next(const struct lookups *lookups, const struct lookup *previous)
{
    return previous == NULL ? table_oldest(&lookups->table)
                            : table_newer(&lookups->table, previous);
}
