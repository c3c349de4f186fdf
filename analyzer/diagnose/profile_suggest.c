/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/profile_suggest.h"

#include "analyzer/diagnose/profile_keys.h"
#include "analyzer/diagnose/profile_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { VALUE_TEXT = 512, ORIGIN_TEXT = 256, SUMMARY_TEXT = 160, SERVERS = 2 * PROFILE_LIST };

struct suggestion {
    char value[VALUE_TEXT]; /* "": none */
    char origin[ORIGIN_TEXT];
    unsigned values;
    bool doubted; /* `origin` says why */
};

struct turn_server {
    struct ip_address address;
    bool front; /* it has a name or a web server, too */
};

struct suggestions {
    const struct state *state;
    struct profile seen;  /* the values suggested so far */
    struct profile trial; /* a value that cannot be parsed is not suggested */
    struct suggestion of[PROFILE_KEYS_MAX];
    struct turn_server servers[SERVERS];
    size_t server_count;
    struct port_range relayed; /* the least and the greatest port; 0: none */
    struct evidence relayed_first;
};

static struct suggestion *suggestion_of(struct suggestions *all, const struct profile_key *key)
{
    return &all->of[key - profile_key_at(0)];
}

/* Other bytes could end the line, or begin a comment. */
static bool is_plain(const char *text)
{
    if (*text == '\0' || strpbrk(text, ";#\"") != NULL)
        return false;
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static void make_plain(char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

static void set_origin(struct suggestion *suggestion, const struct evidence *seen)
{
    char summary[SUMMARY_TEXT];
    evidence_summary(seen, summary, sizeof summary);
    make_plain(summary);
    snprintf(suggestion->origin, sizeof suggestion->origin, "frame %llu: %s",
             (unsigned long long)seen->frame, summary);
}

/* Adds the value to those of the key (a list; of a single value only the first is taken) unless it
 * is there. */
static void suggest(struct suggestions *all, const char *section, const char *name,
                    const char *value, const struct evidence *seen)
{
    char together[VALUE_TEXT];
    const struct profile_key *key = profile_key_find(section, name);
    struct suggestion *suggestion = suggestion_of(all, key);
    bool list = key->parse != profile_parse_text && key->parse != profile_parse_host &&
                key->parse != profile_parse_answer;
    if (!is_plain(value) || (!list && suggestion->values > 0) || suggestion->values == PROFILE_LIST)
        return;
    snprintf(together, sizeof together, "%s%s%s", suggestion->value,
             suggestion->values > 0 ? ", " : "", value);
    if (key->parse((char *)&all->trial + key->offset, together) != NULL)
        return;
    (void)key->parse((char *)&all->seen + key->offset, together);
    memcpy(suggestion->value, together, sizeof suggestion->value);
    if (suggestion->values++ == 0)
        set_origin(suggestion, seen);
}

static void suggest_address(struct suggestions *all, const char *section, const char *name,
                            const struct profile_addresses *known, const struct ip_address *address,
                            const struct evidence *seen)
{
    char text[IP_ADDRESS_TEXT];
    struct ip_address inside;
    if (ip_address_inside_nat64(address, &inside))
        address = &inside;
    if (address->family != 0 && !profile_addresses_contain(known, address))
        suggest(all, section, name, ip_address_text(address, text), seen);
}

static void suggest_port(struct suggestions *all, const char *name,
                         const struct profile_ports *known, uint16_t port,
                         const struct evidence *seen)
{
    char text[8];
    snprintf(text, sizeof text, "%u", port);
    if (!profile_ports_contain(known, port))
        suggest(all, "turn", name, text, seen);
}

/* The server said something: a request alone may have gone anywhere. */
static const struct evidence *answer_of(const struct allocation *allocation)
{
    if (allocation->challenged.frame != 0)
        return &allocation->challenged;
    return allocation->concluded.protocol == EVIDENCE_STUN ? &allocation->concluded : NULL;
}

static struct turn_server *server_of(struct suggestions *all, const struct ip_address *address)
{
    for (size_t i = 0; i < all->server_count; i++)
        if (ip_address_equal(&all->servers[i].address, address))
            return &all->servers[i];
    return NULL;
}

static void note_server(struct suggestions *all, const struct allocation *allocation)
{
    const struct ip_address *address = &allocation->server.ip;
    struct turn_server *server = server_of(all, address);
    if (server == NULL && all->server_count < SERVERS)
        all->servers[all->server_count++] = (struct turn_server){.address = *address};
    server = server_of(all, address);
    if (server != NULL &&
        names_of(&all->state->lookups->names, &allocation->client.ip, address) != NULL)
        server->front = true;
}

/* What clients outside see of the site is one address, under a name and with a web server. */
static bool find_fronts(struct suggestions *all)
{
    const struct table *table = &all->state->stun->allocations.table;
    const struct handshake *handshake = NULL;
    bool any = false;
    for (const struct allocation *a = table_oldest(table); a != NULL; a = table_newer(table, a))
        if (answer_of(a) != NULL)
            note_server(all, a);
    while ((handshake = handshakes_next(all->state->handshakes, handshake)) != NULL) {
        struct turn_server *server = server_of(all, &handshake->server.ip);
        if (server != NULL && handshake->protocol == HANDSHAKE_TLS)
            server->front = true;
    }
    for (size_t i = 0; i < all->server_count; i++)
        any |= all->servers[i].front;
    return any;
}

static void suggest_network(struct suggestions *all, const struct ip_address *client,
                            const struct evidence *seen)
{
    char address[IP_ADDRESS_TEXT], text[IP_ADDRESS_TEXT + 8];
    struct ip_address network = *client;
    unsigned length = network.family == 4 ? 24 : 64;
    memset(network.octets + length / 8, 0, sizeof network.octets - length / 8);
    snprintf(text, sizeof text, "%s/%u", ip_address_text(&network, address), length);
    if (!profile_networks_contain(&all->seen.site.client_network, client))
        suggest(all, "site", "client_network", text, seen);
}

static void suggest_credentials(struct suggestions *all, const struct allocation *allocation)
{
    const char *username = allocation->username;
    bool expires = username[strspn(username, "0123456789")] == ':' ||
                   (*username != '\0' && username[strspn(username, "0123456789")] == '\0');
    if (allocation->challenged.frame != 0)
        suggest(all, "turn", "realm", allocation->server_realm, &allocation->challenged);
    if (allocation->authenticated.frame == 0)
        return;
    if (expires)
        suggest(all, "turn", "short_term_credentials", "yes", &allocation->authenticated);
    else
        suggest(all, "turn", "username", username, &allocation->authenticated);
}

static void suggest_turn_port(struct suggestions *all, const struct allocation *allocation,
                              const struct evidence *seen)
{
    struct profile_turn *turn = &all->seen.turn;
    uint16_t port = allocation->server.port;
    if (allocation->protocol == IP_PROTOCOL_UDP)
        suggest_port(all, "udp_port", &turn->udp_port, port, seen);
    else if (port == 443)
        suggest(all, "turn", "tcp443", "yes", seen);
    else
        suggest_port(all, "tcp_port", &turn->tcp_port, port, seen);
}

static void note_relayed(struct suggestions *all, const struct allocation *allocation)
{
    uint16_t port = allocation->relayed.port;
    if (allocation->relayed.ip.family == 0 || port == 0)
        return;
    if (all->relayed.first == 0) {
        all->relayed = (struct port_range){port, port};
        all->relayed_first = allocation->concluded;
    }
    if (port < all->relayed.first)
        all->relayed.first = port;
    if (port > all->relayed.last)
        all->relayed.last = port;
}

static bool gives_other_address(const struct allocation *allocation)
{
    return allocation->relayed.ip.family != 0 &&
           !ip_address_equal(&allocation->relayed.ip, &allocation->server.ip);
}

/* Behind the translation of its addresses the server is seen by its own one, and gives out relays
 * at the public one. Both may be private addresses: then only who captured can know. */
static bool is_seen_behind(const struct suggestions *all, const struct allocation *allocation)
{
    const struct vantage *vantage = all->state->vantage;
    bool told =
        vantage->basis == VANTAGE_BY_OPTION && (vantage->value == VANTAGE_EXPRESSWAY_E_LAN1 ||
                                                vantage->value == VANTAGE_EXPRESSWAY_E_LAN2);
    return gives_other_address(allocation) &&
           (told || (ip_address_is_local(&allocation->server.ip) &&
                     !ip_address_is_local(&allocation->relayed.ip)));
}

static void suggest_own_address(struct suggestions *all, const struct allocation *allocation)
{
    struct profile_expressway *expressway = &all->seen.expressway;
    bool lan1 = all->state->vantage->value == VANTAGE_EXPRESSWAY_E_LAN1;
    suggest_address(all, "expressway-e", "static_nat", &expressway->static_nat,
                    &allocation->relayed.ip, &allocation->concluded);
    suggest_address(all, "expressway-e", lan1 ? "lan1" : "lan2",
                    lan1 ? &expressway->lan1 : &expressway->lan2, &allocation->server.ip,
                    answer_of(allocation));
}

/* Nobody can tell which side of the translation this is. */
static void doubt_static_nat(struct suggestions *all, const struct allocation *allocation)
{
    char relayed[IP_ADDRESS_TEXT];
    struct suggestion *suggestion =
        suggestion_of(all, profile_key_find("expressway-e", "static_nat"));
    size_t length = strlen(suggestion->origin);
    if (!gives_other_address(allocation) || !ip_address_is_local(&allocation->relayed.ip) ||
        !ip_address_is_local(&allocation->server.ip) || suggestion->doubted)
        return;
    suggestion->doubted = true;
    snprintf(suggestion->origin + length, sizeof suggestion->origin - length,
             "; %s, where its relays are, if captured behind address translation: then add "
             "--vantage expressway-e-lan2",
             ip_address_text(&allocation->relayed.ip, relayed));
}

static void suggest_front(struct suggestions *all, const struct allocation *allocation)
{
    const struct evidence *seen = answer_of(allocation);
    struct profile_expressway *expressway = &all->seen.expressway;
    if (is_seen_behind(all, allocation)) {
        suggest_own_address(all, allocation);
    } else {
        suggest_address(all, "expressway-e", "static_nat", &expressway->static_nat,
                        &allocation->server.ip, seen);
        doubt_static_nat(all, allocation);
    }
    suggest_network(all, &allocation->client.ip, seen);
    suggest_turn_port(all, allocation, seen);
    suggest_credentials(all, allocation);
    note_relayed(all, allocation);
}

/* Another TURN server beside the front is the same one as the conference server sees it. */
static void suggest_behind(struct suggestions *all, const struct allocation *allocation)
{
    const struct evidence *seen = answer_of(allocation);
    suggest_address(all, "expressway-e", "lan1", &all->seen.expressway.lan1, &allocation->server.ip,
                    seen);
    suggest_address(all, "cms", "address", &all->seen.cms.address, &allocation->client.ip, seen);
    note_relayed(all, allocation);
}

static void suggest_turn_servers(struct suggestions *all)
{
    const struct table *table = &all->state->stun->allocations.table;
    bool any_front = find_fronts(all);
    for (const struct allocation *a = table_oldest(table); a != NULL; a = table_newer(table, a)) {
        const struct turn_server *server = server_of(all, &a->server.ip);
        if (answer_of(a) == NULL || server == NULL)
            continue;
        if (!any_front || server->front)
            suggest_front(all, a);
        else
            suggest_behind(all, a);
    }
}

/* The first name is the web bridge's, by which browsers come; others are the machine's own. */
static void suggest_name(struct suggestions *all, const char *name, const struct evidence *seen)
{
    const char *domain = strchr(name, '.');
    const char *webbridge = all->seen.site.webbridge_url;
    if (strcasecmp(name, webbridge) == 0)
        return;
    if (webbridge[0] == '\0')
        suggest(all, "site", "webbridge_url", name, seen);
    else if (!profile_is_expressway_e_name(&all->seen, name))
        suggest(all, "expressway-e", "hostname", name, seen);
    if (domain != NULL && strchr(domain + 1, '.') != NULL &&
        !profile_names_cover(&all->seen.site.external_domain, name))
        suggest(all, "site", "external_domain", domain + 1, seen);
}

/* What clients outside reach, by the public address or by the one behind it. */
static bool is_front(const struct suggestions *all, const struct ip_address *address)
{
    const struct profile_expressway *expressway = &all->seen.expressway;
    return profile_addresses_contain(&expressway->static_nat, address) ||
           profile_addresses_contain(&expressway->lan2, address);
}

static bool leads_to_front(const struct suggestions *all, const struct lookup *lookup)
{
    for (size_t i = 0; i < lookup->address_count; i++)
        if (is_front(all, &lookup->addresses[i]))
            return true;
    return false;
}

static void suggest_names(struct suggestions *all)
{
    char name[DNS_NAME_TEXT];
    const struct handshake *handshake = NULL;
    const struct lookup *lookup = NULL;
    while ((handshake = handshakes_next(all->state->handshakes, handshake)) != NULL)
        if (handshake->protocol == HANDSHAKE_TLS && handshake->server_name[0] != '\0' &&
            is_front(all, &handshake->server.ip))
            suggest_name(all, handshake->server_name, &handshake->hello);
    while ((lookup = lookups_next(all->state->lookups, lookup)) != NULL)
        if (leads_to_front(all, lookup))
            suggest_name(all, dns_name_text(&lookup->name, name, sizeof name), &lookup->answer);
}

/* The range that the ports seen are from: one of those that servers come with, if it holds them. */
static void suggest_relay_range(struct suggestions *all)
{
    static const struct port_range usual[] = {{24000, 29999}, {49152, 65535}};
    struct port_range range = {(uint16_t)(all->relayed.first / 1000 * 1000),
                               (uint16_t)(all->relayed.last / 1000 * 1000)};
    char text[24];
    if (all->relayed.first == 0)
        return;
    range.last = range.last > UINT16_MAX - 999 ? UINT16_MAX : (uint16_t)(range.last + 999);
    range.first = range.first < 1024 ? 1024 : range.first;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (all->relayed.first >= usual[i].first && all->relayed.last <= usual[i].last)
            range = usual[i];
    snprintf(text, sizeof text, "%u-%u", range.first, range.last);
    suggest(all, "turn", "relay_range", text, &all->relayed_first);
    struct suggestion *suggestion = suggestion_of(all, profile_key_find("turn", "relay_range"));
    snprintf(suggestion->origin, sizeof suggestion->origin,
             "ports %u to %u were seen, the first in frame %llu: the range may be another",
             all->relayed.first, all->relayed.last, (unsigned long long)all->relayed_first.frame);
}

static struct profile_line line_of(const void *context, const struct profile_key *key)
{
    const struct suggestions *all = context;
    const struct suggestion *suggestion = &all->of[key - profile_key_at(0)];
    if (suggestion->values == 0)
        return (struct profile_line){NULL, NULL};
    return (struct profile_line){suggestion->value, suggestion->origin};
}

void profile_suggest(const struct state *state, void (*write)(void *context, const char *text),
                     void *context)
{
    struct suggestions *all = calloc(1, sizeof *all);
    if (all == NULL) {
        write(context, "; There was not enough memory to suggest a site profile.\n");
        return;
    }
    all->state = state;
    suggest_turn_servers(all);
    suggest_names(all);
    suggest_relay_range(all);
    profile_write("; Site profile of turnscope, filled in with what a capture shows. Check each "
                  "line: a\n; wrong setting shows there just as a right one does.\n",
                  line_of, all, write, context);
    free(all);
}
