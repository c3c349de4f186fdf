/* SPDX-License-Identifier: MIT */
#include "ui/tui/summary_parts.h"

#include "dissectors/dtls/handshake.h"
#include "dissectors/dtls/record.h"
#include "dissectors/tls/hello.h"
#include "dissectors/tls/names.h"

/* The first thing that a row says of TLS is what it is. */
static void note_kind(struct summary *summary, unsigned kind)
{
    if (summary->evidence.kind == 0)
        summary->evidence.kind = (uint16_t)kind;
}

static void append_server_name(struct summary *summary, const struct tls_handshake *message,
                               bool datagram)
{
    struct tls_client_hello hello;
    enum dissect_status status = tls_client_hello_decode(&hello, message, datagram);
    bool named =
        (status == DISSECT_OK || status == DISSECT_CUT_SHORT) && hello.server_name.length > 0;
    summary_append(summary, named ? "ClientHello %.*s" : "ClientHello",
                   named ? (int)hello.server_name.length : 0, (const char *)hello.server_name.data);
    if (named)
        evidence_set_detail(&summary->evidence, hello.server_name);
}

static void append_message(struct summary *summary, const struct tls_handshake *message,
                           bool datagram)
{
    const char *name = tls_handshake_type_name(message->type);
    note_kind(summary, message->type);
    if (message->type == TLS_CLIENT_HELLO)
        append_server_name(summary, message, datagram);
    else if (name != NULL)
        summary_append(summary, "%s", name);
    else
        summary_append(summary, "handshake message %u", message->type);
}

static void append_alert(struct summary *summary, struct bytes fragment)
{
    struct tls_alert alert;
    note_kind(summary, EVIDENCE_TLS_RECORD | TLS_ALERT);
    if (tls_alert_decode(&alert, fragment) != DISSECT_OK) {
        summary_append(summary, "Alert, encrypted");
        return;
    }
    const char *name = tls_alert_name(alert.description),
               *level = tls_alert_level_name(alert.level);
    summary->evidence.code = alert.description;
    summary->evidence.id[0] = alert.level;
    summary_append(summary, "Alert %s %s", level != NULL ? level : "", name != NULL ? name : "");
}

/* The messages of one handshake record; encrypted ones look like none. */
static void append_handshake(struct summary *summary, struct bytes fragment)
{
    struct tls_handshake message;
    bool any = false;
    while (fragment.length >= TLS_HANDSHAKE_HEADER_LENGTH) {
        enum dissect_status status = tls_handshake_next(&message, &fragment);
        if (tls_handshake_type_name(message.type) == NULL ||
            (status != DISSECT_OK && status != DISSECT_INCOMPLETE))
            break;
        append_message(summary, &message, false);
        any = true;
        if (status == DISSECT_INCOMPLETE)
            break;
    }
    if (!any)
        summary_append(summary, "handshake, encrypted");
}

static void append_record(struct summary *summary, uint8_t type, struct bytes fragment)
{
    if (type == TLS_ALERT)
        append_alert(summary, fragment);
    else if (type == TLS_CHANGE_CIPHER_SPEC)
        summary_append(summary, "ChangeCipherSpec");
    else if (type == TLS_HANDSHAKE)
        append_handshake(summary, fragment);
    else if (strstr(summary->label, "encrypted data") == NULL) /* how much of it says nothing */
        summary_append(summary, "encrypted data");
    summary->minor &= type == TLS_APPLICATION_DATA;
}

size_t summarize_tls(struct summarizer *summarizer, struct bytes bytes)
{
    struct tls_record record;
    struct summary *summary = NULL;
    size_t taken = 0;
    for (;;) {
        enum dissect_status status = tls_record_read(&record, bytes_from(bytes, taken));
        bool begun =
            status == DISSECT_INCOMPLETE && bytes.length - taken >= TLS_RECORD_HEADER_LENGTH;
        if (status != DISSECT_OK && !begun)
            return taken;
        if (summary == NULL && (summary = summary_add(summarizer, EVIDENCE_TLS, bytes)) == NULL)
            return bytes.length;
        summary->minor |= taken == 0;
        append_record(summary, record.type, record.fragment);
        if (begun)
            return bytes.length;
        taken += TLS_RECORD_HEADER_LENGTH + record.length;
    }
}

static void append_datagram_handshake(struct summary *summary, const struct dtls_record *record,
                                      bool cut)
{
    struct dtls_handshake handshake;
    struct bytes fragment = record->fragment;
    if (record->epoch != 0) {
        summary_append(summary, "Finished, encrypted");
        return;
    }
    while (dtls_handshake_next(&handshake, &fragment, cut) == DISSECT_OK) {
        struct tls_handshake message = dtls_handshake_message(&handshake);
        append_message(summary, &message, true);
    }
}

size_t summarize_dtls(struct summarizer *summarizer, struct bytes bytes,
                      const struct transport_address relayed[2])
{
    struct bytes rest = bytes;
    struct dtls_record record;
    struct summary *summary = NULL;
    bool cut = summarizer->packet->cut;
    for (;;) {
        enum dissect_status status = dtls_record_next(&record, &rest, cut);
        if (status != DISSECT_OK && status != DISSECT_CUT_SHORT)
            return summary != NULL ? bytes.length : 0;
        if (summary == NULL && (summary = summary_add(summarizer, EVIDENCE_DTLS, bytes)) == NULL)
            return bytes.length;
        summary->minor |= summary->label[0] == '\0';
        if (relayed != NULL) {
            summary->evidence.flags |= EVIDENCE_RELAYED;
            summary->evidence.source = relayed[0];
            summary->evidence.destination = relayed[1];
        }
        if (record.type == TLS_HANDSHAKE)
            append_datagram_handshake(summary, &record, cut);
        else
            append_record(summary, record.type, record.fragment);
        summary->minor &= record.type == TLS_APPLICATION_DATA || record.is_unified;
    }
}
