/* SPDX-License-Identifier: MIT */
/* What a response does to a lookup. */
#include "analyzer/track/lookup_step.h"

#include "analyzer/track/lookup_answer.h"
#include "analyzer/track/lookup_text.h"

/* The query of this ID between these two: mostly the latest of the flow. Then nothing is looked up.
 */
static struct lookup_try *answered_try(const struct lookup_step *step)
{
    const struct table *tries = &step->lookups->tries;
    struct lookup_try *latest = table_at(tries, step->sighting->flow->query);
    if (latest != NULL && memcmp(&latest->key, &step->sent, sizeof step->sent) == 0)
        return latest;
    return table_find(tries, &step->sent);
}

/* Whether clients are content with this answer and do not ask again. */
static bool settles(const struct dns_message *message)
{
    bool says_something = message->rcode == DNS_NOERROR || message->rcode == DNS_NXDOMAIN;
    return says_something && !message->truncated;
}

static void take_answer(struct lookup *lookup, const struct lookup_step *step,
                        const struct lookup_try *try)
{
    bool settled = settles(step->message);
    int64_t time = step->sighting->time;
    if (lookup_has_answer(lookup) && !lookup->answered_again) {
        lookup->first_answer = lookup->answer;
        lookup->answered_again = true;
    }
    lookup_read_answer(lookup, step->message, &step->lookups->names, &step->client->ip, time);
    lookup_count(&lookup->answers);
    if (!settled && !step->message->truncated)
        lookup_count(&lookup->failures);
    lookup->answered = time;
    if (lookup->rcode == DNS_NOERROR && lookup->records > 0 && !lookup->truncated)
        lookup->resolved = time;
    lookup->round_trip = try != NULL ? time - try->sent : -1;
    lookup->server = *step->server;
    lookup->protocol = step->sighting->flow->key.protocol;
    bool may_ask_again = lookup->state == LOOKUP_PENDING && lookup->tries > 0;
    if (lookup->state == LOOKUP_UNANSWERED) {
        lookup->late = true;
        lookup->state = LOOKUP_ANSWERED; /* as which it is put in words */
    }
    lookup_note_evidence(&lookup->answer, step, lookup);
    if (!settled && may_ask_again)
        return;
    lookup->state = LOOKUP_ANSWERED;
    lookup_report(step->events, EVENT_DNS_ANSWERED, lookup, time);
}

static bool asks_this(const struct lookup *lookup, const struct dns_question *question)
{
    return question->name.length == 0 ||
           (lookup->key.type == question->type && lookup->key.class == question->class &&
            dns_name_equal(&lookup->name, &question->name));
}

/* By the question, also when the capture holds no query (it began later, or holds one direction
 * only). */
static struct lookup *lookup_asked(const struct lookup_step *step)
{
    bool created;
    struct lookup_question question;
    lookup_read_question(step, &question);
    struct lookup *lookup = lookup_of_question(step, &question, &created);
    bool answered_anew = !lookup->query_seen && lookup->state == LOOKUP_ANSWERED &&
                         step->sighting->time - lookup->answered >= LIMIT_DUPLICATE;
    if (created || answered_anew)
        lookup_begin_round(lookup, step);
    return lookup;
}

/* The lookup that this response answers: by the query it answers; failing that by its question. */
static struct lookup *answered_lookup(const struct lookup_step *step, const struct lookup_try *try)
{
    const struct dns_question *question = &step->message->question;
    struct lookup *lookup = try == NULL ? NULL : table_at(&step->lookups->table, try->lookup);
    if (lookup != NULL && asks_this(lookup, question))
        return lookup;
    return question->name.length > 0 ? lookup_asked(step) : NULL;
}

/* Another ID, port or server than any query that waits: no client takes such a response. */
static bool answers_no_query(const struct lookup *lookup, const struct lookup_try *try)
{
    return lookup->state == LOOKUP_PENDING && lookup->tries > 0 && try == NULL;
}

/* Clients that ask several servers at once take the one that knows the name. */
static bool is_better(const struct lookup *lookup, const struct lookup_step *step,
                      const struct lookup_try *try)
{
    return lookup->records == 0 && try != NULL && !try->answered &&
           step->message->rcode == DNS_NOERROR && step->message->counts[DNS_SECTION_ANSWER] > 0;
}

void lookup_note_response(const struct lookup_step *step)
{
    struct lookups *lookups = step->lookups;
    struct lookup_try *try = answered_try(step);
    struct lookup *lookup = answered_lookup(step, try);
    lookups->statistics.responses++;
    if (lookup != NULL && try != NULL && table_at(&lookups->table, try->lookup) != lookup)
        try = NULL;
    if (lookup == NULL || answers_no_query(lookup, try)) {
        lookups->statistics.unmatched++;
        return;
    }
    /* Captured twice, late or forged: the client goes by the first. */
    bool settled = lookup->state == LOOKUP_ANSWERED && !is_better(lookup, step, try);
    if (settled || (try != NULL && try->answered)) {
        lookup_count(&lookup->answers);
        lookup_learn_names(&lookups->names, step->message, &step->client->ip, step->sighting->time);
    } else {
        take_answer(lookup, step, try);
    }
    if (try != NULL)
        try->answered = true;
}
