/* SPDX-License-Identifier: MIT */
/* What is said of a finding about TURN, ICE or media where the packets show more than its row of
 * the catalogue: the note, the remedy, what would make it certain. */
#include "tests/support/sample_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A sample as it is diagnosed without a site profile, where it is said to be captured. */
static void diagnose_at(enum vantage_value vantage, const char *sample)
{
    diagnose_sample(sample, &(struct engine_options){.vantage = vantage});
}

static void diagnose(const char *sample)
{
    diagnose_at(VANTAGE_UNKNOWN, sample);
}

static size_t count_attempts(void)
{
    size_t count = 0;
    const struct attempt *attempt = NULL;
    while ((attempt = attempts_next(&diagnosed.engine->attempts, attempt)) != NULL)
        count++;
    return count;
}

/* The finding's note has this text in it; NULL: it has no note. */
static void expect_note(enum finding_code code, const char *text)
{
    const char *note = expect_found(code)->note;
    if (text == NULL ? note != NULL : note == NULL || strstr(note, text) == NULL)
        fail_msg("the note of %s is: %s", catalogue_row(code)->name, note != NULL ? note : "none");
}

/* The first step of what to do has this text in it. */
static void expect_remedy(enum finding_code code, const char *text)
{
    const char *first = finding_remedy(expect_found(code))[0];
    if (strstr(first, text) == NULL)
        fail_msg("the first step of %s is: %s", catalogue_row(code)->name, first);
}

static void test_late_answers(void **state)
{
    (void)state;
    diagnose("turn-challenge-late");
    expect_note(FINDING_TURN_CHALLENGE_UNANSWERED, "given up by then");
    expect_remedy(FINDING_TURN_CHALLENGE_UNANSWERED, "where the time goes");
    diagnose("turn-challenge-unanswered");
    expect_note(FINDING_TURN_CHALLENGE_UNANSWERED, NULL);
    expect_remedy(FINDING_TURN_CHALLENGE_UNANSWERED, "username and password");
    diagnose("turn-answer-too-late");
    expect_note(FINDING_TURN_NO_ANSWER, "half a minute late");
    expect_remedy(FINDING_TURN_NO_ANSWER, "where the time goes");
    diagnose("server-silent");
    expect_note(FINDING_TURN_NO_ANSWER, NULL);
    expect_remedy(FINDING_TURN_NO_ANSWER, "Open UDP 3478");
}

static void test_restart(void **state)
{
    (void)state;
    diagnose("turn-restarted");
    expect_note(FINDING_TURN_BAD_REQUEST, "granted this very request before");
    expect_remedy(FINDING_TURN_BAD_REQUEST, "restarted at that time");
    diagnose("turn-bad-request");
    expect_note(FINDING_TURN_BAD_REQUEST, NULL);
    diagnose("turn-restarted-unnoticed");
    expect_note(FINDING_ICE_CONSENT_LOST, "goes on answering this client");
    diagnose("ice-path-died");
    expect_note(FINDING_ICE_CONSENT_LOST, NULL);
}

static void test_address_families(void **state)
{
    (void)state;
    diagnose("turn-family-unsupported"); /* 440: of the relay */
    expect_note(FINDING_TURN_FAMILY_UNSUPPORTED, NULL);
    expect_remedy(FINDING_TURN_FAMILY_UNSUPPORTED, "Give the TURN server an address");
    diagnose("peer-family-beside"); /* 443: of a peer */
    expect_note(FINDING_TURN_FAMILY_UNSUPPORTED, "far side's address that does not fit");
    expect_remedy(FINDING_TURN_FAMILY_UNSUPPORTED, "Give the far side an address");
}

/* On the TURN server the relay's own leg of a path is in the capture, too. */
static void test_relay_is_no_client(void **state)
{
    (void)state;
    diagnose("at-turn-server-far-side-gone");
    assert_int_equal(expect_found(FINDING_ICE_CONSENT_LOST)->count, 1);
    assert_int_equal(diagnosed.engine->findings.kinds[FINDING_ICE_CONSENT_LOST], 1);
    assert_int_equal(count_attempts(), 1);
}

static void test_client_moves(void **state)
{
    (void)state;
    diagnose_at(VANTAGE_CLIENT, "ice-vpn-comes-up");
    expect_note(FINDING_ICE_CONSENT_LOST, "sends from another address");
    expect_remedy(FINDING_ICE_CONSENT_LOST, "Bring the VPN up before the call");
    diagnose_at(VANTAGE_EXPRESSWAY_E_LAN2, "ice-vpn-comes-up"); /* there it may be anybody */
    expect_note(FINDING_ICE_CONSENT_LOST, "Nothing else came");
    diagnose_at(VANTAGE_CLIENT, "ice-vpn-all-along");
    expect_note(FINDING_ICE_CONSENT_LOST, "Nothing else came");
    diagnose_at(VANTAGE_EXPRESSWAY_E_LAN2, "ice-socket-moves"); /* the session tells */
    expect_note(FINDING_ICE_CONSENT_LOST, "sends from another address");
    diagnose("ice-path-died-beside");
    expect_note(FINDING_ICE_CONSENT_LOST, NULL);
}

static void test_no_way_round(void **state)
{
    (void)state;
    diagnose("turn-no-way-in");
    expect_note(FINDING_TURN_NO_ANSWER, "over TCP, too");
    diagnose("tcp-fallback");
    expect_note(FINDING_TURN_NO_ANSWER, NULL);
}

static void test_nobody_begins_keys(void **state)
{
    (void)state;
    diagnose("dtls-absent");
    expect_note(FINDING_DTLS_NO_ANSWER, "Neither end begins");
    diagnose("dtls-no-answer");
    expect_note(FINDING_DTLS_NO_ANSWER, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_late_answers, stop),
        cmocka_unit_test_teardown(test_restart, stop),
        cmocka_unit_test_teardown(test_address_families, stop),
        cmocka_unit_test_teardown(test_relay_is_no_client, stop),
        cmocka_unit_test_teardown(test_client_moves, stop),
        cmocka_unit_test_teardown(test_no_way_round, stop),
        cmocka_unit_test_teardown(test_nobody_begins_keys, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
