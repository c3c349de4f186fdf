/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The contract: programs read these names, so none may change or go. */
static const struct {
    enum finding_code code;
    const char *name;
} contract[] = {
    {FINDING_TURN_INTEGRITY_FAILURE, "turn.integrity-failure"},
    {FINDING_TURN_UNKNOWN_USER, "turn.unknown-user"},
    {FINDING_TURN_USERNAME_MISMATCH, "turn.username-mismatch"},
    {FINDING_TURN_REALM_MISMATCH, "turn.realm-mismatch"},
    {FINDING_TURN_REALM_MISSING, "turn.realm-missing"},
    {FINDING_TURN_REALM_REFUSED, "turn.realm-refused"},
    {FINDING_TURN_CREDENTIALS_EXPIRED, "turn.credentials-expired"},
    {FINDING_TURN_CHALLENGE_UNANSWERED, "turn.challenge-unanswered"},
    {FINDING_TURN_GRANT_UNHEARD, "turn.grant-unheard"},
    {FINDING_TURN_NO_ANSWER, "turn.no-answer"},
    {FINDING_TURN_PORT_UNREACHABLE, "turn.port-unreachable"},
    {FINDING_TURN_FILTERED, "turn.filtered"},
    {FINDING_TURN_TCP_NO_ANSWER, "turn.tcp-no-answer"},
    {FINDING_TURN_TCP_REFUSED, "turn.tcp-refused"},
    {FINDING_TURN_RESET_AFTER_ALLOCATE, "turn.reset-after-allocate"},
    {FINDING_TURN_WRONG_ADDRESS, "turn.wrong-address"},
    {FINDING_TURN_STALE_NONCE_LOOP, "turn.stale-nonce-loop"},
    {FINDING_TURN_ALLOCATION_MISMATCH, "turn.allocation-mismatch"},
    {FINDING_TURN_WRONG_CREDENTIALS, "turn.wrong-credentials"},
    {FINDING_TURN_FORBIDDEN, "turn.forbidden"},
    {FINDING_TURN_QUOTA_REACHED, "turn.quota-reached"},
    {FINDING_TURN_INSUFFICIENT_CAPACITY, "turn.insufficient-capacity"},
    {FINDING_TURN_TRANSPORT_UNSUPPORTED, "turn.transport-unsupported"},
    {FINDING_TURN_FAMILY_UNSUPPORTED, "turn.family-unsupported"},
    {FINDING_TURN_UNKNOWN_ATTRIBUTE, "turn.unknown-attribute"},
    {FINDING_TURN_BAD_REQUEST, "turn.bad-request"},
    {FINDING_TURN_REDIRECTED, "turn.redirected"},
    {FINDING_TURN_SERVER_ERROR, "turn.server-error"},
    {FINDING_TURN_CONNECTION_FAILED, "turn.connection-failed"},
    {FINDING_TURN_RELAYED_ADDRESS_INTERNAL, "turn.relayed-address-internal"},
    {FINDING_TURN_RELAYED_PORT_OUT_OF_RANGE, "turn.relayed-port-out-of-range"},
    {FINDING_TURN_PERMISSION_MISSING, "turn.permission-missing"},
    {FINDING_TURN_CHANNEL_EXPIRED, "turn.channel-expired"},
    {FINDING_TURN_CHANNEL_UNBOUND, "turn.channel-unbound"},
    {FINDING_TURN_ALLOCATION_EXPIRED, "turn.allocation-expired"},
    {FINDING_TURN_HIDDEN, "turn.hidden"},
    {FINDING_ICE_NO_CONNECTIVITY, "ice.no-connectivity"},
    {FINDING_ICE_CONSENT_LOST, "ice.consent-lost"},
    {FINDING_ICE_ROLE_CONFLICT, "ice.role-conflict"},
    {FINDING_ICE_USERNAME_MISMATCH, "ice.username-mismatch"},
    {FINDING_MEDIA_ONE_WAY, "media.one-way"},
    {FINDING_MEDIA_NONE, "media.none"},
    {FINDING_DTLS_NO_ANSWER, "dtls.no-answer"},
    {FINDING_DTLS_ALERT, "dtls.alert"},
    {FINDING_DTLS_COOKIE_LOOP, "dtls.cookie-loop"},
    {FINDING_STUN_INTEGRITY_MISMATCH, "stun.integrity-mismatch"},
    {FINDING_STUN_FINGERPRINT_WRONG, "stun.fingerprint-wrong"},
    {FINDING_STUN_ALG_TAMPERING, "stun.alg-tampering"},
    {FINDING_STUN_NAT_REBINDING, "stun.nat-rebinding"},
    {FINDING_STUN_SYMMETRIC_NAT, "stun.symmetric-nat"},
    {FINDING_STUN_BID_DOWN, "stun.bid-down"},
    {FINDING_STUN_MALFORMED, "stun.malformed"},
    {FINDING_DNS_NXDOMAIN, "dns.nxdomain"},
    {FINDING_DNS_SERVER_FAILURE, "dns.server-failure"},
    {FINDING_DNS_REFUSED, "dns.refused"},
    {FINDING_DNS_NO_DATA, "dns.no-data"},
    {FINDING_DNS_NO_ANSWER, "dns.no-answer"},
    {FINDING_DNS_TRUNCATED, "dns.truncated"},
    {FINDING_DNS_DANGLING_ALIAS, "dns.dangling-alias"},
    {FINDING_DNS_ADDRESS_NOT_STATIC_NAT, "dns.address-not-static-nat"},
    {FINDING_DNS_INTERNAL_ADDRESS_OUTSIDE, "dns.internal-address-outside"},
    {FINDING_DNS_EXTERNAL_ADDRESS_INSIDE, "dns.external-address-inside"},
    {FINDING_DNS_INTERNAL_WEBBRIDGE_NAME, "dns.internal-webbridge-name"},
    {FINDING_DNS_SRV_OUTSIDE, "dns.srv-outside"},
    {FINDING_DNS_SRV_MISSING, "dns.srv-missing"},
    {FINDING_DNS_UNRESOLVED, "dns.unresolved"},
    {FINDING_TCP_NO_ANSWER, "tcp.no-answer"},
    {FINDING_TCP_REFUSED, "tcp.refused"},
    {FINDING_TCP_RESET_BY_MIDDLEBOX, "tcp.reset-by-middlebox"},
    {FINDING_TCP_BLACK_HOLE, "tcp.black-hole"},
    {FINDING_TCP_ZERO_WINDOW, "tcp.zero-window"},
    {FINDING_TLS_CERTIFICATE_SELF_SIGNED, "tls.certificate-self-signed"},
    {FINDING_TLS_CERTIFICATE_NAME_MISMATCH, "tls.certificate-name-mismatch"},
    {FINDING_TLS_CERTIFICATE_SAN_MISSING, "tls.certificate-san-missing"},
    {FINDING_TLS_CERTIFICATE_EXPIRED, "tls.certificate-expired"},
    {FINDING_TLS_CERTIFICATE_NOT_YET_VALID, "tls.certificate-not-yet-valid"},
    {FINDING_TLS_CERTIFICATE_CHAIN_INCOMPLETE, "tls.certificate-chain-incomplete"},
    {FINDING_TLS_CERTIFICATE_WEAK, "tls.certificate-weak"},
    {FINDING_TLS_CERTIFICATE_PURPOSE, "tls.certificate-purpose"},
    {FINDING_TLS_CERTIFICATE_DEFAULT, "tls.certificate-default"},
    {FINDING_TLS_CERTIFICATE_REJECTED_BY_CLIENT, "tls.certificate-rejected-by-client"},
    {FINDING_TLS_CERTIFICATE_REJECTED_BY_SERVER, "tls.certificate-rejected-by-server"},
    {FINDING_TLS_VERSION_MISMATCH, "tls.version-mismatch"},
    {FINDING_TLS_NO_COMMON_CIPHER, "tls.no-common-cipher"},
    {FINDING_TLS_UNRECOGNIZED_NAME, "tls.unrecognized-name"},
    {FINDING_TLS_HANDSHAKE_REFUSED, "tls.handshake-refused"},
    {FINDING_TLS_RESET_AFTER_HELLO, "tls.reset-after-hello"},
    {FINDING_TLS_NO_ANSWER, "tls.no-answer"},
    {FINDING_TLS_NOT_TLS, "tls.not-tls"},
    {FINDING_TLS_INTERCEPTION, "tls.interception"},
    {FINDING_TLS_CERTIFICATE_HIDDEN, "tls.certificate-hidden"},
    {FINDING_HTTP_BAD_REQUEST, "http.bad-request"},
    {FINDING_HTTP_SERVER_ERROR, "http.server-error"},
    {FINDING_HTTP_WEBSOCKET_REFUSED, "http.websocket-refused"},
    {FINDING_HTTP_PROXY_REFUSED, "http.proxy-refused"},
    {FINDING_HTTP_CAPTIVE_PORTAL, "http.captive-portal"},
    {FINDING_WEBBRIDGE_LINK_FAILED, "webbridge.link-failed"},
    {FINDING_RELAY_CANDIDATE_TIMEOUT, "relay.candidate-timeout"},
    {FINDING_ICE_UNAUTHORIZED, "ice.unauthorized"},
    {FINDING_CAPTURE_SNAPLEN, "capture.snaplen"},
    {FINDING_CAPTURE_ONE_SIDED, "capture.one-sided"},
    {FINDING_CAPTURE_DROPS, "capture.drops"},
    {FINDING_CAPTURE_NO_SIGNALLING, "capture.no-signalling"},
    {FINDING_CAPTURE_CLOCK, "capture.clock"},
    {FINDING_ANALYZER_STATE_EVICTED, "analyzer.state-evicted"},
};

