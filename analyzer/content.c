/* SPDX-License-Identifier: MIT */
#include "analyzer/content.h"

#include "analyzer/content_quic.h"
#include "analyzer/content_relayed.h"
#include "analyzer/content_tls.h"
#include "analyzer/limits.h"
#include "dissectors/dtls/record.h"

static void note_cut(struct trackers *trackers, const struct evidence *evidence)
{
    if (trackers->observed.cut_messages++ == 0)
        trackers->observed.first_cut = *evidence;
}

/* Which end of a direct path is the client: who uses TURN, else who begins more conversations, for
 * clients look names up and open connections; else who checked first. */
static unsigned client_end(const struct trackers *trackers, const struct sighting *sighting)
{
    const struct allocations *allocations = &trackers->stun.allocations;
    const struct ip_address *sender = &sighting_source(sighting)->ip;
    const struct ip_address *receiver = &sighting_destination(sighting)->ip;
    bool sender_asks = allocations_on_server(allocations, sender, NULL);
    bool receiver_asks = allocations_on_server(allocations, receiver, NULL);
    bool receiver_begins =
        hosts_begun(&trackers->hosts, receiver) > hosts_begun(&trackers->hosts, sender);
    bool receiver_is = sender_asks == receiver_asks ? receiver_begins : receiver_asks;
    return receiver_is ? 1 - sighting->from : sighting->from;
}

/* A connectivity check is a Binding request with a PRIORITY (RFC 8445 section 7.1.1); on a path
 * that is known, any Binding is its keepalive or consent check. */
static void take_check(struct trackers *trackers, const struct stun_message *message,
                       enum transaction_step step, const struct sighting *sighting)
{
    struct path *path = paths_of(&trackers->paths, sighting->flow);
    if (message->method != STUN_BINDING)
        return;
    if (path == NULL && message->class == STUN_REQUEST && stun_find(message, STUN_PRIORITY) != NULL)
        path = paths_on(&trackers->paths, sighting, client_end(trackers, sighting),
                        (struct record_id){0});
    if (path != NULL)
        paths_note_check(&trackers->paths, path, message, step, sighting, &trackers->events);
}

/* A response, and a request with a nonce that a challenge brought, show that there is another side
 * where the capture holds nothing of it. */
static void note_one_way(struct trackers *trackers, const struct stun_message *message,
                         const struct sighting *sighting)
{
    const struct flow *flow = sighting->flow;
    if (flow->key.layer != FLOW_OUTER || flow->packets[1 - sighting->from] > 0)
        return;
    if (message->class == STUN_SUCCESS || message->class == STUN_ERROR ||
        stun_find(message, STUN_NONCE) != NULL)
        trackers->observed.one_way_answers++;
}

/* One STUN message at the start of `payload`: how many bytes it took, 0 when it is none. */
static size_t take_stun(struct trackers *trackers, const struct sighting *sighting,
                        struct bytes payload, const struct event_handler *handler)
{
    struct stun_message *message = &trackers->messages[sighting->flow->key.layer];
    stun_tracker_foresee(&trackers->stun, sighting, payload);
    enum dissect_status status = stun_decode(message, payload, sighting->cut);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT && status != DISSECT_MALFORMED)
        return 0;
    sighting->flow->content = CONTENT_STUN;
    if (status == DISSECT_CUT_SHORT) {
        struct evidence evidence = evidence_of_stun(message, sighting);
        note_cut(trackers, &evidence);
    }
    enum transaction_step step =
        stun_tracker_note(&trackers->stun, message, sighting, &trackers->events);
    note_one_way(trackers, message, sighting);
    take_check(trackers, message, step, sighting);
    trackers_conclude(trackers, handler);
    if (message->class == STUN_INDICATION && sighting->flow->key.layer != FLOW_RELAYED)
        content_indication(trackers, message, sighting, handler);
    return message->raw.length;
}

static bool is_dns_port(uint16_t port)
{
    return port == 53 || port == 5353 || port == 5355; /* mDNS (RFC 6762), LLMNR (RFC 4795) */
}

static bool take_dns(struct trackers *trackers, const struct sighting *sighting,
                     struct bytes payload, const struct event_handler *handler)
{
    struct dns_message message;
    const struct transport_address *ends = sighting->flow->key.endpoint;
    bool known = sighting->flow->content == CONTENT_DNS || is_dns_port(ends[0].port) ||
                 is_dns_port(ends[1].port);
    if (!known && dns_recognize(payload, sighting->cut) == DISSECT_NOT_MINE)
        return false;
    lookups_foresee(&trackers->lookups, sighting->flow);
    if (dns_decode(&message, payload, sighting->cut) == DISSECT_NOT_MINE)
        return false;
    sighting->flow->content = CONTENT_DNS;
    lookups_note(&trackers->lookups, &message, sighting, &trackers->events);
    trackers_conclude(trackers, handler);
    return true;
}

size_t content_stream_dns(struct trackers *trackers, const struct sighting *sighting,
                          struct bytes unread, const struct event_handler *handler)
{
    struct bytes message;
    size_t consumed;
    enum dissect_status status = dns_stream_message(unread, sighting->cut, &message, &consumed);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT)
        return 0;
    take_dns(trackers, sighting, message, handler);
    return consumed;
}

static bool is_dtls(struct bytes payload)
{
    return payload.length > 0 && payload.data[0] >= 20 && payload.data[0] <= 63;
}

