/* SPDX-License-Identifier: MIT */
/* What the parts of the path tracker share. For track/ alone. */
#ifndef TURNSCOPE_ANALYZER_TRACK_PATH_STEP_H
#define TURNSCOPE_ANALYZER_TRACK_PATH_STEP_H

#include "analyzer/track/paths.h"

/* An event about the path, its client and its peer. `time`: nanoseconds since the epoch. */
struct event *path_event(struct event_queue *events, enum event_kind kind, int64_t time,
                         const struct path *path);

/* A check of the client's on this path: notes its session, and that the session still looks for a
 * path. */
void path_search_goes_on(struct paths *paths, struct path *path, const struct stun_message *message,
                         int64_t time);

/* A check of the client's was answered on this path: its session has found one. */
void path_search_succeeds(struct paths *paths, const struct path *path, int64_t time);

/* What paths_end needs to know of all connected paths, of which there are `paths` at most. 0; -1
 * when memory is short. */
int path_ends_init(struct table *ends, uint32_t paths);
void path_ends_note(struct paths *paths);

/* The far side was heard on another path, of the same client or of what may be the same one, when
 * it was silent on this one. After path_ends_note. */
bool path_went_on_elsewhere(const struct paths *paths, const struct path *path);

#endif
