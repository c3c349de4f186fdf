/* SPDX-License-Identifier: MIT */
/* Which lookup a question belongs to, and what each time it is asked anew begins with. */
#include "analyzer/track/lookup_step.h"

#include "analyzer/flow/siphash.h"
#include "analyzer/track/lookup_text.h"

uint64_t lookup_name_hash(const struct lookups *lookups, const struct dns_name *name)
{
    return name->length > 0 ? siphash(lookups->table.text_key, name->octets, name->length) | 1 : 0;
}

void lookup_read_question(const struct lookup_step *step, struct lookup_question *question)
{
    const struct dns_question *asked = &step->message->question;
    struct lookups *lookups = step->lookups;
    dns_name_copy(&question->name, &asked->name);
    dns_name_fold(&question->name);
    question->key = (struct lookup_key){.client = step->client->ip,
                                        .type = asked->type,
                                        .class = asked->class,
                                        .name_hash = lookup_name_hash(lookups, &question->name)};
    question->hash = table_hash(&lookups->table, &question->key);
    table_foresee(&lookups->table, question->hash);
}

struct lookup *lookup_of_question(const struct lookup_step *step,
                                  const struct lookup_question *question, bool *created)
{
    struct lookup *lookup =
        table_add_hashed(&step->lookups->table, &question->key, question->hash, created);
    if (*created)
        dns_name_copy(&lookup->name, &question->name);
    return lookup;
}

/* What a query asks for nearly nobody wants to know in words. */
void lookup_note_evidence(struct evidence *evidence, const struct lookup_step *step,
                          const struct lookup *lookup)
{
    *evidence = evidence_of(step->sighting, EVIDENCE_DNS);
    evidence->kind = lookup->key.type;
    evidence->id[0] = (uint8_t)(step->message->id >> 8);
    evidence->id[1] = (uint8_t)step->message->id;
    if (!step->message->response)
        return;
    evidence->flags |= EVIDENCE_RESPONSE;
    evidence->code = step->message->rcode;
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

void lookup_begin_round(struct lookup *lookup, const struct lookup_step *step)
{
    if (lookup->rounds > 0)
        forget_round(lookup);
    lookup->round_trip = -1;
    lookup_count(&lookup->rounds);
    lookup->client = *step->client;
    lookup->server = *step->server;
    lookup->protocol = step->sighting->flow->key.protocol;
}
