/* SPDX-License-Identifier: MIT */
#include "analyzer/track/allocation_use.h"

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
static struct allocations allocations;
static struct transaction *latest; /* what the latest message belongs to */

static int set_up(void **state)
{
    (void)state;
    stage = new_stage();
    return transactions_init(&transactions, 64) != 0 || allocations_init(&allocations, 16) != 0;
}

static int tear_down(void **state)
{
    (void)state;
    allocations_free(&allocations);
    transactions_free(&transactions);
    free_stage(stage);
    return 0;
}

static struct allocation *note(const struct stun_draft *draft, int64_t milliseconds)
{
    struct stun_message message = stun_decoded(draft);
    bool asks = message.class == STUN_REQUEST;
    struct sighting sighting =
        asks ? see_client(stage, milliseconds) : see_server(stage, milliseconds);
    enum transaction_step step;
    latest = transactions_note(&transactions, &message, &sighting, &step);
    return allocations_note(&allocations, &message, latest, step, &sighting);
}

static struct allocation *ask(int64_t milliseconds, uint8_t id)
{
    struct stun_draft draft = stun_draft_of(WIRE_ALLOCATE, id);
    stun_add_number(&draft, STUN_REQUESTED_TRANSPORT, 17u << 24);
    return note(&draft, milliseconds);
}

static struct allocation *ask_signed(int64_t milliseconds, uint8_t id, const char *nonce)
{
    struct stun_draft draft = stun_draft_of(WIRE_ALLOCATE, id);
    stun_add_number(&draft, STUN_REQUESTED_TRANSPORT, 17u << 24);
    stun_add_credentials(&draft, "turnuser", nonce);
    return note(&draft, milliseconds);
}

static struct allocation *challenge(int64_t milliseconds, uint8_t id, unsigned code,
                                    const char *nonce)
{
    struct stun_draft draft = stun_draft_of(WIRE_ALLOCATE_ERROR, id);
    stun_add_error(&draft, code, "");
    stun_add_text(&draft, STUN_REALM, "octavio.com");
    stun_add_text(&draft, STUN_NONCE, nonce);
    return note(&draft, milliseconds);
}

static struct allocation *grant(int64_t milliseconds, uint8_t id)
{
    struct stun_draft draft = stun_draft_of(WIRE_ALLOCATE_SUCCESS, id);
    stun_add_address(&draft, STUN_XOR_RELAYED_ADDRESS, STAGE_SERVER, 24002);
    stun_add_address(&draft, STUN_XOR_MAPPED_ADDRESS, STAGE_CLIENT, 40000);
    stun_add_number(&draft, STUN_LIFETIME, 600);
    stun_add_text(&draft, STUN_SOFTWARE, "coturn");
    return note(&draft, milliseconds);
}

static struct allocation *allocated(void)
{
    ask(1000, 1);
    challenge(1010, 1, 401, "n1");
    ask_signed(1020, 2, "n1");
    return grant(1030, 2);
}

static struct allocation *refresh(int64_t milliseconds, uint8_t id, uint32_t lifetime)
{
    struct stun_draft draft = stun_draft_of(WIRE_REFRESH, id);
    stun_add_number(&draft, STUN_LIFETIME, lifetime);
    stun_add_credentials(&draft, "turnuser", "n1");
    return note(&draft, milliseconds);
}

static struct allocation *refresh_refused(int64_t milliseconds, uint8_t id, unsigned code)
{
    struct stun_draft draft = stun_draft_of(WIRE_REFRESH_ERROR, id);
    stun_add_error(&draft, code, "");
    return note(&draft, milliseconds);
}

static void permit(int64_t milliseconds, uint8_t id)
{
    struct stun_draft draft = stun_draft_of(WIRE_PERMISSION, id);
    stun_add_address(&draft, STUN_XOR_PEER_ADDRESS, STAGE_PEER, 9000);
    note(&draft, milliseconds);
    struct stun_draft success = stun_draft_of(WIRE_PERMISSION_SUCCESS, id);
    note(&success, milliseconds + 5);
}

static void bind_channel(int64_t milliseconds, uint8_t id, uint32_t number, uint16_t port)
{
    struct stun_draft draft = stun_draft_of(WIRE_CHANNEL_BIND, id);
    stun_add_number(&draft, STUN_CHANNEL_NUMBER, number << 16);
    stun_add_address(&draft, STUN_XOR_PEER_ADDRESS, STAGE_PEER, port);
    note(&draft, milliseconds);
    struct stun_draft success = stun_draft_of(WIRE_CHANNEL_BIND_SUCCESS, id);
    note(&success, milliseconds + 5);
}

