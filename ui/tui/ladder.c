/* SPDX-License-Identifier: MIT */
#include "ui/tui/ladder.h"

#include "dissectors/stun/message.h"
#include "dissectors/tls/record.h"

#include <string.h>

#define SILENCE_FROM (1 * SECONDS)

const char *lifeline_name(enum lifeline lifeline)
{
    static const char *const names[] = {"Client", "DNS", "Server", "Relay", "Peer"};
    return names[lifeline];
}

static bool is_client(const struct ladder *ladder, const struct transport_address *address)
{
    return ip_address_equal(&address->ip, &ladder->scope.client);
}

static const struct flow *flow_of(const struct dashboard *dashboard, const struct summary *summary)
{
    unsigned from;
    const struct evidence *e = &summary->evidence;
    return flows_find(&dashboard->engine->trackers.flows, &e->source, &e->destination,
                      summary->transport, FLOW_OUTER, &from);
}

static bool is_turn_port(uint16_t port)
{
    return port == 3478 || port == 5349 || port == 3479;
}

/* Who is at the far end of a message that was not relayed. */
static enum lifeline far_end(const struct dashboard *dashboard, const struct summary *summary,
                             const struct transport_address *far)
{
    const struct flow *flow = flow_of(dashboard, summary);
    if (summary->evidence.protocol == EVIDENCE_DNS || far->port == 53)
        return LIFELINE_DNS;
    if (flow != NULL && flow->allocation.generation != 0)
        return LIFELINE_RELAY;
    if (flow != NULL && flow->path.generation != 0)
        return LIFELINE_PEER;
    if (summary->evidence.protocol == EVIDENCE_STUN || is_turn_port(far->port))
        return LIFELINE_RELAY;
    return LIFELINE_SERVER;
}

static void place(const struct ladder *ladder, const struct dashboard *dashboard,
                  struct ladder_row *row)
{
    const struct evidence *e = &row->summary.evidence;
    bool sent = is_client(ladder, &e->source);
    const struct transport_address *far = sent ? &e->destination : &e->source;
    enum lifeline end = LIFELINE_PEER;
    if (e->protocol == EVIDENCE_ICMP)
        far = &row->summary.quoted[is_client(ladder, &row->summary.quoted[0])];
    if (!(e->flags & EVIDENCE_RELAYED))
        end = far_end(dashboard, &row->summary, far);
    row->from = (uint8_t)(sent ? LIFELINE_CLIENT : end);
    row->to = (uint8_t)(sent ? end : LIFELINE_CLIENT);
}

static void note_address(struct ladder *ladder, enum lifeline lifeline,
                         const struct transport_address *address)
{
    struct transport_address *known = &ladder->lifelines[lifeline].address;
    if (!ladder->lifelines[lifeline].seen)
        *known = *address;
    else if (!ip_address_equal(&known->ip, &address->ip))
        ladder->lifelines[lifeline].others++;
    ladder->lifelines[lifeline].seen = true;
}

static enum look stun_look(const struct evidence *e)
{
    if (stun_type_class(e->kind) == STUN_SUCCESS)
        return LOOK_GOOD;
    return stun_type_class(e->kind) == STUN_ERROR ? LOOK_BAD : LOOK_PLAIN;
}

static enum look look_of(const struct summary *summary)
{
    const struct evidence *e = &summary->evidence;
    switch (e->protocol) {
    case EVIDENCE_STUN:
        return stun_look(e);
    case EVIDENCE_DNS:
        return !(e->flags & EVIDENCE_RESPONSE) ? LOOK_PLAIN : e->code == 0 ? LOOK_GOOD : LOOK_BAD;
    case EVIDENCE_ICMP:
        return LOOK_BAD;
    case EVIDENCE_TCP:
        return e->kind & TCP_RST ? LOOK_BAD : LOOK_PLAIN;
    case EVIDENCE_TLS:
    case EVIDENCE_DTLS:
        return e->kind == (EVIDENCE_TLS_RECORD | TLS_ALERT) && e->id[0] == TLS_ALERT_FATAL
                   ? LOOK_BAD
                   : LOOK_PLAIN;
    case EVIDENCE_HTTP:
        return e->code >= 400 ? LOOK_BAD : LOOK_PLAIN;
    default:
        return summary->minor ? LOOK_QUIET : LOOK_PLAIN;
    }
}

static bool in_time(const struct ladder *ladder, int64_t time)
{
    return ladder->extended || (time >= ladder->scope.from && time <= ladder->scope.to);
}

static bool has_address(const struct stored_packet *stored, const struct transport_address *address)
{
    return address->ip.family == 0 || transport_address_equal(&stored->source, address) ||
           transport_address_equal(&stored->destination, address);
}

bool ladder_has_packet(const struct ladder *ladder, const struct stored_packet *stored)
{
    return in_time(ladder, stored->time) && stored->sequence >= ladder->first_sequence &&
           (ip_address_equal(&stored->source.ip, &ladder->scope.client) ||
            ip_address_equal(&stored->destination.ip, &ladder->scope.client)) &&
           (ladder->extended || (has_address(stored, &ladder->scope.client_address) &&
                                 has_address(stored, &ladder->scope.server)));
}

static bool is_wanted(const struct ladder *ladder, const struct summary *summary)
{
    if (ladder->filter[0] != '\0')
        return text_has(summary->label, ladder->filter);
    return ladder->extended || !summary->minor;
}

