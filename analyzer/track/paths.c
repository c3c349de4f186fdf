/* SPDX-License-Identifier: MIT */
#include "analyzer/track/paths.h"

#include "analyzer/limits.h"
#include "analyzer/track/path_step.h"
#include "dissectors/tls/record.h"

/* Nothing is left to be judged. */
static bool carries_media(const void *record)
{
    const struct path *path = record;
    return path->media_started;
}

static bool is_over(const void *record)
{
    const struct path_search *search = record;
    return search->connected;
}

int paths_init(struct paths *paths, uint32_t megabytes)
{
    uint32_t capacity = limit_for(LIMIT_PATHS, megabytes);
    *paths = (struct paths){0};
    if (table_init(&paths->table, capacity, sizeof(struct path), 0) != 0 ||
        table_init(&paths->searches, capacity, sizeof(struct path_search),
                   sizeof(struct path_search_key)) != 0 ||
        path_ends_init(&paths->ends, capacity) != 0) {
        paths_free(paths);
        return -1;
    }
    paths->table.is_spent = carries_media;
    paths->searches.is_spent = is_over;
    return 0;
}

void paths_free(struct paths *paths)
{
    table_free(&paths->table);
    table_free(&paths->searches);
    table_free(&paths->ends);
}

struct path *paths_of(const struct paths *paths, const struct flow *flow)
{
    return table_at(&paths->table, flow->path);
}

struct path *paths_on(struct paths *paths, const struct sighting *sighting, unsigned client_index,
                      struct record_id allocation)
{
    struct path *path = paths_of(paths, sighting->flow);
    bool created;
    if (path != NULL)
        return path;
    path = table_add(&paths->table, NULL, &created);
    path->flow = sighting->flow_id;
    path->allocation = allocation;
    path->client_index = (uint8_t)client_index;
    path->client = sighting->flow->key.endpoint[client_index];
    path->peer = sighting->flow->key.endpoint[1 - client_index];
    path->first = sighting->time;
    sighting->flow->path = table_id(&paths->table, path);
    return path;
}

enum paths_use paths_used(const struct paths *paths)
{
    enum paths_use use = PATHS_UNUSED;
    for (const struct path *path = table_oldest(&paths->table); path != NULL;
         path = table_newer(&paths->table, path)) {
        if (!path->connected && !path->media_started)
            continue;
        if (path->allocation.generation != 0)
            return PATHS_RELAYED;
        use = PATHS_DIRECT;
    }
    return use;
}

bool path_is_one_sided(const struct path *path)
{
    const struct path_side *client = &path->side[0], *peer = &path->side[1];
    return path->connected && peer->checks >= LIMIT_ICE_CHECKS && peer->answered == 0 &&
           client->datagrams == 0 && peer->datagrams == 0;
}

struct event *path_event(struct event_queue *events, enum event_kind kind, int64_t time,
                         const struct path *path)
{
    struct event *event = event_add(events, kind, time);
    event->client = path->client;
    event->server = path->peer;
    event->protocol = IP_PROTOCOL_UDP;
    event->path = path;
    return event;
}

static void connect(struct paths *paths, struct path *path, const struct sighting *sighting,
                    struct event_queue *events)
{
    path_search_succeeds(paths, path, sighting->time);
    if (path->connected)
        return;
    path->connected = true;
    path->connected_at = sighting->time;
    path->first_answer = path->latest;
    path_event(events, EVENT_ICE_CONNECTED, sighting->time, path)->evidence = path->latest;
}

/* A sender must stop when its consent ends (RFC 7675 section 5.1): one whose media goes on had
 * answers that the capture does not hold. */
static bool has_consent(const struct path *path)
{
    const struct path_side *client = &path->side[0];
    return client->last_media - client->last_answer > LIMIT_CONSENT + LIMIT_CONSENT_SLACK;
}

static void keep_consent(struct path *path, int64_t time, struct event_queue *events)
{
    if (!path->consent_lost || path->consent_kept)
        return;
    path->consent_kept = true;
    path_event(events, EVENT_ICE_CONSENT_KEPT, time, path)->evidence = path->latest;
}

