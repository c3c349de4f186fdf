/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/tls_decrypt.h"
#include "tests/support/hex.h"
#include "tests/support/transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STREAM_SIZE = 32768, RESULTS = 64 };

struct result {
    unsigned from;
    enum tls_decrypt_status status;
    uint8_t type;
    size_t at; /* in the text of decrypted bytes */
    size_t length;
};

struct replay {
    struct transcript transcript;
    struct keylog keylog;
    struct tls_sessions sessions;
    struct tls_session *session;
    uint8_t stream[2][STREAM_SIZE];
    size_t length[2];
    struct result results[RESULTS];
    size_t count;
    uint8_t text[STREAM_SIZE];
    size_t used;
};

static void add_keys(struct replay *replay, const char *text)
{
    struct keylog_reader reader = {.length = 0};
    keylog_read(&replay->keylog, &reader, bytes_of(text, strlen(text)));
}

static void begin(struct replay *replay, const char *name)
{
    transcript_read(&replay->transcript, name);
    assert_int_equal(keylog_init(&replay->keylog, 16), 0);
    assert_int_equal(tls_sessions_init(&replay->sessions, 2, &replay->keylog), 0);
    replay->session = tls_session_open(&replay->sessions, (struct record_id){1, 1});
    replay->length[0] = replay->length[1] = replay->count = replay->used = 0;
}

static void end(struct replay *replay)
{
    tls_sessions_free(&replay->sessions);
    keylog_free(&replay->keylog);
}

static struct replay *begin_new(const char *name)
{
    struct replay *replay = calloc(1, sizeof *replay);
    assert_non_null(replay);
    begin(replay, name);
    return replay;
}

static void end_and_free(struct replay *replay)
{
    end(replay);
    free(replay);
}

static void note(struct replay *replay, unsigned from, enum tls_decrypt_status status,
                 const struct tls_plaintext *plaintext)
{
    if (status == TLS_DECRYPT_PLAIN)
        return;
    assert_true(replay->count < RESULTS);
    struct result *result = &replay->results[replay->count++];
    *result = (struct result){from, status, plaintext->type, replay->used, 0};
    if (status != TLS_DECRYPT_OK)
        return;
    result->length = plaintext->bytes.length;
    assert_true(result->length <= sizeof replay->text - replay->used);
    if (result->length > 0)
        memcpy(replay->text + replay->used, plaintext->bytes.data, result->length);
    replay->used += result->length;
}

static void feed_hello(struct replay *replay, struct tls_handshake message, bool is_datagram)
{
    struct tls_client_hello client;
    struct tls_server_hello server;
    if (message.type == TLS_CLIENT_HELLO &&
        tls_client_hello_decode(&client, &message, is_datagram) == DISSECT_OK)
        tls_session_client_hello(replay->session, &client);
    if (message.type == TLS_SERVER_HELLO &&
        tls_server_hello_decode(&server, &message) == DISSECT_OK)
        tls_session_server_hello(replay->session, &server);
}

static void feed_record(struct replay *replay, unsigned from, const struct tls_record *record)
{
    struct tls_plaintext plaintext;
    struct tls_record copy = *record;
    copy.fragment = exact_copy(record->fragment);
    enum tls_decrypt_status status = tls_session_record(
        &replay->sessions, replay->session, (enum tls_direction)from, &copy, &plaintext);
    note(replay, from, status, &plaintext);
    if (status == TLS_DECRYPT_PLAIN && plaintext.type == TLS_HANDSHAKE) {
        struct tls_handshake message;
        struct bytes rest = plaintext.bytes;
        while (tls_handshake_next(&message, &rest) == DISSECT_OK)
            feed_hello(replay, message, false);
    }
    free((void *)copy.fragment.data);
}

