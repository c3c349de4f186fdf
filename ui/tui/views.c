/* SPDX-License-Identifier: MIT */
#include "ui/tui/view.h"

static const struct view *const views[VIEWS] = {
    [VIEW_OVERVIEW] = &view_overview,     [VIEW_ATTEMPTS] = &view_attempts,
    [VIEW_LADDER] = &view_ladder,         [VIEW_MESSAGE] = &view_message,
    [VIEW_FINDINGS] = &view_findings,     [VIEW_NAMES] = &view_names,
    [VIEW_HANDSHAKES] = &view_handshakes, [VIEW_ALLOCATIONS] = &view_allocations,
    [VIEW_STATISTICS] = &view_statistics, [VIEW_FINDING] = &view_finding,
    [VIEW_COMPARE] = &view_compare,       [VIEW_HELP] = &view_help,
};

const struct view *view_row(enum view_id id)
{
    return views[id];
}
