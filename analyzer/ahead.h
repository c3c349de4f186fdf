/* SPDX-License-Identifier: MIT */
/* Packets are read and decoded ahead of their analysis: where all of the capture is on disk, in a
 * thread of its own. What comes out, and in which order, does not hang on that. */
#ifndef TURNSCOPE_ANALYZER_AHEAD_H
#define TURNSCOPE_ANALYZER_AHEAD_H

#include "analyzer/arrival.h"

struct ahead;

/* Packets in the order of capture. */
struct ahead_block {
    struct capture_block captured;
    struct arrival arrivals[CAPTURE_BLOCK_PACKETS]; /* of captured.packets */
    bool is_decoded;
    uint64_t done, total; /* what capture_progress said then */
};

/* Begins to read at most `most` packets. `hash` is that of the table of flows. Until ahead_free
 * nobody else reads from the capture, nor looks at what reading changes in it, unless the reading
 * rests. Without a thread for it, ahead_next reads. NULL when memory is short. */
struct ahead *ahead_new(struct capture *capture, const struct key_hash *hash, uint64_t most);
/* The capture can then only be asked for its inputs, and closed. */
void ahead_free(struct ahead *ahead);

/* `goes_on` is asked now and then while ahead_next waits for the thread; false: the inputs end
 * where they are. */
void ahead_ask(struct ahead *ahead, bool (*goes_on)(void *context), void *context);

/* The next packets, valid until the next call; NULL: there are no more, or the reading rests and
 * what it had read is through. */
struct ahead_block *ahead_next(struct ahead *ahead);

/* Stops reading: what was read already still comes. */
void ahead_rest(struct ahead *ahead);
void ahead_go_on(struct ahead *ahead);

#endif
