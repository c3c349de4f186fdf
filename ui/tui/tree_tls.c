/* SPDX-License-Identifier: MIT */
#include "ui/tui/tree_parts.h"

#include "dissectors/dtls/handshake.h"
#include "dissectors/dtls/record.h"
#include "dissectors/names.h"
#include "dissectors/tls/certificate.h"
#include "dissectors/tls/hello.h"
#include "dissectors/tls/names.h"

static void add_version(struct tree_builder *builder, struct bytes bytes, const char *label,
                        uint16_t version)
{
    const char *name = tls_version_name(version);
    if (name != NULL)
        tree_add(builder, bytes, label, "%s", name);
    else
        tree_add(builder, bytes, label, "0x%04x", version);
}

static struct bytes list_entry(struct bytes list, size_t index)
{
    return bytes_first(bytes_from(list, 2 * index), 2);
}

static void add_suites(struct tree_builder *builder, struct bytes list)
{
    uint16_t suite;
    tree_add(builder, list, "Cipher suites", "%zu", list.length / 2);
    builder->depth++;
    for (size_t i = 0; tls_list_u16(list, i, &suite); i++) {
        const char *name = tls_cipher_suite_name(suite);
        tree_add(builder, list_entry(list, i), "Suite", "0x%04x %s", suite,
                 name != NULL           ? name
                 : tls_is_grease(suite) ? "GREASE"
                                        : "");
    }
    builder->depth--;
}

static void add_groups(struct tree_builder *builder, struct bytes list)
{
    uint16_t group;
    tree_add(builder, list, "Groups", "%zu", list.length / 2);
    builder->depth++;
    for (size_t i = 0; tls_list_u16(list, i, &group); i++) {
        const char *name = tls_group_name(group);
        tree_add(builder, list_entry(list, i), "Group", "0x%04x %s", group,
                 name != NULL ? name : "");
    }
    builder->depth--;
}

static void add_versions(struct tree_builder *builder, struct bytes list)
{
    uint16_t version;
    for (size_t i = 0; tls_list_u16(list, i, &version); i++)
        if (!tls_is_grease(version))
            add_version(builder, list_entry(list, i), "Version offered", version);
}

static void add_protocols(struct tree_builder *builder, struct bytes list)
{
    struct cursor c = cursor_of(list);
    struct bytes name;
    while (tls_alpn_next(&c, &name))
        tree_add_text(builder, name, "ALPN", name);
}

static void add_extensions(struct tree_builder *builder, struct bytes extensions)
{
    struct cursor c = cursor_of(extensions);
    uint16_t type;
    struct bytes data;
    tree_add(builder, extensions, "Extensions", "%zu bytes", extensions.length);
    builder->depth++;
    while (tls_extension_next(&c, &type, &data)) {
        const char *name = tls_extension_name(type);
        tree_add(builder, data, "Extension", "%u %s, %zu bytes", type,
                 name != NULL          ? name
                 : tls_is_grease(type) ? "GREASE"
                                       : "unknown",
                 data.length);
    }
    builder->depth--;
}

static void add_client_hello(struct tree_builder *builder, const struct tls_handshake *message,
                             bool datagram)
{
    struct tls_client_hello hello;
    enum dissect_status status = tls_client_hello_decode(&hello, message, datagram);
    if (status == DISSECT_NOT_MINE)
        return;
    if (hello.server_name.length > 0)
        tree_set_look(tree_add_text(builder, hello.server_name, "Server name", hello.server_name),
                      LOOK_STRONG);
    add_version(builder, bytes_first(message->body, 2), "Version field", hello.legacy_version);
    add_versions(builder, hello.supported_versions);
    add_protocols(builder, hello.alpn);
    tree_add_octets(builder, hello.random, "Random", hello.random);
    if (hello.cookie.length > 0)
        tree_add_octets(builder, hello.cookie, "Cookie", hello.cookie);
    add_suites(builder, hello.cipher_suites);
    if (hello.supported_groups.length > 0)
        add_groups(builder, hello.supported_groups);
    add_extensions(builder, hello.extensions);
}

static void add_server_hello(struct tree_builder *builder, const struct tls_handshake *message)
{
    struct tls_server_hello hello;
    if (tls_server_hello_decode(&hello, message) == DISSECT_NOT_MINE)
        return;
    const char *suite = tls_cipher_suite_name(hello.cipher_suite);
    add_version(builder, bytes_first(message->body, 2), "Version", hello.version);
    tree_add(builder, bytes_of(NULL, 0), "Cipher suite", "0x%04x %s", hello.cipher_suite,
             suite != NULL ? suite : "");
    if (hello.is_hello_retry_request)
        tree_add(builder, bytes_of(NULL, 0), "HelloRetryRequest", "%s",
                 "the client must try again");
    tree_add_octets(builder, hello.random, "Random", hello.random);
    if (hello.alpn.length > 0)
        tree_add_text(builder, hello.alpn, "ALPN", hello.alpn);
    add_extensions(builder, hello.extensions);
}

/* The certificates of TLS 1.2 and earlier: those of TLS 1.3 are encrypted. */
static void add_certificates(struct tree_builder *builder, const struct tls_handshake *message)
{
    struct tls_certificate certificate;
    if (tls_certificate_decode(&certificate, message, TLS_1_2) == DISSECT_NOT_MINE)
        return;
    for (size_t i = 0; i < certificate.kept; i++)
        tree_add(builder, certificate.chain[i], "Certificate", "%zu bytes; see the view Handshakes",
                 certificate.chain[i].length);
}

