/* SPDX-License-Identifier: MIT */
#include "tests/support/dns_site.h"

#include "analyzer/diagnose/causes.h"
#include "analyzer/diagnose/scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void site_sees_both_ways(struct dns_site *site, const char *a, const char *b)
{
    struct flow flow = {.key = {.endpoint = {transport(a, 1), transport(b, 2)}}};
    hosts_note(&site->engine->trackers.hosts, &flow, 0);
    hosts_note(&site->engine->trackers.hosts, &flow, 1);
}

struct dns_site *site_new(void)
{
    char error[PROFILE_ERROR_TEXT];
    struct dns_site *site = calloc(1, sizeof *site);
    assert_non_null(site);
    site->scene = new_scene();
    assert_int_equal(profile_load(&site->profile, SAMPLES_DIR "/octavio.ini", error), 0);
    const struct engine_options options = {.profile = &site->profile};
    site->engine = engine_new(&options);
    assert_non_null(site->engine);
    site->state = site->engine->state;
    site->state.lookups = &site->scene->lookups;
    return site;
}

void site_free(struct dns_site *site)
{
    engine_free(site->engine);
    free_scene(site->scene);
    free(site);
}

void site_judge(struct dns_site *site)
{
    struct event_queue *events = &site->scene->events;
    for (size_t i = 0; i < events->count; i++) {
        if (scope_event(&site->state, &events->items[i]))
            attempts_note(&site->engine->attempts, &events->items[i]);
        attempts_settle(&site->engine->attempts);
        rules_apply(&site->engine->rules, &events->items[i], &site->state, &site->engine->findings);
    }
    events->count = 0;
}

void site_end(struct dns_site *site, int64_t milliseconds)
{
    struct event_queue *events = &site->scene->events;
    expire(site->scene, milliseconds);
    site_judge(site);
    assert_false(lookups_end(&site->scene->lookups, milliseconds * MILLISECONDS, events));
    site_judge(site);
    site->engine->trackers.observed.last = milliseconds * MILLISECONDS;
    event_add(events, EVENT_CAPTURE_ENDED, milliseconds * MILLISECONDS);
    site_judge(site);
    causes_link(&site->engine->findings, &site->state);
}

void site_lookup_fails(struct dns_site *site, int64_t milliseconds, const char *name, uint16_t type,
                       unsigned code)
{
    uint16_t id = (uint16_t)(site->scene->frame + 100);
    ask(site->scene, milliseconds, id, name, type);
    site_judge(site);
    answer_code(site->scene, milliseconds + 1, id, name, type, code);
    site_judge(site);
}

void site_lookup_resolves(struct dns_site *site, int64_t milliseconds, const char *name,
                          const char *address)
{
    uint16_t id = (uint16_t)(site->scene->frame + 100);
    struct draft draft = draft_of(id, 0x8180, name, strchr(address, ':') ? DNS_AAAA : DNS_A);
    ask(site->scene, milliseconds, id, name, strchr(address, ':') ? DNS_AAAA : DNS_A);
    site_judge(site);
    put_address(&draft, name, address, 60);
    send_draft(site->scene, milliseconds + 1, &draft);
    site_judge(site);
}

void site_finds_service(struct dns_site *site, const char *name, const char *target)
{
    uint16_t id = (uint16_t)(site->scene->frame + 100);
    struct draft draft = draft_of(id, 0x8180, name, DNS_SRV);
    ask(site->scene, 0, id, name, DNS_SRV);
    site_judge(site);
    put_srv(&draft, name, 5222, target);
    send_draft(site->scene, 1, &draft);
    site_judge(site);
}

void site_asks_as(struct dns_site *site, const char *client, const char *server)
{
    site->scene->client = client;
    site->scene->server = server;
}

struct finding *site_finding(struct dns_site *site, const char *code)
{
    struct finding *f = NULL;
    while ((f = findings_next(&site->engine->findings, f)) != NULL)
        if (strcmp(catalogue_row((enum finding_code)f->key.code)->name, code) == 0)
            return f;
    return NULL;
}

void site_assert_nothing(struct dns_site *site)
{
    struct finding *f = NULL;
    while ((f = findings_next(&site->engine->findings, f)) != NULL) {
        const char *name = catalogue_row((enum finding_code)f->key.code)->name;
        if (strncmp(name, "dns.", 4) == 0)
            fail_msg("%s of %s", name, f->subjects.name);
    }
}

void site_assert_only(struct dns_site *site, const char *code)
{
    struct finding *f = NULL;
    assert_non_null(site_finding(site, code));
    while ((f = findings_next(&site->engine->findings, f)) != NULL) {
        const char *name = catalogue_row((enum finding_code)f->key.code)->name;
        if (strncmp(name, "dns.", 4) == 0)
            assert_string_equal(name, code);
    }
}
