/* SPDX-License-Identifier: MIT */
#include "dissectors/stun/message.h"
#include "tests/fuzz/fuzz.h"

static void decode(struct bytes bytes, bool stream, bool cut)
{
    struct channel_data channel;
    enum dissect_status status = channel_data_decode(&channel, bytes, stream, cut);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT)
        return;
    fuzz_require(channel.number >= 0x4000 && channel.number <= 0x7FFF);
    fuzz_require(channel.consumed >= 4 && channel.consumed <= bytes.length);
    fuzz_require(channel.data.length <= channel.length);
    fuzz_require(channel.data.length <= channel.consumed - 4);
}

/* Cuts the input into frames, as a reader of a stream does: it has to come to an end. */
static void read_stream(struct bytes rest)
{
    size_t length;
    while (stun_frame_length(rest, &length) == DISSECT_OK && length <= rest.length) {
        fuzz_require(length >= 4 && length % 4 == 0);
        rest = bytes_from(rest, length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes copy = exact_copy(bytes_of(data, size));
    for (unsigned mode = 0; mode < 4; mode++)
        decode(copy, mode & 1, mode & 2);
    read_stream(copy);
    fuzz_free(copy);
    return 0;
}