static bool is_established(const struct trackers *trackers, const struct flow *flow)
{
    const struct handshake *handshake = handshakes_of(&trackers->handshakes, flow);
    return handshake != NULL && handshake->state == HANDSHAKE_ESTABLISHED;
}

/* Once a handshake has come to its end, DTLS is data; only what is in the clear is looked at. */
static void take_dtls(struct trackers *trackers, const struct sighting *sighting,
                      struct bytes payload, const struct event_handler *handler)
{
    bool clear = payload.data[0] == TLS_ALERT || payload.data[0] == TLS_HANDSHAKE;
    content_dtls(trackers, sighting, payload, handler);
    if (is_established(trackers, sighting->flow) && !clear)
        return;
    handshakes_datagram(&trackers->handshakes, sighting, payload, &trackers->events);
    trackers_conclude(trackers, handler);
}

/* RTP and RTCP by their first byte; of DTLS what follows the handshake, which the snaplen may hide:
 * records of data say so themselves. */
static bool is_media(const struct trackers *trackers, const struct flow *flow, struct bytes payload)
{
    if (payload.data[0] >= 128)
        return payload.data[0] <= 191;
    if (payload.data[0] == TLS_APPLICATION_DATA)
        return is_dtls(payload);
    return is_dtls(payload) && payload.data[0] != TLS_HANDSHAKE && payload.data[0] != TLS_ALERT &&
           is_established(trackers, flow);
}

/* What else RFC 7983 multiplexes on a path: DTLS and media. */
static void take_path_payload(struct trackers *trackers, const struct sighting *sighting,
                              struct bytes payload, const struct event_handler *handler)
{
    struct path *path = paths_of(&trackers->paths, sighting->flow);
    if (path == NULL || payload.length == 0)
        return;
    bool media = is_media(trackers, sighting->flow, payload);
    if (is_dtls(payload))
        take_dtls(trackers, sighting, payload, handler);
    paths_note_payload(path, payload, media, sighting, &trackers->events);
    trackers_conclude(trackers, handler);
}

static size_t take_message(struct trackers *trackers, const struct sighting *sighting,
                           struct bytes payload, bool stream, const struct event_handler *handler)
{
    if (payload.length == 0)
        return 0;
    if (payload.data[0] < 4)
        return take_stun(trackers, sighting, payload, handler);
    if (payload.data[0] >= 64 && payload.data[0] < 128)
        return content_channel_data(trackers, sighting, payload, stream, handler);
    return 0;
}

/* DTLS without ICE: told from its record header. */
static bool recognise_dtls(const struct sighting *sighting, struct bytes payload)
{
    struct dtls_record record;
    struct bytes rest = payload;
    if (sighting->flow->content == CONTENT_DTLS)
        return is_dtls(payload);
    return is_dtls(payload) && payload.data[0] != 23 &&
           dtls_record_next(&record, &rest, sighting->cut) == DISSECT_OK && !record.is_unified;
}

/* QUIC: told from the version in its long header. Once its handshake is done, only a key log shows
 * more. */
static bool take_quic(struct trackers *trackers, const struct sighting *sighting,
                      struct bytes payload, const struct event_handler *handler)
{
    struct flow *flow = sighting->flow;
    bool known = flow->content == CONTENT_QUIC;
    if (known && trackers->decryption.source == NULL && is_established(trackers, flow))
        return true;
    if (!known && (flow->content != CONTENT_UNKNOWN || payload.length == 0 ||
                   (payload.data[0] & QUIC_LONG_HEADER) == 0))
        return false;
    if (!content_quic(trackers, sighting, payload, handler))
        return known;
    flow->content = CONTENT_QUIC;
    return true;
}

/* RTP and RTCP on a path: most of all packets. */
static bool is_rtp(const struct flow *flow, struct bytes payload)
{
    return flow->path.generation != 0 && payload.length > 0 && payload.data[0] >= 128 &&
           flow->content != CONTENT_DNS;
}

static void take_datagram(struct trackers *trackers, const struct sighting *sighting,
                          struct bytes payload, size_t length, const struct event_handler *handler)
{
    struct flow *flow = sighting->flow;
    if (content_may_be_channels(trackers, sighting, payload, length) &&
        flow->content == CONTENT_UNKNOWN)
        return;
    if (flow->content != CONTENT_DNS &&
        take_message(trackers, sighting, payload, false, handler) > 0)
        return;
    if (flow->path.generation != 0) {
        take_path_payload(trackers, sighting, payload, handler);
    } else if (flow->content == CONTENT_OTHER) {
        return;
    } else if (recognise_dtls(sighting, payload)) {
        flow->content = CONTENT_DTLS;
        take_dtls(trackers, sighting, payload, handler);
    } else if (!take_quic(trackers, sighting, payload, handler) &&
               !take_dns(trackers, sighting, payload, handler) &&
               flow->content == CONTENT_UNKNOWN && ++flow->attempts >= LIMIT_CONTENT_ATTEMPTS) {
        flow->content = CONTENT_OTHER;
    }
}

void content_datagram(struct trackers *trackers, const struct sighting *sighting,
                      struct bytes payload, size_t length, const struct event_handler *handler)
{
    if (is_rtp(sighting->flow, payload))
        take_path_payload(trackers, sighting, payload, handler);
    else
        take_datagram(trackers, sighting, payload, length, handler);
}

size_t content_stream_message(struct trackers *trackers, const struct sighting *sighting,
                              struct bytes unread, const struct event_handler *handler)
{
    return take_message(trackers, sighting, unread, true, handler);
}
