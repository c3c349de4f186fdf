/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/integrity.h"
#include "tests/support/hex.h"
#include "tests/support/stun_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Beside the RFCs' vectors: messages of turnuser, realm lab.example, password cis:co, made with
 * Python's hmac.new(key, header with adjusted length + attributes, hashlib.sha1 or sha256), the key
 * being hashlib.md5 or hashlib.sha256 of "turnuser:lab.example:cis:co". */

/* Allocate request, attributes padded with spaces, FINGERPRINT after MESSAGE-INTEGRITY. */
static const char allocate_request[] =
    "00030050 2112a442 01020304 05060708 090a0b0c 00190004 11000000 00060008 7475726e 75736572"
    "0014000b 6c61622e 6578616d 706c6520 00150005 6e6f6e63 65202020 00080014 8049153c 8cf9458b"
    "59b2aa41 beb648ed ce9fa8b8 80280004 144bb4a5";

/* MESSAGE-INTEGRITY, then MESSAGE-INTEGRITY-SHA256 truncated to 16 bytes. */
static const char both_request[] =
    "00030054 2112a442 01020304 05060708 090a0b0c 00060008 7475726e 75736572 0014000b 6c61622e"
    "6578616d 706c6520 00150005 6e6f6e63 65202020 00080014 c6fa6633 4a80b6d1 82e098b9 7bbdb8a5"
    "7227a2d6 001c0010 470f4de0 c2b5d08f 05b35ca5 8e117123";

/* Responses name neither user nor realm; the second was made with the SHA-256 key. */
static const char md5_response[] =
    "01030020 2112a442 01020304 05060708 090a0b0c 000d0004 00000258 00080014 eb19ca3c d890fe73"
    "55355464 d3b3d8a7 699d9d37";
static const char sha256_response[] =
    "0103002c 2112a442 01020304 05060708 090a0b0c 000d0004 00000258 001c0020 d761b4d9 9c1bba9f"
    "2fbae7b2 887969c1 4348e407 e6588466 3023f265 4b4a2fae";

/* The password as short-term key. */
static const char short_term_request[] =
    "00010024 2112a442 01020304 05060708 090a0b0c 00060008 7475726e 75736572 00080014 0ecb30a2"
    "ee5b07e1 edbe1f31 84c4f5a2 50a11143";

static struct integrity *integrity;
static uint8_t buffer[STUN_VECTOR_SIZE];
static struct stun_message message;

static struct bytes text(const char *string)
{
    return bytes_of(string, strlen(string));
}

static void decode(const char *hex)
{
    struct bytes bytes = from_hex(hex, buffer, sizeof buffer);
    assert_int_equal(stun_decode(&message, bytes, false), DISSECT_OK);
}

static void decode_again(void)
{
    assert_int_equal(stun_decode(&message, message.raw, false), DISSECT_OK);
}

static void add(struct credentials *credentials, const char *username, const char *password)
{
    credentials->entries[credentials->count++] =
        (struct credential){.username = text(username), .password = text(password)};
}

static enum integrity_result check(const struct credentials *credentials)
{
    return integrity_check(integrity, &message, credentials, NULL);
}

static enum integrity_result check_known(const struct credentials *credentials,
                                         const char *username, const char *realm)
{
    const struct integrity_context context = {.username = text(username), .realm = text(realm)};
    return integrity_check(integrity, &message, credentials, &context);
}

static void test_short_term_vectors(void **state)
{
    (void)state;
    const char *const vectors[] = {rfc5769_request, rfc5769_ipv4_response, rfc5769_ipv6_response};
    for (size_t i = 0; i < 3; i++) {
        decode(vectors[i]);
        assert_int_equal(
            integrity_check_key(integrity, &message, text(RFC5769_SHORT_TERM_PASSWORD)),
            INTEGRITY_VERIFIED);
        assert_int_equal(integrity_check_key(integrity, &message, text("VOkJxbRl1RmTxUk/WvJxBT")),
                         INTEGRITY_MISMATCH);
    }
}

static void test_long_term_vectors(void **state)
{
    (void)state;
    struct credentials right = {.count = 0}, wrong = {.count = 0}, stranger = {.count = 0};
    add(&right, RFC5769_LONG_TERM_USERNAME, RFC5769_LONG_TERM_PASSWORD);
    add(&wrong, RFC5769_LONG_TERM_USERNAME, "TheMatriX");
    add(&stranger, "matrix", RFC5769_LONG_TERM_PASSWORD);
    const char *const vectors[] = {rfc5769_long_term_request, rfc8489_sha256_request};
    for (size_t i = 0; i < 2; i++) {
        decode(vectors[i]);
        assert_int_equal(check(&right), INTEGRITY_VERIFIED);
        assert_int_equal(check(&wrong), INTEGRITY_MISMATCH);
        assert_int_equal(check(&stranger), INTEGRITY_UNKNOWN);
        assert_int_equal(check(&(struct credentials){.count = 0}), INTEGRITY_UNKNOWN);
    }
}

/* Every bit before the digest, and of it, is covered; the header's length only by its adjustment.
 */
