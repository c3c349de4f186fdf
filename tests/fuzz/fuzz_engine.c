/* SPDX-License-Identifier: MIT */
/* The input is a capture file: read, decrypted with the secrets that it carries, analysed, judged,
 * reported. */
#include "analyzer/ahead.h"
#include "analyzer/capture/decryption_secrets.h"
#include "analyzer/diagnose/profile.h"
#include "analyzer/engine.h"
#include "tests/fuzz/fuzz.h"
#include "ui/report/report.h"

#include <unistd.h>

/* Short inputs of some compressors unfold to gigabytes. With little memory, tables overflow. */
enum { PACKETS_MAX = 2000, MEGABYTES = 1, KEYLOG_CONNECTIONS = 16 };

static void take_secrets(void *context, struct bytes text)
{
    struct keylog_source *source = context;
    keylog_read(&source->keylog, &source->file.reader, text);
}

static void report_in(const char *format, const struct report *report)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    fuzz_require(out != NULL);
    fuzz_require(report_format(format)->write(out, report));
    fuzz_require(fclose(out) == 0 && length > 0);
    free(text);
}

/* As analyzer/ahead.h, but without a thread. */
static size_t take_block(struct capture *capture, struct engine *engine, uint64_t most)
{
    static struct ahead_block block;
    capture_fill(capture, &block.captured, most);
    for (size_t i = 0; i < block.captured.count; i++)
        arrival_decode(&block.arrivals[i], &block.captured.packets[i],
                       &engine->trackers.flows.table.hash);
    engine_arrivals(engine, block.arrivals, block.captured.count);
    return block.captured.count;
}

static void analyse(struct capture *capture, struct engine *engine)
{
    struct report report = {.engine = engine, .capture = capture, .verbose = true};
    size_t count = 1;
    for (uint64_t left = PACKETS_MAX; left > 0 && count > 0; left -= count)
        count = take_block(capture, engine, left);
    engine_end(engine);
    engine_verdict(engine, &report.verdict);
    fuzz_require(engine->trackers.events.lost == 0);
    report_in("text", &report);
    report_in("json", &report);
}

static void run(const char *path, const struct profile *profile)
{
    char error[CAPTURE_ERROR_TEXT];
    struct keylog_source secrets = {.file.fd = -1};
    static const struct credentials credentials = {
        .entries = {{{(const uint8_t *)"turnuser", 8}, {(const uint8_t *)"secret", 6}}},
        .count = 1};
    struct engine_options options = {
        .profile = profile, .credentials = &credentials, .keylog = &secrets, .memory = MEGABYTES};
    struct capture *capture = capture_open_files(&path, 1, NULL, error);
    if (capture == NULL)
        return;
    fuzz_require(keylog_init(&secrets.keylog, KEYLOG_CONNECTIONS) == 0);
    decryption_secrets_scan(path, take_secrets, &secrets);
    struct engine *engine = engine_new(&options);
    fuzz_require(engine != NULL);
    analyse(capture, engine);
    engine_free(engine);
    keylog_free(&secrets.keylog);
    capture_close(capture);
}

/* One file, without a name, written anew for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *file;
    static struct profile profile;
    char path[32], error[PROFILE_ERROR_TEXT];
    if (file == NULL) {
        file = tmpfile();
        fuzz_require(profile_load(&profile, SAMPLES_DIR "/octavio.ini", error) == 0);
    }
    fuzz_require(file != NULL);
    int fd = fileno(file);
    fuzz_require(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/dev/fd/%d", fd);
    run(path, &profile);
    return 0;
}
