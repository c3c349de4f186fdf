/* SPDX-License-Identifier: MIT */
#include "analyzer/log/cms_log.h"
#include "tests/fuzz/fuzz.h"

static void take(void *context, const struct cms_log_entry *entry)
{
    (void)context;
    fuzz_require(entry->line > 0 && entry->kind < CMS_LOG_KINDS);
    fuzz_require(strlen(entry->name) < sizeof entry->name);
    fuzz_require(strlen(entry->reason) < sizeof entry->reason);
    fuzz_require(strlen(entry->message) < sizeof entry->message);
}

/* The first byte cuts the rest into pieces; the second one sets the reference. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = bytes_from(bytes_of(data, size), 2);
    size_t piece = size > 0 && data[0] > 0 ? data[0] : 1;
    struct cms_log log = {.take = take};
    if (size > 1)
        log.reference = data[1] * INT64_C(31556952) * SECONDS;
    while (text.length > 0) {
        struct bytes copy = exact_copy(bytes_first(text, piece));
        cms_log_read(&log, copy);
        fuzz_free(copy);
        text = bytes_from(text, piece);
    }
    cms_log_end(&log);
    fuzz_require(log.recognized <= log.lines && log.timed <= log.lines);
    return 0;
}
