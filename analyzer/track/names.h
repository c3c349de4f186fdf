/* SPDX-License-Identifier: MIT */
/* Which name gave which address to which client: what a TLS or TURN server is called. */
#ifndef TURNSCOPE_ANALYZER_TRACK_NAMES_H
#define TURNSCOPE_ANALYZER_TRACK_NAMES_H

#include "analyzer/flow/table_queue.h"
#include "dissectors/address.h"
#include "dissectors/dns/name.h"

/* client.family 0: whoever asked last. */
struct named_address {
    struct named_address_key {
        struct ip_address client;
        struct ip_address address;
    } key;
    int64_t time; /* nanoseconds since the epoch */
    struct dns_name name;
};

struct names {
    struct table table;
    struct table_queue queue;                    /* of times */
    struct dns_name waiting[TABLE_QUEUE_LENGTH]; /* [i]: of the note in the queue's place i */
};

/* 0, or -1 when memory is short. */
int names_init(struct names *names, uint32_t capacity);
void names_free(struct names *names);

/* `name` resolved to `address` for `client` (NULL: multicast, for everyone). The latest counts. */
void names_learn(struct names *names, const struct ip_address *client,
                 const struct ip_address *address, const struct dns_name *name, int64_t time);

/* The latest name that resolved to `address` for this client; else for anyone (the client may ask
 * through a forwarder of its own). NULL when none did. Valid until the next names_learn. */
const struct dns_name *names_of(const struct names *names, const struct ip_address *client,
                                const struct ip_address *address);

#endif
