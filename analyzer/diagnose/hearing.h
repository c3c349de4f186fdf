/* SPDX-License-Identifier: MIT */
/* Whether the capture holds what comes to a client: where it does not, silence means nothing. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_HEARING_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_HEARING_H

#include "analyzer/diagnose/state.h"

enum hearing {
    HEARS_NOTHING, /* its network is down, or the capture lost that direction */
    HEARS_OTHERS,  /* the capture had not lost that direction */
    HEARS_UNSEEN,  /* it had: the client acknowledges what no packet here holds */
};

/* What comes to this client after a time and until the present (nanoseconds since the epoch). Looks
 * through all connections, allocations and paths. */
enum hearing hearing_of(const struct state *state, const struct ip_address *client, int64_t after,
                        int64_t until);

#endif
