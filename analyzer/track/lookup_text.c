/* SPDX-License-Identifier: MIT */
#include "analyzer/track/lookup_text.h"

#include <stdio.h>

/* One after the other, as far as there is room. Each answer is put in words, and nearly all of them
 * need no more than this. */
static void join(char *to, size_t size, const char *first, const char *second, const char *third)
{
    const char *parts[] = {first, second, third};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t length = strnlen(parts[i], size - 1);
        memcpy(to, parts[i], length);
        to += length;
        size -= length;
    }
    *to = '\0';
}

/* " -> " and the first of what was asked for; "" when nothing can be said beside the code. */
static void given_text(const struct lookup *lookup, char *text, size_t size)
{
    char name[DNS_NAME_TEXT], address[IP_ADDRESS_TEXT];
    bool whole = !lookup->incomplete && !lookup->malformed;
    *text = '\0';
    if (lookup->state == LOOKUP_UNANSWERED)
        snprintf(text, size, " -> %s", lookup->unreachable ? "unreachable" : "no answer");
    else if (lookup->address_count > 0)
        join(text, size, " -> ", ip_address_text(&lookup->addresses[0], address),
             lookup->records > 1 ? " and others" : "");
    else if (lookup->target_count > 0)
        snprintf(text, size, " -> %s:%u",
                 dns_name_text(&lookup->targets[0].target, name, sizeof name),
                 lookup->targets[0].port);
    else if (lookup->truncated)
        snprintf(text, size, " -> truncated");
    else if (lookup->aliases > 0 && lookup->records == 0)
        snprintf(text, size, " -> alias %s", dns_name_text(&lookup->canonical, name, sizeof name));
    else if (lookup->records == 0 && lookup->rcode == DNS_NOERROR && whole)
        snprintf(text, size, " -> no such record");
}

void lookup_text(const struct lookup *lookup, bool answered, char *text, size_t size)
{
    const char *cut = "...";
    char name[DNS_NAME_TEXT], given[EVIDENCE_DETAIL / 2 + 8] = "";
    dns_name_text(&lookup->name, name, sizeof name);
    if (answered)
        given_text(lookup, given, sizeof given);
    size_t room = size - 1 - strlen(given);
    if (strlen(name) > room)
        name[room - strlen(cut)] = '\0';
    else
        cut = "";
    join(text, size, name, cut, given);
}

void lookup_evidence(const struct lookup *lookup, struct evidence evidence[LOOKUP_EVIDENCE])
{
    struct evidence *query = &evidence[0], *latest_query = &evidence[2];
    *query = lookup->query;
    lookup_text(lookup, false, query->detail, sizeof query->detail);
    *latest_query = *query;
    if (lookup->tries > 1) {
        *latest_query = lookup->latest_query;
        memcpy(latest_query->detail, query->detail, sizeof query->detail);
    }
    evidence[1] = (struct evidence){0};
    if (lookup_has_answer(lookup))
        evidence[1] = lookup->answered_again ? lookup->first_answer : lookup->answer;
    evidence[3] = lookup->answer;
}
