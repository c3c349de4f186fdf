/* SPDX-License-Identifier: MIT */
/* One packet: its fields as a tree beside its bytes. */
#include "ui/tui/dashboard.h"
#include "ui/tui/hex.h"
#include "ui/tui/list.h"
#include "ui/tui/spanning.h"
#include "ui/tui/tree.h"
#include "ui/tui/wrap.h"

#include <stdio.h>

enum { MESSAGE_BYTES = 1 << 18, FOOTER_ROWS = 3, WIDE = 124 };

enum mode { MODE_BOTH, MODE_BYTES, MODE_FIELDS, MODES };

/* The packet is copied: those that are kept may go while it is looked at. */
struct message_state {
    bool open;
    enum mode mode;
    struct stored_packet packet;
    const struct packets *packets; /* that it came from */
    struct list list;
    size_t hex_top;
    struct tree tree;
    struct spanning spanning;
    uint8_t bytes[MESSAGE_BYTES];
};

static const struct tree_node *selected_node(const struct message_state *state)
{
    return state->list.selected < state->tree.count ? &state->tree.nodes[state->list.selected]
                                                    : NULL;
}

static void copy_packet(struct message_state *state, const struct stored_packet *stored)
{
    struct bytes frame = bytes_first(stored->bytes, MESSAGE_BYTES);
    struct bytes rest = bytes_first(stored->assembled, MESSAGE_BYTES - frame.length);
    state->packet = *stored;
    memcpy(state->bytes, frame.data, frame.length);
    if (rest.length > 0)
        memcpy(state->bytes + frame.length, rest.data, rest.length);
    state->packet.bytes = bytes_of(state->bytes, frame.length);
    state->packet.assembled = bytes_of(state->bytes + frame.length, rest.length);
}

static void draw_title(struct dashboard *dashboard, const struct message_state *state,
                       struct area area)
{
    char clock[CLOCK_TEXT], source[TRANSPORT_ADDRESS_TEXT], destination[TRANSPORT_ADDRESS_TEXT];
    const struct stored_packet *packet = &state->packet;
    screen_format(dashboard->screen, area.top, 1, area.width - 2, LOOK_STRONG,
                  "Frame %llu   %s   %s %s %s   %s", (unsigned long long)packet->frame,
                  dashboard_clock(dashboard, packet->time, clock),
                  transport_address_text(&packet->source, source),
                  glyph_text(GLYPH_TO, screen_is_ascii(dashboard->screen)),
                  transport_address_text(&packet->destination, destination),
                  packet->protocol == IP_PROTOCOL_TCP   ? "TCP"
                  : packet->protocol == IP_PROTOCOL_UDP ? "UDP"
                                                        : "");
}

static void draw_node(struct dashboard *dashboard, const struct tree_node *node, int top,
                      struct area area, bool selected)
{
    struct screen *screen = dashboard->screen;
    int left = area.left + 1 + 2 * node->depth, right = area.left + area.width;
    if (selected)
        screen_fill(screen, top, area.left, area.width, LOOK_SELECTED);
    left += screen_format(screen, top, left, right - left,
                          selected         ? LOOK_SELECTED
                          : node->value[0] ? LOOK_QUIET
                                           : node->look,
                          "%s  ", node->label);
    screen_text(screen, top, left, right - left, selected ? LOOK_SELECTED : node->look,
                node->value);
}

static void draw_tree(struct dashboard *dashboard, struct message_state *state, struct area area)
{
    list_fit(&state->list, state->tree.count, (size_t)area.height);
    for (size_t i = 0; i < state->list.height && state->list.top + i < state->tree.count; i++) {
        size_t index = state->list.top + i;
        draw_node(dashboard, &state->tree.nodes[index], area.top + (int)i, area,
                  index == state->list.selected);
    }
    list_draw_scroll(&state->list, dashboard->screen, area.top, area.left + area.width);
}

static void draw_bytes(struct dashboard *dashboard, struct message_state *state, struct area area)
{
    const struct tree_node *node = selected_node(state);
    hex_draw(dashboard->screen, area, state->tree.bytes, node != NULL ? node->offset : 0,
             node != NULL ? node->length : 0, &state->hex_top);
}

/* What is missing takes the last row. */
static int draw_warning(struct dashboard *dashboard, const struct message_state *state, int top,
                        int width)
{
    if (state->tree.omitted > 0)
        screen_format(dashboard->screen, top, 1, width - 2, LOOK_WARNING,
                      "%zu fields more than can be shown", state->tree.omitted);
    else if (state->packet.bytes.length < state->packet.wire_length)
        screen_format(dashboard->screen, top, 1, width - 2, LOOK_WARNING,
                      "the capture holds %zu of %zu bytes", state->packet.bytes.length,
                      state->packet.wire_length);
    else
        return 0;
    return 1;
}

/* The whole value of the selected field: the tree may have no room for it. */
static void draw_footer(struct dashboard *dashboard, const struct message_state *state,
                        struct area area)
{
    const struct tree_node *node = selected_node(state);
    char title[64] = "";
    if (node != NULL && node->length > 0)
        snprintf(title, sizeof title,
                 node->length == 1 ? "%zu byte at offset %zu" : "%zu bytes from offset %zu",
                 node->length, node->offset);
    screen_rule(dashboard->screen, area.top, 0, area.width, title);
    if (node == NULL)
        return;
    int warned = draw_warning(dashboard, state, area.top + area.height - 1, area.width);
    int left = 1 + screen_format(dashboard->screen, area.top + 1, 1, area.width - 2, LOOK_QUIET,
                                 "%s  ", node->label);
    wrap_draw(dashboard->screen,
              (struct area){area.top + 1, left, area.height - 1 - warned, area.width - left - 1},
              node->look, node->value);
}

