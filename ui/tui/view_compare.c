/* SPDX-License-Identifier: MIT */
/* Two messages side by side: what is the same in both, what differs, what only one has. */
#include "ui/tui/dashboard.h"
#include "ui/tui/list.h"
#include "ui/tui/tree.h"

#include <stdio.h>
#include <string.h>

enum { PAIRS_MOST = 2 * TREE_NODES, LABEL_WIDTH = 26 };

/* Fields of the two messages that have the same place; either may be missing. */
struct pair {
    const struct tree_node *side[2];
};

struct compare_state {
    bool open;
    uint64_t frame[2];
    int64_t time[2];
    struct list list;
    size_t pair_count;
    struct pair pairs[PAIRS_MOST];
    struct tree trees[2];
};

static void add_pair(struct compare_state *state, const struct tree_node *left,
                     const struct tree_node *right)
{
    if (state->pair_count < PAIRS_MOST)
        state->pairs[state->pair_count++] = (struct pair){{left, right}};
}

/* Behind the last node below this one. */
static size_t end_of(const struct tree *tree, size_t node, size_t end)
{
    size_t i = node + 1;
    while (i < end && tree->nodes[i].depth > tree->nodes[node].depth)
        i++;
    return i;
}

/* A part of a tree: nodes of one depth and what is below them. */
struct part {
    const struct tree *tree;
    bool *taken; /* nodes that have a partner already */
    size_t from, to;
};

/* The first node of the part, at its top, that has the label and no partner yet; `to` when there is
 * none. The order of fields says nothing: responses have another than requests. */
static size_t find_partner(const struct part *part, const char *label)
{
    size_t i = part->from;
    while (i < part->to && (part->taken[i] || strcmp(part->tree->nodes[i].label, label) != 0))
        i = end_of(part->tree, i, part->to);
    return i;
}

static void add_alone(struct compare_state *state, const struct part *part)
{
    for (size_t i = part->from; i < part->to; i = end_of(part->tree, i, part->to))
        for (size_t k = i; !part->taken[i] && k < end_of(part->tree, i, part->to); k++)
            add_pair(state, NULL, &part->tree->nodes[k]);
}

/* As deep as the trees are, which is not deep (TREE_NESTING). */
static void align(struct compare_state *state, const struct part *left, const struct part *right)
{
    for (size_t i = left->from; i < left->to; i = end_of(left->tree, i, left->to)) {
        size_t partner = find_partner(right, left->tree->nodes[i].label);
        bool found = partner < right->to;
        add_pair(state, &left->tree->nodes[i], found ? &right->tree->nodes[partner] : NULL);
        if (found)
            right->taken[partner] = true;
        const struct part below[2] = {
            {left->tree, NULL, i + 1, end_of(left->tree, i, left->to)},
            {right->tree, right->taken, found ? partner + 1 : right->to,
             found ? end_of(right->tree, partner, right->to) : right->to}};
        align(state, &below[0], &below[1]);
    }
    add_alone(state, right);
}

static void align_messages(struct compare_state *state)
{
    bool taken[TREE_NODES] = {false};
    const struct part left = {&state->trees[0], NULL, state->trees[0].message,
                              state->trees[0].count};
    const struct part right = {&state->trees[1], taken, state->trees[1].message,
                               state->trees[1].count};
    state->pair_count = 0;
    align(state, &left, &right);
}

static bool differs(const struct pair *pair)
{
    return pair->side[0] == NULL || pair->side[1] == NULL ||
           strcmp(pair->side[0]->value, pair->side[1]->value) != 0;
}

static void draw_value(struct dashboard *dashboard, const struct tree_node *node, int top, int left,
                       int width, enum look look)
{
    screen_text(dashboard->screen, top, left, width, node == NULL ? LOOK_QUIET : look,
                node == NULL ? "(absent)" : node->value);
}

static void draw_pair(struct dashboard *dashboard, const struct pair *pair, int top, int width,
                      bool selected)
{
    const struct tree_node *any = pair->side[0] != NULL ? pair->side[0] : pair->side[1];
    struct screen *screen = dashboard->screen;
    int left = 3 + 2 * (any->depth > 4 ? 4 : any->depth), values = LABEL_WIDTH;
    int half = (width - values - 2) / 2;
    enum look look = selected ? LOOK_SELECTED : differs(pair) ? LOOK_WARNING : LOOK_PLAIN;
    if (selected)
        screen_fill(screen, top, 0, width, LOOK_SELECTED);
    if (differs(pair))
        screen_text(screen, top, 1, 1, look, "!");
    screen_text(screen, top, left, values - left - 1, look, any->label);
    draw_value(dashboard, pair->side[0], top, values, half, look);
    draw_value(dashboard, pair->side[1], top, values + half + 1, half, look);
}

