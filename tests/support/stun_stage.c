/* SPDX-License-Identifier: MIT */
#include "tests/support/stun_stage.h"

#include "analyzer/time.h"
#include "dissectors/packet/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t cookie[4] = {0x21, 0x12, 0xa4, 0x42};

struct stun_draft stun_draft_of(enum wire_type type, uint8_t id)
{
    struct stun_draft draft = {.length = 20};
    draft.wire[0] = (uint8_t)(type >> 8);
    draft.wire[1] = (uint8_t)type;
    memcpy(draft.wire + 4, cookie, sizeof cookie);
    draft.wire[19] = id;
    return draft;
}

void stun_add(struct stun_draft *draft, uint16_t type, const void *value, size_t length)
{
    uint8_t *at = draft->wire + draft->length;
    size_t padded = (length + 3) / 4 * 4;
    assert_true(draft->length + 4 + padded <= sizeof draft->wire);
    at[0] = (uint8_t)(type >> 8);
    at[1] = (uint8_t)type;
    at[2] = (uint8_t)(length >> 8);
    at[3] = (uint8_t)length;
    if (length > 0)
        memcpy(at + 4, value, length);
    draft->length += 4 + padded;
    draft->wire[2] = (uint8_t)((draft->length - 20) >> 8);
    draft->wire[3] = (uint8_t)(draft->length - 20);
}

void stun_add_text(struct stun_draft *draft, uint16_t type, const char *text)
{
    stun_add(draft, type, text, strlen(text));
}

void stun_add_number(struct stun_draft *draft, uint16_t type, uint32_t number)
{
    const uint8_t octets[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                               (uint8_t)(number >> 8), (uint8_t)number};
    stun_add(draft, type, octets, sizeof octets);
}

void stun_add_address(struct stun_draft *draft, uint16_t type, const char *ip, uint16_t port)
{
    struct transport_address address = place(ip, port);
    uint8_t value[8] = {0, 1, (uint8_t)(port >> 8 ^ cookie[0]),
                        (uint8_t)((port & 0xff) ^ cookie[1])};
    for (size_t i = 0; i < sizeof cookie; i++)
        value[4 + i] = address.ip.octets[i] ^ cookie[i];
    stun_add(draft, type, value, sizeof value);
}

void stun_add_error(struct stun_draft *draft, unsigned code, const char *reason)
{
    uint8_t value[64] = {0, 0, (uint8_t)(code / 100), (uint8_t)(code % 100)};
    size_t length = strlen(reason);
    assert_true(4 + length <= sizeof value);
    memcpy(value + 4, reason, length);
    stun_add(draft, 0x0009, value, 4 + length);
}

void stun_add_credentials(struct stun_draft *draft, const char *username, const char *nonce)
{
    static const uint8_t hmac[20] = {1, 2, 3};
    stun_add_text(draft, 0x0006, username);
    stun_add_text(draft, 0x0014, "octavio.com");
    stun_add_text(draft, 0x0015, nonce);
    stun_add(draft, 0x0008, hmac, sizeof hmac);
}

struct stun_message stun_decoded(const struct stun_draft *draft)
{
    struct stun_message message;
    assert_int_equal(stun_decode(&message, bytes_of(draft->wire, draft->length), false),
                     DISSECT_OK);
    return message;
}

struct stage *new_stage(void)
{
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    assert_int_equal(flows_init(&stage->flows, 64), 0);
    stage->protocol = IP_PROTOCOL_UDP;
    return stage;
}

void free_stage(struct stage *stage)
{
    assert_int_equal(stage->events.lost, 0);
    flows_free(&stage->flows);
    free(stage);
}

struct transport_address place(const char *ip, uint16_t port)
{
    struct transport_address address;
    memset(&address, 0, sizeof address);
    assert_true(ip_address_parse(&address.ip, ip));
    address.port = port;
    return address;
}

struct sighting see(struct stage *stage, int64_t milliseconds, struct transport_address source,
                    struct transport_address destination)
{
    struct sighting sighting = {.time = milliseconds * MILLISECONDS, .frame = ++stage->frame};
    sighting.flow = flows_note(&stage->flows, &source, &destination, stage->protocol,
                               (enum flow_layer)stage->layer, &sighting.from);
    sighting.flow_id = table_id(&stage->flows.table, sighting.flow);
    return sighting;
}

struct sighting see_client(struct stage *stage, int64_t milliseconds)
{
    return see(stage, milliseconds, place(STAGE_CLIENT, 40000), place(STAGE_SERVER, 3478));
}

struct sighting see_server(struct stage *stage, int64_t milliseconds)
{
    return see(stage, milliseconds, place(STAGE_SERVER, 3478), place(STAGE_CLIENT, 40000));
}

const struct event *only_event(struct stage *stage, enum event_kind kind)
{
    assert_int_equal(stage->events.count, 1);
    assert_int_equal(stage->events.items[0].kind, kind);
    stage->events.count = 0;
    return &stage->events.items[0];
}
