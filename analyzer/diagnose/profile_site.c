/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/profile_site.h"

#include <strings.h>

static bool is_listed(const struct profile_addresses *addresses, const struct ip_address *address)
{
    for (size_t i = 0; i < addresses->count; i++)
        if (ip_address_equal(&addresses->items[i], address))
            return true;
    return false;
}

bool profile_addresses_contain(const struct profile_addresses *addresses,
                               const struct ip_address *address)
{
    struct ip_address inside;
    return is_listed(addresses, address) ||
           (ip_address_inside_nat64(address, &inside) && is_listed(addresses, &inside));
}

static bool network_contains(const struct ip_network *network, const struct ip_address *address)
{
    if (address->family == 0 || network->address.family != address->family)
        return false;
    size_t octets = network->prefix_length / 8;
    unsigned bits = network->prefix_length % 8;
    if (memcmp(network->address.octets, address->octets, octets) != 0)
        return false;
    unsigned mask = 0xff00U >> bits & 0xff;
    return bits == 0 || ((network->address.octets[octets] ^ address->octets[octets]) & mask) == 0;
}

bool profile_networks_contain(const struct profile_networks *networks,
                              const struct ip_address *address)
{
    for (size_t i = 0; i < networks->count; i++)
        if (network_contains(&networks->items[i], address))
            return true;
    return false;
}

bool profile_ports_contain(const struct profile_ports *ports, uint16_t port)
{
    for (size_t i = 0; i < ports->count; i++)
        if (port >= ports->items[i].first && port <= ports->items[i].last)
            return true;
    return false;
}

enum site_role profile_role(const struct profile *profile, const struct ip_address *address)
{
    const struct {
        const struct profile_addresses *addresses;
        enum site_role role;
    } roles[] = {
        {&profile->expressway.static_nat, SITE_ROLE_STATIC_NAT},
        {&profile->expressway.lan1, SITE_ROLE_LAN1},
        {&profile->expressway.lan2, SITE_ROLE_LAN2},
        {&profile->expressway.c_address, SITE_ROLE_EXPRESSWAY_C},
        {&profile->cms.address, SITE_ROLE_CMS},
        {&profile->expressway.c_dns_server, SITE_ROLE_DNS_SERVER},
    };
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (profile_addresses_contain(roles[i].addresses, address))
            return roles[i].role;
    return profile_networks_contain(&profile->site.client_network, address) ? SITE_ROLE_CLIENT
                                                                            : SITE_ROLE_NONE;
}

bool profile_is_expressway_e(const struct profile *profile, const struct ip_address *address)
{
    enum site_role role = profile_role(profile, address);
    return role == SITE_ROLE_STATIC_NAT || role == SITE_ROLE_LAN1 || role == SITE_ROLE_LAN2;
}

bool profile_gives_static_nat(const struct profile *profile, unsigned family)
{
    const struct profile_addresses *given = &profile->expressway.static_nat;
    for (size_t i = 0; i < given->count; i++)
        if (given->items[i].family == family)
            return true;
    return false;
}

bool profile_is_administration(const struct profile *profile,
                               const struct transport_address *server)
{
    return server->port != 443 &&
           profile_ports_contain(&profile->expressway.admin_port, server->port) &&
           profile_is_expressway_e(profile, &server->ip);
}

bool profile_is_turn_udp_port(const struct profile *profile, uint16_t port)
{
    return profile_ports_contain(&profile->turn.udp_port, port);
}

bool profile_is_turn_tcp_port(const struct profile *profile, uint16_t port)
{
    if (profile->turn.tcp443 == ANSWER_YES)
        return port == 443;
    return profile_ports_contain(&profile->turn.tcp_port, port);
}

static enum answer answer_of(bool yes)
{
    return yes ? ANSWER_YES : ANSWER_NO;
}

static bool has_family(const struct profile_addresses *addresses, uint16_t family)
{
    for (size_t i = 0; i < addresses->count; i++)
        if (addresses->items[i].family == family)
            return true;
    return false;
}

enum answer profile_is_relayed_address(const struct profile *profile,
                                       const struct ip_address *address)
{
    const struct profile_expressway *expressway = &profile->expressway;
    if (profile->turn.relayed_address == RELAYED_ADDRESS_STATIC_NAT) {
        if (!has_family(&expressway->static_nat, address->family))
            return ANSWER_UNKNOWN;
        return answer_of(profile_addresses_contain(&expressway->static_nat, address));
    }
    if (!has_family(&expressway->lan1, address->family) &&
        !has_family(&expressway->lan2, address->family))
        return ANSWER_UNKNOWN;
    return answer_of(profile_addresses_contain(&expressway->lan1, address) ||
                     profile_addresses_contain(&expressway->lan2, address));
}

