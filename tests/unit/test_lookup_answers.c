/* SPDX-License-Identifier: MIT */
#include "analyzer/track/lookup_answer.h"
#include "tests/support/hex.h"
#include "tests/support/lookups_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_nxdomain_and_no_data(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a.example", DNS_A);
    answer_code(scene, 10, 7, "a.example", DNS_A, DNS_NXDOMAIN);
    const struct lookup *lookup = take_event(scene, EVENT_DNS_ANSWERED);
    assert_int_equal(lookup->rcode, DNS_NXDOMAIN);
    assert_int_equal(lookup->failures, 0);
    assert_false(lookup_no_data(lookup));
    ask(scene, 0, 8, "a.example", DNS_AAAA);
    answer_code(scene, 10, 8, "a.example", DNS_AAAA, DNS_NOERROR);
    assert_true(lookup_no_data(take_event(scene, EVENT_DNS_ANSWERED)));
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

static void assert_words(struct scene *scene, const struct draft *draft, const char *words)
{
    assert_string_equal(answer_with(scene, draft)->answer.detail, words);
}

static void test_answers_in_words(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft draft = draft_of(7, 0x8180, "a.example", DNS_A);
    assert_words(scene, &draft, "a.example -> no such record");
    put_address(&draft, "a.example", "192.0.2.1", 60);
    assert_words(scene, &draft, "a.example -> 192.0.2.1");
    put_address(&draft, "a.example", "192.0.2.2", 60);
    assert_words(scene, &draft, "a.example -> 192.0.2.1 and others");
    draft = draft_of(7, 0x8183, "b.example", DNS_A);
    assert_words(scene, &draft, "b.example");
    put_alias(&draft, "b.example", "c.example", 60);
    assert_words(scene, &draft, "b.example -> alias c.example");
    draft = draft_of(7, 0x8180, "_sip._tcp.example", DNS_SRV);
    put_srv(&draft, "_sip._tcp.example", 5060, "sip.example");
    assert_words(scene, &draft, "_sip._tcp.example -> sip.example:5060");
    draft = draft_of(7, 0x8180, "a-name-that-is-longer-than-what-is-kept-of-it.example", DNS_A);
    put_address(&draft, "a-name-that-is-longer-than-what-is-kept-of-it.example", "192.0.2.1", 60);
    assert_words(scene, &draft, "a-name-that-is-longer-than-what-is-kept-of-it.e... -> 192.0.2.1");
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
    struct ip_address client = transport(SCENE_CLIENT, 0).ip;
    struct ip_address stranger = transport("172.16.84.125", 0).ip;
    struct ip_address address = transport("192.0.2.1", 0).ip;
    struct draft draft = draft_of(7, 0x8180, "www.example", DNS_A);
    put_alias(&draft, "www.example", "web.example", 300);
    put_address(&draft, "web.example", "192.0.2.1", 60);
    send_draft(scene, 10, &draft);
    const struct names *names = &scene->lookups.names;
    assert_name(names_of(names, &client, &address), "www.example");
    assert_name(names_of(names, &stranger, &address), "www.example");
    answer_address(scene, 20, 8, "later.example", "192.0.2.1");
    assert_name(names_of(names, &client, &address), "later.example");
    struct dns_name other;
    assert_true(dns_name_parse(&other, "other.example"));
    names_learn(&scene->lookups.names, &stranger, &address, &other, 0);
    assert_name(names_of(names, &client, &address), "later.example");
    assert_name(names_of(names, &stranger, &address), "other.example");
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
    struct ip_address client = transport(SCENE_CLIENT, 0).ip;
    struct ip_address hint = transport("192.0.2.7", 0).ip;
    assert_name(names_of(&scene->lookups.names, &client, &hint), "www.example");
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
    note_between(scene, 0, bytes_of(query.wire, query.length), transport(SCENE_CLIENT, 5353),
                 everyone);
    note_between(scene, 0, bytes_of(query.wire, query.length), transport(SCENE_CLIENT, 41000),
                 transport("224.0.0.252", 5355));
    expire(scene, 60000);
    assert_no_event(scene);
    assert_null(lookups_next(&scene->lookups, NULL));
    note_between(scene, 10, bytes_of(answer.wire, answer.length), transport("192.0.2.9", 5353),
                 everyone);
    assert_no_event(scene);
    assert_int_equal(scene->lookups.statistics.multicast, 3);
    struct ip_address client = transport(SCENE_CLIENT, 0).ip;
    struct ip_address address = transport("192.0.2.9", 0).ip;
    assert_name(names_of(&scene->lookups.names, &client, &address), "peer.local");
    free_scene(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nxdomain_and_no_data),
        cmocka_unit_test(test_many_addresses),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_aliases_that_lead_nowhere),
        cmocka_unit_test(test_answers_in_words),
        cmocka_unit_test(test_cut_answer),
        cmocka_unit_test(test_srv_targets),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_hints_are_names),
        cmocka_unit_test(test_multicast_is_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
