/* SPDX-License-Identifier: MIT */
/* What the engine knows of the flow that a packet belongs to. */
#ifndef TURNSCOPE_UI_TUI_PACKET_FLOW_H
#define TURNSCOPE_UI_TUI_PACKET_FLOW_H

#include "analyzer/engine.h"

/* The packet's own flow, not one inside a relay; *from is the index of the endpoint that sent it.
 * NULL when the engine has forgotten it, or never had it. Valid until the engine's next packet. */
const struct flow *packet_flow(const struct engine *engine, const struct packet *packet,
                               unsigned *from);

/* The TURN allocation that the flow carries; NULL when there is none. Valid as long. */
const struct allocation *packet_allocation(const struct engine *engine,
                                           const struct packet *packet);

#endif
