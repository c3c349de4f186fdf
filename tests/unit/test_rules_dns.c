/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/causes.h"
#include "analyzer/diagnose/profile.h"
#include "analyzer/diagnose/resolution.h"
#include "analyzer/diagnose/scope.h"
#include "analyzer/engine.h"
#include "tests/support/lookups_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WEBBRIDGE   "cmsweb.octavio.com"
#define INTERNAL    "cmsweb.cms.octavio.local"
#define STATIC_NAT  "10.88.246.156"
#define CMS         "172.16.85.180"
#define LAN1        "172.16.85.168"
#define PROXY       "172.16.85.167" /* Expressway-C */
#define DNS_INSIDE  "172.16.85.162"
#define OTHER_PLACE "10.88.246.99"
#define XMPP_CLIENT "_xmpp-client._tcp.cms.octavio.local"

/* The guide's site, its lookups, and what the rules make of them. */
struct site {
    struct scene *scene;
    struct profile profile;
    struct engine *engine;
    struct state state; /* the engine's, with the lookups of the scene */
};

/* Between these two hosts packets are seen both ways. */
static void see_both_ways(struct site *site, const char *a, const char *b)
{
    struct flow flow = {.key = {.endpoint = {transport(a, 1), transport(b, 2)}}};
    hosts_note(&site->engine->trackers.hosts, &flow, 0);
    hosts_note(&site->engine->trackers.hosts, &flow, 1);
}

static struct site *new_site(void)
{
    char error[PROFILE_ERROR_TEXT];
    struct site *site = calloc(1, sizeof *site);
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

static void free_site(struct site *site)
{
    engine_free(site->engine);
    free_scene(site->scene);
    free(site);
}

static void judge(struct site *site)
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

static void end(struct site *site, int64_t milliseconds)
{
    struct event_queue *events = &site->scene->events;
    expire(site->scene, milliseconds);
    judge(site);
    assert_false(lookups_end(&site->scene->lookups, milliseconds * MILLISECONDS, events));
    judge(site);
    site->engine->trackers.observed.last = milliseconds * MILLISECONDS;
    event_add(events, EVENT_CAPTURE_ENDED, milliseconds * MILLISECONDS);
    judge(site);
    causes_link(&site->engine->findings, &site->state);
}

/* Question and answer at once; each lookup has its own ID. */
static void fails(struct site *site, int64_t milliseconds, const char *name, uint16_t type,
                  unsigned code)
{
    uint16_t id = (uint16_t)(site->scene->frame + 100);
    ask(site->scene, milliseconds, id, name, type);
    judge(site);
    answer_code(site->scene, milliseconds + 1, id, name, type, code);
    judge(site);
}

static void resolves(struct site *site, int64_t milliseconds, const char *name, const char *address)
{
    uint16_t id = (uint16_t)(site->scene->frame + 100);
    struct draft draft = draft_of(id, 0x8180, name, strchr(address, ':') ? DNS_AAAA : DNS_A);
    ask(site->scene, milliseconds, id, name, strchr(address, ':') ? DNS_AAAA : DNS_A);
    judge(site);
    put_address(&draft, name, address, 60);
    send_draft(site->scene, milliseconds + 1, &draft);
    judge(site);
}

static void finds_service(struct site *site, const char *name, const char *target)
{
    uint16_t id = (uint16_t)(site->scene->frame + 100);
    struct draft draft = draft_of(id, 0x8180, name, DNS_SRV);
    ask(site->scene, 0, id, name, DNS_SRV);
    judge(site);
    put_srv(&draft, name, 5222, target);
    send_draft(site->scene, 1, &draft);
    judge(site);
}

/* Who asks, and whom. */
static void be(struct site *site, const char *client, const char *server)
{
    site->scene->client = client;
    site->scene->server = server;
}

/* NULL: there is none. The rules of the capture as a whole are not looked at. */
static struct finding *found(struct site *site, const char *code)
{
    struct finding *f = NULL;
    while ((f = findings_next(&site->engine->findings, f)) != NULL)
        if (strcmp(catalogue_row((enum finding_code)f->key.code)->name, code) == 0)
            return f;
    return NULL;
}

static void assert_nothing(struct site *site)
{
    struct finding *f = NULL;
    while ((f = findings_next(&site->engine->findings, f)) != NULL) {
        const char *name = catalogue_row((enum finding_code)f->key.code)->name;
        if (strncmp(name, "dns.", 4) == 0)
            fail_msg("%s of %s", name, f->subjects.name);
    }
}

static void assert_only(struct site *site, const char *code)
{
    struct finding *f = NULL;
    assert_non_null(found(site, code));
    while ((f = findings_next(&site->engine->findings, f)) != NULL) {
        const char *name = catalogue_row((enum finding_code)f->key.code)->name;
        if (strncmp(name, "dns.", 4) == 0)
            assert_string_equal(name, code);
    }
}

static void test_name_that_does_not_exist(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, WEBBRIDGE, DNS_A, DNS_NXDOMAIN);
    fails(site, 1000, WEBBRIDGE, DNS_A, DNS_NXDOMAIN);
    const struct finding *finding = found(site, "dns.nxdomain");
    assert_non_null(finding);
    assert_string_equal(finding->subjects.name, WEBBRIDGE);
    assert_int_equal(finding->case_id, CASE_PREREQUISITES);
    assert_int_equal(finding->certainty, CERTAINTY_DEFINITE);
    assert_int_equal(finding->count, 2);
    assert_int_equal(finding->evidence_count, 4);
    assert_int_equal(finding->evidence[1].frame, 2);
    end(site, 2000);
    assert_only(site, "dns.nxdomain");
    assert_int_equal(finding->severity, SEVERITY_ERROR);
    free_site(site);
}

