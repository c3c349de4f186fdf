/* SPDX-License-Identifier: MIT */
/* The same packets at two sites whose profiles differ in one key: what is found, or what is said of
 * it, differs. */
#include "analyzer/diagnose/profile.h"
#include "tests/support/sample_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char site[] = "[site]\nwebbridge_url = cmsweb.octavio.com\n"
                           "[expressway-e]\nstatic_nat = 10.88.246.156\nlan1 = 172.16.85.168\n"
                           "lan2 = 192.168.245.61\nhostname = vcse.octavio.com\n"
                           "[cms]\naddress = 172.16.85.180\n";

static struct profile profile;

/* The same with other addresses on the inside. */
static const char elsewhere[] = "[site]\nwebbridge_url = cmsweb.octavio.com\n"
                                "[expressway-e]\nstatic_nat = 10.88.246.156\nlan1 = 10.0.0.1\n"
                                "lan2 = 10.0.1.1\nhostname = vcse.octavio.com\n"
                                "[cms]\naddress = 172.16.85.180\n";

/* And with another TURN server. */
static const char other_server[] = "[expressway-e]\nstatic_nat = 10.88.246.157\n";

/* A sample as it is diagnosed at this site with these lines in its profile; NULL: without a
 * profile.
 */
static void diagnose_at(const char *addresses, const char *sample, const char *lines)
{
    char text[2048], error[PROFILE_ERROR_TEXT];
    int length = snprintf(text, sizeof text, "%s%s\n", addresses, lines != NULL ? lines : "");
    if (profile_parse(&profile, bytes_of(text, (size_t)length), "site.ini", error) != 0)
        fail_msg("%s", error);
    diagnose_sample(sample, &(struct engine_options){.profile = lines != NULL ? &profile : NULL});
}

static void diagnose(const char *sample, const char *lines)
{
    diagnose_at(site, sample, lines);
}

static void expect_none(enum finding_code code)
{
    if (found(code) != NULL)
        fail_msg("%s was found", catalogue_row(code)->name);
}

/* The finding is there and its note has this text in it; NULL: it has no note, and the remedy is
 * the catalogue's. */
static void expect(enum finding_code code, const char *in_note)
{
    const struct finding *finding = expect_found(code);
    if (in_note == NULL) {
        assert_null(finding->note);
        assert_null(finding->remedy);
    } else if (finding->note == NULL || strstr(finding->note, in_note) == NULL) {
        fail_msg("the note is: %s", finding->note != NULL ? finding->note : "none");
    }
}

/* Its first step has this text in it. */
static void expect_remedy(enum finding_code code, const char *in_remedy)
{
    const struct finding *finding = expect_found(code);
    assert_non_null(finding->remedy);
    assert_non_null(strstr(finding->remedy[0], in_remedy));
}

static void test_unauthenticated_binding(void **state)
{
    (void)state;
    const enum finding_code code = FINDING_TURN_NO_ANSWER;
    static const char sample[] = "turn-binding-unanswered";
    diagnose(sample, NULL);
    expect_none(code);
    diagnose(sample, "");
    expect_none(code);
    diagnose(sample, "[turn]\nunauth_binding = no");
    expect_none(code);
    diagnose(sample, "[turn]\nunauth_binding = yes");
    expect(code, "a Binding request without credentials");
    assert_int_equal(found(code)->certainty, CERTAINTY_STRONG);
    diagnose(sample, "[expressway]\nversion = X12.6.1");
    expect_none(code);
    diagnose(sample, "[expressway]\nversion = X12.6");
    expect(code, "a Binding request without credentials");
    diagnose(sample,
             "[expressway]\nversion = X12.6\n[turn]\nudp_port = 3479"); /* another service */
    expect_none(code);
}

/* What closes a connection inside TLS at once is seen with and without a profile; what stays silent
 * says nothing. */
