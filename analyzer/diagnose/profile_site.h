/* SPDX-License-Identifier: MIT */
/* What rules ask of a site profile. Nothing given gives false, or "unknown". */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_PROFILE_SITE_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_PROFILE_SITE_H

#include "analyzer/diagnose/profile.h"

enum site_role {
    SITE_ROLE_NONE,
    SITE_ROLE_STATIC_NAT,
    SITE_ROLE_LAN1,
    SITE_ROLE_LAN2,
    SITE_ROLE_EXPRESSWAY_C,
    SITE_ROLE_CMS,
    SITE_ROLE_DNS_SERVER,
    SITE_ROLE_CLIENT,
};

/* A translated address stands for the one inside it. */
bool profile_addresses_contain(const struct profile_addresses *addresses,
                               const struct ip_address *address);
bool profile_networks_contain(const struct profile_networks *networks,
                              const struct ip_address *address);
bool profile_ports_contain(const struct profile_ports *ports, uint16_t port);

/* Whose address it is: of several roles the first of the list above. */
enum site_role profile_role(const struct profile *profile, const struct ip_address *address);

/* Static NAT, LAN1 or LAN2. */
bool profile_is_expressway_e(const struct profile *profile, const struct ip_address *address);

/* Whether the profile gives a static NAT address of this family: 4 or 6. Addresses of the other one
 * are not compared with it. */
bool profile_gives_static_nat(const struct profile *profile, unsigned family);

/* The web administration of Expressway-E, where it is not on 443 among the clients. */
bool profile_is_administration(const struct profile *profile,
                               const struct transport_address *server);

/* The ports on which the TURN server is to answer. With tcp443 it does not answer TCP 3478. */
bool profile_is_turn_udp_port(const struct profile *profile, uint16_t port);
bool profile_is_turn_tcp_port(const struct profile *profile, uint16_t port);

/* Whether relay candidates are to carry this address; unknown when the addresses are not given. */
enum answer profile_is_relayed_address(const struct profile *profile,
                                       const struct ip_address *address);

/* Names as text, with or without the final dot, in any case. */
bool profile_is_webbridge(const struct profile *profile, const char *name);
bool profile_is_internal_webbridge(const struct profile *profile, const char *name);
bool profile_is_expressway_e_name(const struct profile *profile, const char *name);

/* Whether the name is, or lies below, a domain of the list. */
bool profile_names_cover(const struct profile_names *domains, const char *name);

/* Whether the name belongs to the external or to the internal domains. Where one domain lies inside
 * another, the longer one decides; both hold when a domain is in both lists. */
bool profile_is_external_name(const struct profile *profile, const char *name);
bool profile_is_internal_name(const struct profile *profile, const char *name);

/* What the profile says, or else what the version of the product implies. */
enum answer profile_unauthenticated_binding(const struct profile *profile);
enum answer profile_nat_reflection_required(const struct profile *profile);
enum answer profile_xmpp_enabled(const struct profile *profile);
enum turn_probe profile_turn_probe(const struct profile *profile);

#endif
