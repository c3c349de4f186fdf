/* SPDX-License-Identifier: MIT */
/* Between the files that make a tree: how nodes are added, and one function a protocol. */
#ifndef TURNSCOPE_UI_TUI_TREE_PARTS_H
#define TURNSCOPE_UI_TUI_TREE_PARTS_H

#include "dissectors/tls/handshake.h"
#include "ui/tui/tree.h"

/* Messages inside messages inside messages: no packet makes this recur for long. */
enum { TREE_NESTING = 8 };

/* A tree that is being made. */
struct tree_builder {
    struct tree *tree;
    const struct engine *engine;
    const struct packet *packet;
    uint8_t depth; /* of what is added next */
};

/* Adds a field that was read from `bytes` (a view into the packet, or empty). NULL: no room. */
struct tree_node *tree_add(struct tree_builder *builder, struct bytes bytes, const char *label,
                           const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A field whose value is text of the packet; a NUL in it becomes '?'. */
struct tree_node *tree_add_text(struct tree_builder *builder, struct bytes bytes, const char *label,
                                struct bytes text);

/* A field whose value is octets, in hexadecimal digits. */
struct tree_node *tree_add_octets(struct tree_builder *builder, struct bytes bytes,
                                  const char *label, struct bytes octets);

/* A number with its name: "Name (1)", or the number alone. */
struct tree_node *tree_add_named(struct tree_builder *builder, struct bytes bytes,
                                 const char *label, unsigned number, const char *name);

/* Gives a node a look; NULL is passed over. */
void tree_set_look(struct tree_node *node, enum look look);

/* Each decodes what begins `bytes` into nodes and returns how many bytes it took; 0: not its own.
 */
size_t tree_stun(struct tree_builder *builder, struct bytes bytes);
size_t tree_channel_data(struct tree_builder *builder, struct bytes bytes, bool stream);
size_t tree_dns(struct tree_builder *builder, struct bytes bytes);
size_t tree_tls(struct tree_builder *builder, struct bytes bytes);
size_t tree_dtls(struct tree_builder *builder, struct bytes bytes);
size_t tree_http(struct tree_builder *builder, struct bytes bytes);
size_t tree_rtp(struct tree_builder *builder, struct bytes bytes);

/* One TLS handshake message. `datagram`: DTLS's form of it. */
void tree_handshake(struct tree_builder *builder, struct bytes bytes,
                    const struct tls_handshake *message, bool datagram);

/* What RFC 7983 tells apart, as it comes through a relay or on its own. */
void tree_datagram(struct tree_builder *builder, struct bytes bytes);

#endif
