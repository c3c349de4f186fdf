/* SPDX-License-Identifier: MIT */
/* Which hosts are seen sending, and which are seen being sent to: silence may only be judged where
 * the capture could have shown the answer. */
#ifndef TURNSCOPE_ANALYZER_FLOW_HOSTS_H
#define TURNSCOPE_ANALYZER_FLOW_HOSTS_H

#include "analyzer/flow/flow.h"
#include "analyzer/flow/table_queue.h"

struct host {
    struct ip_address address; /* the key */
    bool sends;
    bool receives;  /* unicast packets to it are in the capture */
    uint32_t flows; /* it takes part in, outer ones */
    uint32_t begun; /* of them, those in which it was seen to send first */
};

struct hosts {
    struct table table;
    struct table_queue queue; /* of enum host_note */
    uint32_t most_flows;      /* of any host in the table that sends */
};

int hosts_init(struct hosts *hosts, uint32_t capacity);
void hosts_free(struct hosts *hosts);

/* Call when a flow is seen for the first time in the direction from endpoint `from`. */
void hosts_note(struct hosts *hosts, const struct flow *flow, unsigned from);

/* An ICMP error to this address is in the capture. */
void hosts_note_told(struct hosts *hosts, const struct ip_address *address);

/* How many flows it was seen to begin. */
uint32_t hosts_begun(const struct hosts *hosts, const struct ip_address *address);

/* Brings the table up to date, before all of it is looked at. */
void hosts_settle(struct hosts *hosts);

/* Packets to and from this address are in the capture: what would answer it could be seen. */
bool hosts_seen_both_ways(const struct hosts *hosts, const struct ip_address *address);

#endif
