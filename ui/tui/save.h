/* SPDX-License-Identifier: MIT */
/* Saving: the report, or the packets that the view shows. */
#ifndef TURNSCOPE_UI_TUI_SAVE_H
#define TURNSCOPE_UI_TUI_SAVE_H

struct dashboard;

/* Asks for a file name and writes what its ending says: .txt and .json the report, .pcapng the
 * packets in view. A file that is there is not overwritten. */
void save_ask(struct dashboard *dashboard);

#endif