static void lose_consent(struct path *path, int64_t time, struct event_queue *events)
{
    path->consent_lost = true;
    path_event(events, EVENT_ICE_CONSENT_LOST, time, path)->evidence = path->latest;
    if (has_consent(path))
        keep_consent(path, time, events);
}

/* RFC 7675 section 5.1: consent expires 30 s after the last valid response. So that a few packets
 * which the capture lost do not look like it, several checks must have gone without. */
static void check_consent(struct path *path, const struct path_side *side,
                          const struct sighting *sighting, struct event_queue *events)
{
    if (path->consent_lost || side->last_answer == 0 ||
        side->checks_since_answer < LIMIT_CONSENT_CHECKS ||
        sighting->time - side->last_answer < LIMIT_CONSENT ||
        side->last_check - side->last_answer < LIMIT_CONSENT - LIMIT_CONSENT_INTERVAL)
        return;
    lose_consent(path, sighting->time, events);
}

static void note_request(struct paths *paths, struct path *path, const struct stun_message *message,
                         const struct sighting *sighting, struct event_queue *events)
{
    bool by_client = sighting->from == path->client_index;
    struct path_side *side = &path->side[by_client ? 0 : 1];
    int64_t pause = sighting->time - side->last_check;
    side->checks++;
    if (side->checks_since_answer++ == 0)
        side->unanswered_since = sighting->time;
    side->waited += pause < LIMIT_CONSENT_INTERVAL ? pause : LIMIT_CONSENT_INTERVAL;
    side->last_check = sighting->time;
    side->controlling = stun_find(message, STUN_ICE_CONTROLLING) != NULL;
    if (stun_find(message, STUN_USE_CANDIDATE) != NULL)
        path->nominated = true;
    if (path->first_check.frame == 0)
        path->first_check = path->latest;
    if (by_client) {
        path_search_goes_on(paths, path, message, sighting->time);
        check_consent(path, side, sighting, events);
    }
}

static void note_answer(struct paths *paths, struct path *path, const struct stun_message *message,
                        const struct sighting *sighting, struct event_queue *events)
{
    bool to_client = sighting->from != path->client_index;
    struct path_side *side = &path->side[to_client ? 0 : 1];
    if (message->class == STUN_ERROR) {
        path->role_conflicts =
            (uint16_t)(path->role_conflicts + (path->latest.code == 487 ? 1 : 0));
        return;
    }
    side->answered++;
    side->checks_since_answer = 0;
    side->waited = 0;
    side->last_answer = sighting->time;
    if (!to_client) /* the client's answer to a peer may still be lost on its way */
        return;
    keep_consent(path, sighting->time, events);
    path->consent_lost = path->consent_kept = false;
    connect(paths, path, sighting, events);
}

void paths_note_check(struct paths *paths, struct path *path, const struct stun_message *message,
                      enum transaction_step step, const struct sighting *sighting,
                      struct event_queue *events)
{
    path->last = sighting->time;
    path->side[sighting->from == path->client_index ? 0 : 1].last = sighting->time;
    path->latest = evidence_of_stun(message, sighting);
    if (step == TRANSACTION_STEP_REQUEST)
        note_request(paths, path, message, sighting, events);
    else if (step == TRANSACTION_STEP_ANSWER)
        note_answer(paths, path, message, sighting, events);
}

static void note_rtp(struct path_side *side, int64_t time)
{
    side->first_rtp = side->rtp++ == 0 ? time : side->first_rtp;
    side->last_rtp = time;
}

static void start_media(struct path *path, struct bytes payload, const struct sighting *sighting,
                        struct event_queue *events)
{
    path->media_started = true;
    struct event *event = path_event(events, EVENT_MEDIA_STARTED, sighting->time, path);
    event->evidence = evidence_of(sighting, EVIDENCE_RTP);
    if (payload.data[0] >= 128)
        evidence_set_detail(&event->evidence, bytes_of("Media both ways", 15));
    else
        evidence_set_detail(&event->evidence, bytes_of("Data both ways", 14));
}

