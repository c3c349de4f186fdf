/* SPDX-License-Identifier: MIT */
/* The guide's site (samples/octavio.ini), lookups made there, and what the rules find in them. */
#ifndef TURNSCOPE_TESTS_SUPPORT_DNS_SITE_H
#define TURNSCOPE_TESTS_SUPPORT_DNS_SITE_H

#include "analyzer/diagnose/profile.h"
#include "analyzer/engine.h"
#include "tests/support/lookups_scene.h"

#define WEBBRIDGE   "cmsweb.octavio.com"
#define INTERNAL    "cmsweb.cms.octavio.local"
#define STATIC_NAT  "10.88.246.156"
#define CMS         "172.16.85.180"
#define LAN1        "172.16.85.168"
#define PROXY       "172.16.85.167" /* Expressway-C */
#define DNS_INSIDE  "172.16.85.162"
#define OTHER_PLACE "10.88.246.99"
#define XMPP_CLIENT "_xmpp-client._tcp.cms.octavio.local"

struct dns_site {
    struct scene *scene;
    struct profile profile;
    struct engine *engine;
    struct state state; /* the engine's, with the lookups of the scene */
};

struct dns_site *site_new(void);
void site_free(struct dns_site *site);

/* Between these two hosts packets are seen both ways. */
void site_sees_both_ways(struct dns_site *site, const char *a, const char *b);

/* Who asks, and whom, from here on. */
void site_asks_as(struct dns_site *site, const char *client, const char *server);

/* Question and answer at once, judged; each lookup has its own ID. Times in milliseconds. */
void site_lookup_fails(struct dns_site *site, int64_t milliseconds, const char *name, uint16_t type,
                       unsigned code);
void site_lookup_resolves(struct dns_site *site, int64_t milliseconds, const char *name,
                          const char *address);
void site_finds_service(struct dns_site *site, const char *name, const char *target);

/* Shows the events of the scene to the rules. */
void site_judge(struct dns_site *site);

/* The capture ends then: silences are judged, and causes linked. */
void site_end(struct dns_site *site, int64_t milliseconds);

/* NULL: there is none of this code. */
struct finding *site_finding(struct dns_site *site, const char *code);

/* Of the findings about DNS there is none, or those of this code alone. */
void site_assert_nothing(struct dns_site *site);
void site_assert_only(struct dns_site *site, const char *code);

#endif