static void test_nothing_is_judged_without_a_profile(void **state)
{
    (void)state;
    struct site *site = new_site();
    site->state.profile = NULL;
    fails(site, 0, WEBBRIDGE, DNS_A, DNS_NXDOMAIN);
    resolves(site, 0, "cmsweb.octavio.org", OTHER_PLACE);
    end(site, 9000);
    assert_only(site, "dns.unresolved"); /* a remark */
    free_site(site);
}

static void test_names_of_others_and_other_types_do_not_count(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, "clients2.google.com", DNS_A, DNS_REFUSED);
    fails(site, 0, WEBBRIDGE, DNS_HTTPS, DNS_SERVFAIL);
    fails(site, 0, "_turn._udp.octavio.com", DNS_SRV, DNS_NXDOMAIN);
    fails(site, 0, WEBBRIDGE, DNS_TXT, DNS_NXDOMAIN);
    resolves(site, 10, WEBBRIDGE, STATIC_NAT);
    end(site, 20000);
    assert_nothing(site);
    free_site(site);
}

static void test_one_family_is_enough(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, WEBBRIDGE, DNS_AAAA, DNS_NXDOMAIN);
    resolves(site, 10, WEBBRIDGE, STATIC_NAT);
    fails(site, 20, WEBBRIDGE, DNS_AAAA, DNS_SERVFAIL);
    end(site, 20000);
    assert_nothing(site);
    free_site(site);
}

/* The answer to A comes first, that to AAAA is on its way. */
static void test_an_address_of_the_other_family_is_waited_for(void **state)
{
    (void)state;
    struct site *site = new_site();
    struct draft draft = draft_of(2, 0x8180, WEBBRIDGE, DNS_AAAA);
    put_address(&draft, WEBBRIDGE, "2001:db8::1", 60);
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    ask(site->scene, 0, 2, WEBBRIDGE, DNS_AAAA);
    answer_code(site->scene, 1, 1, WEBBRIDGE, DNS_A, DNS_NOERROR);
    judge(site);
    send_draft(site->scene, 2, &draft);
    judge(site);
    end(site, 20000);
    assert_nothing(site);
    free_site(site);
}

