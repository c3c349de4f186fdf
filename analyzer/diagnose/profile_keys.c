/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/profile_keys.h"

#include "analyzer/edit_distance.h"

#include <stdint.h>

#define FIELD(member) offsetof(struct profile, member)

static const struct profile_key keys[] = {
    {"site", "external_domain", profile_parse_names, FIELD(site.external_domain), "octavio.com",
     "the domains that clients outside use"},
    {"site", "internal_domain", profile_parse_names, FIELD(site.internal_domain),
     "cms.octavio.local, octavio.local", "the domains that only the inside resolves"},
    {"site", "webbridge_url", profile_parse_host, FIELD(site.webbridge_url), "cmsweb.octavio.com",
     "the web bridge as clients outside call it, and as Expressway-C must"},
    {"site", "webbridge_internal_url", profile_parse_host, FIELD(site.webbridge_internal_url),
     "cmsweb.cms.octavio.local", "the web bridge as clients inside call it"},
    {"site", "client_network", profile_parse_networks, FIELD(site.client_network), "172.16.84.0/24",
     "where clients are: helps to tell where a capture was made"},

    {"expressway", "version", profile_parse_version, FIELD(expressway.version), "X12.5.4",
     "of both Expressways: decides unauth_binding and reflection_required where they are not "
     "given"},
    {"expressway", "admin_port", profile_parse_ports, FIELD(expressway.admin_port), NULL, NULL},

    {"expressway-e", "static_nat", profile_parse_addresses, FIELD(expressway.static_nat),
     "10.88.246.156", "the public addresses: what DNS outside and relay candidates must carry"},
    {"expressway-e", "lan1", profile_parse_addresses, FIELD(expressway.lan1), "172.16.85.168",
     "the addresses on the inside: CMS's TURN serverAddress"},
    {"expressway-e", "lan2", profile_parse_addresses, FIELD(expressway.lan2), "192.168.245.61",
     "the addresses behind the static NAT"},
    {"expressway-e", "hostname", profile_parse_names, FIELD(expressway.hostname),
     "vcse.octavio.com", "the names of the Expressway-E itself"},
    {"expressway-e", "admin_port", profile_parse_ports, FIELD(expressway.admin_port), "445",
     "where its web administration moved to: 443 belongs to clients, and what happens here is not "
     "judged"},
    {"expressway-e", "version", profile_parse_version, FIELD(expressway.version), NULL, NULL},

    {"expressway-c", "address", profile_parse_addresses, FIELD(expressway.c_address),
     "172.16.85.167", "the addresses of Expressway-C"},
    {"expressway-c", "dns_server", profile_parse_addresses, FIELD(expressway.c_dns_server),
     "172.16.85.162", "the DNS servers that it asks"},

    {"cms", "address", profile_parse_addresses, FIELD(cms.address), "172.16.85.180",
     "the addresses of Cisco Meeting Server"},
    {"cms", "version", profile_parse_version, FIELD(cms.version), "2.9.3",
     "decides xmpp and turn_probe where they are not given"},
    {"cms", "xmpp", profile_parse_answer, FIELD(cms.xmpp), "yes",
     "whether web bridge and call bridge meet over XMPP; up to version 2.9 they do"},
    {"cms", "turn_probe", profile_parse_turn_probe, FIELD(cms.turn_probe), "binding",
     "how CMS probes the TURN server: binding (then its silence counts), from 2.9.3 on allocate"},
    {"xmpp", "enabled", profile_parse_answer, FIELD(cms.xmpp), NULL, NULL},

    {"turn", "username", profile_parse_text, FIELD(turn.username), "turnuser",
     "as in CMS's turnServers and in Expressway-E's local authentication database"},
    {"turn", "realm", profile_parse_text, FIELD(turn.realm), "turnuser",
     "as configured on Expressway-E (TANDBERG out of the box)"},
    {"turn", "password_file", profile_parse_path, FIELD(turn.password_file), "turn.secret",
     "lines of username:password to verify with; relative to this file"},
    {"turn", "udp_port", profile_parse_ports, FIELD(turn.udp_port), "3478",
     "ports or ranges, which clients must be sent to; large systems use 3478-3483"},
    {"turn", "tcp_port", profile_parse_ports, FIELD(turn.tcp_port), "3478",
     "or CMS's tcpPortNumberOverride"},
    {"turn", "tcp443", profile_parse_answer, FIELD(turn.tcp443), "no",
     "TURN on TCP 443 (X8.11 on); TCP 3478 is then not answered any more"},
    {"turn", "relay_range", profile_parse_ports, FIELD(turn.relay_range), "24000-29999",
     "the ports of relay candidates"},
    {"turn", "relay_transports", profile_parse_transports, FIELD(turn.relay_transports), "udp",
     "udp, or udp, tcp: whether the client or the server is to blame for a 442"},
    {"turn", "relayed_address", profile_parse_relayed_address, FIELD(turn.relayed_address),
     "static_nat", "what relay candidates carry: static_nat, or private (LAN1 or LAN2)"},
    {"turn", "unauth_binding", profile_parse_answer, FIELD(turn.unauth_binding), "yes",
     "whether Binding is answered without credentials, so that silence counts; from X12.6.1 on it "
     "is not"},
    {"turn", "error_dialect", profile_parse_error_dialect, FIELD(turn.error_dialect), "auto",
     "how a wrong password is refused: 431 (a 401 then means an unknown user), 401 (which tells "
     "neither), auto"},
    {"turn", "short_term_credentials", profile_parse_answer, FIELD(turn.short_term_credentials),
     "no", "whether user names are expiry times (CMS Edge)"},

    {"nat", "reflection_required", profile_parse_answer, FIELD(nat_reflection_required), "no",
     "whether relays meet at the static NAT address by NAT reflection alone, as up to X12.5.2 "
     "(cluster: X12.5.4)"},
};

