/* SPDX-License-Identifier: MIT */
#include "ui/tui/tree_parts.h"

#include "analyzer/text.h"
#include "dissectors/dns/message.h"
#include "dissectors/rtp/header.h"
#include "ui/tui/clock.h"

#include <stdarg.h>
#include <stdio.h>

static const char *keep(struct tree *tree, const char *text)
{
    size_t size = strlen(text) + 1;
    char *kept = tree->text + tree->used;
    if (size > TREE_TEXT - tree->used)
        return "";
    memcpy(kept, text, size);
    tree->used += size;
    return kept;
}

static struct tree_node *add(struct growing *growing, struct bytes bytes, const char *label,
                             const char *value)
{
    struct tree *tree = growing->tree;
    if (tree->count == TREE_NODES) {
        tree->omitted++;
        return NULL;
    }
    struct tree_node *node = &tree->nodes[tree->count++];
    *node = (struct tree_node){.label = keep(tree, label),
                               .value = keep(tree, value),
                               .depth = growing->depth,
                               .look = LOOK_PLAIN};
    const uint8_t *start = tree->bytes.data;
    if (bytes.length > 0 && bytes.data >= start && bytes.data < start + tree->bytes.length) {
        node->offset = (size_t)(bytes.data - start);
        node->length = bytes.length;
    }
    return node;
}

struct tree_node *grow(struct growing *growing, struct bytes bytes, const char *label,
                       const char *format, ...)
{
    char value[TREE_VALUE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    return add(growing, bytes, label, value);
}

struct tree_node *grow_text(struct growing *growing, struct bytes bytes, const char *label,
                            struct bytes text)
{
    char value[TREE_VALUE];
    text_copy(value, sizeof value, text);
    return add(growing, bytes, label, value);
}

struct tree_node *grow_octets(struct growing *growing, struct bytes bytes, const char *label,
                              struct bytes octets)
{
    enum { SHOWN = 64 };
    char value[TREE_VALUE] = "";
    size_t used = 0;
    for (size_t i = 0; i < octets.length && i < SHOWN; i++)
        used += (size_t)snprintf(value + used, sizeof value - used, "%02x", octets.data[i]);
    if (octets.length > SHOWN)
        snprintf(value + used, sizeof value - used, "... (%zu bytes)", octets.length);
    return add(growing, bytes, label, value);
}

struct tree_node *grow_named(struct growing *growing, struct bytes bytes, const char *label,
                             unsigned number, const char *name)
{
    return name != NULL ? grow(growing, bytes, label, "%s (%u)", name, number)
                        : grow(growing, bytes, label, "%u", number);
}

void grow_look(struct tree_node *node, enum look look)
{
    if (node != NULL)
        node->look = look;
}

struct bytes grow_take(struct cursor *c, size_t length)
{
    size_t left = cursor_left(c);
    return cursor_take(c, length < left ? length : left);
}

static void grow_frame(struct growing *growing, const struct stored_packet *stored)
{
    char date[CLOCK_TEXT];
    const char *link = link_type_name(stored->link_type);
    grow(growing, stored->bytes, "Frame", "%llu, %zu bytes", (unsigned long long)stored->frame,
         stored->wire_length);
    growing->depth++;
    grow(growing, bytes_of(NULL, 0), "Time", "%s.%06d UTC",
         clock_date(CLOCK_UTC, stored->time, date), (int)(stored->time % SECONDS / MICROSECONDS));
    if (stored->bytes.length < stored->wire_length)
        grow(growing, stored->bytes, "Captured", "%zu bytes: the rest was cut off",
             stored->bytes.length);
    grow(growing, bytes_of(NULL, 0), "Link", "%s", link != NULL ? link : "unknown");
    growing->depth--;
}

static void grow_encapsulations(struct growing *growing)
{
    static const char *const names[] = {"VLAN", "PPPoE", "MPLS", "GRE", "VXLAN", "IP in IP", "GTP"};
    char text[64] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (growing->packet->encapsulations & 1u << i)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
                                     names[i]);
    if (used > 0)
        grow(growing, bytes_of(NULL, 0), "Inside", "%s", text);
}

static void grow_network(struct growing *growing)
{
    char source[IP_ADDRESS_TEXT], destination[IP_ADDRESS_TEXT];
    const struct packet *packet = growing->packet;
    grow(growing, bytes_of(NULL, 0), packet->source.ip.family == 6 ? "IPv6" : "IPv4", "%s to %s",
         ip_address_text(&packet->source.ip, source),
         ip_address_text(&packet->destination.ip, destination));
    growing->depth++;
    grow_encapsulations(growing);
    grow(growing, bytes_of(NULL, 0), packet->source.ip.family == 6 ? "Hop limit" : "TTL", "%u",
         packet->ttl);
    if (packet->fragment.is_fragment)
        grow(growing, packet->payload, "Fragment", "%zu bytes from %u of datagram %u",
             packet->payload.length, packet->fragment.offset, packet->fragment.identification);
    growing->depth--;
}

static void grow_tcp(struct growing *growing)
{
    static const char letters[] = "FSRPAU";
    const struct tcp_header *tcp = &growing->packet->tcp;
    char flags[sizeof letters] = "";
    size_t used = 0;
    for (size_t i = 0; letters[i] != '\0'; i++)
        if (tcp->flags & 1u << i)
            flags[used++] = letters[i];
    growing->depth++;
    grow(growing, bytes_of(NULL, 0), "Flags", "%s", flags);
    grow(growing, bytes_of(NULL, 0), "Sequence", "%u", tcp->sequence);
    grow(growing, bytes_of(NULL, 0), "Acknowledgment", "%u", tcp->acknowledgment);
    grow(growing, bytes_of(NULL, 0), "Window", "%u, not scaled", tcp->window);
    if (tcp->maximum_segment_size != 0)
        grow(growing, bytes_of(NULL, 0), "MSS", "%u", tcp->maximum_segment_size);
    growing->depth--;
}

