/* SPDX-License-Identifier: MIT */
/* Which part of the way a connection is of: what a browser meets, or what the machines of the site
 * have among themselves. The site profile tells it by the two ends. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_LEG_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_LEG_H

#include "analyzer/diagnose/catalogue.h"
#include "analyzer/diagnose/state.h"

enum leg {
    LEG_CLIENT,     /* a client's; and whatever no profile tells */
    LEG_WEB_BRIDGE, /* Call Bridge to Web Bridge, of a CMS */
    LEG_XMPP,       /* Call Bridge to the XMPP service, before CMS 3.0 */
    LEG_INSIDE,     /* any other between the site's machines, such as Expressway-C to CMS */
};

/* `name`: by which the server was asked for, "" when that is not known. */
enum leg leg_of(const struct state *state, const struct ip_address *client,
                const struct transport_address *server, const char *name);

enum leg leg_of_handshake(const struct state *state, const struct handshake *handshake);

/* The case that a connection's failure leads to, where it is another one for this part of the way
 * than for what clients meet. */
enum case_id leg_case(enum leg leg, enum case_id of_client);

#endif
