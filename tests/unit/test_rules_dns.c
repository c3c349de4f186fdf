/* SPDX-License-Identifier: MIT */
/* Whether the names that matter resolve. */
#include "tests/support/dns_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_name_that_does_not_exist(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, WEBBRIDGE, DNS_A, DNS_NXDOMAIN);
    site_lookup_fails(site, 1000, WEBBRIDGE, DNS_A, DNS_NXDOMAIN);
    const struct finding *finding = site_finding(site, "dns.nxdomain");
    assert_non_null(finding);
    assert_string_equal(finding->subjects.name, WEBBRIDGE);
    assert_int_equal(finding->case_id, CASE_PREREQUISITES);
    assert_int_equal(finding->certainty, CERTAINTY_DEFINITE);
    assert_int_equal(finding->count, 2);
    assert_int_equal(finding->evidence_count, 4);
    assert_int_equal(finding->evidence[1].frame, 2);
    site_end(site, 2000);
    site_assert_only(site, "dns.nxdomain");
    assert_int_equal(finding->severity, SEVERITY_ERROR);
    site_free(site);
}

static void test_one_family_is_enough(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, WEBBRIDGE, DNS_AAAA, DNS_NXDOMAIN);
    site_lookup_resolves(site, 10, WEBBRIDGE, STATIC_NAT);
    site_lookup_fails(site, 20, WEBBRIDGE, DNS_AAAA, DNS_SERVFAIL);
    site_end(site, 20000);
    site_assert_nothing(site);
    site_free(site);
}

/* The answer to A comes first, that to AAAA is on its way. */
static void test_an_address_of_the_other_family_is_waited_for(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    struct draft draft = draft_of(2, 0x8180, WEBBRIDGE, DNS_AAAA);
    put_address(&draft, WEBBRIDGE, "2001:db8::1", 60);
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    ask(site->scene, 0, 2, WEBBRIDGE, DNS_AAAA);
    answer_code(site->scene, 1, 1, WEBBRIDGE, DNS_A, DNS_NOERROR);
    site_judge(site);
    send_draft(site->scene, 2, &draft);
    site_judge(site);
    site_end(site, 20000);
    site_assert_nothing(site);
    site_free(site);
}

static void test_neither_family_is_found_once(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    ask(site->scene, 0, 2, WEBBRIDGE, DNS_AAAA);
    answer_code(site->scene, 1, 1, WEBBRIDGE, DNS_A, DNS_NOERROR);
    site_judge(site);
    site_assert_nothing(site);
    answer_code(site->scene, 2, 2, WEBBRIDGE, DNS_AAAA, DNS_NOERROR);
    site_judge(site);
    site_assert_only(site, "dns.no-data");
    assert_int_equal(site_finding(site, "dns.no-data")->count, 1);
    site_end(site, 20000);
    assert_int_equal(site_finding(site, "dns.no-data")->count, 1);
    site_free(site);
}

static void test_aaaa_alone_is_judged_in_the_end(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, WEBBRIDGE, DNS_AAAA, DNS_NXDOMAIN);
    site_assert_nothing(site);
    site_end(site, 20000);
    site_assert_only(site, "dns.nxdomain");
    site_free(site);
}

static void test_a_missing_aaaa_alone_is_no_fault(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, WEBBRIDGE, DNS_AAAA, DNS_NOERROR);
    site_end(site, 20000);
    site_assert_nothing(site);
    site_free(site);
}

static void test_a_retry_that_works_is_no_fault(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, WEBBRIDGE, DNS_A, DNS_SERVFAIL);
    site->scene->server = SCENE_SERVER_2;
    site_lookup_resolves(site, 10, WEBBRIDGE, STATIC_NAT);
    site_lookup_fails(site, 9000, WEBBRIDGE, DNS_A, DNS_REFUSED); /* a good answer came before */
    site_end(site, 20000);
    site_assert_nothing(site);
    site_free(site);
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
        struct dns_site *site = site_new();
        site_lookup_fails(site, 0, WEBBRIDGE, DNS_A, rows[i].flags);
        site_assert_nothing(site);
        site_end(site, 8000);
        site_assert_only(site, rows[i].code);
        assert_int_equal(site_finding(site, rows[i].code)->evidence[1].frame, 2);
        site_free(site);
    }
}

/* The capture ends where a retry could still come. */
static void test_a_failure_at_the_very_end_is_open(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, WEBBRIDGE, DNS_A, DNS_SERVFAIL);
    site_end(site, 500);
    site_assert_nothing(site);
    site_free(site);
    site = site_new();
    site_lookup_fails(site, 0, WEBBRIDGE, DNS_A, DNS_SERVFAIL);
    site_end(site, 1500);
    site_assert_only(site, "dns.server-failure");
    site_free(site);
}

