/* SPDX-License-Identifier: MIT */
/* What a query does to a lookup. */
#include "analyzer/track/lookup_step.h"

static void note_try(struct lookup *lookup, const struct lookup_step *step)
{
    int64_t time = step->sighting->time;
    lookup_note_evidence(lookup->tries == 0 ? &lookup->query : &lookup->latest_query, step, lookup);
    if (lookup->tries == 0) {
        lookup->query_seen = true;
        lookup->first_sent = time;
    } else {
        step->lookups->statistics.retries++;
    }
    lookup_count(&lookup->tries);
    lookup->last_sent = time;
    if (!ip_address_equal(&lookup->server.ip, &step->server->ip))
        lookup->several_servers = true;
    lookup->server = *step->server;
    lookup->protocol = step->sighting->flow->key.protocol;
    lookup->asked_over_tcp |= lookup->protocol == IP_PROTOCOL_TCP;
}

/* The query waits as it was sent: this one is it once more. */
static bool is_sent_again(const struct lookup_step *step, const struct lookup_try *earlier,
                          const struct lookup *lookup)
{
    return earlier != NULL && !earlier->answered &&
           table_at(&step->lookups->table, earlier->lookup) == lookup;
}

static void add_try(const struct lookup_step *step, uint32_t hash, const struct lookup *lookup)
{
    struct lookups *lookups = step->lookups;
    bool created;
    struct lookup_try *try = table_add_hashed(&lookups->tries, &step->sent, hash, &created);
    try->lookup = table_id(&lookups->table, lookup);
    try->sent = step->sighting->time;
    try->answered = false;
    step->sighting->flow->query = table_id(&lookups->tries, try);
}

void lookup_note_query(const struct lookup_step *step)
{
    bool created;
    struct lookup_question question;
    struct lookups *lookups = step->lookups;
    uint32_t hash = table_hash(&lookups->tries, &step->sent);
    table_foresee(&lookups->tries, hash);
    lookup_read_question(step, &question);
    struct lookup *lookup = lookup_of_question(step, &question, &created);
    const struct lookup_try *earlier = table_find_hashed(&lookups->tries, &step->sent, hash);
    bool again = is_sent_again(step, earlier, lookup);
    /* The same packet captured twice: nobody asks again that soon without an answer. Right after a
     * REFUSED they do (glibc's next server is often the same one). */
    if (again && step->sighting->time - earlier->sent < LIMIT_DUPLICATE) {
        lookup_count(&lookup->duplicates);
        lookups->statistics.duplicates++;
        return;
    }
    lookups->statistics.queries++;
    if (created || lookup->state != LOOKUP_PENDING)
        lookup_begin_round(lookup, step);
    else if (again)
        lookup_count(&lookup->repeats);
    note_try(lookup, step);
    add_try(step, hash, lookup);
}
