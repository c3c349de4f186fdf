/* SPDX-License-Identifier: MIT */
/* The packets of a plain pcap file, shown where they stand in a large buffer: no call and no copy
 * for each of them. Only what is usual is read here (the machine's byte order, whole records of a
 * sensible length); at anything else the file goes back to libpcap, which knows all variants and
 * says what is wrong with it. */
#ifndef TURNSCOPE_ANALYZER_CAPTURE_RECORDS_H
#define TURNSCOPE_ANALYZER_CAPTURE_RECORDS_H

#include "analyzer/capture/capture.h"

struct records {
    int fd;
    uint8_t *own;    /* the first buffer */
    uint8_t *buffer; /* where it reads now; NULL: closed */
    size_t start;    /* of the first byte that is not read yet */
    size_t end;
    uint64_t position; /* in the file, of `start` */
    uint64_t count;    /* records so far */
    uint32_t snapshot_length;
    uint32_t unit; /* nanoseconds in one of its fractions of seconds */
};

struct record {
    int64_t time; /* nanoseconds since the epoch */
    uint32_t wire_length;
    /* Valid until records_next reads on, unless records_move was called first. */
    struct bytes bytes;
};

/* Takes over the file from the end of its header on. False, and nothing done, when it is none to be
 * read here, or memory is short. `snapshot_length` is what its header says. */
bool records_open(struct records *records, int fd, uint32_t snapshot_length);

/* The next record. False: there is none here; whoever reads on begins at `position`. Without
 * `read_on` only what is in the buffer counts: earlier views stay valid. */
bool records_next(struct records *records, struct record *record, bool read_on);

/* From here on it reads into `buffer`, CAPTURE_BLOCK_BYTES that live until the next move or the
 * end: what was shown so far stays as it is. The last `kept` bytes of the latest record move along:
 * to the front. */
void records_move(struct records *records, uint8_t *buffer, size_t kept);

void records_close(struct records *records);

#endif
