/* SPDX-License-Identifier: MIT */
/* Which rows of a ladder belong together: requests, their retransmissions and their answers. */
#include "ui/tui/ladder.h"

#include "dissectors/stun/message.h"

#include <string.h>

enum { PAIRS = 2 * LADDER_ROWS };

static bool is_response(const struct evidence *e)
{
    return e->protocol == EVIDENCE_DNS
               ? (e->flags & EVIDENCE_RESPONSE) != 0
               : stun_type_class(e->kind) == STUN_SUCCESS || stun_type_class(e->kind) == STUN_ERROR;
}

/* The same exchange: protocol and transaction ID; of DNS, whose IDs are short, the asker too. */
static bool same_exchange(const struct summary *a, const struct summary *b)
{
    const struct evidence *x = &a->evidence, *y = &b->evidence;
    const struct transport_address *x_asker = is_response(x) ? &x->destination : &x->source;
    const struct transport_address *y_asker = is_response(y) ? &y->destination : &y->source;
    return x->protocol == y->protocol && memcmp(x->id, y->id, sizeof x->id) == 0 &&
           (x->protocol != EVIDENCE_DNS || transport_address_equal(x_asker, y_asker));
}

static size_t hash_of(const struct summary *summary)
{
    size_t hash = summary->evidence.protocol;
    for (size_t i = 0; i < sizeof summary->evidence.id; i++)
        hash = hash * 31 + summary->evidence.id[i];
    return hash % PAIRS;
}

/* The latest request with the row's transaction ID: its slot in the table, which is empty
 * (LADDER_NO_ROW) when there is none. */
static uint32_t *slot_of(const struct ladder *ladder, uint32_t pairs[PAIRS],
                         const struct summary *summary)
{
    size_t at = hash_of(summary);
    while (pairs[at] != LADDER_NO_ROW && !same_exchange(&ladder->rows[pairs[at]].summary, summary))
        at = (at + 1) % PAIRS;
    return &pairs[at];
}

static void pair_request(struct ladder *ladder, uint32_t *slot, uint32_t index)
{
    struct ladder_row *row = &ladder->rows[index];
    if (*slot != LADDER_NO_ROW && ladder->rows[*slot].partner == LADDER_NO_ROW) {
        row->again = (uint16_t)(ladder->rows[*slot].again + 1);
        row->earlier = *slot;
    }
    *slot = index;
}

/* The 401 that opens an allocation and a 438 ask for something; they refuse nothing. */
static bool is_challenge(const struct evidence *request, const struct evidence *response)
{
    return response->protocol == EVIDENCE_STUN &&
           (response->code == 438 ||
            (response->code == 401 && !(request->flags & EVIDENCE_HAS_INTEGRITY)));
}

static void pair_response(struct ladder *ladder, const uint32_t *slot, uint32_t index)
{
    if (*slot == LADDER_NO_ROW)
        return;
    const struct ladder_row *request = &ladder->rows[*slot];
    struct ladder_row *response = &ladder->rows[index];
    for (uint32_t i = *slot; i != LADDER_NO_ROW; i = ladder->rows[i].earlier)
        ladder->rows[i].partner = index;
    response->partner = *slot;
    if (is_challenge(&request->summary.evidence, &response->summary.evidence))
        response->look = LOOK_NOTE;
}

/* Joins requests with their answers and retransmissions. */
static void pair(struct ladder *ladder)
{
    uint32_t pairs[PAIRS];
    for (size_t i = 0; i < PAIRS; i++)
        pairs[i] = LADDER_NO_ROW;
    for (uint32_t i = 0; i < ladder->count; i++) {
        const struct evidence *e = &ladder->rows[i].summary.evidence;
        if (ladder->rows[i].is_silence ||
            (e->protocol != EVIDENCE_STUN && e->protocol != EVIDENCE_DNS))
            continue;
        uint32_t *slot = slot_of(ladder, pairs, &ladder->rows[i].summary);
        if (evidence_is_request(e))
            pair_request(ladder, slot, i);
        else if (is_response(e))
            pair_response(ladder, slot, i);
    }
}

/* A request is lost when nobody answered it, nor one that repeats it, and there was time to. */
static void mark_unanswered(struct ladder *ladder, int64_t end)
{
    for (size_t i = 0; i < ladder->count; i++) {
        struct ladder_row *row = &ladder->rows[i];
        const struct evidence *e = &row->summary.evidence;
        bool asks = !row->is_silence && evidence_is_request(e) &&
                    (e->protocol == EVIDENCE_STUN || e->protocol == EVIDENCE_DNS);
        row->is_unanswered =
            asks && row->partner == LADDER_NO_ROW && end - e->time >= LIMIT_SILENCE;
        if (row->is_unanswered)
            row->look = LOOK_BAD;
    }
}

void ladder_pair(struct ladder *ladder, int64_t end)
{
    pair(ladder);
    mark_unanswered(ladder, end);
}
