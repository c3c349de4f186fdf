/* SPDX-License-Identifier: MIT */
#include "ui/tui/hear_parts.h"

#include "dissectors/dtls/handshake.h"
#include "dissectors/dtls/record.h"
#include "dissectors/tls/hello.h"
#include "dissectors/tls/names.h"

/* The first thing that a row says of TLS is what it is. */
static void note_kind(struct heard *heard, unsigned kind)
{
    if (heard->evidence.kind == 0)
        heard->evidence.kind = (uint16_t)kind;
}

static void append_server_name(struct heard *heard, const struct tls_handshake *message,
                               bool datagram)
{
    struct tls_client_hello hello;
    enum dissect_status status = tls_client_hello_decode(&hello, message, datagram);
    bool named =
        (status == DISSECT_OK || status == DISSECT_CUT_SHORT) && hello.server_name.length > 0;
    heard_append(heard, named ? "ClientHello %.*s" : "ClientHello",
                 named ? (int)hello.server_name.length : 0, (const char *)hello.server_name.data);
    if (named)
        evidence_set_detail(&heard->evidence, hello.server_name);
}

static void append_message(struct heard *heard, const struct tls_handshake *message, bool datagram)
{
    const char *name = tls_handshake_type_name(message->type);
    note_kind(heard, message->type);
    if (message->type == TLS_CLIENT_HELLO)
        append_server_name(heard, message, datagram);
    else if (name != NULL)
        heard_append(heard, "%s", name);
    else
        heard_append(heard, "handshake message %u", message->type);
}

static void append_alert(struct heard *heard, struct bytes fragment)
{
    struct tls_alert alert;
    note_kind(heard, EVIDENCE_TLS_RECORD | TLS_ALERT);
    if (tls_alert_decode(&alert, fragment) != DISSECT_OK) {
        heard_append(heard, "Alert, encrypted");
        return;
    }
    const char *name = tls_alert_name(alert.description),
               *level = tls_alert_level_name(alert.level);
    heard->evidence.code = alert.description;
    heard->evidence.id[0] = alert.level;
    heard_append(heard, "Alert %s %s", level != NULL ? level : "", name != NULL ? name : "");
}

/* The messages of one handshake record; encrypted ones look like none. */
static void append_handshake(struct heard *heard, struct bytes fragment)
{
    struct tls_handshake message;
    bool any = false;
    while (fragment.length >= TLS_HANDSHAKE_HEADER_LENGTH) {
        enum dissect_status status = tls_handshake_next(&message, &fragment);
        if (tls_handshake_type_name(message.type) == NULL ||
            (status != DISSECT_OK && status != DISSECT_INCOMPLETE))
            break;
        append_message(heard, &message, false);
        any = true;
        if (status == DISSECT_INCOMPLETE)
            break;
    }
    if (!any)
        heard_append(heard, "handshake, encrypted");
}

static void append_record(struct heard *heard, uint8_t type, struct bytes fragment)
{
    if (type == TLS_ALERT)
        append_alert(heard, fragment);
    else if (type == TLS_CHANGE_CIPHER_SPEC)
        heard_append(heard, "ChangeCipherSpec");
    else if (type == TLS_HANDSHAKE)
        append_handshake(heard, fragment);
    else if (strstr(heard->label, "encrypted data") == NULL) /* how much of it says nothing */
        heard_append(heard, "encrypted data");
    heard->minor &= type == TLS_APPLICATION_DATA;
}

size_t hear_tls(struct hearing *hearing, struct bytes bytes)
{
    struct tls_record record;
    struct heard *heard = NULL;
    size_t taken = 0;
    for (;;) {
        enum dissect_status status = tls_record_read(&record, bytes_from(bytes, taken));
        bool begun =
            status == DISSECT_INCOMPLETE && bytes.length - taken >= TLS_RECORD_HEADER_LENGTH;
        if (status != DISSECT_OK && !begun)
            return taken;
        if (heard == NULL && (heard = hearing_add(hearing, EVIDENCE_TLS, bytes)) == NULL)
            return bytes.length;
        heard->minor |= taken == 0;
        append_record(heard, record.type, record.fragment);
        if (begun)
            return bytes.length;
        taken += TLS_RECORD_HEADER_LENGTH + record.length;
    }
}

static void append_datagram_handshake(struct heard *heard, const struct dtls_record *record,
                                      bool cut)
{
    struct dtls_handshake handshake;
    struct bytes fragment = record->fragment;
    if (record->epoch != 0) {
        heard_append(heard, "Finished, encrypted");
        return;
    }
    while (dtls_handshake_next(&handshake, &fragment, cut) == DISSECT_OK) {
        struct tls_handshake message = dtls_handshake_message(&handshake);
        append_message(heard, &message, true);
    }
}

size_t hear_dtls(struct hearing *hearing, struct bytes bytes,
                 const struct transport_address relayed[2])
{
    struct bytes rest = bytes;
    struct dtls_record record;
    struct heard *heard = NULL;
    bool cut = hearing->packet->cut;
    for (;;) {
        enum dissect_status status = dtls_record_next(&record, &rest, cut);
        if (status != DISSECT_OK && status != DISSECT_CUT_SHORT)
            return heard != NULL ? bytes.length : 0;
        if (heard == NULL && (heard = hearing_add(hearing, EVIDENCE_DTLS, bytes)) == NULL)
            return bytes.length;
        heard->minor |= heard->label[0] == '\0';
        if (relayed != NULL) {
            heard->evidence.flags |= EVIDENCE_RELAYED;
            heard->evidence.source = relayed[0];
            heard->evidence.destination = relayed[1];
        }
        if (record.type == TLS_HANDSHAKE)
            append_datagram_handshake(heard, &record, cut);
        else
            append_record(heard, record.type, record.fragment);
        heard->minor &= record.type == TLS_APPLICATION_DATA || record.is_unified;
    }
}
