/* SPDX-License-Identifier: MIT */
#include "ui/tui/tree_parts.h"

#include "dissectors/dtls/handshake.h"
#include "dissectors/dtls/record.h"
#include "dissectors/names.h"
#include "dissectors/tls/certificate.h"
#include "dissectors/tls/hello.h"
#include "dissectors/tls/names.h"

static void grow_version(struct growing *growing, struct bytes bytes, const char *label,
                         uint16_t version)
{
    const char *name = tls_version_name(version);
    if (name != NULL)
        grow(growing, bytes, label, "%s", name);
    else
        grow(growing, bytes, label, "0x%04x", version);
}

static struct bytes list_entry(struct bytes list, size_t index)
{
    return bytes_first(bytes_from(list, 2 * index), 2);
}

static void grow_suites(struct growing *growing, struct bytes list)
{
    uint16_t suite;
    grow(growing, list, "Cipher suites", "%zu", list.length / 2);
    growing->depth++;
    for (size_t i = 0; tls_list_u16(list, i, &suite); i++) {
        const char *name = tls_cipher_suite_name(suite);
        grow(growing, list_entry(list, i), "Suite", "0x%04x %s", suite,
             name != NULL           ? name
             : tls_is_grease(suite) ? "GREASE"
                                    : "");
    }
    growing->depth--;
}

static void grow_groups(struct growing *growing, struct bytes list)
{
    uint16_t group;
    grow(growing, list, "Groups", "%zu", list.length / 2);
    growing->depth++;
    for (size_t i = 0; tls_list_u16(list, i, &group); i++) {
        const char *name = tls_group_name(group);
        grow(growing, list_entry(list, i), "Group", "0x%04x %s", group, name != NULL ? name : "");
    }
    growing->depth--;
}

static void grow_versions(struct growing *growing, struct bytes list)
{
    uint16_t version;
    for (size_t i = 0; tls_list_u16(list, i, &version); i++)
        if (!tls_is_grease(version))
            grow_version(growing, list_entry(list, i), "Version offered", version);
}

static void grow_protocols(struct growing *growing, struct bytes list)
{
    struct cursor c = cursor_of(list);
    struct bytes name;
    while (tls_alpn_next(&c, &name))
        grow_text(growing, name, "ALPN", name);
}

static void grow_extensions(struct growing *growing, struct bytes extensions)
{
    struct cursor c = cursor_of(extensions);
    uint16_t type;
    struct bytes data;
    grow(growing, extensions, "Extensions", "%zu bytes", extensions.length);
    growing->depth++;
    while (tls_extension_next(&c, &type, &data)) {
        const char *name = tls_extension_name(type);
        grow(growing, data, "Extension", "%u %s, %zu bytes", type,
             name != NULL          ? name
             : tls_is_grease(type) ? "GREASE"
                                   : "unknown",
             data.length);
    }
    growing->depth--;
}

static void grow_client_hello(struct growing *growing, const struct tls_handshake *message,
                              bool datagram)
{
    struct tls_client_hello hello;
    enum dissect_status status = tls_client_hello_decode(&hello, message, datagram);
    if (status == DISSECT_NOT_MINE)
        return;
    if (hello.server_name.length > 0)
        grow_look(grow_text(growing, hello.server_name, "Server name", hello.server_name),
                  LOOK_STRONG);
    grow_version(growing, bytes_first(message->body, 2), "Version field", hello.legacy_version);
    grow_versions(growing, hello.supported_versions);
    grow_protocols(growing, hello.alpn);
    grow_octets(growing, hello.random, "Random", hello.random);
    if (hello.cookie.length > 0)
        grow_octets(growing, hello.cookie, "Cookie", hello.cookie);
    grow_suites(growing, hello.cipher_suites);
    if (hello.supported_groups.length > 0)
        grow_groups(growing, hello.supported_groups);
    grow_extensions(growing, hello.extensions);
}

static void grow_server_hello(struct growing *growing, const struct tls_handshake *message)
{
    struct tls_server_hello hello;
    if (tls_server_hello_decode(&hello, message) == DISSECT_NOT_MINE)
        return;
    const char *suite = tls_cipher_suite_name(hello.cipher_suite);
    grow_version(growing, bytes_first(message->body, 2), "Version", hello.version);
    grow(growing, bytes_of(NULL, 0), "Cipher suite", "0x%04x %s", hello.cipher_suite,
         suite != NULL ? suite : "");
    if (hello.is_hello_retry_request)
        grow(growing, bytes_of(NULL, 0), "HelloRetryRequest", "%s", "the client must try again");
    grow_octets(growing, hello.random, "Random", hello.random);
    if (hello.alpn.length > 0)
        grow_text(growing, hello.alpn, "ALPN", hello.alpn);
    grow_extensions(growing, hello.extensions);
}