void paths_note_payload(struct path *path, struct bytes payload, bool media,
                        const struct sighting *sighting, struct event_queue *events)
{
    struct path_side *side = &path->side[sighting->from == path->client_index ? 0 : 1];
    path->last = side->last = sighting->time;
    side->datagrams++;
    if (payload.data[0] == TLS_ALERT && side == &path->side[1])
        path->closed_by_peer = true;
    if (!media)
        return;
    side->media++;
    side->last_media = sighting->time;
    if (path->consent_lost && has_consent(path))
        keep_consent(path, sighting->time, events);
    if (payload.data[0] >= 128)
        note_rtp(side, sighting->time);
    if (!path->media_started && path->side[0].media > 0 && path->side[1].media > 0)
        start_media(path, payload, sighting, events);
}

/* Who gets RTP answers with RTCP at least, every five seconds or sooner (RFC 3550 section 6.2):
 * data channels both ways do not make up for it. */
static bool is_rtp_one_way(const struct path_side *sender, const struct path_side *receiver)
{
    return receiver->rtp == 0 && sender->rtp >= LIMIT_MEDIA_PACKETS &&
           sender->last_rtp - sender->first_rtp >= LIMIT_RTP_WAIT;
}

/* One-way or no media: 5 s or more after the path was connected. */
static void report_media(struct path *path, int64_t now, struct event_queue *events)
{
    const struct path_side *client = &path->side[0], *peer = &path->side[1];
    if (path->connected && path->media_started &&
        (is_rtp_one_way(client, peer) || is_rtp_one_way(peer, client)))
        path_event(events, EVENT_MEDIA_ONE_WAY, now, path)->evidence = path->first_answer;
    /* The path must have been seen alive for that long. */
    if (!path->connected || path->media_started ||
        path->last - path->connected_at < LIMIT_MEDIA_WAIT)
        return;
    const struct path_side *sender = client->media > 0 ? client : peer;
    if (sender->media == 0) {
        if (path->nominated && path_is_one_sided(path))
            path_event(events, EVENT_ICE_NO_CONNECTIVITY, now, path)->evidence = path->first_check;
        else if (path->nominated)
            path_event(events, EVENT_MEDIA_NONE, now, path)->evidence = path->first_answer;
    } else if (sender->media >= LIMIT_MEDIA_PACKETS &&
               sender->last_media - path->connected_at >= LIMIT_MEDIA_WAIT) {
        path_event(events, EVENT_MEDIA_ONE_WAY, now, path)->evidence = path->first_answer;
    }
}

/* The client asked until it gave up, and nothing at all came from the peer since the last answer.
 */
static bool is_dead(const struct paths *paths, const struct path *path)
{
    const struct path_side *client = &path->side[0], *peer = &path->side[1];
    return path->connected && !path->consent_lost && !path->closed_by_peer &&
           client->last_answer != 0 && client->checks_since_answer >= LIMIT_CONSENT_CHECKS &&
           client->last_check - client->last_answer >= LIMIT_DEAD_PATH &&
           client->last_check - peer->last >= LIMIT_DEAD_PATH &&
           !path_went_on_elsewhere(paths, path);
}

static void report_death(const struct paths *paths, struct path *path, int64_t now,
                         struct event_queue *events)
{
    if (!is_dead(paths, path))
        return;
    lose_consent(path, now, events);
}

bool paths_end(struct paths *paths, const struct path **position, int64_t now,
               struct event_queue *events)
{
    if (*position == NULL)
        path_ends_note(paths);
    struct path *path =
        *position == NULL ? table_oldest(&paths->table) : table_newer(&paths->table, *position);
    for (; path != NULL && !event_queue_full(events); path = table_newer(&paths->table, path)) {
        *position = path;
        report_media(path, now, events);
        report_death(paths, path, now, events);
    }
    return path != NULL;
}
