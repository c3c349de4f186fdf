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
    encounters->queue = (struct table_queue){0};
    int result = table_init(&encounters->table, capacity, sizeof(struct encounter),
                            sizeof(struct encounter_key));
    table_give_second_chance(&encounters->table);
    return result;
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

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void put_away(struct encounters *encounters, const struct table_note *note)
{
    bool created;
    struct encounter *encounter =
        table_add_hashed(&encounters->table, note->key, note->hash, &created);
    encounter->last = later(encounter->last, (int64_t)note->value);
}

void encounters_note(struct encounters *encounters, const struct ip_address *client,
                     const struct transport_address *server, int64_t time)
{
    struct encounter_key key = key_of(client, server);
    const struct table_note *due = table_queue_due(&encounters->queue);
    if (due != NULL)
        put_away(encounters, due);
    table_queue_put(&encounters->queue, &encounters->table, &key, (uint64_t)time);
}

int64_t encounters_last(const struct encounters *encounters, const struct ip_address *client,
                        const struct transport_address *server)
{
    struct encounter_key key = key_of(client, server);
    const struct encounter *encounter = table_find(&encounters->table, &key);
    int64_t last = encounter != NULL ? encounter->last : 0;
    const struct table_note *note = NULL;
    while ((note = table_queue_find(&encounters->queue, &encounters->table, &key, note)) != NULL)
        last = later(last, (int64_t)note->value);
    return last;
}