static void send_data(int64_t milliseconds)
{
    struct sighting sighting = see_client(stage, milliseconds);
    struct transport_address peer = place(STAGE_PEER, 9000);
    assert_non_null(
        allocations_note_data(&allocations, &sighting, true, &peer, 100, &stage->events));
}

static const struct channel *use_channel(int64_t milliseconds, uint16_t number)
{
    struct sighting sighting = see_client(stage, milliseconds);
    return allocations_channel(&allocations, &sighting, number, &stage->events);
}

static void test_way_in(void **state)
{
    (void)state;
    struct allocation *a = ask(1000, 1);
    assert_int_equal(a->state, ALLOCATION_ASKED);
    assert_int_equal(a->transport, 17);
    assert_true(a->start_seen);
    challenge(1010, 1, 401, "n1");
    assert_int_equal(a->state, ALLOCATION_CHALLENGED);
    assert_int_equal(a->challenges, 1);
    assert_string_equal(a->server_realm, "octavio.com");
    assert_false(a->realm_empty);
    ask_signed(1020, 2, "n1");
    assert_int_equal(a->state, ALLOCATION_AUTHENTICATING);
    assert_string_equal(a->username, "turnuser");
    assert_ptr_equal(grant(1030, 2), a);
    assert_int_equal(a->state, ALLOCATION_ALLOCATED);
    assert_int_equal(a->lifetime, 600);
    assert_int_equal(a->relayed.port, 24002);
    assert_int_equal(a->mapped.port, 40000);
    assert_string_equal(a->software, "coturn");
    assert_int_equal(a->error_code, 0);
    assert_int_equal(a->asked.frame, 1);
    assert_int_equal(a->challenged.frame, 2);
    assert_int_equal(a->authenticated.frame, 3);
    assert_int_equal(a->concluded.frame, 4);
    assert_string_equal(allocation_state_name(a), "allocated");
}

/* A 401 is the challenge when nothing was signed, and a refusal when the request was. */
static void test_refusal(void **state)
{
    (void)state;
    struct allocation *a = ask(1000, 1);
    challenge(1010, 1, 401, "n1");
    ask_signed(1020, 2, "n1");
    struct stun_draft draft = stun_draft_of(WIRE_ALLOCATE_ERROR, 2);
    stun_add_error(&draft, 401, "Unauthorized");
    note(&draft, 1030);
    assert_int_equal(a->state, ALLOCATION_REFUSED);
    assert_int_equal(a->error_code, 401);
    assert_string_equal(a->reason, "Unauthorized");
    assert_string_equal(allocation_state_name(a), "refused");
}

static void test_redirection(void **state)
{
    (void)state;
    struct allocation *a = ask(1000, 1);
    struct stun_draft draft = stun_draft_of(WIRE_ALLOCATE_ERROR, 1);
    const uint8_t alternate[] = {0, 1, 0x0d, 0x96, 10, 0, 0, 9};
    stun_add_error(&draft, 300, "Try Alternate");
    stun_add(&draft, STUN_ALTERNATE_SERVER, alternate, sizeof alternate);
    note(&draft, 1010);
    struct transport_address expected = place("10.0.0.9", 3478);
    assert_int_equal(a->error_code, 300);
    assert_true(transport_address_equal(&a->alternate, &expected));
}

static void test_realm_missing(void **state)
{
    (void)state;
    struct allocation *a = ask(1000, 1);
    struct stun_draft draft = stun_draft_of(WIRE_ALLOCATE_ERROR, 1);
    stun_add_error(&draft, 401, "Unauthorized");
    stun_add_text(&draft, STUN_NONCE, "n1");
    note(&draft, 1010);
    assert_int_equal(a->state, ALLOCATION_CHALLENGED);
    assert_true(a->realm_empty);
}

/* A server that never accepts the nonce it has just issued. Success ends the row. */
static void test_stale_nonces(void **state)
{
    (void)state;
    struct allocation *a = ask(1000, 1);
    challenge(1010, 1, 401, "n1");
    ask_signed(1020, 2, "n1");
    challenge(1030, 2, 438, "n2");
    assert_int_equal(a->state, ALLOCATION_CHALLENGED);
    assert_int_equal(a->stale_nonces, 1);
    assert_false(latest->nonce_outdated);
    ask_signed(1040, 3, "n2");
    challenge(1050, 3, 438, "n3");
    assert_int_equal(a->stale_nonces, 2);
    ask_signed(1060, 4, "n1"); /* the client's fault: not the newest one */
    challenge(1070, 4, 438, "n3");
    assert_true(latest->nonce_outdated);
    assert_int_equal(a->stale_nonces, 2);
    ask_signed(1080, 5, "n3");
    grant(1090, 5);
    assert_int_equal(a->stale_nonces, 0);
}

