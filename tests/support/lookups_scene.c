/* SPDX-License-Identifier: MIT */
#include "tests/support/lookups_scene.h"

#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void put(struct draft *draft, uint64_t value, unsigned octets)
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

struct draft draft_of(uint16_t id, unsigned flags, const char *name, uint16_t type)
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

void put_record_head(struct draft *draft, const char *owner, uint16_t type, uint32_t ttl)
{
    draft->wire[7]++; /* ANCOUNT */
    put_name(draft, owner);
    put(draft, type, 2);
    put(draft, DNS_IN, 2);
    put(draft, ttl, 4);
}

void put_address(struct draft *draft, const char *owner, const char *text, uint32_t ttl)
{
    struct ip_address address;
    assert_true(ip_address_parse(&address, text));
    unsigned size = address.family == 4 ? 4 : 16;
    put_record_head(draft, owner, address.family == 4 ? DNS_A : DNS_AAAA, ttl);
    put(draft, size, 2);
    memcpy(draft->wire + draft->length, address.octets, size);
    draft->length += size;
}

void put_alias(struct draft *draft, const char *owner, const char *target, uint32_t ttl)
{
    struct dns_name name;
    assert_true(dns_name_parse(&name, target));
    put_record_head(draft, owner, DNS_CNAME, ttl);
    put(draft, name.length, 2);
    put_name(draft, target);
}

void put_srv(struct draft *draft, const char *owner, uint16_t port, const char *target)
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

struct scene *new_scene(void)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    assert_int_equal(lookups_init(&scene->lookups, LIMIT_MEMORY), 0);
    scene->protocol = IP_PROTOCOL_UDP;
    scene->client_port = 40000;
    scene->client = SCENE_CLIENT;
    scene->server = SCENE_SERVER;
    return scene;
}

void free_scene(struct scene *scene)
{
    assert_int_equal(scene->events.lost, 0);
    lookups_free(&scene->lookups);
    free(scene);
}

struct transport_address transport(const char *ip, uint16_t port)
{
    struct transport_address address = {.port = port};
    assert_true(ip_address_parse(&address.ip, ip));
    return address;
}

void note_between(struct scene *scene, int64_t milliseconds, struct bytes wire,
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

void send_draft(struct scene *scene, int64_t milliseconds, const struct draft *draft)
{
    bool response = draft->wire[2] & 0x80;
    struct transport_address client = transport(scene->client, scene->client_port);
    struct transport_address server = transport(scene->server, 53);
    note_between(scene, milliseconds, bytes_of(draft->wire, draft->length),
                 response ? server : client, response ? client : server);
}

void ask(struct scene *scene, int64_t milliseconds, uint16_t id, const char *name, uint16_t type)
{
    struct draft draft = draft_of(id, 0x0100, name, type);
    send_draft(scene, milliseconds, &draft);
}

void answer_code(struct scene *scene, int64_t milliseconds, uint16_t id, const char *name,
                 uint16_t type, unsigned code)
{
    struct draft draft = draft_of(id, 0x8180 | code, name, type);
    send_draft(scene, milliseconds, &draft);
}

void answer_address(struct scene *scene, int64_t milliseconds, uint16_t id, const char *name,
                    const char *address)
{
    struct draft draft = draft_of(id, 0x8180, name, DNS_A);
    put_address(&draft, name, address, 60);
    send_draft(scene, milliseconds, &draft);
}

const struct lookup *take_event(struct scene *scene, enum event_kind kind)
{
    assert_int_equal(scene->events.count, 1);
    assert_int_equal(scene->events.items[0].kind, kind);
    scene->events.count = 0;
    assert_non_null(scene->events.items[0].lookup);
    return scene->events.items[0].lookup;
}

void assert_no_event(const struct scene *scene)
{
    assert_int_equal(scene->events.count, 0);
}

void expire(struct scene *scene, int64_t milliseconds)
{
    assert_false(lookups_expire(&scene->lookups, milliseconds * MILLISECONDS, &scene->events));
}

void assert_address(const struct ip_address *address, const char *expected)
{
    char text[IP_ADDRESS_TEXT];
    assert_string_equal(ip_address_text(address, text), expected);
}

void assert_name(const struct dns_name *name, const char *expected)
{
    char text[DNS_NAME_TEXT];
    assert_string_equal(dns_name_text(name, text, sizeof text), expected);
}
