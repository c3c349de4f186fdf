/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/fragments.h"

#include "analyzer/limits.h"

enum { IP_PAYLOAD_MAX = 65535, FRAGMENT_UNIT = 8 };

static void release_datagram(void *context, void *record)
{
    struct fragments *fragments = context;
    struct datagram *datagram = record;
    assembly_release(&fragments->buffers, &datagram->assembly);
}

static bool is_finished(const void *record)
{
    const struct datagram *datagram = record;
    return datagram->finished;
}

int fragments_init(struct fragments *fragments, uint32_t megabytes)
{
    uint32_t datagrams = limit_for(LIMIT_FRAGMENTED_DATAGRAMS, megabytes);
    const uint32_t counts[BUFFER_SIZES] = {datagrams, datagrams, datagrams / 8 + 1,
                                           datagrams / 16 + 1};
    *fragments = (struct fragments){0};
    if (buffers_init(&fragments->buffers, counts) != 0)
        return -1;
    if (table_init(&fragments->datagrams, datagrams, sizeof(struct datagram),
                   sizeof(struct fragment_key)) != 0) {
        buffers_free(&fragments->buffers);
        return -1;
    }
    fragments->datagrams.is_spent = is_finished;
    fragments->datagrams.release = release_datagram;
    fragments->datagrams.release_context = fragments;
    return 0;
}

void fragments_free(struct fragments *fragments)
{
    table_free(&fragments->datagrams);
    buffers_free(&fragments->buffers);
}

static void fill_key(struct fragment_key *key, const struct packet *packet)
{
    memset(key, 0, sizeof *key);
    key->source = packet->source.ip;
    key->destination = packet->destination.ip;
    key->identification = packet->fragment.identification;
    key->protocol = packet->source.ip.family == 4 ? packet->protocol : 0;
}

void fragments_expire(struct fragments *fragments, int64_t now)
{
    struct datagram *oldest;
    while ((oldest = table_oldest(&fragments->datagrams)) != NULL &&
           now - oldest->first > LIMIT_FRAGMENT_TIMEOUT) {
        fragments->timed_out += !oldest->finished;
        table_remove(&fragments->datagrams, oldest);
    }
}

/* Records are never touched, so that the oldest is the one that was begun first. */
static struct datagram *find_or_begin(struct fragments *fragments, const struct packet *packet,
                                      int64_t time)
{
    struct fragment_key key;
    fill_key(&key, packet);
    struct datagram *datagram = table_find(&fragments->datagrams, &key);
    if (datagram != NULL)
        return datagram;
    bool created;
    datagram = table_add(&fragments->datagrams, &key, &created);
    datagram->first = time;
    datagram->cut_at = UINT32_MAX;
    return datagram;
}

static enum fragment_result discard(struct fragments *fragments, struct datagram *datagram)
{
    fragments->discarded += !datagram->finished;
    datagram->finished = true;
    assembly_release(&fragments->buffers, &datagram->assembly);
    return FRAGMENT_DISCARDED;
}

/* No sender makes such a fragment. */
static bool is_impossible(const struct packet *packet)
{
    return packet->payload_length == 0 ||
           packet->fragment.offset + packet->payload_length > IP_PAYLOAD_MAX ||
           (packet->fragment.more_fragments && packet->payload_length % FRAGMENT_UNIT != 0);
}

/* Two last fragments with different ends, or bytes behind the end. */
static bool contradicts(const struct datagram *datagram, const struct packet *packet)
{
    size_t end = packet->fragment.offset + packet->payload_length;
    bool last = !packet->fragment.more_fragments;
    if (datagram->total != 0)
        return last ? end != datagram->total : end > datagram->total;
    return last && (end < datagram->assembly.ready || end < datagram->assembly.reach);
}

/* RFC 5722: nobody who means well overlaps IPv6 fragments. The same fragment captured twice is no
 * overlap (RFC 8200 section 4.5). */