static void test_neither_family_is_found_once(void **state)
{
    (void)state;
    struct site *site = new_site();
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    ask(site->scene, 0, 2, WEBBRIDGE, DNS_AAAA);
    answer_code(site->scene, 1, 1, WEBBRIDGE, DNS_A, DNS_NOERROR);
    judge(site);
    assert_nothing(site);
    answer_code(site->scene, 2, 2, WEBBRIDGE, DNS_AAAA, DNS_NOERROR);
    judge(site);
    assert_only(site, "dns.no-data");
    assert_int_equal(found(site, "dns.no-data")->count, 1);
    end(site, 20000);
    assert_int_equal(found(site, "dns.no-data")->count, 1);
    free_site(site);
}

static void test_aaaa_alone_is_judged_in_the_end(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, WEBBRIDGE, DNS_AAAA, DNS_NXDOMAIN);
    assert_nothing(site);
    end(site, 20000);
    assert_only(site, "dns.nxdomain");
    free_site(site);
}

static void test_a_missing_aaaa_alone_is_no_fault(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, WEBBRIDGE, DNS_AAAA, DNS_NOERROR);
    end(site, 20000);
    assert_nothing(site);
    free_site(site);
}

static void test_a_retry_that_works_is_no_fault(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, WEBBRIDGE, DNS_A, DNS_SERVFAIL);
    site->scene->server = SCENE_SERVER_2;
    resolves(site, 10, WEBBRIDGE, STATIC_NAT);
    fails(site, 9000, WEBBRIDGE, DNS_A, DNS_REFUSED); /* a good answer came before */
    end(site, 20000);
    assert_nothing(site);
    free_site(site);
}

static void test_failures_that_last(void **state)
{
    static const struct {
        unsigned flags;
        const char *code;
    } rows[] = {
        {DNS_SERVFAIL, "dns.server-failure"},
        {DNS_REFUSED, "dns.refused"},
        {0x0200, "dns.truncated"}, /* TC */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct site *site = new_site();
        fails(site, 0, WEBBRIDGE, DNS_A, rows[i].flags);
        assert_nothing(site);
        end(site, 8000);
        assert_only(site, rows[i].code);
        assert_int_equal(found(site, rows[i].code)->evidence[1].frame, 2);
        free_site(site);
    }
}

/* The capture ends where a retry could still come. */
static void test_a_failure_at_the_very_end_is_open(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, WEBBRIDGE, DNS_A, DNS_SERVFAIL);
    end(site, 500);
    assert_nothing(site);
    free_site(site);
    site = new_site();
    fails(site, 0, WEBBRIDGE, DNS_A, DNS_SERVFAIL);
    end(site, 1500);
    assert_only(site, "dns.server-failure");
    free_site(site);
}

/* A client on two networks asks both servers at once. */
static void test_the_server_that_knows_wins(void **state)
{
    (void)state;
    struct site *site = new_site();
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    site->scene->server = SCENE_SERVER_2;
    ask(site->scene, 0, 2, WEBBRIDGE, DNS_A);
    site->scene->server = SCENE_SERVER;
    answer_code(site->scene, 1, 1, WEBBRIDGE, DNS_A, DNS_NXDOMAIN);
    judge(site);
    site->scene->server = SCENE_SERVER_2;
    answer_address(site->scene, 2, 2, WEBBRIDGE, STATIC_NAT);
    judge(site);
    end(site, 9000);
    assert_only(site, "dns.nxdomain");
    assert_int_equal(found(site, "dns.nxdomain")->severity, SEVERITY_INFO);
    assert_non_null(found(site, "dns.nxdomain")->note);
    free_site(site);
}

static void test_a_record_that_goes_away_is_a_fault(void **state)
{
    (void)state;
    struct site *site = new_site();
    resolves(site, 0, WEBBRIDGE, STATIC_NAT);
    fails(site, 9000, WEBBRIDGE, DNS_A, DNS_NXDOMAIN);
    end(site, 10000);
    assert_int_equal(found(site, "dns.nxdomain")->severity, SEVERITY_ERROR);
    free_site(site);
}

static void test_silence(void **state)
{
    (void)state;
    struct site *site = new_site();
    see_both_ways(site, SCENE_CLIENT, SCENE_SERVER);
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    ask(site->scene, 1000, 2, WEBBRIDGE, DNS_A);
    end(site, 9000);
    assert_only(site, "dns.no-answer");
    assert_int_equal(found(site, "dns.no-answer")->certainty, CERTAINTY_STRONG);
    free_site(site);
}

