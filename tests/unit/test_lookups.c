/* SPDX-License-Identifier: MIT */
#include "analyzer/track/lookups.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CLIENT   "172.16.84.124"
#define SERVER   "10.88.246.210"
#define SERVER_2 "10.88.246.211"

enum { TC = 0x0200, NXDOMAIN = 3, SERVFAIL = 2, REFUSED = 5 };

/* A DNS message in the making; names are written without compression. */
struct draft {
    uint8_t wire[16384];
    size_t length;
};

static void put(struct draft *draft, uint64_t value, unsigned octets)
{
    while (octets-- > 0)
        draft->wire[draft->length++] = (uint8_t)(value >> 8 * octets);
}

static void put_name(struct draft *draft, const char *text)
{
    struct dns_name name;
    assert_true(dns_name_parse(&name, text));
    memcpy(draft->wire + draft->length, name.octets, name.length);
    draft->length += name.length;
}

static struct draft draft_of(uint16_t id, unsigned flags, const char *name, uint16_t type)
{
    struct draft draft = {0};
    put(&draft, id, 2);
    put(&draft, flags, 2);
    put(&draft, UINT64_C(0x0001000000000000), 8);
    put_name(&draft, name);
    put(&draft, type, 2);
    put(&draft, DNS_IN, 2);
    return draft;
}

static void put_record_head(struct draft *draft, const char *owner, uint16_t type, uint32_t ttl)
{
    draft->wire[7]++; /* ANCOUNT */
    put_name(draft, owner);
    put(draft, type, 2);
    put(draft, DNS_IN, 2);
    put(draft, ttl, 4);
}

static void put_address(struct draft *draft, const char *owner, const char *text, uint32_t ttl)
{
    struct ip_address address;
    assert_true(ip_address_parse(&address, text));
    unsigned size = address.family == 4 ? 4 : 16;
    put_record_head(draft, owner, address.family == 4 ? DNS_A : DNS_AAAA, ttl);
    put(draft, size, 2);
    memcpy(draft->wire + draft->length, address.octets, size);
    draft->length += size;
}

static void put_alias(struct draft *draft, const char *owner, const char *target, uint32_t ttl)
{
    struct dns_name name;
    assert_true(dns_name_parse(&name, target));
    put_record_head(draft, owner, DNS_CNAME, ttl);
    put(draft, name.length, 2);
    put_name(draft, target);
}

static void put_srv(struct draft *draft, const char *owner, uint16_t port, const char *target)
{
    struct dns_name name;
    assert_true(dns_name_parse(&name, target));
    put_record_head(draft, owner, DNS_SRV, 60);
    put(draft, name.length + 6u, 2);
    put(draft, 10, 2);
    put(draft, 20, 2);
    put(draft, port, 2);
    put_name(draft, target);
}

/* The tracker under test and what came out of it. Times are milliseconds. */
struct scene {
    struct lookups lookups;
    struct event_queue events;
    uint64_t frame;
    uint8_t protocol;
    uint16_t client_port;
    const char *server;
    bool cut;
};

static struct scene *new_scene(void)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    assert_int_equal(lookups_init(&scene->lookups), 0);
    scene->protocol = IP_PROTOCOL_UDP;
    scene->client_port = 40000;
    scene->server = SERVER;
    return scene;
}

static void free_scene(struct scene *scene)
{
    assert_int_equal(scene->events.lost, 0);
    lookups_free(&scene->lookups);
    free(scene);
}

static struct transport_address transport(const char *ip, uint16_t port)
{
    struct transport_address address = {.port = port};
    assert_true(ip_address_parse(&address.ip, ip));
    return address;
}

