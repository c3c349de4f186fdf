/* SPDX-License-Identifier: MIT */
#include "analyzer/evidence.h"

#include "analyzer/sighting.h"
#include "analyzer/track/transactions.h"
#include "dissectors/dns/message.h"
#include "dissectors/packet/packet.h"
#include "tests/support/stun_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void summary_is(const struct evidence *evidence, const char *expected)
{
    char text[160];
    assert_string_equal(evidence_summary(evidence, text, sizeof text), expected);
}

static void filter_is(const struct evidence *evidence, const char *expected)
{
    char text[160];
    assert_string_equal(evidence_display_filter(evidence, text, sizeof text), expected);
}

static void test_place(void **state)
{
    (void)state;
    struct stage *stage = new_stage();
    struct sighting sighting = see_server(stage, 1000);
    sighting.input = 3;
    struct evidence evidence = evidence_of(&sighting, EVIDENCE_STUN);
    assert_int_equal(evidence.time, sighting.time);
    assert_int_equal(evidence.frame, 1);
    assert_int_equal(evidence.input, 3);
    assert_int_equal(evidence.source.port, 3478);
    assert_int_equal(evidence.destination.port, 40000);
    assert_int_equal(evidence.flags, 0);
    stage->layer = FLOW_RELAYED;
    sighting = see_server(stage, 1000);
    assert_int_equal(evidence_of(&sighting, EVIDENCE_STUN).flags, EVIDENCE_RELAYED);
    free_stage(stage);
}

static void test_detail_is_cut_and_ends(void **state)
{
    (void)state;
    struct evidence evidence = {0};
    char longest[EVIDENCE_DETAIL + 10];
    memset(longest, 'a', sizeof longest);
    longest[2] = '\0';
    evidence_set_detail(&evidence, bytes_of(longest, sizeof longest));
    assert_int_equal(strlen(evidence.detail), EVIDENCE_DETAIL - 1);
    assert_int_equal(evidence.detail[2], '?');
}

/* Class and method are put together from the bits of RFC 8489's figure 3. */
static void test_stun(void **state)
{
    (void)state;
    summary_is(&(struct evidence){.protocol = EVIDENCE_STUN, .kind = WIRE_ALLOCATE},
               "Allocate Request, no credentials");
    summary_is(&(struct evidence){.protocol = EVIDENCE_STUN,
                                  .kind = WIRE_ALLOCATE,
                                  .flags = EVIDENCE_HAS_USERNAME | EVIDENCE_HAS_NONCE |
                                           EVIDENCE_HAS_INTEGRITY,
                                  .detail = "turnuser"},
               "Allocate Request, user turnuser, with nonce, signed");
    summary_is(&(struct evidence){.protocol = EVIDENCE_STUN,
                                  .kind = WIRE_PERMISSION,
                                  .flags = EVIDENCE_HAS_USERNAME | EVIDENCE_HAS_PEER,
                                  .peer = {.address = place("10.88.246.156", 0), .any_port = true}},
               "CreatePermission Request, peer 10.88.246.156");
    summary_is(&(struct evidence){.protocol = EVIDENCE_STUN,
                                  .kind = WIRE_CHANNEL_BIND,
                                  .flags = EVIDENCE_HAS_PEER,
                                  .peer = {.address = place("2001:db8::1", 9), .others = true}},
               "ChannelBind Request, peer [2001:db8::1]:9 and others");
    summary_is(&(struct evidence){.protocol = EVIDENCE_STUN,
                                  .kind = WIRE_ALLOCATE,
                                  .flags = EVIDENCE_HAS_USERNAME},
               "Allocate Request, user (hashed)");
    summary_is(
        &(struct evidence){.protocol = EVIDENCE_STUN, .kind = WIRE_ALLOCATE_ERROR, .code = 431},
        "Allocate Error Response: 431 Integrity Check Failure");
    summary_is(
        &(struct evidence){.protocol = EVIDENCE_STUN, .kind = WIRE_REFRESH_ERROR, .code = 699},
        "Refresh Error Response: 699");
    summary_is(&(struct evidence){.protocol = EVIDENCE_STUN, .kind = WIRE_CHANNEL_BIND_SUCCESS},
               "ChannelBind Success Response");
    summary_is(&(struct evidence){.protocol = EVIDENCE_STUN, .kind = WIRE_SEND_INDICATION},
               "Send Indication");
    summary_is(&(struct evidence){.protocol = EVIDENCE_STUN,
                                  .kind = WIRE_BINDING,
                                  .flags = EVIDENCE_RETRANSMISSION},
               "Binding Request, sent again");
    /* Method 0xfff, class request: every method bit of the figure is set. */
    summary_is(&(struct evidence){.protocol = EVIDENCE_STUN, .kind = 0x3eef},
               "STUN method 0xfff Request");
}

static void test_icmp(void **state)
{
    (void)state;
    struct transport_address v4 = place(STAGE_SERVER, 0), v6 = place("2001:db8::1", 0);
    summary_is(&(struct evidence){.protocol = EVIDENCE_ICMP, .source = v4, .kind = 3, .code = 3},
               "ICMP port unreachable");
    summary_is(&(struct evidence){.protocol = EVIDENCE_ICMP, .source = v4, .kind = 3, .code = 13},
               "ICMP communication administratively prohibited");
    summary_is(&(struct evidence){.protocol = EVIDENCE_ICMP, .source = v6, .kind = 1, .code = 4},
               "ICMPv6 port unreachable");
    summary_is(&(struct evidence){.protocol = EVIDENCE_ICMP, .source = v4, .kind = 11, .code = 1},
               "ICMP type 11 code 1");
}

