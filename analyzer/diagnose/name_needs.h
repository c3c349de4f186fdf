/* SPDX-License-Identifier: MIT */
/* Who asks for a name decides what the right answer is, and whether a failure matters: a machine
 * looks up many names of its own domain that have nothing to do with the call. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_NAME_NEEDS_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_NAME_NEEDS_H

#include "analyzer/diagnose/catalogue.h"
#include "analyzer/diagnose/state.h"

enum dns_asker {
    ASKER_UNKNOWN, /* no profile; or a DNS server, which asks for others */
    ASKER_OUTSIDE, /* a client: any machine that the profile gives no other role */
    ASKER_INSIDE,  /* such a machine that asks the DNS server of the inside */
    ASKER_EXPRESSWAY_E,
    ASKER_EXPRESSWAY_C,
    ASKER_CMS,
};

/* Who made this lookup, told by the roles that the profile gives to client and server. */
enum dns_asker lookup_asker(const struct state *state, const struct lookup *lookup);

/* The first lookup kept that such a machine made of such a name; NULL: there is none, or no
 * profile.
 */
const struct lookup *lookup_by(const struct state *state, enum dns_asker asker,
                               bool (*is_name)(const struct profile *profile, const char *name));

/* One of the names under which the profile knows the web bridge. */
bool is_webbridge_name(const struct profile *profile, const char *name);

/* The record by which CMS up to 2.9 finds its XMPP service. False for CMS 3.0 and later. */
bool is_xmpp_client_name(const struct profile *profile, const char *name);

/* Who asks cannot go on without this name, whatever else happens: it is one of the profile's. */
bool needs_name(const struct state *state, const struct lookup *lookup);

/* The same of other names of the site's domains, when the capture has ended: the client did nothing
 * else for its call afterwards, and nothing before it had failed. */
bool needed_in_the_end(const struct state *state, const struct lookup *lookup);

/* Without a profile: the name has the form of a site's, and its client did not get on to
 * TURN, or to its first connection, after it asked. */
bool may_be_needed(const struct state *state, const struct lookup *lookup);

/* The case whose symptom a failure of this lookup produces. */
enum case_id case_of_lookup(const struct state *state, const struct lookup *lookup);

#endif
