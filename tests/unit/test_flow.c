/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/flow.h"

#include "analyzer/flow/hosts.h"
#include "tests/support/stun_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct flows flows;
static struct hosts hosts;

static int set_up(void **state)
{
    (void)state;
    return flows_init(&flows, 16) != 0 || hosts_init(&hosts, 16) != 0;
}

static int tear_down(void **state)
{
    (void)state;
    flows_free(&flows);
    hosts_free(&hosts);
    return 0;
}

/* Both directions are one flow, and each packet counts for its sender. */
static void test_both_directions(void **state)
{
    (void)state;
    struct transport_address client = place(STAGE_CLIENT, 40000),
                             server = place(STAGE_SERVER, 3478);
    unsigned sent, received;
    struct flow *flow = flows_note(&flows, &client, &server, 17, FLOW_OUTER, &sent);
    assert_ptr_equal(flows_note(&flows, &server, &client, 17, FLOW_OUTER, &received), flow);
    assert_int_equal(received, 1 - sent);
    assert_true(transport_address_compare(&flow->key.endpoint[0], &flow->key.endpoint[1]) < 0);
    assert_true(transport_address_equal(&flow->key.endpoint[sent], &client));
    assert_true(transport_address_equal(flow_initiator(flow), &client));
    assert_true(transport_address_equal(flow_responder(flow), &server));
    assert_int_equal(flow->packets[sent], 1);
    flows_note_again(&flows, flow, received);
    assert_int_equal(flow->packets[sent], 1);
    assert_int_equal(flow->packets[received], 2);
    flow->packets[sent] = UINT32_MAX; /* so many or more */
    flows_note_again(&flows, flow, sent);
    assert_int_equal(flow->packets[sent], UINT32_MAX);
}

/* Port, protocol and layer tell flows apart. */
static void test_told_apart(void **state)
{
    (void)state;
    struct transport_address client = place(STAGE_CLIENT, 40000),
                             server = place(STAGE_SERVER, 3478);
    struct transport_address other = place(STAGE_CLIENT, 40001);
    unsigned from;
    flows_note(&flows, &client, &server, 17, FLOW_OUTER, &from);
    flows_note(&flows, &client, &server, 6, FLOW_OUTER, &from);
    flows_note(&flows, &client, &server, 17, FLOW_RELAYED, &from);
    flows_note(&flows, &other, &server, 17, FLOW_OUTER, &from);
    assert_int_equal(flows.table.used, 4);
}

/* Either direction, and nothing else, leads to the same record. */
static void test_search(void **state)
{
    (void)state;
    struct transport_address client = place(STAGE_CLIENT, 40000),
                             server = place(STAGE_SERVER, 3478);
    const struct key_hash *hash = &flows.table.hash;
    const struct five_tuple there = {&client, &server, 17, FLOW_OUTER};
    const struct five_tuple back = {&server, &client, 17, FLOW_OUTER};
    const struct five_tuple others[] = {{&client, &server, 6, FLOW_OUTER},
                                        {&client, &server, 17, FLOW_RELAYED},
                                        {&client, &client, 17, FLOW_OUTER}};
    const struct flow_search search = flow_search_begin(hash, &there);
    assert_int_equal(flow_search_begin(hash, &back).hash, search.hash);
    assert_int_equal(flow_search_begin(hash, &back).from, 1 - search.from);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_not_equal(flow_search_begin(hash, &others[i]).hash, search.hash);
}

/* A guess may be of another flow, or of one that is gone, whose memory another one has or nobody.
 */