static void test_dns(void **state)
{
    (void)state;
    summary_is(&(struct evidence){.protocol = EVIDENCE_DNS, .kind = 1, .detail = "a.example"},
               "DNS query A a.example");
    summary_is(&(struct evidence){.protocol = EVIDENCE_DNS,
                                  .kind = 1,
                                  .flags = EVIDENCE_RESPONSE,
                                  .code = DNS_NXDOMAIN,
                                  .detail = "a.example"},
               "DNS answer A a.example: NXDOMAIN");
    summary_is(&(struct evidence){.protocol = EVIDENCE_DNS,
                                  .kind = 65280,
                                  .flags = EVIDENCE_RESPONSE,
                                  .detail = "a.example"},
               "DNS answer TYPE65280 a.example");
}

static void test_other_protocols(void **state)
{
    (void)state;
    summary_is(&(struct evidence){.protocol = EVIDENCE_TCP, .kind = TCP_SYN | TCP_ACK},
               "TCP SYN, ACK");
    summary_is(&(struct evidence){.protocol = EVIDENCE_CHANNEL_DATA, .kind = 0x4001},
               "ChannelData on channel 0x4001");
    summary_is(
        &(struct evidence){.protocol = EVIDENCE_TLS, .kind = 1, .detail = "cmsweb.octavio.com"},
        "ClientHello cmsweb.octavio.com");
    /* A fatal (2) alert unknown_ca (48): RFC 8446 section 6.2. */
    summary_is(
        &(struct evidence){
            .protocol = EVIDENCE_TLS, .kind = EVIDENCE_TLS_RECORD | 21, .code = 48, .id = {2}},
        "Alert fatal unknown_ca");
    summary_is(&(struct evidence){.protocol = EVIDENCE_HTTP, .detail = "400 Bad Request"},
               "400 Bad Request");
}

/* Whatever the size, what is written ends within it. */
static void test_requests(void **state)
{
    (void)state;
    static const struct {
        struct evidence evidence;
        bool asks;
    } rows[] = {
        {{.protocol = EVIDENCE_STUN, .kind = 0x0003}, true},  /* Allocate request */
        {{.protocol = EVIDENCE_STUN, .kind = 0x0016}, false}, /* Send indication */
        {{.protocol = EVIDENCE_STUN, .kind = 0x0103}, false}, /* Allocate success response */
        {{.protocol = EVIDENCE_STUN, .kind = 0x0113}, false}, /* Allocate error response */
        {{.protocol = EVIDENCE_DNS}, true},
        {{.protocol = EVIDENCE_DNS, .flags = EVIDENCE_RESPONSE}, false},
        {{.protocol = EVIDENCE_TCP, .kind = 0x02}, true},  /* SYN */
        {{.protocol = EVIDENCE_TCP, .kind = 0x12}, false}, /* SYN, ACK */
        {{.protocol = EVIDENCE_TLS, .kind = 1}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(evidence_is_request(&rows[i].evidence), rows[i].asks);
}

static void test_every_size(void **state)
{
    (void)state;
    const struct evidence evidence = {.protocol = EVIDENCE_STUN,
                                      .kind = WIRE_ALLOCATE,
                                      .flags = EVIDENCE_HAS_USERNAME | EVIDENCE_RETRANSMISSION,
                                      .detail = "turnuser"};
    static const char whole[] = "Allocate Request, user turnuser, sent again";
    for (size_t size = 1; size <= sizeof whole; size++) {
        char *text = malloc(size);
        assert_non_null(text);
        evidence_summary(&evidence, text, size);
        assert_int_equal(strlen(text), size - 1);
        assert_memory_equal(text, whole, size - 1);
        evidence_display_filter(&evidence, text, size);
        assert_true(strlen(text) < size);
        free(text);
    }
}

static void test_display_filters(void **state)
{
    (void)state;
    filter_is(&(struct evidence){.protocol = EVIDENCE_STUN,
                                 .id = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0xff}},
              "stun.id == 00:01:02:03:04:05:06:07:08:09:0a:ff");
    filter_is(&(struct evidence){.protocol = EVIDENCE_STUN,
                                 .flags = EVIDENCE_CLASSIC,
                                 .id = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
              "classicstun.id == 00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f");
    filter_is(&(struct evidence){.protocol = EVIDENCE_DNS, .id = {0x12, 0x34}, .frame = 7},
              "dns.id == 0x1234");
    filter_is(&(struct evidence){.protocol = EVIDENCE_TCP, .frame = 7}, "frame.number == 7");
    filter_is(&(struct evidence){.protocol = EVIDENCE_LOG, .frame = 7}, "");
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(evidence_protocol_name(&(struct evidence){.protocol = EVIDENCE_STUN}),
                        "STUN");
    assert_string_equal(evidence_protocol_name(&(struct evidence){.protocol = EVIDENCE_DTLS}),
                        "DTLS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_place),      cmocka_unit_test(test_detail_is_cut_and_ends),
        cmocka_unit_test(test_stun),       cmocka_unit_test(test_icmp),
        cmocka_unit_test(test_dns),        cmocka_unit_test(test_other_protocols),
        cmocka_unit_test(test_every_size), cmocka_unit_test(test_display_filters),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
