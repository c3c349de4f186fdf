/* SPDX-License-Identifier: MIT */
#include "dissectors/tls/certificate.h"
#include "dissectors/tls/hello.h"
#include "dissectors/tls/record.h"
#include "tests/fuzz/fuzz.h"

static void require_inside(struct bytes part, struct bytes whole)
{
    if (part.length == 0)
        return;
    fuzz_require(part.data >= whole.data);
    fuzz_require(part.data + part.length <= whole.data + whole.length);
}

static void read_client_hello(const struct tls_handshake *message, bool is_datagram)
{
    struct tls_client_hello hello;
    uint16_t type;
    struct bytes data;
    (void)tls_client_hello_decode(&hello, message, is_datagram);
    require_inside(hello.server_name, message->body);
    require_inside(hello.alpn, message->body);
    require_inside(hello.session_ticket, message->body);
    fuzz_require(hello.random.length == 0 || hello.random.length == TLS_RANDOM_LENGTH);
    fuzz_require(hello.key_share_count <= TLS_KEY_SHARES_KEPT);
    (void)tls_client_hello_highest_version(&hello);
    struct cursor list = cursor_of(hello.extensions);
    size_t count = 0;
    while (tls_extension_next(&list, &type, &data))
        count++;
    fuzz_require(count == hello.extension_count);
    list = cursor_of(hello.alpn);
    while (tls_alpn_next(&list, &data))
        require_inside(data, hello.alpn);
}

static void read_server_hello(const struct tls_handshake *message)
{
    struct tls_server_hello hello;
    enum dissect_status status = tls_server_hello_decode(&hello, message);
    require_inside(hello.alpn, message->body);
    fuzz_require(status != DISSECT_OK || hello.session_id.length <= TLS_SESSION_ID_MAXIMUM);
}

static void read_certificates(const struct tls_handshake *message)
{
    static const uint16_t versions[] = {TLS_1_0, TLS_1_2, TLS_1_3};
    struct tls_certificate certificate;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        (void)tls_certificate_decode(&certificate, message, versions[i]);
        fuzz_require(certificate.kept <= TLS_CERTIFICATES_KEPT);
        fuzz_require(certificate.kept <= certificate.count);
        for (size_t k = 0; k < certificate.kept; k++)
            require_inside(certificate.chain[k], message->body);
    }
}

static void read_message(const struct tls_handshake *message)
{
    fuzz_require(message->body.length <= message->length);
    read_client_hello(message, false);
    read_client_hello(message, true);
    read_server_hello(message);
    read_certificates(message);
}

/* The messages are the same, in whatever pieces their bytes come. */
static size_t collect(struct bytes fragments, size_t piece, bool read)
{
    uint8_t buffer[512];
    struct tls_collector collector = {.buffer = buffer, .capacity = sizeof buffer};
    struct tls_handshake message;
    size_t count = 0;
    for (size_t at = 0; at < fragments.length; at += piece) {
        struct bytes part = bytes_first(bytes_from(fragments, at), piece);
        while (tls_collector_take(&collector, &part, &message) == DISSECT_OK) {
            count++;
            if (read)
                read_message(&message);
        }
        fuzz_require(part.length == 0 || collector.seen == 0);
    }
    if (read && tls_collector_peek(&collector, &message))
        read_message(&message);
    return count;
}

static void read_records(struct bytes stream)
{
    struct tls_record record;
    struct tls_alert alert;
    while (tls_record_read(&record, stream) == DISSECT_OK) {
        require_inside(record.fragment, stream);
        fuzz_require(record.fragment.length == record.length);
        (void)tls_alert_decode(&alert, record.fragment);
        stream = bytes_from(stream, TLS_RECORD_HEADER_LENGTH + (size_t)record.length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes copy = exact_copy(bytes_of(data, size));
    struct tls_client_hello hello;
    size_t consumed = 0;
    read_records(copy);
    if (tls_ssl2_client_hello_decode(&hello, copy, &consumed) == DISSECT_OK)
        fuzz_require(consumed <= copy.length);
    (void)tls_is_ssl2_server_hello(copy);
    size_t count = collect(copy, copy.length + 1, true);
    fuzz_require(collect(copy, 1, true) == count);
    fuzz_require(collect(copy, 7, false) == count);
    fuzz_free(copy);
    return 0;
}