static void test_web_server_in_place_of_turn(void **state)
{
    (void)state;
    diagnose("turn-at-web-server", NULL);
    expect(FINDING_TURN_NO_ANSWER, "seems to be no TURN server for clients to fall back to");
    diagnose("turn-at-web-server", "");
    expect(FINDING_TURN_NO_ANSWER, "seems to be no TURN server for clients to fall back to");
    diagnose("turn-silent-inside-tls", "");
    expect(FINDING_TURN_NO_ANSWER, NULL);
}

/* Expressway-C takes the certificate: nobody has to be told what to do about browsers. */
static void test_certificate_among_machines(void **state)
{
    (void)state;
    const enum finding_code code = FINDING_TLS_CERTIFICATE_SELF_SIGNED;
    static const char sample[] = "at-expressway-c-self-signed-cms";
    diagnose(sample, "");
    assert_int_equal(found(code)->case_id, CASE_NOT_SECURE); /* nobody knows who asks */
    diagnose(sample, "[expressway-c]\naddress = 172.16.85.167");
    expect(code, "A machine of the site made this connection, no browser");
    assert_int_equal(found(code)->case_id, CASE_PREREQUISITES);
    assert_int_equal(found(code)->severity, SEVERITY_INFO);
}

/* From CMS 3.0 on there is no XMPP service that could be missing. */
static void test_xmpp_service(void **state)
{
    (void)state;
    diagnose("at-cms-xmpp-refused", "");
    assert_int_equal(found(FINDING_TCP_REFUSED)->case_id, CASE_MEDIA_STUCK);
    diagnose("at-cms-xmpp-refused", "version = 3.0");
    assert_int_equal(found(FINDING_TCP_REFUSED)->case_id, CASE_PREREQUISITES);
    assert_int_equal(diagnosed.verdict.cases[CASE_MEDIA_STUCK].status, CASE_NO_EVIDENCE);
    assert_non_null(strstr(diagnosed.verdict.cases[CASE_MEDIA_STUCK].reason, "no XMPP service"));
    diagnose("healthy", "version = 2.9");
    assert_int_equal(diagnosed.verdict.cases[CASE_MEDIA_STUCK].status, CASE_NOT_OBSERVABLE);
}

/* The Allocate on the same port works: what became of the Bindings is no matter. */
static void test_binding_beside_a_good_allocation(void **state)
{
    (void)state;
    diagnose("unanswered-binding", "[turn]\nunauth_binding = yes");
    expect_none(FINDING_TURN_NO_ANSWER);
    assert_int_equal(diagnosed.verdict.status, VERDICT_PASS);
}

static void test_turn_probe(void **state)
{
    (void)state;
    const enum finding_code code = FINDING_TURN_NO_ANSWER;
    static const char sample[] = "cms-probe-unanswered";
    diagnose(sample, "");
    expect_none(code);
    diagnose(sample, "version = 2.9.3");
    expect_none(code);
    diagnose(sample, "turn_probe = allocate\n[turn]\nunauth_binding = yes");
    expect_none(code);
    diagnose(sample, "version = 2.9.2");
    expect(code, "takes this server for dead");
    diagnose(sample, "turn_probe = binding\n[expressway]\nversion = X12.6.1");
    expect(code, "from X12.6.1 on answers none");
    expect_remedy(code, "Upgrade CMS");
    assert_non_null(strstr(found(code)->raise_certainty, "LAN1"));
    diagnose(sample, "turn_probe = binding\n[expressway]\nversion = X12.5.4");
    expect(code, "this edition of Expressway answers");
    assert_null(found(code)->remedy);
    diagnose("turn-binding-unanswered", "turn_probe = binding"); /* it is not CMS who asks */
    expect_none(code);
}