static void test_refresh_and_release(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    refresh(300000, 3, 1200);
    struct stun_draft success = stun_draft_of(WIRE_REFRESH_SUCCESS, 3);
    stun_add_number(&success, STUN_LIFETIME, 1200);
    note(&success, 300010);
    assert_int_equal(a->state, ALLOCATION_ALLOCATED);
    assert_int_equal(a->lifetime, 1200);
    assert_int_equal(a->refreshed, 300010 * MILLISECONDS);
    refresh(301000, 4, 0);
    struct stun_draft released = stun_draft_of(WIRE_REFRESH_SUCCESS, 4);
    stun_add_number(&released, STUN_LIFETIME, 0);
    note(&released, 301010);
    assert_int_equal(a->state, ALLOCATION_RELEASED);
}

/* 437 says that there is no allocation: what a release wants, and what a refresh does not. */
static void test_mismatch_on_release(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    refresh(2000, 3, 0);
    refresh_refused(2010, 3, 437);
    assert_int_equal(a->state, ALLOCATION_RELEASED);
}

static void test_mismatch_on_refresh(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    refresh(2000, 3, 600);
    refresh_refused(2010, 3, 438);
    assert_int_equal(a->state, ALLOCATION_ALLOCATED);
    refresh(2020, 4, 600);
    refresh_refused(2030, 4, 437);
    assert_int_equal(a->state, ALLOCATION_EXPIRED);
}

/* RFC 8656 section 9: a permission lasts 300 s. */
static void test_permission(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    permit(2000, 3);
    assert_int_equal(a->permission_count, 1);
    send_data(3000);
    send_data(302005);
    assert_int_equal(stage->events.count, 0);
    send_data(302006);
    const struct event *event = only_event(stage, EVENT_TURN_PERMISSION_MISSING);
    assert_ptr_equal(event->allocation, a);
    assert_int_equal(event->evidence.frame, stage->frame);
    assert_int_equal(a->permissions[0].sent_without, 1);
    assert_int_equal(a->to_peer_packets, 3);
    assert_int_equal(a->to_peer_bytes, 300);
}

static void test_data_without_permission(void **state)
{
    (void)state;
    allocated();
    send_data(2000);
    only_event(stage, EVENT_TURN_PERMISSION_MISSING);
}

/* The capture began later: the permission may have been asked before. */
static void test_data_of_unseen_allocation(void **state)
{
    (void)state;
    send_data(2000);
    assert_int_equal(stage->events.count, 0);
    struct sighting sighting = see_client(stage, 2001);
    struct allocation *a = allocations_of(&allocations, sighting.flow);
    assert_non_null(a);
    assert_int_equal(a->state, ALLOCATION_UNSEEN);
    assert_false(a->start_seen);
}

/* RFC 8656 section 12: a binding lasts 600 s and installs a permission. */
static void test_channel(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    bind_channel(2000, 3, 0x4001, 9000);
    assert_int_equal(a->channel_count, 1);
    const struct channel *channel = use_channel(602005, 0x4001);
    assert_non_null(channel);
    assert_int_equal(channel->peer.port, 9000);
    assert_int_equal(stage->events.count, 0);
    assert_ptr_equal(use_channel(602006, 0x4001), channel);
    use_channel(603000, 0x4001);
    use_channel(605005, 0x4001);
    assert_int_equal(stage->events.count, 0); /* the capture may have lost a renewal */
    use_channel(605006, 0x4001);
    only_event(stage, EVENT_TURN_CHANNEL_EXPIRED);
    send_data(2100);
    assert_int_equal(stage->events.count, 0);
}

/* The server uses it after its end: it was renewed, out of sight. */
static void test_channel_renewed_unseen(void **state)
{
    (void)state;
    allocated();
    bind_channel(2000, 3, 0x4001, 9000);
    use_channel(610000, 0x4001);
    use_channel(611000, 0x4001);
    struct sighting from_server = see_server(stage, 612000);
    assert_non_null(allocations_channel(&allocations, &from_server, 0x4001, &stage->events));
    for (int64_t time = 613000; time <= 640000; time += 1000)
        use_channel(time, 0x4001);
    assert_int_equal(stage->events.count, 0);
}