static void note_between(struct scene *scene, int64_t milliseconds, struct bytes wire,
                         struct transport_address source, struct transport_address destination)
{
    struct flow flow = {.key = {.endpoint = {source, destination}, .protocol = scene->protocol}};
    struct sighting sighting = {
        .time = milliseconds * MILLISECONDS, .frame = ++scene->frame, .flow = &flow};
    struct bytes copy = exact_copy(wire);
    struct dns_message message;
    assert_int_not_equal(dns_decode(&message, copy, scene->cut), DISSECT_NOT_MINE);
    lookups_note(&scene->lookups, &message, &sighting, &scene->events);
    free((void *)(uintptr_t)copy.data);
}

static void send_draft(struct scene *scene, int64_t milliseconds, const struct draft *draft)
{
    bool response = draft->wire[2] & 0x80;
    struct transport_address client = transport(CLIENT, scene->client_port);
    struct transport_address server = transport(scene->server, 53);
    note_between(scene, milliseconds, bytes_of(draft->wire, draft->length),
                 response ? server : client, response ? client : server);
}

static void ask(struct scene *scene, int64_t milliseconds, uint16_t id, const char *name,
                uint16_t type)
{
    struct draft draft = draft_of(id, 0x0100, name, type);
    send_draft(scene, milliseconds, &draft);
}

static void answer_code(struct scene *scene, int64_t milliseconds, uint16_t id, const char *name,
                        uint16_t type, unsigned code)
{
    struct draft draft = draft_of(id, 0x8180 | code, name, type);
    send_draft(scene, milliseconds, &draft);
}

static void answer_address(struct scene *scene, int64_t milliseconds, uint16_t id, const char *name,
                           const char *address)
{
    struct draft draft = draft_of(id, 0x8180, name, DNS_A);
    put_address(&draft, name, address, 60);
    send_draft(scene, milliseconds, &draft);
}

/* Takes the one event out of the queue. */
static const struct lookup *take_event(struct scene *scene, enum event_kind kind)
{
    assert_int_equal(scene->events.count, 1);
    assert_int_equal(scene->events.items[0].kind, kind);
    scene->events.count = 0;
    assert_non_null(scene->events.items[0].lookup);
    return scene->events.items[0].lookup;
}

static void assert_no_event(const struct scene *scene)
{
    assert_int_equal(scene->events.count, 0);
}

static void expire(struct scene *scene, int64_t milliseconds)
{
    assert_false(lookups_expire(&scene->lookups, milliseconds * MILLISECONDS, &scene->events));
}

static void assert_address(const struct ip_address *address, const char *expected)
{
    char text[IP_ADDRESS_TEXT];
    assert_string_equal(ip_address_text(address, text), expected);
}

static void assert_name(const struct dns_name *name, const char *expected)
{
    char text[DNS_NAME_TEXT];
    assert_string_equal(dns_name_text(name, text, sizeof text), expected);
}

static void test_answered(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 1000, 7, "CMSweb.octavio.com", DNS_A);
    assert_no_event(scene);
    answer_address(scene, 1025, 7, "cmsWEB.Octavio.com", "10.88.246.156");
    const struct event *event = &scene->events.items[0];
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(event->time, 1025 * MILLISECONDS);
    assert_int_equal(event->protocol, IP_PROTOCOL_UDP);
    assert_int_equal(event->client.port, 40000);
    assert_int_equal(event->server.port, 53);
    assert_int_equal(event->evidence.frame, 2);
    assert_int_equal(event->evidence.id[1], 7);
    assert_int_equal(event->evidence.flags, EVIDENCE_RESPONSE);
    assert_string_equal(event->evidence.detail, "cmsweb.octavio.com");
    assert_int_equal(lookup->state, LOOKUP_ANSWERED);
    assert_int_equal(lookup->round_trip, 25 * MILLISECONDS);
    assert_int_equal(lookup->tries, 1);
    assert_int_equal(lookup->query.frame, 1);
    assert_int_equal(lookup->rcode, DNS_NOERROR);
    assert_int_equal(lookup->records, 1);
    assert_int_equal(lookup->address_count, 1);
    assert_address(&lookup->addresses[0], "10.88.246.156");
    assert_int_equal(lookup->ttl, 60);
    assert_int_equal(lookup->chain, CHAIN_NONE);
    assert_name(&lookup->canonical, "cmsweb.octavio.com");
    assert_false(lookup_no_data(lookup));
    assert_string_equal(lookup_state_name(lookup), "answered");
    expire(scene, 60000);
    assert_no_event(scene);
    free_scene(scene);
}

