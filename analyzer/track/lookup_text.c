/* SPDX-License-Identifier: MIT */
#include "analyzer/track/lookup_text.h"

#include <stdio.h>

/* Of what was given, with its NUL: the name has the greater part of the room. */
enum { GIVEN_TEXT = EVIDENCE_DETAIL / 2 + 8 };

static size_t append(char *text, size_t size, size_t length, const char *more)
{
    size_t added = strnlen(more, size - 1 - length);
    memcpy(text + length, more, added);
    text[length + added] = '\0';
    return length + added;
}

/* Nearly all answers are one address, and each is put in words. */
static void address_text(const struct lookup *lookup, char *text, size_t size)
{
    char address[IP_ADDRESS_TEXT];
    size_t length = append(text, size, 0, " -> ");
    length = append(text, size, length, ip_address_text(&lookup->addresses[0], address));
    if (lookup->records > 1)
        append(text, size, length, " and others");
}

/* " -> " and the first of what was asked for; "" when nothing can be said beside the code. */
static void given_text(const struct lookup *lookup, char *text, size_t size)
{
    char name[DNS_NAME_TEXT];
    bool whole = !lookup->incomplete && !lookup->malformed;
    *text = '\0';
    if (lookup->state == LOOKUP_UNANSWERED)
        snprintf(text, size, " -> %s", lookup->unreachable ? "unreachable" : "no answer");
    else if (lookup->address_count > 0)
        address_text(lookup, text, size);
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
    static const char cut[] = "...", late[] = " (late)";
    char name[DNS_NAME_TEXT], given[GIVEN_TEXT];
    given[0] = '\0';
    if (answered && lookup->late)
        append(given, sizeof given, 0, late);
    if (answered)
        given_text(lookup, given + strlen(given), sizeof given - strlen(given));
    size_t room = size - 1 - strlen(given);
    size_t length = append(text, room + 1, 0, dns_name_text(&lookup->name, name, sizeof name));
    if (length == room && name[length] != '\0')
        memcpy(text + room - strlen(cut), cut, strlen(cut));
    append(text, size, length, given);
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

const char *lookup_state_name(const struct lookup *lookup)
{
    return lookup->state == LOOKUP_ANSWERED ? "answered" : "unanswered";
}
