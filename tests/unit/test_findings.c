/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/findings.h"

#include "tests/support/stun_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct findings findings;

static int set_up(void **state)
{
    (void)state;
    return findings_init(&findings);
}

static int tear_down(void **state)
{
    (void)state;
    findings_free(&findings);
    return 0;
}

static struct subjects about(uint16_t client_port, uint16_t server_port, const char *name)
{
    struct subjects subjects = {.client = place(STAGE_CLIENT, client_port),
                                .server = place(STAGE_SERVER, server_port)};
    snprintf(subjects.name, sizeof subjects.name, "%s", name);
    return subjects;
}

static struct finding *raise_about(struct subjects subjects, int64_t time)
{
    return findings_raise(&findings, FINDING_TURN_NO_ANSWER, &subjects, time);
}

static void add(struct finding *finding, uint64_t frame, int64_t time)
{
    struct evidence evidence = {.frame = frame, .time = time};
    finding_add_evidence(finding, &evidence);
}

static void test_begins_as_the_catalogue_says(void **state)
{
    (void)state;
    const struct catalogue_row *row = catalogue_row(FINDING_TURN_NO_ANSWER);
    const struct finding *finding = raise_about(about(40000, 3478, ""), 1000);
    assert_int_equal(finding->number, 1);
    assert_int_equal(finding->count, 1);
    assert_int_equal(finding->severity, row->severity);
    assert_int_equal(finding->certainty, row->certainty);
    assert_int_equal(finding->case_id, row->case_id);
    assert_int_equal(finding->first, 1000);
    assert_int_equal(finding->caused_by, 0);
    assert_int_equal(findings.kinds[FINDING_TURN_NO_ANSWER], 1);
}

/* A retry from another port is the same fault. */
static void test_same_fault(void **state)
{
    (void)state;
    struct finding *finding = raise_about(about(40000, 3478, ""), 1000);
    assert_ptr_equal(raise_about(about(40001, 3478, ""), 2000), finding);
    assert_int_equal(finding->count, 2);
    assert_int_equal(finding->first, 1000);
    assert_int_equal(finding->last, 2000);
    assert_int_equal(finding->subjects.client.port, 40000);
    assert_int_equal(findings.table.used, 1);
    assert_int_equal(findings.changes, 2);
    assert_int_equal(findings.kinds[FINDING_TURN_NO_ANSWER], 1);
}

static void test_other_faults(void **state)
{
    (void)state;
    struct subjects subjects = about(40000, 3478, "");
    struct subjects elsewhere = about(40000, 3478, "");
    elsewhere.client = place(STAGE_PEER, 40000);
    raise_about(subjects, 1000);
    raise_about(about(40000, 3479, ""), 1001);
    raise_about(about(40000, 3478, "a.example"), 1002);
    raise_about(elsewhere, 1003);
    findings_raise(&findings, FINDING_TURN_FILTERED, &subjects, 1004);
    assert_int_equal(findings.table.used, 5);
    uint32_t number = 0;
    struct finding *f = NULL;
    while ((f = findings_next(&findings, f)) != NULL)
        assert_int_equal(f->number, ++number);
    assert_int_equal(number, 5);
    assert_int_equal(findings_at(&findings, 3)->first, 1002);
    assert_null(findings_at(&findings, 6));
    const struct ip_address *client = &subjects.client.ip;
    const struct transport_address *server = &subjects.server;
    assert_int_equal(
        findings_find(&findings, FINDING_TURN_FILTERED, client, server, subjects.name)->number, 5);
    assert_null(findings_find(&findings, FINDING_TURN_FILTERED, client, server, "a.example"));
    assert_null(findings_find(&findings, FINDING_DNS_NXDOMAIN, client, server, subjects.name));
}

static void test_no_row(void **state)
{
    (void)state;
    struct subjects subjects = about(40000, 3478, "");
    assert_null(findings_raise(&findings, FINDING_NONE, &subjects, 1000));
    assert_int_equal(findings.table.used, 0);
}

static void test_evidence_in_order_and_once(void **state)
{
    (void)state;
    struct finding *finding = raise_about(about(40000, 3478, ""), 1000);
    add(finding, 9, 900);
    add(finding, 3, 300);
    add(finding, 9, 900);
    add(finding, 0, 100); /* no evidence */
    add(finding, 6, 300);
    assert_int_equal(finding->evidence_count, 3);
    assert_int_equal(finding->evidence[0].frame, 3);
    assert_int_equal(finding->evidence[1].frame, 6);
    assert_int_equal(finding->evidence[2].frame, 9);
}

/* One packet may hold two messages: another kind in the same frame is evidence of its own. */
static void test_two_messages_of_a_frame(void **state)
{
    (void)state;
    struct finding *finding = raise_about(about(40000, 3478, ""), 1000);
    struct evidence first = {.frame = 4, .kind = 1}, second = {.frame = 4, .kind = 2};
    finding_add_evidence(finding, &first);
    finding_add_evidence(finding, &second);
    assert_int_equal(finding->evidence_count, 2);
}

