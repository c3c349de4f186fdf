/* SPDX-License-Identifier: MIT */
/* Recorded connections that hold an HTTP exchange, as TCP segments of every kind. */
#include "analyzer/diagnose/key_log.h"
#include "analyzer/trackers.h"
#include "tests/support/hex.h"
#include "tests/support/transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define CONNECTION "../../../samples/make/connections/"

enum { ANSWERS = 8, ALL = SIZE_MAX };

struct bench {
    struct trackers trackers;
    struct keylog_source source;
    struct transcript transcript;
    uint64_t frame;
    uint16_t port; /* of the client */
    uint32_t sequence[2];
    size_t segments;
    size_t certificates;
    uint16_t answers[ANSWERS];
    size_t answered;
};

/* How a connection is shown. */
struct manner {
    size_t segment; /* bytes in each */
    size_t lost;    /* number of the segment that is not captured; ALL: none */
    size_t kept;    /* bytes of each segment that the snaplen keeps; ALL: all */
};

static const struct manner plain = {1400, ALL, ALL};

static void handle(void *context)
{
    struct bench *bench = context;
    for (size_t i = 0; i < bench->trackers.events.count; i++) {
        const struct event *event = &bench->trackers.events.items[i];
        bench->certificates += event->kind == EVENT_TLS_CERTIFICATE;
        if (event->kind != EVENT_HTTP_RESPONSE)
            continue;
        assert_true(bench->answered < ANSWERS);
        assert_true(event->exchange->decrypted);
        bench->answers[bench->answered++] = event->exchange->status;
    }
    bench->trackers.events.count = 0;
}

static struct bench *bench_new(void)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->source.file.fd = -1;
    assert_int_equal(keylog_init(&bench->source.keylog, 16), 0);
    assert_int_equal(trackers_init(&bench->trackers, NULL, &bench->source, LIMIT_MEMORY), 0);
    return bench;
}

/* Another connection, of another port. */
static void use(struct bench *bench, const char *name)
{
    transcript_read(&bench->transcript, name);
    bench->port++;
    bench->sequence[0] = bench->sequence[1] = 1000;
    bench->segments = bench->certificates = bench->answered = 0;
}

static void add_keys(struct bench *bench)
{
    struct keylog_reader reader = {.length = 0};
    const char *keys = bench->transcript.keys;
    keylog_read(&bench->source.keylog, &reader, bytes_of(keys, strlen(keys)));
}

static void bench_free(struct bench *bench)
{
    trackers_free(&bench->trackers);
    keylog_free(&bench->source.keylog);
    free(bench);
}

static void show_datagram(struct bench *bench, unsigned from, struct bytes payload)
{
    struct place place = {.time = (int64_t)++bench->frame * MILLISECONDS, .frame = bench->frame};
    struct event_handler handler = {handle, bench};
    struct transport_address ends[2] = {
        {.ip = {.family = 4, .octets = {192, 0, 2, 1}}, .port = bench->port},
        {.ip = {.family = 4, .octets = {192, 0, 2, 2}}, .port = 5349}};
    struct bytes copy = exact_copy(payload);
    struct packet packet = {.source = ends[from],
                            .destination = ends[1 - from],
                            .protocol = IP_PROTOCOL_UDP,
                            .ttl = 64,
                            .payload = copy,
                            .payload_length = payload.length};
    trackers_packet(&bench->trackers, &packet, &place, &handler);
    free((void *)copy.data);
}

static void show_segment(struct bench *bench, unsigned from, uint8_t flags, struct bytes payload,
                         size_t length)
{
    struct place place = {.time = (int64_t)++bench->frame * MILLISECONDS, .frame = bench->frame};
    struct event_handler handler = {handle, bench};
    struct transport_address ends[2] = {
        {.ip = {.family = 4, .octets = {192, 0, 2, 1}}, .port = bench->port},
        {.ip = {.family = 4, .octets = {192, 0, 2, 2}}, .port = 443}};
    struct bytes copy = exact_copy(payload);
    struct packet packet = {.source = ends[from],
                            .destination = ends[1 - from],
                            .protocol = IP_PROTOCOL_TCP,
                            .ttl = 64,
                            .tcp = {.sequence = bench->sequence[from],
                                    .acknowledgment = bench->sequence[1 - from],
                                    .window = 65535,
                                    .flags = flags,
                                    .window_scale = -1},
                            .payload = copy,
                            .payload_length = length,
                            .cut = copy.length < length};
    trackers_packet(&bench->trackers, &packet, &place, &handler);
    free((void *)copy.data);
}