enum { CONTRACT = sizeof contract / sizeof contract[0], TITLE_COLUMNS = 70 };

static const struct catalogue_family *const families[] = {
    &catalogue_turn, &catalogue_turn_errors, &catalogue_turn_relay, &catalogue_media,
    &catalogue_stun, &catalogue_dns,         &catalogue_tcp,        &catalogue_certificate,
    &catalogue_tls,  &catalogue_capture,
};

enum { FAMILIES = sizeof families / sizeof families[0] };

static void test_every_name_of_the_contract_has_its_row(void **state)
{
    (void)state;
    assert_int_equal(CONTRACT, FINDING_CODES - 1);
    for (size_t i = 0; i < CONTRACT; i++) {
        const struct catalogue_row *row = catalogue_row(contract[i].code);
        if (row == NULL) {
            fail_msg("%s has no row", contract[i].name);
            return;
        }
        assert_string_equal(row->name, contract[i].name);
        assert_ptr_equal(catalogue_find(contract[i].name), row);
    }
}

static void test_every_code_has_one_row(void **state)
{
    (void)state;
    unsigned rows[FINDING_CODES] = {0};
    for (size_t f = 0; f < FAMILIES; f++)
        for (size_t i = 0; i < families[f]->count; i++)
            rows[families[f]->rows[i].code]++;
    assert_int_equal(rows[FINDING_NONE], 0);
    for (size_t code = FINDING_NONE + 1; code < FINDING_CODES; code++)
        if (rows[code] != 1)
            fail_msg("code %zu has %u rows", code, rows[code]);
}

