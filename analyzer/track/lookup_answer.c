/* SPDX-License-Identifier: MIT */
#include "analyzer/track/lookup_answer.h"

/* Whom a response tells which name its addresses have. */
struct lesson {
    struct names *names;
    const struct ip_address *client; /* NULL: everyone */
    const struct dns_name *asked;    /* NULL: each record's own name */
    int64_t time;
};

static void learn_hints(const struct lesson *lesson, const struct dns_name *name,
                        struct bytes hints, unsigned family)
{
    struct cursor c = cursor_of(hints);
    for (unsigned kept = 0; kept < LIMIT_LOOKUP_ADDRESSES && cursor_left(&c) > 0; kept++) {
        struct ip_address address = ip_address_read(&c, family);
        names_learn(lesson->names, lesson->client, &address, name, lesson->time);
    }
}

static void learn(const struct lesson *lesson, const struct dns_record *record)
{
    const struct dns_name *name = lesson->asked != NULL ? lesson->asked : &record->name;
    struct ip_address address;
    struct dns_service service;
    if (dns_record_address(record, &address) == DISSECT_OK) {
        names_learn(lesson->names, lesson->client, &address, name, lesson->time);
    } else if (dns_record_service(record, &service) == DISSECT_OK) {
        learn_hints(lesson, name, service.ipv4_hints, 4);
        learn_hints(lesson, name, service.ipv6_hints, 6);
    }
}

static struct lesson lesson_of(const struct dns_message *message, struct names *names,
                               const struct ip_address *client, int64_t time)
{
    bool asked = client != NULL && message->question.name.length > 0;
    return (struct lesson){.names = names,
                           .client = client,
                           .asked = asked ? &message->question.name : NULL,
                           .time = time};
}

/* Following the aliases of one answer. */
struct chase {
    struct lookup *lookup;
    const struct dns_message *message;
    const struct lesson *lesson; /* of the first pass */
    unsigned left;               /* records that may still be looked at */
    bool progress;               /* this pass found another alias */
    bool endless;                /* an alias leads back, or too far */
    bool bad_record;             /* one of the chain cannot be read */
    enum dissect_status status;  /* of the answer section */
};

static void least_ttl(struct lookup *lookup, uint32_t ttl)
{
    bool first = lookup->aliases == 0 && lookup->records == 0;
    if (first || ttl < lookup->ttl)
        lookup->ttl = ttl;
}

static enum dissect_status keep_address(struct lookup *lookup, const struct dns_record *record)
{
    struct ip_address address;
    enum dissect_status status = dns_record_address(record, &address);
    if (status == DISSECT_OK && lookup->address_count < LIMIT_LOOKUP_ADDRESSES)
        lookup->addresses[lookup->address_count++] = address;
    return status;
}

static enum dissect_status keep_target(struct lookup *lookup, const struct dns_record *record)
{
    struct dns_srv srv;
    enum dissect_status status = dns_record_srv(record, &srv);
    if (status == DISSECT_OK && lookup->target_count < LIMIT_LOOKUP_TARGETS)
        lookup->targets[lookup->target_count++] = srv;
    return status;
}

static enum dissect_status keep_service(struct lookup *lookup, const struct dns_record *record)
{
    struct dns_service service;
    enum dissect_status status = dns_record_service(record, &service);
    if (status == DISSECT_OK)
        lookup->has_ech |= service.has_ech;
    return status;
}

static void keep_record(struct chase *chase, const struct dns_record *record)
{
    struct lookup *lookup = chase->lookup;
    enum dissect_status status;
    least_ttl(lookup, record->ttl);
    if (lookup->records < UINT16_MAX)
        lookup->records++;
    if (record->type == DNS_A || record->type == DNS_AAAA)
        status = keep_address(lookup, record);
    else if (record->type == DNS_SRV)
        status = keep_target(lookup, record);
    else
        status = keep_service(lookup, record);
    chase->bad_record |= status == DISSECT_MALFORMED;
}

/* As far as the aliases lead by now. */
static const struct dns_name *name_reached(const struct lookup *lookup)
{
    return lookup->aliases > 0 ? &lookup->canonical : &lookup->name;
}

