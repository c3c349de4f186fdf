/* SPDX-License-Identifier: MIT */
/* Fragments in raw IP frames, each behind two octets of length. */
#include "analyzer/flow/fragments.h"
#include "analyzer/limits.h"
#include "tests/fuzz/fuzz.h"

static void add(struct fragments *fragments, struct bytes frame, int64_t time)
{
    struct packet packet;
    struct packet whole;
    enum dissect_status status = packet_decode(&packet, LINK_TYPE_RAW, frame, frame.length);
    if ((status != DISSECT_OK && status != DISSECT_CUT_SHORT) || !packet.fragment.is_fragment)
        return;
    if (fragments_add(fragments, &packet, time, &whole, &status) != FRAGMENT_WHOLE)
        return;
    fuzz_require(status != DISSECT_INCOMPLETE);
    fuzz_require(!whole.fragment.is_fragment);
    uint8_t sum = 0; /* reads every byte */
    for (size_t i = 0; i < whole.payload.length; i++)
        sum ^= whole.payload.data[i];
    fuzz_require(sum == 0 || whole.payload.length > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fragments fragments;
    static int64_t time;
    struct cursor c = cursor_of(bytes_of(data, size));
    if (fragments.datagrams.capacity == 0 && fragments_init(&fragments, 1) != 0)
        return 0;
    while (cursor_left(&c) > 2) {
        size_t length = cursor_u16(&c);
        struct bytes frame = cursor_take(&c, length < cursor_left(&c) ? length : cursor_left(&c));
        struct bytes copy = exact_copy(frame);
        add(&fragments, copy, time);
        fuzz_free(copy);
        time += MILLISECONDS;
    }
    time += 2 * LIMIT_FRAGMENT_TIMEOUT;
    fragments_expire(&fragments, time);
    fuzz_require(fragments.datagrams.used == 0);
    return 0;
}
