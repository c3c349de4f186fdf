/* SPDX-License-Identifier: MIT */
/* A packet as a tree of fields, each with the bytes it was read from. */
#ifndef TURNSCOPE_UI_TUI_TREE_H
#define TURNSCOPE_UI_TUI_TREE_H

#include "ui/tui/packets.h"
#include "ui/tui/theme.h"

enum { TREE_NODES = 600, TREE_TEXT = 32 * 1024, TREE_VALUE = 512 };

/* A flat list in the order shown; `depth` makes the tree of it. */
struct tree_node {
    const char *label;
    const char *value; /* raw: it may hold bytes of the packet. "": none */
    size_t offset;     /* of its bytes in tree.bytes */
    size_t length;     /* 0: none of them */
    uint8_t depth;
    enum look look;
};

struct tree {
    struct bytes bytes; /* what offsets count from; borrowed from the stored packet */
    size_t count;
    size_t omitted; /* nodes for which there was no room */
    size_t used;
    size_t message; /* index of the node where the first application message begins */
    struct tree_node nodes[TREE_NODES];
    char text[TREE_TEXT];
};

/* Decodes the stored packet into *tree, which borrows its bytes. */
void tree_of_packet(struct tree *tree, const struct stored_packet *stored,
                    const struct engine *engine);

#endif
