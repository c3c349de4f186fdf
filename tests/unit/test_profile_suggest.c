/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/profile.h"
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/profile_suggest.h"
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

static void write_text(void *context, const char *text)
{
    fputs(text, context);
}

/* The text, to be freed; it must be a profile, in plain ASCII. */
static char *suggested(const struct engine *engine, struct profile *profile)
{
    char *text = NULL, error[PROFILE_ERROR_TEXT] = "";
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    profile_suggest(&engine->state, write_text, out);
    fclose(out);
    for (size_t i = 0; i < size; i++)
        assert_true(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
    if (profile_parse(profile, bytes_of(text, size), "suggested", error) != 0)
        fail_msg("%s", error);
    return text;
}

static struct engine *analysed_at(const char *path, enum vantage_value vantage)
{
    char error[CAPTURE_ERROR_TEXT];
    const struct engine_options options = {.vantage = vantage};
    struct engine *engine = engine_new(&options);
    struct capture *capture = capture_open_files(&path, 1, NULL, error);
    struct captured_packet packet;
    assert_non_null(engine);
    assert_non_null(capture);
    while (capture_next(capture, &packet) == 1)
        engine_packet(engine, &packet);
    engine_end(engine);
    capture_close(capture);
    return engine;
}

static struct engine *analysed(const char *path)
{
    return analysed_at(path, VANTAGE_UNKNOWN);
}

static void assert_only_address(const struct profile_addresses *addresses, const char *expected)
{
    assert_int_equal(addresses->count, 1);
    assert_address(&addresses->items[0], expected);
}

static void test_a_call_that_works(void **state)
{
    (void)state;
    struct profile profile;
    struct engine *engine = analysed(SAMPLES_DIR "/healthy/capture.pcap");
    char *text = suggested(engine, &profile);
    assert_only_address(&profile.expressway.static_nat, "10.88.246.156");
    assert_string_equal(profile.site.webbridge_url, "cmsweb.octavio.com");
    assert_string_equal(profile.site.external_domain.items[0], "octavio.com");
    assert_address(&profile.site.client_network.items[0].address, "172.16.84.0");
    assert_int_equal(profile.site.client_network.items[0].prefix_length, 24);
    assert_string_equal(profile.turn.username, "turnuser");
    assert_string_equal(profile.turn.realm, "turnuser");
    assert_int_equal(profile.turn.relay_range.items[0].first, 24000);
    assert_int_equal(profile.turn.relay_range.items[0].last, 29999);
    assert_non_null(strstr(text, "\nudp_port = 3478\n"));
    assert_non_null(strstr(text, "\n;lan1 = "));
    assert_non_null(strstr(text, "; frame "));
    free(text);
    engine_free(engine);
}

/* Of two private addresses only who captured knows which is the public one. */
static void test_behind_address_translation(void **state)
{
    (void)state;
    struct profile profile;
    struct engine *engine =
        analysed_at(SAMPLES_DIR "/at-lan2-healthy/capture.pcap", VANTAGE_EXPRESSWAY_E_LAN2);
    free(suggested(engine, &profile));
    assert_only_address(&profile.expressway.static_nat, "10.88.246.156");
    assert_only_address(&profile.expressway.lan2, "192.168.245.61");
    engine_free(engine);
    engine = analysed(SAMPLES_DIR "/at-lan2-healthy/capture.pcap");
    char *text = suggested(engine, &profile);
    assert_only_address(&profile.expressway.static_nat, "192.168.245.61");
    assert_non_null(strstr(text, "; 10.88.246.156, where its relays are, if captured behind"));
    free(text);
    engine_free(engine);
}

/* A private server that gives out public addresses leaves no doubt. */
static void test_behind_public_address(void **state)
{
    (void)state;
    struct profile profile;
    struct engine *engine = analysed(SAMPLES_DIR "/behind-public-address/capture.pcap");
    char *text = suggested(engine, &profile);
    assert_only_address(&profile.expressway.static_nat, "203.0.113.5");
    assert_only_address(&profile.expressway.lan2, "192.168.245.61");
    assert_string_equal(profile.site.webbridge_url, "cmsweb.octavio.com");
    assert_null(strstr(text, "if captured behind"));
    free(text);
    engine_free(engine);
}

static void test_words_of_strangers_stay_harmless(void **state)
{
    (void)state;
    struct profile profile;
    struct engine *engine = analysed(SAMPLES_DIR "/hostile-text/capture.pcap");
    free(suggested(engine, &profile));
    engine_free(engine);
}

static struct allocation *add_allocation(struct engine *engine, uint32_t number, const char *client,
                                         const char *server)
{
    bool created;
    struct record_id key = {number, 1};
    struct allocation *allocation =
        table_add(&engine->trackers.stun.allocations.table, &key, &created);
    assert_true(created);
    allocation->client = transport(client, 50000);
    allocation->server = transport(server, 3478);
    allocation->protocol = IP_PROTOCOL_UDP;
    allocation->challenged = (struct evidence){.frame = number, .protocol = EVIDENCE_STUN};
    return allocation;
}

static void learn_name(struct engine *engine, const char *client, const char *address,
                       const char *text)
{
    struct dns_name name;
    struct ip_address asker = transport(client, 0).ip, ip = transport(address, 0).ip;
    assert_true(dns_name_parse(&name, text));
    names_learn(&engine->trackers.lookups.names, &asker, &ip, &name, 1);
}

static struct engine *empty_engine(void)
{
    const struct engine_options options = {0};
    struct engine *engine = engine_new(&options);
    assert_non_null(engine);
    return engine;
}

static void test_both_sides_of_the_relay(void **state)
{
    (void)state;
    struct profile profile;
    struct engine *engine = empty_engine();
    add_allocation(engine, 1, "172.16.85.180", "172.16.85.168");
    add_allocation(engine, 2, "172.16.84.124", "10.88.246.156");
    add_allocation(engine, 3, "172.16.84.125", "10.88.246.156");
    learn_name(engine, "172.16.84.124", "10.88.246.156", "cmsweb.octavio.com");
    free(suggested(engine, &profile));
    assert_only_address(&profile.expressway.static_nat, "10.88.246.156");
    assert_only_address(&profile.expressway.lan1, "172.16.85.168");
    assert_only_address(&profile.cms.address, "172.16.85.180");
    assert_int_equal(profile.site.client_network.count, 1);
    engine_free(engine);
}

static void test_a_server_that_never_answers_is_none(void **state)
{
    (void)state;
    struct profile profile;
    struct engine *engine = empty_engine();
    add_allocation(engine, 1, "172.16.84.124", "10.88.246.156")->challenged.frame = 0;
    char *text = suggested(engine, &profile);
    assert_int_equal(profile.expressway.static_nat.count, 0);
    assert_null(strstr(text, "\nudp_port"));
    free(text);
    engine_free(engine);
}

static void test_relayed_ports(void **state)
{
    static const struct {
        uint16_t first, last, expected_first, expected_last;
    } rows[] = {
        {24000, 29999, 24000, 29999}, {50000, 50001, 49152, 65535}, {23999, 24500, 23000, 24999},
        {30010, 32000, 30000, 32999}, {1500, 1500, 1024, 1999},     {65000, 65535, 49152, 65535},
        {40000, 65535, 40000, 65535},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct profile profile;
        struct engine *engine = empty_engine();
        add_allocation(engine, 1, "172.16.84.124", "10.88.246.156")->relayed =
            transport("10.88.246.156", rows[i].last);
        add_allocation(engine, 2, "172.16.84.124", "10.88.246.156")->relayed =
            transport("10.88.246.156", rows[i].first);
        free(suggested(engine, &profile));
        assert_int_equal(profile.turn.relay_range.items[0].first, rows[i].expected_first);
        assert_int_equal(profile.turn.relay_range.items[0].last, rows[i].expected_last);
        engine_free(engine);
    }
}

static void set_username(struct allocation *allocation, const char *username)
{
    snprintf(allocation->username, sizeof allocation->username, "%s", username);
    allocation->authenticated = (struct evidence){.frame = 9, .protocol = EVIDENCE_STUN};
}

static void test_user_names(void **state)
{
    static const struct {
        const char *username, *expected;
        enum answer expires;
    } rows[] = {
        {"turnuser", "turnuser", ANSWER_NO},
        {"1495309950:guest", "", ANSWER_YES},
        {"1495309950", "", ANSWER_YES},
        {"a b", "", ANSWER_NO},
        {"a;b", "", ANSWER_NO},
        {"a\nrealm=b", "", ANSWER_NO},
        {"\303\251", "", ANSWER_NO},
        {"4711er", "4711er", ANSWER_NO},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct profile profile;
        struct engine *engine = empty_engine();
        set_username(add_allocation(engine, 1, "172.16.84.124", "10.88.246.156"), rows[i].username);
        free(suggested(engine, &profile));
        assert_string_equal(profile.turn.username, rows[i].expected);
        assert_int_equal(profile.turn.short_term_credentials, rows[i].expires);
        engine_free(engine);
    }
}

static void test_ports_and_clusters(void **state)
{
    (void)state;
    struct profile profile;
    struct engine *engine = empty_engine();
    add_allocation(engine, 1, "2001:db8::84:1", "2001:db8::1")->server.port = 3479;
    add_allocation(engine, 2, "172.16.84.124", "10.88.246.156")->protocol = IP_PROTOCOL_TCP;
    struct allocation *on_443 = add_allocation(engine, 3, "172.16.84.124", "10.88.246.157");
    on_443->protocol = IP_PROTOCOL_TCP;
    on_443->server.port = 443;
    free(suggested(engine, &profile));
    assert_int_equal(profile.expressway.static_nat.count, 3);
    assert_int_equal(profile.site.client_network.count, 2);
    assert_int_equal(profile.site.client_network.items[0].prefix_length, 64);
    assert_int_equal(profile.turn.udp_port.items[0].first, 3479);
    assert_int_equal(profile.turn.tcp_port.items[0].first, 3478);
    assert_int_equal(profile.turn.tcp443, ANSWER_YES);
    engine_free(engine);
}

/* What DNS64 made up stands for the address inside it. */
static void test_behind_nat64(void **state)
{
    (void)state;
    struct profile profile;
    struct ip_address inside;
    struct engine *engine = empty_engine();
    add_allocation(engine, 1, "2001:db8::84:1", "64:ff9b::10.88.246.156");
    free(suggested(engine, &profile));
    assert_true(ip_address_parse(&inside, "10.88.246.156"));
    assert_int_equal(profile.expressway.static_nat.count, 1);
    assert_true(ip_address_equal(&profile.expressway.static_nat.items[0], &inside));
    engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_call_that_works),
        cmocka_unit_test(test_behind_address_translation),
        cmocka_unit_test(test_behind_public_address),
        cmocka_unit_test(test_words_of_strangers_stay_harmless),
        cmocka_unit_test(test_both_sides_of_the_relay),
        cmocka_unit_test(test_a_server_that_never_answers_is_none),
        cmocka_unit_test(test_relayed_ports),
        cmocka_unit_test(test_user_names),
        cmocka_unit_test(test_ports_and_clusters),
        cmocka_unit_test(test_behind_nat64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
