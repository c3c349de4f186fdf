/* SPDX-License-Identifier: MIT */
/* Which sessions look for a path, and those that find none. */
#include "analyzer/flow/siphash.h"
#include "analyzer/limits.h"
#include "analyzer/track/path_step.h"

static struct path_search *search_of(struct paths *paths, const struct path *path, int64_t time)
{
    bool created;
    struct path_search_key key;
    memset(&key, 0, sizeof key);
    key.session = path->session;
    if (path->session == 0)
        key.client = path->client.ip;
    struct path_search *search = table_find(&paths->searches, &key);
    if (search != NULL)
        return search;
    search = table_add(&paths->searches, &key, &created);
    search->since = time;
    return search;
}

/* A relay was asked for because direct ways are expected to fail; and where the peer was heard,
 * what is missing is its answer alone. */
static bool shows_more(const struct path *path, const struct path *shown)
{
    bool relayed = path->allocation.generation != 0;
    if (shown == NULL || relayed != (shown->allocation.generation != 0))
        return shown == NULL || relayed;
    return path->side[1].last != 0 || shown->side[1].last == 0;
}

/* What stands behind the colon, else all of it. */
static struct bytes own_fragment(struct bytes username)
{
    const uint8_t *colon = username.length > 0 ? memchr(username.data, ':', username.length) : NULL;
    return colon != NULL ? bytes_from(username, (size_t)(colon - username.data) + 1) : username;
}

/* RFC 8445 section 7.2.2: the peer's fragment of the user names, then the client's own; a keepalive
 * has none. After a restart clients go on to check addresses of before it, under the peer's old
 * fragment and their new one. */
static void note_session(const struct paths *paths, struct path *path,
                         const struct stun_message *message)
{
    struct bytes name = own_fragment(stun_value(message, STUN_USERNAME));
    if (name.length > 0)
        path->session = siphash(paths->searches.text_key, name.data, name.length) | 1;
}

void path_search_goes_on(struct paths *paths, struct path *path, const struct stun_message *message,
                         int64_t time)
{
    note_session(paths, path, message);
    if (path->connected)
        return;
    struct path_search *found = search_of(paths, path, time);
    if (path->allocation.generation != 0)
        found->relayed++;
    else
        found->direct++;
    if (shows_more(path, table_at(&paths->table, found->path)))
        found->path = table_id(&paths->table, path);
}

void path_search_succeeds(struct paths *paths, const struct path *path, int64_t time)
{
    search_of(paths, path, time)->connected = true;
}

/* A client that checked long and often enough, and was never answered on any path. */
static bool report_search(struct paths *paths, const struct path_search *found, int64_t now,
                          struct event_queue *events)
{
    const struct path *path = table_at(&paths->table, found->path);
    if (found->connected || path == NULL ||
        (found->relayed < LIMIT_ICE_CHECKS && found->direct < LIMIT_ICE_CHECKS))
        return false;
    struct event *event = path_event(events, EVENT_ICE_NO_CONNECTIVITY, now, path);
    event->evidence = path->first_check;
    return true;
}

bool paths_expire(struct paths *paths, int64_t now, struct event_queue *events)
{
    while (!event_queue_full(events)) {
        struct path_search *oldest = table_oldest(&paths->searches);
        if (oldest == NULL || now - oldest->since < LIMIT_ICE_WAIT)
            return false;
        report_search(paths, oldest, now, events);
        table_remove(&paths->searches, oldest);
    }
    return true;
}

bool paths_end_searches(struct paths *paths, int64_t now, struct event_queue *events)
{
    struct path_search *oldest;
    while (!event_queue_full(events) && (oldest = table_oldest(&paths->searches)) != NULL) {
        bool relayed = oldest->relayed >= LIMIT_ICE_CHECKS;
        if (now - oldest->since >= (relayed ? LIMIT_MEDIA_WAIT : LIMIT_ICE_DIRECT_WAIT))
            report_search(paths, oldest, now, events);
        table_remove(&paths->searches, oldest);
    }
    return event_queue_full(events);
}
