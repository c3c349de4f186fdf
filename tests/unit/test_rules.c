/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/rules.h"

#include "tests/support/stun_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct rule_family *const families[] = {
    &rules_turn_credentials, &rules_turn_silence, &rules_turn,   &rules_site, &rules_relay,
    &rules_search,           &rules_path,         &rules_media,  &rules_stun, &rules_dns,
    &rules_address,          &rules_unresolved,   &rules_tcp,    &rules_tls,  &rules_dtls,
    &rules_certificate,      &rules_http,         &rules_portal, &rules_log,  &rules_capture,
};

enum { FAMILIES = sizeof families / sizeof families[0] };

static bool is_under(const struct rule_index *index, const struct rule *rule)
{
    for (size_t i = index->start[rule->wants]; i < index->start[rule->wants + 1]; i++)
        if (index->rules[i] == rule)
            return true;
    return false;
}

/* Every rule of every family is under the event it wants; nothing else is, and nothing was left out
 * for want of room. */
static void test_index(void **state)
{
    (void)state;
    struct rule_index index;
    rule_index_build(&index, true);
    size_t rules = 0;
    for (size_t f = 0; f < FAMILIES; f++) {
        assert_true(families[f]->count > 0);
        rules += families[f]->count;
        for (size_t i = 0; i < families[f]->count; i++)
            assert_true(is_under(&index, &families[f]->rules[i]));
    }
    assert_int_equal(index.start[0], 0);
    assert_int_equal(index.start[EVENT_KINDS], rules);
    assert_true(rules < RULES_MOST);
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++)
        for (size_t i = index.start[kind]; i < index.start[kind + 1]; i++)
            assert_int_equal(index.rules[i]->wants, kind);
}

static void test_without_profile(void **state)
{
    (void)state;
    struct rule_index index;
    rule_index_build(&index, false);
    for (size_t f = 0; f < FAMILIES; f++)
        for (size_t i = 0; i < families[f]->count; i++)
            assert_int_equal(is_under(&index, &families[f]->rules[i]), !families[f]->needs_profile);
}

static void test_rules_are_whole(void **state)
{
    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        for (size_t i = 0; i < families[f]->count; i++) {
            const struct rule *rule = &families[f]->rules[i];
            assert_non_null(rule->check);
            assert_in_range(rule->wants, EVENT_NONE + 1, EVENT_KINDS - 1);
            /* FINDING_NONE: a rule that only marks what others found, or chooses among several. */
            if (rule->finding != FINDING_NONE && catalogue_row(rule->finding) == NULL)
                fail_msg("family %zu, rule %zu: no row in the catalogue", f, i);
        }
    }
}

static unsigned checked;

static void count_check(const struct rule_context *context)
{
    assert_int_equal(context->event->kind, context->rule->wants);
    checked++;
}

static void test_only_what_is_wanted(void **state)
{
    (void)state;
    static const struct rule rule = {FINDING_TURN_NO_ANSWER, EVENT_STUN_UNANSWERED, count_check, 0};
    struct rule_index index = {.rules = {&rule}};
    for (unsigned kind = EVENT_STUN_UNANSWERED + 1; kind <= EVENT_KINDS; kind++)
        index.start[kind] = 1;
    checked = 0;
    for (enum event_kind kind = EVENT_NONE; kind < EVENT_KINDS; kind++)
        rules_apply(&index, &(struct event){.kind = kind}, NULL, NULL);
    assert_int_equal(checked, 1);
}

static void test_subjects(void **state)
{
    (void)state;
    const struct allocation allocation = {
        .username = "turnuser", .realm = "octavio.com", .reason = "Allocate's", .error_code = 486};
    const struct transaction transaction = {.error_code = 486};
    struct stun_draft draft = stun_draft_of(WIRE_REFRESH_ERROR, 1);
    stun_add_error(&draft, 486, "Quota");
    const struct stun_message message = stun_decoded(&draft);
    struct event event = {.client = place(STAGE_CLIENT, 40000),
                          .server = place(STAGE_SERVER, 3478),
                          .protocol = 17,
                          .transaction = &transaction,
                          .allocation = &allocation,
                          .message = &message};
    struct subjects subjects = rule_subjects(&event);
    assert_int_equal(subjects.client.port, 40000);
    assert_int_equal(subjects.server.port, 3478);
    assert_int_equal(subjects.protocol, 17);
    assert_int_equal(subjects.error_code, 486);
    assert_string_equal(subjects.username, "turnuser");
    assert_string_equal(subjects.realm, "octavio.com");
    assert_string_equal(subjects.reason, "Quota");
    event.message = NULL; /* nobody said why */
    assert_string_equal(rule_subjects(&event).reason, "");
}

static void test_evidence_of_a_raise(void **state)
{
    (void)state;
    struct findings findings;
    static const struct rule rule = {FINDING_TURN_NO_ANSWER, EVENT_STUN_REFUSED, count_check, 0};
    const struct transaction transaction = {.request = {.frame = 2, .time = 2}};
    const struct event event = {.time = 7,
                                .transaction = &transaction,
                                .evidence = {.frame = 5, .time = 5},
                                .earlier = {.frame = 1, .time = 1}};
    assert_int_equal(findings_init(&findings), 0);
    const struct rule_context context = {&rule, &event, NULL, &findings};
    const struct finding *finding = rule_raise(&context);
    assert_non_null(finding);
    assert_int_equal(finding->key.code, FINDING_TURN_NO_ANSWER);
    assert_int_equal(finding->first, 7);
    assert_int_equal(finding->evidence_count, 3);
    assert_int_equal(finding->evidence[0].frame, 1);
    assert_int_equal(finding->evidence[1].frame, 2);
    assert_int_equal(finding->evidence[2].frame, 5);
    findings_free(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index),           cmocka_unit_test(test_without_profile),
        cmocka_unit_test(test_rules_are_whole), cmocka_unit_test(test_only_what_is_wanted),
        cmocka_unit_test(test_subjects),        cmocka_unit_test(test_evidence_of_a_raise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
