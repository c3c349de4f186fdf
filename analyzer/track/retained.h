/* SPDX-License-Identifier: MIT */
/* Encrypted records and packets of connections whose secrets a key log does not have yet. A live
 * capture sees a handshake before the browser has logged it; a capture file may hold the secrets
 * behind the packets. What is kept is bounded in time and space. */
#ifndef TURNSCOPE_ANALYZER_TRACK_RETAINED_H
#define TURNSCOPE_ANALYZER_TRACK_RETAINED_H

#include "analyzer/flow/table.h"
#include "analyzer/sighting.h"

enum { RETAINED_PIECES = 24, RETAINED_BYTES = 24576 /* a server's flight, and a page's request */ };

/* In the order in which they came, of both directions. */
struct retained {
    struct record_id handshake; /* the key */
    int64_t since;
    uint32_t count;
    uint32_t used;
    struct retained_piece {
        struct sighting sighting;
        uint32_t start;
        uint32_t length; /* 0: here, bytes of this direction are missing */
    } pieces[RETAINED_PIECES];
    uint8_t bytes[RETAINED_BYTES];
};

/* Of struct retained. 0, or -1 when memory is short. */
int retained_init(struct table *table, uint32_t capacity);

/* What is kept of this connection, or NULL. */
struct retained *retained_find(const struct table *table, struct record_id handshake);

/* Keeps one more piece. False, and nothing kept, when there is no room for it. */
bool retained_add(struct table *table, struct record_id handshake, const struct sighting *sighting,
                  struct bytes bytes);

static inline struct bytes retained_bytes(const struct retained *retained, size_t piece)
{
    return bytes_of(retained->bytes + retained->pieces[piece].start,
                    retained->pieces[piece].length);
}

#endif