static void test_udp_port(void **state)
{
    (void)state;
    diagnose("server-silent", "[turn]\nudp_port = 3478-3483");
    expect(FINDING_TURN_NO_ANSWER, NULL);
    diagnose("server-silent", "[turn]\nudp_port = 3479");
    expect(FINDING_TURN_NO_ANSWER, "turn.udp_port");
    expect_remedy(FINDING_TURN_NO_ANSWER, "Send clients to the UDP port");
    diagnose("server-silent", NULL);
    expect(FINDING_TURN_NO_ANSWER, NULL);
    diagnose("icmp-unreachable", "");
    expect(FINDING_TURN_PORT_UNREACHABLE, NULL);
    diagnose("icmp-unreachable", "[turn]\nudp_port = 443");
    expect(FINDING_TURN_PORT_UNREACHABLE, "turn.udp_port");
    diagnose("icmp-filtered", "[turn]\nudp_port = 443");
    expect(FINDING_TURN_FILTERED, "turn.udp_port");
    diagnose("healthy", "[turn]\nudp_port = 3479"); /* who is answered was not sent astray */
    assert_int_equal(diagnosed.verdict.status, VERDICT_PASS);
}

static void test_tcp_port(void **state)
{
    (void)state;
    diagnose("turn-tcp-refused", "");
    expect(FINDING_TURN_TCP_REFUSED, NULL);
    diagnose("turn-tcp-refused", "[turn]\ntcp443 = yes");
    expect(FINDING_TURN_TCP_REFUSED, "turn.tcp443");
    expect_remedy(FINDING_TURN_TCP_REFUSED, "to 443");
    diagnose("tcp-no-answer", "[turn]\ntcp443 = yes"); /* no page: nobody has come as far as TURN */
    expect(FINDING_TCP_NO_ANSWER, NULL);
    expect_none(FINDING_TURN_TCP_NO_ANSWER);
    diagnose("tcp-refused", "[turn]\ntcp443 = yes");
    expect(FINDING_TCP_REFUSED, NULL);
    expect_none(FINDING_TURN_TCP_REFUSED);
    diagnose_at(other_server, "turn-no-way-in", "[turn]\ntcp443 = yes"); /* with UDP: a relay */
    expect(FINDING_TURN_NO_ANSWER, "over TCP, too");
    expect_none(FINDING_TCP_NO_ANSWER);
    diagnose_at(other_server, "turn-no-way-in", "");
    expect(FINDING_TCP_NO_ANSWER, NULL);
    diagnose("turn-tcp-no-answer", "[turn]\ntcp_port = 5000");
    expect(FINDING_TURN_TCP_NO_ANSWER, "turn.tcp_port");
    diagnose("turn-reset-after-allocate", "[turn]\ntcp443 = yes");
    expect(FINDING_TURN_RESET_AFTER_ALLOCATE, NULL);
    diagnose("turn-reset-after-allocate", "[turn]\ntcp443 = no");
    expect(FINDING_TURN_RESET_AFTER_ALLOCATE, "turn.tcp443");
    diagnose("turn-reset-after-allocate", NULL);
    expect(FINDING_TURN_RESET_AFTER_ALLOCATE, NULL);
}

static void test_relay_transports(void **state)
{
    (void)state;
    const enum finding_code code = FINDING_TURN_TRANSPORT_UNSUPPORTED;
    diagnose("turn-tcp-relay-refused", NULL);
    expect(code, NULL);
    diagnose("turn-tcp-relay-refused", "[turn]\nrelay_transports = udp");
    expect(code, "has no relays over this transport");
    expect_remedy(code, "Let clients ask");
    diagnose("turn-tcp-relay-refused", "[turn]\nrelay_transports = udp, tcp");
    expect(code, "does not offer it");
    expect_remedy(code, "Enable relays");
    diagnose("turn-transport-unsupported",
             "[turn]\nrelay_transports = udp"); /* UDP was asked for */
    expect(code, "does not offer it");
}