static void draw_panes(struct dashboard *dashboard, struct message_state *state, struct area area)
{
    int hex = hex_width(area.width >= WIDE ? 16 : 8);
    struct area fields = area, bytes = area;
    if (state->mode == MODE_BOTH) {
        fields.width = area.width - hex - 2;
        bytes.left = area.left + fields.width + 2;
        bytes.width = hex;
        screen_column(dashboard->screen, area.top, fields.width, area.height, LOOK_QUIET,
                      GLYPH_VERTICAL);
    }
    bytes.left += state->mode == MODE_BYTES;
    if (state->mode != MODE_BYTES)
        draw_tree(dashboard, state, fields);
    if (state->mode != MODE_FIELDS)
        draw_bytes(dashboard, state, bytes);
}

static void draw(struct dashboard *dashboard, void *opaque, struct area area)
{
    struct message_state *state = opaque;
    struct area panes = {area.top + 1, 0, area.height - 1 - FOOTER_ROWS, area.width};
    struct area footer = {area.top + area.height - FOOTER_ROWS, 0, FOOTER_ROWS, area.width};
    if (!state->open) {
        screen_text(dashboard->screen, area.top, 1, area.width - 2, LOOK_QUIET,
                    "no message is chosen: press Enter on one in the view Ladder");
        return;
    }
    draw_title(dashboard, state, area);
    draw_panes(dashboard, state, panes);
    draw_footer(dashboard, state, footer);
}

static bool act(struct dashboard *dashboard, void *opaque, enum command command, int repeat)
{
    struct message_state *state = opaque;
    (void)dashboard;
    if (command == COMMAND_RAW)
        state->mode = (state->mode + 1) % MODES;
    else
        return list_act(&state->list, command, repeat);
    return true;
}

static void click(struct dashboard *dashboard, void *opaque, int top, int left, bool is_double)
{
    struct message_state *state = opaque;
    size_t place = state->list.top + (size_t)(top - 1);
    (void)dashboard;
    (void)left;
    (void)is_double;
    if (top >= 1 && top <= (int)state->list.height && place < state->list.count)
        state->list.selected = place;
}

static bool has_text(const void *opaque, size_t row, const char *text)
{
    const struct tree_node *node = &((const struct message_state *)opaque)->tree.nodes[row];
    return text_has(node->label, text) || text_has(node->value, text);
}

static bool search(struct dashboard *dashboard, void *opaque, const char *text, int direction)
{
    struct message_state *state = opaque;
    (void)dashboard;
    return list_search(&state->list, direction, text, has_text, state);
}

static bool display_filter(struct dashboard *dashboard, void *opaque, char *text, size_t size)
{
    const struct message_state *state = opaque;
    (void)dashboard;
    if (state->open)
        snprintf(text, size, "frame.number == %llu", (unsigned long long)state->packet.frame);
    return state->open;
}

static const struct packets *packets_of(struct dashboard *dashboard, void *opaque)
{
    const struct message_state *state = opaque;
    (void)dashboard;
    return state->packets;
}

static bool shows_packet(struct dashboard *dashboard, void *opaque,
                         const struct stored_packet *stored)
{
    const struct message_state *state = opaque;
    (void)dashboard;
    return state->open && stored->frame == state->packet.frame &&
           stored->input == state->packet.input;
}

/* The first node that was read from the message's own bytes; better, the field of it that is wrong:
 * it is what brought the user here. */
static size_t node_at(const struct tree *tree, size_t offset)
{
    size_t node = tree->message;
    while (node < tree->count &&
           (tree->nodes[node].length == 0 || tree->nodes[node].offset != offset))
        node++;
    if (node == tree->count)
        node = tree->message;
    for (size_t i = node + 1; i < tree->count && tree->nodes[i].depth > tree->nodes[node].depth;
         i++)
        if (tree->nodes[i].look == LOOK_BAD || tree->nodes[i].look == LOOK_WARNING)
            return i;
    return node;
}

void message_open(struct dashboard *dashboard, const struct message_place *place)
{
    struct message_state *state = dashboard_state(dashboard, VIEW_MESSAGE);
    const struct stored_packet *stored = packets_find(place->packets, place->input, place->frame);
    if (stored == NULL) {
        dashboard_notice(dashboard, "frame %llu is no longer kept",
                         (unsigned long long)place->frame);
        return;
    }
    struct stored_packet whole =
        spanning_whole(&state->spanning, place->packets, dashboard->engine, stored, place->skip);
    copy_packet(state, &whole);
    state->packets = place->packets;
    tree_of_packet(&state->tree, &state->packet, dashboard->engine);
    state->open = true;
    state->hex_top = 0;
    state->list =
        (struct list){.count = state->tree.count, .selected = node_at(&state->tree, place->offset)};
    state->list.top = state->tree.message;
    dashboard_open(dashboard, VIEW_MESSAGE);
}

const struct view view_message = {
    .title = "Message",
    .short_title = "Message",
    .state_size = sizeof(struct message_state),
    .draw = draw,
    .act = act,
    .click = click,
    .search = search,
    .display_filter = display_filter,
    .packets = packets_of,
    .shows_packet = shows_packet,
    .bar = {COMMAND_SAVE, COMMAND_SEARCH, COMMAND_RAW, COMMAND_COPY},
};
