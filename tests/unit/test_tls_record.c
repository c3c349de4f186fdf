/* SPDX-License-Identifier: MIT */
#include "dissectors/tls/names.h"
#include "dissectors/tls/record.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static enum dissect_status read_hex(struct tls_record *record, const char *hex)
{
    uint8_t buffer[64];
    struct bytes copy = exact_copy(from_hex(hex, buffer, sizeof buffer));
    enum dissect_status status = tls_record_read(record, copy);
    free((void *)copy.data);
    return status;
}

static void test_whole_record(void **state)
{
    (void)state;
    struct tls_record record;
    assert_int_equal(read_hex(&record, "15 0303 0002 0230 1603"), DISSECT_OK);
    assert_int_equal(record.type, TLS_ALERT);
    assert_int_equal(record.version, TLS_1_2);
    assert_int_equal(record.length, 2);
    assert_int_equal(record.fragment.length, 2);
}

static void test_every_truncation_of_a_record(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes whole = from_hex("16 0301 0006 0e0000000e00", buffer, sizeof buffer);
    for (size_t length = 0; length < whole.length; length++) {
        struct bytes part = exact_copy(bytes_first(whole, length));
        struct tls_record record;
        assert_int_equal(tls_record_read(&record, part), DISSECT_INCOMPLETE);
        assert_int_equal(record.length, length >= 5 ? 6 : 0);
        assert_int_equal(record.fragment.length, length >= 5 ? length - 5 : 0);
        free((void *)part.data);
    }
}

/* HTTP, STUN, an SSL 2.0 form hello, XMPP; and a TLS version that does not exist. */
static void test_other_protocols(void **state)
{
    (void)state;
    struct tls_record record;
    assert_int_equal(read_hex(&record, "47"), DISSECT_NOT_MINE);
    assert_int_equal(read_hex(&record, "48545450 2f312e31"), DISSECT_NOT_MINE);
    assert_int_equal(read_hex(&record, "0003 0008 2112a442"), DISSECT_NOT_MINE);
    assert_int_equal(read_hex(&record, "802e 01 0301"), DISSECT_NOT_MINE);
    assert_int_equal(read_hex(&record, "3c3f786d"), DISSECT_NOT_MINE);
    assert_int_equal(read_hex(&record, "16 02"), DISSECT_NOT_MINE);
    assert_int_equal(read_hex(&record, "16 0305"), DISSECT_NOT_MINE);
}

static void test_longest_record(void **state)
{
    (void)state;
    struct tls_record record;
    assert_int_equal(read_hex(&record, "17 0303 4800 00"), DISSECT_INCOMPLETE);
    assert_int_equal(read_hex(&record, "17 0303 4801 00"), DISSECT_MALFORMED);
}

static enum dissect_status read_alert(struct tls_alert *alert, const char *hex)
{
    uint8_t buffer[64];
    struct bytes copy = exact_copy(from_hex(hex, buffer, sizeof buffer));
    enum dissect_status status = tls_alert_decode(alert, copy);
    free((void *)copy.data);
    return status;
}

static void test_alerts(void **state)
{
    (void)state;
    struct tls_alert alert;
    assert_int_equal(read_alert(&alert, "02 30"), DISSECT_OK);
    assert_int_equal(alert.level, TLS_ALERT_FATAL);
    assert_string_equal(tls_alert_level_name(alert.level), "fatal");
    assert_string_equal(tls_alert_name(alert.description), "unknown_ca");
    assert_int_equal(read_alert(&alert, "01 70"), DISSECT_OK);
    assert_string_equal(tls_alert_level_name(alert.level), "warning");
    assert_string_equal(tls_alert_name(alert.description), "unrecognized_name");
    assert_int_equal(read_alert(&alert, "5c 31"), DISSECT_NOT_MINE);
    assert_int_equal(read_alert(&alert, ""), DISSECT_NOT_MINE);
    assert_int_equal(read_alert(&alert, "02"), DISSECT_NOT_MINE);
    assert_int_equal(read_alert(&alert, "02 30 00"), DISSECT_NOT_MINE);
    assert_int_equal(read_alert(&alert, "0000000000000001 6b29e0c5fd4c"), DISSECT_NOT_MINE);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(tls_version_name(TLS_1_3), "TLS 1.3");
    assert_string_equal(tls_version_name(0x7f12), "TLS 1.3 draft 18");
    assert_string_equal(tls_version_name(DTLS_1_2), "DTLS 1.2");
    assert_string_equal(tls_cipher_suite_name(0x1301), "TLS_AES_128_GCM_SHA256");
    assert_string_equal(tls_cipher_suite_name(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assert_null(tls_cipher_suite_name(0x4a4a));
    assert_string_equal(tls_group_name(0x11ec), "X25519MLKEM768");
    assert_string_equal(tls_handshake_type_name(11), "Certificate");
    assert_string_equal(tls_extension_name(0xfe0d), "encrypted_client_hello");
    assert_null(tls_alert_name(3));
    assert_true(tls_is_grease(0x0a0a));
    assert_true(tls_is_grease(0xfafa));
    assert_false(tls_is_grease(0x0a1a));
    assert_false(tls_is_grease(0x0303));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_record),    cmocka_unit_test(test_every_truncation_of_a_record),
        cmocka_unit_test(test_other_protocols), cmocka_unit_test(test_longest_record),
        cmocka_unit_test(test_alerts),          cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
