/* SPDX-License-Identifier: MIT */
/* What a TCP stream carries, found from its first bytes, and the tracker that reads it. */
#ifndef TURNSCOPE_ANALYZER_CONTENT_STREAM_H
#define TURNSCOPE_ANALYZER_CONTENT_STREAM_H

#include "analyzer/trackers.h"

/* One segment of a connection: what it makes readable is read. */
void content_segment(struct trackers *trackers, const struct packet *packet,
                     const struct sighting *sighting, const struct event_handler *handler);

/* Reads what is new in the stream (stream_has_news), as the content of the flow that the sighting
 * names. */
void content_stream(struct trackers *trackers, const struct sighting *sighting,
                    struct stream *stream, const struct event_handler *handler);

#endif
