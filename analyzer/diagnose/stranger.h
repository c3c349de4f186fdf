/* SPDX-License-Identifier: MIT */
/* Who comes to a public server without being its client: scanners of the Internet. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_STRANGER_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_STRANGER_H

#include "analyzer/diagnose/findings.h"
#include "analyzer/diagnose/state.h"

/* In a capture that is not made on a client, and shows others, what the finding's client did is
 * what scanners do, it came from the Internet, and nothing else of it is seen: an Allocate without
 * credentials, or a TLS handshake that names no server and fails. Browsers name the server, and
 * load a page before they ask for a relay. */
bool finding_may_be_of_stranger(const struct finding *finding, const struct state *state);

#endif
