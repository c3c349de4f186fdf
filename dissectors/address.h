/* SPDX-License-Identifier: MIT */
/* IP addresses and transport addresses (RFC 8656: IP address and port), comparable as bytes: there
 * is no padding in them, so that they can be parts of keys. */
#ifndef TURNSCOPE_DISSECTORS_ADDRESS_H
#define TURNSCOPE_DISSECTORS_ADDRESS_H

#include "dissectors/bytes.h"

/* An IPv4 address uses octets 0-3, the others are zero: two addresses are equal when their bytes
 * are. family 0: no address. */
struct ip_address {
    uint16_t family; /* 4, 6, or 0 */
    uint8_t octets[16];
};

struct transport_address {
    struct ip_address ip;
    uint16_t port;
};

/* Longest texts with their terminating NUL: "[" IPv6 "]:65535". */
enum { IP_ADDRESS_TEXT = 46, TRANSPORT_ADDRESS_TEXT = 56 };

/* From octets in network order. */
struct ip_address ip_address_v4(const uint8_t octets[4]);
struct ip_address ip_address_v6(const uint8_t octets[16]);

/* Reads an address of `family` (4 or 6) from the cursor, in network order. */
struct ip_address ip_address_read(struct cursor *c, unsigned family);

/* Parses "10.0.0.1" or "2001:db8::1". False (and *address cleared) when it is neither. */
bool ip_address_parse(struct ip_address *address, const char *text);

/* No address equals no address. */
bool ip_address_equal(const struct ip_address *a, const struct ip_address *b);
bool transport_address_equal(const struct transport_address *a, const struct transport_address *b);

/* Like memcmp: a total order, IPv4 before IPv6. */
int transport_address_compare(const struct transport_address *a, const struct transport_address *b);

/* A group's (RFC 5771, RFC 4291 section 2.7), or the broadcast address of the local network. */
bool ip_address_is_multicast(const struct ip_address *address);

/* Never seen as a source on the Internet: private (RFC 1918), shared by carriers (RFC 6598),
 * link-local (RFC 3927, RFC 4291), unique local (RFC 4193), loopback. */
bool ip_address_is_local(const struct ip_address *address);

/* What a machine says to itself. */
bool ip_address_is_loopback(const struct ip_address *address);

/* The IPv4 address that a client in an IPv6-only network reaches through NAT64 by this one, as its
 * DNS64 makes it up (RFC 6052 2.1, the well-known prefix); false: it is an address of its own. */
bool ip_address_inside_nat64(const struct ip_address *address, struct ip_address *inside);

/* Write the RFC 5952 text into `text` and return it. No address gives "". */
const char *ip_address_text(const struct ip_address *address, char text[IP_ADDRESS_TEXT]);
const char *transport_address_text(const struct transport_address *address,
                                   char text[TRANSPORT_ADDRESS_TEXT]);

#endif