static void grow_transport(struct growing *growing, const struct stored_packet *stored)
{
    const struct packet *packet = growing->packet;
    if (packet->protocol != IP_PROTOCOL_UDP && packet->protocol != IP_PROTOCOL_TCP)
        return;
    grow(growing, packet->payload, packet->protocol == IP_PROTOCOL_TCP ? "TCP" : "UDP",
         "port %u to %u, %zu bytes", packet->source.port, packet->destination.port,
         packet->payload_length);
    if (packet->protocol == IP_PROTOCOL_TCP)
        grow_tcp(growing);
    if (stored->segments > 1)
        grow(growing, packet->payload, "Put together", "from %u segments", stored->segments);
}

static void grow_icmp(struct growing *growing)
{
    char source[TRANSPORT_ADDRESS_TEXT], destination[TRANSPORT_ADDRESS_TEXT], summary[128];
    const struct icmp_error *icmp = &growing->packet->icmp;
    struct evidence evidence = {.protocol = EVIDENCE_ICMP,
                                .kind = icmp->type,
                                .code = icmp->code,
                                .source = growing->packet->source};
    evidence_summary(&evidence, summary, sizeof summary);
    grow_look(grow(growing, growing->packet->payload, "ICMP error", "%s", summary), LOOK_BAD);
    growing->depth++;
    grow(growing, bytes_of(NULL, 0), "About", "%s to %s, protocol %u",
         transport_address_text(&icmp->source, source),
         transport_address_text(&icmp->destination, destination), icmp->protocol);
    if (icmp->mtu != 0)
        grow(growing, bytes_of(NULL, 0), "Next-hop MTU", "%u", icmp->mtu);
    if (icmp->payload.length > 0)
        tree_datagram(growing, icmp->payload);
    growing->depth--;
}

static void grow_rest(struct growing *growing, struct bytes bytes)
{
    if (bytes.length > 0)
        grow(growing, bytes, "Data", "%zu bytes", bytes.length);
}

void tree_datagram(struct growing *growing, struct bytes bytes)
{
    enum datagram_kind kind = datagram_classify(bytes);
    size_t taken = 0;
    if (growing->depth >= TREE_NESTING)
        kind = DATAGRAM_UNKNOWN;
    if (kind == DATAGRAM_STUN)
        taken = tree_stun(growing, bytes);
    else if (kind == DATAGRAM_TURN_CHANNEL)
        taken = tree_channel_data(growing, bytes, false);
    else if (kind == DATAGRAM_DTLS)
        taken = tree_dtls(growing, bytes);
    else if (kind == DATAGRAM_RTP_OR_RTCP)
        taken = tree_rtp(growing, bytes);
    if (taken == 0 && dns_recognize(bytes, growing->packet->cut) != DISSECT_NOT_MINE)
        taken = tree_dns(growing, bytes);
    grow_rest(growing, bytes_from(bytes, taken));
}

static bool has_dns_port(const struct packet *packet)
{
    uint16_t ports[] = {packet->source.port, packet->destination.port};
    for (size_t i = 0; i < 2; i++)
        if (ports[i] == 53 || ports[i] == 5353 || ports[i] == 5355)
            return true;
    return false;
}

static size_t grow_stream_message(struct growing *growing, struct bytes bytes)
{
    size_t taken = 0, consumed;
    struct bytes message;
    enum datagram_kind kind = datagram_classify(bytes);
    if (has_dns_port(growing->packet) &&
        dns_stream_message(bytes, growing->packet->cut, &message, &consumed) == DISSECT_OK &&
        tree_dns(growing, message) > 0)
        return consumed;
    if (kind == DATAGRAM_STUN)
        taken = tree_stun(growing, bytes);
    else if (kind == DATAGRAM_TURN_CHANNEL)
        taken = tree_channel_data(growing, bytes, true);
    if (taken == 0)
        taken = tree_tls(growing, bytes);
    return taken > 0 ? taken : tree_http(growing, bytes);
}

static void grow_payload(struct growing *growing)
{
    const struct packet *packet = growing->packet;
    struct bytes rest = packet->payload;
    size_t taken = rest.length;
    if (packet->fragment.is_fragment)
        return;
    if (packet->is_icmp_error) {
        grow_icmp(growing);
    } else if (packet->protocol == IP_PROTOCOL_UDP) {
        if (!has_dns_port(packet) || tree_dns(growing, rest) == 0)
            tree_datagram(growing, rest);
    } else if (packet->protocol == IP_PROTOCOL_TCP) {
        for (; rest.length > 0 && taken > 0; rest = bytes_from(rest, taken))
            taken = grow_stream_message(growing, rest);
        grow_rest(growing, rest);
    } else {
        grow_rest(growing, rest);
    }
}

void tree_of_packet(struct tree *tree, const struct stored_packet *stored,
                    const struct engine *engine)
{
    struct packet packet;
    struct growing growing = {tree, engine, &packet, 0};
    tree->count = tree->used = tree->omitted = tree->message = 0;
    tree->bytes = stored->assembled.length > 0 ? stored->assembled : stored->bytes;
    grow_frame(&growing, stored);
    if (!stored_packet_decode(stored, &packet))
        return;
    grow_network(&growing);
    grow_transport(&growing, stored);
    tree->message = tree->count;
    grow_payload(&growing);
    if (tree->message >= tree->count)
        tree->message = 0;
}
