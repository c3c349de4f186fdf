/* SPDX-License-Identifier: MIT */
/* The site profile: what the operator says of the deployment, read from an INI file.
 *
 * Rules compare packets with it. Whatever it does not say is not compared: a value that was not
 * given is an empty list, an empty string or ANSWER_UNKNOWN. profile_site.h answers the questions
 * that rules ask of it. */
#ifndef TURNSCOPE_ANALYZER_DIAGNOSE_PROFILE_H
#define TURNSCOPE_ANALYZER_DIAGNOSE_PROFILE_H

#include "dissectors/address.h"

enum {
    PROFILE_LIST = 8,   /* values of one key */
    PROFILE_TEXT = 256, /* names, user name, realm; with their NUL */
    PROFILE_PATH = 1024,
    PROFILE_ERROR_TEXT = 512,
    PROFILE_KEYS_MAX = 40,
    PROFILE_FILE_MAX = 65536,
};

enum answer {
    ANSWER_UNKNOWN, /* not given, and nothing else tells */
    ANSWER_NO,
    ANSWER_YES,
};

struct profile_names {
    size_t count;
    char items[PROFILE_LIST][PROFILE_TEXT];
};

struct profile_addresses {
    size_t count;
    struct ip_address items[PROFILE_LIST];
};

struct ip_network {
    struct ip_address address;
    uint8_t prefix_length; /* bits */
};

struct profile_networks {
    size_t count;
    struct ip_network items[PROFILE_LIST];
};

struct port_range {
    uint16_t first;
    uint16_t last; /* inclusive */
};

struct profile_ports {
    size_t count;
    struct port_range items[PROFILE_LIST];
};

/* X12.6.1 or 2.9.3: components that are not given are 0. */
struct product_version {
    bool given;
    uint16_t components[4];
};

enum turn_transport {
    TURN_TRANSPORT_UDP = 1,
    TURN_TRANSPORT_TCP = 2,
};

/* How the TURN server refuses wrong credentials. */
enum error_dialect {
    ERROR_DIALECT_AUTO, /* either */
    ERROR_DIALECT_401,  /* RFC 5389 and later */
    ERROR_DIALECT_431,  /* RFC 3489 section 11.2.9 */
};

/* Which address relay candidates are to carry. */
enum relayed_address {
    RELAYED_ADDRESS_STATIC_NAT,
    RELAYED_ADDRESS_PRIVATE, /* LAN1 or LAN2 */
};

/* How CMS looks whether the TURN server is alive. */
enum turn_probe {
    TURN_PROBE_UNKNOWN,
    TURN_PROBE_BINDING,
    TURN_PROBE_ALLOCATE,
};

struct profile_site {
    struct profile_names external_domain;
    struct profile_names internal_domain;
    char webbridge_url[PROFILE_TEXT];          /* the host name of the external URL */
    char webbridge_internal_url[PROFILE_TEXT]; /* the host name of the internal URL */
    struct profile_networks client_network;
};

struct profile_expressway {
    struct product_version version;
    /* Expressway-E: several addresses are a cluster. */
    struct profile_addresses static_nat;
    struct profile_addresses lan1;
    struct profile_addresses lan2;
    struct profile_names hostname;
    struct profile_ports admin_port;
    /* Expressway-C */
    struct profile_addresses c_address;
    struct profile_addresses c_dns_server;
};

struct profile_cms {
    struct product_version version;
    struct profile_addresses address;
    enum answer xmpp;
    enum turn_probe turn_probe;
};

struct profile_turn {
    char username[PROFILE_TEXT];
    char realm[PROFILE_TEXT];
    char password_file[PROFILE_PATH]; /* ready to be opened */
    struct profile_ports udp_port;    /* 3478 */
    struct profile_ports tcp_port;    /* 3478 */
    struct profile_ports relay_range; /* 24000-29999 */
    enum answer tcp443;               /* ANSWER_NO */
    enum answer unauth_binding;
    enum answer short_term_credentials; /* ANSWER_NO */
    unsigned relay_transports;          /* set of enum turn_transport; UDP */
    enum error_dialect error_dialect;
    enum relayed_address relayed_address;
};

struct profile {
    struct profile_site site;
    struct profile_expressway expressway;
    struct profile_cms cms;
    struct profile_turn turn;
    enum answer nat_reflection_required;
};

/* Nothing given: the defaults that hold for every edition of the products. */
void profile_init(struct profile *profile);

/* Reads the profile in the file at `path`. 0; or -1, with *profile unusable and `error` naming the
 * file, the line and what to write instead. */
int profile_load(struct profile *profile, const char *path, char error[PROFILE_ERROR_TEXT]);

/* The same from memory: `text` is the content of the file `path`, which is not opened. */
int profile_parse(struct profile *profile, struct bytes text, const char *path,
                  char error[PROFILE_ERROR_TEXT]);

/* Hands out, piece by piece, a profile of every key with its explanation, all commented out. */
void profile_template(void (*write)(void *context, const char *text), void *context);

#endif
