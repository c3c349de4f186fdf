/* SPDX-License-Identifier: MIT */
#include "analyzer/track/lookups.h"

#include "analyzer/track/lookup_answer.h"
#include "analyzer/track/lookup_step.h"
#include "analyzer/track/lookup_text.h"

static bool is_settled(const void *record)
{
    const struct lookup *lookup = record;
    return lookup->state != LOOKUP_PENDING;
}

static bool is_answered(const void *record)
{
    const struct lookup_try *try = record;
    return try->answered;
}

int lookups_init(struct lookups *lookups, uint32_t megabytes)
{
    *lookups = (struct lookups){0};
    bool good = table_init(&lookups->table, limit_for(LIMIT_LOOKUPS, megabytes),
                           sizeof(struct lookup), sizeof(struct lookup_key)) == 0 &&
                table_init(&lookups->tries, limit_for(LIMIT_LOOKUP_TRIES, megabytes),
                           sizeof(struct lookup_try), sizeof(struct lookup_try_key)) == 0 &&
                names_init(&lookups->names, limit_for(LIMIT_NAMED_ADDRESSES, megabytes)) == 0;
    table_clear_only(&lookups->table, offsetof(struct lookup, name));
    table_foresee_more(&lookups->table, offsetof(struct lookup, targets));
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

static struct lookup_try_key try_key(const struct transport_address *client,
                                     const struct transport_address *server, uint16_t id,
                                     uint8_t protocol)
{
    return (struct lookup_try_key){
        .client = *client, .server = *server, .id = id, .protocol = protocol};
}

void lookup_report(struct event_queue *events, enum event_kind kind, const struct lookup *lookup,
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
    lookup_text(lookup, lookup->unreachable, event->evidence.detail, sizeof event->evidence.detail);
}

void lookups_foresee(const struct lookups *lookups, const struct flow *flow)
{
    const struct lookup_try *try = table_at(&lookups->tries, flow->query);
    if (try != NULL)
        table_foresee_at(&lookups->table, try->lookup);
}

/* mDNS and LLMNR (RFC 6762, RFC 4795): a silence there is no fault, an answer is for everyone. */
static void note_multicast(const struct lookup_step *step)
{
    step->lookups->statistics.multicast++;
    if (step->message->response)
        lookup_learn_names(&step->lookups->names, step->message, NULL, step->sighting->time);
}

void lookups_note(struct lookups *lookups, const struct dns_message *message,
                  const struct sighting *sighting, struct event_queue *events)
{
    const struct transport_address *source = sighting_source(sighting);
    const struct transport_address *destination = sighting_destination(sighting);
    const struct transport_address *client = message->response ? destination : source;
    const struct transport_address *server = message->response ? source : destination;
    const struct lookup_step step = {
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
        note_multicast(&step);
    else if (message->response)
        lookup_note_response(&step);
    else if (message->question.name.length > 0)
        lookup_note_query(&step);
}

void lookups_note_icmp(struct lookups *lookups, const struct icmp_error *icmp,
                       const struct evidence *seen)
{
    struct cursor quoted = cursor_of(icmp->payload);
    uint16_t id = cursor_u16(&quoted);
    if (quoted.failed || icmp->protocol != IP_PROTOCOL_UDP)
        return;
    struct lookup_try_key key = try_key(&icmp->source, &icmp->destination, id, icmp->protocol);
    const struct lookup_try *try = table_find(&lookups->tries, &key);
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
    lookup_report(events, answered ? EVENT_DNS_ANSWERED : EVENT_DNS_UNANSWERED, lookup,
                  due < now ? due : now);
}

bool lookups_expire(struct lookups *lookups, int64_t now, struct event_queue *events)
{
    struct lookup_try *try;
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
    struct lookup_key key = {.client = *client,
                             .type = type,
                             .class = DNS_IN,
                             .name_hash = lookup_name_hash(lookups, &small)};
    return table_find(&lookups->table, &key);
}

const struct lookup *lookups_next(const struct lookups *lookups, const struct lookup *previous)
{
    return previous == NULL ? table_oldest(&lookups->table)
                            : table_newer(&lookups->table, previous);
}