static void test_silence_that_may_be_none(void **state)
{
    (void)state;
    struct site *site = new_site(); /* answers to the client are not in the capture */
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    ask(site->scene, 1000, 2, WEBBRIDGE, DNS_A);
    end(site, 9000);
    assert_nothing(site);
    free_site(site);
    site = new_site(); /* one try */
    see_both_ways(site, SCENE_CLIENT, SCENE_SERVER);
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    end(site, 9000);
    assert_nothing(site);
    free_site(site);
    site = new_site(); /* the capture ends too early */
    see_both_ways(site, SCENE_CLIENT, SCENE_SERVER);
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    ask(site->scene, 1000, 2, WEBBRIDGE, DNS_A);
    end(site, 5000);
    assert_nothing(site);
    free_site(site);
}

/* Who sends the same query again and again has no answer, whatever the capture holds. */
static void test_silence_shown_by_repetition(void **state)
{
    (void)state;
    struct site *site = new_site();
    for (int64_t time = 0; time <= 2000; time += 1000)
        ask(site->scene, time, 1, WEBBRIDGE, DNS_A);
    end(site, 6500);
    assert_only(site, "dns.no-answer");
    free_site(site);
}

static void test_referral_is_no_answer(void **state)
{
    (void)state;
    struct site *site = new_site();
    struct draft draft = draft_of(1, 0x8000, WEBBRIDGE, DNS_A); /* neither AA nor RA */
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    send_draft(site->scene, 1, &draft);
    judge(site);
    end(site, 9000);
    assert_nothing(site);
    free_site(site);
}

static void alias_to(struct site *site, const char *target)
{
    struct draft draft = draft_of(1, 0x8180, WEBBRIDGE, DNS_A);
    put_alias(&draft, WEBBRIDGE, target, 60);
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    send_draft(site->scene, 1, &draft);
    judge(site);
}

static void test_alias_that_leads_nowhere(void **state)
{
    (void)state;
    struct site *site = new_site();
    alias_to(site, "webrtc.octavio.com");
    assert_only(site, "dns.dangling-alias");
    fails(site, 10, "webrtc.octavio.com", DNS_A, DNS_NXDOMAIN);
    end(site, 9000);
    assert_int_equal(found(site, "dns.dangling-alias")->severity, SEVERITY_ERROR);
    const struct finding *effect = found(site, "dns.nxdomain");
    assert_int_equal(effect->caused_by, found(site, "dns.dangling-alias")->number);
    free_site(site);
    site = new_site();
    alias_to(site, WEBBRIDGE);
    assert_only(site, "dns.dangling-alias");
    free_site(site);
}

static void test_alias_that_the_client_follows_by_itself(void **state)
{
    (void)state;
    struct site *site = new_site();
    alias_to(site, "webrtc.octavio.com");
    resolves(site, 10, "webrtc.octavio.com", STATIC_NAT);
    end(site, 9000);
    assert_int_equal(found(site, "dns.dangling-alias")->severity, SEVERITY_INFO);
    free_site(site);
}

/* Names of the domain that the profile does not list: judged when the client stops there. */
/* The capture ends before it can show what the client does next. */
static void test_other_names_at_the_very_end(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, "turn.octavio.com", DNS_A, DNS_NXDOMAIN);
    end(site, 2999);
    assert_nothing(site);
    free_site(site);
    site = new_site();
    fails(site, 0, "turn.octavio.com", DNS_A, DNS_NXDOMAIN);
    end(site, 3000);
    assert_only(site, "dns.nxdomain");
    free_site(site);
}

static void test_other_names_of_the_domain(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, "turn.octavio.com", DNS_A, DNS_NXDOMAIN);
    assert_nothing(site);
    end(site, 9000);
    assert_only(site, "dns.nxdomain");
    free_site(site);
}

