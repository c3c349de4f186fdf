/* SPDX-License-Identifier: MIT */
#include "analyzer/track/issuers.h"

#include "analyzer/flow/siphash.h"

/* Texts are told apart by their hashes. */
struct issuer {
    struct issuer_key {
        uint64_t name;
        struct transport_address server;
        uint32_t reserved;
    } key;
    uint64_t issuer;
    struct evidence evidence;
};

int issuers_init(struct issuers *issuers, uint32_t capacity)
{
    return table_init(&issuers->table, capacity, sizeof(struct issuer), sizeof(struct issuer_key));
}

void issuers_free(struct issuers *issuers)
{
    table_free(&issuers->table);
}

static uint64_t hash_of(const struct issuers *issuers, const char *text)
{
    return siphash(issuers->table.text_key, text, strlen(text));
}

static struct issuer_key key_of(const struct issuers *issuers,
                                const struct transport_address *server, const char *name)
{
    struct issuer_key key;
    memset(&key, 0, sizeof key);
    key.name = hash_of(issuers, name);
    key.server.ip = server->ip;
    key.server.port = server->port;
    return key;
}

bool issuers_note(struct issuers *issuers, const struct transport_address *server, const char *name,
                  const char *issuer, const struct evidence *evidence)
{
    struct issuer_key key = key_of(issuers, server, name);
    bool created;
    struct issuer *first = table_add(&issuers->table, &key, &created);
    uint64_t hash = hash_of(issuers, issuer);
    if (!created)
        return first->issuer != hash;
    first->issuer = hash;
    first->evidence = *evidence;
    return false;
}

const struct evidence *issuers_other(const struct issuers *issuers,
                                     const struct transport_address *server, const char *name,
                                     const char *issuer)
{
    struct issuer_key key = key_of(issuers, server, name);
    const struct issuer *first = table_find(&issuers->table, &key);
    return first != NULL && first->issuer != hash_of(issuers, issuer) ? &first->evidence : NULL;
}
