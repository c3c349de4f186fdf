/* SPDX-License-Identifier: MIT */
#include "analyzer/content_quic.h"

#include "analyzer/content_retained.h"

static bool may_open(const struct trackers *trackers, const struct sighting *sighting,
                     const struct quic_packet *packet)
{
    const struct handshake *handshake = handshakes_of(&trackers->handshakes, sighting->flow);
    return trackers->decryption.source != NULL && sighting->flow->key.layer == FLOW_OUTER &&
           handshake != NULL && handshake->protocol == HANDSHAKE_QUIC &&
           (packet->type == QUIC_HANDSHAKE || packet->type == QUIC_ONE_RTT);
}

static void open_packet(struct trackers *trackers, const struct sighting *sighting,
                        const struct quic_packet *packet)
{
    struct quic_plaintext plaintext;
    struct handshake *handshake = handshakes_of(&trackers->handshakes, sighting->flow);
    if (decryption_quic(&trackers->decryption, &trackers->handshakes, handshake, sighting, packet,
                        &plaintext) == TLS_DECRYPT_OK)
        handshakes_quic_opened(&trackers->handshakes, sighting, packet, &plaintext,
                               &trackers->events);
}

void content_quic_replay(struct trackers *trackers, const struct sighting *sighting,
                         struct bytes bytes, const struct event_handler *handler)
{
    struct quic_packet packet;
    if (quic_packet_next(&packet, &bytes, false) == DISSECT_OK)
        open_packet(trackers, sighting, &packet);
    trackers_conclude(trackers, handler);
}

bool content_quic(struct trackers *trackers, const struct sighting *sighting, struct bytes datagram,
                  const struct event_handler *handler)
{
    struct quic_packet packet;
    enum dissect_status status;
    bool found = false;
    while ((status = quic_packet_next(&packet, &datagram, sighting->cut)) == DISSECT_OK ||
           status == DISSECT_CUT_SHORT) {
        if (status == DISSECT_OK && may_open(trackers, sighting, &packet) &&
            !content_retain(trackers, sighting, packet.raw, handler))
            open_packet(trackers, sighting, &packet);
        if (!handshakes_quic(&trackers->handshakes, sighting, &packet, &trackers->events) && !found)
            return false;
        found = true;
        trackers_conclude(trackers, handler);
    }
    return found;
}