static void connect_after(struct site *site, int64_t milliseconds)
{
    struct event event = {.kind = EVENT_MEDIA_STARTED,
                          .time = milliseconds * MILLISECONDS,
                          .client = transport(SCENE_CLIENT, 50000)};
    attempts_note(&site->engine->attempts, &event);
    attempts_settle(&site->engine->attempts);
}

static void test_other_names_of_the_domain_that_the_call_does_not_need(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, "turn.octavio.com", DNS_A, DNS_NXDOMAIN);
    connect_after(site, 5000);
    end(site, 9000);
    assert_nothing(site);
    free_site(site);
    site = new_site();
    connect_after(site, 1000);
    fails(site, 5000, "turn.octavio.com", DNS_A, DNS_NXDOMAIN);
    end(site, 9000);
    assert_nothing(site);
    free_site(site);
}

static void test_names_that_machines_look_up_by_themselves(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, "wpad.octavio.com", DNS_A, DNS_NXDOMAIN);
    fails(site, 0, "AutoDiscover.octavio.com", DNS_A, DNS_NXDOMAIN);
    fails(site, 0, "_dmarc.octavio.com", DNS_A, DNS_NXDOMAIN);
    fails(site, 0, "www.example.net.octavio.com", DNS_A, DNS_NXDOMAIN); /* search domain */
    resolves(site, 0, "www.example.net", "192.0.2.1");
    fails(site, 0, "dc1.octavio.local", DNS_A, DNS_NXDOMAIN); /* rightly unknown outside */
    end(site, 9000);
    assert_nothing(site);
    free_site(site);
}

static void test_the_internal_name_outside(void **state)
{
    (void)state;
    struct site *site = new_site();
    fails(site, 0, INTERNAL, DNS_A, DNS_NXDOMAIN);
    assert_nothing(site);
    end(site, 9000);
    assert_only(site, "dns.nxdomain");
    free_site(site);
}

static void test_addresses_outside(void **state)
{
    static const struct {
        const char *name, *address, *code;
    } rows[] = {
        {WEBBRIDGE, STATIC_NAT, NULL},
        {"vcse.octavio.com", STATIC_NAT, NULL},
        {WEBBRIDGE, OTHER_PLACE, "dns.address-not-static-nat"},
        {"vcse.octavio.com", OTHER_PLACE, "dns.address-not-static-nat"},
        {WEBBRIDGE, CMS, "dns.internal-address-outside"},
        {WEBBRIDGE, LAN1, "dns.internal-address-outside"},
        {INTERNAL, CMS, "dns.internal-address-outside"},
        {"www.octavio.com", OTHER_PLACE, NULL},
        {"www.example.org", CMS, NULL},
        {WEBBRIDGE, "2001:db8::1", NULL}, /* the profile gives no IPv6 address */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct site *site = new_site();
        resolves(site, 0, rows[i].name, rows[i].address);
        end(site, 9000);
        if (rows[i].code == NULL)
            assert_nothing(site);
        else
            assert_only(site, rows[i].code);
        free_site(site);
    }
}

