/* SPDX-License-Identifier: MIT */
/* QUIC: the long headers of each datagram, and what the hellos in Initial packets say. */
#include "analyzer/crypto/quic_initial.h"
#include "analyzer/flow/flow.h"
#include "dissectors/quic/frame.h"
#include "tests/oracle/dump.h"
#include "tests/oracle/dump_handshake.h"

#include <stdlib.h>

enum { CONNECTIONS = 1024, MESSAGE_MAXIMUM = 16384 };

static struct {
    struct flows flows;
    struct connection {
        struct quic_crypto crypto[2];
        uint8_t client_id[QUIC_CONNECTION_ID_MAXIMUM];
        size_t client_id_length;
        uint16_t version;
    } connections[CONNECTIONS];
} state;

static bool prepare(void)
{
    return state.flows.table.slots != NULL || flows_init(&state.flows, CONNECTIONS) == 0;
}

static bool open_with(const struct quic_packet *packet, struct bytes id, bool of_client,
                      uint8_t *plaintext, struct bytes *payload)
{
    struct quic_keys keys;
    return quic_initial_keys(&keys, packet->version, id, of_client) &&
           quic_initial_open(&keys, packet, plaintext, payload);
}

static bool open_initial(struct connection *connection, const struct quic_packet *packet,
                         uint8_t *plaintext, struct bytes *payload)
{
    struct bytes known = bytes_of(connection->client_id, connection->client_id_length);
    if (known.length > 0 && (open_with(packet, known, true, plaintext, payload) ||
                             open_with(packet, known, false, plaintext, payload)))
        return true;
    if (!open_with(packet, packet->destination_id, true, plaintext, payload))
        return false;
    memcpy(connection->client_id, packet->destination_id.data, packet->destination_id.length);
    connection->client_id_length = packet->destination_id.length;
    return true;
}

static void take_crypto(json_t *fields, struct connection *connection, unsigned from,
                        const struct quic_frame *frame)
{
    struct quic_crypto *crypto = &connection->crypto[from];
    struct tls_handshake message;
    if (crypto->buffer == NULL) {
        crypto->buffer = malloc(MESSAGE_MAXIMUM);
        crypto->capacity = MESSAGE_MAXIMUM;
    }
    quic_crypto_add(crypto, frame->offset, frame->data);
    struct bytes ready = quic_crypto_ready(crypto);
    if (tls_handshake_next(&message, &ready) != DISSECT_OK)
        return;
    dump_handshake(fields, &message, false, &connection->version);
    crypto->count = 0;
}

static void take_packet(json_t *fields, struct connection *connection, unsigned from,
                        const struct quic_packet *packet)
{
    uint8_t plaintext[QUIC_INITIAL_MAXIMUM];
    struct bytes payload;
    struct quic_frame frame;
    if (packet->type == QUIC_ONE_RTT)
        return;
    dump_number(fields, "version", packet->version);
    dump_hex(fields, "dcid", packet->destination_id);
    if (packet->source_id.length > 0)
        dump_hex(fields, "scid", packet->source_id);
    if (packet->type != QUIC_INITIAL || !open_initial(connection, packet, plaintext, &payload))
        return;
    while (quic_frame_next(&frame, &payload) == DISSECT_OK)
        if (frame.type == QUIC_CRYPTO)
            take_crypto(fields, connection, from, &frame);
}

void dump_quic(uint64_t frame, const struct packet *packet)
{
    unsigned from;
    struct quic_packet quic;
    if (packet->protocol != IP_PROTOCOL_UDP || !prepare())
        return;
    const struct flow *flow = flows_note(&state.flows, &packet->source, &packet->destination,
                                         packet->protocol, FLOW_OUTER, &from);
    struct connection *connection = &state.connections[table_id(&state.flows.table, flow).index];
    json_t *fields = json_object();
    struct bytes datagram = packet->payload;
    while (quic_packet_next(&quic, &datagram, packet->cut) == DISSECT_OK)
        take_packet(fields, connection, from, &quic);
    if (json_object_size(fields) > 0)
        dump_line(frame, DISSECT_OK, fields);
    else
        json_decref(fields);
}
