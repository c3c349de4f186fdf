/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/causes.h"

#include "analyzer/diagnose/cases.h"
#include "analyzer/diagnose/verdict.h"
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

static struct engine *engine;

static int set_up(void **state)
{
    (void)state;
    engine = engine_new(&(struct engine_options){.vantage = VANTAGE_CLIENT});
    return engine == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    engine_free(engine);
    return 0;
}

/* A finding about a client and STAGE_SERVER, with one frame of evidence at this time. */
static struct finding *raise_for(const char *client, enum finding_code code, int64_t milliseconds)
{
    static uint64_t frame;
    struct subjects subjects = {.client = place(client, 40000),
                                .server = place(STAGE_SERVER, 3478)};
    struct evidence evidence = {.time = milliseconds * MILLISECONDS, .frame = ++frame};
    struct finding *finding =
        findings_raise(&engine->findings, code, &subjects, milliseconds * MILLISECONDS);
    assert_non_null(finding);
    finding_add_evidence(finding, &evidence);
    return finding;
}

static struct finding *raise_at(enum finding_code code, int64_t milliseconds)
{
    return raise_for(STAGE_CLIENT, code, milliseconds);
}

static void happens(enum event_kind kind, int64_t milliseconds)
{
    struct event event = {.kind = kind, .time = milliseconds * MILLISECONDS};
    event.client = place(STAGE_CLIENT, 40000);
    event.server = place(STAGE_SERVER, 3478);
    attempts_note(&engine->attempts, &event);
    attempts_settle(&engine->attempts);
}

static void link_causes(void)
{
    causes_link(&engine->findings, &engine->state);
}

static const struct finding *root(void)
{
    return causes_root(&engine->findings, NULL, SEVERITY_WARNING);
}

static struct verdict concluded(void)
{
    struct verdict verdict;
    verdict_conclude(&verdict, &engine->findings, &engine->state);
    return verdict;
}

static void test_steps(void **state)
{
    (void)state;
    assert_int_equal(finding_step(FINDING_DNS_NXDOMAIN), STEP_DNS);
    assert_int_equal(finding_step(FINDING_TCP_REFUSED), STEP_TCP);
    assert_int_equal(finding_step(FINDING_TLS_CERTIFICATE_EXPIRED), STEP_TLS);
    assert_int_equal(finding_step(FINDING_HTTP_BAD_REQUEST), STEP_HTTP);
    assert_int_equal(finding_step(FINDING_TURN_INTEGRITY_FAILURE), STEP_TURN);
    assert_int_equal(finding_step(FINDING_TURN_FORBIDDEN), STEP_PERMISSION);
    assert_int_equal(finding_step(FINDING_ICE_CONSENT_LOST), STEP_ICE);
    assert_int_equal(finding_step(FINDING_DTLS_ALERT), STEP_DTLS);
    assert_int_equal(finding_step(FINDING_MEDIA_ONE_WAY), STEP_MEDIA);
    assert_int_equal(finding_step(FINDING_CAPTURE_SNAPLEN), ATTEMPT_STEPS);
}

static void test_consequence(void **state)
{
    (void)state;
    struct finding *effect = raise_at(FINDING_TURN_NO_ANSWER, 1000);
    struct finding *cause = raise_at(FINDING_TURN_WRONG_ADDRESS, 2000);
    link_causes();
    assert_int_equal(effect->caused_by, cause->number);
    assert_int_equal(cause->caused_by, 0);
    assert_ptr_equal(root(), cause);
    link_causes(); /* again, with no more to know */
    assert_int_equal(effect->caused_by, cause->number);
    assert_ptr_equal(root(), cause);
}

static void test_consequence_of_another_client(void **state)
{
    (void)state;
    struct finding *effect = raise_at(FINDING_TURN_NO_ANSWER, 1000);
    raise_for(STAGE_PEER, FINDING_TURN_WRONG_ADDRESS, 2000);
    link_causes();
    assert_int_equal(effect->caused_by, 0);
}

