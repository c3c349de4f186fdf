/* SPDX-License-Identifier: MIT */
#include "analyzer/track/handshakes.h"
#include "tests/fuzz/fuzz.h"

/* The input is an exchange: a byte that says who sends and how (0x80: the server, 0x40: a gap,
 * 0x20: close), a byte of length, and so many bytes. */
static struct {
    struct handshakes handshakes;
    struct flows flows;
    struct event_queue events;
    struct transport_address ends[2];
    uint64_t frame;
    bool ready;
} bench;

static void prepare(void)
{
    if (bench.ready)
        return;
    fuzz_require(handshakes_init(&bench.handshakes, 1) == 0 && flows_init(&bench.flows, 64) == 0);
    fuzz_require(ip_address_parse(&bench.ends[0].ip, "192.0.2.10"));
    fuzz_require(ip_address_parse(&bench.ends[1].ip, "192.0.2.1"));
    bench.ready = true;
}

static struct sighting see(unsigned end, uint8_t protocol)
{
    struct sighting sighting = {.time = (int64_t)++bench.frame * MILLISECONDS,
                                .frame = bench.frame};
    sighting.flow = flows_note(&bench.flows, &bench.ends[end], &bench.ends[1 - end], protocol,
                               FLOW_OUTER, &sighting.from);
    sighting.flow_id = table_id(&bench.flows.table, sighting.flow);
    return sighting;
}

static void check_events(void)
{
    for (size_t i = 0; i < bench.events.count; i++) {
        char text[160];
        fuzz_require(bench.events.items[i].handshake != NULL);
        (void)handshake_state_name(bench.events.items[i].handshake);
        (void)evidence_summary(&bench.events.items[i].evidence, text, sizeof text);
    }
    fuzz_require(bench.events.lost == 0);
    bench.events.count = 0;
}

static void send_stream(const struct sighting *sighting, struct bytes bytes)
{
    enum handshakes_wish wish = HANDSHAKES_WANT_MORE;
    size_t used = 1;
    while (bytes.length > 0 && used > 0 && wish == HANDSHAKES_WANT_MORE) {
        used = handshakes_stream(&bench.handshakes, sighting, bytes, &wish, &bench.events);
        fuzz_require(used <= bytes.length);
        bytes = bytes_from(bytes, used);
        check_events();
    }
}

static void step_stream(struct cursor *c)
{
    uint8_t how = cursor_u8(c);
    size_t length = cursor_u8(c);
    struct sighting sighting = see(how >> 7, IP_PROTOCOL_TCP);
    struct bytes part = exact_copy(bytes_first(cursor_rest(c), length));
    cursor_skip(c, part.length);
    if ((how & 0x40) != 0)
        (void)handshakes_gap(&bench.handshakes, &sighting, length, &bench.events);
    else
        send_stream(&sighting, part);
    if ((how & 0x20) != 0)
        handshakes_closed(&bench.handshakes, &sighting, (how & 1) != 0, &bench.events);
    check_events();
    fuzz_free(part);
}

/* `opened`: the packet's own bytes are taken for its decrypted payload. */
static bool step_quic(const struct sighting *sighting, struct bytes datagram, bool opened)
{
    struct quic_packet packet;
    bool ours = false;
    while (quic_packet_next(&packet, &datagram, sighting->cut) == DISSECT_OK) {
        const struct quic_plaintext plaintext = {.number = datagram.length, .payload = packet.raw};
        if (opened)
            handshakes_quic_opened(&bench.handshakes, sighting, &packet, &plaintext, &bench.events);
        ours |= handshakes_quic(&bench.handshakes, sighting, &packet, &bench.events);
        check_events();
    }
    return ours;
}

static void step_datagram(struct cursor *c)
{
    uint8_t how = cursor_u8(c);
    size_t length = 8u * cursor_u8(c);
    struct sighting sighting = see(how >> 7, IP_PROTOCOL_UDP);
    struct bytes part = exact_copy(bytes_first(cursor_rest(c), length));
    cursor_skip(c, part.length);
    sighting.cut = (how & 0x40) != 0;
    if (!step_quic(&sighting, part, (how & 0x20) != 0))
        handshakes_datagram(&bench.handshakes, &sighting, part, &bench.events);
    check_events();
    fuzz_free(part);
}

static void forget(uint8_t protocol)
{
    struct sighting sighting = see(0, protocol);
    sighting.flow->handshake = (struct record_id){0};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    prepare();
    struct bytes copy = exact_copy(bytes_of(data, size));
    struct cursor c = cursor_of(copy);
    forget(IP_PROTOCOL_TCP);
    forget(IP_PROTOCOL_UDP);
    while (cursor_left(&c) > 0)
        step_stream(&c);
    c = cursor_of(copy);
    while (cursor_left(&c) > 0)
        step_datagram(&c);
    while (handshakes_expire(&bench.handshakes, (int64_t)bench.frame * MILLISECONDS, &bench.events))
        check_events();
    check_events();
    fuzz_free(copy);
    return 0;
}