static void test_every_byte_counts(void **state)
{
    (void)state;
    struct credentials credentials = {.count = 0};
    add(&credentials, "turnuser", "cis:co");
    decode(allocate_request);
    assert_int_equal(check(&credentials), INTEGRITY_VERIFIED);
    size_t end = stun_find(&message, STUN_FINGERPRINT)->offset;
    size_t padding_of_realm = stun_find(&message, STUN_NONCE)->offset - 1;
    size_t digest = stun_find(&message, STUN_MESSAGE_INTEGRITY)->offset + 4;
    for (size_t i = 8; i < end; i++) {
        if (i >= STUN_HEADER_LENGTH && i < digest && i != padding_of_realm)
            continue;
        buffer[i] ^= 0x10;
        decode_again();
        assert_int_equal(check(&credentials), INTEGRITY_MISMATCH);
        buffer[i] ^= 0x10;
    }
    buffer[end + 4] ^= 0x10;
    decode_again();
    assert_int_equal(check(&credentials), INTEGRITY_VERIFIED);
}

static void test_any_password_of_the_user(void **state)
{
    (void)state;
    struct credentials credentials = {.count = 0};
    add(&credentials, "turnuser", "old");
    add(&credentials, "other", "cis:co");
    decode(allocate_request);
    assert_int_equal(check(&credentials), INTEGRITY_MISMATCH);
    add(&credentials, "turnuser", "cis:co");
    assert_int_equal(check(&credentials), INTEGRITY_VERIFIED);
}

static void test_both_attributes(void **state)
{
    (void)state;
    struct credentials credentials = {.count = 0};
    add(&credentials, "turnuser", "cis:co");
    decode(both_request);
    assert_int_equal(check(&credentials), INTEGRITY_VERIFIED);
    buffer[message.raw.length - 1] ^= 1;
    decode_again();
    assert_int_equal(check(&credentials), INTEGRITY_MISMATCH);
}

static void test_what_the_exchange_tells(void **state)
{
    (void)state;
    struct credentials credentials = {.count = 0};
    add(&credentials, "turnuser", "cis:co");
    const char *const responses[] = {md5_response, sha256_response};
    for (size_t i = 0; i < 2; i++) {
        decode(responses[i]);
        assert_int_equal(check(&credentials), INTEGRITY_UNKNOWN);
        assert_int_equal(check_known(&credentials, "turnuser", "lab.example"), INTEGRITY_VERIFIED);
        assert_int_equal(check_known(&credentials, "turnuser", "lab.exampl"), INTEGRITY_MISMATCH);
        assert_int_equal(check_known(&credentials, "turnuse", "lab.example"), INTEGRITY_UNKNOWN);
    }
}

static void test_without_a_realm(void **state)
{
    (void)state;
    struct credentials right = {.count = 0}, wrong = {.count = 0};
    add(&right, "turnuser", "cis:co");
    add(&wrong, "turnuser", "ciscO");
    decode(short_term_request);
    assert_int_equal(check(&right), INTEGRITY_VERIFIED);
    assert_int_equal(check(&wrong), INTEGRITY_UNKNOWN);
    assert_int_equal(check_known(&wrong, "", "lab.example"), INTEGRITY_MISMATCH);
}

static void test_nothing_to_verify(void **state)
{
    (void)state;
    struct credentials credentials = {.count = 0};
    add(&credentials, "turnuser", "cis:co");
    decode("00010000 2112a442 01020304 05060708 090a0b0c");
    assert_int_equal(check(&credentials), INTEGRITY_ABSENT);
    assert_int_equal(integrity_check_key(integrity, &message, text("cis:co")), INTEGRITY_ABSENT);
    decode("0001000c 2112a442 01020304 05060708 090a0b0c 00080008 0102030405060708");
    assert_int_equal(check(&credentials), INTEGRITY_UNKNOWN);
    decode("00010008 01020304 05060708 090a0b0c 0d0e0f10 00030004 00000000");
    assert_int_equal(check(&credentials), INTEGRITY_UNKNOWN);
}

static void test_every_cut(void **state)
{
    (void)state;
    struct credentials credentials = {.count = 0};
    add(&credentials, "turnuser", "cis:co");
    decode(both_request);
    struct bytes bytes = message.raw;
    size_t first_digest_end = stun_find(&message, STUN_MESSAGE_INTEGRITY_SHA256)->offset;
    for (size_t length = STUN_HEADER_LENGTH; length < bytes.length; length++) {
        assert_int_equal(stun_decode(&message, bytes_first(bytes, length), true),
                         DISSECT_CUT_SHORT);
        assert_int_equal(check(&credentials),
                         length < first_digest_end ? INTEGRITY_UNKNOWN : INTEGRITY_VERIFIED);
    }
}

static int set_up(void **state)
{
    (void)state;
    integrity = integrity_new();
    return integrity != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    integrity_free(integrity);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_term_vectors), cmocka_unit_test(test_long_term_vectors),
        cmocka_unit_test(test_every_byte_counts),  cmocka_unit_test(test_any_password_of_the_user),
        cmocka_unit_test(test_both_attributes),    cmocka_unit_test(test_what_the_exchange_tells),
        cmocka_unit_test(test_without_a_realm),    cmocka_unit_test(test_nothing_to_verify),
        cmocka_unit_test(test_every_cut),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