static void feed_stream(struct replay *replay, unsigned from, struct bytes bytes)
{
    uint8_t *stream = replay->stream[from];
    struct tls_record record;
    assert_true(bytes.length <= STREAM_SIZE - replay->length[from]);
    memcpy(stream + replay->length[from], bytes.data, bytes.length);
    replay->length[from] += bytes.length;
    while (tls_record_read(&record, bytes_of(stream, replay->length[from])) == DISSECT_OK) {
        size_t taken = TLS_RECORD_HEADER_LENGTH + (size_t)record.length;
        feed_record(replay, from, &record);
        replay->length[from] -= taken;
        memmove(stream, stream + taken, replay->length[from]);
    }
}

/* RFC 6347 4.1: type, version, epoch and sequence number, length; 4.2.2: a message begins with
 * type, length, number, offset and length of the fragment. These messages are whole. */
static void feed_datagram(struct replay *replay, unsigned from, struct bytes datagram)
{
    struct cursor c = cursor_of(datagram);
    while (cursor_left(&c) > 0) {
        struct tls_plaintext plaintext;
        struct tls_sealed_record record = {.type = cursor_u8(&c)};
        record.version = cursor_u16(&c);
        record.sequence = cursor_u64(&c);
        record.fragment = exact_copy(cursor_take(&c, cursor_u16(&c)));
        assert_false(c.failed);
        enum tls_decrypt_status status = tls_session_datagram(
            &replay->sessions, replay->session, (enum tls_direction)from, &record, &plaintext);
        note(replay, from, status, &plaintext);
        if (status == TLS_DECRYPT_PLAIN && record.type == TLS_HANDSHAKE) {
            struct bytes body = bytes_from(record.fragment, 12);
            feed_hello(replay,
                       (struct tls_handshake){.type = record.fragment.data[0],
                                              .length = (uint32_t)body.length,
                                              .body = body},
                       true);
        }
        free((void *)record.fragment.data);
    }
}

static bool is_wire(const struct transcript_entry *entry)
{
    return entry->type == 0;
}

static void play(struct replay *replay)
{
    for (size_t i = 0; i < replay->transcript.count; i++) {
        const struct transcript_entry *entry = &replay->transcript.entries[i];
        if (is_wire(entry))
            feed_stream(replay, entry->from, entry->bytes);
    }
}

static void play_datagrams(struct replay *replay)
{
    for (size_t i = 0; i < replay->transcript.count; i++)
        feed_datagram(replay, replay->transcript.entries[i].from,
                      replay->transcript.entries[i].bytes);
}

/* What one side's application data said, all in one. */
static void assert_said(const struct replay *replay, unsigned from, const char *expected)
{
    char said[256];
    size_t length = 0;
    for (size_t i = 0; i < replay->count; i++) {
        const struct result *result = &replay->results[i];
        assert_int_equal(result->status, TLS_DECRYPT_OK);
        if (result->from != from || result->type != TLS_APPLICATION_DATA)
            continue;
        assert_true(result->length < sizeof said - length);
        memcpy(said + length, replay->text + result->at, result->length);
        length += result->length;
    }
    said[length] = '\0';
    assert_string_equal(said, expected);
}

static size_t count_status(const struct replay *replay, unsigned from,
                           enum tls_decrypt_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < replay->count; i++)
        count += replay->results[i].from == from && replay->results[i].status == status;
    return count;
}

static void assert_expected(const struct replay *replay)
{
    size_t next = 0;
    for (size_t i = 0; i < replay->transcript.count; i++) {
        const struct transcript_entry *entry = &replay->transcript.entries[i];
        if (is_wire(entry))
            continue;
        assert_true(next < replay->count);
        const struct result *result = &replay->results[next++];
        assert_int_equal(result->status, TLS_DECRYPT_OK);
        assert_int_equal(result->from, entry->from);
        assert_int_equal(result->type, entry->type);
        assert_true(bytes_equal(bytes_of(replay->text + result->at, result->length), entry->bytes));
    }
    assert_int_equal(next, replay->count);
}

