/* SPDX-License-Identifier: MIT */
/* Whether a client whose path fell silent went on by another one. Looked up in the end, when all
 * paths are known: walking through all of them for each would take long. */
#include "analyzer/limits.h"
#include "analyzer/track/path_step.h"

enum end_kind {
    END_CLIENT,          /* of all connected paths of this client */
    END_PEER,            /* of all of this peer's */
    END_PEER_OF_SESSION, /* of this peer's in this session, 0 where that is not known */
};

/* Times in nanoseconds since the epoch. */
struct path_end {
    struct path_end_key {
        uint32_t session; /* of the path's, what is enough to tell them apart */
        struct ip_address host;
        uint16_t kind; /* no padding: it is compared as bytes */
    } key;
    int64_t last;      /* when the far side was heard last */
    int64_t connected; /* when the youngest path was connected */
};

/* Paths share clients, peers and sessions: nearly always there is room for all. */
int path_ends_init(struct table *ends, uint32_t paths)
{
    return table_init(ends, 2 * paths, sizeof(struct path_end), sizeof(struct path_end_key));
}

static struct path_end_key key_of(const struct path *path, enum end_kind kind)
{
    return (struct path_end_key){
        .session = kind == END_PEER_OF_SESSION ? (uint32_t)path->session : 0,
        .host = kind == END_CLIENT ? path->client.ip : path->peer.ip,
        .kind = (uint16_t)kind,
    };
}

static void note(struct paths *paths, const struct path *path, enum end_kind kind)
{
    bool created;
    const struct path_end_key key = key_of(path, kind);
    struct path_end *end = table_add(&paths->ends, &key, &created);
    end->last = path->side[1].last > end->last ? path->side[1].last : end->last;
    end->connected = path->connected_at > end->connected ? path->connected_at : end->connected;
}

void path_ends_note(struct paths *paths)
{
    for (const struct path *path = table_oldest(&paths->table); path != NULL;
         path = table_newer(&paths->table, path)) {
        if (!path->connected)
            continue;
        note(paths, path, END_CLIENT);
        note(paths, path, END_PEER);
        note(paths, path, END_PEER_OF_SESSION);
    }
}

static bool goes_on(const struct paths *paths, const struct path_end_key *key, int64_t since)
{
    const struct path_end *end = table_find(&paths->ends, key);
    return end != NULL && end->last > since;
}

/* A client that moves to another of its addresses goes on in the same session, or in a new one that
 * is connected about when the old path fails. Another session that had its own path to this peer
 * well before that is another client's: a conference bridge has many. */
static bool may_be_same_client(const struct paths *paths, const struct path *path, int64_t since)
{
    struct path_end_key key = key_of(path, END_PEER);
    const struct path_end *peer = table_find(&paths->ends, &key);
    if (path->session == 0 || peer == NULL || peer->connected > path->side[1].last - LIMIT_CONSENT)
        return true;
    key = key_of(path, END_PEER_OF_SESSION);
    if (goes_on(paths, &key, since))
        return true;
    key.session = 0;
    return goes_on(paths, &key, since);
}

bool path_went_on_elsewhere(const struct paths *paths, const struct path *path)
{
    const int64_t since = path->side[1].last + LIMIT_DEAD_PATH_LAST;
    if (paths->ends.evicted > 0) /* then what is not found may be */
        return true;
    const struct path_end_key client = key_of(path, END_CLIENT), peer = key_of(path, END_PEER);
    return goes_on(paths, &client, since) ||
           (goes_on(paths, &peer, since) && may_be_same_client(paths, path, since));
}