/* A warning that explains an error is what keeps the client out. */
static void test_cause_as_severe_as_its_effect(void **state)
{
    (void)state;
    struct finding *effect = raise_at(FINDING_ICE_CONSENT_LOST, 2000);
    struct finding *cause = raise_at(FINDING_STUN_NAT_REBINDING, 1000);
    assert_true(catalogue_row(FINDING_STUN_NAT_REBINDING)->severity < SEVERITY_ERROR);
    link_causes();
    assert_int_equal(effect->caused_by, cause->number);
    assert_int_equal(cause->severity, effect->severity);
}

static void test_later_step(void **state)
{
    (void)state;
    struct finding *turn = raise_at(FINDING_TURN_NO_ANSWER, 1000);
    struct finding *dns = raise_at(FINDING_DNS_INTERNAL_ADDRESS_OUTSIDE, 2000);
    struct finding *other = raise_for(STAGE_PEER, FINDING_TURN_NO_ANSWER, 3000);
    link_causes();
    assert_int_equal(turn->caused_by, dns->number);
    assert_int_equal(other->caused_by, 0);
    assert_ptr_equal(root(), dns);
}

/* A client that asks a TURN server knows an address. */
static void test_unresolved_name_beside_turn(void **state)
{
    (void)state;
    struct finding *turn = raise_at(FINDING_TURN_NO_ANSWER, 2000);
    struct finding *dns = raise_at(FINDING_DNS_NXDOMAIN, 1000);
    link_causes();
    assert_int_equal(turn->caused_by, 0);
    assert_ptr_equal(root(), dns);
}

/* Of the same user, by its socket. */
static void test_refusal_beside_relay(void **state)
{
    (void)state;
    struct finding *refused = raise_at(FINDING_TURN_INTEGRITY_FAILURE, 1000);
    struct finding *same = raise_at(FINDING_MEDIA_ONE_WAY, 2000);
    struct finding *other = raise_at(FINDING_ICE_CONSENT_LOST, 2000);
    other->subjects.client.port++;
    link_causes();
    assert_int_equal(same->caused_by, refused->number);
    assert_int_equal(other->caused_by, 0);
}

/* Of one step the more certain one, then the earlier one. */
static void test_ranking_in_a_step(void **state)
{
    (void)state;
    raise_at(FINDING_TURN_NO_ANSWER, 1000); /* strong */
    struct finding *definite = raise_at(FINDING_TURN_QUOTA_REACHED, 2000);
    raise_at(FINDING_TURN_FAMILY_UNSUPPORTED, 3000);
    link_causes();
    assert_int_equal(definite->certainty, CERTAINTY_DEFINITE);
    assert_ptr_equal(root(), definite);
}

/* The client got in afterwards, by a retry or another transport. */
static void test_overcome(void **state)
{
    (void)state;
    happens(EVENT_TCP_ESTABLISHED, 500);
    struct finding *finding = raise_at(FINDING_TURN_PORT_UNREACHABLE, 1000);
    link_causes();
    assert_int_equal(finding->severity, SEVERITY_ERROR);
    happens(EVENT_ICE_CONNECTED, 2000);
    link_causes();
    assert_int_equal(finding->severity, SEVERITY_WARNING);
}

static void test_not_overcome_when_it_goes_on(void **state)
{
    (void)state;
    happens(EVENT_TCP_ESTABLISHED, 500);
    happens(EVENT_ICE_CONNECTED, 900);
    struct finding *finding = raise_at(FINDING_TURN_PORT_UNREACHABLE, 1000);
    link_causes();
    assert_int_equal(finding->severity, SEVERITY_ERROR);
}

/* What breaks a path that was connected is not undone by it having been connected. */
static void test_connectivity_is_not_overcome(void **state)
{
    (void)state;
    happens(EVENT_TCP_ESTABLISHED, 500);
    struct finding *finding = raise_at(FINDING_ICE_CONSENT_LOST, 1000);
    happens(EVENT_MEDIA_STARTED, 2000);
    link_causes();
    assert_int_equal(finding->severity, SEVERITY_ERROR);
}

