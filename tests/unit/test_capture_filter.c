/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/filter.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MACS      "020000000001020000000002"
#define IP        "0800"
#define IPV6      "86dd"
#define TAG_5     "81000005"
#define TAG_7     "81000007"
#define OUTER_TAG "88a80009"
#define SLL       "000000010006020000000001 0000"
#define SLL2      "0000 00000001 0001 00 06 0200000000010000"

/* IPv4 10.0.0.1 to 10.0.0.2, UDP from 50000 to the port; a first and a later fragment of it; IPv6
 * UDP; the same in an IPv6 fragment. */
#define TO_PORT(port)  "45000020000100004011000 00a0000010a000002 c350" port "000c0000 7475726e"
#define TO_TURN        TO_PORT("0d96")
#define TO_DNS         TO_PORT("0035")
#define FIRST_FRAGMENT "4500002000012000401100000a0000010a000002 c3500d96000c0000 7475726e"
#define LATER_FRAGMENT "4500002000010003401100000a0000010a000002 7475726e7475726e7475726e"
#define V6_ADDRESSES   "20010db8000000000000000000000001 20010db8000000000000000000000002"
#define V6_TO_TURN     "60000000000c1140" V6_ADDRESSES "c3500d96000c00007475726e"
#define V6_TO_DNS      "60000000000c1140" V6_ADDRESSES "c3500035000c00007475726e"
#define V6_FRAGMENT    "6000000000142c40" V6_ADDRESSES "1100000100000001 c3500035000c00007475726e"

struct row {
    int link_type;
    const char *filter;
    const char *frame;
    bool passes;
};

static bool passes(const struct row *row)
{
    struct bpf_program program;
    uint8_t buffer[256];
    struct bytes frame = exact_copy(from_hex(row->frame, buffer, sizeof buffer));
    pcap_t *pcap = pcap_open_dead(row->link_type, 65535);
    assert_non_null(pcap);
    if (filter_compile(pcap, &program, row->filter) != 0)
        fail_msg("'%s': %s", row->filter, pcap_geterr(pcap));
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame.length,
                                 .len = (bpf_u_int32)frame.length};
    bool result = pcap_offline_filter(&program, &header, frame.data) != 0;
    free((void *)(uintptr_t)frame.data);
    pcap_freecode(&program);
    pcap_close(pcap);
    return result;
}

static const char port[] = "port 3478";

static const struct row rows[] = {
    {DLT_EN10MB, port, MACS IP TO_TURN, true},
    {DLT_EN10MB, port, MACS IP TO_DNS, false},
    {DLT_EN10MB, port, MACS IP FIRST_FRAGMENT, true},
    {DLT_EN10MB, port, MACS IP LATER_FRAGMENT, true},
    {DLT_EN10MB, port, MACS IPV6 V6_TO_TURN, true},
    {DLT_EN10MB, port, MACS IPV6 V6_TO_DNS, false},
    {DLT_EN10MB, port, MACS IPV6 V6_FRAGMENT, true},
    /* Behind a tag */
    {DLT_EN10MB, port, MACS TAG_5 IP TO_TURN, true},
    {DLT_EN10MB, port, MACS TAG_5 IP TO_DNS, false},
    {DLT_EN10MB, port, MACS TAG_5 IP LATER_FRAGMENT, true},
    {DLT_EN10MB, port, MACS TAG_5 IPV6 V6_TO_TURN, true},
    {DLT_EN10MB, port, MACS TAG_5 IPV6 V6_FRAGMENT, true},
    /* Behind two */
    {DLT_EN10MB, port, MACS OUTER_TAG TAG_5 IP TO_TURN, true},
    {DLT_EN10MB, port, MACS OUTER_TAG TAG_5 IP TO_DNS, false},
    {DLT_EN10MB, port, MACS TAG_5 TAG_7 IP LATER_FRAGMENT, true},
    /* Alternatives, and a negation, stay together */
    {DLT_EN10MB, "port 3478 or port 53", MACS TAG_5 IP TO_DNS, true},
    {DLT_EN10MB, "host 10.0.0.1 and not port 53", MACS IP TO_DNS, false},
    {DLT_EN10MB, "host 10.0.0.1 and not port 53", MACS TAG_5 IP TO_DNS, false},
    {DLT_EN10MB, "host 10.0.0.1 and not port 53", MACS TAG_5 IP TO_TURN, true},
    /* Who names a tag gets that one */
    {DLT_EN10MB, "vlan 5 and port 3478", MACS TAG_5 IP TO_TURN, true},
    {DLT_EN10MB, "vlan 5 and port 3478", MACS TAG_7 IP TO_TURN, false},
    {DLT_EN10MB, "vlan 5 and port 3478", MACS IP TO_TURN, false},
    {DLT_EN10MB, "vlan 5 and port 3478", MACS TAG_5 IP LATER_FRAGMENT, true},
    /* A name is not a word */
    {DLT_EN10MB, "ether host 02:00:00:00:00:01 and udp", MACS IP TO_DNS, true},
    /* Link types without tags: "any" passes what it cannot look into */
    {DLT_LINUX_SLL, port, SLL IP TO_TURN, true},
    {DLT_LINUX_SLL, port, SLL IP TO_DNS, false},
    {DLT_LINUX_SLL, port, SLL IP LATER_FRAGMENT, true},
    {DLT_LINUX_SLL, port, SLL IPV6 V6_FRAGMENT, true},
    {DLT_LINUX_SLL, port, SLL TAG_5 IP TO_TURN, true},
    {DLT_LINUX_SLL2, port, IP SLL2 TO_TURN, true},
    {DLT_LINUX_SLL2, port, IP SLL2 TO_DNS, false},
    {DLT_LINUX_SLL2, port, IP SLL2 LATER_FRAGMENT, true},
    {DLT_LINUX_SLL2, port, "8100" SLL2 "0005" IP TO_TURN, true},
    {DLT_RAW, port, TO_TURN, true},
    {DLT_RAW, port, TO_DNS, false},
    {DLT_RAW, port, LATER_FRAGMENT, true},
    {DLT_NULL, port, "02000000" TO_TURN, true},
    {DLT_NULL, port, "02000000" TO_DNS, false},
    {DLT_NULL, port, "02000000" LATER_FRAGMENT, true},
};

static void test_passes_what_belongs_to_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (passes(&rows[i]) != rows[i].passes)
            fail_msg("row %zu: '%s' on link type %d: %s", i, rows[i].filter, rows[i].link_type,
                     rows[i].passes ? "is dropped" : "passes");
}

/* What is wrong is said of the user's words, not of what was made of them. */
static void test_wrong_filter(void **state)
{
    (void)state;
    struct bpf_program program;
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 65535);
    assert_int_equal(filter_compile(pcap, &program, "port 3478) or (port 53"), -1);
    assert_non_null(strstr(pcap_geterr(pcap), "syntax error"));
    assert_int_equal(filter_compile(pcap, &program, "prot 3478"), -1);
    pcap_close(pcap);
    pcap = pcap_open_dead(DLT_RAW, 65535);
    assert_int_equal(filter_compile(pcap, &program, "vlan 5"), -1);
    assert_non_null(strstr(pcap_geterr(pcap), "VLAN"));
    pcap_close(pcap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passes_what_belongs_to_it),
        cmocka_unit_test(test_wrong_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