static void draw_heads(struct dashboard *dashboard, const struct compare_state *state,
                       struct area area)
{
    char clock[CLOCK_TEXT], gap[CLOCK_TEXT];
    int half = (area.width - LABEL_WIDTH - 2) / 2;
    for (int i = 0; i < 2; i++)
        screen_format(dashboard->screen, area.top, LABEL_WIDTH + i * (half + 1), half, LOOK_HEADING,
                      "Frame %llu  %s", (unsigned long long)state->frame[i],
                      dashboard_clock(dashboard, state->time[i], clock));
    screen_format(dashboard->screen, area.top, 1, LABEL_WIDTH - 2, LOOK_QUIET, "%s apart",
                  clock_duration(state->time[1] - state->time[0], gap));
}

static void draw_footer(struct dashboard *dashboard, const struct compare_state *state,
                        struct area area)
{
    size_t different = 0;
    char title[96];
    for (size_t i = 0; i < state->pair_count; i++)
        different += differs(&state->pairs[i]);
    snprintf(title, sizeof title, "%zu of %zu fields differ", different, state->pair_count);
    screen_rule(dashboard->screen, area.top, 0, area.width, title);
    if (state->list.selected >= state->pair_count)
        return;
    const struct pair *pair = &state->pairs[state->list.selected];
    for (int i = 0; i < 2; i++)
        draw_value(dashboard, pair->side[i], area.top + 1 + i, 1, area.width - 2, LOOK_PLAIN);
}

static void draw(struct dashboard *dashboard, void *opaque, struct area area)
{
    enum { FOOTER_ROWS = 3 };
    struct compare_state *state = opaque;
    if (!state->open) {
        screen_text(dashboard->screen, area.top, 1, area.width - 2, LOOK_QUIET,
                    "no messages are chosen: select two with Space in the view Ladder");
        return;
    }
    draw_heads(dashboard, state, area);
    list_fit(&state->list, state->pair_count, (size_t)(area.height - 1 - FOOTER_ROWS));
    for (size_t i = 0; i < state->list.height && state->list.top + i < state->pair_count; i++) {
        size_t index = state->list.top + i;
        draw_pair(dashboard, &state->pairs[index], area.top + 1 + (int)i, area.width,
                  index == state->list.selected);
    }
    list_draw_scroll(&state->list, dashboard->screen, area.top + 1, area.width - 1);
    draw_footer(dashboard, state,
                (struct area){area.top + area.height - FOOTER_ROWS, 0, FOOTER_ROWS, area.width});
}

static bool act(struct dashboard *dashboard, void *opaque, enum command command, int repeat)
{
    struct compare_state *state = opaque;
    (void)dashboard;
    return list_act(&state->list, command, repeat);
}

static void click(struct dashboard *dashboard, void *opaque, int top, int left, bool is_double)
{
    struct compare_state *state = opaque;
    size_t place = state->list.top + (size_t)(top - 1);
    (void)dashboard;
    (void)left;
    (void)is_double;
    if (top >= 1 && top <= (int)state->list.height && place < state->pair_count)
        state->list.selected = place;
}

static bool has_text(const void *opaque, size_t row, const char *text)
{
    const struct compare_state *state = opaque;
    for (int side = 0; side < 2; side++) {
        const struct tree_node *node = state->pairs[row].side[side];
        if (node != NULL && (text_has(node->label, text) || text_has(node->value, text)))
            return true;
    }
    return false;
}

static bool search(struct dashboard *dashboard, void *opaque, const char *text, int direction)
{
    struct compare_state *state = opaque;
    (void)dashboard;
    return list_search(&state->list, direction, text, has_text, state);
}

/* In the order of time, whichever was selected first. The trees keep texts, not bytes, and nothing
 * here looks at bytes. */
void compare_open(struct dashboard *dashboard, const struct stored_packet *first,
                  const struct stored_packet *second)
{
    struct compare_state *state = dashboard_state(dashboard, VIEW_COMPARE);
    const struct stored_packet *packets[2] = {first, second};
    if (second->time < first->time) {
        packets[0] = second;
        packets[1] = first;
    }
    for (int i = 0; i < 2; i++) {
        tree_of_packet(&state->trees[i], packets[i], dashboard->engine);
        state->frame[i] = packets[i]->frame;
        state->time[i] = packets[i]->time;
    }
    align_messages(state);
    state->open = true;
    state->list = (struct list){.count = state->pair_count};
    dashboard_open(dashboard, VIEW_COMPARE);
}

const struct view view_compare = {
    .title = "Compare",
    .short_title = "Compare",
    .state_size = sizeof(struct compare_state),
    .draw = draw,
    .act = act,
    .click = click,
    .search = search,
    .bar = {COMMAND_SEARCH},
};
