/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/tls_decrypt.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

static const uint8_t random_bytes[TLS_RANDOM_LENGTH];

/* Secrets of a kind each, for the random of the hellos. */
static void log_secrets(struct keylog *keylog, unsigned which)
{
    static const char *const labels[] = {"CLIENT_RANDOM",
                                         "CLIENT_EARLY_TRAFFIC_SECRET",
                                         "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                                         "CLIENT_TRAFFIC_SECRET_0",
                                         "SERVER_TRAFFIC_SECRET_0",
                                         "SERVER_HANDSHAKE_TRAFFIC_SECRET"};
    struct keylog_reader reader = {.length = 0};
    for (unsigned i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        char line[256];
        bool is_short = i > 0 && (which & 0x80);
        int length =
            snprintf(line, sizeof line, "%s %064d %0*d\n", labels[i], 0, is_short ? 64 : 96, 7);
        if (which >> i & 1)
            keylog_read(keylog, &reader, bytes_of(line, (size_t)length));
    }
}

static void greet(struct tls_session *session, struct cursor *c)
{
    static const uint16_t versions[] = {TLS_1_2, TLS_1_3, DTLS_1_2, TLS_1_0};
    uint8_t flags = cursor_u8(c);
    struct tls_client_hello client = {.random = bytes_of(random_bytes, sizeof random_bytes),
                                      .offers_early_data = flags & 4};
    struct tls_server_hello server = {.random = client.random, .version = versions[flags & 3]};
    server.cipher_suite = cursor_u16(c);
    if (flags & 8)
        server.extensions = bytes_of("\0\x16\0\0", 4);
    tls_session_client_hello(session, &client);
    if (!(flags & 16))
        tls_session_server_hello(session, &server);
}

static void feed(struct tls_sessions *sessions, struct tls_session *session, struct cursor *c)
{
    uint8_t head = cursor_u8(c);
    struct bytes fragment = exact_copy(cursor_take(c, cursor_u8(c)));
    struct tls_record record = {.type = (uint8_t)(TLS_CHANGE_CIPHER_SPEC + (head >> 1 & 3)),
                                .version = TLS_1_2,
                                .length = (uint16_t)fragment.length,
                                .fragment = fragment};
    struct tls_sealed_record sealed = {(uint64_t)(head >> 4) << 47, record.type, DTLS_1_2,
                                       fragment};
    struct tls_plaintext plaintext;
    enum tls_direction from = head & 1 ? TLS_FROM_SERVER : TLS_FROM_CLIENT;
    if (head & 8)
        (void)tls_session_datagram(sessions, session, from, &sealed, &plaintext);
    else
        (void)tls_session_record(sessions, session, from, &record, &plaintext);
    fuzz_require(plaintext.bytes.length <= fragment.length);
    session->directions[from].end = TLS_DECRYPT_PLAIN; /* so that the next one is tried, too */
    fuzz_free(fragment);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tls_sessions sessions;
    struct keylog keylog;
    struct cursor c = cursor_of(bytes_of(data, size));
    fuzz_require(keylog_init(&keylog, 2) == 0 && tls_sessions_init(&sessions, 2, &keylog) == 0);
    struct tls_session *session = tls_session_open(&sessions, (struct record_id){1, 1});
    log_secrets(&keylog, cursor_u8(&c));
    greet(session, &c);
    while (cursor_left(&c) > 0)
        feed(&sessions, session, &c);
    tls_sessions_free(&sessions);
    keylog_free(&keylog);
    return 0;
}
