/* SPDX-License-Identifier: MIT */
/* How each client fared, and what stopped it: for captures at a server, which show many. */
#ifndef TURNSCOPE_UI_REPORT_CLIENTS_H
#define TURNSCOPE_UI_REPORT_CLIENTS_H

#include "analyzer/engine.h"
#include "ui/report/lines.h"

/* Nothing when fewer than two clients are known, or there were more findings than could be kept.
 * After causes_link. */
void clients_print(const struct lines *lines, const struct engine *engine);

#endif
