/* SPDX-License-Identifier: MIT */
/* Which names matter. */
#include "tests/support/dns_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_nothing_is_judged_without_a_profile(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site->state.profile = NULL;
    site_lookup_fails(site, 0, WEBBRIDGE, DNS_A, DNS_NXDOMAIN);
    site_lookup_resolves(site, 0, "cmsweb.octavio.org", OTHER_PLACE);
    site_end(site, 9000);
    site_assert_only(site, "dns.unresolved"); /* a remark */
    site_free(site);
}

static void test_names_of_others_and_other_types_do_not_count(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, "clients2.google.com", DNS_A, DNS_REFUSED);
    site_lookup_fails(site, 0, WEBBRIDGE, DNS_HTTPS, DNS_SERVFAIL);
    site_lookup_fails(site, 0, "_turn._udp.octavio.com", DNS_SRV, DNS_NXDOMAIN);
    site_lookup_fails(site, 0, WEBBRIDGE, DNS_TXT, DNS_NXDOMAIN);
    site_lookup_resolves(site, 10, WEBBRIDGE, STATIC_NAT);
    site_end(site, 20000);
    site_assert_nothing(site);
    site_free(site);
}

/* Names of the domain that the profile does not list: judged when the client stops there. */
/* The capture ends before it can show what the client does next. */
static void test_other_names_at_the_very_end(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, "turn.octavio.com", DNS_A, DNS_NXDOMAIN);
    site_end(site, 2999);
    site_assert_nothing(site);
    site_free(site);
    site = site_new();
    site_lookup_fails(site, 0, "turn.octavio.com", DNS_A, DNS_NXDOMAIN);
    site_end(site, 3000);
    site_assert_only(site, "dns.nxdomain");
    site_free(site);
}

static void test_other_names_of_the_domain(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, "turn.octavio.com", DNS_A, DNS_NXDOMAIN);
    site_assert_nothing(site);
    site_end(site, 9000);
    site_assert_only(site, "dns.nxdomain");
    site_free(site);
}

static void connect_after(struct dns_site *site, int64_t milliseconds)
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
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, "turn.octavio.com", DNS_A, DNS_NXDOMAIN);
    connect_after(site, 5000);
    site_end(site, 9000);
    site_assert_nothing(site);
    site_free(site);
    site = site_new();
    connect_after(site, 1000);
    site_lookup_fails(site, 5000, "turn.octavio.com", DNS_A, DNS_NXDOMAIN);
    site_end(site, 9000);
    site_assert_nothing(site);
    site_free(site);
}

static void test_names_that_machines_look_up_by_themselves(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, "wpad.octavio.com", DNS_A, DNS_NXDOMAIN);
    site_lookup_fails(site, 0, "AutoDiscover.octavio.com", DNS_A, DNS_NXDOMAIN);
    site_lookup_fails(site, 0, "_dmarc.octavio.com", DNS_A, DNS_NXDOMAIN);
    site_lookup_fails(site, 0, "www.example.net.octavio.com", DNS_A,
                      DNS_NXDOMAIN); /* search domain */
    site_lookup_resolves(site, 0, "www.example.net", "192.0.2.1");
    site_lookup_fails(site, 0, "dc1.octavio.local", DNS_A,
                      DNS_NXDOMAIN); /* rightly unknown outside */
    site_end(site, 9000);
    site_assert_nothing(site);
    site_free(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_judged_without_a_profile),
        cmocka_unit_test(test_names_of_others_and_other_types_do_not_count),
        cmocka_unit_test(test_other_names_at_the_very_end),
        cmocka_unit_test(test_other_names_of_the_domain),
        cmocka_unit_test(test_other_names_of_the_domain_that_the_call_does_not_need),
        cmocka_unit_test(test_names_that_machines_look_up_by_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