static void test_names_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONTRACT; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(catalogue_row(contract[i].code)->name,
                                    catalogue_row(contract[j].code)->name);
}

static void test_unknown_codes_and_names_have_no_row(void **state)
{
    (void)state;
    assert_null(catalogue_row(FINDING_NONE));
    assert_null(catalogue_row(FINDING_CODES));
    assert_null(catalogue_find("turn.integrity"));
    assert_null(catalogue_find(""));
}

/* A whole sentence or more: no edges to paste at, no line breaks, a full stop at the end. */
static bool is_prose(const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);
    return length > 10 && text[0] != ' ' && text[length - 1] == '.' && strchr(text, '\n') == NULL &&
           strchr(text, '\t') == NULL && strstr(text, "  ") == NULL;
}

static size_t sentences(const char *text)
{
    size_t count = 1;
    for (const char *p = text; (p = strstr(p, ". ")) != NULL; p++)
        count++;
    return count;
}

static void check_texts(const struct catalogue_row *row)
{
    if (!is_prose(row->explanation))
        fail_msg("%s: the explanation is no prose", row->name);
    if (sentences(row->explanation) < 2 || sentences(row->explanation) > 5)
        fail_msg("%s: the explanation has %zu sentences", row->name, sentences(row->explanation));
    if (!is_prose(row->evidence))
        fail_msg("%s: the evidence is no prose", row->name);
    if (row->raise_certainty != NULL && !is_prose(row->raise_certainty))
        fail_msg("%s: what raises the certainty is no prose", row->name);
    if (row->reference == NULL || strlen(row->reference) < 8)
        fail_msg("%s has no reference", row->name);
}

