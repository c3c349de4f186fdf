/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/profile.h"
#include "tests/support/lookups_scene.h"
#include "ui/report/json_dns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *written(const struct scene *scene, const struct profile *profile)
{
    const struct state state = {.profile = profile, .lookups = &scene->lookups};
    return value_dns(&state);
}

static void assert_json(json_t *actual, const char *expected)
{
    json_t *value = json_loads(expected, JSON_DECODE_ANY, NULL);
    char *text = json_dumps(actual, JSON_ENCODE_ANY | JSON_COMPACT);
    assert_non_null(value);
    if (!json_equal(actual, value))
        fail_msg("%s", text);
    free(text);
    json_decref(value);
    json_decref(actual);
}

static void test_what_a_lookup_says(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "cmsweb.octavio.com", DNS_A);
    answer_address(scene, 2, 7, "cmsweb.octavio.com", "10.88.246.156");
    scene->events.count = 0;
    assert_json(written(scene, NULL),
                "{\"lookups\": [{\"client\": \"172.16.84.124\", \"name\": \"cmsweb.octavio.com\","
                "\"type\": \"A\", \"server\": \"10.88.246.210:53\", \"rcode\": \"NOERROR\","
                "\"answers\": [\"10.88.246.156\"], \"rtt_ms\": 2.0, \"state\": \"answered\"}]}");
    free_scene(scene);
}

static void test_silence_and_unknown_numbers(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    ask(scene, 0, 7, "a\\\"\\001.example", 999);
    assert_json(written(scene, NULL),
                "{\"lookups\": [{\"client\": \"172.16.84.124\","
                "\"name\": \"a\\\\\\\\\\\"\\\\\\\\001.example\","
                "\"type\": \"TYPE999\", \"server\": \"10.88.246.210:53\", \"rcode\": null,"
                "\"answers\": [], \"rtt_ms\": null, \"state\": \"unanswered\"}]}");
    free_scene(scene);
}

static void test_aliases_services_and_what_is_left_out(void **state)
{
    (void)state;
    struct scene *scene = new_scene();
    struct draft draft = draft_of(7, 0x8180, "_sip._tcp.example", DNS_SRV);
    put_alias(&draft, "_sip._tcp.example", "other.example", 60);
    for (uint16_t port = 1; port <= LIMIT_LOOKUP_TARGETS + 2; port++)
        put_srv(&draft, "other.example", port, "sip.example");
    ask(scene, 0, 7, "_sip._tcp.example", DNS_SRV);
    send_draft(scene, 1, &draft);
    scene->events.count = 0;
    json_t *value = written(scene, NULL);
    json_t *lookup = json_array_get(json_object_get(value, "lookups"), 0);
    json_t *answers = json_object_get(lookup, "answers");
    assert_int_equal(json_array_size(answers), 1 + LIMIT_LOOKUP_TARGETS);
    assert_string_equal(json_string_value(json_array_get(answers, 0)), "other.example");
    assert_string_equal(json_string_value(json_array_get(answers, 1)), "10 20 1 sip.example");
    assert_int_equal(json_integer_value(json_object_get(lookup, "omitted")), 2);
    json_decref(value);
    free_scene(scene);
}

static size_t count_names(json_t *lookups, const char *suffix)
{
    size_t count = 0, index;
    json_t *lookup;
    json_array_foreach(lookups, index, lookup) count +=
        strstr(json_string_value(json_object_get(lookup, "name")), suffix) != NULL;
    return count;
}

/* Most are answered, some fail; the one that matters comes last. */
static void test_too_many(void **state)
{
    enum { ANSWERED = LIMIT_REPORTED_LOOKUPS + 50, FAILED = 10 };
    (void)state;
    char name[64];
    struct profile profile;
    struct scene *scene = new_scene();
    profile_init(&profile);
    memcpy(profile.site.webbridge_url, "cmsweb.octavio.com", sizeof "cmsweb.octavio.com");
    for (uint16_t i = 0; i < ANSWERED + FAILED; i++) {
        snprintf(name, sizeof name, "n%u.%s", i, i < ANSWERED ? "good.example" : "bad.example");
        ask(scene, i, i, name, DNS_A);
        if (i < ANSWERED)
            answer_address(scene, i, i, name, "192.0.2.1");
        else
            answer_code(scene, i, i, name, DNS_A, DNS_NXDOMAIN);
        scene->events.count = 0;
    }
    ask(scene, 9999, 1, "cmsweb.octavio.com", DNS_A);
    json_t *value = written(scene, &profile);
    json_t *lookups = json_object_get(value, "lookups");
    assert_int_equal(json_array_size(lookups), LIMIT_REPORTED_LOOKUPS);
    assert_int_equal(count_names(lookups, "bad.example"), FAILED);
    assert_int_equal(count_names(lookups, "cmsweb.octavio.com"), 1);
    assert_int_equal(json_integer_value(json_object_get(value, "omitted")), 50 + FAILED + 1);
    json_decref(value);
    free_scene(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_lookup_says),
        cmocka_unit_test(test_silence_and_unknown_numbers),
        cmocka_unit_test(test_aliases_services_and_what_is_left_out),
        cmocka_unit_test(test_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
