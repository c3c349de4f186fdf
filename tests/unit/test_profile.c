/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/profile.h"
#include "analyzer/diagnose/profile_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct profile profile;
static char error[PROFILE_ERROR_TEXT];

/* The text goes through a block of exactly its size. */
static int parse_as(const char *text, const char *path)
{
    size_t length = strlen(text);
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    int status = profile_parse(&profile, bytes_of(copy, length), path, error);
    free(copy);
    return status;
}

static void expect_good(const char *text)
{
    if (parse_as(text, "site.ini") != 0)
        fail_msg("%s", error);
    assert_string_equal(error, "");
}

static void expect_bad(const char *text, const char *message)
{
    assert_int_equal(parse_as(text, "site.ini"), -1);
    assert_string_equal(error, message);
}

static struct ip_address address(const char *text)
{
    struct ip_address parsed;
    assert_true(ip_address_parse(&parsed, text));
    return parsed;
}

static enum site_role role_of(const char *text)
{
    struct ip_address parsed = address(text);
    return profile_role(&profile, &parsed);
}

static void test_the_shipped_lab(void **state)
{
    (void)state;
    if (profile_load(&profile, SAMPLES_DIR "/octavio.ini", error) != 0)
        fail_msg("%s", error);
    assert_int_equal(profile.site.external_domain.count, 1);
    assert_string_equal(profile.site.external_domain.items[0], "octavio.com");
    assert_int_equal(profile.site.internal_domain.count, 2);
    assert_string_equal(profile.site.internal_domain.items[0], "cms.octavio.local");
    assert_string_equal(profile.site.internal_domain.items[1], "octavio.local");
    assert_string_equal(profile.site.webbridge_url, "cmsweb.octavio.com");
    assert_string_equal(profile.site.webbridge_internal_url, "cmsweb.cms.octavio.local");
    assert_int_equal(role_of("10.88.246.156"), SITE_ROLE_STATIC_NAT);
    assert_int_equal(role_of("172.16.85.168"), SITE_ROLE_LAN1);
    assert_int_equal(role_of("192.168.245.61"), SITE_ROLE_LAN2);
    assert_int_equal(role_of("172.16.85.167"), SITE_ROLE_EXPRESSWAY_C);
    assert_int_equal(role_of("172.16.85.162"), SITE_ROLE_DNS_SERVER);
    assert_int_equal(role_of("172.16.85.180"), SITE_ROLE_CMS);
    assert_int_equal(role_of("172.16.84.124"), SITE_ROLE_CLIENT);
    assert_int_equal(role_of("172.16.86.1"), SITE_ROLE_NONE);
    assert_int_equal(role_of("64:ff9b::10.88.246.156"), SITE_ROLE_STATIC_NAT); /* over NAT64 */
    assert_int_equal(role_of("64:ff9b::10.88.246.157"), SITE_ROLE_NONE);
    assert_int_equal(role_of("64:ff9c::10.88.246.156"), SITE_ROLE_NONE);
    assert_true(profile_ports_contain(&profile.expressway.admin_port, 445));
    assert_int_equal(profile.cms.xmpp, ANSWER_YES);
    assert_string_equal(profile.turn.username, "turnuser");
    assert_string_equal(profile.turn.realm, "turnuser");
    assert_string_equal(profile.turn.password_file, "");
    assert_true(profile_is_turn_udp_port(&profile, 3478));
    assert_true(profile_is_turn_tcp_port(&profile, 3478));
    assert_false(profile_is_turn_tcp_port(&profile, 443));
    assert_true(profile_ports_contain(&profile.turn.relay_range, 24000));
    assert_true(profile_ports_contain(&profile.turn.relay_range, 29999));
    assert_false(profile_ports_contain(&profile.turn.relay_range, 23999));
    assert_false(profile_ports_contain(&profile.turn.relay_range, 30000));
}