static void test_rfc8448(void **state)
{
    (void)state;
    static const char *const names[] = {"rfc8448-3", "rfc8448-4"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct replay *replay = begin_new(names[i]);
        add_keys(replay, replay->transcript.keys);
        play(replay);
        assert_expected(replay);
        end_and_free(replay);
    }
}

static void test_every_cipher_suite(void **state)
{
    (void)state;
    static const char *const names[] = {
        "tls10-aes128-cbc-sha",    "tls10-aes128-cbc-sha-etm",
        "tls11-aes128-cbc-sha",    "tls12-aes128-gcm",
        "tls12-aes256-gcm",        "tls12-chacha20",
        "tls12-aes128-ccm",        "tls12-aes256-ccm8",
        "tls12-aes128-cbc-sha",    "tls12-aes256-cbc-sha-etm",
        "tls12-aes128-cbc-sha256", "tls12-aes128-cbc-sha256-etm",
        "tls12-aes256-cbc-sha384", "tls12-aes256-cbc-sha384-etm",
        "tls12-resumed",           "tls13-aes128-gcm",
        "tls13-aes256-gcm",        "tls13-chacha20",
        "tls13-aes128-ccm",        "tls13-aes128-ccm8",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        print_message("%s\n", names[i]);
        struct replay *replay = begin_new(names[i]);
        add_keys(replay, replay->transcript.keys);
        play(replay);
        assert_said(replay, TLS_FROM_CLIENT, "hello from the client\n");
        assert_said(replay, TLS_FROM_SERVER, "tneilc eht morf olleh\n");
        end_and_free(replay);
    }
}

static void test_key_update(void **state)
{
    (void)state;
    struct replay *replay = begin_new("tls13-key-update");
    add_keys(replay, replay->transcript.keys);
    play(replay);
    assert_said(replay, TLS_FROM_CLIENT, "hello from the client\nhello from the client\n");
    assert_said(replay, TLS_FROM_SERVER, "tneilc eht morf olleh\ntneilc eht morf olleh\n");
    end_and_free(replay);
}

static void test_datagrams(void **state)
{
    (void)state;
    static const char *const names[] = {"dtls10-aes128-cbc-sha", "dtls12-aes128-gcm",
                                        "dtls12-chacha20", "dtls12-aes128-cbc-sha256"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct replay *replay = begin_new(names[i]);
        add_keys(replay, replay->transcript.keys);
        play_datagrams(replay);
        assert_said(replay, TLS_FROM_CLIENT, "hello from the client\n");
        assert_said(replay, TLS_FROM_SERVER, "tneilc eht morf olleh\n");
        end_and_free(replay);
    }
}

static void test_a_damaged_datagram_ends_nothing(void **state)
{
    (void)state;
    struct replay *replay = begin_new("dtls12-aes128-gcm");
    struct transcript_entry *entries = replay->transcript.entries;
    add_keys(replay, replay->transcript.keys);
    for (size_t i = 0; i < replay->transcript.count; i++) {
        feed_datagram(replay, entries[i].from, entries[i].bytes);
        if (entries[i].bytes.data[0] != TLS_APPLICATION_DATA)
            continue;
        uint8_t *last = (uint8_t *)entries[i].bytes.data + entries[i].bytes.length - 1;
        *last ^= 1;
        feed_datagram(replay, entries[i].from, entries[i].bytes);
        assert_int_equal(replay->results[replay->count - 1].status, TLS_DECRYPT_WRONG_KEYS);
        *last ^= 1;
        feed_datagram(replay, entries[i].from, entries[i].bytes);
        assert_int_equal(replay->results[replay->count - 1].status, TLS_DECRYPT_OK);
    }
    assert_true(count_status(replay, 0, TLS_DECRYPT_WRONG_KEYS) > 0);
    end_and_free(replay);
}

static void test_without_keys(void **state)
{
    (void)state;
    static const char *const names[] = {"tls12-aes128-gcm", "tls13-aes128-gcm", "rfc8448-3"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct replay *replay = begin_new(names[i]);
        play(replay);
        assert_true(replay->count > 0);
        assert_int_equal(count_status(replay, 0, TLS_DECRYPT_NO_KEYS) +
                             count_status(replay, 1, TLS_DECRYPT_NO_KEYS),
                         replay->count);
        end_and_free(replay);
    }
}

