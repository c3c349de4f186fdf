/* SPDX-License-Identifier: MIT */
/* Captive portals (RFC 8952): the requests by which systems and browsers look for one, and what a
 * portal explains. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_PORTAL_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_PORTAL_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

enum portal_sign {
    PORTAL_UNKNOWN, /* says nothing about it */
    PORTAL_ABSENT,  /* what the client asked for came from where it was to come */
    PORTAL_PRESENT,
};

/* What an answered request for the test page of a system or browser says of a portal: the test page
 * came, or something else in its place. Any other exchange, and one that was encrypted, is UNKNOWN;
 * status 511 (RFC 6585 section 6) is a portal's whatever was asked for. */
enum portal_sign portal_sign(const struct exchange *exchange);

/* Whoever got into a call is past it, too. A portal that is gone is no fault any more. */
void portal_grade(struct finding *portal, const struct state *state);

/* Until its client is seen to be past it, a portal explains why names, certificates and servers are
 * not what they should be. What a TURN server answered has come through. */
bool portal_explains(const struct finding *portal, const struct finding *effect);

#endif
