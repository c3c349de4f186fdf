/* SPDX-License-Identifier: MIT */
/* Whether the machine whose path fell silent sends from another address since: its network changed,
 * as when a VPN comes up or it goes to another Wi-Fi. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_MOVED_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_MOVED_H

#include "analyzer/diagnose/state.h"

struct move {
    struct evidence seen; /* the first packet from the other address that shows it */
    bool path_found;      /* the same session goes on from there */
};

/* Whether it did, after the latest answer on `lost`. Either the same ICE session is checked from
 * another address; or, in a capture that was made on the client, an address of which nothing was
 * seen before turns to a server that the old one had reached. Looks through all paths, connections
 * and allocations. */
bool moved_away(const struct state *state, const struct path *lost, struct move *move);

#endif