static void test_evidence_is_bounded(void **state)
{
    (void)state;
    struct finding *finding = raise_about(about(40000, 3478, ""), 1000);
    for (uint64_t frame = 1; frame <= LIMIT_EVIDENCE + 5; frame++)
        add(finding, frame, (int64_t)frame);
    assert_int_equal(finding->evidence_count, LIMIT_EVIDENCE);
    assert_int_equal(finding->evidence[0].frame, 1);
    assert_int_equal(finding->evidence[LIMIT_EVIDENCE - 1].frame, LIMIT_EVIDENCE);
}

static struct finding *raise_for(unsigned client)
{
    const uint8_t octets[] = {10, 0, (uint8_t)(client >> 8), (uint8_t)client};
    const struct subjects subjects = {.client = {ip_address_v4(octets), 50000}};
    return findings_raise(&findings, FINDING_TURN_INTEGRITY_FAILURE, &subjects, 1);
}

static struct finding *refuse(const char *username)
{
    struct subjects subjects = {0};
    snprintf(subjects.username, sizeof subjects.username, "%s", username);
    return findings_raise(&findings, FINDING_TURN_INTEGRITY_FAILURE, &subjects, 1);
}

/* Behind one address there may be several clients: what is said of one user is not said of another.
 * A new time in a username makes no other user. */
static void test_users_apart(void **state)
{
    (void)state;
    struct finding *alice = refuse("alice");
    assert_ptr_not_equal(alice, refuse("bob"));
    assert_ptr_equal(alice, refuse("alice"));
    assert_int_equal(alice->count, 2);
    assert_ptr_equal(refuse("1716234567:carol"), refuse("1716238167:carol"));
    assert_ptr_not_equal(refuse("1716234567:dave"), refuse("1716234567:erin"));
    assert_true(findings_same_user("1716234567", "1716238167"));
    assert_true(findings_same_user("", "alice"));
    assert_false(findings_same_user("171623456", "171623457")); /* ten digits make a time */
    assert_false(findings_same_user("1716234567x", "1716238167x"));
}

/* The first ones are kept, and those that say what limits the diagnosis are, too. */
static void test_full_list(void **state)
{
    (void)state;
    const struct subjects nobody = {0};
    unsigned kept = 0;
    for (unsigned client = 0; client < 1000; client++)
        kept += raise_for(client) != NULL;
    assert_in_range(kept, 200, LIMIT_FINDINGS - 1);
    assert_int_equal(findings.omitted, 1000 - kept);
    assert_int_equal(raise_for(0)->count, 2);
    for (enum finding_code code = FINDING_CAPTURE_SNAPLEN; code <= FINDING_ANALYZER_STATE_EVICTED;
         code++)
        assert_non_null(findings_raise(&findings, code, &nobody, 2));
    assert_null(raise_for(1001));
    assert_true(findings.next_number <= LIMIT_FINDINGS + 1);
    assert_int_equal(findings_next(&findings, NULL)->number, 1);
}

static void test_never_more_certain(void **state)
{
    (void)state;
    struct finding *finding = raise_about(about(40000, 3478, ""), 1000);
    finding_lower(finding, CERTAINTY_HINT);
    assert_int_equal(finding->certainty, CERTAINTY_HINT);
    finding_lower(finding, CERTAINTY_DEFINITE);
    assert_int_equal(finding->certainty, CERTAINTY_HINT);
}

/* Whoever doubts a finding learns what would settle it. */
static void test_what_is_doubted_says_what_would_settle_it(void **state)
{
    (void)state;
    for (enum finding_code code = 0; code < FINDING_CODES; code++) {
        struct finding finding = {.key.code = code, .certainty = CERTAINTY_DEFINITE};
        if (catalogue_row(code) == NULL)
            continue;
        assert_null(finding_raise_certainty(&finding));
        finding.certainty = CERTAINTY_HINT;
        assert_non_null(finding_raise_certainty(&finding));
        finding.raise_certainty = "Another capture.";
        assert_string_equal(finding_raise_certainty(&finding), "Another capture.");
    }
}

static void test_address_of_a_redirection_is_no_name(void **state)
{
    (void)state;
    struct subjects subjects = about(1000, 3478, "192.0.2.9:3478");
    struct finding *redirection =
        findings_raise(&findings, FINDING_TURN_REDIRECTED, &subjects, SECONDS);
    struct finding *lookup = findings_raise(&findings, FINDING_DNS_NXDOMAIN, &subjects, SECONDS);
    assert_string_equal(finding_name_label(redirection), "Sent on to");
    assert_string_equal(finding_name_label(lookup), "Name");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_begins_as_the_catalogue_says),
        TEST(test_same_fault),
        TEST(test_other_faults),
        TEST(test_no_row),
        TEST(test_evidence_in_order_and_once),
        TEST(test_two_messages_of_a_frame),
        TEST(test_evidence_is_bounded),
        TEST(test_users_apart),
        TEST(test_full_list),
        TEST(test_never_more_certain),
        TEST(test_what_is_doubted_says_what_would_settle_it),
        TEST(test_address_of_a_redirection_is_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