/* The secrets of another connection under this one's random. */
static void test_wrong_keys(void **state)
{
    (void)state;
    static const char *const names[] = {"tls12-aes128-gcm", "tls12-aes128-cbc-sha",
                                        "tls12-aes128-cbc-sha256-etm", "tls13-aes256-gcm",
                                        "tls13-aes128-ccm"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct replay *replay = begin_new(names[i]);
        char *keys = replay->transcript.keys;
        for (char *end_of_line = strchr(keys, '\n'); end_of_line != NULL;
             end_of_line = strchr(end_of_line + 1, '\n'))
            end_of_line[-1] = end_of_line[-1] == '0' ? '1' : '0';
        add_keys(replay, keys);
        play(replay);
        for (size_t r = 0; r < replay->count; r++)
            assert_int_equal(replay->results[r].status, TLS_DECRYPT_WRONG_KEYS);
        assert_true(replay->count > 0);
        end_and_free(replay);
    }
}

static void test_unsupported_suite(void **state)
{
    (void)state;
    struct replay *replay = begin_new("tls12-camellia");
    add_keys(replay, replay->transcript.keys);
    play(replay);
    for (size_t i = 0; i < replay->count; i++)
        assert_int_equal(replay->results[i].status, TLS_DECRYPT_UNSUPPORTED);
    assert_true(replay->count > 0);
    end_and_free(replay);
}

/* RFC 8448 section 4 without the secret of its 0-RTT data. EndOfEarlyData goes with it. */
static void test_early_data_is_skipped(void **state)
{
    (void)state;
    struct replay *replay = begin_new("rfc8448-4");
    add_keys(replay, strstr(replay->transcript.keys, "CLIENT_HANDSHAKE"));
    play(replay);
    assert_int_equal(count_status(replay, 0, TLS_DECRYPT_SKIPPED), 2);
    assert_int_equal(count_status(replay, 0, TLS_DECRYPT_OK), 3);
    assert_int_equal(count_status(replay, 1, TLS_DECRYPT_OK), 3);
    assert_int_equal(replay->count, 8);
    end_and_free(replay);
}

/* A log that was cut to the application secrets still opens the application data. */
static void test_without_handshake_secrets(void **state)
{
    (void)state;
    struct replay *replay = begin_new("rfc8448-3");
    add_keys(replay, strstr(replay->transcript.keys, "CLIENT_TRAFFIC"));
    play(replay);
    assert_int_equal(count_status(replay, 0, TLS_DECRYPT_NO_KEYS), 1);
    assert_int_equal(count_status(replay, 1, TLS_DECRYPT_NO_KEYS), 1);
    assert_int_equal(count_status(replay, 0, TLS_DECRYPT_OK), 2);
    assert_int_equal(count_status(replay, 1, TLS_DECRYPT_OK), 3);
    end_and_free(replay);
}

/* A browser may log a secret after the records that need it were captured. */
static void test_secrets_that_come_late(void **state)
{
    (void)state;
    static const char *const names[] = {"rfc8448-3", "tls12-aes128-gcm", "tls12-aes128-cbc-sha"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        struct replay *replay = begin_new(names[n]);
        for (size_t i = 0; i < replay->transcript.count; i++) {
            const struct transcript_entry *entry = &replay->transcript.entries[i];
            if (is_wire(entry))
                feed_stream(replay, entry->from, entry->bytes);
            if (count_status(replay, 0, TLS_DECRYPT_NO_KEYS) == 1)
                add_keys(replay, replay->transcript.keys);
        }
        assert_int_equal(count_status(replay, 0, TLS_DECRYPT_NO_KEYS), 1);
        assert_int_equal(count_status(replay, 0, TLS_DECRYPT_WRONG_KEYS), 0);
        assert_int_equal(count_status(replay, 1, TLS_DECRYPT_WRONG_KEYS), 0);
        assert_true(count_status(replay, 0, TLS_DECRYPT_OK) >= 2);
        assert_true(count_status(replay, 1, TLS_DECRYPT_OK) >= 2);
        end_and_free(replay);
    }
}

