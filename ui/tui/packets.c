/* SPDX-License-Identifier: MIT */
#include "ui/tui/packets.h"

#include "analyzer/flow/fragments.h"
#include "dissectors/dtls/record.h"
#include "dissectors/stun/message.h"
#include "ui/tui/packet_flow.h"

#include <stdlib.h>

struct packets {
    uint8_t *bytes;
    size_t size;
    size_t end;                    /* where the next packet is written */
    struct stored_packet *entries; /* a ring */
    size_t capacity;
    size_t first; /* the oldest */
    size_t count;
    uint64_t next_sequence;
    struct fragments fragments;
};

struct packets *packets_new(size_t bytes, size_t entries)
{
    struct packets *packets = calloc(1, sizeof *packets);
    if (packets == NULL)
        return NULL;
    *packets = (struct packets){.size = bytes, .capacity = entries, .next_sequence = 1};
    packets->bytes = malloc(bytes);
    packets->entries = calloc(entries, sizeof *packets->entries);
    if (packets->bytes != NULL && packets->entries != NULL &&
        fragments_init(&packets->fragments, LIMIT_MEMORY / 4) == 0)
        return packets;
    packets_free(packets);
    return NULL;
}

void packets_free(struct packets *packets)
{
    if (packets == NULL)
        return;
    fragments_free(&packets->fragments);
    free(packets->bytes);
    free(packets->entries);
    free(packets);
}

void packets_clear(struct packets *packets)
{
    packets->first = packets->count = packets->end = 0;
}

/* Signalling of TCP: everything but long application data. */
static bool is_signalling_segment(const struct packet *packet, uint64_t number)
{
    enum { HANDSHAKE_SEGMENTS = 48 };
    const struct bytes *payload = &packet->payload;
    if (packet->tcp.flags & (TCP_SYN | TCP_FIN | TCP_RST))
        return true;
    if (payload->length == 0)
        return false;
    bool application_data =
        payload->length >= 3 && payload->data[0] == TLS_APPLICATION_DATA && payload->data[1] == 3;
    return number <= HANDSHAKE_SEGMENTS || (!application_data && payload->data[0] < 64);
}

/* What RFC 7983 tells apart by its first byte. */
static bool is_signalling_datagram(struct bytes payload)
{
    if (payload.length == 0)
        return false;
    uint8_t first = payload.data[0];
    return first <= STUN_FIRST_BYTE_MAXIMUM ||
           (first >= 20 && first < 64 && first != TLS_APPLICATION_DATA);
}

static bool is_channel_data(struct bytes payload)
{
    return payload.length > 4 && payload.data[0] >= 64 && payload.data[0] < 128;
}

/* Where the sender of media on this flow has only begun; true as well where nobody knows. */
static bool begins_media(const struct trackers *trackers, const struct flow *flow, unsigned from)
{
    const struct path *path = flow != NULL ? paths_of(&trackers->paths, flow) : NULL;
    return path == NULL || path->side[from != path->client_index].media <= PACKETS_MEDIA;
}

static bool begins_media_in_channel(const struct trackers *trackers, const struct packet *packet,
                                    const struct flow *flow)
{
    const struct allocation *a = table_at(&trackers->stun.allocations.table, flow->allocation);
    uint16_t number = (uint16_t)(packet->payload.data[0] << 8 | packet->payload.data[1]);
    size_t index = a != NULL ? allocation_channel(a, number) : 0;
    if (a == NULL || index == a->channels_kept)
        return true;
    const struct transport_address *peer = &a->channels[index].peer;
    bool to_peer = transport_address_equal(&packet->source, &a->client);
    unsigned from;
    flow = flows_find(&trackers->flows, to_peer ? &a->client : peer, to_peer ? peer : &a->client,
                      IP_PROTOCOL_UDP, FLOW_RELAYED, &from);
    return begins_media(trackers, flow, from);
}

static bool is_wanted_datagram(const struct packet *packet, const struct trackers *trackers,
                               const struct flow *flow, unsigned from)
{
    if (is_signalling_datagram(packet->payload) || flow == NULL || flow->content == CONTENT_DNS)
        return true;
    if (flow->content == CONTENT_STUN && is_channel_data(packet->payload))
        return is_signalling_datagram(bytes_from(packet->payload, 4)) ||
               begins_media_in_channel(trackers, packet, flow);
    return flow->packets[from] <= PACKETS_FIRST ||
           (flow->path.generation != 0 && begins_media(trackers, flow, from));
}

