/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/keylog.h"
#include "tests/fuzz/fuzz.h"

/* The first byte cuts the rest into pieces. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct keylog keylog;
    struct keylog_reader reader = {.length = 0};
    struct bytes text = bytes_from(bytes_of(data, size), 1);
    size_t piece = size > 0 && data[0] > 0 ? data[0] : 1;
    fuzz_require(keylog_init(&keylog, 4) == 0);
    while (text.length > 0) {
        struct bytes copy = exact_copy(bytes_first(text, piece));
        keylog_read(&keylog, &reader, copy);
        keylog_read_unfinished(&keylog, &reader);
        fuzz_free(copy);
        text = bytes_from(text, piece);
    }
    const struct keylog_entry *entry = table_oldest(&keylog.table);
    for (; entry != NULL; entry = table_newer(&keylog.table, entry))
        for (unsigned which = 0; which < KEYLOG_SECRETS; which++)
            fuzz_require(keylog_secret(entry, (enum keylog_secret)which).length <= KEYLOG_SECRET);
    keylog_reader_wipe(&reader);
    keylog_free(&keylog);
    return 0;
}
