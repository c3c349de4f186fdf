/* SPDX-License-Identifier: MIT */
#include "ui/report/named_clients.h"

void named_clients_add(struct named_clients *clients, const struct ip_address *client)
{
    if (clients->count < CLIENTS_NAMED)
        clients->named[clients->count] = client;
    clients->count++;
}

void named_clients_write(struct line_text *line, const struct named_clients *clients)
{
    char text[IP_ADDRESS_TEXT];
    for (unsigned i = 0; i < clients->count && i < CLIENTS_NAMED; i++)
        line_text_add(line, "%s%s", i > 0 ? ", " : "", ip_address_text(clients->named[i], text));
    if (clients->count > CLIENTS_NAMED)
        line_text_add(line, " and %u more", clients->count - CLIENTS_NAMED);
}
