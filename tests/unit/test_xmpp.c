/* SPDX-License-Identifier: MIT */
#include "dissectors/xmpp/tag.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct bytes text(const char *string)
{
    return bytes_of(string, strlen(string));
}

static void assert_text(struct bytes bytes, const char *expected)
{
    assert_true(bytes_equal(bytes, text(expected)));
}

static const char opening[] =
    "<?xml version='1.0'?>"
    "<stream:stream to='example.com' xmlns=\"jabber:client\" version='1.0'>\n"
    "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

static void test_stream_opening(void **state)
{
    (void)state;
    struct bytes rest = text(opening);
    struct xmpp_tag tag;
    assert_int_equal(xmpp_recognise(rest), DISSECT_OK);
    assert_int_equal(xmpp_tag_next(&tag, &rest), DISSECT_OK);
    assert_int_equal(tag.kind, XMPP_STREAM);
    assert_text(tag.name, "stream:stream");
    assert_int_equal(xmpp_tag_next(&tag, &rest), DISSECT_OK);
    assert_int_equal(tag.kind, XMPP_STARTTLS);
    assert_int_equal(rest.length, 0);
    assert_int_equal(xmpp_tag_next(&tag, &rest), DISSECT_INCOMPLETE);
}

static void test_stream_error(void **state)
{
    (void)state;
    struct bytes rest = text("<stream:error><host-unknown xmlns='urn:x'/></stream:error>");
    struct xmpp_tag tag;
    assert_int_equal(xmpp_tag_next(&tag, &rest), DISSECT_OK);
    assert_int_equal(tag.kind, XMPP_STREAM_ERROR);
    assert_false(tag.is_end);
    assert_int_equal(xmpp_tag_next(&tag, &rest), DISSECT_OK);
    assert_int_equal(tag.kind, XMPP_OTHER);
    assert_text(tag.name, "host-unknown");
    assert_int_equal(xmpp_tag_next(&tag, &rest), DISSECT_OK);
    assert_int_equal(tag.kind, XMPP_STREAM_ERROR);
    assert_true(tag.is_end);
}

static void test_answers(void **state)
{
    (void)state;
    struct xmpp_tag tag;
    struct bytes proceed = text("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    assert_int_equal(xmpp_tag_next(&tag, &proceed), DISSECT_OK);
    assert_int_equal(tag.kind, XMPP_PROCEED);
    struct bytes failure = text("<failure/>");
    assert_int_equal(xmpp_tag_next(&tag, &failure), DISSECT_OK);
    assert_int_equal(tag.kind, XMPP_FAILURE);
}

static void test_recognition(void **state)
{
    (void)state;
    assert_int_equal(xmpp_recognise(text("<stream:stream to='a'>")), DISSECT_OK);
    assert_int_equal(xmpp_recognise(text("<html>")), DISSECT_NOT_MINE);
    assert_int_equal(xmpp_recognise(text("\x16\x03\x01")), DISSECT_NOT_MINE);
    assert_int_equal(xmpp_recognise(text("<")), DISSECT_INCOMPLETE);
    assert_int_equal(xmpp_recognise(text("")), DISSECT_INCOMPLETE);
}

static void test_odd_tags(void **state)
{
    (void)state;
    static const char *const tags[] = {"<a to>",  "<a to=>", "<a to=x>", "<a to='x>",
                                       "<a =''>", "<>",      "</>"};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        struct bytes copy = exact_copy(text(tags[i]));
        struct bytes rest = copy;
        struct xmpp_tag tag;
        assert_int_equal(xmpp_tag_next(&tag, &rest), DISSECT_OK);
        assert_int_equal(tag.kind, XMPP_OTHER);
        assert_int_equal(rest.length, 0);
        free((void *)copy.data);
    }
}

static void test_endless_tag(void **state)
{
    (void)state;
    char *endless = malloc(XMPP_TAG_MAXIMUM + 1);
    memset(endless, '<', XMPP_TAG_MAXIMUM + 1);
    struct bytes rest = bytes_of(endless, XMPP_TAG_MAXIMUM);
    struct xmpp_tag tag;
    assert_int_equal(xmpp_tag_next(&tag, &rest), DISSECT_INCOMPLETE);
    rest = bytes_of(endless, XMPP_TAG_MAXIMUM + 1);
    assert_int_equal(xmpp_tag_next(&tag, &rest), DISSECT_MALFORMED);
    free(endless);
}

static void test_every_truncation(void **state)
{
    (void)state;
    for (size_t length = 0; length < strlen(opening); length++) {
        struct bytes part = exact_copy(bytes_first(text(opening), length));
        struct bytes rest = part;
        struct xmpp_tag tag;
        unsigned found = 0;
        while (xmpp_tag_next(&tag, &rest) == DISSECT_OK)
            found++;
        assert_int_equal(found, length >= 89 ? 1 : 0);
        assert_int_equal(xmpp_recognise(part), length < 5 ? DISSECT_INCOMPLETE : DISSECT_OK);
        free((void *)part.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream_opening),   cmocka_unit_test(test_stream_error),
        cmocka_unit_test(test_answers),          cmocka_unit_test(test_recognition),
        cmocka_unit_test(test_odd_tags),         cmocka_unit_test(test_endless_tag),
        cmocka_unit_test(test_every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