static void test_defaults(void **state)
{
    (void)state;
    struct ip_address any = address("10.0.0.1");
    expect_good("");
    assert_int_equal(profile_role(&profile, &any), SITE_ROLE_NONE);
    assert_false(profile_is_expressway_e(&profile, &any));
    assert_true(profile_is_turn_udp_port(&profile, 3478));
    assert_false(profile_is_turn_udp_port(&profile, 3479));
    assert_true(profile_ports_contain(&profile.turn.relay_range, 24000));
    assert_int_equal(profile.turn.tcp443, ANSWER_NO);
    assert_int_equal(profile.turn.short_term_credentials, ANSWER_NO);
    assert_int_equal(profile.turn.relay_transports, TURN_TRANSPORT_UDP);
    assert_int_equal(profile.turn.error_dialect, ERROR_DIALECT_AUTO);
    assert_int_equal(profile_unauthenticated_binding(&profile), ANSWER_UNKNOWN);
    assert_int_equal(profile_nat_reflection_required(&profile), ANSWER_UNKNOWN);
    assert_int_equal(profile_xmpp_enabled(&profile), ANSWER_UNKNOWN);
    assert_int_equal(profile_turn_probe(&profile), TURN_PROBE_UNKNOWN);
    assert_int_equal(profile_is_relayed_address(&profile, &any), ANSWER_UNKNOWN);
    assert_false(profile_is_webbridge(&profile, ""));
    assert_false(profile_is_webbridge(&profile, "."));
    assert_false(profile_is_external_name(&profile, "octavio.com"));
}

static bool is_administration(const char *ip, uint16_t port)
{
    const struct transport_address server = {.ip = address(ip), .port = port};
    return profile_is_administration(&profile, &server);
}

static void test_every_key(void **state)
{
    (void)state;
    expect_good("; a comment\n"
                "# another\n"
                "[site]\r\n"
                "  external_domain = example.com.\r\n"
                "\tclient_network = 192.0.2.0/25, 2001:db8::/33, 198.51.100.7\n"
                "webbridge_url = https://Join.example.com:443/path ; as in the browser\n"
                "[expressway]\nversion = X12.6.1\nadmin_port = 445\n"
                "[expressway-e]\nstatic_nat = 192.0.2.1, 2001:db8::1\n"
                "[turn]\n"
                "username = user;with=signs\n"
                "udp_port = 3478-3483, 443\n"
                "tcp443 = yes\n"
                "relay_transports = udp, tcp\n"
                "relayed_address = private\n"
                "error_dialect = 431\n"
                "unauth_binding = yes\n"
                "short_term_credentials = on\n"
                "[cms]\nversion = 2.9.3\nturn_probe = binding\n"
                "[xmpp]\nenabled = no\n"
                "[nat]\nreflection_required = yes");
    assert_string_equal(profile.site.external_domain.items[0], "example.com");
    assert_string_equal(profile.site.webbridge_url, "Join.example.com");
    assert_string_equal(profile.turn.username, "user;with=signs");
    assert_true(profile_ports_contain(&profile.expressway.admin_port, 445));
    assert_true(is_administration("192.0.2.1", 445));
    assert_false(is_administration("192.0.2.1", 443));
    assert_false(is_administration("192.0.2.2", 445)); /* of another machine */
    assert_int_equal(role_of("2001:db8::1"), SITE_ROLE_STATIC_NAT);
    assert_true(profile_is_turn_udp_port(&profile, 3483));
    assert_true(profile_is_turn_udp_port(&profile, 443));
    assert_false(profile_is_turn_udp_port(&profile, 3484));
    assert_true(profile_is_turn_tcp_port(&profile, 443));
    assert_false(profile_is_turn_tcp_port(&profile, 3478));
    assert_int_equal(profile.turn.relay_transports, TURN_TRANSPORT_UDP | TURN_TRANSPORT_TCP);
    assert_int_equal(profile.turn.relayed_address, RELAYED_ADDRESS_PRIVATE);
    assert_int_equal(profile.turn.error_dialect, ERROR_DIALECT_431);
    assert_int_equal(profile.turn.short_term_credentials, ANSWER_YES);
    assert_int_equal(profile_unauthenticated_binding(&profile), ANSWER_YES);
    assert_int_equal(profile_turn_probe(&profile), TURN_PROBE_BINDING);
    assert_int_equal(profile_xmpp_enabled(&profile), ANSWER_NO);
    assert_int_equal(profile_nat_reflection_required(&profile), ANSWER_YES);
}