/* Where TURN may be told from ChannelData alone. */
static void test_ports(void **state)
{
    (void)state;
    const struct {
        uint16_t port;
        unsigned usual, at_site;
    } rows[] = {{3478, 2, 2}, {3483, 1, 1}, {443, 1, 1},  {3484, 0, 0},
                {4999, 0, 0}, {5000, 0, 2}, {5005, 0, 2}, {5006, 0, 0}};
    struct allocations site = {.site_ports = {.count = 2, .ranges = {{3478, 3478}, {5000, 5005}}}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(allocations_port_rank(&allocations, rows[i].port), rows[i].usual);
        assert_int_equal(allocations_port_rank(&site, rows[i].port), rows[i].at_site);
    }
}

/* The capture began in mid-call: that there is an allocation shows, its channel's peer does not. */
static void test_channel_of_unseen_allocation(void **state)
{
    (void)state;
    struct sighting from_client = see_client(stage, 2000);
    struct sighting from_server = see_server(stage, 2010);
    assert_null(allocations_channel(&allocations, &from_client, 0x4001, &stage->events));
    assert_null(allocations_channel(&allocations, &from_server, 0x4001, &stage->events));
    assert_int_equal(stage->events.count, 0);
    const struct allocation *a = allocations_of(&allocations, from_client.flow);
    assert_non_null(a);
    assert_int_equal(a->state, ALLOCATION_UNSEEN);
    assert_int_equal(a->server.port, 3478);
    assert_int_equal(a->heard, 2010 * MILLISECONDS);
    assert_false(a->start_seen);
}

static void test_unbound_channel(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    assert_null(use_channel(2000, 0x4002));
    assert_int_equal(only_event(stage, EVENT_TURN_CHANNEL_UNBOUND)->evidence.kind, 0x4002);
    assert_int_equal(a->unbound_datagrams, 1);
}

/* Granted for 600 s at 1030 ms; said once. */
static void test_expired_lifetime(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    permit(590000, 3);
    send_data(601030);
    assert_int_equal(stage->events.count, 0);
    send_data(601031);
    send_data(604030);
    assert_int_equal(stage->events.count, 0); /* the capture may have lost a Refresh */
    assert_int_equal(a->state, ALLOCATION_ALLOCATED);
    send_data(604031);
    only_event(stage, EVENT_TURN_DATA_EXPIRED);
    assert_int_equal(a->state, ALLOCATION_EXPIRED);
    send_data(601032);
    assert_int_equal(stage->events.count, 0);
}

/* Data from the peer later than 600 s: there was a Refresh, out of sight. */
static void test_refreshed_unseen(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    struct transport_address peer = place(STAGE_PEER, 9000);
    permit(590000, 3);
    send_data(602000);
    send_data(603000);
    struct sighting sighting = see_server(stage, 603500);
    allocations_note_data(&allocations, &sighting, false, &peer, 70, &stage->events);
    for (int64_t time = 604000; time <= 800000; time += 4000)
        send_data(time);
    assert_int_equal(stage->events.count, 0);
    assert_int_equal(a->state, ALLOCATION_ALLOCATED);
}

/* A Refresh whose answer the capture lacks may have worked; one that is refused did not. */
static void test_refresh_asked(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    permit(590000, 3);
    refresh(590100, 4, 600);
    for (int64_t time = 604000; time <= 620000; time += 4000)
        send_data(time);
    assert_int_equal(stage->events.count, 0);
    refresh_refused(621000, 4, 437);
    assert_int_equal(a->state, ALLOCATION_EXPIRED);
    assert_int_equal(a->expired.datagrams, 0);
}

/* A minute between them: the nonces come of age, and the retries were not seen. */
static void test_nonces_that_age(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    for (uint8_t i = 0; i < 5; i++) {
        const char nonce[] = {'a', (char)('a' + i), '\0'};
        ask_signed(60000 + 60000 * i, (uint8_t)(10 + i), nonce);
        challenge(60010 + 60000 * i, (uint8_t)(10 + i), 438, nonce + 1);
        assert_int_equal(a->stale_nonces, 1);
    }
}