static void test_lost_segments_end_one_direction(void **state)
{
    (void)state;
    struct replay *replay = begin_new("rfc8448-3");
    add_keys(replay, replay->transcript.keys);
    for (size_t i = 0; i < replay->transcript.count; i++) {
        const struct transcript_entry *entry = &replay->transcript.entries[i];
        if (is_wire(entry))
            feed_stream(replay, entry->from, entry->bytes);
        if (count_status(replay, 1, TLS_DECRYPT_OK) == 1)
            tls_session_lost(replay->session, TLS_FROM_SERVER);
    }
    assert_int_equal(count_status(replay, 1, TLS_DECRYPT_OK), 1);
    assert_int_equal(count_status(replay, 1, TLS_DECRYPT_LOST), 3);
    assert_int_equal(count_status(replay, 0, TLS_DECRYPT_OK), 3);
    end_and_free(replay);
}

/* Every record of every length up to its own: none may be over-read, none may authenticate. */
static void test_every_truncation(void **state)
{
    (void)state;
    static const char *const names[] = {"tls10-aes128-cbc-sha", "tls12-aes128-gcm",
                                        "tls12-chacha20",       "tls12-aes256-ccm8",
                                        "tls12-aes128-cbc-sha", "tls12-aes128-cbc-sha256-etm",
                                        "tls13-aes128-gcm",     "tls13-aes128-ccm"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        struct replay *replay = begin_new(names[n]);
        add_keys(replay, replay->transcript.keys);
        play(replay);
        struct tls_session_direction *direction = &replay->session->directions[TLS_FROM_SERVER];
        uint8_t noise[300] = {0};
        for (size_t length = 0; length < sizeof noise; length++) {
            struct tls_plaintext plaintext;
            struct bytes cut = exact_copy(bytes_of(noise, length));
            const struct tls_record record = {TLS_APPLICATION_DATA, TLS_1_2, (uint16_t)length, cut};
            direction->end = TLS_DECRYPT_PLAIN;
            assert_int_equal(tls_session_record(&replay->sessions, replay->session, TLS_FROM_SERVER,
                                                &record, &plaintext),
                             TLS_DECRYPT_WRONG_KEYS);
            free((void *)cut.data);
        }
        end_and_free(replay);
    }
}

static void test_sessions_are_bounded(void **state)
{
    (void)state;
    struct replay *replay = begin_new("tls12-aes128-cbc-sha");
    struct record_id first = {1, 1};
    add_keys(replay, replay->transcript.keys);
    play(replay); /* so that the session has contexts to free */
    assert_ptr_equal(tls_session_find(&replay->sessions, first), replay->session);
    tls_session_open(&replay->sessions, (struct record_id){2, 1});
    tls_session_open(&replay->sessions, (struct record_id){3, 1});
    assert_null(tls_session_find(&replay->sessions, first));
    assert_int_equal(replay->sessions.table.evicted, 1);
    end_and_free(replay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc8448),
        cmocka_unit_test(test_every_cipher_suite),
        cmocka_unit_test(test_key_update),
        cmocka_unit_test(test_datagrams),
        cmocka_unit_test(test_a_damaged_datagram_ends_nothing),
        cmocka_unit_test(test_without_keys),
        cmocka_unit_test(test_wrong_keys),
        cmocka_unit_test(test_unsupported_suite),
        cmocka_unit_test(test_early_data_is_skipped),
        cmocka_unit_test(test_without_handshake_secrets),
        cmocka_unit_test(test_secrets_that_come_late),
        cmocka_unit_test(test_lost_segments_end_one_direction),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_sessions_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