static void test_error_dialect(void **state)
{
    (void)state;
    static const char sample[] = "turn-unknown-user";       /* 401 with USERNAME, unsigned */
    static const char bare[] = "turn-unknown-user-dialect"; /* 401 without either */
    diagnose(sample, "[turn]\nerror_dialect = auto");
    expect(FINDING_TURN_UNKNOWN_USER, NULL);
    diagnose(sample, "[turn]\nerror_dialect = 401");
    expect_none(FINDING_TURN_UNKNOWN_USER);
    expect(FINDING_TURN_INTEGRITY_FAILURE, "turn.error_dialect");
    diagnose(bare, "[turn]\nerror_dialect = auto");
    expect_none(FINDING_TURN_UNKNOWN_USER);
    expect(FINDING_TURN_INTEGRITY_FAILURE, NULL);
    diagnose(bare, "[turn]\nerror_dialect = 431");
    expect_none(FINDING_TURN_INTEGRITY_FAILURE);
    expect(FINDING_TURN_UNKNOWN_USER, NULL);
    diagnose(bare, NULL);
    expect_none(FINDING_TURN_UNKNOWN_USER);
    diagnose("turn-credentials-expired", "[turn]\nerror_dialect = 431");
    expect(FINDING_TURN_CREDENTIALS_EXPIRED, NULL);
    expect_none(FINDING_TURN_UNKNOWN_USER);
    diagnose("capture-snaplen", "[turn]\nerror_dialect = 431"); /* what is not there may be cut */
    expect_none(FINDING_TURN_UNKNOWN_USER);
    diagnose("case4-431", "[turn]\nerror_dialect = 401"); /* accepted all the same */
    expect(FINDING_TURN_INTEGRITY_FAILURE, NULL);
}

static void test_nat_reflection(void **state)
{
    (void)state;
    const enum finding_code code = FINDING_ICE_NO_CONNECTIVITY;
    static const char sample[] = "ice-no-reflection";
    diagnose(sample, NULL);
    expect(code, NULL);
    diagnose(sample, "");
    expect(code, NULL);
    diagnose(sample, "[nat]\nreflection_required = yes");
    expect(code, "only when the firewall");
    expect_remedy(code, "Allow NAT reflection");
    diagnose(sample, "[nat]\nreflection_required = no");
    expect(code, "not to blame");
    diagnose(sample, "[expressway]\nversion = X12.5.2");
    expect(code, "only when the firewall");
    diagnose(sample, "[expressway]\nversion = X12.5.3");
    expect(code, "not to blame");
    diagnose("ice-no-connectivity", "[nat]\nreflection_required = yes"); /* to CMS's own address */
    expect(code, NULL);
}

static void test_administration_port(void **state)
{
    (void)state;
    const enum finding_code code = FINDING_TLS_CERTIFICATE_DEFAULT;
    static const char sample[] = "tls-default-certificate";
    diagnose(sample, "");
    expect(code, NULL);
    diagnose(sample, "[expressway]\nadmin_port = 443");
    expect(code, "on this very port");
    expect_remedy(code, "move the Web administrator port");
    diagnose(sample, "[expressway]\nadmin_port = 445");
    expect(code, "on another port");
    diagnose("tls-san-missing", "[expressway]\nadmin_port = 445");
    expect(FINDING_TLS_CERTIFICATE_SAN_MISSING, NULL);
    diagnose("tls-san-missing", "[expressway]\nadmin_port = 443");
    expect(FINDING_TLS_CERTIFICATE_SAN_MISSING, "on this very port");
    diagnose("healthy", "[expressway]\nadmin_port = 443");
    assert_int_equal(diagnosed.verdict.status, VERDICT_PASS);
    assert_non_null(strstr(diagnosed.verdict.cases[CASE_PREREQUISITES].reason, "on port 443"));
    diagnose("healthy", "[expressway]\nadmin_port = 445");
    assert_null(strstr(diagnosed.verdict.cases[CASE_PREREQUISITES].reason, "port 443"));
}

/* What is refused or self-signed there keeps no client out. */
static void test_administration_is_no_way_in(void **state)
{
    (void)state;
    diagnose("administration-page", "[expressway]\nadmin_port = 8445");
    expect(FINDING_TLS_CERTIFICATE_SELF_SIGNED, NULL);
    expect(FINDING_TCP_REFUSED, NULL);
    diagnose("administration-page", "[expressway]\nadmin_port = 445");
    expect_none(FINDING_TLS_CERTIFICATE_SELF_SIGNED);
    expect_none(FINDING_TCP_REFUSED);
    assert_int_equal(diagnosed.verdict.status, VERDICT_PASS);
    diagnose("tls-self-signed", "[expressway]\nadmin_port = 443"); /* 443 is theirs in any case */
    expect(FINDING_TLS_CERTIFICATE_SELF_SIGNED, "on this very port");
}