static bool is_wanted(const struct packet *packet, const struct engine *engine)
{
    unsigned from = 0;
    if (engine == NULL)
        return true;
    if (packet->is_icmp_error)
        return true;
    const struct flow *flow = packet_flow(engine, packet, &from);
    if (packet->protocol == IP_PROTOCOL_TCP)
        return is_signalling_segment(packet, flow != NULL ? flow->packets[from] : 1);
    return packet->protocol == IP_PROTOCOL_UDP &&
           is_wanted_datagram(packet, &engine->trackers, flow, from);
}

static void forget_oldest(struct packets *packets)
{
    packets->first = (packets->first + 1) % packets->capacity;
    packets->count--;
}

static size_t offset_of(const struct packets *packets, const struct stored_packet *stored)
{
    return (size_t)(stored->bytes.data - packets->bytes);
}

/* Makes room for `length` bytes in one piece, at packets->end. */
static void make_room(struct packets *packets, size_t length)
{
    if (packets->count == packets->capacity)
        forget_oldest(packets);
    if (packets->end + length > packets->size) {
        while (packets->count > 0 &&
               offset_of(packets, &packets->entries[packets->first]) >= packets->end)
            forget_oldest(packets);
        packets->end = 0;
    }
    while (packets->count > 0) {
        size_t oldest = offset_of(packets, &packets->entries[packets->first]);
        if (oldest < packets->end || oldest >= packets->end + length)
            break;
        forget_oldest(packets);
    }
}

static struct bytes copy_in(struct packets *packets, struct bytes bytes)
{
    uint8_t *to = packets->bytes + packets->end;
    if (bytes.length > 0)
        memcpy(to, bytes.data, bytes.length);
    packets->end += bytes.length;
    return bytes_of(to, bytes.length);
}

static void store(struct packets *packets, const struct captured_packet *captured,
                  const struct packet *packet, struct bytes assembled)
{
    size_t length = captured->bytes.length + assembled.length;
    if (length > packets->size / 4)
        return;
    make_room(packets, length);
    struct stored_packet *stored =
        &packets->entries[(packets->first + packets->count) % packets->capacity];
    *stored = (struct stored_packet){.sequence = packets->next_sequence++,
                                     .time = captured->time,
                                     .frame = captured->frame,
                                     .wire_length = captured->wire_length,
                                     .link_type = captured->link_type,
                                     .input = captured->input,
                                     .protocol = packet->protocol,
                                     .source = packet->source,
                                     .destination = packet->destination};
    stored->bytes = copy_in(packets, captured->bytes);
    stored->assembled = assembled.length > 0 ? copy_in(packets, assembled) : bytes_of(NULL, 0);
    packets->count++;
}

static void note_fragment(struct packets *packets, const struct captured_packet *captured,
                          const struct packet *packet, const struct engine *engine)
{
    struct packet whole;
    enum dissect_status status;
    if (fragments_add(&packets->fragments, packet, captured->time, &whole, &status) !=
        FRAGMENT_WHOLE)
        store(packets, captured, packet, bytes_of(NULL, 0));
    else if (is_wanted(&whole, engine))
        store(packets, captured, &whole, whole.payload);
}

void packets_note(struct packets *packets, const struct captured_packet *captured,
                  const struct engine *engine)
{
    struct packet packet;
    enum dissect_status status =
        packet_decode(&packet, captured->link_type, captured->bytes, captured->wire_length);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT)
        return;
    fragments_expire(&packets->fragments, captured->time);
    if (packet.fragment.is_fragment)
        note_fragment(packets, captured, &packet, engine);
    else if (is_wanted(&packet, engine))
        store(packets, captured, &packet, bytes_of(NULL, 0));
}

const struct stored_packet *packets_next(const struct packets *packets,
                                         const struct stored_packet *previous)
{
    size_t place = 0;
    if (previous != NULL)
        place = ((size_t)(previous - packets->entries) + packets->capacity - packets->first) %
                    packets->capacity +
                1;
    if (place >= packets->count)
        return NULL;
    return &packets->entries[(packets->first + place) % packets->capacity];
}

const struct stored_packet *packets_find(const struct packets *packets, uint16_t input,
                                         uint64_t frame)
{
    const struct stored_packet *stored = NULL;
    while ((stored = packets_next(packets, stored)) != NULL)
        if (stored->frame == frame && stored->input == input)
            break;
    return stored;
}

bool stored_packet_decode(const struct stored_packet *stored, struct packet *packet)
{
    enum dissect_status status =
        packet_decode(packet, stored->link_type, stored->bytes, stored->wire_length);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT)
        return false;
    if (stored->assembled.length == 0)
        return true;
    packet->fragment.is_fragment = false;
    packet->source = stored->source;
    packet->destination = stored->destination;
    packet->protocol = stored->protocol;
    packet->payload = stored->assembled;
    packet->payload_length = stored->assembled.length;
    return true;
}
