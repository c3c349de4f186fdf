/* SPDX-License-Identifier: MIT */
/* DTLS: the records of each datagram, and what their handshake messages say once they are whole. */
#include "analyzer/flow/flow.h"
#include "dissectors/dtls/handshake.h"
#include "dissectors/dtls/record.h"
#include "tests/oracle/dump.h"
#include "tests/oracle/dump_handshake.h"

#include <stdlib.h>

enum { ASSOCIATIONS = 1024, MESSAGE_MAXIMUM = 65536 };

static struct {
    struct flows flows;
    struct association {
        struct dtls_collector collectors[2];
        uint16_t version;
    } associations[ASSOCIATIONS];
} state;

static bool prepare(void)
{
    return state.flows.table.slots != NULL || flows_init(&state.flows, ASSOCIATIONS) == 0;
}

static void take_piece(json_t *fields, struct association *association, unsigned from,
                       const struct dtls_handshake *piece)
{
    struct dtls_collector *collector = &association->collectors[from];
    struct tls_handshake message = dtls_handshake_message(piece);
    dump_number(fields, "handshake.fragment_offset", piece->fragment_offset);
    dump_number(fields, "handshake.fragment_length", piece->fragment_length);
    dump_number(fields, "handshake.message_seq", piece->number);
    if (dtls_handshake_is_whole(piece)) {
        dump_handshake(fields, &message, true, &association->version);
        return;
    }
    if (collector->buffer == NULL) {
        collector->buffer = malloc(MESSAGE_MAXIMUM);
        collector->capacity = MESSAGE_MAXIMUM;
    }
    if (dtls_collector_take(collector, piece, &message) == DISSECT_OK)
        dump_handshake(fields, &message, true, &association->version);
    else
        dump_number(fields, "handshake.type", piece->type);
}

/* What the record says; the status of the handshake messages in it. */
static enum dissect_status take_record(json_t *fields, struct association *association,
                                       unsigned from, const struct dtls_record *record, bool cut)
{
    struct dtls_handshake piece;
    enum dissect_status status = DISSECT_NOT_MINE;
    if (record->is_unified)
        return DISSECT_OK;
    dump_number(fields, "record.content_type", record->type);
    dump_number(fields, "record.version", record->version);
    dump_number(fields, "record.epoch", record->epoch);
    dump_number(fields, "record.sequence_number", record->sequence);
    if (record->epoch != 0)
        return DISSECT_OK;
    struct bytes fragment = record->fragment;
    if (record->type == TLS_ALERT)
        dump_alert(fields, fragment);
    while (record->type == TLS_HANDSHAKE &&
           (status = dtls_handshake_next(&piece, &fragment, cut)) == DISSECT_OK)
        take_piece(fields, association, from, &piece);
    return status == DISSECT_NOT_MINE ? DISSECT_OK : status;
}

void dump_dtls(uint64_t frame, const struct packet *packet)
{
    unsigned from;
    struct dtls_record record;
    enum dissect_status status;
    enum dissect_status inner = DISSECT_OK;
    if (packet->protocol != IP_PROTOCOL_UDP || !prepare())
        return;
    const struct flow *flow = flows_note(&state.flows, &packet->source, &packet->destination,
                                         packet->protocol, FLOW_OUTER, &from);
    struct association *association = &state.associations[table_id(&state.flows.table, flow).index];
    json_t *fields = json_object();
    struct bytes datagram = packet->payload;
    while (inner == DISSECT_OK &&
           (status = dtls_record_next(&record, &datagram, packet->cut)) == DISSECT_OK)
        inner = take_record(fields, association, from, &record, packet->cut);
    if (json_object_size(fields) > 0)
        dump_line(frame, inner, fields);
    else
        json_decref(fields);
}
