/* SPDX-License-Identifier: MIT */
/* Packets that were kept once and had to go: read again from their file, with those around them. */
#ifndef TURNSCOPE_UI_TUI_RECALL_H
#define TURNSCOPE_UI_TUI_RECALL_H

#include "ui/tui/dashboard.h"

/* The packets among which this one is: those that are kept, or those that were read again. NULL: it
 * can be had no more. What was read again before is lost by that. */
const struct packets *recall(struct dashboard *dashboard, uint16_t input, uint64_t frame);

#endif