/* A segment that was sent again says the same at the same place of the stream. */
static uint16_t times_before(const struct ladder *ladder, const struct ladder_row *row)
{
    enum { ROWS_BACK = 64 };
    size_t least = ladder->count > ROWS_BACK ? ladder->count - ROWS_BACK : 0;
    const struct evidence *e = &row->summary.evidence;
    for (size_t i = ladder->count; row->summary.transport == IP_PROTOCOL_TCP && i > least; i--) {
        const struct ladder_row *before = &ladder->rows[i - 1];
        if (!before->is_silence && before->summary.transport == IP_PROTOCOL_TCP &&
            before->sequence == row->sequence &&
            transport_address_equal(&before->summary.evidence.source, &e->source) &&
            transport_address_equal(&before->summary.evidence.destination, &e->destination) &&
            strcmp(before->summary.label, row->summary.label) == 0)
            return (uint16_t)(before->again + 1);
    }
    return 0;
}

/* `row` has what comes from its packet. */
static void add_row(struct ladder *ladder, const struct dashboard *dashboard,
                    const struct ladder_row *from)
{
    if (ladder->count == LADDER_ROWS) {
        ladder->cut = true;
        return;
    }
    struct ladder_row *row = &ladder->rows[ladder->count];
    *row = *from;
    row->partner = row->earlier = LADDER_NO_ROW;
    row->look = look_of(&row->summary);
    if (row->summary.evidence.protocol == EVIDENCE_ICMP &&
        is_client(ladder, &row->summary.evidence.source))
        row->look = LOOK_WARNING; /* an answer that came too late, as a rule */
    row->again = times_before(ladder, row);
    ladder->count++;
    place(ladder, dashboard, row);
    note_address(ladder, (enum lifeline)row->from, &row->summary.evidence.source);
    note_address(ladder, (enum lifeline)row->to, &row->summary.evidence.destination);
}

static void add_silence(struct ladder *ladder, int64_t silence)
{
    if (ladder->count == LADDER_ROWS)
        return;
    ladder->rows[ladder->count++] =
        (struct ladder_row){.is_silence = true, .silence = silence, .partner = LADDER_NO_ROW};
}

static void add_summary(struct ladder *ladder, const struct dashboard *dashboard,
                        struct ladder_row *row, const struct summary *summary)
{
    const struct ladder_row *last = ladder->count > 0 ? &ladder->rows[ladder->count - 1] : NULL;
    int64_t silence = last != NULL && !last->is_silence
                          ? summary->evidence.time - last->summary.evidence.time
                          : 0;
    if (!is_wanted(ladder, summary))
        return;
    if (silence >= SILENCE_FROM)
        add_silence(ladder, silence);
    row->summary = *summary;
    add_row(ladder, dashboard, row);
}

/* The payload of a segment with what the next ones add to it; without what the last one took. NULL:
 * as it is. */
static const struct bytes *gather(struct ladder *ladder, const struct dashboard *dashboard,
                                  const struct stored_packet *stored, struct ladder_row *row,
                                  struct bytes *payload)
{
    struct packet packet;
    struct spanning *spanning = &ladder->spanning;
    if (stored->protocol != IP_PROTOCOL_TCP || !stored_packet_decode(stored, &packet))
        return NULL;
    row->sequence = packet.tcp.sequence;
    row->skip = spanning_skip(&ladder->streams, stored, &packet);
    bool any = spanning_gather(spanning, ladder->packets, dashboard->engine, stored, row->skip);
    *payload = bytes_of(spanning->bytes, any ? spanning->length : 0);
    if (any && spanning->segments > 1) {
        spanning_note(&ladder->streams, stored, &packet, spanning);
        row->last_frame = spanning->last_frame;
    }
    return row->skip > 0 || (any && spanning->segments > 1) ? payload : NULL;
}

static void add_packet(struct ladder *ladder, const struct dashboard *dashboard,
                       const struct stored_packet *stored)
{
    struct summary summaries[SUMMARIES_MOST];
    struct ladder_row row = {.last_frame = stored->frame};
    struct bytes payload;
    const struct bytes *given = gather(ladder, dashboard, stored, &row, &payload);
    size_t count = summarize(stored, given, dashboard->engine, summaries);
    for (size_t i = 0; i < count; i++)
        add_summary(ladder, dashboard, &row, &summaries[i]);
}

void ladder_build(struct ladder *ladder, const struct dashboard *dashboard)
{
    const struct stored_packet *stored = NULL;
    int64_t end = dashboard->engine->trackers.observed.last;
    ladder->count = 0;
    ladder->cut = false;
    memset(ladder->lifelines, 0, sizeof ladder->lifelines);
    memset(&ladder->streams, 0, sizeof ladder->streams);
    while ((stored = packets_next(ladder->packets, stored)) != NULL) {
        if (ladder_has_packet(ladder, stored))
            add_packet(ladder, dashboard, stored);
    }
    ladder_pair(ladder, end);
    if (ladder->count > 0 && !ladder->extended && ladder->rows[ladder->count - 1].is_unanswered)
        add_silence(ladder, end - ladder->rows[ladder->count - 1].summary.evidence.time);
}

const struct ladder_row *ladder_message(const struct ladder *ladder, size_t row)
{
    return row < ladder->count && !ladder->rows[row].is_silence ? &ladder->rows[row] : NULL;
}