static void test_outcome(void **state)
{
    (void)state;
    happens(EVENT_TCP_ESTABLISHED, 500);
    const struct attempt *attempt = attempts_next(&engine->attempts, NULL);
    assert_int_equal(causes_outcome(&engine->findings, attempt), ATTEMPT_INCOMPLETE);
    happens(EVENT_ICE_CONNECTED, 900);
    assert_int_equal(causes_outcome(&engine->findings, attempt), ATTEMPT_CONNECTED);
    raise_for(STAGE_PEER, FINDING_ICE_CONSENT_LOST, 1000);
    assert_int_equal(causes_outcome(&engine->findings, attempt), ATTEMPT_CONNECTED);
    raise_at(FINDING_ICE_CONSENT_LOST, 1000); /* of a later attempt */
    assert_int_equal(causes_outcome(&engine->findings, attempt), ATTEMPT_CONNECTED);
    happens(EVENT_TCP_ESTABLISHED, 1001);
    assert_int_equal(causes_outcome(&engine->findings, attempt), ATTEMPT_FAILED);
}

static void test_limits_are_no_cause(void **state)
{
    (void)state;
    raise_at(FINDING_CAPTURE_ONE_SIDED, 1000);
    raise_at(FINDING_CAPTURE_SNAPLEN, 1000);
    link_causes();
    assert_null(root());
}

static void test_verdict_on_nothing(void **state)
{
    (void)state;
    struct verdict verdict = concluded();
    assert_int_equal(verdict.status, VERDICT_INCONCLUSIVE);
    assert_null(verdict.root_cause);
    assert_non_null(verdict.sentence);
}

/* Passing needs both directions: one side alone shows half of what happened. */
static void test_verdict_pass(void **state)
{
    (void)state;
    happens(EVENT_TCP_ESTABLISHED, 500);
    happens(EVENT_ICE_CONNECTED, 900);
    assert_int_equal(concluded().status, VERDICT_INCONCLUSIVE);
    engine->trackers.observed.flows_both_ways = 1;
    assert_int_equal(concluded().status, VERDICT_PASS);
}

static void test_verdict_fail_and_warn(void **state)
{
    (void)state;
    struct finding *finding = raise_at(FINDING_TURN_PORT_UNREACHABLE, 1000);
    struct verdict verdict = concluded();
    assert_int_equal(verdict.status, VERDICT_FAIL);
    assert_ptr_equal(verdict.root_cause, finding);
    assert_string_equal(verdict.sentence, catalogue_row(FINDING_TURN_PORT_UNREACHABLE)->title);
    happens(EVENT_TCP_ESTABLISHED, 500);
    happens(EVENT_ICE_CONNECTED, 2000);
    assert_int_equal(concluded().status, VERDICT_WARN);
}

static void test_verdict_names(void **state)
{
    (void)state;
    assert_string_equal(verdict_status_name(VERDICT_INCONCLUSIVE), "inconclusive");
    assert_string_equal(verdict_status_name(VERDICT_PASS), "pass");
    assert_string_equal(verdict_status_name(VERDICT_WARN), "warn");
    assert_string_equal(verdict_status_name(VERDICT_FAIL), "fail");
    assert_string_equal(case_status_name(CASE_NO_EVIDENCE), "no-evidence");
    assert_string_equal(case_status_name(CASE_NOT_OBSERVABLE), "not-observable");
    assert_string_equal(case_status_name(CASE_CLEARED), "cleared");
    assert_string_equal(case_status_name(CASE_MATCHED), "matched");
}

static enum case_status status_of(enum case_id id)
{
    struct verdict verdict = concluded();
    assert_non_null(verdict.cases[id].reason);
    return verdict.cases[id].status;
}

