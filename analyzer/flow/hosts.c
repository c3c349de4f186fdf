/* SPDX-License-Identifier: MIT */
#include "analyzer/flow/hosts.h"

/* What a new direction of a flow says of one of its hosts (a set). */
enum host_note {
    HOST_SENDS = 1,
    HOST_RECEIVES = 2,
    HOST_HAS_FLOW = 4,
    HOST_BEGINS_FLOW = 8,
};

int hosts_init(struct hosts *hosts, uint32_t capacity)
{
    hosts->most_flows = 0;
    hosts->queue = (struct table_queue){0};
    int result =
        table_init(&hosts->table, capacity, sizeof(struct host), sizeof(struct ip_address));
    table_give_second_chance(&hosts->table);
    return result;
}

void hosts_free(struct hosts *hosts)
{
    table_free(&hosts->table);
}

static void add(struct host *host, uint64_t note)
{
    host->sends |= (note & HOST_SENDS) != 0;
    host->receives |= (note & HOST_RECEIVES) != 0;
    host->flows += (note & HOST_HAS_FLOW) != 0;
    host->begun += (note & HOST_BEGINS_FLOW) != 0;
}

static void apply(struct hosts *hosts, const struct table_note *note)
{
    bool created;
    struct host *host = table_add_hashed(&hosts->table, note->key, note->hash, &created);
    add(host, note->value);
    if (host->sends && host->flows > hosts->most_flows)
        hosts->most_flows = host->flows;
}

static void put(struct hosts *hosts, const struct ip_address *address, unsigned note)
{
    const struct table_note *due = table_queue_due(&hosts->queue);
    if (due != NULL)
        apply(hosts, due);
    table_queue_put(&hosts->queue, &hosts->table, address, note);
}

void hosts_note(struct hosts *hosts, const struct flow *flow, unsigned from)
{
    bool begins = flow->packets[1 - from] == 0;
    unsigned sender = HOST_SENDS | (begins ? HOST_HAS_FLOW | HOST_BEGINS_FLOW : 0u);
    unsigned receiver = HOST_RECEIVES | (begins ? HOST_HAS_FLOW : 0u);
    put(hosts, &flow->key.endpoint[from].ip, sender);
    put(hosts, &flow->key.endpoint[1 - from].ip, receiver);
}

void hosts_settle(struct hosts *hosts)
{
    struct table_note note;
    while (table_queue_take(&hosts->queue, &note))
        apply(hosts, &note);
}

/* All that is known of it, in the table and in the queue; false: it was not seen. */
static bool find(const struct hosts *hosts, const struct ip_address *address, struct host *host)
{
    const struct host *found = table_find(&hosts->table, address);
    const struct table_note *note = NULL;
    bool seen = found != NULL;
    *host = seen ? *found : (struct host){.address = *address};
    while ((note = table_queue_find(&hosts->queue, &hosts->table, address, note)) != NULL) {
        add(host, note->value);
        seen = true;
    }
    return seen;
}

void hosts_note_told(struct hosts *hosts, const struct ip_address *address)
{
    struct host host;
    if (find(hosts, address, &host))
        put(hosts, address, HOST_RECEIVES);
}

uint32_t hosts_begun(const struct hosts *hosts, const struct ip_address *address)
{
    struct host host;
    (void)find(hosts, address, &host);
    return host.begun;
}

bool hosts_seen_both_ways(const struct hosts *hosts, const struct ip_address *address)
{
    struct host host;
    (void)find(hosts, address, &host);
    return host.sends && host.receives;
}
