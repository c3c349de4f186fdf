/* SPDX-License-Identifier: MIT */
/* What a response says about a lookup's question. */
#ifndef TURNSCOPE_ANALYZER_TRACK_LOOKUP_ANSWER_H
#define TURNSCOPE_ANALYZER_TRACK_LOOKUP_ANSWER_H

#include "analyzer/track/lookups.h"

/* Fills rcode, flags, chain, records, addresses, targets and TTL of the lookup from the response,
 * in place of what an earlier response said, and remembers the addresses that it gives, as
 * lookup_learn_names does. */
void lookup_read_answer(struct lookup *lookup, const struct dns_message *message,
                        struct names *names, const struct ip_address *client, int64_t time);

/* Remembers every address that the response gives for its question's name (mDNS: for each record's
 * own name). `client` NULL: for everyone. */
void lookup_learn_names(struct names *names, const struct dns_message *message,
                        const struct ip_address *client, int64_t time);

/* NOERROR, and nothing of the type asked: RFC 2308's NODATA. False when that is not certain. */
bool lookup_no_data(const struct lookup *lookup);

#endif