static void test_unanswered(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    ask(scene, 5000, 7, "a.example", DNS_A); /* glibc */
    scene->server = SERVER_2;
    scene->client_port = 40001;
    ask(scene, 5100, 8, "a.example", DNS_A);
    expire(scene, 11099);
    assert_no_event(scene);
    expire(scene, 12000);
    const struct event *event = &scene->events.items[0];
    const struct lookup *lookup = take_event(scene, EVENT_DNS_UNANSWERED);
    assert_int_equal(event->time, 11100 * MILLISECONDS);
    assert_int_equal(event->evidence.frame, 1);
    assert_int_equal(lookup->tries, 3);
    assert_true(lookup->several_servers);
    assert_false(lookup->capture_ended);
    assert_int_equal(lookup->round_trip, -1);
    assert_string_equal(lookup_state_name(lookup), "unanswered");
    assert_int_equal(scene->lookups.statistics.retries, 2);
    /* It comes after all. */
    scene->server = SERVER;
    scene->client_port = 40000;
    answer_address(scene, 12500, 7, "a.example", "192.0.2.1");
    take_event(scene, EVENT_DNS_ANSWERED);
    free_scene(scene);
}

static void test_end_of_capture(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    ask(scene, 7000, 8, "b.example", DNS_A);
    assert_false(lookups_end(&scene->lookups, 9000 * MILLISECONDS, &scene->events));
    assert_int_equal(scene->events.count, 2);
    assert_false(scene->events.items[0].lookup->capture_ended);
    assert_int_equal(scene->events.items[0].time, 6000 * MILLISECONDS);
    assert_true(scene->events.items[1].lookup->capture_ended);
    assert_int_equal(scene->events.items[1].time, 9000 * MILLISECONDS);
    scene->events.count = 0;
    assert_false(lookups_end(&scene->lookups, 9000 * MILLISECONDS, &scene->events));
    assert_no_event(scene);
    free_scene(scene);
}

