/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/integrity.h"
#include "tests/fuzz/fuzz.h"

/* The message's own username is among the credentials, so that keys are made and compared. */
static void check(const struct integrity *integrity, struct bytes bytes, bool cut)
{
    struct stun_message message;
    enum dissect_status status = stun_decode(&message, bytes, cut);
    if (status == DISSECT_NOT_MINE || status == DISSECT_INCOMPLETE)
        return;
    struct credentials credentials = {.count = 1};
    struct integrity_context context = {.realm = bytes_of("realm", 5)};
    credentials.entries[0].username = stun_value(&message, STUN_USERNAME);
    credentials.entries[0].password = bytes_of("password", 8);
    (void)integrity_check(integrity, &message, &credentials, NULL);
    (void)integrity_check(integrity, &message, &credentials, &context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes copy = exact_copy(bytes_of(data, size));
    struct integrity *integrity = integrity_new();
    fuzz_require(integrity != NULL);
    check(integrity, copy, false);
    check(integrity, copy, true);
    integrity_free(integrity);
    fuzz_free(copy);
    return 0;
}
