/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/vantage.h"

#include "analyzer/diagnose/profile.h"
#include "analyzer/flow/hosts.h"
#include "analyzer/track/allocations.h"
#include "tests/support/stun_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Addresses of the sample profile. */
#define CMS          "172.16.85.180"
#define EXPRESSWAY_C "172.16.85.167"
#define LAN1         "172.16.85.168"
#define STATIC_NAT   "10.88.246.156"

static struct stage *stage;
static struct hosts hosts;
static struct allocations allocations;
static struct profile profile;
static uint16_t port;

static int set_up(void **state)
{
    char error[PROFILE_ERROR_TEXT];
    (void)state;
    stage = new_stage();
    port = 0;
    return hosts_init(&hosts, 64) != 0 || allocations_init(&allocations, 16) != 0 ||
           profile_load(&profile, SAMPLES_DIR "/octavio.ini", error) != 0;
}

static int tear_down(void **state)
{
    (void)state;
    hosts_free(&hosts);
    allocations_free(&allocations);
    free_stage(stage);
    return 0;
}

/* So many flows that the first host begins and the second answers. */
static void talk(const char *client, const char *server, unsigned flows)
{
    while (flows-- > 0) {
        struct transport_address a = place(client, ++port), b = place(server, 443);
        struct sighting asked = see(stage, 1000, a, b);
        hosts_note(&hosts, asked.flow, asked.from);
        struct sighting answered = see(stage, 1001, b, a);
        hosts_note(&hosts, answered.flow, answered.from);
    }
}

static struct vantage guess(const struct profile *site)
{
    hosts_settle(&hosts);
    return vantage_guess(&hosts, site, &allocations);
}

static void test_names(void **state)
{
    (void)state;
    for (enum vantage_value v = VANTAGE_CLIENT; v < VANTAGES; v++) {
        enum vantage_value parsed;
        assert_true(vantage_parse(&parsed, vantage_name(v)));
        assert_int_equal(parsed, v);
    }
    enum vantage_value untouched;
    assert_false(vantage_parse(&untouched, "unknown"));
    assert_false(vantage_parse(&untouched, "Client"));
    assert_string_equal(vantage_basis_name(VANTAGE_BY_OPTION), "option");
}

static void test_nothing(void **state)
{
    (void)state;
    assert_int_equal(guess(&profile).value, VANTAGE_UNKNOWN);
    assert_int_equal(guess(NULL).value, VANTAGE_UNKNOWN);
}

static void test_machines_of_the_profile(void **state)
{
    (void)state;
    talk(EXPRESSWAY_C, CMS, 1);
    talk(CMS, "172.16.85.162", 9);
    struct vantage vantage = guess(&profile);
    assert_int_equal(vantage.value, VANTAGE_CMS);
    assert_int_equal(vantage.basis, VANTAGE_BY_PROFILE);
}

/* One flow of many does not make the CMS the place of the capture. */
static void test_who_stands_out(void **state)
{
    (void)state;
    talk(LAN1, CMS, 1);
    talk(LAN1, EXPRESSWAY_C, 4);
    talk(LAN1, "192.0.2.1", 5);
    assert_int_equal(guess(&profile).value, VANTAGE_EXPRESSWAY_E_LAN1);
}

/* Of the public address any client's capture is full. */
static void test_client_of_the_site(void **state)
{
    (void)state;
    talk("192.0.2.77", STATIC_NAT, 5);
    struct vantage vantage = guess(&profile);
    assert_int_equal(vantage.value, VANTAGE_CLIENT);
    assert_int_equal(vantage.basis, VANTAGE_BY_GUESS);
}

/* Without a profile only TURN tells who the client is. */
static void test_client_of_turn(void **state)
{
    (void)state;
    talk(STAGE_CLIENT, STAGE_SERVER, 5);
    assert_int_equal(guess(NULL).value, VANTAGE_UNKNOWN);
    struct transaction transaction = {.method = STUN_ALLOCATE,
                                      .client = place(STAGE_CLIENT, 40000),
                                      .server = place(STAGE_SERVER, 3478)};
    struct stun_draft draft = stun_draft_of(WIRE_ALLOCATE, 1);
    struct stun_message message = stun_decoded(&draft);
    struct sighting sighting = see_client(stage, 1000);
    allocations_note(&allocations, &message, &transaction, TRANSACTION_STEP_REQUEST, &sighting);
    assert_int_equal(guess(NULL).value, VANTAGE_CLIENT);
    assert_int_equal(vantage_guess(&hosts, NULL, NULL).value, VANTAGE_UNKNOWN);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_names),
        TEST(test_nothing),
        TEST(test_machines_of_the_profile),
        TEST(test_who_stands_out),
        TEST(test_client_of_the_site),
        TEST(test_client_of_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
