/* SPDX-License-Identifier: MIT */
/* Which packets a ladder is about: those of an attempt, or all that a client did. */
#include "ui/tui/ladder.h"

/* From the end of the client's attempt before to the start of the next one: the attempt's own times
 * are those of its events, and a query comes before its answer. */
struct ladder_scope ladder_scope_of_attempt(const struct dashboard *dashboard,
                                            const struct attempt *attempt)
{
    struct ladder_scope scope = {
        .client = attempt->client, .from = INT64_MIN, .to = INT64_MAX, .attempt = attempt->number};
    const struct attempt *other = NULL;
    while ((other = attempts_next(&dashboard->engine->attempts, other)) != NULL) {
        if (!ip_address_equal(&other->client, &attempt->client))
            continue;
        if (other->number < attempt->number && other->last + 1 > scope.from)
            scope.from = other->last + 1;
        if (other->number > attempt->number && other->first - LIMIT_ATTEMPT_IDLE / 2 < scope.to)
            scope.to = other->first - LIMIT_ATTEMPT_IDLE / 2;
    }
    return scope;
}

void ladder_open_evidence(struct dashboard *dashboard, const struct ip_address *client,
                          const struct evidence *evidence)
{
    struct ladder_scope scope = {.client = *client, .from = INT64_MIN, .to = INT64_MAX};
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(&dashboard->engine->attempts, attempt)) != NULL) {
        if (!ip_address_equal(&attempt->client, client))
            continue;
        struct ladder_scope own = ladder_scope_of_attempt(dashboard, attempt);
        if (evidence->time >= own.from && evidence->time <= own.to)
            scope = own;
    }
    ladder_open(dashboard, &scope, evidence->input, evidence->frame);
}

void ladder_scope_choose(struct ladder_scope *scope, const struct dashboard *dashboard)
{
    const struct attempt *attempt = dashboard_attempt(dashboard);
    const struct stored_packet *stored = packets_next(dashboard->packets, NULL);
    if (attempt != NULL)
        *scope = ladder_scope_of_attempt(dashboard, attempt);
    else if (stored != NULL)
        *scope =
            (struct ladder_scope){.client = stored->source.ip, .from = INT64_MIN, .to = INT64_MAX};
}

const struct attempt *ladder_scope_attempt(const struct ladder_scope *scope,
                                           const struct dashboard *dashboard)
{
    const struct attempt *attempt = NULL;
    do
        attempt = attempts_next(&dashboard->engine->attempts, attempt);
    while (attempt != NULL && attempt->number != scope->attempt);
    return attempt;
}
