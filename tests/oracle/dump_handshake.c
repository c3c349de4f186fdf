/* SPDX-License-Identifier: MIT */
#include "tests/oracle/dump_handshake.h"

#include "analyzer/crypto/certificate.h"
#include "dissectors/dtls/handshake.h"
#include "dissectors/tls/certificate.h"
#include "dissectors/tls/hello.h"
#include "dissectors/tls/record.h"

#include <stdlib.h>

void dump_value(json_t *fields, const char *name, json_t *value)
{
    json_t *list = json_object_get(fields, name);
    if (list == NULL) {
        list = json_array();
        json_object_set_new(fields, name, list);
    }
    json_array_append_new(list, value);
}

void dump_number(json_t *fields, const char *name, uint64_t number)
{
    dump_value(fields, name, json_integer((json_int_t)number));
}

void dump_hex(json_t *fields, const char *name, struct bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = malloc(2 * bytes.length + 1);
    for (size_t i = 0; i < bytes.length; i++) {
        hex[2 * i] = digits[bytes.data[i] >> 4];
        hex[2 * i + 1] = digits[bytes.data[i] & 0x0f];
    }
    dump_value(fields, name, json_stringn(hex, 2 * bytes.length));
    free(hex);
}

static void dump_list(json_t *fields, const char *name, struct bytes list)
{
    uint16_t value;
    for (size_t i = 0; tls_list_u16(list, i, &value); i++)
        dump_number(fields, name, value);
}

static void dump_client_hello(json_t *fields, const struct tls_handshake *message, bool is_datagram)
{
    struct tls_client_hello hello;
    struct bytes name;
    (void)tls_client_hello_decode(&hello, message, is_datagram);
    dump_number(fields, "handshake.version", hello.legacy_version);
    dump_list(fields, "handshake.ciphersuite", hello.cipher_suites);
    dump_list(fields, "handshake.extensions.supported_version", hello.supported_versions);
    dump_list(fields, "handshake.extensions_supported_group", hello.supported_groups);
    for (size_t i = 0; i < hello.key_share_count; i++)
        dump_number(fields, "handshake.extensions_key_share_group", hello.key_share_groups[i]);
    if (hello.server_name.length > 0)
        dump_hex(fields, "handshake.extensions_server_name", hello.server_name);
    struct cursor alpn = cursor_of(hello.alpn);
    while (tls_alpn_next(&alpn, &name))
        dump_hex(fields, "handshake.extensions_alpn_str", name);
    if (is_datagram && hello.cookie.length > 0)
        dump_hex(fields, "handshake.cookie", hello.cookie);
}

static void dump_server_hello(json_t *fields, const struct tls_handshake *message,
                              uint16_t *version)
{
    struct tls_server_hello hello;
    (void)tls_server_hello_decode(&hello, message);
    *version = hello.version;
    dump_number(fields, "handshake.version", hello.legacy_version);
    dump_number(fields, "handshake.ciphersuite", hello.cipher_suite);
    if (hello.version != hello.legacy_version)
        dump_number(fields, "handshake.extensions.supported_version", hello.version);
    if (hello.key_share_group != 0 && !hello.is_hello_retry_request)
        dump_number(fields, "handshake.extensions_key_share_group", hello.key_share_group);
    if (hello.alpn.length > 0)
        dump_hex(fields, "handshake.extensions_alpn_str", hello.alpn);
}

static void dump_certificate_facts(json_t *fields, struct bytes der)
{
    static struct certificate_chain chain;
    const struct certificate_facts *facts = &chain.certificates[0];
    struct certificate_san san;
    char text[IP_ADDRESS_TEXT];
    if (!certificate_chain_parse(&chain, &der, 1, 1))
        return;
    dump_value(fields, "subject", json_string(facts->subject));
    dump_value(fields, "issuer", json_string(facts->issuer));
    for (size_t i = 0; certificate_san(facts, i, &san); i++)
        if (san.is_address)
            dump_value(fields, "x509ce.iPAddress",
                       json_string(ip_address_text(&san.address, text)));
        else
            dump_hex(fields, "x509ce.dNSName", san.name);
}

static void dump_certificate(json_t *fields, const struct tls_handshake *message, uint16_t version)
{
    struct tls_certificate certificate;
    (void)tls_certificate_decode(&certificate, message, version);
    for (size_t i = 0; i < certificate.kept; i++) {
        dump_hex(fields, "handshake.certificate", certificate.chain[i]);
        dump_certificate_facts(fields, certificate.chain[i]);
    }
}

/* RFC 6347 4.2.1. Nothing of the program looks into it: only its type matters there. */
static void dump_hello_verify_request(json_t *fields, const struct tls_handshake *message)
{
    struct cursor c = cursor_of(message->body);
    dump_number(fields, "handshake.version", cursor_u16(&c));
    dump_hex(fields, "handshake.cookie", cursor_take(&c, cursor_u8(&c)));
}

void dump_handshake(json_t *fields, const struct tls_handshake *message, bool is_datagram,
                    uint16_t *version)
{
    dump_number(fields, "handshake.type", message->type);
    switch (message->type) {
    case TLS_CLIENT_HELLO:
        dump_client_hello(fields, message, is_datagram);
        break;
    case TLS_SERVER_HELLO:
        dump_server_hello(fields, message, version);
        break;
    case TLS_CERTIFICATE:
        dump_certificate(fields, message, *version);
        break;
    case TLS_HELLO_VERIFY_REQUEST:
        dump_hello_verify_request(fields, message);
        break;
    }
}

void dump_alert(json_t *fields, struct bytes fragment)
{
    struct tls_alert alert;
    if (tls_alert_decode(&alert, fragment) != DISSECT_OK)
        return;
    dump_number(fields, "alert_message.level", alert.level);
    dump_number(fields, "alert_message.desc", alert.description);
}