static void test_only_its_own_answer(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_address(scene, 20, 8, "a.example", "192.0.2.66"); /* another ID */
    scene->client_port = 40001;
    answer_address(scene, 20, 7, "a.example", "192.0.2.66"); /* another port */
    scene->client_port = 40000;
    scene->server = SERVER_2;
    answer_address(scene, 20, 7, "a.example", "192.0.2.66"); /* another server */
    scene->server = SERVER;
    scene->protocol = IP_PROTOCOL_TCP;
    answer_address(scene, 20, 7, "a.example", "192.0.2.66"); /* another protocol */
    assert_no_event(scene);
    assert_int_equal(scene->lookups.statistics.unmatched, 4);
    scene->protocol = IP_PROTOCOL_UDP;
    answer_address(scene, 30, 7, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_address(&lookup->addresses[0], "192.0.2.1");
    struct ip_address client = transport(CLIENT, 0).ip;
    struct ip_address forged = transport("192.0.2.66", 0).ip;
    assert_null(names_of(&scene->lookups.names, &client, &forged));
    free_scene(scene);
}

/* Another question than the one asked with this ID, as cache poisoners send it. */
static void test_other_question(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_address(scene, 20, 7, "b.example", "192.0.2.66");
    const struct lookup *other = take_event(scene, EVENT_DNS_ANSWERED);
    assert_false(other->query_seen);
    assert_name(&other->key.name, "b.example");
    answer_address(scene, 30, 7, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_true(lookup->query_seen);
    assert_address(&lookup->addresses[0], "192.0.2.1");
    free_scene(scene);
}

static void test_failure_then_success(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_code(scene, 10, 7, "a.example", DNS_A, SERVFAIL);
    assert_no_event(scene);
    scene->server = SERVER_2;
    ask(scene, 11, 8, "a.example", DNS_A);
    answer_address(scene, 20, 8, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(lookup->rcode, DNS_NOERROR);
    assert_int_equal(lookup->failures, 1);
    assert_int_equal(lookup->answers, 2);
    assert_int_equal(lookup->tries, 2);
    assert_true(lookup->several_servers);
    expire(scene, 60000);
    assert_no_event(scene);
    free_scene(scene);
}

/* glibc asks a server that refuses again at once, with the same ID from the same port. */
static void test_failure_only(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_code(scene, 1, 7, "a.example", DNS_A, REFUSED);
    ask(scene, 1, 7, "a.example", DNS_A);
    answer_code(scene, 2, 7, "a.example", DNS_A, REFUSED);
    assert_no_event(scene);
    expire(scene, 6001);
    const struct event *event = &scene->events.items[0];
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(event->evidence.frame, 4);
    assert_int_equal(event->evidence.code, DNS_REFUSED);
    assert_int_equal(lookup->rcode, DNS_REFUSED);
    assert_int_equal(lookup->tries, 2);
    assert_int_equal(lookup->failures, 2);
    assert_int_equal(lookup->duplicates, 0);
    assert_int_equal(lookup->answered, 2 * MILLISECONDS);
    free_scene(scene);
}

/* A server that does not know EDNS may send the header alone. */
static void test_answer_without_question(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft bare = {0};
    put(&bare, 7, 2);
    put(&bare, 0x8181, 2);
    put(&bare, 0, 8);
    send_draft(scene, 0, &bare);
    assert_int_equal(scene->lookups.statistics.unmatched, 1);
    ask(scene, 0, 7, "a.example", DNS_A);
    send_draft(scene, 10, &bare);
    expire(scene, 6000);
    assert_int_equal(take_event(scene, EVENT_DNS_ANSWERED)->rcode, DNS_FORMERR);
    free_scene(scene);
}

static void test_nxdomain_and_no_data(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_code(scene, 10, 7, "a.example", DNS_A, NXDOMAIN);
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(lookup->rcode, DNS_NXDOMAIN);
    assert_int_equal(lookup->failures, 0);
    assert_false(lookup_no_data(lookup));
    ask(scene, 0, 8, "a.example", DNS_AAAA);
    answer_code(scene, 10, 8, "a.example", DNS_AAAA, DNS_NOERROR);
    assert_true(lookup_no_data(take_event(scene, EVENT_DNS_ANSWERED)));
    free_scene(scene);
}

static void test_truncated_and_tcp(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_code(scene, 10, 7, "a.example", DNS_A, TC);
    ask(scene, 0, 8, "b.example", DNS_A);
    answer_code(scene, 10, 8, "b.example", DNS_A, TC);
    assert_no_event(scene);
    scene->protocol = IP_PROTOCOL_TCP;
    ask(scene, 12, 9, "a.example", DNS_A);
    answer_address(scene, 20, 9, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_false(lookup->truncated);
    assert_true(lookup->asked_over_tcp);
    assert_int_equal(lookup->protocol, IP_PROTOCOL_TCP);
    assert_int_equal(lookup->failures, 0);
    expire(scene, 6000);
    lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_name(&lookup->key.name, "b.example");
    assert_true(lookup->truncated);
    assert_false(lookup->asked_over_tcp);
    assert_false(lookup_no_data(lookup));
    free_scene(scene);
}

static void test_captured_twice(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    ask(scene, 1, 7, "a.example", DNS_A);
    answer_address(scene, 20, 7, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    answer_address(scene, 21, 7, "a.example", "192.0.2.1");
    assert_no_event(scene);
    assert_int_equal(lookup->tries, 1);
    assert_int_equal(lookup->duplicates, 1);
    assert_int_equal(lookup->round_trip, 20 * MILLISECONDS);
    assert_int_equal(scene->lookups.statistics.queries, 1);
    assert_int_equal(scene->lookups.statistics.duplicates, 1);
    free_scene(scene);
}

static void test_asked_anew(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_code(scene, 10, 7, "a.example", DNS_A, NXDOMAIN);
    take_event(scene, EVENT_DNS_ANSWERED);
    ask(scene, 30000, 8, "a.example", DNS_A);
    answer_address(scene, 30010, 8, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(lookup->rounds, 2);
    assert_int_equal(lookup->tries, 1);
    assert_int_equal(lookup->rcode, DNS_NOERROR);
    assert_int_equal(scene->lookups.statistics.retries, 0);
    assert_ptr_equal(lookups_next(&scene->lookups, NULL), lookup);
    assert_null(lookups_next(&scene->lookups, lookup));
    free_scene(scene);
}

/* The capture began after the query, or holds one direction only. */
static void test_responses_only(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    answer_address(scene, 0, 7, "a.example", "192.0.2.1");
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_false(lookup->query_seen);
    assert_int_equal(lookup->round_trip, -1);
    answer_address(scene, 1, 7, "a.example", "192.0.2.1"); /* captured twice */
    assert_no_event(scene);
    answer_address(scene, 5000, 8, "a.example", "192.0.2.2");
    assert_address(&take_event(scene, EVENT_DNS_ANSWERED)->addresses[0], "192.0.2.2");
    answer_code(scene, 6000, 9, "c.example", DNS_A, SERVFAIL);
    take_event(scene, EVENT_DNS_ANSWERED);
    free_scene(scene);
}

static void test_many_addresses(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft draft = draft_of(7, 0x8180, "a.example", DNS_A);
    for (int i = 0; i < 20; i++) {
        char text[] = "192.0.2.10";
        text[8] = (char)('1' + i / 10);
        text[9] = (char)('0' + i % 10);
        put_address(&draft, "a.example", text, (uint32_t)(100 - i));
    }
    ask(scene, 0, 7, "a.example", DNS_A);
    send_draft(scene, 10, &draft);
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(lookup->records, 20);
    assert_int_equal(lookup->address_count, LIMIT_LOOKUP_ADDRESSES);
    assert_address(&lookup->addresses[7], "192.0.2.17");
    assert_int_equal(lookup->ttl, 81);
    free_scene(scene);
}

static const struct lookup *answer_with(struct scene *scene, const struct draft *draft)
{
    scene->lookups.table.evicted = 0;
    struct bytes question = bytes_of(draft->wire, draft->length);
    struct dns_message message;
    assert_int_equal(dns_decode(&message, question, false), DISSECT_OK);
    char text[DNS_NAME_TEXT];
    dns_name_text(&message.question.name, text, sizeof text);
    ask(scene, 0, 7, text, message.question.type);
    send_draft(scene, 10, draft);
    return take_event(scene, EVENT_DNS_ANSWERED);
}

static void test_aliases(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft draft = draft_of(7, 0x8180, "www.example", DNS_A);
    put_alias(&draft, "www.example", "web.example", 300);
    put_alias(&draft, "web.example", "node.example", 30);
    put_address(&draft, "node.example", "192.0.2.1", 60);
    put_address(&draft, "other.example", "192.0.2.66", 1);
    const struct lookup *lookup = answer_with(scene, &draft);
    assert_int_equal(lookup->chain, CHAIN_COMPLETE);
    assert_int_equal(lookup->aliases, 2);
    assert_int_equal(lookup->records, 1);
    assert_name(&lookup->canonical, "node.example");
    assert_address(&lookup->addresses[0], "192.0.2.1");
    assert_int_equal(lookup->ttl, 30);

    draft = draft_of(7, 0x8180, "back.example", DNS_A); /* in the wrong order */
    put_address(&draft, "node.example", "192.0.2.1", 60);
    put_alias(&draft, "web.example", "NODE.example", 300);
    put_address(&draft, "node.example", "192.0.2.2", 60);
    put_alias(&draft, "back.example", "web.example", 300);
    lookup = answer_with(scene, &draft);
    assert_int_equal(lookup->chain, CHAIN_COMPLETE);
    assert_int_equal(lookup->records, 2);
    assert_address(&lookup->addresses[0], "192.0.2.1");
    assert_address(&lookup->addresses[1], "192.0.2.2");

    draft = draft_of(7, 0x8180, "alias.example", DNS_CNAME); /* asked for the alias itself */
    put_alias(&draft, "alias.example", "web.example", 300);
    lookup = answer_with(scene, &draft);
    assert_int_equal(lookup->chain, CHAIN_NONE);
    assert_int_equal(lookup->records, 1);
    free_scene(scene);
}

static void test_aliases_that_lead_nowhere(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft draft = draft_of(7, 0x8183, "gone.example", DNS_A);
    put_alias(&draft, "gone.example", "away.example", 300);
    const struct lookup *lookup = answer_with(scene, &draft);
    assert_int_equal(lookup->chain, CHAIN_DANGLING);
    assert_int_equal(lookup->rcode, DNS_NXDOMAIN);
    assert_name(&lookup->canonical, "away.example");

    draft = draft_of(7, 0x8180, "empty.example", DNS_A);
    put_alias(&draft, "empty.example", "away.example", 300);
    lookup = answer_with(scene, &draft);
    assert_int_equal(lookup->chain, CHAIN_DANGLING);
    assert_true(lookup_no_data(lookup));

    draft = draft_of(7, 0x8180, "loop.example", DNS_A);
    put_alias(&draft, "loop.example", "b.example", 300);
    put_alias(&draft, "b.example", "loop.example", 300);
    assert_int_equal(answer_with(scene, &draft)->chain, CHAIN_ENDLESS);

    draft = draft_of(7, 0x8180, "into.example", DNS_A); /* a loop it is not part of */
    put_alias(&draft, "into.example", "b.example", 300);
    put_alias(&draft, "b.example", "c.example", 300);
    put_alias(&draft, "c.example", "b.example", 300);
    assert_int_equal(answer_with(scene, &draft)->chain, CHAIN_ENDLESS);

    draft = draft_of(7, 0x8180, "self.example", DNS_A);
    put_alias(&draft, "self.example", "SELF.example", 300);
    assert_int_equal(answer_with(scene, &draft)->chain, CHAIN_ENDLESS);
    free_scene(scene);
}

static void test_cut_answer(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft draft = draft_of(7, 0x8180, "a.example", DNS_A);
    put_alias(&draft, "a.example", "b.example", 300);
    put_address(&draft, "b.example", "192.0.2.1", 60);
    draft.length -= 2;
    ask(scene, 0, 7, "a.example", DNS_A);
    scene->cut = true;
    send_draft(scene, 10, &draft);
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_true(lookup->incomplete);
    assert_false(lookup->malformed);
    assert_int_equal(lookup->address_count, 0);
    draft.length -= 14; /* in the record's head */
    ask(scene, 20, 7, "a.example", DNS_A);
    send_draft(scene, 30, &draft);
    lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_true(lookup->incomplete);
    assert_int_equal(lookup->chain, CHAIN_UNKNOWN);
    assert_false(lookup_no_data(lookup));
    scene->cut = false;
    ask(scene, 40, 7, "a.example", DNS_A);
    send_draft(scene, 50, &draft);
    lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_true(lookup->malformed);
    assert_false(lookup->incomplete);
    free_scene(scene);
}

static void test_srv_targets(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft draft = draft_of(7, 0x8180, "_collab-edge._tls.example", DNS_SRV);
    for (uint16_t i = 0; i < 6; i++)
        put_srv(&draft, "_collab-edge._tls.example", (uint16_t)(8443 + i), "vcse.example");
    const struct lookup *lookup = answer_with(scene, &draft);
    assert_int_equal(lookup->records, 6);
    assert_int_equal(lookup->target_count, LIMIT_LOOKUP_TARGETS);
    assert_int_equal(lookup->targets[1].port, 8444);
    assert_name(&lookup->targets[1].target, "vcse.example");
    free_scene(scene);
}

static void test_names(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct ip_address client = transport(CLIENT, 0).ip;
    struct ip_address stranger = transport("172.16.84.125", 0).ip;
    struct ip_address address = transport("192.0.2.1", 0).ip;
    struct draft draft = draft_of(7, 0x8180, "www.example", DNS_A);
    put_alias(&draft, "www.example", "web.example", 300);
    put_address(&draft, "web.example", "192.0.2.1", 60);
    send_draft(scene, 10, &draft);
    const struct names *names = &scene->lookups.names;
    assert_name(&names_of(names, &client, &address)->name, "www.example");
    assert_name(&names_of(names, &stranger, &address)->name, "www.example");
    answer_address(scene, 20, 8, "later.example", "192.0.2.1");
    assert_name(&names_of(names, &client, &address)->name, "later.example");
    struct dns_name other;
    assert_true(dns_name_parse(&other, "other.example"));
    names_learn(&scene->lookups.names, &stranger, &address, &other, 0);
    assert_name(&names_of(names, &client, &address)->name, "later.example");
    assert_name(&names_of(names, &stranger, &address)->name, "other.example");
    free_scene(scene);
}

static void test_hints_are_names(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft draft = draft_of(7, 0x8180, "www.example", DNS_HTTPS);
    put_record_head(&draft, "www.example", DNS_HTTPS, 60);
    draft.length +=
        from_hex("0010 0001 00 0004 0004 c0000207 0005 0001 aa", draft.wire + draft.length, 32)
            .length;
    const struct lookup *lookup = answer_with(scene, &draft);
    assert_true(lookup->has_ech);
    struct ip_address client = transport(CLIENT, 0).ip;
    struct ip_address hint = transport("192.0.2.7", 0).ip;
    assert_name(&names_of(&scene->lookups.names, &client, &hint)->name, "www.example");
    free_scene(scene);
}

static void test_multicast_is_apart(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft query = draft_of(0, 0, "peer.local", DNS_A);
    struct draft answer = draft_of(0, 0x8400, "peer.local", DNS_A);
    put_address(&answer, "peer.local", "192.0.2.9", 120);
    struct transport_address everyone = transport("224.0.0.251", 5353);
    note_between(scene, 0, bytes_of(query.wire, query.length), transport(CLIENT, 5353), everyone);
    note_between(scene, 0, bytes_of(query.wire, query.length), transport(CLIENT, 41000),
                 transport("224.0.0.252", 5355));
    expire(scene, 60000);
    assert_no_event(scene);
    assert_null(lookups_next(&scene->lookups, NULL));
    note_between(scene, 10, bytes_of(answer.wire, answer.length), transport("192.0.2.9", 5353),
                 everyone);
    assert_no_event(scene);
    assert_int_equal(scene->lookups.statistics.multicast, 3);
    struct ip_address client = transport(CLIENT, 0).ip;
    struct ip_address address = transport("192.0.2.9", 0).ip;
    assert_name(&names_of(&scene->lookups.names, &client, &address)->name, "peer.local");
    free_scene(scene);
}

static void test_unreachable(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    static const uint8_t quoted[] = {0, 7, 1, 0, 0, 1, 0, 0};
    struct icmp_error icmp = {
        .type = 3,
        .code = 3,
        .protocol = IP_PROTOCOL_UDP,
        .source = transport(CLIENT, 40000),
        .destination = transport(SERVER, 53),
        .payload = bytes_of(quoted, sizeof quoted),
    };
    struct evidence seen = {.frame = 99, .protocol = EVIDENCE_ICMP};
    ask(scene, 0, 7, "a.example", DNS_A);
    struct icmp_error late_answer = icmp; /* the client's own, for a reply it no longer wanted */
    late_answer.source = icmp.destination;
    late_answer.destination = icmp.source;
    lookups_note_icmp(&scene->lookups, &late_answer, &seen);
    assert_false(lookups_next(&scene->lookups, NULL)->unreachable);
    icmp.payload.length = 1;
    lookups_note_icmp(&scene->lookups, &icmp, &seen);
    assert_false(lookups_next(&scene->lookups, NULL)->unreachable);
    icmp.payload.length = sizeof quoted;
    lookups_note_icmp(&scene->lookups, &icmp, &seen);
    expire(scene, 6000);
    const struct lookup *lookup = take_event(scene, EVENT_DNS_UNANSWERED);
    assert_true(lookup->unreachable);
    assert_int_equal(lookup->icmp_code, 3);
    assert_int_equal(lookup->answer.frame, 99);
    free_scene(scene);
}

/* Expiry stops while the queue is full and goes on where it stopped. */
static void test_many_expire_in_slices(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    char name[] = "a00.example";
    for (int i = 0; i < 200; i++) {
        name[1] = (char)('0' + i / 10 % 10);
        name[2] = (char)('0' + i % 10);
        name[0] = (char)('a' + i / 100);
        ask(scene, i, (uint16_t)i, name, DNS_A);
    }
    int unanswered = 0;
    bool more = true;
    while (more) {
        bool ended = unanswered >= 100;
        more = ended ? lookups_end(&scene->lookups, 6150 * MILLISECONDS, &scene->events)
                     : lookups_expire(&scene->lookups, 6150 * MILLISECONDS, &scene->events);
        unanswered += (int)scene->events.count;
        scene->events.count = 0;
    }
    assert_int_equal(unanswered, 200);
    free_scene(scene);
}

static void test_full_tables_stay_bounded(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    for (uint32_t i = 0; i < 3 * LIMIT_LOOKUPS; i++) {
        char name[] = "aaaa.example";
        for (int digit = 0; digit < 4; digit++)
            name[digit] = (char)('a' + (i >> 4 * digit & 15));
        ask(scene, i, (uint16_t)i, name, DNS_A);
        expire(scene, 0);
    }
    assert_int_equal(scene->lookups.table.used, LIMIT_LOOKUPS);
    assert_int_equal(scene->lookups.table.evicted, 2 * LIMIT_LOOKUPS);
    assert_int_equal(scene->lookups.tries.used, LIMIT_LOOKUP_TRIES);
    free_scene(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answered),
        cmocka_unit_test(test_unanswered),
        cmocka_unit_test(test_end_of_capture),
        cmocka_unit_test(test_only_its_own_answer),
        cmocka_unit_test(test_other_question),
        cmocka_unit_test(test_failure_then_success),
        cmocka_unit_test(test_failure_only),
        cmocka_unit_test(test_answer_without_question),
        cmocka_unit_test(test_nxdomain_and_no_data),
        cmocka_unit_test(test_truncated_and_tcp),
        cmocka_unit_test(test_captured_twice),
        cmocka_unit_test(test_asked_anew),
        cmocka_unit_test(test_responses_only),
        cmocka_unit_test(test_many_addresses),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_aliases_that_lead_nowhere),
        cmocka_unit_test(test_cut_answer),
        cmocka_unit_test(test_srv_targets),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_hints_are_names),
        cmocka_unit_test(test_multicast_is_apart),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_many_expire_in_slices),
        cmocka_unit_test(test_full_tables_stay_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
