/* SPDX-License-Identifier: MIT */
#include "analyzer/track/lookups.h"
#include "tests/fuzz/fuzz.h"

/* Events are always taken out in time, and say what their kind promises. */
static void take_events(struct event_queue *events)
{
    for (size_t i = 0; i < events->count; i++) {
        const struct event *event = &events->items[i];
        bool answered = event->kind == EVENT_DNS_ANSWERED;
        uint8_t state = answered ? LOOKUP_ANSWERED : LOOKUP_UNANSWERED;
        fuzz_require(event->lookup != NULL && event->lookup->state == state);
        fuzz_require(event->lookup->address_count <= LIMIT_LOOKUP_ADDRESSES);
        fuzz_require(event->lookup->target_count <= LIMIT_LOOKUP_TARGETS);
        fuzz_require(event->lookup->address_count <= event->lookup->records);
    }
    fuzz_require(events->lost == 0);
    events->count = 0;
}

/* The input is a run of messages, each behind two octets: how (direction, protocol, cut, port,
 * time) and length. */
static void note_next(struct lookups *lookups, struct cursor *input, int64_t *time,
                      struct event_queue *events)
{
    uint8_t how = cursor_u8(input);
    size_t length = cursor_u8(input);
    size_t left = cursor_left(input);
    struct bytes copy = exact_copy(cursor_take(input, length < left ? length : left));
    struct flow flow = {.key = {.protocol = how & 1 ? IP_PROTOCOL_TCP : IP_PROTOCOL_UDP}};
    struct dns_message message;
    *time += how & 8 ? 4 * SECONDS : MILLISECONDS;
    flow.key.endpoint[0] = (struct transport_address){.ip.family = 4, .port = 40000};
    flow.key.endpoint[1] = (struct transport_address){.ip.family = 4, .port = how & 16 ? 5353 : 53};
    struct sighting sighting = {.time = *time, .frame = 1, .flow = &flow, .from = how >> 1 & 1};
    if (dns_decode(&message, copy, how & 4) != DISSECT_NOT_MINE)
        lookups_note(lookups, &message, &sighting, events);
    fuzz_free(copy);
    take_events(events);
    while (lookups_expire(lookups, *time, events))
        take_events(events);
    take_events(events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct event_queue events;
    struct lookups lookups;
    struct cursor input = cursor_of(bytes_of(data, size));
    int64_t time = SECONDS;
    fuzz_require(lookups_init(&lookups, 1) == 0);
    while (cursor_left(&input) > 2)
        note_next(&lookups, &input, &time, &events);
    while (lookups_end(&lookups, time, &events))
        take_events(&events);
    take_events(&events);
    const struct lookup *lookup = NULL;
    while ((lookup = lookups_next(&lookups, lookup)) != NULL)
        fuzz_require(lookup->state != LOOKUP_PENDING);
    lookups_free(&lookups);
    return 0;
}