static void follow_alias(struct chase *chase, const struct dns_record *record)
{
    struct lookup *lookup = chase->lookup;
    struct dns_name target;
    enum dissect_status status = dns_record_name(record, &target);
    if (status != DISSECT_OK) {
        chase->bad_record |= status == DISSECT_MALFORMED;
        return;
    }
    least_ttl(lookup, record->ttl);
    chase->endless = lookup->aliases == LIMIT_ALIASES ||
                     dns_name_equal(&target, name_reached(lookup)) ||
                     dns_name_equal(&target, &lookup->name);
    chase->progress = true;
    lookup->aliases++;
    dns_name_copy(&lookup->canonical, &target);
}

static void look_at(struct chase *chase, const struct dns_record *record)
{
    struct lookup *lookup = chase->lookup;
    uint16_t asked = lookup->key.type;
    if (!dns_name_equal(&record->name, name_reached(lookup)))
        return;
    if (record->type == asked || asked == DNS_ANY)
        keep_record(chase, record);
    else if (record->type == DNS_CNAME)
        follow_alias(chase, record);
}

static void forget_records(struct lookup *lookup)
{
    lookup->records = 0;
    lookup->address_count = 0;
    lookup->target_count = 0;
    lookup->has_ech = false;
}

/* One pass through the answer section: keeps the records of the name that the chain has reached. */
static void pass(struct chase *chase)
{
    struct dns_walk walk = chase->message->records;
    struct dns_record record;
    chase->progress = false;
    forget_records(chase->lookup);
    while (!chase->endless && chase->left > 0 && dns_record_next(&walk, &record) &&
           record.section == DNS_SECTION_ANSWER) {
        chase->left--;
        if (chase->lesson != NULL)
            learn(chase->lesson, &record);
        look_at(chase, &record);
    }
    chase->lesson = NULL;
    chase->status = walk.status;
}

/* Servers put a chain in order, but RFC 1034 does not ask for it: passes go on until one of them
 * finds no further alias. */
static void chase_aliases(struct chase *chase)
{
    do {
        pass(chase);
    } while (chase->progress && !chase->endless && chase->left > 0);
}

static enum lookup_chain chain_of(const struct chase *chase)
{
    const struct lookup *lookup = chase->lookup;
    if (chase->endless)
        return CHAIN_ENDLESS;
    if (lookup->aliases == 0)
        return CHAIN_NONE;
    if (lookup->records > 0)
        return CHAIN_COMPLETE;
    bool whole = chase->status == DISSECT_OK && chase->left > 0 && !chase->message->truncated;
    bool says_something = lookup->rcode == DNS_NOERROR || lookup->rcode == DNS_NXDOMAIN;
    return whole && says_something ? CHAIN_DANGLING : CHAIN_UNKNOWN;
}

static void clear_answer(struct lookup *lookup)
{
    forget_records(lookup);
    lookup->aliases = 0;
    lookup->ttl = 0;
}

void lookup_read_answer(struct lookup *lookup, const struct dns_message *message,
                        struct names *names, const struct ip_address *client, int64_t time)
{
    const struct lesson lesson = lesson_of(message, names, client, time);
    struct chase chase = {
        .lookup = lookup, .message = message, .lesson = &lesson, .left = LIMIT_ANSWER_RECORDS};
    clear_answer(lookup);
    lookup->rcode = message->rcode;
    lookup->truncated = message->truncated;
    lookup->authoritative = message->authoritative;
    lookup->recursion_available = message->recursion_available;
    chase_aliases(&chase);
    lookup->chain = (uint8_t)chain_of(&chase);
    lookup->incomplete |= chase.status == DISSECT_CUT_SHORT || chase.left == 0;
    lookup->malformed = chase.status == DISSECT_MALFORMED || chase.bad_record;
}

bool lookup_no_data(const struct lookup *lookup)
{
    bool certain = !lookup->incomplete && !lookup->malformed && !lookup->truncated;
    return certain && lookup->state == LOOKUP_ANSWERED && lookup->rcode == DNS_NOERROR &&
           lookup->records == 0;
}

void lookup_learn_names(struct names *names, const struct dns_message *message,
                        const struct ip_address *client, int64_t time)
{
    const struct lesson lesson = lesson_of(message, names, client, time);
    struct dns_walk walk = message->records;
    struct dns_record record;
    for (unsigned i = 0; i < LIMIT_ANSWER_RECORDS && dns_record_next(&walk, &record); i++) {
        if (record.section != DNS_SECTION_ANSWER)
            return;
        learn(&lesson, &record);
    }
}