static void open_connection(struct bench *bench)
{
    for (unsigned from = 0; from < 2; from++) {
        uint8_t flags = from == 0 ? TCP_SYN : TCP_SYN | TCP_ACK;
        show_segment(bench, from, flags, bytes_of(NULL, 0), 0);
        bench->sequence[from]++;
    }
}

static void show_bytes(struct bench *bench, unsigned from, struct bytes bytes,
                       const struct manner *manner)
{
    while (bytes.length > 0) {
        struct bytes part = bytes_first(bytes, manner->segment);
        if (bench->segments++ != manner->lost)
            show_segment(bench, from, TCP_ACK | TCP_PSH, bytes_first(part, manner->kept),
                         part.length);
        bench->sequence[from] += (uint32_t)part.length;
        bytes = bytes_from(bytes, part.length);
    }
}

static void show(struct bench *bench, const struct manner *manner)
{
    open_connection(bench);
    for (size_t i = 0; i < bench->transcript.count; i++)
        show_bytes(bench, bench->transcript.entries[i].from, bench->transcript.entries[i].bytes,
                   manner);
}

static const char *const names[] = {CONNECTION "page-refused-12", CONNECTION "page-refused-13",
                                    CONNECTION "page-refused-http2"};

enum { NAMES = sizeof names / sizeof names[0] };

static void test_segments_of_any_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 5, 6, 100, 536, 1400, 60000};
    struct bench *bench = bench_new();
    for (size_t n = 0; n < NAMES; n++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            use(bench, names[n]);
            add_keys(bench);
            show(bench, &(struct manner){sizes[i], ALL, ALL});
            assert_int_equal(bench->answered, 1);
            assert_int_equal(bench->answers[0], 400);
            assert_int_equal(bench->certificates, 1);
        }
    bench_free(bench);
}

/* What is missing hides the rest of its direction; nothing false comes out. */
static void test_every_segment_lost(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    for (size_t n = 0; n < NAMES; n++) {
        size_t lost = 0;
        do {
            use(bench, names[n]);
            add_keys(bench);
            show(bench, &(struct manner){150, lost, ALL});
            assert_true(bench->answered <= 1);
            if (bench->answered == 1)
                assert_int_equal(bench->answers[0], 400);
        } while (++lost < bench->segments);
    }
    bench_free(bench);
}

static void test_every_snaplen(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    for (size_t n = 0; n < NAMES; n++)
        for (size_t kept = 0; kept < 300; kept += 7) {
            use(bench, names[n]);
            add_keys(bench);
            show(bench, &(struct manner){300, ALL, kept});
            assert_int_equal(bench->answered, 0);
        }
    bench_free(bench);
}

static void test_without_keys(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    for (size_t n = 0; n < NAMES; n++) {
        use(bench, names[n]);
        show(bench, &plain);
        assert_int_equal(bench->answered, 0);
        assert_int_equal(bench->certificates, n == 0 ? 1 : 0);
    }
    bench_free(bench);
}

static void end(struct bench *bench)
{
    trackers_end(&bench->trackers, &(struct event_handler){handle, bench});
}

/* As a browser does: the secrets of the handshake come when its records have passed, by now or
 * soon. `late`: pieces that were sent before. */
static void show_with_late_keys(struct bench *bench, size_t late)
{
    open_connection(bench);
    for (size_t i = 0; i < bench->transcript.count; i++) {
        if (i == late)
            add_keys(bench);
        show_bytes(bench, bench->transcript.entries[i].from, bench->transcript.entries[i].bytes,
                   &plain);
    }
    if (late >= bench->transcript.count)
        add_keys(bench);
}

