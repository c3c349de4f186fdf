/* SPDX-License-Identifier: MIT */
/* TLS over TCP: each message counts for the packet that completed it, as in Wireshark. */
#include "analyzer/flow/flow.h"
#include "analyzer/flow/streams.h"
#include "analyzer/limits.h"
#include "analyzer/time.h"
#include "dissectors/tls/hello.h"
#include "dissectors/tls/names.h"
#include "dissectors/tls/record.h"
#include "dissectors/xmpp/tag.h"
#include "tests/oracle/dump.h"
#include "tests/oracle/dump_handshake.h"

#include <stdlib.h>

enum { CONNECTIONS = 4096, MESSAGE_MAXIMUM = 65536 };

struct direction {
    struct stream stream;
    struct tls_collector collector;
    bool ciphered;
    bool stopped;
};

struct connection {
    struct direction directions[2];
    uint16_t version;
};

static struct {
    bool ready;
    struct flows flows;
    struct streams streams;
    struct connection connections[CONNECTIONS];
} state;

static bool prepare(void)
{
    if (!state.ready)
        state.ready = flows_init(&state.flows, CONNECTIONS) == 0 &&
                      streams_init(&state.streams, LIMIT_MEMORY) == 0;
    return state.ready;
}

static void stop(struct direction *direction)
{
    stream_stop(&state.streams, &direction->stream);
    direction->stopped = true;
}

static void clear(struct connection *connection)
{
    for (size_t i = 0; i < 2; i++) {
        stop(&connection->directions[i]);
        free(connection->directions[i].collector.buffer);
    }
    *connection = (struct connection){0};
}

static void take_messages(json_t *fields, struct connection *connection,
                          struct direction *direction, struct bytes fragment)
{
    struct tls_handshake message;
    if (direction->collector.buffer == NULL) {
        direction->collector.buffer = malloc(MESSAGE_MAXIMUM);
        direction->collector.capacity = MESSAGE_MAXIMUM;
    }
    while (fragment.length > 0) {
        if (direction->collector.seen == 0 && tls_handshake_type_name(fragment.data[0]) == NULL) {
            direction->ciphered = true;
            return;
        }
        if (tls_collector_take(&direction->collector, &fragment, &message) == DISSECT_OK)
            dump_handshake(fields, &message, false, &connection->version);
    }
}

static void take_record(json_t *fields, struct connection *connection, struct direction *direction,
                        const struct tls_record *record)
{
    if (record->type == TLS_HANDSHAKE && !direction->ciphered)
        take_messages(fields, connection, direction, record->fragment);
    else if (record->type == TLS_ALERT)
        dump_alert(fields, record->fragment);
    else if (record->type == TLS_CHANGE_CIPHER_SPEC && !tls_version_is_1_3(connection->version))
        direction->ciphered = true;
}

/* A ClientHello in the form of SSL 2.0, or XMPP up to where STARTTLS takes effect: how many bytes
 * it takes, 0 when it is neither. */
static size_t take_other(json_t *fields, struct bytes unread)
{
    struct tls_client_hello hello;
    struct xmpp_tag tag;
    struct bytes rest = unread;
    size_t length = 0;
    if (tls_ssl2_client_hello_decode(&hello, unread, &length) == DISSECT_OK) {
        dump_number(fields, "handshake.type", TLS_CLIENT_HELLO);
        dump_number(fields, "handshake.version", hello.legacy_version);
        return length;
    }
    if (unread.data[0] == '<' && xmpp_tag_next(&tag, &rest) == DISSECT_OK)
        return unread.length - rest.length;
    return 0;
}

static void take_records(json_t *fields, struct connection *connection, struct direction *direction)
{
    struct tls_record record;
    enum dissect_status status;
    size_t taken;
    do {
        struct bytes unread = stream_peek(&state.streams, &direction->stream);
        status = tls_record_read(&record, unread);
        taken = status == DISSECT_NOT_MINE ? take_other(fields, unread) : 0;
        if (status == DISSECT_OK) {
            take_record(fields, connection, direction, &record);
            taken = TLS_RECORD_HEADER_LENGTH + (size_t)record.length;
        }
        stream_consume(&state.streams, &direction->stream, taken);
    } while (taken > 0);
    if (status != DISSECT_INCOMPLETE || stream_is_cut(&direction->stream))
        stop(direction);
    else
        stream_keep(&state.streams, &direction->stream);
}

void dump_tls(uint64_t frame, const struct packet *packet)
{
    unsigned from;
    if (packet->protocol != IP_PROTOCOL_TCP || !prepare())
        return;
    int64_t time = (int64_t)frame * MILLISECONDS;
    const struct flow *flow = flows_note(&state.flows, &packet->source, &packet->destination,
                                         packet->protocol, FLOW_OUTER, &from);
    struct connection *connection = &state.connections[table_id(&state.flows.table, flow).index];
    struct direction *direction = &connection->directions[from];
    if ((packet->tcp.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
        clear(connection);
    if ((packet->tcp.flags & TCP_SYN) != 0)
        stream_start(&direction->stream, packet->tcp.sequence + 1);
    if (packet->payload_length == 0 || direction->stopped || (packet->tcp.flags & TCP_SYN) != 0)
        return;
    json_t *fields = json_object();
    stream_push(&state.streams, &direction->stream, packet->tcp.sequence, packet->payload,
                packet->payload_length, time);
    if (stream_gap(&direction->stream) > 0)
        stop(direction);
    else
        take_records(fields, connection, direction);
    if (json_object_size(fields) > 0)
        dump_line(frame, DISSECT_OK, fields);
    else
        json_decref(fields);
}