/* A client on two networks asks both servers at once. */
static void test_the_server_that_knows_wins(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    site->scene->server = SCENE_SERVER_2;
    ask(site->scene, 0, 2, WEBBRIDGE, DNS_A);
    site->scene->server = SCENE_SERVER;
    answer_code(site->scene, 1, 1, WEBBRIDGE, DNS_A, DNS_NXDOMAIN);
    site_judge(site);
    site->scene->server = SCENE_SERVER_2;
    answer_address(site->scene, 2, 2, WEBBRIDGE, STATIC_NAT);
    site_judge(site);
    site_end(site, 9000);
    site_assert_only(site, "dns.nxdomain");
    assert_int_equal(site_finding(site, "dns.nxdomain")->severity, SEVERITY_INFO);
    assert_non_null(site_finding(site, "dns.nxdomain")->note);
    site_free(site);
}

static void test_a_record_that_goes_away_is_a_fault(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_resolves(site, 0, WEBBRIDGE, STATIC_NAT);
    site_lookup_fails(site, 9000, WEBBRIDGE, DNS_A, DNS_NXDOMAIN);
    site_end(site, 10000);
    assert_int_equal(site_finding(site, "dns.nxdomain")->severity, SEVERITY_ERROR);
    site_free(site);
}

static void test_silence(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_sees_both_ways(site, SCENE_CLIENT, SCENE_SERVER);
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    ask(site->scene, 1000, 2, WEBBRIDGE, DNS_A);
    site_end(site, 9000);
    site_assert_only(site, "dns.no-answer");
    assert_int_equal(site_finding(site, "dns.no-answer")->certainty, CERTAINTY_STRONG);
    site_free(site);
}

static void test_silence_that_may_be_none(void **state)
{
    (void)state;
    struct dns_site *site = site_new(); /* answers to the client are not in the capture */
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    ask(site->scene, 1000, 2, WEBBRIDGE, DNS_A);
    site_end(site, 9000);
    site_assert_nothing(site);
    site_free(site);
    site = site_new(); /* one try */
    site_sees_both_ways(site, SCENE_CLIENT, SCENE_SERVER);
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    site_end(site, 9000);
    site_assert_nothing(site);
    site_free(site);
    site = site_new(); /* the capture ends too early */
    site_sees_both_ways(site, SCENE_CLIENT, SCENE_SERVER);
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    ask(site->scene, 1000, 2, WEBBRIDGE, DNS_A);
    site_end(site, 5000);
    site_assert_nothing(site);
    site_free(site);
}

/* Who sends the same query again and again has no answer, whatever the capture holds. */
static void test_silence_shown_by_repetition(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    for (int64_t time = 0; time <= 2000; time += 1000)
        ask(site->scene, time, 1, WEBBRIDGE, DNS_A);
    site_end(site, 6500);
    site_assert_only(site, "dns.no-answer");
    site_free(site);
}

static void test_referral_is_no_answer(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    struct draft draft = draft_of(1, 0x8000, WEBBRIDGE, DNS_A); /* neither AA nor RA */
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    send_draft(site->scene, 1, &draft);
    site_judge(site);
    site_end(site, 9000);
    site_assert_nothing(site);
    site_free(site);
}

static void alias_to(struct dns_site *site, const char *target)
{
    struct draft draft = draft_of(1, 0x8180, WEBBRIDGE, DNS_A);
    put_alias(&draft, WEBBRIDGE, target, 60);
    ask(site->scene, 0, 1, WEBBRIDGE, DNS_A);
    send_draft(site->scene, 1, &draft);
    site_judge(site);
}

static void test_alias_that_leads_nowhere(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    alias_to(site, "webrtc.octavio.com");
    site_assert_only(site, "dns.dangling-alias");
    site_lookup_fails(site, 10, "webrtc.octavio.com", DNS_A, DNS_NXDOMAIN);
    site_end(site, 9000);
    assert_int_equal(site_finding(site, "dns.dangling-alias")->severity, SEVERITY_ERROR);
    const struct finding *effect = site_finding(site, "dns.nxdomain");
    assert_int_equal(effect->caused_by, site_finding(site, "dns.dangling-alias")->number);
    site_free(site);
    site = site_new();
    alias_to(site, WEBBRIDGE);
    site_assert_only(site, "dns.dangling-alias");
    site_free(site);
}

static void test_alias_that_the_client_follows_by_itself(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    alias_to(site, "webrtc.octavio.com");
    site_lookup_resolves(site, 10, "webrtc.octavio.com", STATIC_NAT);
    site_end(site, 9000);
    assert_int_equal(site_finding(site, "dns.dangling-alias")->severity, SEVERITY_INFO);
    site_free(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_that_does_not_exist),
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
