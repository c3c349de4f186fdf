/* SPDX-License-Identifier: MIT */
/* Waits a while for the secrets of a connection, and looks inside once they have come. */
#ifndef TURNSCOPE_ANALYZER_CONTENT_RETAINED_H
#define TURNSCOPE_ANALYZER_CONTENT_RETAINED_H

#include "analyzer/trackers.h"

/* An encrypted record or packet of a connection of the flow. True:
 * it is kept until the secrets come. False: it is to be decrypted now, or never; what was kept
 * before it has been gone through. */
bool content_retain(struct trackers *trackers, const struct sighting *sighting, struct bytes bytes,
                    const struct event_handler *handler);

/* Bytes of the sender's records are missing. False: none of its connection's are kept. */
bool content_retain_loss(struct trackers *trackers, const struct sighting *sighting,
                         const struct event_handler *handler);

/* Goes through what is kept of connections whose secrets have come by now, and gives up those that
 * have waited too long; with `ended`, all of them. */
void content_retained_look(struct trackers *trackers, int64_t now, bool ended,
                           const struct event_handler *handler);

#endif
