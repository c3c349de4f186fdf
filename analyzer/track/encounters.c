/* SPDX-License-Identifier: MIT */
#include "analyzer/track/encounters.h"

struct encounter {
    struct encounter_key {
        struct ip_address client;
        struct transport_address server;
    } key;
    int64_t last;
};

int encounters_init(struct encounters *encounters, uint32_t capacity)
{
    return table_init(&encounters->table, capacity, sizeof(struct encounter),
                      sizeof(struct encounter_key));
}

void encounters_free(struct encounters *encounters)
{
    table_free(&encounters->table);
}

static struct encounter_key key_of(const struct ip_address *client,
                                   const struct transport_address *server)
{
    return (struct encounter_key){.client = *client, .server = *server};
}

void encounters_note(struct encounters *encounters, const struct ip_address *client,
                     const struct transport_address *server, int64_t time)
{
    struct encounter_key key = key_of(client, server);
    bool created;
    struct encounter *encounter = table_add(&encounters->table, &key, &created);
    if (time > encounter->last)
        encounter->last = time;
}

int64_t encounters_last(const struct encounters *encounters, const struct ip_address *client,
                        const struct transport_address *server)
{
    struct encounter_key key = key_of(client, server);
    const struct encounter *encounter = table_find(&encounters->table, &key);
    return encounter != NULL ? encounter->last : 0;
}