static void test_keys_that_come_late(void **state)
{
    (void)state;
    for (size_t n = 0; n < NAMES; n++)
        for (size_t late = 0; late < 8; late++) {
            struct bench *bench = bench_new();
            use(bench, names[n]);
            show_with_late_keys(bench, late);
            end(bench);
            assert_int_equal(bench->answered, 1);
            assert_int_equal(bench->answers[0], 400);
            assert_int_equal(bench->certificates, 1);
            assert_int_equal(bench->trackers.decryption.retained.used, 0);
            bench_free(bench);
        }
}

/* The connections that wait fill what there is for them; the others are not waited for, and none of
 * them is taken for another. */
static void test_keys_that_come_too_late(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    for (unsigned i = 0; i < LIMIT_RETAINED + 10; i++) {
        use(bench, CONNECTION "page-refused-13");
        show(bench, &plain);
    }
    assert_int_equal(bench->trackers.decryption.retained.used, LIMIT_RETAINED);
    trackers_expire(&bench->trackers, bench->trackers.observed.last + 2 * LIMIT_SECRETS_WAIT,
                    &(struct event_handler){handle, bench});
    assert_int_equal(bench->trackers.decryption.retained.used, 0);
    add_keys(bench);
    end(bench);
    assert_int_equal(bench->answered, 0);
    bench_free(bench);
}

/* Records that are missing while the secrets are waited for. */
static void test_late_keys_and_every_segment_lost(void **state)
{
    (void)state;
    size_t lost = 0;
    struct bench *bench;
    do {
        bench = bench_new();
        use(bench, CONNECTION "page-refused-13");
        show(bench, &(struct manner){150, lost, ALL});
        add_keys(bench);
        end(bench);
        assert_true(bench->answered <= 1);
        if (bench->answered == 1)
            assert_int_equal(bench->answers[0], 400);
        size_t segments = bench->segments;
        bench_free(bench);
        if (++lost >= segments)
            return;
    } while (true);
}

static void test_a_second_connection_on_the_same_ports(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    use(bench, CONNECTION "page-refused-13");
    add_keys(bench);
    show(bench, &plain);
    show_segment(bench, 0, TCP_RST, bytes_of(NULL, 0), 0);
    bench->sequence[0] += 100000;
    bench->sequence[1] += 100000;
    show(bench, &plain);
    assert_int_equal(bench->answered, 2);
    assert_int_equal(bench->certificates, 2);
    bench_free(bench);
}

/* RFC 7350: an Allocate and its challenge inside DTLS. */
static void test_turn_inside_dtls(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    for (unsigned with_keys = 0; with_keys < 2; with_keys++) {
        use(bench, "dtls12-turn");
        if (with_keys)
            add_keys(bench);
        for (size_t i = 0; i < bench->transcript.count; i++)
            show_datagram(bench, bench->transcript.entries[i].from,
                          bench->transcript.entries[i].bytes);
        const struct stun_statistics *statistics = &bench->trackers.stun.statistics;
        assert_int_equal(statistics->messages, with_keys ? 2 : 0);
        assert_int_equal(statistics->requests, with_keys ? 1 : 0);
    }
    const struct table *allocations = &bench->trackers.stun.allocations.table;
    assert_int_equal(allocations->used, 1);
    const struct allocation *allocation = table_oldest(allocations);
    assert_string_equal(transport_name(allocation->protocol, allocation->inside_tls), "DTLS");
    bench_free(bench);
}

enum { LOST_NONE = -1 };

static const struct handshake *latest(const struct bench *bench)
{
    const struct handshake *last = NULL;
    for (const struct handshake *each = NULL;
         (each = handshakes_next(&bench->trackers.handshakes, each)) != NULL;)
        last = each;
    assert_non_null(last);
    return last;
}

