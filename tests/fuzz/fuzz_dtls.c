/* SPDX-License-Identifier: MIT */
#include "dissectors/dtls/handshake.h"
#include "dissectors/dtls/record.h"
#include "tests/fuzz/fuzz.h"

static void read_pieces(struct bytes fragment, struct dtls_collector *collector, bool cut)
{
    struct dtls_handshake piece;
    struct tls_handshake message;
    enum dissect_status status;
    while ((status = dtls_handshake_next(&piece, &fragment, cut)) != DISSECT_NOT_MINE) {
        fuzz_require(cut || status != DISSECT_CUT_SHORT);
        fuzz_require(piece.fragment.length <= piece.fragment_length);
        if (status == DISSECT_MALFORMED)
            continue;
        status = dtls_collector_take(collector, &piece, &message);
        fuzz_require(message.body.length <= collector->capacity);
        fuzz_require(status == DISSECT_OK || message.body.length <= message.length);
        message = dtls_handshake_message(&piece);
        fuzz_require(message.body.length <= message.length);
    }
    fuzz_require(fragment.length == 0);
}

static void read_datagram(struct bytes datagram, bool cut)
{
    uint8_t *buffer = malloc(256);
    struct dtls_collector collector = {.buffer = buffer, .capacity = 256};
    struct dtls_record record;
    enum dissect_status status;
    size_t left = datagram.length + 1;
    while ((status = dtls_record_next(&record, &datagram, cut)) != DISSECT_NOT_MINE) {
        fuzz_require(cut || status != DISSECT_CUT_SHORT);
        fuzz_require(datagram.length < left);
        left = datagram.length;
        read_pieces(record.fragment, &collector, cut);
    }
    free(buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes copy = exact_copy(bytes_of(data, size));
    read_datagram(copy, false);
    read_datagram(copy, true);
    fuzz_free(copy);
    return 0;
}
