/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/other_family.h"

/* The one address of a family that asks TURN servers for relays. */
struct asker {
    struct ip_address address; /* family 0: none */
    bool several;
    int64_t relayed_from; /* earliest Allocate that got a relay; 0: none did */
    int64_t relayed_to;   /* latest sign of life of such an allocation */
};

static void add(struct asker *asker, const struct allocation *allocation)
{
    if (asker->address.family == 0)
        asker->address = allocation->client.ip;
    else if (!ip_address_equal(&asker->address, &allocation->client.ip))
        asker->several = true;
    if (!allocation->ever_allocated)
        return;
    if (asker->relayed_from == 0 || allocation->first < asker->relayed_from)
        asker->relayed_from = allocation->first;
    if (allocation->last > asker->relayed_to)
        asker->relayed_to = allocation->last;
}

/* In the same attempt, that is about the same time. */
static bool helped(const struct asker *asker, const struct finding *finding)
{
    return asker->relayed_from != 0 && !asker->several &&
           asker->relayed_from <= finding->last + LIMIT_ATTEMPT_IDLE &&
           asker->relayed_to + LIMIT_ATTEMPT_IDLE >= finding->first;
}

static void judge(struct finding *finding, const struct asker *own, const struct asker *other)
{
    finding->other_family_worked = finding_is_about_reaching_turn(finding) && !own->several &&
                                   ip_address_equal(&own->address, &finding->key.client) &&
                                   helped(other, finding);
    if (finding->other_family_worked && finding->note == NULL)
        finding->note = "The client got a relay over its other family of addresses (of IPv4 and "
                        "IPv6) at about the same time: only this one is blocked.";
}

void other_family_look(struct findings *findings, const struct state *state)
{
    struct asker four = {0}, six = {0};
    const struct table *allocations = &state->stun->allocations.table;
    bool at_client = state->vantage->value == VANTAGE_CLIENT;
    struct finding *f = NULL;
    for (const struct allocation *a = at_client ? table_oldest(allocations) : NULL; a != NULL;
         a = table_newer(allocations, a))
        add(a->client.ip.family == 6 ? &six : &four, a);
    while ((f = findings_next(findings, f)) != NULL)
        if (f->key.client.family == 6)
            judge(f, &six, &four);
        else
            judge(f, &four, &six);
}
