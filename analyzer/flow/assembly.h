/* SPDX-License-Identifier: MIT */
/* Bytes that arrive in any order, put in order: the common part of IP fragments and TCP streams.
 *
 *        ready            held (with bits)
 *   |=============|......|=====|..|====|
 *   0           ready     hole        reach      offsets from the first unread byte
 *
 * What came first stays: a later copy of a byte is ignored (RFC 791 allows either; so does RFC
 * 9293, and a sender that sends different bytes twice has something to hide). */
#ifndef TURNSCOPE_ANALYZER_FLOW_ASSEMBLY_H
#define TURNSCOPE_ANALYZER_FLOW_ASSEMBLY_H

#include "analyzer/flow/buffers.h"
#include "dissectors/bytes.h"

/* All zero: empty, without memory. Must not move while it holds bytes. */
struct assembly {
    struct buffer buffer;
    uint32_t start; /* of the first unread byte in the buffer */
    uint32_t ready; /* unread bytes in order */
    uint32_t held;  /* bytes behind a hole */
    uint32_t reach; /* end of the last held byte; 0 when none is held */
    bool evicted;   /* its bytes went to another owner; the user of it clears this */
};

/* Room from the first unread byte on; what lies farther is refused. */
enum { ASSEMBLY_LIMIT = BUFFER_LARGEST };

/* Stores `length` bytes at `offset` from the first unread byte; those that `bytes` lacks at the end
 * are zero. False, and nothing stored, when that is beyond the room. */
bool assembly_write(struct buffers *buffers, struct assembly *assembly, size_t offset,
                    struct bytes bytes, size_t length);

/* The unread bytes in order. Valid until the next call that is not const. */
struct bytes assembly_ready(const struct buffers *buffers, const struct assembly *assembly);

/* How many of the `length` bytes at `offset` are not there yet. */
size_t assembly_missing(const struct buffers *buffers, const struct assembly *assembly,
                        size_t offset, size_t length);

/* Whether the bytes at `offset`, all of them there, are these. */
bool assembly_same(const struct buffers *buffers, const struct assembly *assembly, size_t offset,
                   struct bytes bytes);

/* Drops the first `length` bytes, whether they came or not. */
void assembly_skip(struct buffers *buffers, struct assembly *assembly, size_t length);

/* The offset of the first held byte; 0 when none is held. */
size_t assembly_hole_end(const struct buffers *buffers, const struct assembly *assembly);

/* Drops everything. */
void assembly_release(struct buffers *buffers, struct assembly *assembly);

#endif
