/* SPDX-License-Identifier: MIT */
#include "ui/tui/tree_parts.h"

#include "dissectors/http/address.h"
#include "dissectors/http/message.h"
#include "dissectors/rtp/header.h"

static size_t tree_rtcp(struct tree_builder *builder, struct bytes bytes)
{
    struct rtcp_header rtcp;
    if (rtcp_decode(&rtcp, bytes, builder->packet->cut) != DISSECT_OK)
        return 0;
    const char *name = rtcp_type_name(rtcp.type);
    tree_add(builder, bytes, "RTCP", "%s (%u), sender 0x%08x", name != NULL ? name : "unknown",
             rtcp.type, rtcp.ssrc);
    return bytes.length;
}

size_t tree_rtp(struct tree_builder *builder, struct bytes bytes)
{
    struct rtp_header rtp;
    if (rtp_decode(&rtp, bytes, builder->packet->cut) != DISSECT_OK)
        return tree_rtcp(builder, bytes);
    tree_add(builder, bytes, "RTP", "payload type %u, %zu bytes", rtp.payload_type,
             bytes.length - rtp.header_length);
    builder->depth++;
    tree_add(builder, bytes_first(bytes_from(bytes, 2), 2), "Sequence", "%u", rtp.sequence);
    tree_add(builder, bytes_first(bytes_from(bytes, 4), 4), "Timestamp", "%u", rtp.timestamp);
    tree_add(builder, bytes_first(bytes_from(bytes, 8), 4), "SSRC", "0x%08x", rtp.ssrc);
    builder->depth--;
    return bytes.length;
}

static void add_if(struct tree_builder *builder, const char *label, struct bytes value)
{
    if (value.length > 0)
        tree_add_text(builder, value, label, value);
}

/* Without what may hold secrets. */
static void add_address(struct tree_builder *builder, const char *label, struct bytes address)
{
    const struct http_address parts = http_address_split(address);
    if (address.length > 0)
        tree_add(builder, address, label, "%.*s%.*s%.*s", (int)parts.scheme.length,
                 (const char *)parts.scheme.data, (int)parts.authority.length,
                 (const char *)parts.authority.data, (int)parts.path.length,
                 (const char *)parts.path.data);
}

/* The scheme alone: what follows it may be part of a login (RFC 4559 4.1). */
static struct bytes challenge_scheme(struct bytes challenge)
{
    const uint8_t *space =
        challenge.length > 0 ? memchr(challenge.data, ' ', challenge.length) : NULL;
    return space != NULL ? bytes_first(challenge, (size_t)(space - challenge.data)) : challenge;
}

size_t tree_http(struct tree_builder *builder, struct bytes bytes)
{
    struct http_message message;
    enum dissect_status status = http_decode(&message, bytes);
    if (status != DISSECT_OK && status != DISSECT_INCOMPLETE)
        return 0;
    tree_set_look(
        tree_add(builder, bytes, "HTTP", "%s", message.is_response ? "response" : "request"),
        message.status >= 400 ? LOOK_BAD : LOOK_STRONG);
    builder->depth++;
    if (message.is_response)
        tree_add(builder, message.reason, "Status", "%u %.*s", message.status,
                 (int)message.reason.length, (const char *)message.reason.data);
    add_if(builder, "Method", message.method);
    add_address(builder, "Target", message.target);
    add_if(builder, "Host", message.host);
    add_address(builder, "Location", message.location);
    add_if(builder, "Server", message.server);
    add_if(builder, "Proxy-Authenticate", challenge_scheme(message.proxy_authenticate));
    builder->depth--;
    return bytes.length;
}
