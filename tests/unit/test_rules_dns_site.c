/* SPDX-License-Identifier: MIT */
/* Names that resolve, and not to what the site should have them resolve to. */
#include "analyzer/diagnose/verdict.h"
#include "tests/support/dns_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_the_internal_name_outside(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_fails(site, 0, INTERNAL, DNS_A, DNS_NXDOMAIN);
    site_assert_nothing(site);
    site_end(site, 9000);
    site_assert_only(site, "dns.nxdomain");
    site_free(site);
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
        struct dns_site *site = site_new();
        site_lookup_resolves(site, 0, rows[i].name, rows[i].address);
        site_end(site, 9000);
        if (rows[i].code == NULL)
            site_assert_nothing(site);
        else
            site_assert_only(site, rows[i].code);
        site_free(site);
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
        struct dns_site *site = site_new();
        site_asks_as(site, rows[i].client, rows[i].server);
        site_lookup_resolves(site, 0, rows[i].name, rows[i].address);
        site_end(site, 9000);
        if (rows[i].code == NULL)
            site_assert_nothing(site);
        else
            assert_int_equal(site_finding(site, rows[i].code)->case_id, rows[i].case_id);
        site_free(site);
    }
}

static void test_cms_does_not_find_its_web_bridge(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_asks_as(site, CMS, DNS_INSIDE);
    site_lookup_fails(site, 0, INTERNAL, DNS_A, DNS_NXDOMAIN);
    assert_int_equal(site_finding(site, "dns.nxdomain")->case_id, CASE_JOIN_CALL_MISSING);
    site_free(site);
}

static void test_expressway_c_asks_for_the_internal_name(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_asks_as(site, PROXY, DNS_INSIDE);
    site_lookup_resolves(site, 0, INTERNAL, CMS);
    site_end(site, 9000);
    site_assert_only(site, "dns.internal-webbridge-name");
    assert_int_equal(site_finding(site, "dns.internal-webbridge-name")->case_id, CASE_BAD_REQUEST);
    site_free(site);
    site = site_new();
    site_asks_as(site, PROXY, DNS_INSIDE);
    site_lookup_resolves(site, 0, INTERNAL, CMS);
    site_lookup_resolves(site, 100, WEBBRIDGE, CMS);
    site_end(site, 9000);
    site_assert_nothing(site);
    site_free(site);
}

static enum case_status status_of(struct dns_site *site, enum case_id id)
{
    struct verdict verdict;
    verdict_conclude(&verdict, &site->engine->findings, &site->state);
    return verdict.cases[id].status;
}

static void test_what_clears_a_case(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_lookup_resolves(site, 0, WEBBRIDGE,
                         STATIC_NAT); /* the client's lookup says nothing of them */
    assert_int_not_equal(status_of(site, CASE_BAD_REQUEST), CASE_CLEARED);
    site_asks_as(site, PROXY, DNS_INSIDE);
    site_lookup_resolves(site, 0, WEBBRIDGE, CMS);
    assert_int_equal(status_of(site, CASE_BAD_REQUEST), CASE_CLEARED);
    site_asks_as(site, CMS, DNS_INSIDE);
    assert_int_not_equal(status_of(site, CASE_MEDIA_STUCK), CASE_CLEARED);
    site_finds_service(site, XMPP_CLIENT, "xmpp.cms.octavio.local");
    assert_int_equal(status_of(site, CASE_MEDIA_STUCK), CASE_CLEARED);
    site_free(site);
}

static void test_services_outside(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_finds_service(site, "_cisco-uds._tcp.octavio.com", "ocucmp.octavio.local");
    site_assert_only(site, "dns.srv-outside");
    site_free(site);
    site = site_new();
    site_finds_service(site, "_cisco-uds._tcp.octavio.com", ".");
    site_finds_service(site, "_collab-edge._tls.octavio.com", "vcse.octavio.com");
    site_finds_service(site, "_cisco-uds._tcp.example.org", "cucm.example.org");
    site_asks_as(site, PROXY, DNS_INSIDE);
    site_finds_service(site, "_cuplogin._tcp.octavio.com", "imp.octavio.local");
    site_end(site, 9000);
    site_assert_nothing(site);
    site_free(site);
}

static void test_cms_does_not_find_its_xmpp_service(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_asks_as(site, CMS, DNS_INSIDE);
    site_lookup_fails(site, 0, XMPP_CLIENT, DNS_SRV, DNS_NXDOMAIN);
    site_assert_only(site, "dns.srv-missing");
    assert_int_equal(site_finding(site, "dns.srv-missing")->case_id, CASE_MEDIA_STUCK);
    site_free(site);
    site = site_new();
    site_asks_as(site, CMS, DNS_INSIDE);
    site_finds_service(site, XMPP_CLIENT, ".");
    site_assert_only(site, "dns.srv-missing");
    site_free(site);
    site = site_new();
    site_asks_as(site, CMS, DNS_INSIDE);
    site_lookup_fails(site, 0, XMPP_CLIENT, DNS_SRV, DNS_REFUSED);
    site_end(site, 9000);
    site_assert_only(site, "dns.refused");
    assert_int_equal(site_finding(site, "dns.refused")->case_id, CASE_MEDIA_STUCK);
    site_free(site);
}

static void test_the_xmpp_server_has_no_address(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site_asks_as(site, CMS, DNS_INSIDE);
    site_finds_service(site, XMPP_CLIENT, "xmpp.cms.octavio.local");
    site_lookup_fails(site, 10, "xmpp.cms.octavio.local", DNS_A, DNS_NXDOMAIN);
    site_lookup_fails(site, 10, "ldap.octavio.local", DNS_A, DNS_NXDOMAIN);
    site_end(site, 9000);
    site_assert_only(site, "dns.nxdomain");
    assert_string_equal(site_finding(site, "dns.nxdomain")->subjects.name,
                        "xmpp.cms.octavio.local");
    assert_int_equal(site_finding(site, "dns.nxdomain")->case_id, CASE_MEDIA_STUCK);
    site_free(site);
}

static void test_xmpp_is_gone_from_3_0(void **state)
{
    (void)state;
    struct dns_site *site = site_new();
    site->profile.cms.xmpp = ANSWER_UNKNOWN;
    site->profile.cms.version = (struct product_version){true, {3, 0}};
    site_asks_as(site, CMS, DNS_INSIDE);
    site_lookup_fails(site, 0, XMPP_CLIENT, DNS_SRV, DNS_NXDOMAIN);
    site_asks_as(site, SCENE_CLIENT, SCENE_SERVER); /* nor is it asked for outside */
    site->profile.cms.version = (struct product_version){true, {2, 9}};
    site_lookup_fails(site, 0, XMPP_CLIENT, DNS_SRV, DNS_NXDOMAIN);
    site_end(site, 9000);
    site_assert_nothing(site);
    site_free(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
