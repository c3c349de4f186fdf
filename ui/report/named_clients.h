/* SPDX-License-Identifier: MIT */
/* Clients that have something in common: the first few are named, the others counted. */
#ifndef TURNSCOPE_UI_REPORT_NAMED_CLIENTS_H
#define TURNSCOPE_UI_REPORT_NAMED_CLIENTS_H

#include "dissectors/address.h"
#include "ui/report/line_text.h"

enum { CLIENTS_NAMED = 3 };

/* All zero: none. */
struct named_clients {
    unsigned count;
    const struct ip_address *named[CLIENTS_NAMED]; /* borrowed */
};

/* One client more, which is none of those before. */
void named_clients_add(struct named_clients *clients, const struct ip_address *client);

/* "10.0.0.1, 10.0.0.2, 10.0.0.3 and 4 more" */
void named_clients_write(struct line_text *line, const struct named_clients *clients);

#endif
