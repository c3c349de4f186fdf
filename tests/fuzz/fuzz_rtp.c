/* SPDX-License-Identifier: MIT */
#include "dissectors/rtp/header.h"
#include "tests/fuzz/fuzz.h"

static void decode(struct bytes datagram, bool cut)
{
    struct rtp_header rtp;
    struct rtcp_header rtcp;
    if (rtp_decode(&rtp, datagram, cut) == DISSECT_OK)
        fuzz_require(rtp.header_length <= datagram.length);
    if (rtcp_decode(&rtcp, datagram, cut) == DISSECT_OK) {
        fuzz_require(rtcp.length <= datagram.length);
        (void)rtcp_type_name(rtcp.type);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes copy = exact_copy(bytes_of(data, size));
    (void)datagram_classify(copy);
    decode(copy, false);
    decode(copy, true);
    fuzz_free(copy);
    return 0;
}
