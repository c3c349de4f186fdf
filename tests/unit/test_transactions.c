/* SPDX-License-Identifier: MIT */
#include "analyzer/track/transactions.h"

#include "analyzer/limits.h"
#include "dissectors/packet/packet.h"
#include "tests/support/stun_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct stage *stage;
static struct transactions transactions;

static int set_up(void **state)
{
    (void)state;
    stage = new_stage();
    return transactions_init(&transactions, 16);
}

static int tear_down(void **state)
{
    (void)state;
    transactions_free(&transactions);
    free_stage(stage);
    return 0;
}

static struct transaction *note(const struct stun_draft *draft, struct sighting sighting,
                                enum transaction_step expected)
{
    struct stun_message message = stun_decoded(draft);
    enum transaction_step step;
    struct transaction *transaction = transactions_note(&transactions, &message, &sighting, &step);
    assert_int_equal(step, expected);
    return transaction;
}

static struct transaction *ask(int64_t milliseconds, uint8_t id, enum transaction_step expected)
{
    struct stun_draft draft = stun_draft_of(WIRE_BINDING, id);
    return note(&draft, see_client(stage, milliseconds), expected);
}

static struct transaction *answer(int64_t milliseconds, uint8_t id, enum transaction_step expected)
{
    struct stun_draft draft = stun_draft_of(WIRE_BINDING_SUCCESS, id);
    return note(&draft, see_server(stage, milliseconds), expected);
}

static void test_answered(void **state)
{
    (void)state;
    struct transaction *t = ask(1000, 7, TRANSACTION_STEP_REQUEST);
    assert_int_equal(t->state, TRANSACTION_PENDING);
    assert_true(t->request_seen);
    assert_int_equal(t->method, STUN_BINDING);
    assert_int_equal(t->lifetime, UINT32_MAX);
    assert_int_equal(t->transmissions, 1);
    assert_ptr_equal(answer(1025, 7, TRANSACTION_STEP_ANSWER), t);
    assert_int_equal(t->state, TRANSACTION_SUCCEEDED);
    assert_int_equal(t->answered - t->first_sent, 25 * MILLISECONDS);
    assert_int_equal(t->client.port, 40000);
    assert_int_equal(t->server.port, 3478);
    assert_int_equal(t->request.frame, 1);
    assert_int_equal(t->response.frame, 2);
}

static void test_error_answer(void **state)
{
    (void)state;
    struct stun_draft error = stun_draft_of(WIRE_BINDING_ERROR, 7);
    stun_add_error(&error, 420, "Unknown Attribute");
    ask(1000, 7, TRANSACTION_STEP_REQUEST);
    struct transaction *t = note(&error, see_server(stage, 1010), TRANSACTION_STEP_ANSWER);
    assert_int_equal(t->state, TRANSACTION_FAILED);
    assert_int_equal(t->error_code, 420);
    assert_int_equal(t->response.code, 420);
}

static void test_what_the_request_carries(void **state)
{
    (void)state;
    struct stun_draft draft = stun_draft_of(WIRE_CHANNEL_BIND, 1);
    stun_add_number(&draft, STUN_CHANNEL_NUMBER, 0x40000000u);
    stun_add_number(&draft, STUN_LIFETIME, 0);
    stun_add_address(&draft, STUN_XOR_PEER_ADDRESS, STAGE_PEER, 9000);
    stun_add_credentials(&draft, "turnuser", "n1");
    struct transaction *t = note(&draft, see_client(stage, 1000), TRANSACTION_STEP_REQUEST);
    assert_int_equal(t->channel, 0x4000);
    assert_int_equal(t->lifetime, 0);
    assert_int_equal(t->peer_count, 1);
    struct transport_address peer = place(STAGE_PEER, 9000);
    assert_true(transport_address_equal(&t->peers[0], &peer));
    assert_true(t->has_username && t->has_integrity && t->has_nonce);
    assert_true(t->nonce == transaction_nonce_hash(bytes_of("n1", 2)));
    assert_true(t->request.flags & EVIDENCE_HAS_PEER);
    assert_true(transport_address_equal(&t->request.peer.address, &peer));
    assert_false(t->request.peer.any_port || t->request.peer.others);
}