void tree_handshake(struct tree_builder *builder, struct bytes bytes,
                    const struct tls_handshake *message, bool datagram)
{
    const char *name = tls_handshake_type_name(message->type);
    tree_set_look(tree_add(builder, bytes, "Handshake", "%s, %u bytes%s",
                           name != NULL ? name : "unknown message", message->length,
                           tls_handshake_is_cut(message) ? ", goes on in another record" : ""),
                  LOOK_STRONG);
    builder->depth++;
    if (message->type == TLS_CLIENT_HELLO)
        add_client_hello(builder, message, datagram);
    else if (message->type == TLS_SERVER_HELLO)
        add_server_hello(builder, message);
    else if (message->type == TLS_CERTIFICATE)
        add_certificates(builder, message);
    builder->depth--;
}

static void add_alert(struct tree_builder *builder, struct bytes fragment)
{
    struct tls_alert alert;
    if (tls_alert_decode(&alert, fragment) != DISSECT_OK) {
        tree_add(builder, fragment, "Alert", "%s", "encrypted");
        return;
    }
    const char *name = tls_alert_name(alert.description);
    const char *level = tls_alert_level_name(alert.level);
    tree_set_look(tree_add(builder, fragment, "Alert", "%s %s (%u)", level != NULL ? level : "",
                           name != NULL ? name : "", alert.description),
                  alert.level == TLS_ALERT_FATAL ? LOOK_BAD : LOOK_WARNING);
}

static void add_messages(struct tree_builder *builder, struct bytes fragment)
{
    struct tls_handshake message;
    while (fragment.length >= TLS_HANDSHAKE_HEADER_LENGTH) {
        struct bytes all = fragment;
        enum dissect_status status = tls_handshake_next(&message, &fragment);
        if (tls_handshake_type_name(message.type) == NULL)
            break;
        tree_handshake(builder, bytes_first(all, TLS_HANDSHAKE_HEADER_LENGTH + message.body.length),
                       &message, false);
        if (status != DISSECT_OK)
            return;
    }
    if (fragment.length > 0)
        tree_add(builder, fragment, "Handshake", "encrypted, %zu bytes", fragment.length);
}

static const char *content_name(uint8_t type)
{
    static const struct id_name names[] = {
        {TLS_CHANGE_CIPHER_SPEC, "ChangeCipherSpec"},
        {TLS_ALERT, "alert"},
        {TLS_HANDSHAKE, "handshake"},
        {TLS_APPLICATION_DATA, "application data"},
        {TLS_HEARTBEAT, "heartbeat"},
        {DTLS_TLS12_CID, "encrypted, with connection ID"},
        {DTLS_ACK, "acknowledgment"},
    };
    const char *name = ID_NAME(names, type);
    return name != NULL ? name : "unknown";
}

size_t tree_tls(struct tree_builder *builder, struct bytes bytes)
{
    struct tls_record record;
    size_t taken = 0;
    for (;;) {
        struct bytes rest = bytes_from(bytes, taken);
        enum dissect_status status = tls_record_read(&record, rest);
        bool begun = status == DISSECT_INCOMPLETE && rest.length >= TLS_RECORD_HEADER_LENGTH;
        if (status != DISSECT_OK && !begun)
            return taken;
        struct bytes all = bytes_first(rest, (size_t)TLS_RECORD_HEADER_LENGTH + record.length);
        const char *version = tls_version_name(record.version);
        tree_add(builder, all, "TLS record", "%s, %s, %u bytes%s", content_name(record.type),
                 version != NULL ? version : "unknown version", record.length,
                 begun ? ", goes on in the next segment" : "");
        builder->depth++;
        if (record.type == TLS_HANDSHAKE)
            add_messages(builder, record.fragment);
        else if (record.type == TLS_ALERT)
            add_alert(builder, record.fragment);
        builder->depth--;
        taken += all.length;
    }
}

static void add_datagram_messages(struct tree_builder *builder, const struct dtls_record *record)
{
    struct dtls_handshake handshake;
    struct bytes fragment = record->fragment;
    if (record->epoch != 0) {
        tree_add(builder, fragment, "Handshake", "encrypted, %zu bytes", fragment.length);
        return;
    }
    for (struct bytes all = fragment;
         dtls_handshake_next(&handshake, &fragment, builder->packet->cut) == DISSECT_OK;
         all = fragment) {
        struct tls_handshake message = dtls_handshake_message(&handshake);
        tree_handshake(builder, bytes_first(all, all.length - fragment.length), &message, true);
    }
}

size_t tree_dtls(struct tree_builder *builder, struct bytes bytes)
{
    struct bytes rest = bytes;
    struct dtls_record record;
    for (;;) {
        struct bytes all = rest;
        enum dissect_status status = dtls_record_next(&record, &rest, builder->packet->cut);
        if (status != DISSECT_OK && status != DISSECT_CUT_SHORT)
            return bytes.length - rest.length;
        tree_add(builder, bytes_first(all, all.length - rest.length), "DTLS record",
                 "%s, epoch %u, number %llu, %zu bytes",
                 record.is_unified ? "encrypted" : content_name(record.type), record.epoch,
                 (unsigned long long)record.sequence, record.fragment.length);
        builder->depth++;
        if (record.type == TLS_HANDSHAKE)
            add_datagram_messages(builder, &record);
        else if (record.type == TLS_ALERT)
            add_alert(builder, record.fragment);
        builder->depth--;
    }
}
