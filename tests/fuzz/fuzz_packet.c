/* SPDX-License-Identifier: MIT */
/* One octet picks the link type, one says how much the snaplen cut off, the rest is the frame. */
#include "dissectors/packet/packet.h"
#include "tests/fuzz/fuzz.h"

static void require_within(struct bytes view, struct bytes frame)
{
    if (view.length == 0)
        return;
    fuzz_require(view.data >= frame.data);
    fuzz_require(view.data + view.length <= frame.data + frame.length);
}

static void decode(uint32_t link_type, struct bytes frame, size_t wire_length)
{
    struct packet packet;
    enum dissect_status status = packet_decode(&packet, link_type, frame, wire_length);
    fuzz_require(status != DISSECT_INCOMPLETE);
    if (status != DISSECT_OK && status != DISSECT_CUT_SHORT)
        return;
    fuzz_require(packet.cut == (status == DISSECT_CUT_SHORT));
    fuzz_require(packet.payload.length <= packet.payload_length);
    fuzz_require(packet.protocol == 0 || packet.source.ip.family != 0);
    require_within(packet.payload, frame);
    if (packet.is_icmp_error)
        require_within(packet.icmp.payload, frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t link_types[] = {
        LINK_TYPE_ETHERNET,   LINK_TYPE_RAW, LINK_TYPE_NULL,     LINK_TYPE_LINUX_SLL,
        LINK_TYPE_LINUX_SLL2, LINK_TYPE_PPP, LINK_TYPE_PPP_HDLC, LINK_TYPE_PPP_ETHER,
    };
    if (size < 2)
        return 0;
    struct bytes copy = exact_copy(bytes_of(data + 2, size - 2));
    decode(link_types[data[0] % (sizeof link_types / sizeof link_types[0])], copy,
           copy.length + data[1]);
    fuzz_free(copy);
    return 0;
}
