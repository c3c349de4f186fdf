/* SPDX-License-Identifier: MIT */
#include "ui/tui/tree_parts.h"

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
    grow_if(growing, "Target", message.target);
    grow_if(growing, "Host", message.host);
    grow_if(growing, "Location", message.location);
    grow_if(growing, "Server", message.server);
    grow_if(growing, "Proxy-Authenticate", message.proxy_authenticate);
    growing->depth--;
    return bytes.length;
}
