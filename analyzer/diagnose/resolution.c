/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/resolution.h"

#include "analyzer/track/lookup_answer.h"

/* Who asks again after a failure does it at once; glibc asks its next server without a pause. */
#define NO_RETRY_FOLLOWS SECONDS

enum { TRIES_THAT_COUNT = 2, TRIES_THAT_COUNT_OPEN = 3, REPEATS_THAT_COUNT = 2 };

static bool chain_leads_nowhere(const struct lookup *lookup)
{
    return lookup->chain == CHAIN_DANGLING || lookup->chain == CHAIN_ENDLESS;
}

/* A referral has no answer either: it says neither that the server knows nor that it looked. */
static bool server_speaks_for_all(const struct lookup *lookup)
{
    return lookup->authoritative || lookup->recursion_available;
}

static enum finding_code settled_failure(const struct lookup *lookup)
{
    if (chain_leads_nowhere(lookup) && server_speaks_for_all(lookup))
        return FINDING_DNS_DANGLING_ALIAS;
    if (lookup->rcode == DNS_NXDOMAIN && lookup->aliases == 0)
        return FINDING_DNS_NXDOMAIN;
    if (lookup_no_data(lookup) && lookup->aliases == 0 && server_speaks_for_all(lookup))
        return FINDING_DNS_NO_DATA;
    return FINDING_NONE;
}

/* What makes clients ask again is a failure only when they did not, or in vain. */
static bool nothing_better_follows(const struct lookup *lookup, int64_t now)
{
    return !lookup->capture_ended || lookup->answers >= TRIES_THAT_COUNT ||
           now - lookup->answered >= NO_RETRY_FOLLOWS;
}

static enum finding_code unsettled_failure(const struct lookup *lookup, int64_t now)
{
    if (!nothing_better_follows(lookup, now))
        return FINDING_NONE;
    if (lookup->truncated && lookup->rcode == DNS_NOERROR)
        return FINDING_DNS_TRUNCATED;
    if (lookup->resolved != 0)
        return FINDING_NONE;
    if (lookup->rcode == DNS_SERVFAIL)
        return FINDING_DNS_SERVER_FAILURE;
    return lookup->rcode == DNS_REFUSED ? FINDING_DNS_REFUSED : FINDING_NONE;
}

/* What would have answered could be seen; or it is clear without that the client waits in vain. */
static bool silence_is_visible(const struct state *state, const struct lookup *lookup)
{
    return lookup->unreachable || lookup->repeats >= REPEATS_THAT_COUNT ||
           hosts_seen_both_ways(state->hosts, &lookup->key.client);
}

/* Two tries at least had the time to be answered. */
static bool is_silent(const struct lookup *lookup, int64_t now)
{
    if (lookup->unreachable)
        return true;
    if (lookup->capture_ended)
        return lookup->tries >= TRIES_THAT_COUNT_OPEN &&
               now - lookup->first_sent >= LIMIT_LOOKUP_WAIT;
    return lookup->tries >= TRIES_THAT_COUNT;
}

enum finding_code lookup_failure(const struct state *state, const struct lookup *lookup,
                                 int64_t now)
{
    if (lookup->state == LOOKUP_UNANSWERED)
        return silence_is_visible(state, lookup) && is_silent(lookup, now) ? FINDING_DNS_NO_ANSWER
                                                                           : FINDING_NONE;
    if (lookup->state != LOOKUP_ANSWERED || lookup->records > 0)
        return FINDING_NONE;
    enum finding_code settled = settled_failure(lookup);
    return settled != FINDING_NONE ? settled : unsettled_failure(lookup, now);
}

static const struct lookup *beside(const struct state *state, const struct lookup *lookup,
                                   uint16_t type)
{
    return lookups_find(state->lookups, &lookup->key.client, &lookup->name, type);
}

static bool failed(const struct lookup *lookup)
{
    return lookup->state != LOOKUP_PENDING && lookup->address_count == 0;
}

const struct lookup *failed_address_lookup(const struct state *state, const struct lookup *lookup,
                                           bool ended)
{
    const struct lookup *a = beside(state, lookup, DNS_A);
    const struct lookup *aaaa = beside(state, lookup, DNS_AAAA);
    if (a == NULL)
        return ended && aaaa != NULL && failed(aaaa) ? aaaa : NULL;
    return failed(a) && (aaaa == NULL || failed(aaaa)) ? a : NULL;
}

static bool gave(const struct state *state, const struct finding *finding,
                 const struct dns_name *name, uint16_t type)
{
    const struct lookup *lookup = lookups_find(state->lookups, &finding->key.client, name, type);
    return lookup != NULL && lookup->resolved > finding->last;
}

static bool gave_address(const struct state *state, const struct finding *finding,
                         const struct dns_name *name)
{
    return gave(state, finding, name, DNS_A) || gave(state, finding, name, DNS_AAAA);
}

bool resolved_later(const struct state *state, const struct finding *finding)
{
    struct dns_name name;
    uint32_t code = finding->key.code;
    bool concerned = (code >= FINDING_DNS_NXDOMAIN && code <= FINDING_DNS_DANGLING_ALIAS) ||
                     code == FINDING_DNS_SRV_MISSING;
    if (!concerned || !dns_name_parse(&name, finding->subjects.name))
        return false;
    const struct lookup *a = lookups_find(state->lookups, &finding->key.client, &name, DNS_A);
    bool target = a != NULL && a->aliases > 0 && gave_address(state, finding, &a->canonical);
    return target || gave_address(state, finding, &name) || gave(state, finding, &name, DNS_SRV);
}
