/* SPDX-License-Identifier: MIT */
/* What matters: of all that a machine does, what belongs to a WebRTC client's way in. A browser
 * looks up, connects to and gives up a dozen other hosts at the same time.
 *
 * With a profile: its names, domains and addresses, and what its names resolved to. Without one:
 * the servers that the client also sends STUN or TURN to; all of them while it sends none. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_SCOPE_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_SCOPE_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

/* The profile names names or addresses, so that scope_name and scope_server can tell. */
bool scope_is_known(const struct state *state);

/* The name is one of the profile's, or below one of its domains. False without a profile. */
bool scope_name(const struct state *state, const char *name);

/* The address is one of the profile's, or one of its names resolved to it. False without one. */
bool scope_server(const struct state *state, const struct ip_address *client,
                  const struct ip_address *server);

/* The handshake is with such a server, or for such a name; without a profile any is. The web
 * administration of Expressway-E is no client's way in. */
bool scope_handshake(const struct state *state, const struct handshake *handshake);

/* The request is for such a name or goes to such a server; a CONNECT of a web proxy's client also
 * when it is for a port of TURN. Without a profile any is. */
bool scope_exchange(const struct state *state, const struct exchange *exchange);

/* Without a profile: the port is one of those by which machines look for domains, file shares and
 * printers all by themselves (IANA: kerberos, epmap, netbios-ssn, ldap, microsoft-ds, kpasswd,
 * printer, ipp, ldaps, msft-gc, pdl-datastream). No browser asks there for a page or a relay. */
bool scope_is_other_service(const struct state *state, const struct transport_address *server);

/* The port is that of the web administration, which no client needs. False without a profile. */
bool scope_is_administration(const struct state *state, const struct transport_address *server);

/* The event is of the other leg of a relayed path, between the relay and the far side, which a
 * capture on a TURN server holds, too: what there is to say of it is said of the path of the client
 * that the relay is for. */
bool scope_is_relay_leg(const struct state *state, const struct event *event);

/* Whether an event is part of a call attempt. */
bool scope_event(const struct state *state, const struct event *event);

/* Whether a line of the CMS event log with this time (0: it has none) tells of what was captured.
 */
bool scope_log_time(const struct state *state, int64_t time);

/* Whether what a finding is about matters, as far as the capture has shown. */
bool scope_finding(const struct state *state, const struct finding *finding);

#endif
