/* SPDX-License-Identifier: MIT */
/* An analysis in which one allocation fails, for each of them: it ends with a clear failure or with
 * a whole report, and gives everything back. What OpenSSL and jansson allocate counts; libpcap and
 * the compression libraries look after themselves. */
#include "analyzer/capture/decryption_secrets.h"
#include "analyzer/diagnose/profile.h"
#include "analyzer/engine.h"
#include "ui/report/report.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>
#include <openssl/crypto.h>

enum { MEGABYTES = 1, KEYLOG_CONNECTIONS = 16, NEVER = 0 };

static struct {
    unsigned long failing; /* which allocation fails, from 1; NEVER: none */
    unsigned long count;   /* allocations so far */
    long held;             /* blocks that were not freed yet, of all but OpenSSL */
} memory;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

static bool fails(void)
{
    return ++memory.count == memory.failing;
}

static void *hold(void *block)
{
    memory.held += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : hold(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : hold(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    if (fails())
        return NULL;
    void *block = __real_realloc(old, size);
    memory.held += old == NULL && block != NULL;
    return block;
}

void __wrap_free(void *old)
{
    memory.held -= old != NULL;
    __real_free(old);
}

/* OpenSSL keeps some of its blocks for later, so they are not counted as held: the sanitizer finds
 * those that nobody has any more. */
static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return fails() ? NULL : __real_malloc(size);
}

static void *openssl_realloc(void *old, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return fails() ? NULL : __real_realloc(old, size);
}

static void openssl_free(void *old, const char *file, int line)
{
    (void)file, (void)line;
    __real_free(old);
}

/* What one analysis came to. */
enum outcome {
    NOT_OPENED, /* and the reason was said */
    NO_ENGINE,
    REPORT_FAILED,
    REPORTED,
};

static void take_secrets(void *context, struct bytes text)
{
    struct keylog_source *source = context;
    keylog_read(&source->keylog, &source->file.reader, text);
}

/* A document is whole or not there at all. */
static void check_document(const char *text)
{
    static const char *const parts[] = {"schema", "tool",     "inputs",   "vantage", "verdict",
                                        "cases",  "findings", "attempts", "stun",    "turn",
                                        "dns",    "tls",      "analyzer"};
    unsigned long failing = memory.failing;
    memory.failing = NEVER;
    json_t *document = json_loads(text, 0, NULL);
    assert_non_null(document);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        assert_non_null(json_object_get(document, parts[i]));
    json_decref(document);
    memory.failing = failing;
}

static enum outcome report_in(const char *format, const struct report *report)
{
    static char text[1 << 20];
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_non_null(out);
    bool whole = report_format(format)->write(out, report);
    fclose(out);
    if (whole && strcmp(format, "json") == 0)
        check_document(text);
    return whole ? REPORTED : REPORT_FAILED;
}

static enum outcome conclude(struct capture *capture, struct engine *engine)
{
    struct report report = {.engine = engine, .capture = capture};
    struct captured_packet packet;
    while (capture_next(capture, &packet) == 1)
        engine_packet(engine, &packet);
    engine_end(engine);
    engine_verdict(engine, &report.verdict);
    assert_int_equal(report_in("text", &report), REPORTED);
    return report_in("json", &report);
}

static enum outcome analyse(struct capture *capture, const char *path)
{
    static struct credentials credentials;
    struct keylog_source secrets = {.file.fd = -1};
    const struct engine_options options = {
        .credentials = &credentials, .keylog = &secrets, .memory = MEGABYTES};
    if (keylog_init(&secrets.keylog, KEYLOG_CONNECTIONS) != 0)
        return NO_ENGINE;
    decryption_secrets_scan(path, take_secrets, &secrets);
    struct engine *engine = engine_new(&options);
    enum outcome outcome = engine == NULL ? NO_ENGINE : conclude(capture, engine);
    engine_free(engine);
    keylog_free(&secrets.keylog);
    return outcome;
}

static enum outcome run(const char *path)
{
    char error[CAPTURE_ERROR_TEXT] = "";
    struct capture *capture = capture_open_files(&path, 1, "udp or tcp", error);
    if (capture == NULL) {
        assert_true(error[0] != '\0');
        return NOT_OPENED;
    }
    enum outcome outcome = analyse(capture, path);
    capture_close(capture);
    return outcome;
}

/* The nth allocation fails. False: there were not so many. */
static bool run_without(unsigned long nth, const char *path, enum outcome *outcome)
{
    long held = memory.held;
    memory.count = 0;
    memory.failing = nth;
    *outcome = run(path);
    memory.failing = NEVER;
    assert_int_equal(memory.held, held);
    return memory.count >= nth;
}

/* After the first time, libraries keep what they make once. */
static void fail_each(const char *path, unsigned long most)
{
    enum outcome outcome = NOT_OPENED;
    unsigned long outcomes[REPORTED + 1] = {0}, nth = 1;
    assert_int_equal(run(path), REPORTED);
    assert_int_equal(run(path), REPORTED);
    for (; nth <= most && run_without(nth, path, &outcome); nth++)
        outcomes[outcome]++;
    assert_true(outcomes[NOT_OPENED] > 0 && outcomes[NO_ENGINE] > 0);
    assert_true(outcomes[REPORT_FAILED] > 0 || nth > most);
    print_message("%s: %lu allocations\n", path, nth - 1);
}

/* Of the second one, the report, which makes the most of them, only begins: it is made as the first
 * one's. */
static void test_each_allocation_may_fail(void **state)
{
    (void)state;
    fail_each(SAMPLES_DIR "/http-bad-request-embedded-keys/capture.pcapng", ULONG_MAX);
    fail_each(SAMPLES_DIR "/case4-431/capture.pcap", 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_allocation_may_fail)};
    if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
