/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/other_address.h"

#include "analyzer/diagnose/causes.h"

/* From the earliest Allocate of the kind to the latest sign of life of one. */
struct stretch {
    int64_t from; /* 0: there is none */
    int64_t to;
};

/* The one address of a family that asks TURN servers for relays. */
struct asker {
    struct ip_address address; /* family 0: none */
    bool several;
    struct stretch answered; /* whatever the answer */
    struct stretch relayed;
};

static void extend(struct stretch *stretch, const struct allocation *allocation)
{
    if (stretch->from == 0 || allocation->first < stretch->from)
        stretch->from = allocation->first;
    if (allocation->last > stretch->to)
        stretch->to = allocation->last;
}

static void add(struct asker *asker, const struct allocation *allocation)
{
    if (asker->address.family == 0)
        asker->address = allocation->client.ip;
    else if (!ip_address_equal(&asker->address, &allocation->client.ip))
        asker->several = true;
    if (allocation->challenged.frame != 0 || allocation->concluded.frame != 0 ||
        allocation->heard != 0)
        extend(&asker->answered, allocation);
    if (allocation->ever_allocated)
        extend(&asker->relayed, allocation);
}

/* In the same attempt, that is about the same time. */
static bool meets(const struct stretch *stretch, const struct finding *finding)
{
    return stretch->from != 0 && stretch->from <= finding->last + LIMIT_ATTEMPT_IDLE &&
           stretch->to + LIMIT_ATTEMPT_IDLE >= finding->first;
}

/* Browsers try both families for the page, too (RFC 8305), and whoever asks for a relay has it. */
static bool is_about_reaching_page(const struct finding *finding)
{
    enum attempt_step step = finding_step((enum finding_code)finding->key.code);
    return step == STEP_TCP || step == STEP_TLS;
}

static void judge_page(struct finding *finding, const struct asker *own, const struct asker *other)
{
    bool same = own->address.family == 0 ||
                (!own->several && ip_address_equal(&own->address, &finding->key.client));
    finding->other_address_worked =
        same && !other->several && own->answered.from == 0 && meets(&other->answered, finding);
    if (finding->other_address_worked && finding->note == NULL)
        finding->note = "The client got to a TURN server over its other family of addresses (of "
                        "IPv4 and IPv6) at about the same time: only this one is blocked.";
}

static void judge(struct finding *finding, const struct asker *own, const struct asker *other)
{
    if (is_about_reaching_page(finding)) {
        judge_page(finding, own, other);
        return;
    }
    finding->other_address_worked = finding_is_about_reaching_turn(finding) && !own->several &&
                                    ip_address_equal(&own->address, &finding->key.client) &&
                                    !other->several && meets(&other->relayed, finding);
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