static void test_networks(void **state)
{
    (void)state;
    expect_good("[site]\nclient_network = 192.0.2.0/25, 2001:db8::/33, 198.51.100.7, 10.9.8.7/8\n");
    assert_int_equal(role_of("192.0.2.127"), SITE_ROLE_CLIENT);
    assert_int_equal(role_of("192.0.2.128"), SITE_ROLE_NONE);
    assert_int_equal(role_of("2001:db8:7fff::1"), SITE_ROLE_CLIENT);
    assert_int_equal(role_of("2001:db8:8000::1"), SITE_ROLE_NONE);
    assert_int_equal(role_of("198.51.100.7"), SITE_ROLE_CLIENT);
    assert_int_equal(role_of("198.51.100.6"), SITE_ROLE_NONE);
    assert_int_equal(role_of("10.200.0.1"), SITE_ROLE_CLIENT);
    expect_good("[site]\nclient_network = 0.0.0.0/0\n");
    assert_int_equal(role_of("203.0.113.1"), SITE_ROLE_CLIENT);
    assert_int_equal(role_of("::1"), SITE_ROLE_NONE);
}

static void test_names(void **state)
{
    (void)state;
    expect_good("[site]\nexternal_domain = example.com, shared.example\n"
                "internal_domain = cms.example.com, shared.example\n"
                "webbridge_url = join.example.com\n"
                "webbridge_internal_url = join.cms.example.com\n"
                "[expressway-e]\nhostname = edge1.example.com, edge2.example.com\n");
    assert_true(profile_is_webbridge(&profile, "JOIN.example.com."));
    assert_false(profile_is_webbridge(&profile, "join.example.co"));
    assert_false(profile_is_webbridge(&profile, "join.cms.example.com"));
    assert_true(profile_is_internal_webbridge(&profile, "join.cms.Example.com"));
    assert_true(profile_is_expressway_e_name(&profile, "edge2.example.com"));
    assert_true(profile_is_external_name(&profile, "example.com"));
    assert_true(profile_is_external_name(&profile, "any.example.com."));
    assert_false(profile_is_external_name(&profile, "badexample.com"));
    assert_false(profile_is_external_name(&profile, "x.cms.example.com"));
    assert_true(profile_is_internal_name(&profile, "x.cms.example.com"));
    assert_false(profile_is_internal_name(&profile, "any.example.com"));
    assert_true(profile_is_internal_name(&profile, "a.shared.example"));
    assert_true(profile_is_external_name(&profile, "a.shared.example"));
}

static void test_relayed_address(void **state)
{
    (void)state;
    struct ip_address nat = address("192.0.2.1");
    struct ip_address lan2 = address("10.0.0.2");
    struct ip_address six = address("2001:db8::24"); /* of a family that the profile lacks */
    expect_good("[expressway-e]\nstatic_nat = 192.0.2.1\nlan2 = 10.0.0.2\nadmin_port = 443\n");
    assert_true(profile_is_expressway_e(&profile, &nat) &&
                profile_is_expressway_e(&profile, &lan2));
    assert_false(is_administration("192.0.2.1", 443)); /* clients need it all the same */
    assert_int_equal(profile_is_relayed_address(&profile, &nat), ANSWER_YES);
    assert_int_equal(profile_is_relayed_address(&profile, &lan2), ANSWER_NO);
    assert_int_equal(profile_is_relayed_address(&profile, &six), ANSWER_UNKNOWN);
    expect_good("[expressway-e]\nstatic_nat = 192.0.2.1\nlan2 = 10.0.0.2\n"
                "[turn]\nrelayed_address = private\n");
    assert_int_equal(profile_is_relayed_address(&profile, &nat), ANSWER_NO);
    assert_int_equal(profile_is_relayed_address(&profile, &lan2), ANSWER_YES);
}

struct edition {
    const char *text;
    enum answer binding;
    enum answer reflection;
    enum answer xmpp;
    enum turn_probe probe;
};

