/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/hosts.h"

int hosts_init(struct hosts *hosts, uint32_t capacity)
{
    return table_init(&hosts->table, capacity, sizeof(struct host), sizeof(struct ip_address));
}

void hosts_free(struct hosts *hosts)
{
    table_free(&hosts->table);
}

void hosts_note(struct hosts *hosts, const struct flow *flow, unsigned from)
{
    bool created, begins = flow->packets[1 - from] == 0;
    struct host *sender = table_add(&hosts->table, &flow->key.endpoint[from].ip, &created);
    sender->sends = true;
    sender->flows += begins;
    sender->begun += begins;
    struct host *receiver = table_add(&hosts->table, &flow->key.endpoint[1 - from].ip, &created);
    receiver->receives = true;
    receiver->flows += begins;
}

void hosts_note_told(struct hosts *hosts, const struct ip_address *address)
{
    struct host *host = table_find(&hosts->table, address);
    if (host != NULL)
        host->receives = true;
}

uint32_t hosts_begun(const struct hosts *hosts, const struct ip_address *address)
{
    const struct host *host = table_find(&hosts->table, address);
    return host != NULL ? host->begun : 0;
}

bool hosts_seen_both_ways(const struct hosts *hosts, const struct ip_address *address)
{
    const struct host *host = table_find(&hosts->table, address);
    return host != NULL && host->sends && host->receives;
}