static size_t name_length(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && name[length - 1] == '.' ? length - 1 : length;
}

/* `ours` comes from the profile, without a final dot. */
static bool is_name(const char *ours, const char *name)
{
    size_t length = name_length(name);
    return length > 0 && strlen(ours) == length && strncasecmp(ours, name, length) == 0;
}

bool profile_is_webbridge(const struct profile *profile, const char *name)
{
    return is_name(profile->site.webbridge_url, name);
}

bool profile_is_internal_webbridge(const struct profile *profile, const char *name)
{
    return is_name(profile->site.webbridge_internal_url, name);
}

bool profile_is_expressway_e_name(const struct profile *profile, const char *name)
{
    const struct profile_names *names = &profile->expressway.hostname;
    for (size_t i = 0; i < names->count; i++)
        if (is_name(names->items[i], name))
            return true;
    return false;
}

static bool lies_in(const char *domain, const char *name)
{
    size_t length = name_length(name);
    size_t suffix = strlen(domain);
    if (suffix == 0 || length < suffix)
        return false;
    const char *end = name + (length - suffix);
    return strncasecmp(end, domain, suffix) == 0 && (end == name || end[-1] == '.');
}

/* The length of the longest domain that covers the name; 0: none does. */
static size_t longest_cover(const struct profile_names *domains, const char *name)
{
    size_t longest = 0;
    for (size_t i = 0; i < domains->count; i++) {
        size_t length = strlen(domains->items[i]);
        if (length > longest && lies_in(domains->items[i], name))
            longest = length;
    }
    return longest;
}

bool profile_names_cover(const struct profile_names *domains, const char *name)
{
    return longest_cover(domains, name) > 0;
}

bool profile_is_external_name(const struct profile *profile, const char *name)
{
    size_t external = longest_cover(&profile->site.external_domain, name);
    return external > 0 && external >= longest_cover(&profile->site.internal_domain, name);
}

bool profile_is_internal_name(const struct profile *profile, const char *name)
{
    size_t internal = longest_cover(&profile->site.internal_domain, name);
    return internal > 0 && internal >= longest_cover(&profile->site.external_domain, name);
}

/* Like strcmp, by components. */
static int compare_versions(const struct product_version *a, const struct product_version *b)
{
    for (size_t i = 0; i < sizeof a->components / sizeof a->components[0]; i++)
        if (a->components[i] != b->components[i])
            return a->components[i] < b->components[i] ? -1 : 1;
    return 0;
}

/* What is so before the edition `change`, and not from it on. */
static enum answer until(const struct product_version *version, struct product_version change)
{
    if (!version->given)
        return ANSWER_UNKNOWN;
    return answer_of(compare_versions(version, &change) < 0);
}

enum answer profile_unauthenticated_binding(const struct profile *profile)
{
    static const struct product_version x12_6_1 = {true, {12, 6, 1}};
    if (profile->turn.unauth_binding != ANSWER_UNKNOWN)
        return profile->turn.unauth_binding;
    return until(&profile->expressway.version, x12_6_1);
}

enum answer profile_nat_reflection_required(const struct profile *profile)
{
    static const struct product_version standalone = {true, {12, 5, 3}};
    static const struct product_version cluster = {true, {12, 5, 5}};
    const struct profile_expressway *expressway = &profile->expressway;
    if (profile->nat_reflection_required != ANSWER_UNKNOWN)
        return profile->nat_reflection_required;
    bool is_cluster = expressway->static_nat.count > 1 || expressway->lan1.count > 1;
    return until(&expressway->version, is_cluster ? cluster : standalone);
}

enum answer profile_xmpp_enabled(const struct profile *profile)
{
    static const struct product_version webbridge3 = {true, {3, 0}};
    if (profile->cms.xmpp != ANSWER_UNKNOWN)
        return profile->cms.xmpp;
    return until(&profile->cms.version, webbridge3);
}

enum turn_probe profile_turn_probe(const struct profile *profile)
{
    static const struct product_version allocates = {true, {2, 9, 3}};
    if (profile->cms.turn_probe != TURN_PROBE_UNKNOWN)
        return profile->cms.turn_probe;
    switch (until(&profile->cms.version, allocates)) {
    case ANSWER_YES:
        return TURN_PROBE_BINDING;
    case ANSWER_NO:
        return TURN_PROBE_ALLOCATE;
    default:
        return TURN_PROBE_UNKNOWN;
    }
}
