/* SPDX-License-Identifier: MIT */
#include "analyzer/content_retained.h"

#include "analyzer/content_quic.h"
#include "analyzer/content_tls.h"

static void replay_piece(struct trackers *trackers, const struct handshake *handshake,
                         const struct sighting *sighting, struct bytes bytes,
                         const struct event_handler *handler)
{
    switch (handshake->protocol) {
    case HANDSHAKE_TLS:
        content_tls_replay(trackers, sighting, bytes, handler);
        break;
    case HANDSHAKE_DTLS:
        content_dtls_replay(trackers, sighting, bytes, handler);
        break;
    case HANDSHAKE_QUIC:
        content_quic_replay(trackers, sighting, bytes, handler);
        break;
    }
}

/* Another connection may have taken the flow's place meanwhile. */
static bool is_current(const struct trackers *trackers, const struct retained *retained,
                       const struct sighting *sighting)
{
    const struct record_id id = sighting->flow->handshake;
    return table_at(&trackers->flows.table, sighting->flow_id) == sighting->flow &&
           id.index == retained->handshake.index && id.generation == retained->handshake.generation;
}

static void replay(struct trackers *trackers, struct retained *retained,
                   const struct event_handler *handler)
{
    struct handshake *handshake = table_at(&trackers->handshakes.table, retained->handshake);
    if (handshake != NULL)
        handshake->secrets_awaited = true;
    for (size_t i = 0; handshake != NULL && i < retained->count; i++) {
        const struct sighting *sighting = &retained->pieces[i].sighting;
        if (is_current(trackers, retained, sighting))
            replay_piece(trackers, handshake, sighting, retained_bytes(retained, i), handler);
    }
    table_remove(&trackers->decryption.retained, retained);
}

bool content_retain(struct trackers *trackers, const struct sighting *sighting, struct bytes bytes,
                    const struct event_handler *handler)
{
    struct decryption *decryption = &trackers->decryption;
    struct handshake *handshake = handshakes_of(&trackers->handshakes, sighting->flow);
    if (handshake->secrets_awaited)
        return false;
    struct record_id id = sighting->flow->handshake;
    if (!decryption_has_secrets(decryption, handshake) &&
        retained_add(&decryption->retained, id, sighting, bytes))
        return true;
    struct retained *retained = retained_find(&decryption->retained, id);
    handshake->secrets_awaited = true;
    if (retained != NULL)
        replay(trackers, retained, handler);
    return false;
}

bool content_retain_loss(struct trackers *trackers, const struct sighting *sighting,
                         const struct event_handler *handler)
{
    struct table *table = &trackers->decryption.retained;
    return retained_find(table, sighting->flow->handshake) != NULL &&
           content_retain(trackers, sighting, bytes_of(NULL, 0), handler);
}

static bool is_due(const struct trackers *trackers, const struct retained *retained, int64_t now)
{
    const struct handshake *handshake = table_at(&trackers->handshakes.table, retained->handshake);
    return handshake == NULL || now - retained->since > LIMIT_SECRETS_WAIT ||
           decryption_has_secrets(&trackers->decryption, handshake);
}

void content_retained_look(struct trackers *trackers, int64_t now, bool ended,
                           const struct event_handler *handler)
{
    const struct table *table = &trackers->decryption.retained;
    struct retained *next;
    if (trackers->decryption.source == NULL)
        return;
    for (struct retained *each = table_oldest(table); each != NULL; each = next) {
        next = table_newer(table, each);
        if (ended || is_due(trackers, each, now))
            replay(trackers, each, handler);
    }
}