enum { KEYS = sizeof keys / sizeof keys[0] };
_Static_assert((int)KEYS <= (int)PROFILE_KEYS_MAX, "profile.c remembers a line for each key");

const struct profile_key *profile_key_at(size_t index)
{
    return index < KEYS ? &keys[index] : NULL;
}

const struct profile_key *profile_key_find(const char *section, const char *key)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].key, key) == 0)
            return &keys[i];
    return NULL;
}

bool profile_section_exists(const char *section)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].section, section) == 0)
            return true;
    return false;
}

const char *profile_nearest_section(const char *section)
{
    size_t nearest = 0;
    size_t distance = SIZE_MAX;
    for (size_t i = 0; i < KEYS; i++) {
        size_t here = edit_distance(section, keys[i].section);
        if (here < distance) {
            distance = here;
            nearest = i;
        }
    }
    return keys[nearest].section;
}

const struct profile_key *profile_nearest_key(const char *section, const char *key)
{
    size_t nearest = 0;
    size_t distance = SIZE_MAX;
    for (size_t i = 0; i < KEYS; i++) {
        size_t here = 2 * edit_distance(key, keys[i].key);
        if (strcmp(section, keys[i].section) != 0)
            here = here == 0 ? 1 : SIZE_MAX;
        if (here < distance) {
            distance = here;
            nearest = i;
        }
    }
    return &keys[nearest];
}

struct writer {
    void (*write)(void *context, const char *text);
    void *context;
};

static void write_all(const struct writer *writer, const char *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        writer->write(writer->context, parts[i]);
}

static void write_line(const struct writer *writer, const struct profile_key *key,
                       struct profile_line line)
{
    const char *const comment[] = {"; ", key->comment, "\n"};
    const char *const origin[] = {"; ", line.origin, "\n"};
    const char *const given[] = {key->key, " = ", line.value, "\n"};
    const char *const example[] = {";", key->key, " = ", key->example, "\n"};
    write_all(writer, comment, 3);
    if (line.value == NULL) {
        write_all(writer, example, 5);
        return;
    }
    write_all(writer, origin, 3);
    write_all(writer, given, 4);
}

void profile_write(const char *heading,
                   struct profile_line (*line_of)(const void *lines, const struct profile_key *key),
                   const void *lines, void (*write)(void *context, const char *text), void *context)
{
    const struct writer writer = {write, context};
    const char *section = "";
    write(context, heading);
    for (size_t i = 0; i < KEYS; i++) {
        if (keys[i].example == NULL)
            continue;
        if (strcmp(section, keys[i].section) != 0) {
            section = keys[i].section;
            const char *const parts[] = {"\n[", section, "]\n"};
            write_all(&writer, parts, 3);
        }
        write_line(&writer, &keys[i],
                   line_of != NULL ? line_of(lines, &keys[i]) : (struct profile_line){0});
    }
}

void profile_template(void (*write)(void *context, const char *text), void *context)
{
    profile_write("; Site profile of turnscope. Take the ';' from the lines that apply.\n", NULL,
                  NULL, write, context);
}