static void test_addresses_inside(void **state)
{
    static const struct {
        const char *client, *server, *name, *address, *code;
        enum case_id case_id;
    } rows[] = {
        {PROXY, DNS_INSIDE, WEBBRIDGE, CMS, NULL, CASE_NONE},
        {PROXY, DNS_INSIDE, WEBBRIDGE, STATIC_NAT, "dns.external-address-inside",
         CASE_PREREQUISITES},
        {CMS, DNS_INSIDE, WEBBRIDGE, STATIC_NAT, "dns.external-address-inside",
         CASE_JOIN_CALL_MISSING},
        {CMS, DNS_INSIDE, INTERNAL, CMS, NULL, CASE_NONE},
        {LAN1, SCENE_SERVER, WEBBRIDGE, STATIC_NAT, NULL, CASE_NONE},
        {DNS_INSIDE, SCENE_SERVER, WEBBRIDGE, OTHER_PLACE, NULL, CASE_NONE},
        {"172.16.85.20", DNS_INSIDE, WEBBRIDGE, CMS, NULL, CASE_NONE}, /* in the office */
        {"172.16.84.5", DNS_INSIDE, WEBBRIDGE, CMS, "dns.internal-address-outside",
         CASE_PREREQUISITES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct site *site = new_site();
        be(site, rows[i].client, rows[i].server);
        resolves(site, 0, rows[i].name, rows[i].address);
        end(site, 9000);
        if (rows[i].code == NULL)
            assert_nothing(site);
        else
            assert_int_equal(found(site, rows[i].code)->case_id, rows[i].case_id);
        free_site(site);
    }
}

static void test_cms_does_not_find_its_web_bridge(void **state)
{
    (void)state;
    struct site *site = new_site();
    be(site, CMS, DNS_INSIDE);
    fails(site, 0, INTERNAL, DNS_A, DNS_NXDOMAIN);
    assert_int_equal(found(site, "dns.nxdomain")->case_id, CASE_JOIN_CALL_MISSING);
    free_site(site);
}

static void test_expressway_c_asks_for_the_internal_name(void **state)
{
    (void)state;
    struct site *site = new_site();
    be(site, PROXY, DNS_INSIDE);
    resolves(site, 0, INTERNAL, CMS);
    end(site, 9000);
    assert_only(site, "dns.internal-webbridge-name");
    assert_int_equal(found(site, "dns.internal-webbridge-name")->case_id, CASE_BAD_REQUEST);
    free_site(site);
    site = new_site();
    be(site, PROXY, DNS_INSIDE);
    resolves(site, 0, INTERNAL, CMS);
    resolves(site, 100, WEBBRIDGE, CMS);
    end(site, 9000);
    assert_nothing(site);
    free_site(site);
}

static enum case_status status_of(struct site *site, enum case_id id)
{
    struct verdict verdict;
    verdict_conclude(&verdict, &site->engine->findings, &site->state);
    return verdict.cases[id].status;
}

static void test_what_clears_a_case(void **state)
{
    (void)state;
    struct site *site = new_site();
    resolves(site, 0, WEBBRIDGE, STATIC_NAT); /* the client's lookup says nothing of them */
    assert_int_not_equal(status_of(site, CASE_BAD_REQUEST), CASE_CLEARED);
    be(site, PROXY, DNS_INSIDE);
    resolves(site, 0, WEBBRIDGE, CMS);
    assert_int_equal(status_of(site, CASE_BAD_REQUEST), CASE_CLEARED);
    be(site, CMS, DNS_INSIDE);
    assert_int_not_equal(status_of(site, CASE_MEDIA_STUCK), CASE_CLEARED);
    finds_service(site, XMPP_CLIENT, "xmpp.cms.octavio.local");
    assert_int_equal(status_of(site, CASE_MEDIA_STUCK), CASE_CLEARED);
    free_site(site);
}

static void test_services_outside(void **state)
{
    (void)state;
    struct site *site = new_site();
    finds_service(site, "_cisco-uds._tcp.octavio.com", "ocucmp.octavio.local");
    assert_only(site, "dns.srv-outside");
    free_site(site);
    site = new_site();
    finds_service(site, "_cisco-uds._tcp.octavio.com", ".");
    finds_service(site, "_collab-edge._tls.octavio.com", "vcse.octavio.com");
    finds_service(site, "_cisco-uds._tcp.example.org", "cucm.example.org");
    be(site, PROXY, DNS_INSIDE);
    finds_service(site, "_cuplogin._tcp.octavio.com", "imp.octavio.local");
    end(site, 9000);
    assert_nothing(site);
    free_site(site);
}

static void test_cms_does_not_find_its_xmpp_service(void **state)
{
    (void)state;
    struct site *site = new_site();
    be(site, CMS, DNS_INSIDE);
    fails(site, 0, XMPP_CLIENT, DNS_SRV, DNS_NXDOMAIN);
    assert_only(site, "dns.srv-missing");
    assert_int_equal(found(site, "dns.srv-missing")->case_id, CASE_MEDIA_STUCK);
    free_site(site);
    site = new_site();
    be(site, CMS, DNS_INSIDE);
    finds_service(site, XMPP_CLIENT, ".");
    assert_only(site, "dns.srv-missing");
    free_site(site);
    site = new_site();
    be(site, CMS, DNS_INSIDE);
    fails(site, 0, XMPP_CLIENT, DNS_SRV, DNS_REFUSED);
    end(site, 9000);
    assert_only(site, "dns.refused");
    assert_int_equal(found(site, "dns.refused")->case_id, CASE_MEDIA_STUCK);
    free_site(site);
}

static void test_the_xmpp_server_has_no_address(void **state)
{
    (void)state;
    struct site *site = new_site();
    be(site, CMS, DNS_INSIDE);
    finds_service(site, XMPP_CLIENT, "xmpp.cms.octavio.local");
    fails(site, 10, "xmpp.cms.octavio.local", DNS_A, DNS_NXDOMAIN);
    fails(site, 10, "ldap.octavio.local", DNS_A, DNS_NXDOMAIN);
    end(site, 9000);
    assert_only(site, "dns.nxdomain");
    assert_string_equal(found(site, "dns.nxdomain")->subjects.name, "xmpp.cms.octavio.local");
    assert_int_equal(found(site, "dns.nxdomain")->case_id, CASE_MEDIA_STUCK);
    free_site(site);
}

static void test_xmpp_is_gone_from_3_0(void **state)
{
    (void)state;
    struct site *site = new_site();
    site->profile.cms.xmpp = ANSWER_UNKNOWN;
    site->profile.cms.version = (struct product_version){true, {3, 0}};
    be(site, CMS, DNS_INSIDE);
    fails(site, 0, XMPP_CLIENT, DNS_SRV, DNS_NXDOMAIN);
    be(site, SCENE_CLIENT, SCENE_SERVER); /* nor is it asked for outside */
    site->profile.cms.version = (struct product_version){true, {2, 9}};
    fails(site, 0, XMPP_CLIENT, DNS_SRV, DNS_NXDOMAIN);
    end(site, 9000);
    assert_nothing(site);
    free_site(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_that_does_not_exist),
        cmocka_unit_test(test_nothing_is_judged_without_a_profile),
        cmocka_unit_test(test_names_of_others_and_other_types_do_not_count),
        cmocka_unit_test(test_one_family_is_enough),
        cmocka_unit_test(test_an_address_of_the_other_family_is_waited_for),
        cmocka_unit_test(test_neither_family_is_found_once),
        cmocka_unit_test(test_aaaa_alone_is_judged_in_the_end),
        cmocka_unit_test(test_a_missing_aaaa_alone_is_no_fault),
        cmocka_unit_test(test_a_retry_that_works_is_no_fault),
        cmocka_unit_test(test_failures_that_last),
        cmocka_unit_test(test_a_failure_at_the_very_end_is_open),
        cmocka_unit_test(test_the_server_that_knows_wins),
        cmocka_unit_test(test_a_record_that_goes_away_is_a_fault),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_silence_that_may_be_none),
        cmocka_unit_test(test_silence_shown_by_repetition),
        cmocka_unit_test(test_referral_is_no_answer),
        cmocka_unit_test(test_alias_that_leads_nowhere),
        cmocka_unit_test(test_alias_that_the_client_follows_by_itself),
        cmocka_unit_test(test_other_names_at_the_very_end),
        cmocka_unit_test(test_other_names_of_the_domain),
        cmocka_unit_test(test_other_names_of_the_domain_that_the_call_does_not_need),
        cmocka_unit_test(test_names_that_machines_look_up_by_themselves),
        cmocka_unit_test(test_the_internal_name_outside),
        cmocka_unit_test(test_addresses_outside),
        cmocka_unit_test(test_addresses_inside),
        cmocka_unit_test(test_cms_does_not_find_its_web_bridge),
        cmocka_unit_test(test_expressway_c_asks_for_the_internal_name),
        cmocka_unit_test(test_what_clears_a_case),
        cmocka_unit_test(test_services_outside),
        cmocka_unit_test(test_cms_does_not_find_its_xmpp_service),
        cmocka_unit_test(test_the_xmpp_server_has_no_address),
        cmocka_unit_test(test_xmpp_is_gone_from_3_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