/* Settings that make a finding of what is none elsewhere, and the other way round. */
static void test_other_keys_of_turn(void **state)
{
    (void)state;
    diagnose("turn-relayed-address-internal", "");
    expect(FINDING_TURN_RELAYED_ADDRESS_INTERNAL, NULL);
    diagnose("turn-relayed-address-internal", "[turn]\nrelayed_address = private");
    expect_none(FINDING_TURN_RELAYED_ADDRESS_INTERNAL);
    diagnose("healthy", "[turn]\nrelayed_address = private"); /* the public one harms nobody */
    expect_none(FINDING_TURN_RELAYED_ADDRESS_INTERNAL);
    assert_int_equal(diagnosed.verdict.status, VERDICT_PASS);
    diagnose_at(elsewhere, "turn-relayed-address-internal", "");
    expect(FINDING_TURN_RELAYED_ADDRESS_INTERNAL, "none that the site profile has");
    expect_remedy(FINDING_TURN_RELAYED_ADDRESS_INTERNAL, "add it to static_nat");
    diagnose("turn-relayed-port-out-of-range", "[turn]\nrelay_range = 49152-65535");
    expect_none(FINDING_TURN_RELAYED_PORT_OUT_OF_RANGE);
    diagnose("healthy", "[turn]\nrelay_range = 49152-65535");
    expect(FINDING_TURN_RELAYED_PORT_OUT_OF_RANGE, NULL);
    diagnose("turn-username-mismatch", "[turn]\nusername = turnuser");
    expect(FINDING_TURN_USERNAME_MISMATCH, NULL);
    diagnose("turn-username-mismatch", "[turn]\nusername = turnuser\nshort_term_credentials = yes");
    expect_none(FINDING_TURN_USERNAME_MISMATCH);
    diagnose("turn-realm-mismatch", "[turn]\nrealm = TANDBERG");
    expect_none(FINDING_TURN_REALM_MISMATCH);
    diagnose("healthy", "[turn]\nrealm = TANDBERG");
    expect(FINDING_TURN_REALM_MISMATCH, NULL);
}

static void test_xmpp(void **state)
{
    (void)state;
    static const char domain[] = "[site]\ninternal_domain = cms.octavio.local\n";
    char lines[256];
    (void)snprintf(lines, sizeof lines, "%s[cms]\nversion = 2.9", domain);
    diagnose("dns-srv-missing", lines);
    expect(FINDING_DNS_SRV_MISSING, NULL);
    (void)snprintf(lines, sizeof lines, "%s[cms]\nversion = 3.0", domain);
    diagnose("dns-srv-missing", lines);
    expect_none(FINDING_DNS_SRV_MISSING);
    (void)snprintf(lines, sizeof lines, "%s[xmpp]\nenabled = no", domain);
    diagnose("dns-srv-missing", lines);
    expect_none(FINDING_DNS_SRV_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_unauthenticated_binding, stop),
        cmocka_unit_test_teardown(test_binding_beside_a_good_allocation, stop),
        cmocka_unit_test_teardown(test_web_server_in_place_of_turn, stop),
        cmocka_unit_test_teardown(test_certificate_among_machines, stop),
        cmocka_unit_test_teardown(test_xmpp_service, stop),
        cmocka_unit_test_teardown(test_turn_probe, stop),
        cmocka_unit_test_teardown(test_udp_port, stop),
        cmocka_unit_test_teardown(test_tcp_port, stop),
        cmocka_unit_test_teardown(test_relay_transports, stop),
        cmocka_unit_test_teardown(test_error_dialect, stop),
        cmocka_unit_test_teardown(test_nat_reflection, stop),
        cmocka_unit_test_teardown(test_other_keys_of_turn, stop),
        cmocka_unit_test_teardown(test_xmpp, stop),
        cmocka_unit_test_teardown(test_administration_port, stop),
        cmocka_unit_test_teardown(test_administration_is_no_way_in, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
