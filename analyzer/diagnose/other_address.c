/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/other_address.h"

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
    finding->other_address_worked = finding_is_about_reaching_turn(finding) && !own->several &&
                                    ip_address_equal(&own->address, &finding->key.client) &&
                                    helped(other, finding);
    if (finding->other_address_worked && finding->note == NULL)
        finding->note = "The client got a relay over its other family of addresses (of IPv4 and "
                        "IPv6) at about the same time: only this one is blocked.";
}

static void look_at_families(struct findings *findings, const struct table *allocations)
{
    struct asker four = {0}, six = {0};
    struct finding *f = NULL;
    for (const struct allocation *a = table_oldest(allocations); a != NULL;
         a = table_newer(allocations, a))
        add(a->client.ip.family == 6 ? &six : &four, a);
    while ((f = findings_next(findings, f)) != NULL)
        if (f->key.client.family == 6)
            judge(f, &six, &four);
        else
            judge(f, &four, &six);
}

/* Candidates are gathered from all addresses in one go. */
#define SAME_MOMENT (200 * MILLISECONDS)

static bool in_same_moment(const struct finding *finding, const struct allocation *allocation)
{
    int64_t asked = finding->evidence_count > 0 ? finding->evidence[0].time : finding->first;
    int64_t distance = allocation->first - asked;
    return allocation->ever_allocated && distance <= SAME_MOMENT && distance >= -SAME_MOMENT &&
           ip_address_equal(&allocation->server.ip, &finding->key.server.ip) &&
           !ip_address_equal(&allocation->client.ip, &finding->key.client);
}

/* All allocations are looked through for each: a machine has few addresses that fail. */
enum { ADDRESSES_MOST = 8 };

static void look_at_moments(struct findings *findings, const struct table *allocations)
{
    unsigned looked = 0;
    struct finding *f = NULL;
    while ((f = findings_next(findings, f)) != NULL && looked < ADDRESSES_MOST) {
        if (f->other_address_worked || !finding_is_about_reaching_turn(f))
            continue;
        looked++;
        for (const struct allocation *a = table_oldest(allocations);
             a != NULL && !f->other_address_worked; a = table_newer(allocations, a))
            f->other_address_worked = in_same_moment(f, a);
        if (f->other_address_worked && f->note == NULL)
            f->note = "Another address asked the same server in the same moment and got a relay. "
                      "Both seem to be of one machine, as with a VPN or a second network card: "
                      "then only the way from this address is blocked.";
    }
}

void other_address_look(struct findings *findings, const struct state *state)
{
    const struct table *allocations = &state->stun->allocations.table;
    struct finding *f = NULL;
    while ((f = findings_next(findings, f)) != NULL)
        f->other_address_worked = false;
    if (state->vantage->value != VANTAGE_CLIENT)
        return;
    look_at_families(findings, allocations);
    look_at_moments(findings, allocations);
}
