/* SPDX-License-Identifier: MIT */
/* All that a rule may look at beside its event. Const: rules judge, they change nothing but the
 * list of findings. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_STATE_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_STATE_H

#include "analyzer/diagnose/vantage.h"
#include "analyzer/evictions.h"
#include "analyzer/flow/hosts.h"
#include "analyzer/log/log_lines.h"
#include "analyzer/observed.h"
#include "analyzer/track/attempts.h"
#include "analyzer/track/exchanges.h"
#include "analyzer/track/handshakes.h"
#include "analyzer/track/lookups.h"
#include "analyzer/track/paths.h"
#include "analyzer/track/stun.h"
#include "analyzer/track/tcp.h"

struct profile;

struct state {
    const struct profile *profile; /* NULL: nothing is compared with a site */
    const struct vantage *vantage;
    const struct observed *observed;
    const struct flows *flows;
    const struct hosts *hosts;
    const struct stun_tracker *stun;
    const struct lookups *lookups;
    const struct connections *connections;
    const struct handshakes *handshakes;
    const struct exchanges *exchanges;
    const struct log_lines *log;
    const struct paths *paths;
    const struct attempts *attempts;
    const struct evictions *evictions;
};

#endif
