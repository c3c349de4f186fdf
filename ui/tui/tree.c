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

static struct tree_node *add_node(struct tree_builder *builder, struct bytes bytes,
                                  const char *label, const char *value)
{
    struct tree *tree = builder->tree;
    if (tree->count == TREE_NODES) {
        tree->omitted++;
        return NULL;
    }
    struct tree_node *node = &tree->nodes[tree->count++];
    *node = (struct tree_node){.label = keep(tree, label),
                               .value = keep(tree, value),
                               .depth = builder->depth,
                               .look = LOOK_PLAIN};
    const uint8_t *start = tree->bytes.data;
    if (bytes.length > 0 && bytes.data >= start && bytes.data < start + tree->bytes.length) {
        node->offset = (size_t)(bytes.data - start);
        node->length = bytes.length;
    }
    return node;
}

struct tree_node *tree_add(struct tree_builder *builder, struct bytes bytes, const char *label,
                           const char *format, ...)
{
    char value[TREE_VALUE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    return add_node(builder, bytes, label, value);
}

struct tree_node *tree_add_text(struct tree_builder *builder, struct bytes bytes, const char *label,
                                struct bytes text)
{
    char value[TREE_VALUE];
    text_copy(value, sizeof value, text);
    return add_node(builder, bytes, label, value);
}

struct tree_node *tree_add_octets(struct tree_builder *builder, struct bytes bytes,
                                  const char *label, struct bytes octets)
{
    enum { SHOWN = 64 };
    char value[TREE_VALUE] = "";
    size_t used = 0;
    for (size_t i = 0; i < octets.length && i < SHOWN; i++)
        used += (size_t)snprintf(value + used, sizeof value - used, "%02x", octets.data[i]);
    if (octets.length > SHOWN)
        snprintf(value + used, sizeof value - used, "... (%zu bytes)", octets.length);
    return add_node(builder, bytes, label, value);
}

struct tree_node *tree_add_named(struct tree_builder *builder, struct bytes bytes,
                                 const char *label, unsigned number, const char *name)
{
    return name != NULL ? tree_add(builder, bytes, label, "%s (%u)", name, number)
                        : tree_add(builder, bytes, label, "%u", number);
}

void tree_set_look(struct tree_node *node, enum look look)
{
    if (node != NULL)
        node->look = look;
}

static void add_frame(struct tree_builder *builder, const struct stored_packet *stored)
{
    char date[CLOCK_TEXT];
    const char *link = link_type_name(stored->link_type);
    tree_add(builder, stored->bytes, "Frame", "%llu, %zu bytes", (unsigned long long)stored->frame,
             stored->wire_length);
    builder->depth++;
    tree_add(builder, bytes_of(NULL, 0), "Time", "%s.%06d UTC",
             clock_date(CLOCK_UTC, stored->time, date),
             (int)(stored->time % SECONDS / MICROSECONDS));
    if (stored->bytes.length < stored->wire_length)
        tree_add(builder, stored->bytes, "Captured", "%zu bytes: the rest was cut off",
                 stored->bytes.length);
    tree_add(builder, bytes_of(NULL, 0), "Link", "%s", link != NULL ? link : "unknown");
    builder->depth--;
}

static void add_encapsulations(struct tree_builder *builder)
{
    static const char *const names[] = {"VLAN", "PPPoE", "MPLS", "GRE", "VXLAN", "IP in IP", "GTP"};
    char text[64] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (builder->packet->encapsulations & 1u << i)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
                                     names[i]);
    if (used > 0)
        tree_add(builder, bytes_of(NULL, 0), "Inside", "%s", text);
}

static void add_network(struct tree_builder *builder)
{
    char source[IP_ADDRESS_TEXT], destination[IP_ADDRESS_TEXT];
    const struct packet *packet = builder->packet;
    tree_add(builder, bytes_of(NULL, 0), packet->source.ip.family == 6 ? "IPv6" : "IPv4",
             "%s to %s", ip_address_text(&packet->source.ip, source),
             ip_address_text(&packet->destination.ip, destination));
    builder->depth++;
    add_encapsulations(builder);
    tree_add(builder, bytes_of(NULL, 0), packet->source.ip.family == 6 ? "Hop limit" : "TTL", "%u",
             packet->ttl);
    if (packet->fragment.is_fragment)
        tree_add(builder, packet->payload, "Fragment", "%zu bytes from %u of datagram %u",
                 packet->payload.length, packet->fragment.offset, packet->fragment.identification);
    builder->depth--;
}

static void add_tcp(struct tree_builder *builder)
{
    static const char letters[] = "FSRPAU";
    const struct tcp_header *tcp = &builder->packet->tcp;
    char flags[sizeof letters] = "";
    size_t used = 0;
    for (size_t i = 0; letters[i] != '\0'; i++)
        if (tcp->flags & 1u << i)
            flags[used++] = letters[i];
    builder->depth++;
    tree_add(builder, bytes_of(NULL, 0), "Flags", "%s", flags);
    tree_add(builder, bytes_of(NULL, 0), "Sequence", "%u", tcp->sequence);
    tree_add(builder, bytes_of(NULL, 0), "Acknowledgment", "%u", tcp->acknowledgment);
    tree_add(builder, bytes_of(NULL, 0), "Window", "%u, not scaled", tcp->window);
    if (tcp->maximum_segment_size != 0)
        tree_add(builder, bytes_of(NULL, 0), "MSS", "%u", tcp->maximum_segment_size);
    builder->depth--;
}

