/* SPDX-License-Identifier: MIT */
#include "dissectors/tls/hello.h"
#include "dissectors/tls/record.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* RFC 8448 section 3, header included. */
static const char rfc8448_client_hello[] =
    "01 00 00 c0 03 03 cb 34 ec b1 e7 81 63 ba 1c 38 c6 da cb 19 6a 6d ff a2 1a 8d 99 12 ec 18 a2"
    "ef 62 83 02 4d ec e7 00 00 06 13 01 13 03 13 02 01 00 00 91 00 00 00 0b 00 09 00 00 06 73 65"
    "72 76 65 72 ff 01 00 01 00 00 0a 00 14 00 12 00 1d 00 17 00 18 00 19 01 00 01 01 01 02 01 03"
    "01 04 00 23 00 00 00 33 00 26 00 24 00 1d 00 20 99 38 1d e5 60 e4 bd 43 d2 3d 8e 43 5a 7d ba"
    "fe b3 c0 6e 51 c1 3c ae 4d 54 13 69 1e 52 9a af 2c 00 2b 00 03 02 03 04 00 0d 00 20 00 1e 04"
    "03 05 03 06 03 02 03 08 04 08 05 08 06 04 01 05 01 06 01 02 01 04 02 05 02 06 02 02 02 00 2d"
    "00 02 01 01 00 1c 00 02 40 01";
static const char rfc8448_server_hello[] =
    "02 00 00 56 03 03 a6 af 06 a4 12 18 60 dc 5e 6e 60 24 9c d3 4c 95 93 0c 8a c5 cb 14 34 da c1"
    "55 77 2e d3 e2 69 28 00 13 01 00 00 2e 00 33 00 24 00 1d 00 20 c9 82 88 76 11 20 95 fe 66 76"
    "2b db f7 c6 72 e1 56 d6 cc 25 3b 83 3d f1 dd 69 b1 b0 4e 75 1f 0f 00 2b 00 02 03 04";
/* RFC 8448 section 5. */
static const char rfc8448_hello_retry_request[] =
    "02 00 00 ac 03 03 cf 21 ad 74 e5 9a 61 11 be 1d 8c 02 1e 65 b8 91 c2 a2 11 16 7a bb 8c 5e 07"
    "9e 09 e2 c8 a8 33 9c 00 13 01 00 00 84 00 33 00 02 00 17 00 2c 00 74 00 72 71 dc d0 4b b8 8b"
    "c3 18 91 19 39 8a 00 00 00 00 ee fa fc 76 c1 46 b8 23 b0 96 f8 aa ca d3 65 dd 00 30 95 3f 4e"
    "df 62 56 36 e5 f2 1b b2 e2 3f cc 65 4b 1b 5b 40 31 8d 10 d1 37 ab cb b8 75 74 e3 6e 8a 1f 02"
    "5f 7d fa 5d 6e 50 78 1b 5e da 4a a1 5b 0c 8b e7 78 25 7d 16 aa 30 30 e9 e7 84 1d d9 e4 c0 34"
    "22 67 e8 ca 0c af 57 1f b2 b7 cf f0 f9 34 b0 00 2b 00 02 03 04";

/* A browser's hello, made short: GREASE, SNI, ALPN, a hybrid key share, ECH, PSK, early data. */
static const char browser_hello[] =
    "010000b1 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "04 a1a2a3a4 0006 2a2a 1301 c02f 01 00 007e"
    "2a2a 0000"
    "0000 0010 000e 00 000b 6578616d706c652e6f7267"
    "0010 000e 000c 02 6832 08 687474702f312e31"
    "0005 0005 0100000000"
    "000a 0008 0006 7a7a 11ec 001d"
    "002b 0007 06 3a3a 0304 0303"
    "0033 0014 0012 7a7a 0001 00 11ec 0003 010203 001d 0002 0405"
    "fe0d 0004 00000000"
    "0023 0002 beef"
    "002a 0000"
    "0029 0002 0000"
    "0012 0000";

struct fixture {
    uint8_t buffer[512];
    struct bytes whole;
    struct tls_handshake message;
};

static struct tls_handshake *load(struct fixture *fixture, const char *hex)
{
    fixture->whole = from_hex(hex, fixture->buffer, sizeof fixture->buffer);
    struct bytes rest = fixture->whole;
    assert_int_equal(tls_handshake_next(&fixture->message, &rest), DISSECT_OK);
    assert_int_equal(rest.length, 0);
    return &fixture->message;
}

