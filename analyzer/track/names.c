/* SPDX-License-Identifier: MIT */
#include "analyzer/track/names.h"

int names_init(struct names *names, uint32_t capacity)
{
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

static void learn(struct names *names, const struct named_address_key *key,
                  const struct dns_name *name, int64_t time)
{
    bool created;
    struct named_address *named = table_add(&names->table, key, &created);
    dns_name_copy(&named->name, name);
    named->time = time;
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

const struct named_address *names_of(const struct names *names, const struct ip_address *client,
                                     const struct ip_address *address)
{
    struct named_address_key key = {.client = *client, .address = *address};
    const struct named_address *named = table_find(&names->table, &key);
    if (named != NULL)
        return named;
    key.client = (struct ip_address){0};
    return table_find(&names->table, &key);
}
