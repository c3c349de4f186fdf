/* SPDX-License-Identifier: MIT */
/* What the capture as a whole showed. */
#ifndef TURNSCOPE_ANALYZER_OBSERVED_H
#define TURNSCOPE_ANALYZER_OBSERVED_H

#include "analyzer/evidence.h"
#include "analyzer/limits.h"
#include "dissectors/packet/packet.h"

struct observed {
    uint64_t packets;
    uint64_t truncated;                  /* cut by the snaplen */
    uint64_t malformed;                  /* headers that contradict themselves */
    uint64_t malformed_of[LIMIT_INPUTS]; /* the same for each input */
    uint64_t other;                      /* not IP */
    uint64_t fragments;
    uint64_t flows_one_way;   /* unicast UDP and TCP flows seen in one direction so far */
    uint64_t flows_both_ways; /* and in both */
    uint64_t told_by_icmp;    /* ICMP errors to a host whose packets are in the capture */
    uint64_t one_way_answers; /* what only follows an answer, where the capture holds none */
    uint64_t cut_messages;    /* signalling messages that the snaplen cut */
    uint64_t dropped;         /* by the kernel, where known */
    uint64_t backwards;       /* packets more than a second older than one before them */
    int64_t first;            /* nanoseconds since the epoch; 0: no packet yet */
    int64_t last;
    struct evidence first_cut; /* the first message that the snaplen cut */
};

/* All conversations go one way, and no ICMP error tells that the other direction would show. */
static inline bool observed_one_sided(const struct observed *observed)
{
    return observed->flows_one_way > 0 && observed->flows_both_ways == 0 &&
           observed->told_by_icmp == 0;
}

/* Counts one packet of an input as packet_decode found it. */
void observed_note(struct observed *observed, int64_t time, uint16_t input,
                   const struct packet *packet, enum dissect_status status);

#endif
