/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/quic_initial.h"
#include "dissectors/quic/frame.h"
#include "tests/fuzz/fuzz.h"

static void read_frames(struct bytes payload)
{
    uint8_t *buffer = malloc(256);
    struct quic_crypto crypto = {.buffer = buffer, .capacity = 256};
    struct quic_frame frame;
    size_t left = payload.length + 1;
    while (quic_frame_next(&frame, &payload) == DISSECT_OK) {
        fuzz_require(payload.length < left);
        left = payload.length;
        size_t ready = quic_crypto_ready(&crypto).length;
        quic_crypto_add(&crypto, frame.offset, frame.data);
        fuzz_require(quic_crypto_ready(&crypto).length >= ready);
        fuzz_require(crypto.count <= QUIC_CRYPTO_RANGES);
        for (size_t i = 1; i < crypto.count; i++)
            fuzz_require(crypto.ranges[i - 1].end < crypto.ranges[i].start);
    }
    free(buffer);
}

static void open_packet(const struct quic_packet *packet)
{
    struct quic_keys keys;
    struct bytes payload;
    uint8_t *plaintext = malloc(QUIC_INITIAL_MAXIMUM);
    if (packet->type == QUIC_INITIAL &&
        quic_initial_keys(&keys, packet->version, packet->destination_id, true) &&
        quic_initial_open(&keys, packet, plaintext, &payload))
        read_frames(payload);
    free(plaintext);
}

/* Any suite's keys on any packet: what is read stays within it. */
static void unprotect(const struct quic_packet *packet)
{
    static const struct quic_keys keys;
    static uint8_t plaintext[65536];
    for (uint16_t id = 0x1301; id <= 0x1304; id++) {
        struct quic_protection protection = {0};
        struct quic_header header;
        size_t length;
        fuzz_require(quic_protection_set(&protection, tls_suite_find(id), &keys, false));
        if (quic_protection_header(&protection, packet, packet->raw.length, &header) &&
            quic_protection_open(&protection, packet, &header, plaintext, &length))
            read_frames(bytes_of(plaintext, length));
        quic_protection_free(&protection);
    }
}

static void read_packets(struct bytes datagram, bool cut)
{
    struct quic_packet packet;
    enum dissect_status status;
    size_t left = datagram.length + 1;
    while ((status = quic_packet_next(&packet, &datagram, cut)) != DISSECT_NOT_MINE) {
        fuzz_require(cut || status != DISSECT_CUT_SHORT);
        fuzz_require(datagram.length < left);
        left = datagram.length;
        fuzz_require(packet.destination_id.length <= QUIC_CONNECTION_ID_MAXIMUM);
        fuzz_require(packet.number_offset <= packet.raw.length);
        open_packet(&packet);
        unprotect(&packet);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes copy = exact_copy(bytes_of(data, size));
    read_packets(copy, false);
    read_packets(copy, true);
    read_frames(copy);
    fuzz_free(copy);
    return 0;
}