static void test_guesses(void **state)
{
    (void)state;
    struct transport_address client = place(STAGE_CLIENT, 40000),
                             server = place(STAGE_SERVER, 3478);
    unsigned from;
    const struct five_tuple tuple = {&client, &server, 17, FLOW_OUTER};
    const struct flow_search search = flow_search_begin(&flows.table.hash, &tuple);
    struct flow *flow = flows_note_found(&flows, &tuple, &search, NULL);
    assert_ptr_equal(flows_foresee_record(&flows, &search), flow);
    assert_ptr_equal(flows_note_found(&flows, &tuple, &search, flow), flow);
    struct flow *other = flows_note(&flows, &client, &server, 6, FLOW_OUTER, &from);
    assert_ptr_equal(flows_note_found(&flows, &tuple, &search, other), flow);
    assert_int_equal(flow->packets[search.from], 3);
    assert_int_equal(other->packets[from], 1);

    table_remove(&flows.table, flow); /* its key is still there */
    struct flow *again = flows_note_found(&flows, &tuple, &search, flow);
    assert_int_equal(again->packets[search.from], 1);
    assert_ptr_equal(flows_find(&flows, &client, &server, 17, FLOW_OUTER, &from), again);
    table_remove(&flows.table, again);
    struct flow *reused = flows_note(&flows, &server, &client, 6, FLOW_RELAYED, &from);
    assert_ptr_equal(reused, again);
    assert_ptr_not_equal(flows_note_found(&flows, &tuple, &search, again), reused);
    assert_int_equal(flows.table.used, 3);
}

/* Finding makes nothing and counts nothing. */
static void test_find(void **state)
{
    (void)state;
    struct transport_address client = place(STAGE_CLIENT, 40000),
                             server = place(STAGE_SERVER, 3478);
    unsigned from;
    assert_null(flows_find(&flows, &client, &server, 17, FLOW_OUTER, &from));
    assert_int_equal(flows.table.used, 0);
    struct flow *flow = flows_note(&flows, &client, &server, 17, FLOW_OUTER, &from);
    assert_ptr_equal(flows_find(&flows, &client, &server, 17, FLOW_OUTER, &from), flow);
    assert_true(transport_address_equal(&flow->key.endpoint[from], &client));
    assert_int_equal(flow->packets[0] + flow->packets[1], 1);
}

static void note_host(const char *source, const char *destination, uint16_t port)
{
    struct transport_address a = place(source, port), b = place(destination, port);
    unsigned from;
    const struct flow *flow = flows_note(&flows, &a, &b, 17, FLOW_OUTER, &from);
    hosts_note(&hosts, flow, from);
}

static const struct host *host(const char *address)
{
    struct transport_address found = place(address, 0);
    hosts_settle(&hosts);
    return table_find(&hosts.table, &found.ip);
}

static void test_hosts_seen_both_ways(void **state)
{
    (void)state;
    struct transport_address client = place(STAGE_CLIENT, 0), server = place(STAGE_SERVER, 0);
    assert_false(hosts_seen_both_ways(&hosts, &client.ip));
    note_host(STAGE_CLIENT, STAGE_SERVER, 1);
    assert_false(hosts_seen_both_ways(&hosts, &client.ip));
    assert_false(hosts_seen_both_ways(&hosts, &server.ip));
    note_host(STAGE_PEER, STAGE_CLIENT, 2);
    assert_true(hosts_seen_both_ways(&hosts, &client.ip));
    assert_false(hosts_seen_both_ways(&hosts, &server.ip));
}

/* A flow counts once for each of its hosts, and as begun for who sent first. */
static void test_hosts_count_flows(void **state)
{
    (void)state;
    note_host(STAGE_CLIENT, STAGE_SERVER, 1);
    note_host(STAGE_SERVER, STAGE_CLIENT, 1);
    note_host(STAGE_CLIENT, STAGE_PEER, 2);
    assert_int_equal(host(STAGE_CLIENT)->flows, 2);
    assert_int_equal(host(STAGE_CLIENT)->begun, 2);
    assert_int_equal(host(STAGE_SERVER)->flows, 1);
    assert_int_equal(host(STAGE_SERVER)->begun, 0);
    assert_true(host(STAGE_SERVER)->sends);
    assert_false(host(STAGE_PEER)->sends);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_both_directions),   TEST(test_told_apart), TEST(test_search),
        TEST(test_guesses),           TEST(test_find),       TEST(test_hosts_seen_both_ways),
        TEST(test_hosts_count_flows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