static void test_data_from_peer(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    struct sighting sighting = see_server(stage, 2000);
    struct transport_address peer = place(STAGE_PEER, 9000);
    allocations_note_data(&allocations, &sighting, false, &peer, 70, &stage->events);
    assert_int_equal(stage->events.count, 0);
    assert_int_equal(a->from_peer_bytes, 70);
    assert_int_equal(a->from_peer_packets, 1);
    assert_int_equal(a->to_peer_packets, 0);
}

/* A challenged client that does not come back within 5 s. */
static void test_abandoned(void **state)
{
    (void)state;
    struct allocation *a = ask(1000, 1);
    challenge(1010, 1, 401, "n1");
    allocations_expire(&allocations, 6009 * MILLISECONDS, &stage->events);
    assert_int_equal(stage->events.count, 0);
    allocations_expire(&allocations, 6010 * MILLISECONDS, &stage->events);
    const struct event *event = only_event(stage, EVENT_TURN_ABANDONED);
    assert_ptr_equal(event->allocation, a);
    assert_int_equal(event->evidence.frame, 2);
    allocations_expire(&allocations, 60000 * MILLISECONDS, &stage->events);
    assert_int_equal(stage->events.count, 0);
}

static void test_not_abandoned(void **state)
{
    (void)state;
    ask(1000, 1);
    challenge(1010, 1, 401, "n1");
    ask_signed(1020, 2, "n1");
    allocations_expire(&allocations, 60000 * MILLISECONDS, &stage->events);
    assert_int_equal(stage->events.count, 0);
}

static void test_silence(void **state)
{
    (void)state;
    struct allocation *a = ask(1000, 1);
    latest->state = TRANSACTION_UNANSWERED;
    allocations_note_silence(&allocations, latest);
    assert_int_equal(a->state, ALLOCATION_UNANSWERED);
    ask(50000, 2);
    assert_int_equal(a->state, ALLOCATION_ASKED);
    latest->state = TRANSACTION_UNREACHABLE;
    allocations_note_silence(&allocations, latest);
    assert_int_equal(a->state, ALLOCATION_UNREACHABLE);
}

/* Silence after a Refresh does not undo the allocation. */
static void test_silence_of_refresh(void **state)
{
    (void)state;
    struct allocation *a = allocated();
    refresh(2000, 3, 600);
    latest->state = TRANSACTION_UNANSWERED;
    allocations_note_silence(&allocations, latest);
    assert_int_equal(a->state, ALLOCATION_ALLOCATED);
}

static void test_binding_concerns_none(void **state)
{
    (void)state;
    struct stun_draft draft = stun_draft_of(WIRE_BINDING, 1);
    assert_null(note(&draft, 1000));
}

static void test_relation(void **state)
{
    (void)state;
    struct transport_address client = place(STAGE_CLIENT, 0), server = place(STAGE_SERVER, 3478);
    struct transport_address elsewhere = place(STAGE_PEER, 0);
    assert_null(allocations_relation(&allocations, &client.ip, &server, 17));
    assert_false(allocations_on_server(&allocations, &client.ip, NULL));
    allocated();
    const struct turn_relation *relation =
        allocations_relation(&allocations, &client.ip, &server, 17);
    assert_non_null(relation);
    assert_int_equal(relation->answered, 1030 * MILLISECONDS);
    assert_int_equal(relation->authenticated, 1020 * MILLISECONDS);
    assert_null(allocations_relation(&allocations, &client.ip, &server, 6));
    assert_true(allocations_on_server(&allocations, &client.ip, NULL));
    assert_true(allocations_on_server(&allocations, &client.ip, &server.ip));
    assert_false(allocations_on_server(&allocations, &client.ip, &elsewhere.ip));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_ports),
        TEST(test_way_in),
        TEST(test_refusal),
        TEST(test_redirection),
        TEST(test_realm_missing),
        TEST(test_stale_nonces),
        TEST(test_nonces_that_age),
        TEST(test_refresh_and_release),
        TEST(test_mismatch_on_release),
        TEST(test_mismatch_on_refresh),
        TEST(test_permission),
        TEST(test_data_without_permission),
        TEST(test_data_of_unseen_allocation),
        TEST(test_channel),
        TEST(test_channel_renewed_unseen),
        TEST(test_channel_of_unseen_allocation),
        TEST(test_unbound_channel),
        TEST(test_expired_lifetime),
        TEST(test_refreshed_unseen),
        TEST(test_refresh_asked),
        TEST(test_data_from_peer),
        TEST(test_abandoned),
        TEST(test_not_abandoned),
        TEST(test_silence),
        TEST(test_silence_of_refresh),
        TEST(test_binding_concerns_none),
        TEST(test_relation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