static void test_every_row_has_all_its_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONTRACT; i++)
        check_texts(catalogue_row(contract[i].code));
}

static void test_titles_fit_a_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONTRACT; i++) {
        const struct catalogue_row *row = catalogue_row(contract[i].code);
        assert_non_null(row->title);
        size_t length = strlen(row->title);
        if (length < 10 || length > TITLE_COLUMNS || row->title[length - 1] == '.')
            fail_msg("%s: the title is no line of %d columns", row->name, TITLE_COLUMNS);
        /* One octet a column, so that the length above is the width. */
        for (size_t c = 0; c < length; c++)
            assert_in_range(row->title[c], ' ', '~');
    }
}

static void test_remedies_are_sentences_without_a_gap(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONTRACT; i++) {
        const struct catalogue_row *row = catalogue_row(contract[i].code);
        size_t steps = 0;
        while (steps < CATALOGUE_REMEDIES && row->remedy[steps] != NULL) {
            if (!is_prose(row->remedy[steps]))
                fail_msg("%s: remedy %zu is no sentence", row->name, steps + 1);
            steps++;
        }
        if (steps == 0 && row->severity >= SEVERITY_WARNING)
            fail_msg("%s has no remedy", row->name);
        for (size_t rest = steps; rest < CATALOGUE_REMEDIES; rest++)
            assert_null(row->remedy[rest]);
    }
}

static void test_only_what_is_not_definite_can_be_made_more_certain(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONTRACT; i++) {
        const struct catalogue_row *row = catalogue_row(contract[i].code);
        if ((row->certainty == CERTAINTY_DEFINITE) != (row->raise_certainty == NULL))
            fail_msg("%s: certainty and what raises it contradict each other", row->name);
    }
}

static void test_what_limits_the_diagnosis_belongs_to_no_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONTRACT; i++) {
        const struct catalogue_row *row = catalogue_row(contract[i].code);
        bool limits = strncmp(row->name, "capture.", 8) == 0 ||
                      strncmp(row->name, "analyzer.", 9) == 0 || row->code == FINDING_TURN_HIDDEN ||
                      row->code == FINDING_TLS_CERTIFICATE_HIDDEN;
        if (limits != (row->case_id == CASE_NONE))
            fail_msg("%s is in the wrong case", row->name);
        if (limits && row->severity == SEVERITY_ERROR)
            fail_msg("%s breaks no attempt", row->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name_of_the_contract_has_its_row),
        cmocka_unit_test(test_every_code_has_one_row),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_unknown_codes_and_names_have_no_row),
        cmocka_unit_test(test_every_row_has_all_its_texts),
        cmocka_unit_test(test_titles_fit_a_line),
        cmocka_unit_test(test_remedies_are_sentences_without_a_gap),
        cmocka_unit_test(test_only_what_is_not_definite_can_be_made_more_certain),
        cmocka_unit_test(test_what_limits_the_diagnosis_belongs_to_no_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
