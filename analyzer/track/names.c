/* SPDX-License-Identifier: MIT */
#include "analyzer/track/names.h"

int names_init(struct names *names, uint32_t capacity)
{
    names->queue = (struct table_queue){0};
    int result = table_init(&names->table, capacity, sizeof(struct named_address),
                            sizeof(struct named_address_key));
    table_clear_only(&names->table, offsetof(struct named_address, name));
    table_give_second_chance(&names->table);
    return result;
}

void names_free(struct names *names)
{
    table_free(&names->table);
}

static void put_away(struct names *names, const struct table_note *note,
                     const struct dns_name *name)
{
    bool created;
    struct named_address *named = table_add_hashed(&names->table, note->key, note->hash, &created);
    dns_name_copy(&named->name, name);
    named->time = (int64_t)note->value;
}

static void learn(struct names *names, const struct named_address_key *key,
                  const struct dns_name *name, int64_t time)
{
    struct dns_name *waiting = &names->waiting[table_queue_place(&names->queue)];
    const struct table_note *due = table_queue_due(&names->queue);
    if (due != NULL)
        put_away(names, due, waiting);
    table_queue_put(&names->queue, &names->table, key, (uint64_t)time);
    dns_name_copy(waiting, name);
}

void names_learn(struct names *names, const struct ip_address *client,
                 const struct ip_address *address, const struct dns_name *name, int64_t time)
{
    struct named_address_key key = {.address = *address};
    learn(names, &key, name, time);
    if (client == NULL)
        return;
    key.client = *client;
    learn(names, &key, name, time);
}

/* The latest note counts, and before all that the table has. */
static const struct dns_name *name_of(const struct names *names,
                                      const struct named_address_key *key)
{
    const struct table_note *next = NULL, *latest = NULL;
    while ((next = table_queue_find(&names->queue, &names->table, key, next)) != NULL)
        latest = next;
    if (latest != NULL)
        return &names->waiting[latest - names->queue.notes];
    const struct named_address *named = table_find(&names->table, key);
    return named != NULL ? &named->name : NULL;
}

const struct dns_name *names_of(const struct names *names, const struct ip_address *client,
                                const struct ip_address *address)
{
    struct named_address_key key = {.client = *client, .address = *address};
    const struct dns_name *name = name_of(names, &key);
    if (name != NULL)
        return name;
    key.client = (struct ip_address){0};
    return name_of(names, &key);
}