/* More XOR-PEER-ADDRESS than are kept are counted all the same. */
static void test_many_peers(void **state)
{
    (void)state;
    struct stun_draft draft = stun_draft_of(WIRE_PERMISSION, 1);
    for (unsigned i = 0; i < TRANSACTION_PEERS + 2; i++)
        stun_add_address(&draft, STUN_XOR_PEER_ADDRESS, STAGE_PEER, (uint16_t)(9000 + i));
    struct transaction *t = note(&draft, see_client(stage, 1000), TRANSACTION_STEP_REQUEST);
    assert_int_equal(t->peer_count, TRANSACTION_PEERS + 2);
    assert_int_equal(t->peers[TRANSACTION_PEERS - 1].port, 9000 + TRANSACTION_PEERS - 1);
    assert_true(t->request.peer.any_port && t->request.peer.others);
    assert_int_equal(t->request.peer.address.port, 0);
}

static void test_retransmission_and_duplicate(void **state)
{
    (void)state;
    struct transaction *t = ask(1000, 7, TRANSACTION_STEP_REQUEST);
    ask(1009, 7, TRANSACTION_STEP_DUPLICATE);
    assert_int_equal(t->transmissions, 1);
    ask(1500, 7, TRANSACTION_STEP_REPEAT);
    assert_int_equal(t->transmissions, 2);
    assert_int_equal(t->first_sent, 1000 * MILLISECONDS);
    assert_int_equal(t->last_sent, 1500 * MILLISECONDS);
    assert_int_equal(t->request.frame, 1);
    assert_int_equal(transaction_repetition(t).frame, 3);
    assert_true(transaction_repetition(t).flags & EVIDENCE_RETRANSMISSION);
}

static void test_late_and_duplicate_answers(void **state)
{
    (void)state;
    ask(1000, 7, TRANSACTION_STEP_REQUEST);
    struct transaction *t = answer(1020, 7, TRANSACTION_STEP_ANSWER);
    answer(1025, 7, TRANSACTION_STEP_DUPLICATE);
    answer(1520, 7, TRANSACTION_STEP_LATE);
    assert_int_equal(t->answered, 1020 * MILLISECONDS);
    assert_int_equal(t->response.frame, 2);
}

/* A capture that began in between: who asked is known all the same. */
static void test_orphan_answer(void **state)
{
    (void)state;
    struct transaction *t = answer(1000, 7, TRANSACTION_STEP_ANSWER);
    assert_false(t->request_seen);
    assert_int_equal(t->client.port, 40000);
    assert_int_equal(t->server.port, 3478);
}

static void test_indication(void **state)
{
    (void)state;
    struct stun_draft draft = stun_draft_of(WIRE_SEND_INDICATION, 7);
    assert_null(note(&draft, see_client(stage, 1000), TRANSACTION_STEP_NONE));
}

/* The same transaction ID on another flow, or another one on the same flow, is another transaction;
 * answers out of order find theirs. */
static void test_told_apart(void **state)
{
    (void)state;
    struct stun_draft same = stun_draft_of(WIRE_BINDING, 7);
    struct transaction *first = ask(1000, 7, TRANSACTION_STEP_REQUEST);
    struct transaction *second = ask(1001, 8, TRANSACTION_STEP_REQUEST);
    struct transaction *other =
        note(&same, see(stage, 1002, place(STAGE_CLIENT, 40001), place(STAGE_SERVER, 3478)),
             TRANSACTION_STEP_REQUEST);
    assert_ptr_not_equal(first, other);
    assert_ptr_equal(answer(1010, 8, TRANSACTION_STEP_ANSWER), second);
    assert_int_equal(first->state, TRANSACTION_PENDING);
    assert_int_equal(other->state, TRANSACTION_PENDING);
}

