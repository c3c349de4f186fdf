/* SPDX-License-Identifier: MIT */
#include "analyzer/track/exchanges.h"
#include "tests/fuzz/fuzz.h"

struct side {
    uint8_t bytes[65536];
    size_t length;
};

static void require_inside(struct bytes part, struct bytes whole)
{
    fuzz_require(part.length == 0 ||
                 (part.data >= whole.data && part.data + part.length <= whole.data + whole.length));
}

static void decode(struct bytes bytes)
{
    struct http_message message;
    enum dissect_status status = http_decode(&message, bytes);
    const struct bytes parts[] = {message.method,
                                  message.target,
                                  message.reason,
                                  message.host,
                                  message.location,
                                  message.server,
                                  message.proxy_authenticate,
                                  message.upgrade};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        require_inside(parts[i], bytes);
    if (status != DISSECT_OK)
        return;
    fuzz_require(message.head_length <= bytes.length);
    struct http_body body = http_body_of(&message, false);
    struct bytes rest = bytes_from(bytes, message.head_length);
    fuzz_require(http_body_take(&body, rest) <= rest.length);
}

static void take(struct exchanges *exchanges, const struct sighting *sighting, struct side *side)
{
    struct event_queue events = {.count = 0};
    size_t taken;
    do {
        struct bytes copy = exact_copy(bytes_of(side->bytes, side->length));
        taken = exchanges_take(exchanges, sighting, copy, false, &events);
        fuzz_free(copy);
        fuzz_require(taken <= side->length && events.lost == 0);
        side->length -= taken;
        memmove(side->bytes, side->bytes + taken, side->length);
        events.count = 0;
    } while (taken > 0 && side->length > 0);
}

/* Pieces with a head of two bytes: which side sends how many bytes. */
static void replay(struct bytes input)
{
    static struct side sides[2];
    static struct exchanges exchanges;
    struct flow flow = {.packets = {0, 0}};
    struct cursor c = cursor_of(input);
    sides[0].length = sides[1].length = 0;
    fuzz_require(exchanges_init(&exchanges, 1) == 0);
    while (cursor_left(&c) > 0) {
        uint16_t head = cursor_u16(&c);
        struct bytes piece = bytes_first(cursor_rest(&c), head & 0x0fff);
        struct side *side = &sides[head >> 15];
        struct sighting sighting = {
            .frame = 1, .flow = &flow, .flow_id = {1, 1}, .from = head >> 15};
        if (piece.length > sizeof side->bytes - side->length)
            break;
        if (piece.length > 0)
            memcpy(side->bytes + side->length, piece.data, piece.length);
        side->length += piece.length;
        cursor_skip(&c, piece.length);
        take(&exchanges, &sighting, side);
    }
    exchanges_free(&exchanges);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes copy = exact_copy(bytes_of(data, size));
    decode(copy);
    replay(copy);
    fuzz_free(copy);
    return 0;
}
