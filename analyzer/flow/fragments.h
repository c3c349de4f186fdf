/* SPDX-License-Identifier: MIT */
/* IP fragments put together again (RFC 791 section 3.2, RFC 815, RFC 8200 section 4.5, RFC 5722).
 */
#ifndef TURNSCOPE_ANALYZER_FLOW_FRAGMENTS_H
#define TURNSCOPE_ANALYZER_FLOW_FRAGMENTS_H

#include "analyzer/flow/assembly.h"
#include "analyzer/flow/table.h"
#include "dissectors/packet/packet.h"

enum fragment_result {
    FRAGMENT_WAITING,   /* more of the datagram is needed */
    FRAGMENT_WHOLE,     /* it was the last one missing */
    FRAGMENT_DISCARDED, /* captured twice, contradicts the others, overlaps (IPv6), found no room */
};

/* IPv4 tells datagrams apart by protocol too; IPv6 does not (protocol 0). */
struct fragment_key {
    struct ip_address source;
    struct ip_address destination;
    uint8_t protocol;
    uint8_t reserved[3]; /* no padding: compared as bytes */
    uint32_t identification;
};

struct datagram {
    struct fragment_key key;
    struct assembly assembly; /* from the first byte of the IP payload */
    int64_t first;            /* time of the fragment that came first */
    uint32_t total;           /* length of the IP payload; 0: the last fragment is yet to come */
    uint32_t cut_at;          /* from here on bytes were not captured */
    uint8_t protocol;         /* of the first fragment, whose header counts */
    uint8_t ttl;
    uint8_t encapsulations;
    bool finished; /* delivered or discarded: what still comes of it is of no use */
};

struct fragments {
    struct table datagrams;
    struct buffers buffers;
    struct record_id delivered; /* its bytes are what the latest whole packet shows */
    int64_t delivered_time;
    uint64_t reassembled;
    uint64_t timed_out;
    uint64_t evicted; /* given up for want of memory */
    uint64_t discarded;
};

/* Memory is sized by LIMIT_FRAGMENTED_DATAGRAMS. 0, or -1 when memory is short. */
int fragments_init(struct fragments *fragments, uint32_t megabytes);
void fragments_free(struct fragments *fragments);

/* Takes in a packet whose fragment.is_fragment is set, seen at `time` (nanoseconds).
 * FRAGMENT_WHOLE: *whole is the packet that was sent, decoded to its transport payload, and *status
 * is as packet_decode's: CUT_SHORT when the snaplen cut one of the fragments; what stands in front
 * of the cut is there. Its views are valid until the next call. Fragments inside a tunnel that is
 * fragmented itself are discarded. */
enum fragment_result fragments_add(struct fragments *fragments, const struct packet *fragment,
                                   int64_t time, struct packet *whole, enum dissect_status *status);

/* Gives up datagrams that were begun more than LIMIT_FRAGMENT_TIMEOUT before `now`. */
void fragments_expire(struct fragments *fragments, int64_t now);

#endif
