/* SPDX-License-Identifier: MIT */
/* DNS lookups: one client asking one question, however often and whomever it asks, until an answer
 * settles it or nobody answers.
 *
 * A response belongs to the query of the same transport addresses, protocol and ID, and to the same
 * question. NOERROR and NXDOMAIN settle a lookup at once. Any other answer (SERVFAIL, REFUSED,
 * truncated) makes clients ask again: it is reported only when they did not within
 * LIMIT_LOOKUP_WAIT, so that a retry that works is never read as a fault.
 *
 * mDNS and LLMNR are counted and teach names; they are no lookups, and their silence is normal. */
#ifndef TURNSCOPE_ANALYZER_TRACK_LOOKUPS_H
#define TURNSCOPE_ANALYZER_TRACK_LOOKUPS_H

#include "analyzer/event.h"
#include "analyzer/limits.h"
#include "analyzer/sighting.h"
#include "analyzer/track/names.h"
#include "dissectors/dns/record.h"

enum lookup_state {
    LOOKUP_PENDING,
    LOOKUP_ANSWERED, /* rcode, truncated and the answers say how */
    LOOKUP_UNANSWERED,
};

/* Where the CNAMEs of the answer lead. */
enum lookup_chain {
    CHAIN_NONE,     /* no CNAME */
    CHAIN_COMPLETE, /* to records of the type asked */
    CHAIN_DANGLING, /* to a name without them, or that does not exist */
    CHAIN_ENDLESS,  /* in a loop, or further than LIMIT_ALIASES */
    CHAIN_UNKNOWN,  /* the answer was cut, truncated or malformed before its end */
};

/* Compared as bytes: it has no padding. */
struct lookup_key {
    struct ip_address client;
    uint16_t type;  /* enum dns_type */
    uint16_t class; /* enum dns_class */
    uint16_t reserved;
    uint64_t name_hash; /* of the name in small letters; 0: no name */
};

struct lookup {
    struct lookup_key key;
    uint8_t state; /* enum lookup_state */
    /* How it was asked. */
    bool query_seen;     /* false: only responses are in the capture */
    bool asked_over_tcp; /* at least once: after a truncated answer it is the retry TC asks for */
    bool several_servers;
    bool unreachable; /* an ICMP error quotes a query; `answer` is its evidence when nothing else
                       * came
                       */
    uint8_t icmp_type;
    uint8_t icmp_code;
    uint16_t rounds;     /* times this question was asked, retries apart */
    uint16_t tries;      /* queries of this round, retries to any server among them */
    uint16_t repeats;    /* of them, the same query sent again: whoever does that has no answer */
    uint16_t duplicates; /* packets captured twice */
    int64_t first_sent;  /* nanoseconds since the epoch, this round */
    int64_t last_sent;
    struct transport_address client; /* of the first query of this round */
    struct transport_address server; /* who answered; else whom the latest query went to */
    uint8_t protocol;                /* enum ip_protocol, likewise */
    /* How it was answered. */
    bool truncated; /* TC is set in the answer that counts */
    bool authoritative;
    bool recursion_available;
    bool incomplete;       /* the capture cut the answer: counts may be too small */
    bool malformed;        /* the answer contradicts itself */
    bool has_ech;          /* an HTTPS or SVCB record offers Encrypted ClientHello */
    bool capture_ended;    /* the time to answer was not over */
    bool late;             /* the answer came when it had been reported missing */
    bool answered_again;   /* an answer took the place of another one of this round */
    uint8_t chain;         /* enum lookup_chain */
    uint8_t aliases;       /* CNAMEs followed */
    uint16_t answers;      /* of this round: all responses, also those that settled nothing */
    uint16_t failures;     /* of them, neither NOERROR nor NXDOMAIN */
    uint16_t rcode;        /* enum dns_rcode of the answer that counts */
    uint16_t records;      /* of the type asked, at the end of the chain */
    uint8_t address_count; /* kept; the others are in `records` */
    uint8_t target_count;
    uint32_t ttl;           /* seconds: the least of the chain and the records; 0 without any */
    int64_t answered;       /* nanoseconds since the epoch; 0: not */
    int64_t resolved;       /* the latest answer, of any round, with what was asked for; 0: none */
    int64_t round_trip;     /* nanoseconds from the query that was answered; -1: not known */
    struct evidence answer; /* the one that counts; frame 0: none */
    struct evidence query;  /* the first of this round; what it asks for, lookup_evidence says */
    /* From here on a new record is not cleared: only as much is valid as is said to be there. */
    struct dns_name name;                                /* in small letters */
    struct ip_address addresses[LIMIT_LOOKUP_ADDRESSES]; /* of A and AAAA */
    struct dns_srv targets[LIMIT_LOOKUP_TARGETS];        /* of SRV */
    struct dns_name canonical;                           /* where the aliases lead */
    struct evidence latest_query;                        /* of several tries */
    struct evidence first_answer; /* of this round, where another one counts: answered_again */
};

struct lookup_statistics {
    uint64_t queries; /* without duplicates */
    uint64_t responses;
    uint64_t retries;
    uint64_t duplicates;
    uint64_t unmatched; /* responses to no query that waits, or without a question */
    uint64_t multicast; /* mDNS and LLMNR messages */
};

struct lookups {
    struct table table; /* of struct lookup, the latest asked last */
    struct table tries;
    struct names names;
    struct lookup_statistics statistics;
};

/* 0, or -1 when memory is short. */
int lookups_init(struct lookups *lookups, uint32_t megabytes);
void lookups_free(struct lookups *lookups);

/* Asks for the memory that lookups_note will look at when the next message of the flow answers its
 * latest query; to be called when what trackers keep of the flow has come. */
void lookups_foresee(const struct lookups *lookups, const struct flow *flow);

/* One decoded message, whatever dns_decode said of it but NOT_MINE. Events: EVENT_DNS_ANSWERED. */
void lookups_note(struct lookups *lookups, const struct dns_message *message,
                  const struct sighting *sighting, struct event_queue *events);

/* An ICMP error: when it quotes a query that waits, the lookup is unreachable as long as nobody
 * answers it. `seen` is the evidence of the ICMP packet. */
void lookups_note_icmp(struct lookups *lookups, const struct icmp_error *icmp,
                       const struct evidence *seen);

/* What nobody settled within LIMIT_LOOKUP_WAIT after the last try: EVENT_DNS_UNANSWERED, or
 * EVENT_DNS_ANSWERED with the answer that settled nothing. True when the queue is full and it must
 * be called again after it was emptied. */
bool lookups_expire(struct lookups *lookups, int64_t now, struct event_queue *events);

/* The same for all that is open when the capture ends at `now`; capture_ended is set where the time
 * to answer was not over. */
bool lookups_end(struct lookups *lookups, int64_t now, struct event_queue *events);

/* The latest round of the client's lookup of this name and type, in class IN; NULL: not asked. */
const struct lookup *lookups_find(const struct lookups *lookups, const struct ip_address *client,
                                  const struct dns_name *name, uint16_t type);

/* For a report: the lookup asked next after `previous` (NULL: the first one kept). NULL: no more.
 */
const struct lookup *lookups_next(const struct lookups *lookups, const struct lookup *previous);

#endif