static void assert_text(struct bytes bytes, const char *text)
{
    assert_int_equal(bytes.length, strlen(text));
    assert_memory_equal(bytes.data, text, bytes.length);
}

static void test_rfc8448_client_hello(void **state)
{
    (void)state;
    struct fixture fixture;
    struct tls_client_hello hello;
    assert_int_equal(tls_client_hello_decode(&hello, load(&fixture, rfc8448_client_hello), false),
                     DISSECT_OK);
    assert_int_equal(hello.legacy_version, TLS_1_2);
    assert_int_equal(hello.random.length, 32);
    assert_int_equal(hello.random.data[0], 0xcb);
    assert_int_equal(hello.session_id.length, 0);
    assert_int_equal(hello.cipher_suites.length, 6);
    assert_text(hello.server_name, "server");
    assert_int_equal(tls_client_hello_highest_version(&hello), TLS_1_3);
    assert_int_equal(hello.supported_groups.length, 18);
    assert_int_equal(hello.signature_algorithms.length, 30);
    assert_int_equal(hello.key_share_count, 1);
    assert_int_equal(hello.key_share_groups[0], 29);
    assert_int_equal(hello.extension_count, 9);
    assert_non_null(hello.session_ticket.data);
    assert_int_equal(hello.session_ticket.length, 0);
    assert_int_equal(hello.alpn.length, 0);
    assert_false(hello.offers_pre_shared_key);
    assert_false(hello.has_encrypted_client_hello);
}

static void test_browser_hello(void **state)
{
    (void)state;
    struct fixture fixture;
    struct tls_client_hello hello;
    assert_int_equal(tls_client_hello_decode(&hello, load(&fixture, browser_hello), false),
                     DISSECT_OK);
    assert_text(hello.server_name, "example.org");
    struct cursor alpn = cursor_of(hello.alpn);
    struct bytes name;
    assert_true(tls_alpn_next(&alpn, &name));
    assert_text(name, "h2");
    assert_true(tls_alpn_next(&alpn, &name));
    assert_text(name, "http/1.1");
    assert_false(tls_alpn_next(&alpn, &name));
    assert_int_equal(tls_client_hello_highest_version(&hello), TLS_1_3);
    assert_int_equal(hello.key_share_count, 2);
    assert_int_equal(hello.key_share_groups[0], 0x11ec);
    assert_int_equal(hello.key_share_groups[1], 29);
    assert_int_equal(hello.session_ticket.length, 2);
    assert_int_equal(hello.extension_count, 12);
    assert_true(hello.has_encrypted_client_hello);
    assert_true(hello.offers_early_data);
    assert_true(hello.offers_pre_shared_key);
    assert_true(hello.requests_status);
    assert_false(hello.offers_srtp);
    uint16_t suite;
    assert_true(tls_list_u16(hello.cipher_suites, 2, &suite));
    assert_int_equal(suite, 0xc02f);
    assert_false(tls_list_u16(hello.cipher_suites, 3, &suite));
}

