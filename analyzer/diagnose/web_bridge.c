/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/web_bridge.h"

#include "analyzer/diagnose/profile_site.h"

static bool is_machine_of_site(const struct profile *profile, const struct ip_address *address)
{
    enum site_role role = profile_role(profile, address);
    return role != SITE_ROLE_NONE && role != SITE_ROLE_CLIENT;
}

/* TURN comes after the button. Without a profile nobody knows which one asks as a client, and which
 * one as a CMS. */
static bool any_client_got_past(const struct state *state)
{
    const struct table *allocations = &state->stun->allocations.table;
    for (const struct allocation *a = table_oldest(allocations);
         a != NULL && state->profile != NULL; a = table_newer(allocations, a))
        if (a->challenged.frame != 0 && !is_machine_of_site(state->profile, &a->client.ip))
            return true;
    return false;
}

void web_bridge_grade(struct finding *finding, const struct state *state)
{
    static const char restored[] =
        "Guests came in over the web bridge link later in the log: it was restored.";
    static const char past[] =
        "A client of this capture got as far as its TURN server, past the Join call button: this "
        "did not keep it out.";
    if (finding->key.code != FINDING_WEBBRIDGE_LINK_FAILED)
        return;
    if (finding->note == restored || finding->note == past)
        finding->note = NULL;
    const char *note = NULL;
    if (log_lines_guests_after(state->log, finding->last)) {
        finding->severity = SEVERITY_INFO;
        note = restored;
    } else if (finding->severity == SEVERITY_ERROR && any_client_got_past(state)) {
        finding->severity = SEVERITY_WARNING;
        note = past;
    }
    if (finding->note == NULL)
        finding->note = note;
}
