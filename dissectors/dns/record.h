/* SPDX-License-Identifier: MIT */
/* What resource records hold, by type.
 *
 * Each function takes a record that dns_record_next filled and returns OK; NOT_MINE: the record is
 * of another type; CUT_SHORT: the capture ends in its data; MALFORMED: the data does not hold what
 * the type asks for, no more and no less. The result is only valid when OK. Class is not looked at:
 * the records of an UPDATE may be empty on purpose. */
#ifndef TURNSCOPE_DISSECTORS_DNS_RECORD_H
#define TURNSCOPE_DISSECTORS_DNS_RECORD_H

#include "dissectors/address.h"
#include "dissectors/dns/message.h"

/* A (RFC 1035 section 3.4.1), AAAA (RFC 3596). */
enum dissect_status dns_record_address(const struct dns_record *record, struct ip_address *address);

/* The one name of CNAME, DNAME, NS and PTR. */
enum dissect_status dns_record_name(const struct dns_record *record, struct dns_name *name);

/* RFC 2782. The target "." says that the service is not there. */
struct dns_srv {
    uint16_t priority; /* lowest first */
    uint16_t weight;
    uint16_t port;
    struct dns_name target;
};
enum dissect_status dns_record_srv(const struct dns_record *record, struct dns_srv *srv);

struct dns_mx {
    uint16_t preference; /* lowest first */
    struct dns_name exchange;
};
enum dissect_status dns_record_mx(const struct dns_record *record, struct dns_mx *mx);

/* Times in seconds. RFC 2308: a negative answer lives for the lesser of `minimum` and its TTL. */
struct dns_soa {
    struct dns_name primary;
    struct dns_name mailbox;
    uint32_t serial;
    uint32_t refresh;
    uint32_t retry;
    uint32_t expire;
    uint32_t minimum;
};
enum dissect_status dns_record_soa(const struct dns_record *record, struct dns_soa *soa);

/* SVCB and HTTPS (RFC 9460). Parameters that are absent are empty views. */
struct dns_service {
    uint16_t priority;      /* 0: AliasMode */
    struct dns_name target; /* ".": the owner's own name in ServiceMode, none in AliasMode */
    struct bytes alpn;      /* protocol names, each behind an octet of length */
    bool no_default_alpn;
    bool has_port;
    uint16_t port;
    struct bytes ipv4_hints; /* addresses of 4 octets */
    struct bytes ipv6_hints; /* addresses of 16 octets */
    bool has_ech; /* the client may encrypt its ClientHello: the SNI seen is an outer one */
};
enum dissect_status dns_record_service(const struct dns_record *record,
                                       struct dns_service *service);

/* Takes the next character-string (RFC 1035 section 3.3) off the list, as `alpn` above is one;
 * false at its end, or where its octets are missing: then the list has failed. */
bool dns_text_next(struct cursor *strings, struct bytes *string);

#endif
