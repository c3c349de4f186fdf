/* SPDX-License-Identifier: MIT */
/* Link types: the LINKTYPE_ registry of tcpdump.org. */
#include "dissectors/packet/layers.h"

struct link_layer {
    enum link_type type;
    const char *name;
    enum dissect_status (*decode)(struct walk *walk);
};

static const struct link_layer link_layers[] = {
    {LINK_TYPE_ETHERNET, "EN10MB", decode_ethernet},
    {LINK_TYPE_LINUX_SLL2, "LINUX_SLL2", decode_linux_cooked_v2},
    {LINK_TYPE_LINUX_SLL, "LINUX_SLL", decode_linux_cooked},
    {LINK_TYPE_RAW, "RAW", decode_ip},
    {LINK_TYPE_IPV4, "IPV4", decode_ipv4},
    {LINK_TYPE_IPV6, "IPV6", decode_ipv6},
    {LINK_TYPE_NULL, "NULL", decode_loopback},
    {LINK_TYPE_LOOP, "LOOP", decode_loopback},
    {LINK_TYPE_PPP, "PPP", decode_ppp},
    {LINK_TYPE_PPP_HDLC, "PPP_SERIAL", decode_ppp_hdlc},
    {LINK_TYPE_PPP_ETHER, "PPP_ETHER", decode_pppoe_session},
};

static const struct link_layer *find_link_layer(uint32_t link_type)
{
    for (size_t i = 0; i < sizeof link_layers / sizeof link_layers[0]; i++)
        if (link_layers[i].type == link_type)
            return &link_layers[i];
    return NULL;
}

bool link_type_supported(uint32_t link_type)
{
    return find_link_layer(link_type) != NULL;
}

const char *link_type_name(uint32_t link_type)
{
    const struct link_layer *layer = find_link_layer(link_type);
    return layer == NULL ? NULL : layer->name;
}

static enum dissect_status finish(struct packet *packet, enum dissect_status status)
{
    if (status == DISSECT_CUT_SHORT) {
        packet->protocol = 0;
        packet->payload = bytes_of(NULL, 0);
        packet->payload_length = 0;
        packet->cut = true;
    }
    return status == DISSECT_OK && packet->cut ? DISSECT_CUT_SHORT : status;
}

enum dissect_status packet_decode(struct packet *packet, uint32_t link_type, struct bytes frame,
                                  size_t wire_length)
{
    memset(packet, 0, offsetof(struct packet, tcp));
    enum dissect_status status;
    if (link_type == LINK_TYPE_ETHERNET && decode_plain(packet, frame, &status))
        return finish(packet, status);
    const struct link_layer *layer = find_link_layer(link_type);
    if (layer == NULL)
        return DISSECT_NOT_MINE;
    struct walk walk = {.packet = packet, .c = cursor_of(frame)};
    walk.missing = wire_length > frame.length ? wire_length - frame.length : 0;
    return finish(packet, layer->decode(&walk));
}

enum dissect_status packet_decode_transport(struct packet *packet, struct bytes ip_payload,
                                            size_t wire_length)
{
    packet->fragment = (struct ip_fragment){0};
    packet->is_icmp_error = false;
    packet->cut = false;
    struct walk walk = {.packet = packet, .c = cursor_of(ip_payload)};
    walk.missing = wire_length > ip_payload.length ? wire_length - ip_payload.length : 0;
    return finish(packet, decode_ip_payload(&walk, packet->protocol));
}