/* Chromium refuses a self-signed certificate over QUIC. The alert, or NULL. */
static const struct handshake_alert *show_quic(struct bench *bench, int lost)
{
    for (size_t i = 0; i < bench->transcript.count; i++)
        if ((int)i != lost)
            show_datagram(bench, bench->transcript.entries[i].from,
                          bench->transcript.entries[i].bytes);
    const struct handshake *handshake = latest(bench);
    return handshake->alert.seen ? &handshake->alert : NULL;
}

static void test_quic(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    use(bench, CONNECTION "quic-self-signed");
    assert_null(show_quic(bench, LOST_NONE));
    assert_int_equal(bench->certificates, 0);
    use(bench, CONNECTION "quic-self-signed");
    add_keys(bench);
    const struct handshake_alert *alert = show_quic(bench, LOST_NONE);
    assert_non_null(alert);
    assert_int_equal(alert->from, HANDSHAKE_CLIENT);
    assert_int_equal(alert->description, 46);
    assert_int_equal(bench->certificates, 1);
    assert_string_equal(latest(bench)->alpn_selected, "h3");
    bench_free(bench);
    bench = bench_new();
    use(bench, CONNECTION "quic-self-signed");
    assert_null(show_quic(bench, LOST_NONE));
    add_keys(bench);
    end(bench);
    assert_int_equal(bench->certificates, 1);
    assert_int_equal(latest(bench)->alert.description, 46);
    bench_free(bench);
}

/* Nothing is seen twice, and nothing false. */
static void test_quic_every_datagram_lost(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    use(bench, CONNECTION "quic-self-signed");
    add_keys(bench);
    for (size_t lost = 1; lost < bench->transcript.count; lost++) {
        use(bench, CONNECTION "quic-self-signed");
        const struct handshake_alert *alert = show_quic(bench, (int)lost);
        assert_true(bench->certificates <= 1);
        assert_true(alert == NULL || alert->description == 46);
    }
    bench_free(bench);
}

/* Secrets of another connection with this one's random. */
static void test_quic_wrong_secrets(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    use(bench, CONNECTION "quic-self-signed");
    for (char *line = bench->transcript.keys; *line != '\0'; line = strchr(line, '\n') + 1) {
        char *last = strchr(line, '\n') - 1;
        *last = *last == '0' ? '1' : '0';
    }
    add_keys(bench);
    assert_null(show_quic(bench, LOST_NONE));
    assert_int_equal(bench->certificates, 0);
    bench_free(bench);
}

/* What is said of a key log that shows nothing, by the reason. */
static void test_what_the_key_log_has(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool with_keys;
        enum handshake_secrets secrets;
    } rows[] = {
        {CONNECTION "page-refused-13", true, SECRETS_FIT},
        {CONNECTION "page-refused-13", false, SECRETS_MISSING},
        {"tls10-aes128-cbc-sha", true, SECRETS_FIT},
        {"tls12-camellia", true, SECRETS_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench *bench = bench_new();
        use(bench, rows[i].name);
        if (rows[i].with_keys)
            add_keys(bench);
        show(bench, &plain);
        end(bench);
        const struct handshake *handshake = latest(bench);
        assert_int_equal(handshake->secrets, rows[i].secrets);
        assert_int_equal(key_log_problem(handshake) == NULL, rows[i].secrets == SECRETS_FIT);
        bench_free(bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments_of_any_size),
        cmocka_unit_test(test_every_segment_lost),
        cmocka_unit_test(test_every_snaplen),
        cmocka_unit_test(test_without_keys),
        cmocka_unit_test(test_keys_that_come_late),
        cmocka_unit_test(test_keys_that_come_too_late),
        cmocka_unit_test(test_late_keys_and_every_segment_lost),
        cmocka_unit_test(test_a_second_connection_on_the_same_ports),
        cmocka_unit_test(test_turn_inside_dtls),
        cmocka_unit_test(test_what_the_key_log_has),
        cmocka_unit_test(test_quic),
        cmocka_unit_test(test_quic_every_datagram_lost),
        cmocka_unit_test(test_quic_wrong_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