static void test_editions(void **state)
{
    (void)state;
    const enum answer yes = ANSWER_YES;
    const enum answer no = ANSWER_NO;
    const struct edition editions[] = {
        {"[expressway]\nversion=X8.11.4\n[cms]\nversion=2.9", yes, yes, yes, TURN_PROBE_BINDING},
        {"[expressway]\nversion=X12.5.2\n[cms]\nversion=2.9.2", yes, yes, yes, TURN_PROBE_BINDING},
        {"[expressway]\nversion=12.5.3\n[cms]\nversion=2.9.3", yes, no, yes, TURN_PROBE_ALLOCATE},
        {"[expressway-e]\nversion=X12.5.4\nlan1=10.0.0.1, 10.0.0.2\n[cms]\nversion=2.10.1", yes,
         yes, yes, TURN_PROBE_ALLOCATE},
        {"[expressway-e]\nversion=X12.5.5\nlan1=10.0.0.1, 10.0.0.2\n[cms]\nversion=3.0", yes, no,
         no, TURN_PROBE_ALLOCATE},
        {"[expressway]\nversion=X12.6\n[cms]\nversion=3.8.1", yes, no, no, TURN_PROBE_ALLOCATE},
        {"[expressway]\nversion=X12.6.1\n[cms]\nversion=3", no, no, no, TURN_PROBE_ALLOCATE},
        {"[expressway]\nversion=X14.0\n[cms]\nversion=3", no, no, no, TURN_PROBE_ALLOCATE},
    };
    for (size_t i = 0; i < sizeof editions / sizeof editions[0]; i++) {
        expect_good(editions[i].text);
        assert_int_equal(profile_unauthenticated_binding(&profile), editions[i].binding);
        assert_int_equal(profile_nat_reflection_required(&profile), editions[i].reflection);
        assert_int_equal(profile_xmpp_enabled(&profile), editions[i].xmpp);
        assert_int_equal(profile_turn_probe(&profile), editions[i].probe);
    }
}

static void test_errors_name_line_and_remedy(void **state)
{
    (void)state;
    expect_bad("[turn]\nusrname = x\n",
               "site.ini:2: there is no key \"usrname\" in [turn]; did you mean \"username\" in "
               "[turn]?");
    expect_bad("[cms]\nrealm = x\n",
               "site.ini:2: there is no key \"realm\" in [cms]; did you mean \"realm\" in [turn]?");
    expect_bad("\n\n[expresway-e]\nlan1 = 10.0.0.1\n",
               "site.ini:3: there is no section [expresway-e]; did you mean [expressway-e]?");
    expect_bad("[sit]\n[turn]\nrealm = a\n",
               "site.ini:1: there is no section [sit]; did you mean [site]?");
    expect_bad("\xef\xbb\xbf[sit]\n",
               "site.ini:1: there is no section [sit]; did you mean [site]?");
    expect_bad("lan1 = 10.0.0.1\n",
               "site.ini:1: \"lan1\" stands before any [section]; the first is [site]");
    expect_bad("[cms]\naddress = 10.0.0.256\n",
               "site.ini:2: address: \"10.0.0.256\" is not an IP address");
    expect_bad("[cms]\naddress = 10.0.0.1,\n",
               "site.ini:2: address: \"10.0.0.1,\" is not an IP address");
    expect_bad("[turn]\nrealm = a\n\nrealm = a\n",
               "site.ini:4: realm of [turn] is given twice; the first time in line 2");
    expect_bad("[cms]\nxmpp = yes\n[xmpp]\nenabled = yes\n",
               "site.ini:4: enabled of [xmpp] is given twice; the first time in line 2");
    expect_bad("[turn]\nrealm =\n", "site.ini:2: realm has no value; give one or remove the line");
    expect_bad("[turn]\n\nrealm\n", "site.ini:3: is neither \"[section]\" nor \"key = value\"");
    expect_bad("[turn\nrealm = a\n", "site.ini:1: the heading lacks its ']'");
}

static void expect_bad_value(const char *section, const char *key, const char *value,
                             const char *problem)
{
    char text[600];
    char message[PROFILE_ERROR_TEXT];
    (void)snprintf(text, sizeof text, "[%s]\n%s = %s\n", section, key, value);
    (void)snprintf(message, sizeof message, "site.ini:2: %s: \"%s\" is %s", key, value, problem);
    expect_bad(text, message);
}

