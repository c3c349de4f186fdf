/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/scope.h"

#include "analyzer/diagnose/profile.h"
#include "analyzer/engine.h"
#include "tests/support/stun_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct stage *stage;
static struct profile profile;
static struct engine *engine;

static int begin(const struct profile *site)
{
    stage = new_stage();
    engine = engine_new(&(struct engine_options){.profile = site});
    return engine == NULL;
}

static int with_site(void **state)
{
    char error[PROFILE_ERROR_TEXT];
    (void)state;
    return profile_load(&profile, SAMPLES_DIR "/octavio.ini", error) != 0 || begin(&profile) != 0;
}

static int without_site(void **state)
{
    (void)state;
    return begin(NULL);
}

static int tear_down(void **state)
{
    (void)state;
    engine_free(engine);
    free_stage(stage);
    return 0;
}

static bool server_matters(const char *ip)
{
    struct transport_address client = place(STAGE_CLIENT, 0), server = place(ip, 0);
    return scope_server(&engine->state, &client.ip, &server.ip);
}

static struct lookup lookup_of(const char *name, uint8_t addresses)
{
    struct lookup lookup = {.address_count = addresses};
    assert_true(dns_name_parse(&lookup.name, name));
    return lookup;
}

static bool lookup_matters(const char *name, uint8_t addresses)
{
    const struct lookup lookup = lookup_of(name, addresses);
    const struct event event = {.kind = EVENT_DNS_ANSWERED, .lookup = &lookup};
    return scope_event(&engine->state, &event);
}

static void use_turn(void)
{
    struct stun_draft draft = stun_draft_of(WIRE_ALLOCATE, 1);
    struct stun_message message = stun_decoded(&draft);
    struct sighting sighting = see_client(stage, 1000);
    stun_tracker_note(&engine->trackers.stun, &message, &sighting, &stage->events);
    stage->events.count = 0;
}

static bool finding_matters(enum finding_code code, const char *server)
{
    struct subjects subjects = {.client = place(STAGE_CLIENT, 1), .server = place(server, 443)};
    return scope_finding(&engine->state, findings_raise(&engine->findings, code, &subjects, 1000));
}

static void test_site_names(void **state)
{
    (void)state;
    assert_true(scope_is_known(&engine->state));
    assert_true(scope_name(&engine->state, "cmsweb.octavio.com"));
    assert_true(scope_name(&engine->state, "CMSweb.Octavio.com."));
    assert_true(scope_name(&engine->state, "anything.octavio.com"));
    assert_true(scope_name(&engine->state, "cmsweb.cms.octavio.local"));
    assert_true(scope_name(&engine->state, "vcse.octavio.com"));
    assert_false(scope_name(&engine->state, "www.example.org"));
    assert_false(scope_name(&engine->state, "notoctavio.com"));
    assert_false(scope_name(&engine->state, ""));
}

static void test_site_servers(void **state)
{
    (void)state;
    assert_true(server_matters("172.16.85.180"));  /* CMS */
    assert_true(server_matters("10.88.246.156"));  /* static NAT */
    assert_true(server_matters("172.16.85.167"));  /* Expressway-C */
    assert_false(server_matters("172.16.85.162")); /* a DNS server serves everyone */
    assert_false(server_matters("172.16.84.9"));   /* a client */
    assert_false(server_matters("192.0.2.1"));
}

/* 445 in this profile: only what speaks for the web is the administration's. */
static void test_administration(void **state)
{
    (void)state;
    const struct connection connection = {0};
    struct handshake handshake = {.server_name = "vcse.octavio.com"};
    struct event event = {.kind = EVENT_TCP_REFUSED, .connection = &connection};
    handshake.client = event.client = place(STAGE_CLIENT, 50000);
    handshake.server = event.server = place("10.88.246.156", 445);
    assert_true(scope_is_administration(&engine->state, &event.server));
    assert_false(scope_handshake(&engine->state, &handshake));
    assert_false(scope_event(&engine->state, &event));
    event.connection = NULL;
    assert_true(scope_event(&engine->state, &event));
    event.connection = &connection;
    handshake.server.port = event.server.port = 443;
    assert_false(scope_is_administration(&engine->state, &event.server));
    assert_true(scope_handshake(&engine->state, &handshake));
    assert_true(scope_event(&engine->state, &event));
}

static void test_site_lookups(void **state)
{
    (void)state;
    assert_true(lookup_matters("cmsweb.octavio.com", 0));
    assert_false(lookup_matters("www.example.org", 1));
}

static void test_unknown(void **state)
{
    (void)state;
    const struct transport_address anywhere = place("10.88.246.156", 445);
    assert_false(scope_is_administration(&engine->state, &anywhere));
    assert_false(scope_is_known(&engine->state));
    assert_false(scope_name(&engine->state, "cmsweb.octavio.com"));
    assert_false(server_matters("172.16.85.180"));
    assert_true(lookup_matters("www.example.org", 1));
    assert_false(lookup_matters("www.example.org", 0));
    assert_true(scope_event(&engine->state, &(struct event){.kind = EVENT_STUN_REQUEST}));
}

/* Without a profile: all servers, until the client is seen to use TURN; then its TURN servers. */
static void test_findings_without_site(void **state)
{
    (void)state;
    assert_true(finding_matters(FINDING_TCP_REFUSED, "192.0.2.1"));
    use_turn();
    assert_false(finding_matters(FINDING_TCP_REFUSED, "192.0.2.1"));
    assert_false(finding_matters(FINDING_TLS_CERTIFICATE_EXPIRED, "192.0.2.1"));
    assert_true(finding_matters(FINDING_TCP_REFUSED, STAGE_SERVER));
    assert_true(finding_matters(FINDING_DNS_NXDOMAIN, "192.0.2.1"));
}

static void test_findings_with_site(void **state)
{
    (void)state;
    use_turn();
    assert_true(finding_matters(FINDING_TCP_REFUSED, "10.88.246.156"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_site_names, with_site, tear_down),
        cmocka_unit_test_setup_teardown(test_administration, with_site, tear_down),
        cmocka_unit_test_setup_teardown(test_site_servers, with_site, tear_down),
        cmocka_unit_test_setup_teardown(test_site_lookups, with_site, tear_down),
        cmocka_unit_test_setup_teardown(test_unknown, without_site, tear_down),
        cmocka_unit_test_setup_teardown(test_findings_without_site, without_site, tear_down),
        cmocka_unit_test_setup_teardown(test_findings_with_site, with_site, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