static bool overlaps(const struct fragments *fragments, const struct datagram *datagram,
                     const struct packet *packet)
{
    size_t offset = packet->fragment.offset;
    size_t missing =
        assembly_missing(&fragments->buffers, &datagram->assembly, offset, packet->payload_length);
    if (missing == packet->payload_length)
        return false;
    if (missing > 0)
        return true;
    size_t comparable = datagram->cut_at > offset ? datagram->cut_at - offset : 0;
    return !assembly_same(&fragments->buffers, &datagram->assembly, offset,
                          bytes_first(packet->payload, comparable));
}

static void note_header(struct datagram *datagram, const struct packet *packet)
{
    size_t captured_end = packet->fragment.offset + packet->payload.length;
    if (packet->payload.length < packet->payload_length && captured_end < datagram->cut_at)
        datagram->cut_at = (uint32_t)captured_end;
    if (!packet->fragment.more_fragments)
        datagram->total = (uint32_t)(packet->fragment.offset + packet->payload_length);
    if (packet->fragment.offset != 0)
        return;
    datagram->protocol = packet->protocol;
    datagram->ttl = packet->ttl;
    datagram->encapsulations = packet->encapsulations;
}

static enum fragment_result deliver(struct fragments *fragments, struct datagram *datagram,
                                    int64_t time, struct packet *whole, enum dissect_status *status)
{
    struct bytes payload = assembly_ready(&fragments->buffers, &datagram->assembly);
    *whole = (struct packet){.protocol = datagram->protocol,
                             .ttl = datagram->ttl,
                             .encapsulations = datagram->encapsulations};
    whole->source.ip = datagram->key.source;
    whole->destination.ip = datagram->key.destination;
    *status =
        packet_decode_transport(whole, bytes_first(payload, datagram->cut_at), datagram->total);
    if (whole->fragment.is_fragment)
        return discard(fragments, datagram);
    fragments->delivered = table_id(&fragments->datagrams, datagram);
    fragments->delivered_time = time;
    fragments->reassembled++;
    datagram->finished = true;
    return FRAGMENT_WHOLE;
}

/* The latest whole packet is no longer needed, unless this is one of its fragments captured twice.
 */
static bool belongs_to_delivered(struct fragments *fragments, const struct packet *packet,
                                 int64_t time)
{
    struct datagram *delivered = table_at(&fragments->datagrams, fragments->delivered);
    if (delivered == NULL)
        return false;
    struct fragment_key key;
    fill_key(&key, packet);
    if (time - fragments->delivered_time < LIMIT_DUPLICATE &&
        memcmp(&key, &delivered->key, sizeof key) == 0)
        return true;
    table_remove(&fragments->datagrams, delivered);
    return false;
}

static enum fragment_result add(struct fragments *fragments, struct datagram *datagram,
                                const struct packet *packet)
{
    if (datagram->assembly.evicted)
        datagram->finished = true;
    if (datagram->finished || contradicts(datagram, packet))
        return discard(fragments, datagram);
    if (packet->source.ip.family == 6 && overlaps(fragments, datagram, packet))
        return discard(fragments, datagram);
    if (!assembly_write(&fragments->buffers, &datagram->assembly, packet->fragment.offset,
                        packet->payload, packet->payload_length))
        return discard(fragments, datagram);
    note_header(datagram, packet);
    bool whole = datagram->total != 0 && datagram->assembly.ready == datagram->total;
    return whole ? FRAGMENT_WHOLE : FRAGMENT_WAITING;
}

enum fragment_result fragments_add(struct fragments *fragments, const struct packet *fragment,
                                   int64_t time, struct packet *whole, enum dissect_status *status)
{
    *status = DISSECT_INCOMPLETE;
    fragments_expire(fragments, time);
    if (belongs_to_delivered(fragments, fragment, time) || is_impossible(fragment))
        return FRAGMENT_DISCARDED;
    struct datagram *datagram = find_or_begin(fragments, fragment, time);
    enum fragment_result result = add(fragments, datagram, fragment);
    fragments->evicted = fragments->buffers.evicted + fragments->datagrams.evicted;
    return result == FRAGMENT_WHOLE ? deliver(fragments, datagram, time, whole, status) : result;
}