/* RFC 8489 section 6.2.1: 39.5 s. */
static void test_expiry(void **state)
{
    (void)state;
    ask(1000, 7, TRANSACTION_STEP_REQUEST);
    ask(1001, 8, TRANSACTION_STEP_REQUEST);
    answer(1001, 8, TRANSACTION_STEP_ANSWER);
    assert_null(transactions_expire(&transactions, 40499 * MILLISECONDS));
    struct transaction *t = transactions_expire(&transactions, 40500 * MILLISECONDS);
    assert_non_null(t);
    assert_int_equal(t->state, TRANSACTION_UNANSWERED);
    assert_null(transactions_expire(&transactions, 40500 * MILLISECONDS));
    t = transactions_expire(&transactions, 40501 * MILLISECONDS);
    assert_non_null(t);
    assert_int_equal(t->state, TRANSACTION_SUCCEEDED);
    assert_int_equal(transactions.table.used, 0);
}

/* Silence counts after 3 s and three transmissions. */
static void test_end_over_udp(void **state)
{
    (void)state;
    struct transaction *t = ask(1000, 7, TRANSACTION_STEP_REQUEST);
    ask(1500, 7, TRANSACTION_STEP_REPEAT);
    assert_null(transactions_end(&transactions, NULL, 9000 * MILLISECONDS));
    ask(2500, 7, TRANSACTION_STEP_REPEAT);
    assert_null(transactions_end(&transactions, NULL, 3999 * MILLISECONDS));
    assert_int_equal(t->state, TRANSACTION_PENDING);
    assert_ptr_equal(transactions_end(&transactions, NULL, 4000 * MILLISECONDS), t);
    assert_int_equal(t->state, TRANSACTION_UNANSWERED);
    assert_null(transactions_end(&transactions, t, 4000 * MILLISECONDS));
}

/* A client sends once over TCP. */
static void test_end_over_tcp(void **state)
{
    (void)state;
    stage->protocol = IP_PROTOCOL_TCP;
    struct transaction *t = ask(1000, 7, TRANSACTION_STEP_REQUEST);
    assert_ptr_equal(transactions_end(&transactions, NULL, 4000 * MILLISECONDS), t);
}

static void test_quoted(void **state)
{
    (void)state;
    struct transaction *first = ask(1000, 7, TRANSACTION_STEP_REQUEST);
    struct transaction *latest = ask(1001, 8, TRANSACTION_STEP_REQUEST);
    struct sighting sighting = see_client(stage, 1002), other_way = see_server(stage, 1003);
    struct stun_draft draft = stun_draft_of(WIRE_BINDING, 7);
    struct stun_draft unknown = stun_draft_of(WIRE_BINDING, 9);
    assert_ptr_equal(transactions_quoted(&transactions, &sighting, bytes_of(draft.wire, 20)),
                     first);
    assert_null(transactions_quoted(&transactions, &sighting, bytes_of(unknown.wire, 20)));
    assert_ptr_equal(transactions_quoted(&transactions, &sighting, bytes_of(draft.wire, 0)),
                     latest);
    assert_null(transactions_quoted(&transactions, &other_way, bytes_of(draft.wire, 0)));
}

/* The snaplen took the MESSAGE-INTEGRITY that RFC 8489 section 9.2.4 demands with a USERNAME. */
static void test_integrity_hidden_by_the_snaplen(void **state)
{
    (void)state;
    struct stun_draft draft = stun_draft_of(WIRE_ALLOCATE, 1);
    stun_add_credentials(&draft, "turnuser", "n1");
    struct stun_message message;
    enum transaction_step step;
    struct sighting sighting = see_client(stage, 1000);
    assert_int_equal(stun_decode(&message, bytes_of(draft.wire, 40), true), DISSECT_CUT_SHORT);
    struct transaction *t = transactions_note(&transactions, &message, &sighting, &step);
    assert_true(t->has_username && t->has_integrity && t->integrity_hidden);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_answered),
        TEST(test_error_answer),
        TEST(test_what_the_request_carries),
        TEST(test_many_peers),
        TEST(test_retransmission_and_duplicate),
        TEST(test_late_and_duplicate_answers),
        TEST(test_orphan_answer),
        TEST(test_indication),
        TEST(test_told_apart),
        TEST(test_expiry),
        TEST(test_end_over_udp),
        TEST(test_end_over_tcp),
        TEST(test_quoted),
        TEST(test_integrity_hidden_by_the_snaplen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