static void test_bad_values(void **state)
{
    (void)state;
    const char *const port = "not a port or a range of ports (1-65535, the lower one first)";
    const char *const network = "not a network (address/prefix length, such as 172.16.84.0/24)";
    const char *const ports[] = {"0", "65536", "29999-24000", "24000-", "-1",
                                 "a", "1-2-3", "1,",          "0-5",    "99999999999999999999"};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        expect_bad_value("turn", "relay_range", ports[i], port);
    expect_bad_value("turn", "udp_port", "1,2,3,4,5,6,7,8,9",
                     "a list of more than 8 ports or ranges");
    expect_bad_value("site", "client_network", "10.0.0.0/33", network);
    expect_bad_value("site", "client_network", "10.0.0.0/", network);
    expect_bad_value("site", "client_network", "2001:db8::/129", network);
    expect_bad_value("site", "webbridge_url", "https://", "not a host name or URL");
    expect_bad_value("site", "webbridge_url", "join us", "not a host name or URL");
    expect_bad_value("site", "external_domain", "a..b", "not a host or domain name");
    expect_bad_value("cms", "version", "two", "not a version, such as X12.6.1 or 2.9.3");
    expect_bad_value("cms", "version", "2.", "not a version, such as X12.6.1 or 2.9.3");
    expect_bad_value("cms", "version", "1.2.3.4.5", "not a version, such as X12.6.1 or 2.9.3");
    expect_bad_value("cms", "xmpp", "maybe", "neither yes nor no");
    expect_bad_value("cms", "turn_probe", "ping", "none of binding, allocate");
    expect_bad_value("turn", "relay_transports", "sctp", "not a list of udp, tcp");
    expect_bad_value("turn", "relayed_address", "public", "none of static_nat, private");
    expect_bad_value("turn", "error_dialect", "400", "none of auto, 401, 431");
}

static void test_long_lines_and_binary(void **state)
{
    (void)state;
    char text[20000] = "[turn]\nrealm = ";
    size_t start = strlen(text);
    memset(text + start, 'r', sizeof text - start - 1);
    assert_int_equal(parse_as(text, "site.ini"), -1);
    assert_non_null(strstr(error, "site.ini:2: the line is longer than "));
    assert_int_equal(profile_parse(&profile, bytes_of("[turn]\0", 7), "site.ini", error), -1);
    assert_string_equal(error, "site.ini: is not a text file");
}

static void test_password_file_lies_beside_the_profile(void **state)
{
    (void)state;
    assert_int_equal(parse_as("[turn]\npassword_file = turn.secret\n", "/etc/turnscope/a.ini"), 0);
    assert_string_equal(profile.turn.password_file, "/etc/turnscope/turn.secret");
    assert_int_equal(parse_as("[turn]\npassword_file = turn.secret\n", "a.ini"), 0);
    assert_string_equal(profile.turn.password_file, "turn.secret");
    assert_int_equal(parse_as("[turn]\npassword_file = /run/secret\n", "sites/a.ini"), 0);
    assert_string_equal(profile.turn.password_file, "/run/secret");
}

static void test_unreadable_files(void **state)
{
    (void)state;
    assert_int_equal(profile_load(&profile, "/nonexistent/site.ini", error), -1);
    assert_string_equal(error, "/nonexistent/site.ini: the site profile cannot be read: "
                               "No such file or directory");
    assert_int_equal(profile_load(&profile, "/", error), -1);
    assert_non_null(strstr(error, "cannot be read"));
    assert_int_equal(profile_load(&profile, "/dev/zero", error), -1);
    assert_non_null(strstr(error, "too long"));
}

static void append(void *context, const char *text)
{
    char *all = (char *)context;
    size_t length = strlen(all);
    assert_true(length + strlen(text) < 8192);
    memcpy(all + length, text, strlen(text) + 1);
}

/* The template says nothing as it is; without its semicolons every example is accepted. */
static void test_template(void **state)
{
    (void)state;
    static char template[8192];
    static char uncommented[8192];
    template[0] = '\0';
    profile_template(append, template);
    expect_good(template);
    assert_string_equal(profile.turn.username, "");
    size_t length = 0;
    for (const char *at = template; *at != '\0'; at++)
        if (!(*at == ';' && at[1] != ' '))
            uncommented[length++] = *at;
    expect_good(uncommented);
    assert_string_equal(profile.turn.username, "turnuser");
    assert_int_equal(profile.expressway.version.components[1], 5);
    assert_non_null(strstr(template, "\n[expressway-e]\n; "));
    assert_null(strstr(template, "[xmpp]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shipped_lab),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_relayed_address),
        cmocka_unit_test(test_editions),
        cmocka_unit_test(test_errors_name_line_and_remedy),
        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_long_lines_and_binary),
        cmocka_unit_test(test_password_file_lies_beside_the_profile),
        cmocka_unit_test(test_unreadable_files),
        cmocka_unit_test(test_template),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
