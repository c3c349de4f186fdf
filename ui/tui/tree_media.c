/* SPDX-License-Identifier: MIT */
#include "ui/tui/tree_parts.h"

#include "dissectors/http/address.h"
#include "dissectors/http/message.h"
#include "dissectors/rtp/header.h"

static size_t tree_rtcp(struct growing *growing, struct bytes bytes)
{
    struct rtcp_header rtcp;
    if (rtcp_decode(&rtcp, bytes, growing->packet->cut) != DISSECT_OK)
        return 0;
    const char *name = rtcp_type_name(rtcp.type);
    grow(growing, bytes, "RTCP", "%s (%u), sender 0x%08x", name != NULL ? name : "unknown",
         rtcp.type, rtcp.ssrc);
    return bytes.length;
}

size_t tree_rtp(struct growing *growing, struct bytes bytes)
{
    struct rtp_header rtp;
    if (rtp_decode(&rtp, bytes, growing->packet->cut) != DISSECT_OK)
        return tree_rtcp(growing, bytes);
    grow(growing, bytes, "RTP", "payload type %u, %zu bytes", rtp.payload_type,
         bytes.length - rtp.header_length);
    growing->depth++;
    grow(growing, bytes_first(bytes_from(bytes, 2), 2), "Sequence", "%u", rtp.sequence);
    grow(growing, bytes_first(bytes_from(bytes, 4), 4), "Timestamp", "%u", rtp.timestamp);
    grow(growing, bytes_first(bytes_from(bytes, 8), 4), "SSRC", "0x%08x", rtp.ssrc);
    growing->depth--;
    return bytes.length;
}

static void grow_if(struct growing *growing, const char *label, struct bytes value)
{
    if (value.length > 0)
        grow_text(growing, value, label, value);
}

/* Without what may hold secrets. */
static void grow_address(struct growing *growing, const char *label, struct bytes address)
{
    const struct http_address parts = http_address_split(address);
    if (address.length > 0)
        grow(growing, address, label, "%.*s%.*s%.*s", (int)parts.scheme.length,
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

size_t tree_http(struct growing *growing, struct bytes bytes)
{
    struct http_message message;
    enum dissect_status status = http_decode(&message, bytes);
    if (status != DISSECT_OK && status != DISSECT_INCOMPLETE)
        return 0;
    grow_look(grow(growing, bytes, "HTTP", "%s", message.is_response ? "response" : "request"),
              message.status >= 400 ? LOOK_BAD : LOOK_STRONG);
    growing->depth++;
    if (message.is_response)
        grow(growing, message.reason, "Status", "%u %.*s", message.status,
             (int)message.reason.length, (const char *)message.reason.data);
    grow_if(growing, "Method", message.method);
    grow_address(growing, "Target", message.target);
    grow_if(growing, "Host", message.host);
    grow_address(growing, "Location", message.location);
    grow_if(growing, "Server", message.server);
    grow_if(growing, "Proxy-Authenticate", challenge_scheme(message.proxy_authenticate));
    growing->depth--;
    return bytes.length;
}