/* Every case has a status and a reason, whatever the capture holds. */
static void test_cases_of_nothing(void **state)
{
    (void)state;
    assert_int_equal(status_of(CASE_JOIN_CALL_MISSING), CASE_NOT_OBSERVABLE);
    assert_int_equal(status_of(CASE_BAD_REQUEST), CASE_NOT_OBSERVABLE);
    assert_int_equal(status_of(CASE_NOT_SECURE), CASE_NOT_OBSERVABLE);
    assert_int_equal(status_of(CASE_CONNECT_TIMEOUT), CASE_NOT_OBSERVABLE);
    assert_int_equal(status_of(CASE_MEDIA_STUCK), CASE_NOT_OBSERVABLE);
    assert_int_equal(status_of(CASE_PREREQUISITES), CASE_NO_EVIDENCE);
}

/* What one place hides another one shows. */
static void test_cases_by_vantage(void **state)
{
    (void)state;
    engine->vantage.value = VANTAGE_CMS;
    assert_int_equal(status_of(CASE_JOIN_CALL_MISSING), CASE_NO_EVIDENCE);
    assert_int_equal(status_of(CASE_MEDIA_STUCK), CASE_NO_EVIDENCE);
    assert_int_equal(status_of(CASE_BAD_REQUEST), CASE_NOT_OBSERVABLE);
    engine->vantage.value = VANTAGE_EXPRESSWAY_C;
    assert_int_equal(status_of(CASE_BAD_REQUEST), CASE_NO_EVIDENCE);
    assert_int_equal(status_of(CASE_JOIN_CALL_MISSING), CASE_NOT_OBSERVABLE);
}

static void test_connect_timeout(void **state)
{
    (void)state;
    engine->trackers.stun.statistics.messages = 1;
    assert_int_equal(status_of(CASE_CONNECT_TIMEOUT), CASE_NO_EVIDENCE);
    engine->trackers.observed.flows_one_way = 1;
    assert_int_equal(status_of(CASE_CONNECT_TIMEOUT), CASE_NOT_OBSERVABLE);
    engine->trackers.observed.flows_both_ways = 1;
    happens(EVENT_TCP_ESTABLISHED, 500);
    happens(EVENT_ICE_CONNECTED, 900);
    assert_int_equal(status_of(CASE_CONNECT_TIMEOUT), CASE_CLEARED);
    raise_at(FINDING_ICE_CONSENT_LOST, 1000);
    assert_int_equal(status_of(CASE_CONNECT_TIMEOUT), CASE_MATCHED);
}

/* A finding that only explains matches no case; a matched one gives its title. */
static void test_matched(void **state)
{
    (void)state;
    raise_at(FINDING_STUN_SYMMETRIC_NAT, 1000);
    assert_int_equal(status_of(CASE_CONNECT_TIMEOUT), CASE_NOT_OBSERVABLE);
    raise_at(FINDING_DNS_NXDOMAIN, 1000);
    struct verdict verdict = concluded();
    assert_int_equal(verdict.cases[CASE_PREREQUISITES].status, CASE_MATCHED);
    assert_string_equal(verdict.cases[CASE_PREREQUISITES].reason,
                        catalogue_row(FINDING_DNS_NXDOMAIN)->title);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_steps),
        TEST(test_consequence),
        TEST(test_consequence_of_another_client),
        TEST(test_cause_as_severe_as_its_effect),
        TEST(test_later_step),
        TEST(test_unresolved_name_beside_turn),
        TEST(test_refusal_beside_relay),
        TEST(test_ranking_in_a_step),
        TEST(test_overcome),
        TEST(test_not_overcome_when_it_goes_on),
        TEST(test_connectivity_is_not_overcome),
        TEST(test_outcome),
        TEST(test_limits_are_no_cause),
        TEST(test_verdict_on_nothing),
        TEST(test_verdict_pass),
        TEST(test_verdict_fail_and_warn),
        TEST(test_verdict_names),
        TEST(test_cases_of_nothing),
        TEST(test_cases_by_vantage),
        TEST(test_connect_timeout),
        TEST(test_matched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