static void test_datagram_client_hello(void **state)
{
    (void)state;
    struct fixture fixture;
    struct tls_client_hello hello;
    struct tls_handshake *message = load(
        &fixture, "01000035 fefd 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                  "00 04 c0c1c2c3 0002 c02b 01 00 0005 000e 0001 00");
    assert_int_equal(tls_client_hello_decode(&hello, message, true), DISSECT_OK);
    assert_int_equal(hello.cookie.length, 4);
    assert_int_equal(hello.cookie.data[3], 0xc3);
    assert_true(hello.offers_srtp);
    assert_int_equal(tls_client_hello_highest_version(&hello), DTLS_1_2);
}

static void test_datagram_versions_count_downwards(void **state)
{
    (void)state;
    uint8_t list[] = {0xfe, 0xfd, 0xfe, 0xfc, 0x1a, 0x1a};
    struct tls_client_hello hello = {.legacy_version = DTLS_1_2,
                                     .supported_versions = bytes_of(list, sizeof list)};
    assert_int_equal(tls_client_hello_highest_version(&hello), DTLS_1_3);
}

static void test_drafts_are_less_than_the_standard(void **state)
{
    (void)state;
    uint8_t list[] = {0x7f, 0x1c, 0xfb, 0x1a, 0x03, 0x04, 0x03, 0x03};
    struct tls_client_hello hello = {.legacy_version = TLS_1_2,
                                     .supported_versions = bytes_of(list, sizeof list)};
    assert_int_equal(tls_client_hello_highest_version(&hello), TLS_1_3);
    list[5] = 0x02;
    assert_int_equal(tls_client_hello_highest_version(&hello), 0xfb1a);
}

static void test_old_client_hello_without_extensions(void **state)
{
    (void)state;
    struct fixture fixture;
    struct tls_client_hello hello;
    struct tls_handshake *message = load(
        &fixture, "01000029 0300 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                  "00 0002 0004 01 00");
    assert_int_equal(tls_client_hello_decode(&hello, message, false), DISSECT_OK);
    assert_int_equal(hello.extension_count, 0);
    assert_int_equal(tls_client_hello_highest_version(&hello), SSL_3_0);
}

static void test_bad_extension_does_not_hide_the_next(void **state)
{
    (void)state;
    struct fixture fixture;
    struct tls_client_hello hello;
    struct tls_handshake *message = load(
        &fixture, "01000041 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                  "00 0002 1301 01 00 0016 0010 0003 00ff02 0000 000b 0009 00 0006 736572766572");
    assert_int_equal(tls_client_hello_decode(&hello, message, false), DISSECT_MALFORMED);
    assert_text(hello.server_name, "server");
    assert_int_equal(hello.alpn.length, 0);
}

static void test_rfc8448_server_hello(void **state)
{
    (void)state;
    struct fixture fixture;
    struct tls_server_hello hello;
    assert_int_equal(tls_server_hello_decode(&hello, load(&fixture, rfc8448_server_hello)),
                     DISSECT_OK);
    assert_int_equal(hello.legacy_version, TLS_1_2);
    assert_int_equal(hello.version, TLS_1_3);
    assert_int_equal(hello.cipher_suite, 0x1301);
    assert_int_equal(hello.key_share_group, 29);
    assert_int_equal(hello.extension_count, 2);
    assert_false(hello.is_hello_retry_request);
    assert_false(hello.selects_pre_shared_key);
}

static void test_rfc8448_hello_retry_request(void **state)
{
    (void)state;
    struct fixture fixture;
    struct tls_server_hello hello;
    assert_int_equal(tls_server_hello_decode(&hello, load(&fixture, rfc8448_hello_retry_request)),
                     DISSECT_OK);
    assert_true(hello.is_hello_retry_request);
    assert_int_equal(hello.version, TLS_1_3);
    assert_int_equal(hello.key_share_group, 23);
    assert_int_equal(hello.extension_count, 3);
}

static void test_server_hello_of_tls_1_2(void **state)
{
    (void)state;
    struct fixture fixture;
    struct tls_server_hello hello;
    struct tls_handshake *message = load(
        &fixture, "0200003b 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                  "02 abcd c02f 00 0011 ff01 0001 00 0023 0000 0010 0004 0002 02 78");
    assert_int_equal(tls_server_hello_decode(&hello, message), DISSECT_MALFORMED);
    message = load(&fixture,
                   "0200003c 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                   "02 abcd c02f 00 0012 ff01 0001 00 0023 0000 0010 0005 0003 02 6832");
    assert_int_equal(tls_server_hello_decode(&hello, message), DISSECT_OK);
    assert_int_equal(hello.version, TLS_1_2);
    assert_int_equal(hello.session_id.length, 2);
    assert_text(hello.alpn, "h2");
    assert_true(hello.promises_session_ticket);
}

/* Before draft 22 there was neither a session ID nor a compression method. */
static void test_server_hello_of_an_early_draft(void **state)
{
    (void)state;
    struct fixture fixture;
    struct tls_server_hello hello;
    struct tls_handshake *message = load(
        &fixture, "0200002c 7f10 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                  "1301 0006 0028 0002 001d");
    assert_int_equal(tls_server_hello_decode(&hello, message), DISSECT_OK);
    assert_int_equal(hello.version, 0x7f10);
    assert_int_equal(hello.cipher_suite, 0x1301);
    assert_int_equal(hello.extension_count, 1);
}

/* A cut message is never the sender's fault; the same bytes as a whole message always are. */
static void test_every_truncation(void **state)
{
    (void)state;
    static const char *const vectors[] = {rfc8448_client_hello, browser_hello, rfc8448_server_hello,
                                          rfc8448_hello_retry_request};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct fixture fixture;
        struct tls_handshake *message = load(&fixture, vectors[i]);
        for (size_t length = 0; length < message->length; length++) {
            struct bytes part = exact_copy(bytes_first(message->body, length));
            struct tls_handshake cut = {
                .type = message->type, .length = message->length, .body = part};
            struct tls_client_hello client;
            struct tls_server_hello server;
            enum dissect_status status = message->type == TLS_CLIENT_HELLO
                                             ? tls_client_hello_decode(&client, &cut, false)
                                             : tls_server_hello_decode(&server, &cut);
            assert_int_equal(status, DISSECT_CUT_SHORT);
            free((void *)part.data);
        }
    }
}

/* The server name stands before the cut. */
static void test_cut_hello_yields_its_beginning(void **state)
{
    (void)state;
    struct fixture fixture;
    struct tls_handshake *message = load(&fixture, browser_hello);
    struct bytes part = exact_copy(bytes_first(message->body, 80));
    struct tls_handshake cut = {.type = message->type, .length = message->length, .body = part};
    struct tls_client_hello hello;
    assert_int_equal(tls_client_hello_decode(&hello, &cut, false), DISSECT_CUT_SHORT);
    assert_text(hello.server_name, "example.org");
    assert_int_equal(hello.alpn.length, 0);
    free((void *)part.data);
}

/* The ClientHello of RFC 5246 appendix E.2: length, type, version, three lengths. */
static const char ssl2_form[] = "8022 01 0301 0009 0000 0010 000004 010080 00002f"
                                "000102030405060708090a0b0c0d0e0f";

static void test_ssl2_form(void **state)
{
    (void)state;
    uint8_t buffer[64];
    struct bytes whole = from_hex(ssl2_form, buffer, sizeof buffer);
    struct tls_client_hello hello;
    size_t consumed = 0;
    assert_int_equal(tls_ssl2_client_hello_decode(&hello, whole, &consumed), DISSECT_OK);
    assert_int_equal(consumed, whole.length);
    assert_true(hello.is_ssl2_form);
    assert_int_equal(hello.legacy_version, TLS_1_0);
    assert_int_equal(hello.cipher_suites.length, 9);
    assert_int_equal(hello.random.length, 16);
    for (size_t length = 0; length < whole.length; length++) {
        struct bytes part = exact_copy(bytes_first(whole, length));
        assert_int_equal(tls_ssl2_client_hello_decode(&hello, part, &consumed), DISSECT_INCOMPLETE);
        free((void *)part.data);
    }
    buffer[2] = 4;
    assert_int_equal(tls_ssl2_client_hello_decode(&hello, whole, &consumed), DISSECT_NOT_MINE);
    buffer[2] = 1;
    buffer[1] = 0x23;
    assert_int_equal(tls_ssl2_client_hello_decode(&hello, whole, &consumed), DISSECT_NOT_MINE);
}

static void test_ssl2_server_hello(void **state)
{
    (void)state;
    uint8_t buffer[16];
    struct bytes whole = from_hex("83b4 04 00 01 0002", buffer, sizeof buffer);
    assert_true(tls_is_ssl2_server_hello(whole));
    assert_false(tls_is_ssl2_server_hello(bytes_first(whole, 6)));
    buffer[6] = 3;
    assert_false(tls_is_ssl2_server_hello(whole));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc8448_client_hello),
        cmocka_unit_test(test_browser_hello),
        cmocka_unit_test(test_datagram_client_hello),
        cmocka_unit_test(test_datagram_versions_count_downwards),
        cmocka_unit_test(test_drafts_are_less_than_the_standard),
        cmocka_unit_test(test_old_client_hello_without_extensions),
        cmocka_unit_test(test_bad_extension_does_not_hide_the_next),
        cmocka_unit_test(test_rfc8448_server_hello),
        cmocka_unit_test(test_rfc8448_hello_retry_request),
        cmocka_unit_test(test_server_hello_of_tls_1_2),
        cmocka_unit_test(test_server_hello_of_an_early_draft),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_cut_hello_yields_its_beginning),
        cmocka_unit_test(test_ssl2_form),
        cmocka_unit_test(test_ssl2_server_hello),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