/* The certificates of TLS 1.2 and earlier: those of TLS 1.3 are encrypted. */
static void grow_certificates(struct growing *growing, const struct tls_handshake *message)
{
    struct tls_certificate certificate;
    if (tls_certificate_decode(&certificate, message, TLS_1_2) == DISSECT_NOT_MINE)
        return;
    for (size_t i = 0; i < certificate.kept; i++)
        grow(growing, certificate.chain[i], "Certificate", "%zu bytes; see the view Handshakes",
             certificate.chain[i].length);
}

void tree_handshake(struct growing *growing, struct bytes bytes,
                    const struct tls_handshake *message, bool datagram)
{
    const char *name = tls_handshake_type_name(message->type);
    grow_look(grow(growing, bytes, "Handshake", "%s, %u bytes%s",
                   name != NULL ? name : "unknown message", message->length,
                   tls_handshake_is_cut(message) ? ", goes on in another record" : ""),
              LOOK_STRONG);
    growing->depth++;
    if (message->type == TLS_CLIENT_HELLO)
        grow_client_hello(growing, message, datagram);
    else if (message->type == TLS_SERVER_HELLO)
        grow_server_hello(growing, message);
    else if (message->type == TLS_CERTIFICATE)
        grow_certificates(growing, message);
    growing->depth--;
}

static void grow_alert(struct growing *growing, struct bytes fragment)
{
    struct tls_alert alert;
    if (tls_alert_decode(&alert, fragment) != DISSECT_OK) {
        grow(growing, fragment, "Alert", "%s", "encrypted");
        return;
    }
    const char *name = tls_alert_name(alert.description);
    const char *level = tls_alert_level_name(alert.level);
    grow_look(grow(growing, fragment, "Alert", "%s %s (%u)", level != NULL ? level : "",
                   name != NULL ? name : "", alert.description),
              alert.level == TLS_ALERT_FATAL ? LOOK_BAD : LOOK_WARNING);
}

static void grow_messages(struct growing *growing, struct bytes fragment)
{
    struct tls_handshake message;
    while (fragment.length >= TLS_HANDSHAKE_HEADER_LENGTH) {
        struct bytes all = fragment;
        enum dissect_status status = tls_handshake_next(&message, &fragment);
        if (tls_handshake_type_name(message.type) == NULL)
            break;
        tree_handshake(growing, bytes_first(all, TLS_HANDSHAKE_HEADER_LENGTH + message.body.length),
                       &message, false);
        if (status != DISSECT_OK)
            return;
    }
    if (fragment.length > 0)
        grow(growing, fragment, "Handshake", "encrypted, %zu bytes", fragment.length);
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

size_t tree_tls(struct growing *growing, struct bytes bytes)
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
        grow(growing, all, "TLS record", "%s, %s, %u bytes%s", content_name(record.type),
             version != NULL ? version : "unknown version", record.length,
             begun ? ", goes on in the next segment" : "");
        growing->depth++;
        if (record.type == TLS_HANDSHAKE)
            grow_messages(growing, record.fragment);
        else if (record.type == TLS_ALERT)
            grow_alert(growing, record.fragment);
        growing->depth--;
        taken += all.length;
    }
}

static void grow_datagram_messages(struct growing *growing, const struct dtls_record *record)
{
    struct dtls_handshake handshake;
    struct bytes fragment = record->fragment;
    if (record->epoch != 0) {
        grow(growing, fragment, "Handshake", "encrypted, %zu bytes", fragment.length);
        return;
    }
    for (struct bytes all = fragment;
         dtls_handshake_next(&handshake, &fragment, growing->packet->cut) == DISSECT_OK;
         all = fragment) {
        struct tls_handshake message = dtls_handshake_message(&handshake);
        tree_handshake(growing, bytes_first(all, all.length - fragment.length), &message, true);
    }
}

size_t tree_dtls(struct growing *growing, struct bytes bytes)
{
    struct bytes rest = bytes;
    struct dtls_record record;
    for (;;) {
        struct bytes all = rest;
        enum dissect_status status = dtls_record_next(&record, &rest, growing->packet->cut);
        if (status != DISSECT_OK && status != DISSECT_CUT_SHORT)
            return bytes.length - rest.length;
        grow(growing, bytes_first(all, all.length - rest.length), "DTLS record",
             "%s, epoch %u, number %llu, %zu bytes",
             record.is_unified ? "encrypted" : content_name(record.type), record.epoch,
             (unsigned long long)record.sequence, record.fragment.length);
        growing->depth++;
        if (record.type == TLS_HANDSHAKE)
            grow_datagram_messages(growing, &record);
        else if (record.type == TLS_ALERT)
            grow_alert(growing, record.fragment);
        growing->depth--;
    }
}
