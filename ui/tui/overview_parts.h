/* SPDX-License-Identifier: MIT */
/* What the overview is put together from, but for its lists of findings and cases. */
#ifndef TURNSCOPE_UI_TUI_OVERVIEW_PARTS_H
#define TURNSCOPE_UI_TUI_OVERVIEW_PARTS_H

#include "ui/tui/dashboard.h"

enum {
    OVERVIEW_CAPTURE_ROWS = 3,
    OVERVIEW_WIDE = 100 /* columns from which there is room for more in a row */
};

/* Returns the rows used, at most the height of the area. */
int overview_draw_verdict(struct dashboard *dashboard, struct area area);

/* One row: the steps to a conference, and how each of them went. */
void overview_draw_chain(struct dashboard *dashboard, struct area area);

/* What a tall screen has room for: the latest steps of the attempt. */
void overview_draw_moments(struct dashboard *dashboard, struct area area);

/* OVERVIEW_CAPTURE_ROWS rows. */
void overview_draw_capture(struct dashboard *dashboard, struct area area);

#endif