static void add_transport(struct tree_builder *builder, const struct stored_packet *stored)
{
    const struct packet *packet = builder->packet;
    if (packet->protocol != IP_PROTOCOL_UDP && packet->protocol != IP_PROTOCOL_TCP)
        return;
    tree_add(builder, packet->payload, packet->protocol == IP_PROTOCOL_TCP ? "TCP" : "UDP",
             "port %u to %u, %zu bytes", packet->source.port, packet->destination.port,
             packet->payload_length);
    if (packet->protocol == IP_PROTOCOL_TCP)
        add_tcp(builder);
    if (stored->segments > 1)
        tree_add(builder, packet->payload, "Put together", "from %u segments", stored->segments);
}

static void add_icmp(struct tree_builder *builder)
{
    char source[TRANSPORT_ADDRESS_TEXT], destination[TRANSPORT_ADDRESS_TEXT], summary[128];
    const struct icmp_error *icmp = &builder->packet->icmp;
    struct evidence evidence = {.protocol = EVIDENCE_ICMP,
                                .kind = icmp->type,
                                .code = icmp->code,
                                .source = builder->packet->source};
    evidence_summary(&evidence, summary, sizeof summary);
    tree_set_look(tree_add(builder, builder->packet->payload, "ICMP error", "%s", summary),
                  LOOK_BAD);
    builder->depth++;
    tree_add(builder, bytes_of(NULL, 0), "About", "%s to %s, protocol %u",
             transport_address_text(&icmp->source, source),
             transport_address_text(&icmp->destination, destination), icmp->protocol);
    if (icmp->mtu != 0)
        tree_add(builder, bytes_of(NULL, 0), "Next-hop MTU", "%u", icmp->mtu);
    if (icmp->payload.length > 0)
        tree_datagram(builder, icmp->payload);
    builder->depth--;
}

static void add_rest(struct tree_builder *builder, struct bytes bytes)
{
    if (bytes.length > 0)
        tree_add(builder, bytes, "Data", "%zu bytes", bytes.length);
}

void tree_datagram(struct tree_builder *builder, struct bytes bytes)
{
    enum datagram_kind kind = datagram_classify(bytes);
    size_t taken = 0;
    if (builder->depth >= TREE_NESTING)
        kind = DATAGRAM_UNKNOWN;
    if (kind == DATAGRAM_STUN)
        taken = tree_stun(builder, bytes);
    else if (kind == DATAGRAM_TURN_CHANNEL)
        taken = tree_channel_data(builder, bytes, false);
    else if (kind == DATAGRAM_DTLS)
        taken = tree_dtls(builder, bytes);
    else if (kind == DATAGRAM_RTP_OR_RTCP)
        taken = tree_rtp(builder, bytes);
    if (taken == 0 && dns_recognize(bytes, builder->packet->cut) != DISSECT_NOT_MINE)
        taken = tree_dns(builder, bytes);
    add_rest(builder, bytes_from(bytes, taken));
}

static bool has_dns_port(const struct packet *packet)
{
    uint16_t ports[] = {packet->source.port, packet->destination.port};
    for (size_t i = 0; i < 2; i++)
        if (ports[i] == 53 || ports[i] == 5353 || ports[i] == 5355)
            return true;
    return false;
}

static size_t add_stream_message(struct tree_builder *builder, struct bytes bytes)
{
    size_t taken = 0, consumed;
    struct bytes message;
    enum datagram_kind kind = datagram_classify(bytes);
    if (has_dns_port(builder->packet) &&
        dns_stream_message(bytes, builder->packet->cut, &message, &consumed) == DISSECT_OK &&
        tree_dns(builder, message) > 0)
        return consumed;
    if (kind == DATAGRAM_STUN)
        taken = tree_stun(builder, bytes);
    else if (kind == DATAGRAM_TURN_CHANNEL)
        taken = tree_channel_data(builder, bytes, true);
    if (taken == 0)
        taken = tree_tls(builder, bytes);
    return taken > 0 ? taken : tree_http(builder, bytes);
}

static void add_payload(struct tree_builder *builder)
{
    const struct packet *packet = builder->packet;
    struct bytes rest = packet->payload;
    size_t taken = rest.length;
    if (packet->fragment.is_fragment)
        return;
    if (packet->is_icmp_error) {
        add_icmp(builder);
    } else if (packet->protocol == IP_PROTOCOL_UDP) {
        if (!has_dns_port(packet) || tree_dns(builder, rest) == 0)
            tree_datagram(builder, rest);
    } else if (packet->protocol == IP_PROTOCOL_TCP) {
        for (; rest.length > 0 && taken > 0; rest = bytes_from(rest, taken))
            taken = add_stream_message(builder, rest);
        add_rest(builder, rest);
    } else {
        add_rest(builder, rest);
    }
}

void tree_of_packet(struct tree *tree, const struct stored_packet *stored,
                    const struct engine *engine)
{
    struct packet packet;
    struct tree_builder builder = {tree, engine, &packet, 0};
    tree->count = tree->used = tree->omitted = tree->message = 0;
    tree->bytes = stored->assembled.length > 0 ? stored->assembled : stored->bytes;
    add_frame(&builder, stored);
    if (!stored_packet_decode(stored, &packet))
        return;
    add_network(&builder);
    add_transport(&builder, stored);
    tree->message = tree->count;
    add_payload(&builder);
    if (tree->message >= tree->count)
        tree->message = 0;
}
