/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/vantage.h"

#include "analyzer/diagnose/profile_site.h"
#include "analyzer/flow/hosts.h"
#include "analyzer/track/allocations.h"

#include <string.h>

static const char *const names[VANTAGES] = {
    [VANTAGE_UNKNOWN] = "unknown",
    [VANTAGE_CLIENT] = "client",
    [VANTAGE_EXPRESSWAY_E_LAN1] = "expressway-e-lan1",
    [VANTAGE_EXPRESSWAY_E_LAN2] = "expressway-e-lan2",
    [VANTAGE_EXPRESSWAY_C] = "expressway-c",
    [VANTAGE_CMS] = "cms",
};

const char *vantage_name(enum vantage_value value)
{
    return names[value];
}

bool vantage_parse(enum vantage_value *value, const char *name)
{
    for (enum vantage_value v = VANTAGE_CLIENT; v < VANTAGES; v++) {
        if (strcmp(names[v], name) == 0) {
            *value = v;
            return true;
        }
    }
    return false;
}

const char *vantage_basis_name(enum vantage_basis basis)
{
    static const char *const basis_names[] = {"guess", "profile", "option"};
    return basis_names[basis];
}

/* The machine that captures takes part in every flow it sees, but for what a mirror port adds. */
enum { PARTS_OF_TEN = 9 };

static enum vantage_value vantage_of_role(enum site_role role)
{
    switch (role) {
    case SITE_ROLE_CMS:
        return VANTAGE_CMS;
    case SITE_ROLE_EXPRESSWAY_C:
        return VANTAGE_EXPRESSWAY_C;
    case SITE_ROLE_LAN1:
        return VANTAGE_EXPRESSWAY_E_LAN1;
    case SITE_ROLE_LAN2:
        return VANTAGE_EXPRESSWAY_E_LAN2;
    case SITE_ROLE_CLIENT:
        return VANTAGE_CLIENT;
    default:
        return VANTAGE_UNKNOWN;
    }
}

static bool allocates(const struct allocations *allocations, const struct ip_address *address)
{
    const struct allocation *a = allocations == NULL ? NULL : table_oldest(&allocations->table);
    for (; a != NULL; a = table_newer(&allocations->table, a))
        if (ip_address_equal(&a->client.ip, address))
            return true;
    return false;
}

static bool stands_out(const struct host *host, uint64_t most)
{
    return host->sends && (uint64_t)host->flows * 10 >= most * PARTS_OF_TEN;
}

/* Two hosts that mostly talk to each other both stand out: it is the one with more flows; else the
 * one of the site, whose own address is only seen behind its NAT; else the one that begins them. */
static bool outranks(const struct host *a, const struct host *b, const struct profile *profile)
{
    if (b == NULL || a->flows != b->flows)
        return b == NULL || a->flows > b->flows;
    bool a_client = profile_role(profile, &a->address) == SITE_ROLE_CLIENT;
    bool b_client = profile_role(profile, &b->address) == SITE_ROLE_CLIENT;
    return a_client != b_client ? b_client : a->begun > b->begun;
}

/* The site's own machines: of the public address any client's capture is full, so it tells nothing.
 */
static enum vantage_value by_role(const struct hosts *hosts, const struct profile *profile,
                                  uint64_t most)
{
    const struct host *best = NULL;
    for (const struct host *h = table_oldest(&hosts->table); h != NULL && profile != NULL;
         h = table_newer(&hosts->table, h))
        if (stands_out(h, most) && outranks(h, best, profile) &&
            vantage_of_role(profile_role(profile, &h->address)) != VANTAGE_UNKNOWN)
            best = h;
    return best == NULL ? VANTAGE_UNKNOWN : vantage_of_role(profile_role(profile, &best->address));
}

/* Who begins what it takes part in is a client: of TURN for certain, of a site in all likelihood.
 */
static bool is_client(const struct host *host, const struct profile *profile,
                      const struct allocations *allocations)
{
    enum site_role role = profile != NULL ? profile_role(profile, &host->address) : SITE_ROLE_NONE;
    return role == SITE_ROLE_NONE && (uint64_t)host->begun * 10 >= host->flows * 6ull &&
           (profile != NULL || allocates(allocations, &host->address));
}

struct vantage vantage_guess(const struct hosts *hosts, const struct profile *profile,
                             const struct allocations *allocations)
{
    uint64_t most = hosts->most_flows;
    enum vantage_value value = by_role(hosts, profile, most);
    if (value != VANTAGE_UNKNOWN)
        return (struct vantage){value, VANTAGE_BY_PROFILE};
    for (const struct host *h = table_oldest(&hosts->table); h != NULL;
         h = table_newer(&hosts->table, h))
        if (stands_out(h, most) && is_client(h, profile, allocations))
            return (struct vantage){VANTAGE_CLIENT, VANTAGE_BY_GUESS};
    return (struct vantage){VANTAGE_UNKNOWN, VANTAGE_BY_GUESS};
}
