/* SPDX-License-Identifier: MIT */
/* Where and when a message was seen: what a tracker needs to know of the packet around it. */
#ifndef TURNSCOPE_ANALYZER_SIGHTING_H
#define TURNSCOPE_ANALYZER_SIGHTING_H

#include "analyzer/evidence.h"
#include "analyzer/flow/flow.h"

struct sighting {
    int64_t time; /* nanoseconds since the epoch */
    uint64_t frame;
    uint16_t input;
    struct flow *flow;
    struct record_id flow_id;
    unsigned from; /* index of the flow's endpoint that sent it */
    bool cut;      /* the snaplen cut the packet */
};

static inline const struct transport_address *sighting_source(const struct sighting *sighting)
{
    return &sighting->flow->key.endpoint[sighting->from];
}

static inline const struct transport_address *sighting_destination(const struct sighting *sighting)
{
    return &sighting->flow->key.endpoint[1 - sighting->from];
}

/* Evidence of this packet with place, time and addresses filled in; the caller adds what it was. */
static inline struct evidence evidence_of(const struct sighting *sighting,
                                          enum evidence_protocol protocol)
{
    bool relayed = sighting->flow->key.layer == FLOW_RELAYED;
    return (struct evidence){
        .time = sighting->time,
        .frame = sighting->frame,
        .input = sighting->input,
        .protocol = (uint8_t)protocol,
        .flags = relayed ? EVIDENCE_RELAYED : 0,
        .source = *sighting_source(sighting),
        .destination = *sighting_destination(sighting),
    };
}

#endif
